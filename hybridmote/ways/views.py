"""Who is ready for the day, for organisers: whose link is unused, who has not tried, who has trouble."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..mail.store import Letter
from ..participants.store import SCREENS, Grant, Participant
from . import model
from .store import Check

State = Literal["unused", "trouble", "untried", "fine"]
ORDER: tuple[State, ...] = ("trouble", "unused", "untried", "fine")  # what wants something done first


@dataclass(frozen=True)
class Ready:
    """One person who is to follow over the web, or to speak."""

    id: str
    name: str
    organisation: str
    email: str
    speaks: bool
    state: State
    troubles: tuple[str, ...]
    check: Check | None
    sent_at: datetime | None  # when a letter with their link last left


def ready(session: Session, meeting_id: str) -> list[Ready]:
    """Those who come over the web, and speakers, in the order in which somebody should look at them."""
    used = set(
        session.scalars(select(Grant.participant_id).where(Grant.meeting_id == meeting_id, Grant.used_at.is_not(None)))
    )
    checks = {c.participant_id: c for c in session.scalars(select(Check).where(Check.meeting_id == meeting_id))}
    linked = select(Letter.participant_id, func.max(Letter.sent_at)).where(
        Letter.meeting_id == meeting_id, Letter.grant_id.is_not(None), Letter.sent_at.is_not(None)
    )
    sent = {row[0]: row[1] for row in session.execute(linked.group_by(Letter.participant_id))}
    here = select(Participant).where(
        Participant.meeting_id == meeting_id,
        Participant.roles.not_in(["", "applicant", *SCREENS]),
        Participant.walk_in.is_(False),
    )
    found = []
    for p in session.scalars(here):
        speaks = "speaker" in p.role_set
        if p.attendance != "web" and not speaks:
            continue
        check = checks.get(p.id)
        troubles = model.troubles(check.told()) if check else []
        state: State = "trouble" if troubles else "fine" if check else "untried"
        if check is None and p.id not in used and p.account_id is None:
            state = "unused"
        found.append(
            Ready(p.id, p.name, p.organisation, p.email, speaks, state, tuple(troubles), check, sent.get(p.id))
        )
    return sorted(found, key=lambda one: (ORDER.index(one.state), not one.speaks, one.name, one.id))
