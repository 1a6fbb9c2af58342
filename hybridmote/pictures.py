"""Somebody else's pictures on a page of ours: what each address is, and what the page must be allowed for them.

The page asks nobody outside before the reader says so; what it then may ask is named here, address by address.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from .meetings.model import Refusal
from .programme.model import stream
from .sync import View
from .web import HEADERS

Pictures = dict[str, dict[str, Any]]


def pictures(addresses: Iterable[str], jitsi_hosts: Collection[str]) -> Pictures:
    """By address as it is stored. What cannot be recognised any more is left out: it is not opened."""
    found: Pictures = {}
    for address in addresses:
        if address and address not in found:
            try:
                known = stream.recognise(address, jitsi_hosts)
            except Refusal:
                continue
            found[address] = {
                "address": known.address,
                "kind": known.kind,
                "service": known.service,
                "embed": known.embed,
                "origin": known.origin,
                "talks": known.talks,
            }
    return found


def picture_of(meeting: View, items: Sequence[View], on: View | None) -> str:
    """The address of what is shown with that item: its own, what it is part of, or the meeting's. The script of the
    page counts the same (static/js/programme/picture.js)."""
    known = {i["id"]: i for i in items}
    for _ in range(len(known)):
        if on is None or on["stream"]:
            break
        on = known.get(on["parent"] or "")
    return str(on["stream"] if on and on["stream"] else meeting["stream"])


def policy(found: Pictures) -> dict[str, list[str]]:
    """Exactly the origins of these: frames for players, and for what our own player plays its parts."""
    frames = sorted({p["origin"] for p in found.values() if p["origin"] and p["kind"] != "hls"})
    plays = sorted({p["origin"] for p in found.values() if p["kind"] == "hls"})
    allowed = {"frame-src": frames} if frames else {}
    if plays:
        allowed |= {"connect-src": plays, "media-src": ["blob:", *plays]}  # the player hands the browser a blob
    return allowed


def permissions(found: Pictures) -> Mapping[str, str]:
    """Where one takes part with camera and microphone, they may be lent to that service; the browser still asks."""
    talks = sorted({p["origin"] for p in found.values() if p["talks"]})
    if not talks:
        return {}
    lent = "(self " + " ".join(f'"{origin}"' for origin in talks) + ")"
    header = HEADERS["Permissions-Policy"]
    for device in ("camera", "microphone"):
        header = header.replace(f"{device}=()", f"{device}={lent}")
    return {"Permissions-Policy": header}
