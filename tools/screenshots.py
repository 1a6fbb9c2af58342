"""Pictures of every page, as the roles see it: phone, laptop and projector, light and dark, Swedish and English.

`python -m tools.screenshots [--out FOLDER] [--only PART-OF-NAME]` starts a demo meeting of its own, takes the pictures
(`build/screenshots/<page>-<size>-<light|dark>-<sv|en>.png`) and ends it.
"""

import tempfile
from pathlib import Path

import click
from playwright.sync_api import Browser, Page, sync_playwright
from rich.progress import track

from tests.servers import CHROMIUM_FLAGS, ROOT, Demo, find_chromium, free_port, product_environment

PHONE, LAPTOP, PROJECTOR = ("phone", 390, 844), ("laptop", 1280, 800), ("projector", 1920, 1080)

# name, whose link is used (None: nobody is signed in), address, sizes
PAGES = [
    ("meetings", None, "/", (PHONE, LAPTOP)),
    ("meeting", None, "/m/{slug}", (PHONE, LAPTOP)),
    ("link", "attendee", "{link}", (PHONE,)),
    ("sign-in", None, "/sign-in", (PHONE, LAPTOP)),
    ("live", "attendee", "/m/{slug}/live", (PHONE, LAPTOP)),
    ("moderate", "moderator", "/m/{slug}/moderate", (PHONE, LAPTOP)),
    ("screen", "screen", "/m/{slug}/screen", (PROJECTOR,)),
    ("api-docs", None, "/api/docs", (LAPTOP,)),
    ("not-found", None, "/m/no-such-meeting", (PHONE,)),
]


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "build" / "screenshots", show_default=True)
@click.option("--only", default="", help="Only the pictures with this in their name.")
def main(out: Path, only: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        demo = Demo(Path(data), port, product_environment(Path(data)))
        try:
            demo.start()
            demo.wait_ready()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
                take_all(browser, demo, out, only)
        finally:
            demo.terminate()
            demo.close()
    click.echo(f"{len(list(out.glob('*.png')))} pictures in {out}")


def take_all(browser: Browser, demo: Demo, out: Path, only: str) -> None:
    wanted = [
        (name, role, path, size, colours, language)
        for name, role, path, sizes in PAGES
        for size in sizes
        for colours in ("light", "dark")
        for language in ("sv", "en")
        if only in f"{name}-{size[0]}-{colours}-{language}"
    ]
    for name, role, path, (size, width, height), colours, language in track(wanted, "Taking pictures"):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if size == "phone" else 1,
            is_mobile=size == "phone",
            has_touch=size == "phone",
            color_scheme="dark" if colours == "dark" else "light",
            locale="sv-SE" if language == "sv" else "en-GB",
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
        )
        page = context.new_page()
        link = person(demo, role)["link"] if role else ""
        if role and path != "{link}":
            bind(page, link)
        answer = page.goto(link if path == "{link}" else at(demo, path))
        if answer is None or (answer.status >= 400 and name != "not-found"):
            raise click.ClickException(f"{name} answered {answer.status if answer else 'nothing'}\n{demo.tail(10)}")
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(300)  # the first message of the line, and what it draws
        page.screenshot(path=out / f"{name}-{size}-{colours}-{language}.png", full_page=size != "projector")
        context.close()


def person(demo: Demo, role: str) -> dict[str, str]:
    found = demo.people[role]
    return found[0] if isinstance(found, list) else found


def at(demo: Demo, path: str) -> str:
    return demo.base_url + path.format(slug=demo.people["meeting"])


def bind(page: Page, link: str) -> None:
    """Open a personal link and press its one button."""
    page.goto(link)
    page.locator("main form button").first.click()
    page.wait_for_load_state()


if __name__ == "__main__":
    main()
