"""What people are promised, in seconds: a revoked link ends, the screen shows what was approved, Redis may be away."""

import json
import time
from collections.abc import Callable

from bench import stage
from bench.crowd import CHANGES, Crowd, Line, accepted
from bench.figures import Figures, percentile
from bench.sizes import Size
from bench.stand import Bench


def measure(bench: Bench, size: Size, say: Callable[[str], None]) -> Figures:
    url = bench.databases.new("postgresql")
    set_up = stage.build(url, size.promises + 40, 10 + 4 * size.promises)
    redis = bench.redis()
    one, other = (bench.serve(url, HYBRIDMOTE_REDIS_URL=redis.url) for _ in range(2))

    def line(port: int, person: tuple[str, str, str]) -> Line:
        return Line(port, {"meeting": set_up.slug, "token": person[2]})

    crowd = Crowd()
    moderator, organiser = (line(one.port, set_up.staff[role]) for role in ("moderator", "organiser"))
    screen, near_screen = (line(port, set_up.staff["screen"]) for port in (other.port, one.port))
    guests = [line(other.port, person) for person in set_up.people[: size.promises]]
    voter = line(one.port, set_up.people[-1])
    crowd.join([moderator, organiser, screen, near_screen, voter, *guests])
    crowd.run(1.0)
    watch = Watch(crowd)

    figures: Figures = {}
    figures["approved_to_screen"] = [
        watch.seconds(near_screen, lambda: watch.approved(voter, moderator)) for _ in range(size.promises)
    ]
    figures["approved_to_screen_of_another_process"] = [
        watch.seconds(screen, lambda: watch.approved(voter, moderator)) for _ in range(size.promises)
    ]
    figures["revoked_to_ended"] = [
        watch.ended(organiser, guest, who) for guest, (who, _, _) in zip(guests, set_up.people, strict=False)
    ]
    votes = iter(set_up.questions)
    figures["heard_by_another_process"] = [
        watch.seconds(screen, lambda: watch.voted(voter, next(votes))) for _ in range(size.promises)
    ]
    redis.kill()
    crowd.run(1.0)
    figures["heard_without_redis"] = [
        watch.seconds(screen, lambda: watch.voted(voter, next(votes))) for _ in range(size.promises)
    ]
    one.close()
    other.close()
    result = {
        name: {"p50_s": percentile(took, 50), "most_s": max(took), "times": len(took)} for name, took in figures.items()
    }
    for name, took in result.items():
        say(f"{name.replace('_', ' ')}: {took['p50_s']:.3f} s, at most {took['most_s']:.3f} s")
    return result


class Watch:
    """What one line does, and when another hears of it."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.answers: dict[int, dict] = {}
        self.events: list[tuple[Line, bytes, float]] = []
        self.number = 0
        crowd.on_answer = self._answered
        crowd.on_event = lambda line, text, now: self.events.append((line, text, now))

    def _answered(self, _line: Line, text: bytes, _now: float) -> None:
        number, _, said = text[2:].partition(b"[")
        assert accepted(text), text
        self.answers[int(number)] = json.loads(b"[" + said)[0]

    def do(self, line: Line, name: str, **body: object) -> dict:
        """A command and its answer."""
        self.number += 1
        number = self.number
        line.command(number, name, **body)
        if not self.crowd.until(lambda: number in self.answers):
            raise RuntimeError(f"{name} was not answered")
        return self.answers[number]

    def approved(self, asker: Line, moderator: Line) -> float:
        """Ask, approve; when it was approved."""
        question = self.do(asker, "question.ask", text="Vem tar över protokollet när mötet är slut?")["result"]["id"]
        self.crowd.run(0.3)  # the first change after a quiet moment is what is promised to be quick
        began = time.perf_counter()
        self.do(moderator, "question.approve", id=question)
        return began

    def voted(self, voter: Line, question: str) -> float:
        self.crowd.run(0.3)
        began = time.perf_counter()
        self.do(voter, "question.upvote", id=question, on=True)
        return began

    def seconds(self, listener: Line, act: Callable[[], float]) -> float:
        """From what `act` began until the listener has it."""
        began = act()
        seq = self.answers[self.number]["seq"]

        def there() -> list[float]:
            return [
                now
                for line, text, now in self.events
                if line is listener
                and now >= began
                and (m := CHANGES.match(text))
                and m[1] == b"public"
                and int(m[2]) >= seq
            ]

        if not self.crowd.until(lambda: bool(there())):
            raise RuntimeError("it was never heard")
        heard = there()[0]
        self.events.clear()
        return heard - began

    def ended(self, organiser: Line, guest: Line, who: str) -> float:
        self.crowd.run(0.2)
        began = time.perf_counter()
        self.do(organiser, "person.revoke", person=who)

        def told() -> list[float]:
            return [now for line, text, now in self.events if line is guest and text.startswith(b'42["ended"')]

        if not self.crowd.until(lambda: bool(told())):
            raise RuntimeError("nobody was told")
        return told()[0] - began
