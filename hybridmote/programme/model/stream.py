"""Somebody else's picture: what an address is of, and how its service lets a page show it.

Only the address is read; nothing is fetched. What is not known for sure is a plain link, which always works.
How a player is embedded is each service's own description of it; they begin at once, since the reader has just asked.
"""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qs, quote, urlencode, urlsplit

from ...meetings.model import Refusal

Kind = Literal["youtube", "vimeo", "peertube", "jitsi", "bbb", "hls", "link"]

LONGEST = 2000  # signs; browsers and mail cut longer addresses
LOCAL = frozenset({"localhost", "127.0.0.1"})  # this very machine, where one tries things out without https
JITSI_HOSTS = frozenset({"meet.jit.si"})


@dataclass(frozen=True, slots=True)
class Stream:
    """`address` opens by itself in a tab. `embed` is what a frame shows (of hls: what the player plays), None when it is
    only a link. `origin` is what the page must be allowed to load from, None when nothing. `host` is whose it is."""

    address: str
    kind: Kind
    host: str
    embed: str | None = None
    origin: str | None = None

    @property
    def service(self) -> str:
        """Whose it is, in the words that people know them by."""
        return {"youtube": "YouTube", "vimeo": "Vimeo"}.get(self.kind, self.host)

    @property
    def talks(self) -> bool:
        """Whether one takes part there with camera and microphone, rather than watches."""
        return self.kind in ("jitsi", "bbb")


def recognise(address: str, jitsi_hosts: Collection[str] = ()) -> Stream:
    """What an address is of. Raises Refusal("invalid", stream_…) for what no page should open."""
    url, host = _read(address)
    plain = url.geturl()
    for rule in (_youtube, _vimeo, _hls, _peertube, _bbb):
        found = rule(url, host)
        if found:
            kind, embed = found
            break
    else:
        kind, embed = _jitsi(url, host, {*JITSI_HOSTS, *(h.lower() for h in jitsi_hosts)}) or ("link", None)
    return Stream(plain, kind, _shown(url), embed, _origin(embed) if embed else None)


# ---- reading ----

