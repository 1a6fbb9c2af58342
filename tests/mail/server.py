"""A mail server to send to: aiosmtpd, real sockets, real TLS. It counts what it has taken, and fails as it is told to."""

import asyncio
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers import product_environment

USER, PASSWORD = "hybridmote", "a long pass-word"


@dataclass
class Received:
    """A message as it came."""

    sender: str
    to: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(self.content)

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    def part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class Mailbox:
    """What has been taken, and what to do with the next. `rcpt` and `data` give an answer to say instead of taking, `cut`
    to end the connection in the middle of a letter; a function of the address, or of how many came before."""

    port: int = 0
    certificate: Path | None = None
    received: list[Received] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    signed_in: list[str] = field(default_factory=list)
    rcpt: Callable[[str, int], str] = lambda _to, _n: ""
    data: Callable[[str, int], str] = lambda _to, _n: ""
    cut: Callable[[str, int], bool] = lambda _to, _n: False
    taken: threading.Event = field(default_factory=threading.Event)

    def to(self, address: str) -> list[Received]:
        return [one for one in self.received if one.to == address]

    def environment(self, folder: Path, database_url: str, per_minute: int) -> dict[str, str]:
        """Of a worker that sends here."""
        return product_environment(
            folder,
            HYBRIDMOTE_DATABASE_URL=database_url,
            HYBRIDMOTE_BASE_URL="https://meeting.example",
            HYBRIDMOTE_MAIL_BACKEND="smtp",
            HYBRIDMOTE_MAIL_HOST="127.0.0.1",
            HYBRIDMOTE_MAIL_PORT=str(self.port),
            HYBRIDMOTE_MAIL_SECURITY="none",
            HYBRIDMOTE_MAIL_FROM="letters@meeting.example",
            HYBRIDMOTE_MAIL_PER_MINUTE=str(per_minute),
        )

    # what aiosmtpd calls

    async def handle_EHLO(self, _s: SMTP, session: Session, _e: Envelope, name: str, answers: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = name  # type: ignore[assignment]
        return answers

    async def handle_RCPT(self, _s: SMTP, _session: Session, envelope: Envelope, to: str, _options: Any) -> str:
        self.tried[to] += 1
        if answer := self.rcpt(to, self.tried[to]):
            return answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        to = envelope.rcpt_tos[0]
        if self.cut(to, self.tried[to]):
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        if answer := self.data(to, self.tried[to]):
            return answer
        content = envelope.original_content
        assert content is not None
        self.received.append(Received(str(envelope.mail_from), to, content))
        self.taken.set()
        return "250 taken"


class Server:
    """An event loop in a thread of its own."""

    def __init__(self, box: Mailbox, options: dict[str, Any], context: ssl.SSLContext | None) -> None:
        self.loop = asyncio.new_event_loop()

        def smtp() -> SMTP:
            return SMTP(box, loop=self.loop, hostname="localhost", **options)

        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        listening = self.loop.create_server(smtp, "127.0.0.1", 0, ssl=context)
        # there, not here: a test with a browser has a loop of its own
        self.listening = asyncio.run_coroutine_threadsafe(listening, self.loop).result(10)
        box.port = self.listening.sockets[0].getsockname()[1]

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def _end(self) -> None:
        self.listening.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _certificate(folder: Path, name: str = "localhost") -> Path:
    """A certificate for localhost that nobody has signed but itself: its own authority."""
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    asked = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={name}"
    asked += f" -addext subjectAltName=DNS:{name} -keyout {key} -out {cert}"
    subprocess.run(["openssl", *asked.split()], check=True, capture_output=True)
    return cert


def _authenticate(box: Mailbox) -> Callable[..., AuthResult]:
    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        well = given == LoginPassword(USER.encode(), PASSWORD.encode())
        box.signed_in.append("in" if well else "wrong")
        return AuthResult(success=well, handled=False)

    return check


@pytest.fixture
def mailbox_of(tmp_path: Path) -> Iterator[Callable[..., Mailbox]]:
    """`mailbox_of(security="none" | "starttls" | "tls", name="localhost") -> Mailbox`: a server of that kind. With TLS it
    wants one to sign in; `name` is what its certificate says."""
    running: list[Server] = []

    def start(security: str = "none", name: str = "localhost", smtputf8: bool = True) -> Mailbox:
        box = Mailbox()
        options: dict[str, Any] = {"enable_SMTPUTF8": smtputf8}
        context = None
        if security != "none":
            box.certificate = _certificate(tmp_path, name)
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(box.certificate, box.certificate.with_suffix(".key"))
            options |= {"authenticator": _authenticate(box), "auth_required": True}
            if security == "starttls":
                options |= {"tls_context": context, "require_starttls": True}
            else:
                options |= {"auth_require_tls": False}
        server = Server(box, options, context if security == "tls" else None)
        running.append(server)
        return box

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def mailbox(mailbox_of: Callable[..., Mailbox]) -> Mailbox:
    return mailbox_of()
