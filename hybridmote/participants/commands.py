"""What staff do with people's ways in."""

from sqlalchemy import select

from ..context import Context
from ..dispatch import Id, Payload, command
from .store import Grant, Participant


class Person(Payload):
    person: Id


@command("person.revoke", role="organiser", payload=Person)
def revoke(ctx: Context, p: Person) -> dict[str, int]:
    """Close every way in of a person: links, tokens and sign-in. Their open pages end within two seconds."""
    person = ctx.get(Participant, p.person, "person")
    grants = ctx.session.scalars(select(Grant).where(Grant.participant_id == person.id, Grant.revoked_at.is_(None)))
    closed = 0
    for grant in grants:
        grant.revoked_at = ctx.now
        closed += 1
    if person.account_id is not None:
        person.account_id = None  # the account goes on in other meetings
        closed += 1
    ctx.audit("person.revoke", person.id, {"links": closed}, {"links": 0})
    return {"closed": closed}
