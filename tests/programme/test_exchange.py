"""A meeting to a file and from one: what is read is checked as a whole, and what is wrong changes nothing."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hybridmote.cli import main
from hybridmote.demo.seed import seed
from tests.matrix.world import World
from tests.programme.large import large
from tests.servers import Databases

SMALL = """hybridmote: 1
meeting:
  slug: klimat
  title: Klimatdagarna
  starts: 2026-10-24 17:00
  ends: 2026-10-25 15:30
programme:
  - {key: hej, day: 2026-10-24, start: 17:00, end: "17:20", kind: plenary, title: "Välkommen: nu börjar vi"}
  - day: 2026-10-24
    start: 21:00
    end: 03.30
    kind: social
    title: Fest
    promised: yes
    parts:
      - {start: 00:30, end: 1.00, title: Nattsnack, speakers: ["En | Roll | Org", {name: Två}]}
      - {start: "02:30+01:00", end: 03:00, title: no}
      - title: otidig
        description: |
          Rad ett

          Rad två: "citat" #nej
"""


@pytest.fixture(scope="module")
def _world(_databases: Databases) -> World:
    return World(_databases.new("sqlite"))


@pytest.fixture
def world(_world: World) -> World:
    return _world.open()


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Runner"]:
    monkeypatch.setenv("HYBRIDMOTE_DATABASE_URL", world.url)
    monkeypatch.setenv("HYBRIDMOTE_DATA", str(tmp_path / "data"))
    yield Runner(tmp_path)
    world.open()


class Runner:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["meeting", *arguments])

    def file(self, text: str | bytes) -> str:
        path = self.folder / "meeting.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def read(self, text: str | bytes, *options: str) -> Result:
        return self("import", self.file(text), *options)

    def written(self, slug: str) -> str:
        result = self("export", slug)
        assert result.exit_code == 0, result.output
        return result.stdout


def test_a_meeting_is_made_and_the_organiser_gets_one_link(run: Runner, world: World) -> None:
    result = run.read(SMALL)
    assert result.exit_code == 0, result.output
    assert "Made klimat, with 5 items" in result.stdout and result.stdout.count("/j/") == 1
    assert world.one("SELECT count(*) FROM participant WHERE roles = 'organiser' AND name = 'Organisatör'") == 1
    titles = [t for (t,) in world.all("SELECT title FROM item WHERE title IN ('no', 'Nattsnack', 'Fest')")]
    assert sorted(titles) == ["Fest", "Nattsnack", "no"]  # `no` is a word, not a falsehood
    night, fest = (
        world.all("SELECT planned_start, planned_end FROM item WHERE title = :t", t=title)[0]
        for title in ("no", "Fest")
    )
    assert str(night[0])[:16] == "2026-10-25 01:30"  # the second 02.30 of that night
    assert str(fest[1])[:16] == "2026-10-25 02:30"
    assert world.one("SELECT count(*) FROM speaker WHERE name = 'En' AND role = 'Roll' AND organisation = 'Org'") == 1


@pytest.mark.parametrize("text", [SMALL, large("klimat")], ids=["small", "large"])
def test_round_and_round_it_is_the_same(run: Runner, text: str) -> None:
    assert run.read(text).exit_code == 0
    first = run.written("klimat")
    assert run.read(first, "--slug", "again").exit_code == 0
    assert run.written("again") == first.replace("slug: klimat", "slug: again")


def test_every_meeting_there_is_goes_round(run: Runner, world: World) -> None:
    """Also one whose rows are stranger than a file would be; only what had begun has not in the new one."""
    for slug in ("here", "there"):
        text = run.written(slug)
        lines = [line for line in text.splitlines() if "minimum" not in line]  # the world's are longer than their items
        assert run.read("\n".join(lines), "--slug", f"{slug}-2").exit_code == 0
        assert run.written(f"{slug}-2").replace(f"slug: {slug}-2", f"slug: {slug}").splitlines() == lines


def test_the_demo_goes_round(run: Runner) -> None:
    slug = seed("sv")
    first = run.written(slug)
    result = run.read(first, "--slug", "again")
    assert result.exit_code == 0, result.output
    assert run.written("again") == first.replace(f"slug: {slug}", "slug: again")


def test_an_update_keeps_who_has_the_same_key(run: Runner, world: World) -> None:
    run.read(SMALL)
    before = dict(world.all("SELECT title, id FROM item WHERE title IN ('Fest', 'otidig', 'Nattsnack')"))
    text = run.written("klimat").replace("title: Fest", "title: Fasta").replace("Rad ett", "Rad noll")
    head, _, rest = text.partition("      - key: " + before["Nattsnack"])
    text = head + "      - key: " + rest.partition("      - key: ")[2]
    seq = world.one("SELECT seq FROM meeting WHERE slug = 'klimat'")
    result = run.read(text, "--update")
    assert "Updated klimat, with 4 items" in result.stdout and "/j/" not in result.stdout, result.output
    assert world.one("SELECT id FROM item WHERE title = 'Fasta'") == before["Fest"]
    assert world.one("SELECT removed FROM item WHERE title = 'Nattsnack'")
    assert world.one("SELECT description FROM item WHERE id = :i", i=before["otidig"]).startswith("Rad noll")
    assert world.one("SELECT seq FROM meeting WHERE slug = 'klimat'") == seq + 1
    told = world.all("SELECT object_id, after FROM change WHERE topic = 'programme' AND seq = :s", s=seq + 1)
    assert (before["Nattsnack"], "") in told and (before["Fest"], "public staff") in told
    assert run.written("klimat") == text


def test_what_cannot_be_updated_is_said(run: Runner, world: World) -> None:
    run.read(SMALL)
    before = world.dump()
    for options, said in (
        ((), "there is a meeting 'klimat' already"),
        (("--slug", "here", "--update"), "here has begun"),
        (("--slug", "nowhere", "--update"), "there is no meeting 'nowhere'"),
        (("--slug", "Not A Slug"), "slug is lower-case"),
    ):
        result = run.read(SMALL, *options)
        assert result.exit_code == 1 and said in result.stderr, result.output
        assert "Nothing was changed" in result.stderr
    assert run("export", "nowhere").exit_code == 1
    assert run("import", "/nowhere/at/all.yaml").exit_code == 1
    assert world.dump() == before


def with_items(*items: str) -> str:
    return SMALL.partition("programme:")[0] + "programme:\n" + "".join(f"  - {item}\n" for item in items)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
)
ITEM = "{day: 2026-10-24, start: 18:00, end: 19:00, title: x"

BAD = {
    "a bomb": (BOMB, "anchors and aliases"),
    "parents in a ring": (with_items("&a {day: 2026-10-24, title: a, parts: [*a]}"), "anchors and aliases"),
    "an object of Python's": (with_items("!!python/object/apply:os.system ['true']"), "tags"),
    "ten thousand items": (with_items(*[ITEM + "}"] * 10_000), "line 2008: a programme holds 2,000 items at most"),
    "nested without end": ("[" * 100_000, "the file is nested too deep"),
    "parts without end": (with_items(ITEM + ", parts: [{title: b" * 30 + "}]" * 30 + "}"), "nested too deep"),
    "five deep": (with_items(ITEM + ", parts: [{title: b" * 4 + "}]" * 4 + "}"), "four deep at most"),
    "too large": ("#" + "x" * 2_000_000, "larger than 2,000,000 bytes"),
    "many values": ("a: [" + "1," * 250_000 + "]", "more than 200,000 values"),
    "no text": (b"\xff\xfe\x00", "not UTF-8"),
    "no YAML": ("{[}", "this is no YAML"),
    "a control character": ("a: \x07", "this is no YAML"),
    "nothing": ("", "the file is a mapping"),
    "a list": ("- a\n", "the file is a mapping"),
    "two documents": ("--- {}\n--- {}\n", "one document"),
    "no meeting": ("programme: []\n", "the meeting is missing"),
    "another version": (SMALL.replace("hybridmote: 1", "hybridmote: 2"), "reads version 1"),
    "an unknown field": (with_items(ITEM + ", colour: red}"), "line 8: there is no 'colour' here"),
    "an unknown field above": (SMALL + "colour: red\n", "there is no 'colour' here"),
    "an unknown field of the meeting": (
        SMALL.replace("  title: K", "  colour: red\n  title: K"),
        "line 4: there is no '",
    ),
    "a field twice": (with_items(ITEM + ", title: y}"), "'title' is given twice"),
    "a key twice": (with_items(ITEM + ", key: a}", ITEM + ", key: a}"), "line 9: the key 'a' is used twice"),
    "no such kind": (with_items(ITEM + ", kind: party}"), "kind: That is none of the choices"),
    "no such zone": (SMALL.replace("  title: K", "  timezone: Mars/Olympus\n  title: K"), "no timezone 'Mars/Olympus'"),
    "no such language": (SMALL.replace("  title: K", "  language: la\n  title: K"), "language is sv or en"),
    "no title of the meeting": (SMALL.replace("title: Klimatdagarna", "title: ''"), "title: Nothing is written"),
    "over before it begins": (SMALL.replace("2026-10-25 15:30", "2026-10-24 15:30"), "ends after it begins"),
    "a hundred years": (SMALL.replace("2026-10-25 15:30", "2126-10-24 15:30"), "within 366 days"),
    "no such day": (with_items(ITEM.replace("10-24", "02-30") + "}"), "day"),
    "no such time": (with_items(ITEM.replace("18:00", "25:00") + "}"), "start: Write a time as 9.05"),
    "half a time": (with_items(ITEM.replace("end: 19:00", "minimum: 5") + "}"), "Give both when it begins"),
    "over first": (with_items(ITEM.replace("19:00", "2026-10-24 17:00") + "}"), "It ends before it begins"),
    "outside": (with_items(ITEM.replace("10-24", "12-24") + "}"), "line 8: day: That is outside the days"),
    "a clock that shows it twice": (
        with_items(ITEM.replace("10-24", "10-25").replace("18:00", "02:30") + "}"),
        "Write 02.30+02:00 or 02.30+01:00",
    ),
    "untimed alone": (with_items("{day: 2026-10-24, title: x}"), "It needs times of its own"),
    "no day": (with_items("{start: 18:00, end: 19:00, title: x}"), "Choose a day"),
    "too short": (with_items(ITEM + ", minimum: 61}"), "minimum: It cannot be shortened"),
    "a negative minimum": (with_items(ITEM + ", minimum: -5}"), "minimum: That is less than it can be"),
    "half a minute": (with_items(ITEM + ", minimum: 2.5}"), "minimum: Write a whole number"),
    "perhaps": (with_items(ITEM + ", promised: perhaps}"), "promised is true or false"),
    "another day than its whole": (with_items(ITEM + ", parts: [{day: 2026-10-25, title: y}]}"), "on the same day"),
    "another track than its whole": (with_items(ITEM + ", parts: [{track: B, title: y}]}"), "in the same track"),
    "an address of another kind": (with_items(ITEM + ", stream: 'javascript:alert(1)'}"), "stream: "),
    "speakers of another kind": (with_items(ITEM + ", speakers: [[a]]}"), "a speaker is a mapping"),
    "a hundred speakers": (with_items(ITEM + f", speakers: [{','.join(['a'] * 100)}]}}"), "speakers: "),
    "a title too long": (with_items(ITEM.replace("title: x", f"title: {'x' * 300}") + "}"), "title: "),
    "a list for a title": (with_items(ITEM.replace("title: x", "title: [x]") + "}"), "title is one value"),
    "one part": (with_items(ITEM + ", parts: x}"), "parts is a list"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_bad_is_said_and_changes_nothing(run: Runner, world: World, what: str) -> None:
    text, said = BAD[what]
    before, began = world.dump(), dt.datetime.now(dt.UTC)
    result = run.read(text)
    assert result.exit_code == 1, result.output
    assert said in result.stderr and "Nothing was changed." in result.stderr, result.output
    assert isinstance(result.exception, SystemExit)
    assert world.dump() == before
    assert dt.datetime.now(dt.UTC) - began < dt.timedelta(seconds=5)


def test_two_thousand_items_are_taken(run: Runner) -> None:
    assert run.read(with_items(*[ITEM + "}"] * 2000)).exit_code == 0
