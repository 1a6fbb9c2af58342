"""How long anybody is kept waiting: a tick every 10 ms in the server's loop, and the longest it was late."""

import http.cookiejar
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

from sqlalchemy import create_engine, text

from bench import stage
from bench.crowd import Crowd, Line, Votes
from bench.figures import Figures, middle, percentile
from bench.sizes import Size
from bench.stand import Bench, Ours

PASSWORD = "En lång mening som ingen gissar 1"


def measure(bench: Bench, size: Size, say: Callable[[str], None]) -> Figures:
    figures = middle([_round(bench, size) for _ in range(size.rounds)])
    for name, value in figures.items():
        say(f"{name.removesuffix('_ms').replace('_', ' ')}: {value:.0f} ms")
    return {"questions": size.questions, "joins": size.joins, "leavers": size.leavers, "stalls": figures}


def _round(bench: Bench, size: Size) -> Figures:
    people = max(size.leavers, size.joins, 64)
    set_up = stage.build(bench.databases.new("sqlite"), people, size.questions, long_every=10)
    _account(set_up)
    server = bench.serve(set_up.url)
    lines = [Line(server.port, {"meeting": set_up.slug, "token": token}) for _, _, token in set_up.people]
    crowd, figures = Crowd(), {}
    crowd.join(lines[:1])  # what is only slow the first time
    crowd.leave(lines[:1])
    crowd.run(1.0)

    server.worst_stall()
    crowd.run(1.5)
    figures["nothing_ms"] = server.worst_stall()

    figures["signing_in_ms"] = _signing_in(server)

    took = crowd.join(lines[1 : size.joins], at_once=size.joins)
    figures["joining_ms"] = server.worst_stall()
    figures["joining_p99_ms"] = percentile(took, 99) * 1000

    votes = Votes(crowd, lines[1 : min(size.joins, 64)], set_up.questions)
    votes.one_in_flight_each(1.5)
    figures["voting_ms"] = server.worst_stall()

    figures["taking_out_ms"] = _taking_out(server, set_up)

    crowd.leave(lines[1 : size.joins])
    again = [Line(line.port, line.auth) for line in lines[1 : size.joins]]
    voter = Line(server.port, {"meeting": set_up.slug, "token": set_up.people[0][2]})
    crowd.join([voter])
    figures["joining_while_voting_ms"] = _joining_while_voting(crowd, server, voter, again, set_up, figures)

    crowd.leave([*again, voter])
    crowd.run(0.5)
    rest = [Line(server.port, {"meeting": set_up.slug, "token": token}) for _, _, token in set_up.people]
    crowd.join(rest)
    crowd.run(0.5)
    server.worst_stall()
    crowd.leave(rest)
    crowd.run(1.5)
    figures["all_leaving_ms"] = server.worst_stall()
    server.close()
    return figures


def _taking_out(server: Ours, set_up: stage.Stage, times: int = 20) -> float:
    """Everything there is, as one document, by twenty programs at once; and the live page, which holds it too."""
    failed: list[str] = []
    _, _, token = set_up.people[1]

    def fetch(path: str) -> None:
        request = urllib.request.Request(server.base_url + path, headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
        except OSError as error:
            failed.append(f"{path}: {error}")

    paths = [f"/api/v1/m/{set_up.slug}/state", f"/m/{set_up.slug}/live"]
    fetch(paths[0])
    server.worst_stall()
    programs = [threading.Thread(target=fetch, args=(paths[n % 2],)) for n in range(times)]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    if failed:
        raise RuntimeError(f"nothing came: {failed[0]}")
    return server.worst_stall()


def _joining_while_voting(
    crowd: Crowd, server: Ours, voter: Line, lines: list[Line], set_up: stage.Stage, figures: Figures
) -> float:
    """Every vote makes the picture of the moment before stale."""
    votes = Votes(crowd, [voter], set_up.questions)
    crowd.on_answer, votes._again = votes.answered, votes.cast
    voter.votes = 700
    server.worst_stall()
    votes.cast(voter)
    took = crowd.join(lines, at_once=len(lines))
    votes._again = None
    figures["joining_while_voting_p99_ms"] = percentile(took, 99) * 1000
    return server.worst_stall()


def _account(set_up: stage.Stage) -> None:
    from hybridmote.access import hash_password

    engine = create_engine(set_up.url.replace("postgresql://", "postgresql+psycopg2://"))
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, email, name, password_hash, stamp) VALUES ('a', 'a@example.org', 'A', :h, 's')"
            ),
            {"h": hash_password(PASSWORD)},
        )
    engine.dispose()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Let in is let in: the page behind the door is measured elsewhere."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


def _signing_in(server: Ours, times: int = 12) -> float:
    """Twelve members of staff press the button at once; each password is hashed."""
    failed: list[str] = []
    forms = []
    for _ in range(times):
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _Stay)
        page = browser.open(f"{server.base_url}/sign-in", timeout=30).read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"email": "a@example.org", "password": PASSWORD, "csrf_token": token[1] if token else ""}
        forms.append((browser, urllib.parse.urlencode(form).encode()))
    server.worst_stall()

    def sign_in(browser: urllib.request.OpenerDirector, form: bytes) -> None:
        try:
            browser.open(f"{server.base_url}/sign-in", form, timeout=60)
            failed.append("not sent on")
        except urllib.error.HTTPError as answer:
            if answer.code != 303:
                failed.append(str(answer))

    people = [threading.Thread(target=sign_in, args=form) for form in forms]
    for person in people:
        person.start()
    for person in people:
        person.join()
    if failed:
        raise RuntimeError(f"nobody could sign in: {failed[0]}")
    return server.worst_stall()
