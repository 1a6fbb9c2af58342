"""The rules of ways in: how long a code or a device's key stands, what a walk-in may do, and what a try-out tells."""

import hashlib
import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

CODE_STANDS = timedelta(minutes=10)
CODE_TRIES = 5  # of one code; then a new one
CODES_AN_HOUR = 3  # letters to one person: with five tries each, a guesser hits one in 66,000 an hour
KEY_STANDS = timedelta(minutes=2)  # the QR for one's own phone
KEPT_AFTER = timedelta(days=7)  # after the meeting: what a try-out told, and by which line a walk-in came

Level = Literal["works", "less", "not", "untried"]
PARTS = ("transport", "rtt", "down", "up", "sound", "camera", "microphone")

# From which value on a part works, and works with less. Picture and sound of one speaker take some 2 Mbit/s down and
# half of one up; sound alone, and questions, a tenth of that. Milliseconds; kilobits in a second.
RTT = (300, 1000)
DOWN = (2000, 250)
UP = (500, 100)

MAY: dict[str, str] = {"read": "listener", "ask": "asker", "vote": "participant"}  # what the organiser set -> the role


def network(address: str) -> str:
    """What is counted as one address: with IPv6 a household has 2^64 of them."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False).network_address)
    return str(ip)


def digest_of(meeting_id: str, address: str) -> str:
    """An address to count by. It is no secret, so it is forgotten after the meeting."""
    return hashlib.sha256(f"{meeting_id} {network(address)}".encode("utf-8", "replace")).hexdigest()


def digits(typed: str) -> str:
    """The six digits that somebody meant, or an empty string."""
    found = re.sub(r"[\s\-\u2010-\u2015]", "", typed)
    return found if re.fullmatch(r"[0-9]{6}", found) else ""


# ---- what a try-out tells ---------------------------------------------------------------------------------------------


def _most(value: int | None, good: tuple[int, int]) -> Level:
    if value is None:
        return "untried"
    return "works" if value <= good[0] else "less" if value <= good[1] else "not"


def _least(value: int | None, good: tuple[int, int]) -> Level:
    if value is None:
        return "untried"
    return "works" if value >= good[0] else "less" if value >= good[1] else "not"


_SAID: dict[str, Level] = {
    "websocket": "works",
    "polling": "less",
    "http": "less",  # asking again and again: slow, but all comes
    "none": "not",
    "yes": "works",
    "no": "not",
    "works": "works",
    "refused": "less",  # a camera is only needed to be seen, and can be allowed later
    "missing": "less",
    "untried": "untried",
}


def levels(tried: Mapping[str, Any]) -> dict[str, Level]:
    """How each part came out."""
    return {
        "transport": _SAID[tried["transport"]],
        "rtt": _most(tried["rtt"], RTT),
        "down": _least(tried["down"], DOWN),
        "up": _least(tried["up"], UP),
        **{part: _SAID[tried[part]] for part in ("sound", "camera", "microphone")},
    }


def overall(tried: Mapping[str, Any]) -> Level:
    """`not`: one cannot follow the meeting. `less`: one can, but not all of it works. What was not tried counts as
    nothing: somebody who closes the page after the line was tried has a line that works."""
    by = levels(tried)
    if by["transport"] in ("not", "untried") or by["sound"] == "not" or by["down"] == "not":
        return "not"
    return "less" if any(level in ("less", "not") for level in by.values()) else "works"


def troubles(tried: Mapping[str, Any]) -> list[str]:
    """The parts that do not work as they should, in the order in which they matter."""
    return [part for part, level in levels(tried).items() if level in ("less", "not")]
