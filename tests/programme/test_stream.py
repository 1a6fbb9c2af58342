"""What an address of a picture is of: each service's own forms, what stays a link, and what no page opens."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybridmote.problems import WHY
from hybridmote.programme.model.stream import Refusal, recognise

VIDEO = "dQw4w9WgXcQ"
CHANNEL = "UC" + "a1_-" * 5 + "bc"
UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"
SHORT = "kkGMgK9ZtnKfYAgnEtQxbv"
YOUTUBE = f"https://www.youtube-nocookie.com/embed/{VIDEO}?autoplay=1"
VIMEO = "https://player.vimeo.com/video/"


@pytest.mark.parametrize(
    ("address", "kind", "embed", "host"),
    [
        (f"https://www.youtube.com/watch?v={VIDEO}", "youtube", YOUTUBE, "youtube.com"),
        (f"https://youtube.com/watch?app=desktop&v={VIDEO}&t=42s", "youtube", YOUTUBE, "youtube.com"),
        (f"https://m.youtube.com/watch?v={VIDEO}#x", "youtube", YOUTUBE, "youtube.com"),
        (f"https://YouTu.be/{VIDEO}?si=abc", "youtube", YOUTUBE, "youtu.be"),
        (f"https://www.youtube.com/live/{VIDEO}?feature=share", "youtube", YOUTUBE, "youtube.com"),
        (f"https://www.youtube.com/embed/{VIDEO}", "youtube", YOUTUBE, "youtube.com"),
        (f"https://www.youtube-nocookie.com/embed/{VIDEO}", "youtube", YOUTUBE, "youtube-nocookie.com"),
        (
            f"https://www.youtube.com/channel/{CHANNEL}/live",
            "youtube",
            f"https://www.youtube-nocookie.com/embed/live_stream?channel={CHANNEL}&autoplay=1",
            "youtube.com",
        ),
        (f"https://www.youtube.com/watch?v={VIDEO}x", "link", None, "youtube.com"),
        ("https://www.youtube.com/watch", "link", None, "youtube.com"),
        ("https://www.youtube.com/@kommunen/live", "link", None, "youtube.com"),
        (f"https://youtube.com.evil.example/watch?v={VIDEO}", "link", None, "youtube.com.evil.example"),
        ("https://vimeo.com/123456", "vimeo", f"{VIMEO}123456?dnt=1&autoplay=1", "vimeo.com"),
        ("https://vimeo.com/123456/abcdef0123", "vimeo", f"{VIMEO}123456?h=abcdef0123&dnt=1&autoplay=1", "vimeo.com"),
        (
            "https://player.vimeo.com/video/123456?h=abcdef0123",
            "vimeo",
            f"{VIMEO}123456?h=abcdef0123&dnt=1&autoplay=1",
            "player.vimeo.com",
        ),
        ("https://vimeo.com/event/987", "vimeo", "https://vimeo.com/event/987/embed", "vimeo.com"),
        ("https://vimeo.com/event/987/embed", "vimeo", "https://vimeo.com/event/987/embed", "vimeo.com"),
        ("https://vimeo.com/event/987/abc123def", "vimeo", "https://vimeo.com/event/987/embed/abc123def", "vimeo.com"),
        ("https://vimeo.com/watch", "link", None, "vimeo.com"),
        ("https://vimeo.com/123456/settings/privacy", "link", None, "vimeo.com"),
        (
            f"https://tube.example.org/videos/watch/{UUID}",
            "peertube",
            f"https://tube.example.org/videos/embed/{UUID}?autoplay=1&p2p=0",
            "tube.example.org",
        ),
        (
            f"https://tube.example.org:8443/w/{SHORT}",
            "peertube",
            f"https://tube.example.org:8443/videos/embed/{SHORT}?autoplay=1&p2p=0",
            "tube.example.org:8443",
        ),
        ("https://sv.example.org/w/index.php", "link", None, "sv.example.org"),
        (
            "https://meet.jit.si/DagvattenDagen?x=1#config",
            "jitsi",
            "https://meet.jit.si/DagvattenDagen",
            "meet.jit.si",
        ),
        ("https://meet.jit.si/", "link", None, "meet.jit.si"),
        ("https://bbb.example.org/b/ann-x2y-z3w", "bbb", "https://bbb.example.org/b/ann-x2y-z3w", "bbb.example.org"),
        (
            "https://bbb.example.org/rooms/abc-def-ghi-jkl/join",
            "bbb",
            "https://bbb.example.org/rooms/abc-def-ghi-jkl/join",
            "bbb.example.org",
        ),
        ("https://hotel.example.org/rooms/suite", "link", None, "hotel.example.org"),
        (
            "https://cdn.example.org/live/index.m3u8?sig=a%2Fb",
            "hls",
            "https://cdn.example.org/live/index.m3u8?sig=a%2Fb",
            "cdn.example.org",
        ),
        ("https://cdn.example.org/LIVE.M3U8", "hls", "https://cdn.example.org/LIVE.M3U8", "cdn.example.org"),
        ("http://localhost:8123/a.m3u8", "hls", "http://localhost:8123/a.m3u8", "localhost:8123"),
        ("https://cdn.example.org/?file=live.m3u8", "link", None, "cdn.example.org"),
        ("https://teams.microsoft.com/l/meetup-join/19%3ameeting", "link", None, "teams.microsoft.com"),
        ("https://us02web.zoom.us/j/123?pwd=abc", "link", None, "us02web.zoom.us"),
    ],
)
def test_each_service_is_known_by_its_addresses(address: str, kind: str, embed: str | None, host: str) -> None:
    found = recognise(address)
    assert (found.kind, found.embed, found.host) == (kind, embed, host)
    if embed is None:
        assert found.origin is None
    else:
        assert found.origin is not None and embed.startswith(found.origin + "/")


def test_the_operator_says_which_hosts_are_jitsis() -> None:
    room = "https://Moten.example.org/kommun/rummet"
    assert recognise(room).kind == "link"
    assert recognise(room, ["MOTEN.example.org"]).embed == "https://moten.example.org/kommun/rummet"
    assert recognise(room, ["moten.example.org"]).talks and not recognise(f"https://youtu.be/{VIDEO}").talks


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "none"),
        ("   ", "none"),
        ("youtube.com/watch", "none"),
        ("//youtube.com/watch", "none"),
        ("javascript:alert(1)", "scheme"),
        ("JavaScript:alert(1)//https://x.example", "scheme"),
        ("data:text/html,x", "scheme"),
        ("blob:https://x.example/1", "scheme"),
        ("ftp://x.example/a.m3u8", "scheme"),
        ("http://x.example/a.m3u8", "scheme"),
        ("https://me:secret@x.example/", "password"),
        ("https://youtube.com@evil.example/", "password"),
        ("https://x.example/a b", "signs"),
        ("https://x.example/\x00", "signs"),
        ("https://x.exa\nmple/", "signs"),
        ("java\tscript:alert(1)", "signs"),
        ("https://x.example\\@y.example/", "signs"),
        ("https://x.example/\u202efdp", "signs"),
        ("https:///path", "host"),
        ("https://", "host"),
        ("https://intranet/", "host"),
        ("https://x.example:99999/", "host"),
        ("https://x.example:0/", "host"),
        ("https://x.example:abc/", "host"),
        ("https://[::1]/", "host"),
        ("https://[x/", "host"),
        ("https://x..example/", "host"),
        ("https://x.example;script-src/", "host"),
        ("https://*.example/", "host"),
        ("https://0x7f.1/", "host"),
        ("https://127.1/", "host"),
        ("https://x.example/" + "a" * 2000, "long"),
        ("https://x.example/" + "å" * 500, "long"),
    ],
)
def test_what_no_page_should_open_is_refused_in_words(address: str, why: str) -> None:
    with pytest.raises(Refusal) as refusal:
        recognise(address)
    assert (refusal.value.code, refusal.value.detail) == ("invalid", f"stream_{why}")
    assert refusal.value.detail in WHY


def test_a_name_with_swedish_letters_is_written_as_browsers_send_it() -> None:
    found = recognise(" https://Räksmörgås.example:443/å.m3u8 ")
    assert found.address == "https://xn--rksmrgs-5wao1o.example/%C3%A5.m3u8"
    assert found.host == "xn--rksmrgs-5wao1o.example"


ORIGIN = re.compile(r"(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d{1,5})?")
ADDRESSES = st.one_of(
    st.text(),
    st.from_regex(r"(https?|javascript|data)://[\w.@:\[\]-]{1,30}(/[^\s]{0,30})?", fullmatch=True),
    st.builds(
        "https://{}/{}".format,
        st.sampled_from(["youtu.be", "vimeo.com", "a.example", "meet.jit.si", "å.example"]),
        st.text(max_size=40),
    ),
)


@given(ADDRESSES)
def test_whatever_is_typed_gives_a_safe_address_or_a_refusal(address: str) -> None:
    try:
        found = recognise(address)
    except Refusal as refusal:
        assert refusal.code == "invalid"
        return
    for url in filter(None, (found.address, found.embed)):
        assert url.isascii() and url.isprintable() and not set(" \"'<>\\^`{|}") & set(url)
        assert urlsplit(url).scheme == "https" or urlsplit(url).hostname in ("localhost", "127.0.0.1")
        assert "@" not in urlsplit(url).netloc
    assert (found.kind == "link") == (found.embed is None) == (found.origin is None)
    if found.origin:
        assert ORIGIN.fullmatch(found.origin), "it goes into a header as it is"


@given(ADDRESSES)
def test_what_was_read_reads_the_same_again(address: str) -> None:
    try:
        found = recognise(address)
    except Refusal:
        return
    assert recognise(found.address) == found
