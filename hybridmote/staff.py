"""Accounts for staff, made at installation."""

from email.utils import parseaddr

from sqlalchemy import select

from .access import hash_password
from .db import transaction
from .meetings.store import by_slug
from .participants.store import Account, Participant, new_id, new_token, participant_of_account

SHORTEST = 10  # characters of a password


class Wrong(ValueError):
    """What is wrong with what was given, as a sentence."""


def add_staff(*, email: str, name: str, slug: str, role: str, password: str) -> str:
    """Make or renew an account and its role in a meeting. Returns the participant's id. Raises Wrong."""
    email = email.strip().lower()
    if "@" not in parseaddr(email)[1] or len(email) > 254:
        raise Wrong(f"{email!r} is no e-mail address")
    if len(password) < SHORTEST:
        raise Wrong(f"the password is too short: at least {SHORTEST} characters")
    if not name.strip():
        raise Wrong("a name is needed: others see who approved what")
    password_hash = hash_password(password)
    with transaction() as session:
        meeting = by_slug(session, slug)
        if meeting is None:
            raise Wrong(f"there is no meeting {slug!r}")
        account = session.scalars(select(Account).where(Account.email == email)).one_or_none()
        if account is None:
            account = Account(id=new_id(), email=email, name=name, password_hash=password_hash, stamp=new_token())
            session.add(account)
            session.flush()
        account.name, account.password_hash, account.stamp = name, password_hash, new_token()
        person = participant_of_account(session, meeting.id, account.id)
        if person is None:
            person = Participant(id=new_id(), meeting_id=meeting.id, account_id=account.id, name=name, organisation="")
            session.add(person)
        person.name, person.roles = name, role
        return person.id
