"""Lines that break in the worst moment. Each story is a plain function of a world, the site and a client, so that it can
be shown to fail with a client, or a server, that is wrong.
"""

import json
from collections.abc import Callable
from typing import Any

from hybridmote.db import reading, transaction
from hybridmote.pump import Pump
from hybridmote.sync import merged, prune, snapshot
from tests.matrix.client import Client
from tests.matrix.law import HandPump, same
from tests.matrix.site import Site
from tests.matrix.world import HERE, PEOPLE, World

NewClient = Callable[[str], Client]


class OneLast(Client):
    """Wrong: remembers one number for all its audiences."""

    def changes(self, message: dict[str, Any]) -> None:
        self.last = dict.fromkeys(self.last, max(self.last.values()))
        super().changes(message)


class Impatient(Client):
    """Wrong: takes in what arrives while a catch-up is awaited, and lays the answer over it whatever it is."""

    def hear(self, event: str, message: dict[str, Any]) -> None:
        waiting, self.waiting = self.waiting, self.waiting and not self.layers
        super().hear(event, message)
        self.waiting = waiting and event != "welcome"

    def caught_up(self, answer: dict[str, Any]) -> None:
        for audience, change in answer.get("changes", {}).items():
            self.apply(audience, {"audience": audience, **change})
        self.waiting = self.gap = False


class Careless(Client):
    """Wrong: takes a message that does not follow on what it has heard."""

    def changes(self, message: dict[str, Any]) -> None:
        if message["to"] > self.last[message["audience"]]:
            self.apply(message["audience"], message)


class Phone:
    """Somebody who listens, and the things that may happen to their line."""

    def __init__(self, world: World, site: Site, who: str, client: NewClient = Client) -> None:
        self.world, self.site, self.who = world, site, who
        self.sid, self.client = f"sid-{who}", client(who)
        self.pump = Pump.running.setdefault(HERE, HandPump(HERE, world.seq()))
        site.connect(self.sid, {"meeting": "here", "token": PEOPLE[who].token})
        self.read()

    def round(self) -> None:
        self.pump.round()

    def read(self) -> list[tuple[str, Any]]:
        box = self.site.inbox[self.sid]
        heard = list(box)
        box.clear()
        for event, message in heard:
            self.client.hear(event, json.loads(json.dumps(message)))
        return heard

    def lose(self, audience: str) -> None:
        """What that audience was told is lost on the way."""
        box = self.site.inbox[self.sid]
        lost = [(event, m) for event, m in box if event == "changes" and m["audience"] == audience]
        assert lost, f"nothing was on its way to {audience}"
        box[:] = [entry for entry in box if entry not in lost]

    def ask(self) -> dict[str, Any]:
        """Send a catch-up. The answer is on its way."""
        self.client.waiting = True
        answer = self.site.catch_up(self.sid, self.client.last, self.client.epoch)
        assert answer["ok"], answer
        return answer

    def mend(self) -> None:
        """What a client does when it finds a gap."""
        if self.client.gap:
            self.client.caught_up(self.ask())

    def sees_what_is(self) -> None:
        with reading() as session:
            now = json.loads(json.dumps(snapshot(session, HERE, self.client.last)))
        for audience, layer in now.items():
            same(self.client.layers[audience], layer["topics"], f"{self.who} hears {audience}")


def hung_up(story: Callable[..., None]) -> Callable[..., None]:
    """The meeting's pump ends with the story."""

    def tell(world: World, site: Site, client: NewClient = Client) -> None:
        try:
            story(world, site, client)
        finally:
            Pump.running.pop(HERE, None)

    tell.__name__, tell.__doc__ = story.__name__, story.__doc__
    return tell


@hung_up
def everything_arrives(world: World, site: Site, client: NewClient) -> None:
    phone = Phone(world, site, "hall", client)
    for question in ("q-pending", "q-pending_hidden"):
        world.did("moderator", "question.approve", id=question)
        phone.round()
        phone.read()
        assert not phone.client.gap
    phone.sees_what_is()


@hung_up
def a_personal_message_is_lost(world: World, site: Site, client: NewClient) -> None:
    """What everyone hears goes on; only the personal layer has a hole, and must find it."""
    phone = Phone(world, site, "hall", client)
    world.did("moderator", "question.reject", id="q-pending")  # a receipt, for the asker alone
    world.did("moderator", "question.approve", id="q-pending_hidden")
    phone.round()
    phone.lose("person:p-hall")
    phone.read()
    world.did("hall", "question.upvote", id="q-pending_hidden", on=True)
    phone.round()
    phone.read()
    phone.mend()
    phone.sees_what_is()


@hung_up
def a_message_to_everyone_is_lost(world: World, site: Site, client: NewClient) -> None:
    phone = Phone(world, site, "web", client)
    world.did("moderator", "question.approve", id="q-pending")
    phone.round()
    phone.lose("public")
    world.did("moderator", "question.take", id="q-approved")
    phone.round()
    phone.read()
    phone.mend()
    phone.sees_what_is()


