"""The organiser's first page: the words of the invitation in both languages, side by side, what is missing before it is
published, and the way to the other desks. Drawn on the server, whole without a script: each text is a form, which is a
command, and a preview of it is another button of the same form."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import escape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import desk, markdown
from .access import Caller, find_meeting
from .db import reading, utc_now
from .formats import instant
from .invitation import attends, everybodys, fees_of, last_moment
from .mail.store import Letter
from .meetings.model import LONG, TEXTS, languages_of
from .meetings.store import Meeting, texts_of
from .problems import Refused, problem
from .programme.model.plan import said as said_on_clock
from .programme.store import Item, items_of, speakers_of
from .programme.views import item_view
from .sockets import welcome
from .strings import strings
from .sync import View, merged
from .text import Unclean, clean
from .web import caller_in, check_csrf, form_page, meeting_and_caller

pages = Blueprint("invitation", __name__)
PAGE = "desk/"
SCRIPT = "desk_invitation"
BLOCKS = ("lead", "about", "audience", "place", "web", "practical")


@pages.get("/m/<slug>/desk/")
def overview(slug: str) -> Any:
    return show(slug)


@form_page(PAGE)
def _again(slug: str, said: dict[str, Any] | None, typed: dict[str, str]) -> Any:
    return show(slug, said, typed)


@pages.post("/m/<slug>/desk/preview")
def preview(slug: str) -> Any:
    """A text as it would be shown: to the script by itself (`only=preview`), else on the page, with what was typed."""
    with reading() as db:
        _row, caller = meeting_and_caller(db, slug)
    _organiser(caller)
    check_csrf()
    field, language, text = (request.form.get(name, "") for name in ("field", "language", "text"))
    if field not in TEXTS or language not in languages_of(field):
        raise Refused("invalid", field="field")
    try:
        text = clean(text, limit_graphemes=LONG, multiline=True) if text.strip() else ""
    except Unclean as unclean:
        over = {"over": unclean.detail} if unclean.code == "too_long" else {}
        raise Refused(unclean.code, field="text", **over) from None
    if request.form.get("only") == "preview":
        return Response(str(shown(field, text)), mimetype="text/html")
    typed = {"field": field, "language": language, "text": text, "preview": "true"}
    return show(slug, None, typed | {"expected_version": request.form.get("expected_version", "")})


@pages.get("/m/<slug>/desk/checklist")
def missing(slug: str) -> Any:
    """What is missing now, as the page shows it."""
    with reading() as db:
        row, caller = meeting_and_caller(db, slug)
        _organiser(caller)
        checks = checklist(db, row, utc_now())
        return render_template("meetings/checklist.html", checks=checks, slug=slug, published=row.published)


def show(slug: str, said: dict[str, Any] | None = None, typed: dict[str, str] | None = None) -> Any:
    """The page, with the problem of a form if there was one, and what was typed in it."""
    with reading() as db:
        row = find_meeting(db, slug)
        caller = caller_in(db, row)
        if caller is None:
            told = problem({"code": "unknown_caller"})
            return render_template("error.html", problem=told, next=request.path, slug=slug), 401
        _organiser(caller)
        return render_template("meetings/desk.html", **_drawn(db, row, caller, said, typed or {}))


def _organiser(caller: Caller) -> None:
    if "organiser" not in caller.roles:
        raise Refused("role")


def _drawn(
    db: Session, row: Meeting, caller: Caller, said: dict[str, Any] | None, typed: dict[str, str]
) -> dict[str, Any]:
    picture = welcome(db, caller)
    topics = merged(picture["layers"])
    (meeting,) = topics["meeting"].values()
    locale = str(get_locale() or "sv")
    now = utc_now()
    zone = ZoneInfo(row.timezone)
    edited = typed if said and said.get("command") == "meeting.edit" else {}
    return {
        "meeting": meeting,
        "me": picture["me"],
        "now": now,
        "checks": checklist(db, row, now),
        "blocks": BLOCKS,
        "names": names(),
        "hints": hints(),
        "texts": _texts(meeting, topics["texts"].values(), caller, said, typed),
        "head": {
            "title": edited.get("title", row.title),
            "place": edited.get("place", row.place),
            "begins": edited.get("begins", _on_clock(row.starts, zone)),
            "closes": edited.get("closes", _on_clock(row.ends, zone)),
            "language": edited.get("language", row.language),
        },
        "problem": said,
        "did": said.get("command") if said else None,
        "typed": typed,
        "boot": {
            "meeting": caller.slug,
            "base": f"/m/{caller.slug}",
            "csrf": generate_csrf(),
            "locale": locale,
            "page": PAGE,
            "strings": strings(locale, SCRIPT),
            "welcome": picture,
        },
    }


def _on_clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d} {said_on_clock(at, zone)}"


def _texts(
    meeting: View, rows: Any, caller: Caller, said: dict[str, Any] | None, typed: dict[str, str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """{field: {language: what its form shows}}: what is stored, or what was typed and could not be; and beside that, what
    somebody else wrote meanwhile."""
    there = {(row["field"], row["language"]): row for row in rows}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for field in TEXTS:
        for language in languages_of(field):
            row = there.get((field, language))
            first = meeting["tagline"] if field == "lead" and language == meeting["language"] else ""
            text = row["text"] if row else first
            one: dict[str, Any] = {"version": row["version"] if row else 0, "text": text, "wrong": None, "now": None}
            one["undo"] = bool(row and row["step"] and row["by"] == caller.participant_id)
            one["html"] = shown(field, text)
            one["open"] = False
            if typed.get("field") == field and typed.get("language") == language and "text" in typed:
                if text != typed["text"] and said and said["code"] == "stale":
                    one["now"] = text
                one |= {"text": typed["text"], "wrong": said, "html": shown(field, typed["text"]), "open": True}
                # a preview is no decision to write over anybody
                if not said and typed["expected_version"].isdecimal():
                    one["version"] = int(typed["expected_version"][:9])
            found.setdefault(field, {})[language] = one
    return found


def shown(field: str, text: str) -> Any:
    return markdown.html(text) if TEXTS[field].markdown else escape(text)


def names() -> dict[str, str]:
    return {
        "lead": _("In one sentence"),
        "about": _("About the meeting"),
        "audience": _("For whom"),
        "place": _("Getting there"),
        "web": _("Over the web"),
        "practical": _("Good to know"),
        "contact_name": _("Name"),
        "contact_email": _("E-mail"),
        "contact_phone": _("Phone"),
        "sv": _("Swedish"),
        "en": _("English"),
    }


def hints() -> dict[str, str]:
    return {
        "lead": _("Under the title, in lists and where the link is shown."),
        "about": _("What happens, and why one should come."),
        "audience": _("Who it is meant for, and what one need not know."),
        "place": _("The way from the station, the entrance, what the hall has for those who need it."),
        "web": _("What it takes to follow over the web; a link to a test of one's line stands below it."),
        "practical": _("Food, clothes, where to stay: what else people ask about."),
    }


# ---- what is missing -------------------------------------------------------------------------------------------------

Check = dict[str, str]  # {what, words, href}


def checklist(db: Session, meeting: Meeting, now: datetime) -> list[Check]:
    """What is missing before the invitation is published, each with where it is mended."""
    items = items_of(db, meeting.id)
    found: list[Check] = []

    def add(what: str, words: str, href: str) -> None:
        found.append({"what": what, "words": words, "href": href})

    if meeting.ends <= now:
        add("over", _("The meeting is over by its own times."), "#head")
    elif meeting.starts <= now and not meeting.published:
        add("begun", _("The meeting has begun by its own times, and is not published."), "#head")
    if not meeting.place:
        add("no_place", _("It does not say where the meeting is."), "#head")
    views = _views(db, items)
    _about_texts(db, meeting, views, add)
    _about_fees(db, meeting, now, add)
    _about_the_programme(db, meeting, items, add)
    _about_letters(db, meeting, views, add)
    return found


def _views(db: Session, items: list[Item]) -> list[View]:
    speakers = speakers_of(db, [item.id for item in items])
    return [item_view(item, speakers.get(item.id, [])) for item in items]


def _about_texts(db: Session, meeting: Meeting, items: list[View], add: Any) -> None:
    there = {(text.field, text.language) for text in texts_of(db, meeting.id) if text.text}
    if meeting.tagline:
        there.add(("lead", meeting.language))
    said = names()
    hall, web = attends(fees_of(db, meeting.id, meeting.language), items)
    wanted = ["lead", "about", "audience", *(["place"] if hall else []), *(["web"] if web else [])]
    for field in BLOCKS:
        written = [language for language in ("sv", "en") if (field, language) in there]
        if not written and field in wanted:
            add(f"no_{field}", _("Nothing is written under “%(heading)s”.", heading=said[field]), f"#{field}")
        elif len(written) == 1:
            only = _("“%(heading)s” is only in Swedish.", heading=said[field])
            if written == ["en"]:
                only = _("“%(heading)s” is only in English.", heading=said[field])
            add(f"half_{field}", only, f"#{field}")
    if not {("contact_email", "both"), ("contact_phone", "both")} & there:
        add("no_contact", _("There is nobody to ask: no e-mail address and no phone number."), "#contact")


def _about_fees(db: Session, meeting: Meeting, now: datetime, add: Any) -> None:
    fees = fees_of(db, meeting.id, meeting.language)
    rules = next(iter(everybodys(db, meeting.id, "registering")), None)
    if not fees:
        add("no_fees", _("There are no fees, so nobody can register."), "fees")
        return
    if not any(fee["open"] for fee in fees):
        add("no_open_fee", _("No fee is open to be chosen."), "fees")
    for fee in everybodys(db, meeting.id, "fees"):
        if fee["name"].get("sv") == fee["name"].get("en"):  # written in one language, it is said in both
            words = _("“%(fee)s” is called the same in Swedish and English.", fee=fee["name"].get("sv", ""))
            add("fee_alike", words, "fees")
    if rules is None:
        add("no_rules", _("Registration has not been opened."), "fees")
        return
    if rules["deadline"] is None:
        add("no_deadline", _("There is no last day to register."), "fees")
    elif instant(rules["deadline"]) <= now:
        add("deadline_past", _("The last day to register has passed."), "fees")
    elif last_moment(instant(rules["deadline"])) > meeting.starts:
        add("deadline_late", _("The last day to register comes after the meeting has begun."), "fees")
    if not any(rules["binding"].values()):
        add("no_binding", _("It is not said what one agrees to by registering."), "fees")


def _about_the_programme(db: Session, meeting: Meeting, items: list[Item], add: Any) -> None:
    if not items:
        add("no_programme", _("The programme is empty."), "programme")
        return
    doubts = desk.doubts(db, meeting, items)
    for doubt in doubts[:3]:
        where = f"programme?item={doubt['item']}#{doubt['item']}"
        add(f"programme_{doubt['what']}", f"{doubt['title']} {doubt['words']}.", where)
    if len(doubts) > 3:
        more = len(doubts) - 3
        words = ngettext("%(num)s more thing in the programme.", "%(num)s more things in the programme.", more)
        add("programme_more", words, "programme#checklist")


def _about_letters(db: Session, meeting: Meeting, items: list[View], add: Any) -> None:
    settings = current_app.config["SETTINGS"]
    if settings.mail_backend == "off":
        add("mail_off", _("No letters leave from here: mail is turned off in the settings."), "mail")
    elif settings.mail_backend == "smtp" and not settings.mail_from:
        add("no_mail_from", _("The settings name no address that letters come from."), "mail")
    speaks = any(item["speakers"] and item["state"] != "cancelled" for item in items)
    letters = select(func.count()).select_from(Letter)
    if speaks and not db.scalar(letters.where(Letter.meeting_id == meeting.id, Letter.template == "speaker")):
        add("no_speakers_letters", _("The speakers have had no letter."), "mail")
