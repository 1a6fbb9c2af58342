"""Does it work at my place? Everything is really tried against this server: nothing is guessed from what a browser says."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from ... import limits
from ...access import Caller, find_meeting, guest
from ...db import reading
from ...meetings.store import Meeting
from ...web import HEADERS, allow, caller_in
from .. import model
from ..store import Check
from .door import address, device, drawn, pages, site

DOWN = 6 * 1024 * 1024  # bytes at most: what arrives within three seconds is counted
BLOCK = os.urandom(64 * 1024)  # the same for all; it cannot be compressed on the way
TIMES = "40/hour"  # downloads for each person, and for each address of those we do not know


@pages.get("/m/<slug>/check")
def check(slug: str) -> Any:
    meeting, caller = _asker(slug)
    policy = HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")
    allow({}, **{"Permissions-Policy": policy.replace("microphone=()", "microphone=(self)")})
    reached = urlsplit(site())
    known = caller is not None and "person" in caller.roles
    kept = None
    if caller is not None and known:
        with reading() as db:
            row = db.get(Check, caller.participant_id)
            kept = {**row.told(), "at": row.at, "overall": model.overall(row.told())} if row else None
    return render_template(
        "ways/check.html",
        **drawn(meeting, caller),
        kept=kept,
        known=known,
        host=reached.hostname,
        port=reached.port or (443 if reached.scheme == "https" else 80),
        boot={
            "words": words(),
            "limits": {"rtt": model.RTT, "down": model.DOWN, "up": model.UP},
            "base": f"/m/{slug}",
            "csrf": generate_csrf(),
            "report": known,
            "browser": device(),
        },
    )


@pages.get("/m/<slug>/check/line")
def line(slug: str) -> Response:
    """Bytes that mean nothing, to measure by; with `?echo` none at all, to time the way there and back."""
    meeting, caller = _asker(slug)
    if "echo" in request.args:
        return Response(status=204)
    limits.check(TIMES, "check.line", caller or guest(meeting, address()))

    def blocks() -> Iterator[bytes]:
        for _n in range(DOWN // len(BLOCK)):
            yield BLOCK

    return Response(blocks(), mimetype="application/octet-stream")


@pages.post("/m/<slug>/check/line")
def up(slug: str) -> Response:
    """Takes what it is sent, and forgets it. It changes nothing, so it asks for no token of the page."""
    _asker(slug)
    request.get_data(cache=False)
    return Response(status=204)


def _asker(slug: str) -> tuple[Meeting, Caller | None]:
    with reading() as db:
        meeting = find_meeting(db, slug)
        return meeting, caller_in(db, meeting)


def words() -> dict[str, Any]:
    """What the script says."""
    return {
        "level": {
            "works": _("Works"),
            "less": _("Works with less"),
            "not": _("Does not work"),
            "untried": _("Not tried"),
        },
        "overall": {
            "works": _("It works here. You need do nothing more."),
            "less": _("You can take part from here, but not all of it works as it should. Below you see what."),
            "not": _(
                "You cannot follow the meeting from here as it is. Below you see why. Or take part from another place."
            ),
        },
        "trying": {
            "transport": _("Trying the line"),
            "rtt": _("Timing the answers"),
            "down": _("Measuring how fast it comes"),
            "up": _("Measuring how fast it goes"),
        },
        "transport": {
            "websocket": _("The line to the meeting stands, the fast way (WebSocket)."),
            "polling": _(
                "The fast way (WebSocket) is stopped on the way. The slow way works: all comes, a second later."
            ),
            "http": _(
                "Only plain requests get through: you can follow and ask, and what happens comes some seconds later. "
                "Show the text below to your IT department."
            ),
            "none": _(
                "The line is stopped on the way, probably by a firewall. Show the text below to your IT department."
            ),
        },
        "rtt": {
            "works": _("An answer takes {n} ms."),
            "less": _("An answer takes {n} ms. What happens comes a little late."),
            "not": _("An answer takes {n} ms. That is slow: what happens comes late."),
            "untried": _("It could not be timed."),
        },
        "down": {
            "works": _("{n} Mbit/s arrive. That is enough for picture and sound."),
            "less": _("{n} Mbit/s arrive. That is enough for sound and questions, hardly for the picture."),
            "not": _("{n} Mbit/s arrive. That is too little for the sound."),
            "untried": _("It could not be measured."),
        },
        "up": {
            "works": _("{n} Mbit/s go from here. That is enough to speak with a picture."),
            "less": _("{n} Mbit/s go from here. That is enough to speak, without a picture."),
            "not": _("{n} Mbit/s go from here. Questions get through; speaking may not."),
            "untried": _("It could not be measured."),
        },
        "sound": {
            "playing": _("Do you hear the tone?"),
            "yes": _("You hear what is played."),
            "no": _("You do not hear it. Turn the volume up, look which loudspeaker is chosen, and play it again."),
        },
        "camera": {
            "works": _("The camera works."),
            "refused": _("The browser was not allowed to use it. Click the sign beside the address to allow it."),
            "missing": _("None was found, or another program has it."),
        },
        "microphone": {
            "works": _("The microphone works. Say something: the bar moves."),
            "refused": _("The browser was not allowed to use it. Click the sign beside the address to allow it."),
            "missing": _("None was found, or another program has it."),
        },
        "found": _("Tried from here on {when}:"),
        "kept": _("The organiser sees how it went."),
        "not_kept": _("It could not be told to the organiser. Try again."),
        "copied": _("Copied."),
        "again": _("Try again"),
        "progress": _("Part {n} of {of}: {what}"),
    }
