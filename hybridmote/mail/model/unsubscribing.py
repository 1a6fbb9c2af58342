"""The token of "no more invitations": the signed name of a row of the address list.

It is no row of its own and never expires: a letter may be read years later, and its No must still be taken. It opens
nothing else.
"""

from itsdangerous import BadData, URLSafeSerializer


def token_of(key: str, invitee: str) -> str:
    """`key`: what the site signs with."""
    return str(URLSafeSerializer(key, salt="unsubscribe").dumps(invitee))


def invitee_of(key: str, token: str) -> str | None:
    """The row's id, or None for what we did not sign."""
    try:
        return str(URLSafeSerializer(key, salt="unsubscribe").loads(token))
    except BadData:
        return None
