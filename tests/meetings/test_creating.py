"""`hybridmote meeting create`: a meeting that nobody sees yet, and one link; and the words of the invitation in a file."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hybridmote.cli import main
from tests.matrix.world import World
from tests.servers import Databases

GIVEN = {
    "slug": "klimatdagarna",
    "title": "Klimatdagarna",
    "starts": "2027-03-10 17:00",
    "ends": "2027-03-11 15:30",
    "organiser-email": "Kansliet@Räksmörgås.example",
}
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def _world(_databases: Databases) -> World:
    return World(_databases.new("sqlite"))


@pytest.fixture
def world(_world: World) -> World:
    return _world.open()


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("HYBRIDMOTE_DATABASE_URL", world.url)
    monkeypatch.setenv("HYBRIDMOTE_DATA", str(tmp_path / "data"))
    yield lambda *arguments: CliRunner().invoke(main, ["meeting", *arguments])
    world.open()


def create(run: Run, **other: str) -> Result:
    given = {name: value for name, value in (GIVEN | other).items() if value}
    return run("create", *(part for name, value in given.items() for part in (f"--{name}", value)))


def test_it_asks_nothing_when_all_is_given_and_says_one_link(run: Run, world: World) -> None:
    result = create(run)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert len(lines) == 2 and "/m/klimatdagarna/desk/" in lines[0]
    assert re.search(r"/j/[\w-]{32}$", lines[1])
    query = "SELECT title, language, timezone, published, starts FROM meeting WHERE slug = 'klimatdagarna'"
    (row,) = world.all(query)
    assert (
        tuple(row[:4]) == ("Klimatdagarna", "sv", "Europe/Stockholm", False) and str(row[4])[:16] == "2027-03-10 16:00"
    )
    (person,) = world.all(
        "SELECT p.roles, p.email FROM participant p JOIN meeting m ON m.id = p.meeting_id WHERE m.slug = 'klimatdagarna'"
    )
    assert tuple(person) == ("organiser", "kansliet@räksmörgås.example")


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"slug": "here"}, "there is a meeting 'here' already"),
        ({"slug": "Klimat Dagarna"}, "cannot be a name in addresses"),
        ({"ends": "2027-03-10 16:59"}, "ends after it begins"),
        ({"ends": "2029-03-10 16:59"}, "within 366 days"),
        ({"starts": "i morgon"}, "starts is written as 2026-03-10 17:00"),
        ({"starts": "2027-03-28 02:30"}, "never shows 02.30"),
        ({"zone": "Mars/Olympus"}, "there is no timezone 'Mars/Olympus'"),
        ({"title": "å" * 201}, "title: "),
        ({"organiser-email": "nobody"}, "is no e-mail address"),
        ({"organiser": "å" * 121}, "the organiser's name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(run: Run, world: World, other: dict[str, str], says: str) -> None:
    before = world.dump()
    result = create(run, **other)
    assert result.exit_code == 1 and says in result.output and "Nothing was made." in result.output
    assert "Traceback" not in result.output and world.dump() == before


def test_the_words_of_the_invitation_go_to_a_file_and_come_back(run: Run, world: World, tmp_path: Path) -> None:
    about = {"field": "about", "language": "sv", "expected_version": 2}
    world.did("organiser", "meeting.text", text="Rad ett\n\n- två: **tre** #nej", **about)
    for field, text in (("lead", "Ny ingress"), ("audience", "Alla")):
        world.did("organiser", "meeting.text", field=field, language="sv", text=text, expected_version=0)
    mail = {"field": "contact_email", "language": "both", "text": "a@example.org", "expected_version": 0}
    world.did("organiser", "meeting.text", **mail)
    world.did("organiser", "meeting.publish", on=False)
    world.write("UPDATE item SET minimum = NULL")  # one of them could not be set up like that
    file = tmp_path / "meeting.yaml"
    assert run("export", "here", str(file)).exit_code == 0
    made = run("import", str(file), "--slug", "copy")
    assert made.exit_code == 0, made.output

    def words(slug: str) -> list[tuple[str, ...]]:
        query = """SELECT t.language, t.field, t.text FROM meeting_text t JOIN meeting m ON m.id = t.meeting_id
            WHERE m.slug = :s AND t.field <> 'lead' ORDER BY t.language, t.field"""
        return [tuple(row) for row in world.all(query, s=slug)]

    assert words("copy") == words("here") and len(words("here")) == 4
    (copy,) = world.all("SELECT tagline, published FROM meeting WHERE slug = 'copy'")
    assert tuple(copy) == ("Ny ingress", False)

    changed = file.read_text().replace("Alla", "Några")
    file.write_text(changed)
    assert run("import", str(file), "--slug", "copy", "--update").exit_code == 0
    assert ("sv", "audience", "Några") in words("copy")
    steps = world.all(
        "SELECT s.text FROM meeting_text_step s JOIN meeting_text t ON t.id = s.text_id JOIN meeting m "
        "ON m.id = t.meeting_id WHERE m.slug = 'copy' AND t.field = 'audience' ORDER BY s.number"
    )
    assert [row[0] for row in steps] == ["Alla", "Några"], "what was there can still be found"


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ("texts: {sv: {abot: x}}", "there is no 'abot' here"),
        ("texts: {no: {about: x}}", "there is no 'no' here"),
        ("texts: {sv: {contact_email: a@b.se}}", "there is no 'contact_email' here"),
        ("texts: {both: {contact_email: nobody}}", "contact_email: "),
        ("texts: [x]", "texts is a mapping"),
        ("texts: {sv: {about: [x]}}", "about is one value"),
        ("published: perhaps", "published is true or false"),
    ],
)
def test_a_file_with_other_words_is_not_taken(run: Run, tmp_path: Path, texts: str, says: str) -> None:
    head = "slug: x\n  title: X\n  starts: 2027-03-10 17:00\n  ends: 2027-03-10 18:00"
    file = tmp_path / "meeting.yaml"
    file.write_text(f"meeting:\n  {head}\n  {texts}\n")
    result = run("import", str(file))
    assert result.exit_code == 1 and says in result.output and "line 6" in result.output
