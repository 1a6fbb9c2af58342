"""The documents say what is true."""

import re
from pathlib import Path

import click
import pytest

from hybridmote import load_rooms
from hybridmote.cli import main
from hybridmote.config import Settings

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "docs" / "settings.md").read_text()


def options(command: click.Command) -> list[click.Option]:
    inner = [o for sub in command.commands.values() for o in options(sub)] if isinstance(command, click.Group) else []
    return [p for p in command.params if isinstance(p, click.Option)] + inner


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default_and_its_words(name: str) -> None:
    field = Settings.model_fields[name]
    (row,) = [line for line in SETTINGS.splitlines() if line.startswith(f"| `HYBRIDMOTE_{name.upper()}` ")]
    assert field.description and field.description in row
    default = field.default.get_secret_value() if hasattr(field.default, "get_secret_value") else field.default
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    assert (f"| `{shown}` |" if shown else "|  |") in row


def test_no_documented_variable_is_unknown() -> None:
    variables = {f"HYBRIDMOTE_{name.upper()}" for name in Settings.model_fields}
    variables |= {str(o.envvar) for o in options(main) if o.envvar}
    assert set(re.findall(r"`(HYBRIDMOTE_\w+)`", SETTINGS)) == variables


def test_every_option_is_also_a_variable() -> None:
    bare = [o.opts for o in options(main) if not o.envvar and o.name not in ("help", "version")]
    assert bare == []


def test_the_architecture_names_every_dependency() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text().lower()
    for file in ("runtime.in", "dev.in"):
        for line in (ROOT / "requirements" / file).read_text().splitlines():
            if match := re.match(r"([a-z0-9-]+)==", line):
                assert match[1].removeprefix("types-") in page.replace("_", "-"), f"why {match[1]}?"


def test_the_architecture_names_every_module_of_the_house() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    modules = {p.name for p in (ROOT / "hybridmote").glob("*.py")} - {"__main__.py"}
    rooms = {f"{p.name}/" for p in (ROOT / "hybridmote").iterdir() if (p / "__init__.py").exists()}
    assert {name for name in modules | rooms if name not in page} == set()


def test_the_protocol_page_explains_every_event_and_every_code() -> None:
    from hybridmote import protocol
    from hybridmote.problems import CODES
    from hybridmote.sync import Topic

    load_rooms()
    page = (ROOT / "templates" / "api" / "protocol.html").read_text()
    for event in (*protocol.HEARD, *protocol.SAID):
        shown = re.search(rf'<code>(emit ")?{event}\b', page)
        assert shown, f"{event} is not shown on the protocol page"
    described = protocol.described()
    assert {p["code"] for p in described["problems"]} == set(CODES)
    assert {t["name"] for t in described["topics"]} == {n for n, t in Topic.all.items() if not t.internal}
