"""A client of the protocol, as small as it can be said; what it does is written on the protocol page."""

from typing import Any

Layer = dict[str, dict[str, Any]]  # topic -> id -> view


class Client:
    """Keeps what each audience was heard to say. Messages that come before the welcome, or while a catch-up is awaited,
    are held. Whoever drives it asks `gap`, and then brings the answer to a catch-up to `caught_up`."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.last: dict[str, int] = {}
        self.layers: dict[str, Layer] = {}
        self.epoch: str | None = None
        self.held: list[dict[str, Any]] = []
        self.waiting = True  # for a welcome, or for the answer to a catch-up
        self.gap = False
        self.ended = False

    def hear(self, event: str, message: dict[str, Any]) -> None:
        if event == "welcome":
            self.welcome(message)
        elif event == "ended":
            self.ended = True
        elif event == "changes":
            if self.waiting:
                self.held.append(message)
            else:
                self.changes(message)

    def welcome(self, message: dict[str, Any]) -> None:
        """Replaces everything."""
        self.epoch = message["epoch"]
        self.layers = {a: {t: dict(o) for t, o in layer["topics"].items()} for a, layer in message["layers"].items()}
        self.last = {a: layer["seq"] for a, layer in message["layers"].items()}
        self._go_on()

    def caught_up(self, answer: dict[str, Any]) -> None:
        if "welcome" in answer:
            self.welcome(answer["welcome"])
            return
        for audience, change in answer["changes"].items():
            self.changes({"audience": audience, **change})
        self._go_on()

    def changes(self, message: dict[str, Any]) -> None:
        audience = message["audience"]
        last = self.last[audience]
        if message["to"] <= last:
            return
        if message["from"] > last:
            self.gap = self.waiting = True
            self.held.append(message)
            return
        self.apply(audience, message)

    def apply(self, audience: str, message: dict[str, Any]) -> None:
        for topic, objects in message["set"].items():
            layer = self.layers[audience].setdefault(topic, {})
            for id, view in objects.items():
                if view is None:
                    layer.pop(id, None)
                else:
                    layer[id] = view
        self.last[audience] = message["to"]

    def _go_on(self) -> None:
        self.gap = self.waiting = False
        held, self.held = self.held, []
        for message in held:
            if self.waiting:
                self.held.append(message)
            elif message["audience"] in self.last:
                self.changes(message)
