"""Writes a letter: Markdown with placeholders becomes text and HTML, and these a message (RFC 5322, MIME).

What fills a placeholder is text and never markup: every sign of it that means something in Markdown is escaped before
it is put in, and what comes out is cleaned once more. A name of `](javascript:…)` is read as that.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import nh3
from babel.dates import format_date
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .address import header_name
from .letters import ADDRESSES, LINES, filled

HERE = Path(__file__).parents[2]  # the package; templates stand beside it in a checkout
SUBJECT_CHARACTERS = 250
_ESCAPED = re.compile(r"([!-/:-@\[-`{-~])")  # every sign that Markdown may read as more than itself
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_BARE = re.compile(r"(?<!\]\()\{(" + "|".join(sorted(ADDRESSES)) + r")\}")
_TAGS = {"p", "a", "strong", "em", "ul", "ol", "li", "h1", "h2", "h3", "br", "hr", "blockquote", "code"}

_markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline", "code", "fence"])


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str  # "text/calendar"
    content: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)  # of the type: {"method": "PUBLISH"}


@dataclass(frozen=True)
class Written:
    """A letter in words, addressed to nobody yet."""

    subject: str
    text: str
    html: str
    language: str


@lru_cache(maxsize=8)
def translator(language: str) -> Callable[[str], str]:
    """Says an English sentence in a language; outside of any request."""
    found: NullTranslations = (
        NullTranslations() if language == "en" else Translations.load(str(HERE / "translations"), [language])
    )
    return found.gettext


def of_meeting(
    title: str, starts: datetime, ends: datetime, timezone: str, place: str, language: str
) -> dict[str, str]:
    """What every letter may say of the meeting."""
    zone = ZoneInfo(timezone)
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    days = format_date(first.date(), "EEEE d MMMM y", locale=language)
    if last.date() != first.date():
        days = f"{days} – {format_date(last.date(), 'EEEE d MMMM y', locale=language)}"
    return {"meeting": title, "date": days, "time": f"{first:%H.%M}–{last:%H.%M}", "place": place}


def write(subject: str, body: str, values: Mapping[str, str], language: str) -> Written:
    """Fill a template in. A line whose placeholder has no value is left out."""

    def plain(name: str) -> str:
        return " ".join(_UNSEEN.sub(" ", values.get(name) or "").split())

    head = filled(subject.replace("\n", " "), plain, lambda _name, value: value) or values.get("meeting", "")
    head = " ".join(_UNSEEN.sub(" ", head).split())[:SUBJECT_CHARACTERS]
    source = filled(_BARE.sub(r"[{\1}]({\1})", body), values.get, _in_markdown)
    tokens = _markdown.parse(source)
    inner = nh3.clean(
        str(_markdown.renderer.render(_with_buttons(tokens), _markdown.options, {})),
        tags=_TAGS,
        attributes={"a": {"href", "class"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    page = (
        _layouts()
        .get_template("mail/letter.html")
        .render(subject=head, inner=inner, language=language, meeting=values.get("meeting", ""))
    )
    return Written(head, _text(tokens), page, language)


@lru_cache(maxsize=1)
def _layouts() -> Environment:
    return Environment(loader=FileSystemLoader([HERE / "templates", HERE.parent / "templates"]), autoescape=True)


def _in_markdown(name: str, value: str) -> str:
    """Words as Markdown reads them: themselves. Only what is meant to have lines keeps them."""
    parts = value.replace("\r", "").split("\n") if name in LINES else [value]
    lines = (" ".join(_UNSEEN.sub(" ", part).split()) for part in parts)
    return "\\\n".join(_ESCAPED.sub(r"\\\1", line) for line in lines if line)


def _with_buttons(tokens: list[Token]) -> list[Token]:
    """The first link that has a paragraph to itself is what the letter is about."""
    for before, token in pairwise(tokens):
        inside = token.children or [token]
        links = [child for child in inside if child.type == "link_open"]
        alone = before.type == "paragraph_open" and before.level == 0
        if alone and len(links) == 1 and inside[0] is links[0] and inside[-1].type == "link_close":
            links[0].attrSet("class", "button")
            break
    return tokens


def _text(tokens: Sequence[Token]) -> str:
    """The same for those who read text: links in full after their words, lists with dashes."""
    out: list[str] = []
    lists: list[int | None] = []  # the next number of each list that is open; None for one without
    begin = ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            begin = ""
            if not lists:
                out.append("")
        elif token.type == "list_item_open":
            number = lists[-1]
            begin = "  " * (len(lists) - 1) + ("- " if number is None else f"{number}. ")
            lists[-1] = None if number is None else number + 1
        elif token.type == "hr":
            out += ["---", ""]
        elif token.type == "inline":
            said = _inline(token.children or [])
            out.append(begin + said.replace("\n", "\n" + " " * len(begin)))
            begin = " " * len(begin) if lists else ""
            if not lists:
                out.append("")
    return "\n".join(out).strip() + "\n"


def _inline(children: Sequence[Token]) -> str:
    said, label, href = "", "", ""
    inside = False
    for token in children:
        if token.type == "link_open":
            inside, label, href = True, "", str(token.attrGet("href") or "")
        elif token.type == "link_close":
            inside = False
            said += label if label in (href, href.removeprefix("mailto:")) else f"{label}: {href}"
        else:
            part = "\n" if token.type in ("softbreak", "hardbreak") else token.content
            if inside:
                label += part
            else:
                said += part
    return said


def message(
    letter: Written,
    *,
    sender: tuple[str, str],
    to: tuple[str, str],
    reply_to: str = "",
    message_id: str,
    at: datetime,
    unsubscribe: str = "",
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """The message as it goes out. `sender` and `to`: name and address as stored; `message_id` without its brackets;
    `unsubscribe`: the address that takes a POST (RFC 8058)."""
    # a part before the @ that is not ASCII can only be said to a server that takes SMTPUTF8
    ascii_only = all(address.rpartition("@")[0].isascii() for _name, address in (sender, to, ("", reply_to)))
    mail = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    mail["From"] = _header(*sender)
    mail["To"] = _header(*to)
    if reply_to:
        mail["Reply-To"] = _header("", reply_to)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    for one in attachments:
        main, _, sub = one.type.partition("/")
        if main == "text":
            mail.add_attachment(one.content.decode(), subtype=sub, filename=one.name, params=dict(one.parameters))
        else:
            mail.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    mail["Content-Language"] = letter.language  # last: what is added before would take it along into a part
    return mail


def _header(name: str, address: str) -> Address:
    return header_name(_UNSEEN.sub(" ", name)[:100], address)


def octets(mail: EmailMessage) -> bytes:
    """As SMTP carries it. Headers stay on one line, since the library would rather encode an address than break it; RFC
    5322 allows 998 signs."""
    return mail.as_bytes(policy=mail.policy.clone(max_line_length=900))
