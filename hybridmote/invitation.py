"""What a meeting's first page says: its words, what it costs and until when one may register, and the same for programs
that read pages (schema.org, OpenGraph). `desk_invitation.py` is where it is written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from . import markdown
from .access import Caller
from .db import iso
from .formats import Instant, instant
from .meetings.model import TEXTS, languages_of
from .meetings.store import Meeting, texts_of
from .sync import Loaded, Topic, View

FEW = 10  # places left, from which on it is worth saying how many
HOUR = 3600  # seconds
PICTURE = "icons/card.png"  # beside a link to a meeting: 1200 by 630; drawn from card.svg, which no such reader takes
LONGEST_DESCRIPTION = 300  # characters: what those who show a link show of it

Said = dict[str, dict[str, Any]]  # field -> {text, lang, html}


# ---- words -----------------------------------------------------------------------------------------------------------


def said(db: Session, meeting: Meeting, language: str) -> Said:
    """The texts in the reader's language, and where there is none, in the other: {field: {text, lang, html}}. Those that
    nobody has written are not there."""
    there = {(text.field, text.language): text.text for text in texts_of(db, meeting.id) if text.text}
    if meeting.tagline:
        there.setdefault(("lead", meeting.language), meeting.tagline)
    found: Said = {}
    for field, kind in TEXTS.items():
        wanted = [language, meeting.language, *languages_of(field)]
        in_ = next((one for one in wanted if (field, one) in there), None)
        if in_ is not None:
            text = there[field, in_]
            html = markdown.html(text) if kind.markdown else Markup.escape(text)
            found[field] = {"text": text, "lang": in_ if in_ in ("sv", "en") else "", "html": html}
    return found


def either(words: Mapping[str, str], language: str) -> tuple[str, str]:
    """(text, its language) of {sv, en}: the reader's if there is one."""
    for one in (language, *sorted(words)):
        if words.get(one):
            return words[one], one
    return "", language


# ---- what it costs ---------------------------------------------------------------------------------------------------


def everybodys(db: Session, meeting_id: str, topic: str) -> list[View]:
    """What everybody may see of a topic."""
    handler = Topic.all[topic]
    ids = list(handler.mine(db, meeting_id, "public"))
    return list(Loaded(db).seen(topic, ids, "public").values())


def fees_of(db: Session, meeting_id: str, language: str) -> list[dict[str, Any]]:
    """The fees in their order, in words."""
    found = []
    for fee in sorted(everybodys(db, meeting_id, "fees"), key=lambda f: (f["position"], f["id"])):
        name, name_lang = either(fee["name"], language)
        includes, includes_lang = either(fee["includes"], language)
        left = fee["left"]
        found.append(
            {
                **fee,
                "name": name,
                "name_lang": name_lang,
                "includes": includes,
                "includes_lang": includes_lang,
                "price_words": money(fee["price"], fee["currency"]),
                "full": left == 0,
                "few": left if left is not None and 0 < left <= FEW else None,
            }
        )
    return found


def money(hundredths: int, currency: str) -> str:
    """900 kr; 12,50 kr; 90 euro as €90. Hundredths are said where there are any."""
    pattern = "#,##0.00\u00a0\u00a4" if hundredths % 100 else "#,##0\u00a0\u00a4"
    locale = str(get_locale() or "sv")
    if locale == "en":
        pattern = "\u00a4\u00a0#,##0.00" if hundredths % 100 else "\u00a4\u00a0#,##0"
    return str(format_currency(hundredths / 100, currency, pattern, locale=locale, currency_digits=False))


def cost(fees: list[dict[str, Any]]) -> str:
    """From the lowest to the highest, where they are of one currency."""
    prices = sorted({(fee["currency"], fee["price"]) for fee in fees})
    if not prices or len({currency for currency, _price in prices}) > 1:
        return ""
    (currency, least), (_currency, most) = prices[0], prices[-1]
    if most == 0:
        return _("Free of charge")
    if least == most:
        return money(most, currency)
    return _("%(least)s to %(most)s", least=money(least, currency), most=money(most, currency))


def vat_words(fees: Iterable[Mapping[str, Any]]) -> str:
    """One sentence when it is the same for all that cost something."""
    rates = {fee["vat"] for fee in fees if fee["price"]}
    if rates == {0}:
        return _("No VAT is added.")
    if len(rates) == 1:
        return _("Excluding VAT, %(rate)s per cent.", rate=rates.pop())
    return _("Excluding VAT.") if rates else ""