_UNSEEN = re.compile(r"[\s\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\\]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NAME = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_KEPT = "/:?#[]@!$&()*+,;=%~-._"  # stays as it is in a path, a query and a fragment


def _read(address: str) -> tuple[SplitResult, str]:
    """The address in one form: lower-case ASCII name, no default port, everything else percent-encoded; and its host."""
    address = address.strip()
    if not address:
        raise Refusal("invalid", "stream_none")
    if len(address) > LONGEST:
        raise Refusal("invalid", "stream_long")
    if _UNSEEN.search(address):
        raise Refusal("invalid", "stream_signs")
    if not _SCHEME.match(address):
        raise Refusal("invalid", "stream_none")
    try:
        url = urlsplit(address)
        host, port = url.hostname or "", url.port
        host = host.encode("idna").decode() if not host.isascii() else host
    except ValueError:  # a port that is no number, half an IPv6 address, a name that cannot be one
        raise Refusal("invalid", "stream_host") from None
    host = host.lower().rstrip(".")
    if url.scheme not in ("http", "https") or (url.scheme == "http" and host not in LOCAL):
        raise Refusal("invalid", "stream_scheme")
    if "@" in url.netloc:
        raise Refusal("invalid", "stream_password")
    if not _is_host(host) or port == 0:
        raise Refusal("invalid", "stream_host")
    default = {"http": 80, "https": 443}[url.scheme]
    netloc = host if port in (None, default) else f"{host}:{port}"
    path, query, fragment = (quote(part, safe=_KEPT) for part in (url.path, url.query, url.fragment))
    clean = SplitResult(url.scheme, netloc, path or "/", query, fragment)
    if len(clean.geturl()) > LONGEST:
        raise Refusal("invalid", "stream_long")
    return clean, host


def _is_host(host: str) -> bool:
    """A name with a dot, or an IPv4 address in its one plain form: others are read differently by different programs."""
    if host in LOCAL:
        return True
    if not _NAME.fullmatch(host) or "." not in host:
        return False
    if not re.fullmatch(r"(?:\d+|0x[0-9a-f]*)", host.rpartition(".")[2]):
        return True
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _origin(address: str) -> str:
    url = urlsplit(address)
    return f"{url.scheme}://{url.netloc}"


def _shown(url: SplitResult) -> str:
    return url.netloc.removeprefix("www.").removeprefix("m.") if url.netloc.count(".") > 1 else url.netloc


# ---- the services ----

Found = tuple[Kind, str | None] | None

_YOUTUBE = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"})
_NO_COOKIE = frozenset({"youtube-nocookie.com", "www.youtube-nocookie.com"})
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")


def _youtube(url: SplitResult, host: str) -> Found:
    """watch?v=, live/, shorts/, embed/, youtu.be/, and a channel's live picture. Shown from the address without cookies."""
    path, query = _parts(url), parse_qs(url.query)
    player = "https://www.youtube-nocookie.com/embed/"
    video = ""
    if host == "youtu.be" and path:
        video = path[0]
    elif host in _YOUTUBE | _NO_COOKIE:
        if path == ["watch"]:
            video = query.get("v", [""])[0]
        elif path == ["embed", "live_stream"]:
            return _channel(query.get("channel", [""])[0])
        elif len(path) == 2 and path[0] in ("live", "embed", "shorts", "v"):
            video = path[1]
        elif path[:1] == ["channel"] and path[2:] == ["live"]:
            return _channel(path[1])
    return ("youtube", f"{player}{video}?autoplay=1") if _VIDEO.fullmatch(video) else None


def _channel(channel: str) -> Found:
    if not _CHANNEL.fullmatch(channel):
        return None
    return "youtube", f"https://www.youtube-nocookie.com/embed/live_stream?channel={channel}&autoplay=1"


_HASH = re.compile(r"[A-Za-z0-9]{6,40}")


def _vimeo(url: SplitResult, host: str) -> Found:
    """A film, an event, either with the hash of what is not listed. `dnt`: the player is asked not to track."""
    path = _parts(url)
    if host == "player.vimeo.com" and path[:1] == ["video"]:
        path, given = path[1:], parse_qs(url.query).get("h", [""])[0]
        path = [*path[:1], given] if given else path[:1]
    elif host not in ("vimeo.com", "www.vimeo.com"):
        return None
    if path[:1] == ["event"] and len(path) > 1 and path[1].isdigit():
        more = [part for part in path[2:] if part != "embed"]
        if not more:
            return "vimeo", f"https://vimeo.com/event/{path[1]}/embed"
        if len(more) == 1 and _HASH.fullmatch(more[0]):
            return "vimeo", f"https://vimeo.com/event/{path[1]}/embed/{more[0]}"
        return None
    if not path or not path[0].isdigit() or len(path) > 2:
        return None
    if len(path) == 2 and not _HASH.fullmatch(path[1]):
        return None
    query = urlencode({**({"h": path[1]} if len(path) == 2 else {}), "dnt": "1", "autoplay": "1"})
    return "vimeo", f"https://player.vimeo.com/video/{path[0]}?{query}"


def _hls(url: SplitResult, host: str) -> Found:
    """Any playlist: our own player plays it."""
    return ("hls", url._replace(fragment="").geturl()) if url.path.lower().endswith(".m3u8") else None


_PEERTUBE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[1-9A-HJ-NP-Za-km-z]{20,22}")


def _peertube(url: SplitResult, host: str) -> Found:
    """Any host with PeerTube's addresses: /w/<id>, /videos/watch/<id>, /videos/embed/<id>, with a long or a short id.
    `p2p`: otherwise those who watch fetch from each other, and learn each other's addresses."""
    match _parts(url):
        case ["w", id] | ["videos", "watch" | "embed", id] if _PEERTUBE.fullmatch(id):
            return "peertube", f"{url.scheme}://{url.netloc}/videos/embed/{id}?autoplay=1&p2p=0"
    return None


_BBB_ROOM = re.compile(r"[a-z0-9]{3}(?:-[a-z0-9]{3}){2,3}")


def _bbb(url: SplitResult, host: str) -> Found:
    """A room of Greenlight, BigBlueButton's own front: /b/<room> of its second edition, /rooms/<room> of its third."""
    match _parts(url):
        case ["b" | "rooms", room] | ["rooms", room, "join"] if _BBB_ROOM.fullmatch(room):
            return "bbb", url._replace(fragment="").geturl()
    return None


def _jitsi(url: SplitResult, host: str, hosts: Collection[str]) -> Found:
    """A room, or a tenant and a room, of a host known to be Jitsi's: its addresses look like anybody's."""
    if host not in hosts or len(_parts(url)) not in (1, 2):
        return None
    return "jitsi", url._replace(query="", fragment="").geturl()


def _parts(url: SplitResult) -> list[str]:
    return [part for part in url.path.split("/") if part]
