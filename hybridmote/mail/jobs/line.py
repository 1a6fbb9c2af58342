"""The ways a message leaves: over SMTP, on one connection for many (RFC 5321, 3207, 4954, 6531), or into a folder.

What goes wrong is one of three things. Trouble: no letter can leave, so none is tried until it is over. Later: this one,
not now. Never: this one, and trying again would change nothing.
"""

import contextlib
import os
import re
import smtplib
import ssl
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ...config import Settings
from ..model import mailbox, octets, wire
from ..store import file_of

PATIENCE = 60.0  # seconds a server may take to answer: some look through a letter before they take it
KEPT = 200  # letters on one connection: some servers end it after some hundreds
QUIET = 5.0  # seconds after which one asks whether the connection still stands
WORDS = 300  # signs of what a server says that are kept


class Trouble(Exception):
    """No letter can leave; in words for staff."""


class Later(Exception):
    """This letter, not now. `known`: the server has said that it did not take it."""

    def __init__(self, words: str, known: bool = True) -> None:
        super().__init__(words)
        self.known = known


class Never(Exception):
    """This letter was refused for good, in the server's words."""


class Line(Protocol):
    def ready(self) -> None:
        """See that a letter could leave now. Raises Trouble."""

    def send(self, mail: EmailMessage, to: str, letter: str, meeting: str) -> None:
        """Raises Later, Never or Trouble; else it was taken."""

    def rest(self) -> None:
        """Nothing waits."""

    def close(self) -> None: ...


def line(settings: Settings) -> Line:
    return Smtp(settings) if settings.mail_backend == "smtp" else Folder(settings.data)


class Folder:
    """Letters as files, one folder for each meeting, for a demo or a rehearsal. They hold links that work: only the
    owner of the data folder may read them."""

    def __init__(self, data: Path) -> None:
        self.root = data / "mail"

    def ready(self) -> None:
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(f"{self.root}: {error.strerror}") from None

    def send(self, mail: EmailMessage, to: str, letter: str, meeting: str) -> None:
        try:
            self.root.joinpath(meeting).mkdir(mode=0o700, exist_ok=True)
            file = file_of(self.root.parent, meeting, letter)
            new = file.with_suffix(".new")
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
                f.write(octets(mail))
            new.replace(file)
        except OSError as error:
            raise Trouble(f"{self.root}: {error.strerror}") from None

    def rest(self) -> None: ...

    def close(self) -> None: ...


class Smtp:
    """One connection, opened when a letter waits, and kept while more do."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.server: smtplib.SMTP | None = None
        self.sent, self.spoke = 0, 0.0

    def ready(self) -> None:
        if self.server is not None and self.sent >= KEPT:
            self.close()
        if self.server is not None and time.monotonic() - self.spoke > QUIET:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self.server.noop()[0] == 250:
                    self.spoke = time.monotonic()
                    return
            self.close()
        if self.server is None:
            self._connect()

    def _connect(self) -> None:
        s = self.settings
        name = urlsplit(s.public_url()).hostname or "localhost"
        server: smtplib.SMTP | None = None
        try:
            if s.mail_security == "tls":
                context = ssl.create_default_context()
                server = smtplib.SMTP_SSL(s.mail_host, s.mail_port, name, timeout=PATIENCE, context=context)
            else:
                server = smtplib.SMTP(s.mail_host, s.mail_port, name, timeout=PATIENCE)
            if s.mail_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if s.mail_user:
                server.login(s.mail_user, s.mail_password.get_secret_value())
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            raise Trouble(_trouble(error)) from None
        self.server, self.sent, self.spoke = server, 0, time.monotonic()

    def send(self, mail: EmailMessage, to: str, letter: str, meeting: str) -> None:
        server = self.server
        if server is None:
            raise Trouble("the connection was lost")
        sender, to = wire(mailbox(self.settings.mail_from)[1]), wire(to)
        beyond = not (sender.isascii() and to.isascii())
        if beyond and not server.has_extn("smtputf8"):
            raise Never("the mail server takes no letters other than a-z before the @")
        try:
            server.sendmail(sender, [to], octets(mail), mail_options=["SMTPUTF8", "BODY=8BITMIME"] if beyond else [])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise self._refused(code, said) from None
        except smtplib.SMTPSenderRefused as refused:
            if refused.smtp_code == 552:  # this one is too large
                raise Never(_words(refused.smtp_code, refused.smtp_error)) from None
            self.close()
            raise Trouble(_words(refused.smtp_code, refused.smtp_error)) from None
        except smtplib.SMTPDataError as refused:
            raise self._refused(refused.smtp_code, refused.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Later(_trouble(error), known=False) from None
        self.sent, self.spoke = self.sent + 1, time.monotonic()

    def _refused(self, code: int, said: bytes | str) -> Exception:
        self.spoke = time.monotonic()
        if code == 421:  # it is about to end the connection
            self.close()
        return Never(_words(code, said)) if code >= 500 else Later(_words(code, said))

    def rest(self) -> None:
        if self.server is not None and time.monotonic() - self.spoke > QUIET:
            self.close()

    def close(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", f"{code} {text}").split())[:WORDS]


def _trouble(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of the mail server is not good: {error.verify_message}"[:WORDS]
    return " ".join(str(error).split())[:WORDS] or type(error).__name__
