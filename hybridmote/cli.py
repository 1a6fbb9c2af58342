"""The command line: serve, demo, worker, migrate, doctor, staff, meeting. Every option is also a variable
HYBRIDMOTE_<OPTION>."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from . import __version__

if TYPE_CHECKING:
    from .config import Settings

# Everything of ours is imported inside the commands: `serve` patches the standard library before anything is.


def settings_of(**given: Any) -> "Settings":
    """The environment's settings, with what the command line says laid over them."""
    from .config import Settings

    return Settings(**{name: value for name, value in given.items() if value is not None})


def fail(sentence: str) -> None:
    click.echo(f"hybridmote: {sentence}", err=True)
    sys.exit(1)


data_option = click.option(
    "--data",
    envvar="HYBRIDMOTE_DATA",
    type=click.Path(path_type=Path),
    help="Folder for database, secret key and files.",
)
port_option = click.option("--port", envvar="HYBRIDMOTE_PORT", type=int, help="Port to listen on; 0 takes a free one.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """A meeting held in a hall and over the web at once."""


@main.command()
@click.option("--host", envvar="HYBRIDMOTE_HOST", help="Address to listen on.")
@port_option
@data_option
def serve(host: str | None, port: int | None, data: Path | None) -> None:
    """Serve the meetings until told to stop."""
    from .server import PortBusy, monkey_patch

    monkey_patch()
    from . import create_app
    from .factory import run

    settings = settings_of(host=host, port=port, data=data)
    _prepare(settings)
    try:
        run(create_app(settings))
    except PortBusy as busy:
        fail(str(busy))


@main.command()
@data_option
def worker(data: Path | None) -> None:
    """Do the work that takes time: mail, slides, housekeeping."""
    from . import load_rooms, log, nudge
    from .db import open_database
    from .shelf import open_shelf
    from .worker import run

    settings = settings_of(data=data)
    _prepare(settings)
    log.configure(settings.log_level, settings.log_format)
    load_rooms()
    open_database(settings.url_of_database())
    open_shelf(settings.data)
    nudge.share(settings.redis_url)
    run(settings)


@main.command()
@data_option
@click.option(
    "--restored",
    envvar="HYBRIDMOTE_RESTORED",
    is_flag=True,
    help="The database came from a backup: every client begins anew.",
)
def migrate(data: Path | None, restored: bool) -> None:
    """Bring the database to this version. Safe to run again."""
    from .db import open_database
    from .migrate import current, migrate

    settings = settings_of(data=data)
    _prepare(settings)
    database = open_database(settings.url_of_database())
    migrate(restored)
    click.echo(f"The database is at {current()}.")
    database.close()  # SQLite then folds its write-ahead log into the one file, which may be copied


@main.command()
@data_option
def doctor(data: Path | None) -> None:
    """Look for what would go wrong: database, tables, Redis, disk, settings."""
    from .doctor import examine

    bad = False
    for name, ok, words in examine(settings_of(data=data)):
        bad |= ok is False
        click.echo(f"{'ok   ' if ok else 'look ' if ok is None else 'BAD  '} {name}: {words}")
    sys.exit(1 if bad else 0)


@main.group()
def staff() -> None:
    """Those who sign in with e-mail and password."""


@staff.command("add")
@click.option("--email", envvar="HYBRIDMOTE_STAFF_EMAIL", required=True)
@click.option("--name", envvar="HYBRIDMOTE_STAFF_NAME", required=True)
@click.option(
    "--meeting", "slug", envvar="HYBRIDMOTE_STAFF_MEETING", required=True, help="The meeting's name in addresses."
)
@click.option(
    "--role",
    envvar="HYBRIDMOTE_STAFF_ROLE",
    type=click.Choice(["organiser", "moderator"]),
    default="moderator",
    show_default=True,
)
@click.option(
    "--password",
    envvar="HYBRIDMOTE_STAFF_PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for when not given.",
)
@data_option
def staff_add(email: str, name: str, slug: str, role: str, password: str, data: Path | None) -> None:
    """Let somebody work in a meeting. A known e-mail gets the new name, password and role."""
    from .db import open_database
    from .staff import Wrong, add_staff

    settings = settings_of(data=data)
    _prepare(settings)
    open_database(settings.url_of_database())
    try:
        add_staff(email=email, name=name, slug=slug, role=role, password=password)
    except Wrong as wrong:
        fail(str(wrong))
    click.echo(f"{email} is {role} of {slug} and signs in at {settings.public_url()}/sign-in")


@main.group()
def meeting() -> None:
    """Meetings as files that people can read and write (YAML)."""


@meeting.command("create")
@click.option("--slug", envvar="HYBRIDMOTE_SLUG", prompt=True, help="The meeting's name in addresses.")
@click.option("--title", envvar="HYBRIDMOTE_TITLE", prompt=True, help="What it is called.")
@click.option("--starts", envvar="HYBRIDMOTE_STARTS", prompt=True, help="By its own clock: 2026-03-10 17:00.")
@click.option("--ends", envvar="HYBRIDMOTE_ENDS", prompt=True, help="As --starts.")
@click.option(
    "--zone", envvar="HYBRIDMOTE_ZONE", default="Europe/Stockholm", show_default=True, help="Whose clock that is."
)
@click.option(
    "--language", envvar="HYBRIDMOTE_LANGUAGE", type=click.Choice(["sv", "en"]), default="sv", show_default=True
)
@click.option("--place", envvar="HYBRIDMOTE_PLACE", default="", help="Where it is, on one line.")
@click.option("--organiser", envvar="HYBRIDMOTE_ORGANISER", default="", help="Name of who sets it up.")
@click.option("--organiser-email", envvar="HYBRIDMOTE_ORGANISER_EMAIL", default="", help="Their address, for letters.")
@data_option
def meeting_create(
    slug: str,
    title: str,
    starts: str,
    ends: str,
    zone: str,
    language: str,
    place: str,
    organiser: str,
    organiser_email: str,
    data: Path | None,
) -> None:
    """Make a meeting, not yet published, and say the organiser's personal link once. Asks for what is not given."""
    settings = _open(data)
    from .exchange import Wrong, create

    try:
        made = create(
            slug,
            title,
            starts,
            ends,
            timezone=zone,
            language=language,
            place=place,
            organiser=organiser,
            email=organiser_email,
        )
    except Wrong as wrong:
        fail(f"{str(wrong).rstrip('.')}. Nothing was made.")
        return
    site = settings.public_url()
    click.echo(f"Made {made.slug}: {site}/m/{made.slug}/desk/ is where it is set up; nobody else sees it yet.")
    click.echo(f"The organiser's personal link, said only now: {site}/j/{made.token}")


@meeting.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@data_option
def meeting_export(slug: str, file: Path | None, data: Path | None) -> None:
    """Write a meeting and its programme to a file, or to the terminal."""
    _open(data)
    from .exchange import Wrong, written

    try:
        text = written(slug)
        if file is None:
            click.echo(text, nl=False)
        else:
            file.write_text(text, encoding="utf-8")
    except Wrong as wrong:
        fail(str(wrong))
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")


@meeting.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--slug", envvar="HYBRIDMOTE_SLUG", help="The meeting's name in addresses, instead of the file's.")
@click.option(
    "--update",
    envvar="HYBRIDMOTE_UPDATE",
    is_flag=True,
    help="Replace the programme of a meeting that has not begun.",
)
@data_option
def meeting_import(file: Path, slug: str | None, update: bool, data: Path | None) -> None:
    """Make a meeting of a file, and say the organiser's personal link once."""
    settings = _open(data)
    from .exchange import Wrong, read_in
    from .programme.model.exchange import MOST_BYTES

    try:
        with click.open_file(str(file), "rb") as opened:
            imported = read_in(opened.read(MOST_BYTES + 1), slug, update)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
        return
    except Wrong as wrong:
        fail(f"{file}: {str(wrong).rstrip('.')}. Nothing was changed.")
        return
    items = f"{imported.items} item{'' if imported.items == 1 else 's'}"
    click.echo(
        f"{'Updated' if update else 'Made'} {imported.slug}, with {items}: {settings.public_url()}/m/{imported.slug}"
    )
    if imported.token:
        click.echo(f"The organiser's personal link, said only now: {settings.public_url()}/j/{imported.token}")


def _open(data: Path | None) -> "Settings":
    """The database, with every room's tables known."""
    from . import load_rooms
    from .db import open_database

    settings = settings_of(data=data)
    _prepare(settings)
    load_rooms()
    open_database(settings.url_of_database())
    return settings


@main.command()
@click.option(
    "--json",
    "as_json",
    envvar="HYBRIDMOTE_JSON",
    is_flag=True,
    help="Print one JSON object with links and tokens as the first line.",
)
@click.option("--play", envvar="HYBRIDMOTE_PLAY", is_flag=True, help="Play the day with simulated people.")
@click.option(
    "--speed",
    envvar="HYBRIDMOTE_SPEED",
    type=click.FloatRange(0.1, 600),
    default=10.0,
    show_default=True,
    help="How many times faster.",
)
@click.option("--reset", envvar="HYBRIDMOTE_RESET", is_flag=True, help="Begin anew: throw the demo's data away.")
@click.option(
    "--language", envvar="HYBRIDMOTE_LANGUAGE", type=click.Choice(["sv", "en"]), default="sv", show_default=True
)
@port_option
@data_option
def demo(
    as_json: bool,
    play: bool,
    speed: float,
    reset: bool,
    language: Literal["sv", "en"],
    port: int | None,
    data: Path | None,
) -> None:
    """A meeting that looks like a real day, served here until Ctrl-C."""
    from .demo.run import CannotStart, run

    settings = settings_of(port=port, data=data or Path("data/demo"))
    try:
        sys.exit(run(settings, as_json=as_json, do_play=play, speed=speed, reset=reset, language=language))
    except CannotStart as why:
        fail(str(why))


def _prepare(settings: "Settings") -> None:
    """The data folder, and a sentence instead of a traceback when it cannot be written."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"the data folder {settings.data} cannot be made: {error.strerror}")
