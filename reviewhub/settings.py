"""Settings, read once from the environment: REVIEWHUB_<FIELD IN UPPER CASE>."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from reviewhub.domain.errors import Invalid, Problem

Storing = Literal["local", "s3"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations. Durations in seconds or days as named."""

    data: Path = Path("data")
    database_url: str = ""
    """Empty: SQLite in the data folder."""
    redis_url: str = ""
    storage: Storing = "local"
    public_url: str = "http://127.0.0.1:8000"
    port: int = 8000
    files_url: str = "http://localhost:8001"
    files_port: int = 8001
    secret: str = field(default="", repr=False)
    """Signs CSRF tokens and the local storage's addresses; empty: kept in data/secret."""
    audit_key: str = field(default="", repr=False)
    """Signs the record's checkpoints: 64 hex digits (an Ed25519 seed); empty: kept in data/audit-key."""
    demo: bool = False
    smtp_url: str = field(default="", repr=False)
    """smtp://user:password@host:587 (STARTTLS), smtps://…; empty: letters are kept, not sent."""
    mail_from: str = "ReviewHub <reviewhub@localhost>"
    s3_endpoint: str = ""
    s3_public_endpoint: str = ""
    s3_bucket: str = "reviewhub"
    s3_region: str = "us-east-1"
    s3_access_key: str = field(default="", repr=False)
    s3_secret_key: str = field(default="", repr=False)
    plugins: tuple[Path, ...] = ()
    undo_seconds: int = 300
    upload_megabytes: int = 50
    open_drafts: int = 30
    """Submissions that one learner may have begun and not sent."""
    session_days: int = 14
    rate_limits: bool = True

    @property
    def upload_bytes(self) -> int:
        """The largest file, in bytes."""
        return self.upload_megabytes * 1024 * 1024

    @property
    def database(self) -> str:
        """The database address, with SQLite's default filled in."""
        return self.database_url or f"sqlite:///{self.data / 'reviewhub.sqlite'}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read what is set; everything wrong is named at once (Invalid)."""
        given: dict[str, object] = {}
        problems: list[Problem] = []
        for one in fields(cls):
            name = f"REVIEWHUB_{one.name.upper()}"
            if name not in environ:
                continue
            try:
                given[one.name] = _parse(one.name, one.type, environ[name])
            except ValueError as wrong:
                problems.append(Problem(name, f"{name}: {wrong}", environ[name]))
        if problems:
            raise Invalid(*problems)
        return cls(**given)  # type: ignore[arg-type]  # names and types come from fields()

    def to_env(self) -> dict[str, str]:
        """The same settings as variables, for a child process."""
        return {f"REVIEWHUB_{one.name.upper()}": _write(getattr(self, one.name)) for one in fields(self)}


def _write(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ":".join(str(part) for part in value)
    return str(value)


def _parse(name: str, kind: object, text: str) -> object:
    if kind is int:
        if not text.isdecimal():
            raise ValueError(f"“{text}” is not a whole number")
        return int(text)
    if kind is bool:
        if text.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise ValueError(f"“{text}” is neither 1 nor 0")
        return text.lower() in {"1", "true", "yes"}
    if kind is Path:
        return Path(text).expanduser().absolute()
    if name == "plugins":
        return tuple(Path(part).expanduser().absolute() for part in text.split(":") if part)
    if name == "audit_key" and not re.fullmatch("([0-9a-f]{64})?", text):
        raise ValueError("give 64 hex digits, such as `openssl rand -hex 32` prints")
    if name == "storage" and text not in {"local", "s3"}:
        raise ValueError(f"“{text}” is neither local nor s3")
    return text


def kept_secret(settings: Settings) -> str:
    """The secret from the settings, or the one kept in data/secret (made at the first call, mode 600)."""
    return settings.secret or _kept(settings.data / "secret", secrets.token_urlsafe(48))


def kept_audit_key(settings: Settings) -> str:
    """The audit key from the settings, or the one in data/audit-key (made at the first call, mode 600)."""
    return settings.audit_key or _kept(settings.data / "audit-key", secrets.token_hex(32))


def _kept(path: Path, otherwise: str) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(otherwise)
        with suppress(FileExistsError):  # another process was first
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text().strip()
