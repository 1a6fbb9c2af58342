"""The rules of letters: what an address is, which letters there are, and how one is written."""

from .address import MOST, Email, NoAddress, address, digest, header_name, mailbox, shown, wire
from .letters import (
    BODY_LIMIT,
    LANGUAGES,
    SEALED,
    SUBJECT_LIMIT,
    TEMPLATES,
    Template,
    allowed,
    defaults,
    missing,
    unknown,
)
from .listed import Listed, NotListed, cells_of, headings, listed
from .unsubscribing import invitee_of, token_of
from .writing import Attachment, Written, message, octets, of_meeting, translator, write

__all__ = [
    "BODY_LIMIT",
    "LANGUAGES",
    "MOST",
    "SEALED",
    "SUBJECT_LIMIT",
    "TEMPLATES",
    "Attachment",
    "Email",
    "Listed",
    "NoAddress",
    "NotListed",
    "Template",
    "Written",
    "address",
    "allowed",
    "cells_of",
    "defaults",
    "digest",
    "header_name",
    "headings",
    "invitee_of",
    "listed",
    "mailbox",
    "message",
    "missing",
    "octets",
    "of_meeting",
    "shown",
    "token_of",
    "translator",
    "unknown",
    "wire",
    "write",
]