def opened_by(fees: list[dict[str, Any]], items: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Which fees open an item, where that is not all of those for whom it is: {item: [fee]}. A part is opened with what
    it is part of."""
    items = list(items)
    parents = {item["id"]: item["parent"] for item in items}
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        line: list[str] = [item["id"]]
        while (above := parents.get(line[-1])) and above not in line:
            line.append(above)
        able = [fee for fee in fees if item["attendance"] in ("both", fee["place"])]
        opens = [fee for fee in able if not fee["items"] or set(fee["items"]).intersection(line)]
        if opens and len(opens) < len(able) and not item["parent"]:
            found[item["id"]] = opens
    return found


def opens(place: str, opened: list[str], items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """What of the programme a fee opens: for each day {at, titles}, where no titles are the whole day; None when it is all
    there is for those in the hall, or on the web. `opened`: the fee's own list, empty for all. It is said, and nobody is
    kept out by it: who sits in the hall is for the door, and the live page is one for all."""
    able = [
        item
        for item in items
        if not item["parent"] and item["state"] != "cancelled" and item["attendance"] in ("both", place)
    ]
    theirs = [item for item in able if not opened or item["id"] in opened]
    if not opened or len(theirs) == len(able):
        return None
    days: dict[str, list[Mapping[str, Any]]] = {}
    for item in theirs:
        days.setdefault(item["day"], []).append(item)
    return [
        {
            "at": next((item["planned_start"] for item in of if item["planned_start"]), None),
            "titles": [] if len(of) == sum(item["day"] == day for item in able) else [item["title"] for item in of],
        }
        for day, of in days.items()
    ]


# ---- until when ------------------------------------------------------------------------------------------------------


def registering(fees: list[dict[str, Any]], rules: View | None, now: datetime) -> str:
    """How one gets in just now: `none` (nothing to register for here), `soon`, `open`, `waiting` (for a place that comes
    free), `full` or `closed`."""
    if rules is None or not fees:
        return "none"
    if rules["opens"] and now < instant(rules["opens"]):
        return "soon"
    if rules["deadline"] and now >= instant(rules["deadline"]):
        return "waiting" if rules["waiting_list"] else "closed"
    choices = [fee for fee in fees if fee["open"]]
    if not choices:
        return "closed"
    if all(fee["full"] for fee in choices):
        return "waiting" if rules["waiting_list"] else "full"
    return "open"


def countdown(until: Instant, now: datetime, timezone: str) -> str:
    """How long is left, as people say it: days by the meeting's own calendar, then hours, then minutes. The script says the
    same (static/js/page.js)."""
    at, zone = instant(until), ZoneInfo(timezone)
    left = (at - now).total_seconds()
    if left <= 0:
        return ""
    if left < HOUR:
        return _minutes(ceil(left / 60))
    days = (last_moment(at).astimezone(zone).date() - now.astimezone(zone).date()).days
    return _hours(int(left // HOUR)) if days < 1 else _days(days)


def _minutes(n: int | str) -> str:
    return ngettext("%(n)s minute left", "%(n)s minutes left", n if isinstance(n, int) else 2, n=n)


def _hours(n: int | str) -> str:
    return ngettext("%(n)s hour left", "%(n)s hours left", n if isinstance(n, int) else 2, n=n)


def _days(n: int | str) -> str:
    return ngettext("%(n)s day left", "%(n)s days left", n if isinstance(n, int) else 2, n=n)


def countdown_words() -> dict[str, list[str]]:
    """For the script: each unit for one and for several."""
    units = {"minutes": _minutes, "hours": _hours, "days": _days}
    return {name: [said(1), said("{n}")] for name, said in units.items()} | {"over": [_("It has just ended.")]}


def last_moment(at: datetime) -> datetime:
    """A deadline is the first instant at which it is too late: the day people think of is that of the moment before."""
    return datetime.fromtimestamp(at.timestamp() - 1, at.tzinfo)


# ---- for programs ----------------------------------------------------------------------------------------------------


def description(words: Said) -> str:
    """One paragraph of at most 300 characters, for what shows a link."""
    parts = [markdown.plain(words[field]["text"]) for field in ("lead", "about") if field in words]
    whole = " ".join(part if part[-1:] in ".!?…" else f"{part}." for part in parts if part)
    if len(whole) <= LONGEST_DESCRIPTION:
        return whole
    return whole[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0].rstrip(",.;:") + "\u2026"


def structured(
    meeting: View,
    words: Said,
    fees: list[dict[str, Any]],
    rules: View | None,
    items: Iterable[View],
    address: str,
    state: str,
    picture: str,
) -> dict[str, Any]:
    """The meeting as a schema.org Event (https://schema.org/Event, as of version 29)."""
    items = list(items)
    zone = ZoneInfo(meeting["timezone"])
    hall, web = attends(fees, items)
    mode = "Mixed" if hall and web else "Online" if web else "Offline"
    place: dict[str, Any] = {"@type": "Place", "name": meeting["place"] or meeting["title"]}
    place["address"] = meeting["place"] or meeting["title"]
    locations = [place] if hall else []
    if web:
        locations.append({"@type": "VirtualLocation", "url": address})
    event: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": address,
        "name": meeting["title"],
        "url": address,
        "image": picture,
        "inLanguage": meeting["language"],
        "startDate": instant(meeting["starts"]).astimezone(zone).isoformat(),
        "endDate": instant(meeting["ends"]).astimezone(zone).isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "location": locations,
    }
    if text := description(words):
        event["description"] = text
    if "audience" in words:
        event["audience"] = {"@type": "Audience", "audienceType": markdown.plain(words["audience"]["text"])}
    if contact := _contact(words):
        event["organizer"] = contact
    people = _people(items)
    if people:
        event["performer"] = people
    if fees and state != "over":
        event["offers"] = [_offer(fee, rules, address, state, zone) for fee in fees]
    return event


def attends(fees: list[dict[str, Any]], items: Iterable[View]) -> tuple[bool, bool]:
    """Whether one can be there in the hall, and over the web."""
    places = {fee["place"] for fee in fees} or {item["attendance"] for item in items} or {"both"}
    return bool(places & {"hall", "both"}), bool(places & {"web", "both"})


def _contact(words: Said) -> dict[str, Any]:
    parts = {"name": "contact_name", "email": "contact_email", "telephone": "contact_phone"}
    given = {name: words[field]["text"] for name, field in parts.items() if field in words}
    return {"@type": "Organization", **given} if given else {}


def _people(items: list[View]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for item in items:
        for one in item["speakers"] if item["state"] != "cancelled" else ():
            if one["name"]:
                person: dict[str, Any] = {"@type": "Person", "name": one["name"]}
                if one["role"]:
                    person["jobTitle"] = one["role"]
                if one["organisation"]:
                    person["worksFor"] = {"@type": "Organization", "name": one["organisation"]}
                found.setdefault((one["name"], one["organisation"]), person)
    return list(found.values())


def _offer(fee: dict[str, Any], rules: View | None, address: str, state: str, zone: ZoneInfo) -> dict[str, Any]:
    price = f"{fee['price'] // 100}.{fee['price'] % 100:02}"
    bought = fee["open"] and not fee["full"] and state == "open"
    offer: dict[str, Any] = {
        "@type": "Offer",
        "name": fee["name"],
        "url": f"{address}/register?fee={fee['id']}",
        "price": price,
        "priceCurrency": fee["currency"],
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": price,
            "priceCurrency": fee["currency"],
            "valueAddedTaxIncluded": False,
        },
        "availability": "https://schema.org/"
        + ("InStock" if bought else "PreOrder" if state == "soon" else "SoldOut" if fee["full"] else "OutOfStock"),
    }
    if fee["includes"]:
        offer["description"] = fee["includes"]
    for name, edge in (("validFrom", "opens"), ("validThrough", "deadline")):
        if rules and rules[edge]:
            offer[name] = instant(rules[edge]).astimezone(zone).isoformat()
    return offer


# ---- the page --------------------------------------------------------------------------------------------------------


def drawn(
    db: Session, meeting: Meeting, view: View, items: list[View], caller: Caller | None, address: str, now: datetime
) -> dict[str, Any]:
    """What the template needs of all this, for whoever asks."""
    language = str(get_locale() or "sv")
    words = said(db, meeting, language)
    fees = fees_of(db, meeting.id, language)
    rules = next(iter(everybodys(db, meeting.id, "registering")), None)
    state = registering(fees, rules, now)
    hall, web = attends(fees, items)
    deadline = rules["deadline"] if rules else None
    phase = "over" if now >= meeting.ends else state
    picture = address.removesuffix(f"/m/{meeting.slug}") + url_for("static", filename=PICTURE)
    binding, binding_lang = either(rules["binding"], language) if rules else ("", "")
    return {
        "words": words,
        "fees": fees,
        "vat_words": vat_words(fees),
        "opened": opened_by(fees, items),
        "rules": rules,
        "registering": state,
        "binding": binding,
        "binding_lang": binding_lang,
        "deadline_day": iso(last_moment(instant(deadline))) if deadline else None,
        "deadline": deadline,
        "left": countdown(deadline, now, meeting.timezone) if deadline else "",
        "left_words": countdown_words(),
        "cost": cost(fees),
        "hall": hall,
        "web": web,
        "place": place_of(db, caller),
        "description": description(words),
        "picture": picture,
        "structured": structured(view, words, fees, rules, items, address, phase, picture)
        if meeting.published
        else None,
    }


def place_of(db: Session, caller: Caller | None) -> View | None:
    """The reader's own place, if they have one or wait for one."""
    if caller is None:
        return None
    audience = f"person:{caller.participant_id}"
    own = Loaded(db).seen("place", Topic.all["place"].mine(db, caller.meeting_id, audience), audience)
    living = [one for one in own.values() if one["state"] != "cancelled"]
    return living[-1] if living else None
