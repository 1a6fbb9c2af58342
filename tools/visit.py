"""A demo meeting to take pictures of: somebody's browser, and what people do there by the public API."""

import json
import re
import urllib.request
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page

from tests.servers import Demo

SIZES = {"phone": (390, 844), "desktop": (1280, 800), "projector": (1920, 1080)}
# The address that the screen shows; the pictures are taken at the demo's own.
ENVIRONMENT = {
    "HYBRIDMOTE_RATE_LIMITS": "off",
    "HYBRIDMOTE_BASE_URL": "http://meet.example.org",
    "HYBRIDMOTE_TRUSTED_HOSTS": '["127.0.0.1"]',
}


def look(browser: Browser, language: str, size: str, colours: str, scale: float = 1) -> BrowserContext:
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        is_mobile=size == "phone",
        has_touch=size == "phone",
        color_scheme="dark" if colours == "dark" else "light",
        locale="sv-SE" if language == "sv" else "en-GB",
        timezone_id="Europe/Stockholm",
        reduced_motion="reduce",
    )


def settle(page: Page) -> None:
    """Letters drawn, and on a live page the line open."""
    page.wait_for_function("document.fonts.status === 'loaded'")  # lives through a page that goes on by itself
    if page.locator(".head .line").count():
        page.locator(".head .line:not(.line--waiting):not(.line--lost)").wait_for()


def on_now(demo: Demo) -> str:
    (meeting,) = state(demo)["topics"]["meeting"].values()
    return next(item for item in meeting["now_on"].values() if item)


def bring_slides(demo: Demo, item: str, content: bytes) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="slides.pdf"\r\n\r\n'
        + content
        + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"}
    headers["Authorization"] = f"Bearer {person(demo, 'moderator')['token']}"
    address = f"{demo.base_url}/m/{demo.people['meeting']}/slides/{item}"
    with urllib.request.urlopen(urllib.request.Request(address, form, headers), timeout=60) as answer:
        assert answer.status == 200


def say(demo: Demo, who: str, command: str, **payload: Any) -> Any:
    body = json.dumps({"op": str(uuid4()), **payload}).encode()
    return ask(demo, who, f"commands/{command}", body)["result"]


def state(demo: Demo) -> Any:
    return ask(demo, "moderator", "state")


def version(demo: Demo) -> int:
    (meeting,) = state(demo)["topics"]["meeting"].values()
    return int(meeting["version"])


def ask(demo: Demo, who: str, path: str, body: bytes | None = None) -> Any:
    headers = {"Authorization": f"Bearer {person(demo, who)['token']}", "Content-Type": "application/json"}
    address = f"{demo.base_url}/api/v1/m/{demo.people['meeting']}/{path}"
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
        return json.load(answer)


def person(demo: Demo, role: str) -> dict[str, str]:
    """The last of a list: the first who takes part has asked before, and been refused."""
    found = demo.people[role]
    return found[-1] if isinstance(found, list) else found


def at(demo: Demo, path: str) -> str:
    told = demo.people
    return demo.base_url + path.format(slug=told["meeting"], token=person(demo, "attendee")["token"])


def let_in(context: BrowserContext, demo: Demo, who: dict[str, str]) -> None:
    """What opening a personal link and pressing its one button does."""
    link = f"{demo.base_url}/j/{who['token']}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get(link).text())
    assert token, f"{link} has no form"
    context.request.post(link, form={"csrf_token": token[1]})