@hung_up
def a_catch_up_is_overtaken(world: World, site: Site, client: NewClient) -> None:
    """Its answer is older than a message that arrives before it: the message is held, and counts."""
    phone = Phone(world, site, "web", client)
    world.did("moderator", "question.approve", id="q-pending")
    answer = phone.ask()
    world.did("moderator", "question.take", id="q-pending")
    phone.round()
    phone.read()
    phone.client.caught_up(answer)
    phone.mend()
    phone.sees_what_is()


@hung_up
def one_layer_lags_behind_when_it_asks(world: World, site: Site, client: NewClient) -> None:
    """Each audience is told from where it stands, not from where the newest stands."""
    phone = Phone(world, site, "hall", client)
    world.did("moderator", "question.reject", id="q-pending")
    world.did("moderator", "question.approve", id="q-pending_hidden")
    phone.round()
    phone.lose("person:p-hall")
    phone.read()
    phone.client.caught_up(phone.ask())
    phone.sees_what_is()


@hung_up
def a_link_is_revoked(world: World, site: Site, client: NewClient) -> None:
    """Its sockets end before anything newer is written to them; others hear on."""
    quiet, other = (Phone(world, site, who, client) for who in ("quiet", "web"))
    world.did("organiser", "person.revoke", person="p-quiet")
    world.did("moderator", "question.approve", id="q-pending")
    quiet.round()
    events = [event for event, _ in quiet.read()]
    assert events == ["ended"], f"who was let out hears {events}"
    assert "person:p-quiet" not in site.registry.audiences(HERE)
    assert not site.catch_up(quiet.sid, quiet.client.last, quiet.client.epoch)["ok"]
    answer = site.handlers["command"](quiet.sid, "question.ask", {"text": "Still here?"})
    assert not answer["ok"] and answer["problem"]["status"] == 401
    other.read()
    other.sees_what_is()


@hung_up
def the_log_was_pruned_meanwhile(world: World, site: Site, client: NewClient) -> None:
    """What the log no longer knows is not passed over: the whole picture comes instead, and over HTTP a 410."""
    phone = Phone(world, site, "web", client)
    since = world.seq()
    world.did("moderator", "question.approve", id="q-pending")
    with transaction() as session:
        assert prune(session, HERE, world.seq()) > 0
    world.did("moderator", "question.take", id="q-approved")
    answer = phone.ask()
    phone.client.caught_up(answer)
    phone.sees_what_is()
    headers = {"Authorization": f"Bearer {PEOPLE['web'].token}"}
    told = site.http.get(f"/api/v1/m/here/changes?since={since}", headers=headers)
    assert (told.status_code, told.json and told.json.get("code")) == (410, "pruned"), told.data
    told = site.http.get(f"/api/v1/m/here/changes?since={world.seq() - 1}", headers=headers)
    assert told.status_code == 200


@hung_up
def a_backup_was_restored_meanwhile(world: World, site: Site, client: NewClient) -> None:
    """Another history with numbers that look alike: everybody begins anew."""
    phone = Phone(world, site, "web", client)
    since, epoch = world.seq(), phone.client.epoch
    world.write("UPDATE meta SET value = 'another' WHERE key = 'epoch'")
    world.write("UPDATE question SET text = 'What was it once?' WHERE id = 'q-approved'")
    world.write("UPDATE meeting SET seq = seq + 1")
    phone.client.caught_up(phone.ask())
    phone.sees_what_is()
    headers = {"Authorization": f"Bearer {PEOPLE['web'].token}"}
    told = site.http.get(f"/api/v1/m/here/changes?since={since}&epoch={epoch}", headers=headers)
    assert told.status_code == 410, told.data


@hung_up
def some_have_no_socket_at_all(world: World, site: Site, client: NewClient) -> None:
    """They fetch the picture once, and then what has changed, by plain requests."""
    people = [p for p in world.people() if p.way == "link"]

    def get(token: str, path: str) -> Any:
        answer = site.http.get(f"/api/v1/m/here/{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.data
        return answer.json

    clients = {}
    for person in people:
        clients[person] = one = client(person.key)
        one.welcome(get(person.token, "state"))
    for command, body in (("question.approve", {"id": "q-pending"}), ("question.reject", {"id": "q-approved_hidden"})):
        world.did("moderator", command, **body)
        world.did("leader", "question.upvote", id="q-on_stage", on=command != "question.approve")
        for person, one in clients.items():
            news = get(person.token, f"changes?since={min(one.last.values())}&epoch={one.epoch}")
            assert set(news["changes"]) == set(one.last)
            one.waiting = True
            one.caught_up({"changes": news["changes"]})
            now = get(person.token, "state")
            for audience, layer in now["layers"].items():
                same(one.layers[audience], layer["topics"], f"{person.key} hears {audience}")
            assert json.dumps(now["topics"], sort_keys=True) == json.dumps(merged(now["layers"]), sort_keys=True)


STORIES = [
    everything_arrives,
    a_personal_message_is_lost,
    a_message_to_everyone_is_lost,
    a_catch_up_is_overtaken,
    one_layer_lags_behind_when_it_asks,
    a_link_is_revoked,
    the_log_was_pruned_meanwhile,
    a_backup_was_restored_meanwhile,
    some_have_no_socket_at_all,
]
