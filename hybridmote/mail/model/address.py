"""E-mail addresses: one way to write each, so that the same person is found again however it was typed.

RFC 5321 and 6531 say what an address is; the library reads them, without asking the network. The form we keep has lower
case letters and its domain as people read it (`åsa@räksmörgås.example`); on the wire the domain is in ASCII (`xn--…`).
"""

import hashlib
from email.headerregistry import Address as HeaderAddress
from typing import Annotated

import idna
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

MOST = 254  # characters: RFC 5321, with the two angle brackets taken off


class NoAddress(ValueError):
    """What was typed is no e-mail address."""


def address(typed: str) -> str:
    """The address as it is stored and compared: NFC, lower case, the domain in letters. Raises NoAddress."""
    typed = typed.strip()
    if len(typed) > MOST or any(ord(c) < 32 or ord(c) == 127 for c in typed):
        raise NoAddress(typed[:MOST])
    try:
        read = validate_email(
            typed,
            check_deliverability=False,
            allow_quoted_local=True,
            test_environment=True,  # names such as mail.test are for whoever runs the site to allow, not for us to refuse
        )
    except EmailNotValidError as error:
        raise NoAddress(str(error)) from None
    local = read.local_part
    return f"{local.lower()}@{read.domain.lower()}"


def wire(kept: str) -> str:
    """A stored address as SMTP takes it: the domain in ASCII. What stands before the @ may still need SMTPUTF8."""
    local, _, domain = kept.rpartition("@")
    return f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"


def mailbox(line: str) -> tuple[str, str]:
    """(name, address) of `Namn Namnsson <a@b.se>`, `"Namnsson, Namn" <a@b.se>` or only the address. Raises NoAddress."""
    line = line.strip()
    if "<" not in line:
        return "", address(line)
    if line.count("<") > 1:
        raise NoAddress(line)
    name, _, found = line.rpartition("<")  # `Namnsson, Namn <…>` too, which a reader of headers takes for two people
    return " ".join(name.strip().strip('"').replace('\\"', '"').split()), address(found.rstrip(">"))


def header_name(name: str, kept: str) -> HeaderAddress:
    """For To and From: the library encodes and quotes the name; whatever breaks a line was taken out of it first."""
    local, _, domain = wire(kept).rpartition("@")
    if local.startswith('"'):
        local = local[1:-1].replace("\\", "")
    return HeaderAddress(" ".join(c for c in name.split() if c), username=local, domain=domain)


def shown(name: str, kept: str) -> str:
    """`Namn Namnsson <a@b.se>` for people to read; only the address where there is no name."""
    return f"{name} <{kept}>" if name else kept


def digest(kept: str) -> str:
    """By which an address is known again without being kept: SHA-256."""
    return hashlib.sha256(kept.encode()).hexdigest()


def _checked(typed: str) -> str:
    try:
        return address(typed)
    except NoAddress:
        raise PydanticCustomError("no_email", "no e-mail address") from None


# the type of a command's field that holds an address
Email = Annotated[str, StringConstraints(pattern=rf"^[^\x00-\x1f\x7f]{{1,{MOST}}}$"), AfterValidator(_checked)]
