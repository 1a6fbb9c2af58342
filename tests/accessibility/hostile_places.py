"""Getting in, filled with programs: every text of the invitation, of fees, places, letters and ways in."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import select

from hybridmote.mail.model import token_of
from hybridmote.mail.store import Invitee, Letter, Outbox
from hybridmote.meetings.model import TEXTS, languages_of
from hybridmote.meetings.store import text_of
from hybridmote.participants.store import hashed, new_token
from hybridmote.registration.store import TransferKey
from tests.accessibility.house import House, Person
from tests.servers import SECRET_KEY
from tests.takeaway.corpus import FORMULAS, SCRIPTS

GUEST = Person("", "nobody-that-is-known-here-at-all")


class Places(NamedTuple):
    registration: str
    holder: Person
    transfer: str  # a token that opens /t/
    no: str  # that opens /u/
    batch: str


def mail_of(script: str, n: int) -> str:
    """An address that is a program and is right all the same: what stands before the @ may be quoted."""
    local = script[:38].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{local}"@n{n}.example.org'


def later(minutes: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)).isoformat()


def getting_in(house: House, say: Callable[..., Any], note: Callable[..., None]) -> Places:
    _invitation(house, say)
    fee = _fees(house, say)
    registration, holder, transfer = _places(house, say, fee)
    _ways(house, say, holder)
    no = _letters(house, say, note)
    batch = say(house.organiser, "registration.invoice")["id"]
    return Places(registration, holder, transfer, no, batch)


def _invitation(house: House, say: Callable[..., Any]) -> None:
    n = 0
    for field, kind in TEXTS.items():
        if field in ("contact_email", "contact_phone"):
            continue
        for language in languages_of(field):
            n += 1
            text = "\n\n".join(SCRIPTS) + "\n\n[press](javascript:window.ran=1)" if kind.markdown else SCRIPTS[n % 16]
            with house.rows() as session:
                there = text_of(session, house.meeting(session).id, field, language)
                seen = there.version if there else 0
            about = {"field": field, "language": language, "expected_version": seen}
            say(house.organiser, "meeting.text", **about, text=text)
    for title, place in ((SCRIPTS[7], SCRIPTS[14]), (SCRIPTS[0], SCRIPTS[8])):
        with house.rows() as session:
            version = house.meeting(session).version
        say(house.organiser, "meeting.edit", title=title, place=place, expected_version=version)


def _fees(house: House, say: Callable[..., Any]) -> str:
    rules = {"opens": later(-600), "deadline": later(600), "switch_until": later(600), "cancel_until": later(600)}
    more = {"binding_sv": "\n\n".join(SCRIPTS), "binding_en": "\n\n".join(SCRIPTS), "waiting_list": True}
    say(house.organiser, "registration.rules", **rules, **more, walk_ins="vote", walk_in_cap=500, challenge=True)
    fee = ""
    for n, script in enumerate(SCRIPTS):
        words = {"name_sv": script[:80], "name_en": SCRIPTS[n - 1][:80]}
        words |= {"includes_sv": script, "includes_en": SCRIPTS[n - 2]}
        about = {"price": 90_000, "vat": 25, "currency": "SEK", "place": "hall", "capacity": None, "items": []}
        fee = say(house.organiser, "fee.add", **words, **about, open=True)["id"]
        say(house.organiser, "fee.edit", id=fee, **words, **about, open=True)
    return fee


def _himself(n: int) -> dict[str, str]:
    at = lambda more: SCRIPTS[(n + more) % len(SCRIPTS)]  # noqa: E731
    return {
        "name": at(0)[:80], "organisation": at(1)[:80], "title": at(2)[:80], "challenge": at(3)[:120],
        "diet": at(4), "access": at(5), "payer_name": at(6)[:80], "reference": at(7)[:60],
        "invoice_address": at(8), "invoice_email": mail_of(at(9), n),
    }  # fmt: skip


def _places(house: House, say: Callable[..., Any], fee: str) -> tuple[str, Person, str]:
    taken: list[dict[str, Any]] = []
    for n, script in enumerate(SCRIPTS):
        told = {"fee": fee, "email": mail_of(script, n), "agreed": True, "language": "sv" if n % 2 else "en"}
        taken.append(say(GUEST, "registration.register", **told, **_himself(n)))
    for n, formula in enumerate(FORMULAS):
        himself = dict.fromkeys(_himself(0), formula[:60]) | {"invoice_email": f"i{n}@example.org"}
        told = {"fee": fee, "email": f"f{n}@example.org", "agreed": True}
        say(GUEST, "registration.register", **told, **himself)
    say(GUEST, "registration.resend", email=mail_of(SCRIPTS[0], 0))
    holders = [house.way_in(one["person"]) for one in taken]
    payers = ("payer_name", "reference", "invoice_address", "invoice_email")

    say(house.organiser, "registration.enrol", fee=fee, email=mail_of(SCRIPTS[3], 50), **_himself(3))
    rows = [{"row": str(n + 2), "email": f"r{n}@example.org", "name": one[:60], "organisation": one[:60]}
            for n, one in enumerate((*SCRIPTS, *FORMULAS))]  # fmt: skip
    say(house.organiser, "registration.import", rows=rows, name=SCRIPTS[0], fee=fee)
    say(
        house.moderator,
        "registration.walk_in",
        name=SCRIPTS[1][:60],
        organisation=SCRIPTS[2],
        email=mail_of(SCRIPTS[2], 51),
    )
    one = taken[2]["registration"]
    himself = _himself(9)
    edited = {k: himself[k] for k in ("name", "organisation", "title", "challenge", "diet", "access")}
    say(house.organiser, "registration.edit", id=one, email=mail_of(SCRIPTS[5], 52), **edited)
    say(house.organiser, "registration.payer", id=one, **{k: himself[k] for k in payers})
    present = {k: edited[k] for k in ("name", "organisation", "title", "challenge")}
    say(holders[1], "registration.present", **present)
    say(holders[1], "registration.needs", diet=SCRIPTS[4], access=SCRIPTS[5])
    say(house.organiser, "registration.cancel", id=taken[3]["registration"], reason=SCRIPTS[6][:200])

    tokens = []
    for n in (4, 5):
        told = {"email": mail_of(SCRIPTS[n], 60 + n), "name": SCRIPTS[n][:80]}
        transfer = say(holders[n], "registration.hand_over", **told)["transfer"]
        token = new_token()
        with house.rows() as session:
            meeting = house.meeting(session).id
            session.add(TransferKey(token_hash=hashed(token), meeting_id=meeting, transfer_id=transfer))
            session.commit()
        tokens.append(token)
    payer = {"new_payer": True, "agreed": True}
    say(GUEST, "registration.take_over", token=tokens[0], **payer, **_himself(11))
    return one, holders[1], tokens[1]


def _ways(house: House, say: Callable[..., Any], holder: Person) -> None:
    with house.rows() as session:
        code = house.meeting(session).join_code
    for n, script in enumerate(SCRIPTS):
        come = {"name": script[:80], "organisation": SCRIPTS[n - 1][:80], "device": SCRIPTS[n - 2][:60]}
        say(GUEST, "way.walk_in", code=code, **come)
    say(GUEST, "way.code", email=mail_of(SCRIPTS[0], 0), key=(key := new_token()))
    say(GUEST, "way.enter", key=key, code="123456", device=SCRIPTS[2][:60])
    say(holder, "way.phone", key=(key := new_token()))
    say(GUEST, "way.take", key=key, device=SCRIPTS[4][:60])
    for n, who in enumerate((holder, house.person(0))):
        say(who, "check.report", transport="none", browser=SCRIPTS[n][:60])


def _letters(house: House, say: Callable[..., Any], note: Callable[..., None]) -> str:
    organiser = house.organiser
    for n, template in enumerate(("thanks", "free", "confirmed", "changed")):
        for language in ("sv", "en"):
            body = "\n\n".join([*SCRIPTS, "[press](javascript:window.ran=1)", "{name}", "{changes}"])
            body = body if template == "changed" else body.replace("{changes}", "{organisation}")
            words = {"subject": f"{SCRIPTS[n]} {{name}}"[:180], "body": body}
            say(organiser, "mail.template", template=template, language=language, **words)
    with house.rows() as session:
        emails = select(Letter.participant_id).where(Letter.participant_id.is_not(None)).distinct().limit(12)
        people = list(session.scalars(emails))
    say(organiser, "mail.send", template="changed", to="chosen", people=people, changes="\n".join(SCRIPTS))
    say(organiser, "mail.send", template="free", to="chosen", people=people)
    lines = [f"{script[:60].replace(';', ' ')};{mail_of(SCRIPTS[0], 80 + n)}" for n, script in enumerate(SCRIPTS)]
    rows = [{"line": n + 1, "cells": [one, one, f"l{n}@example.org"]} for n, one in enumerate((*SCRIPTS, *FORMULAS))]
    say(organiser, "mail.add_addresses", lines=lines, rows=rows)
    say(organiser, "mail.invite")
    with house.rows() as session:
        outbox = session.get_one(Outbox, house.meeting(session).id)
        outbox.trouble = SCRIPTS[0]  # as the worker would say it
        session.add(outbox)
        no = token_of(SECRET_KEY, session.scalars(select(Invitee.id)).first() or "")
        session.commit()
    note("mail.noted", {"trouble": SCRIPTS[0]})
    return no
