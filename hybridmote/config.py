"""Settings: every one is an environment variable HYBRIDMOTE_<NAME>; docs/settings.md is tested to list them all."""

import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may decide. Nothing else in the product reads the environment."""

    model_config = SettingsConfigDict(env_prefix="HYBRIDMOTE_", extra="ignore", validate_assignment=True)

    data: Path = Field(Path("data"), description="Folder for the database, the secret key and files.")
    database_url: str = Field("", description="sqlite:///… or postgresql://…; empty: SQLite in the data folder.")
    redis_url: str = Field("", description="redis://…; needed only when several serving processes share the meetings.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    base_url: str = Field("", description="Public address, for links and the Origin check; empty: http://host:port.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs cookies; empty: made once and kept in the data folder."
    )
    trusted_hosts: list[str] = Field([], description="Further host names that may serve this site (JSON list).")
    jitsi_hosts: list[str] = Field(
        [], description="Hosts whose addresses are Jitsi rooms, beside meet.jit.si (JSON list)."
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many reverse proxies set X-Forwarded-*.")
    language: Literal["sv", "en"] = Field("sv", description="Language when neither reader nor meeting says.")
    rate_limits: Literal["on", "off"] = Field("on", description="off for load tests only; logged loudly.")
    questions_per_minute: int = Field(3, ge=1, le=60, description="Most questions of one person in a minute.")
    questions_open: int = Field(
        20, ge=1, le=1000, description="Most questions of one person that wait for a moderator."
    )
    group_commit: int = Field(64, ge=1, le=512, description="Most commands of one meeting in one transaction.")
    gather_ms: int = Field(150, ge=100, le=1000, description="How long changes are gathered between broadcasts.")
    keep_ops_days: int = Field(7, ge=1, description="How long a command's stored answer is kept.")
    keep_changes_hours: int = Field(24, ge=1, description="How long the change log reaches back.")
    max_sockets: int = Field(20000, ge=10, description="Most simultaneous connections of one serving process.")
    max_body_kb: int = Field(256, ge=16, description="Largest request body, in kB.")
    max_slides_mb: int = Field(100, ge=1, le=2000, description="Largest PDF of slides, in MB.")
    mail_backend: Literal["smtp", "file", "off"] = Field(
        "off",
        description="How letters leave: smtp; file: written to the data folder, to be read at the desk; off: wait.",
    )
    mail_host: str = Field("localhost", description="Name of the mail server; its certificate must be for that name.")
    mail_port: int = Field(587, ge=1, le=65535, description="Its port: 587 with starttls, 465 with tls, as a rule.")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls from the first byte, or none (only to a server on this machine)."
    )
    mail_user: str = Field("", description="Name to sign in to the mail server with; empty: without.")
    mail_password: SecretStr = Field(SecretStr(""), description="Password for it.")
    mail_from: str = Field("", description="Address that letters come from; it must be one the server may send for.")
    mail_reply_to: str = Field("", description="Address that answers to letters go to; empty: the one they come from.")
    mail_per_minute: int = Field(
        120, ge=1, le=60000, description="Most letters that leave in a minute, from all workers together."
    )
    fast_fanout: bool = Field(True, description="Write broadcasts directly to sockets; false: the stock path.")
    drain_seconds: int = Field(10, ge=0, description="How long a stopping server lets requests finish.")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for /metrics; empty: only from this machine."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least serious line logged.")
    log_format: Literal["json", "text"] = Field("json", description="json for machines, text for a terminal.")

    def url_of_database(self) -> str:
        """The address SQLAlchemy is given; SQLAlchemy 2.1 reads a bare postgresql:// as psycopg 3, which freezes."""
        url = self.database_url or f"sqlite:///{(self.data / 'hybridmote.db').absolute()}"
        for bare in ("postgresql://", "postgres://"):
            if url.startswith(bare):
                return "postgresql+psycopg2://" + url.removeprefix(bare)
        return url

    def public_url(self) -> str:
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    def signing_key(self) -> str:
        """The configured key, or one made on first use and kept in the data folder, readable by the owner alone."""
        if key := self.secret_key.get_secret_value():
            return key
        self.data.mkdir(parents=True, exist_ok=True)
        file = self.data / "secret_key"
        try:
            with file.open("x") as f:
                file.chmod(0o600)
                f.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return file.read_text().strip()
