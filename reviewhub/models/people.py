"""Issuers, persons, and what ties them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from reviewhub.domain.access import STAFF
from reviewhub.models.base import BigKey, Moment, one_of

ASSIGNMENTS = ("push", "pull", "both")


class Issuer(SQLModel, table=True):
    """An organisation that ships a plugin; the tenant, with its practice: calendar, deadlines, shares."""

    __table_args__ = (one_of("assignment", ASSIGNMENTS),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    slug: str = Field(unique=True, max_length=64)
    name: str
    contact_name: str = ""
    contact_email: str = ""
    zone: str = "UTC"
    week: list[int] = Field(default_factory=lambda: [0, 1, 2, 3, 4], sa_type=JSON)
    """Working days of the week, Monday 0."""
    closed: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Days on which nobody works: [{"day": "2026-12-25", "name": "Christmas Day"}], ascending."""
    assignment: str = "push"
    """push: seats are given out; pull: they lie in a pile; both: what lies there too long is given out."""
    claim_hours: int = 8
    """How long a claimed review that nobody works on stays claimed."""
    grace_days: int = 3
    """Working days after the due day, after which an overdue review goes to somebody else; 0: never."""
    idle_days: int = 180
    """Days without any work after which an open submission lapses; 0: never."""
    appeal_days: int = 10
    """Working days after a release in which the learner may appeal."""
    audit_percent: int = 0
    """Share of resolved rounds that are scored again, to watch the quality."""
    quarantine: str = ""
    """Why an operator has stopped the issuer's code; empty: it runs."""
    created_at: datetime = Field(sa_type=Moment)
    version: int = 1
    audit_seq: int = 0
    audit_head: str = "0" * 64
    sealed_seq: int = 0
    """The last event of its chain that is in a checkpoint."""


class Person(SQLModel, table=True):
    """Somebody with an account. Erasable: name, address and hash; the row and its id stay."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    email: str | None = Field(default=None, unique=True)
    """Lower case; None once erased."""
    name: str = ""
    """“Erased” once erased."""
    password_hash: str | None = None
    verified_at: datetime | None = Field(default=None, sa_type=Moment)
    zone: str = "UTC"
    load_cap: int = 20
    away_until: date | None = None
    """Gets no new reviews up to and including this day."""
    created_at: datetime = Field(sa_type=Moment)
    erased_at: datetime | None = Field(default=None, sa_type=Moment)
    version: int = 1


class Session(SQLModel, table=True):
    """A sign-in that can be revoked. The cookie holds the token, the row its SHA-256."""

    __table_args__ = (
        Index(
            "ix_session_person_open",
            "person_id",
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    token_hash: str = Field(unique=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    device: str = Field(default="", max_length=120)
    """Browser and system in words, for the list of sessions."""
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


TOKEN_PURPOSES = ("verify", "reset")


class Token(SQLModel, table=True):
    """A link sent by e-mail, good once: verification of an address, a new password."""

    __table_args__ = (one_of("purpose", TOKEN_PURPOSES),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    token_hash: str = Field(unique=True, max_length=64)
    purpose: str
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=BigKey)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Invitation(SQLModel, table=True):
    """An offer of a role at an issuer, by link."""

    __table_args__ = (one_of("role", sorted(STAFF)),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    token_hash: str = Field(unique=True, max_length=64)
    issuer_id: int = Field(foreign_key="issuer.id", index=True, sa_type=BigKey)
    role: str
    email: str
    invited_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    used_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)


class Membership(SQLModel, table=True):
    """A person's role at an issuer. Ended, never deleted: who once knew identities stays ineligible."""

    __table_args__ = (
        one_of("role", sorted(STAFF)),
        Index(
            "uq_membership_open",
            "person_id",
            "issuer_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_membership_issuer_role", "issuer_id", "role"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    person_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    role: str
    granted_at: datetime = Field(sa_type=Moment)
    granted_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Qualification(SQLModel, table=True):
    """A person may score a micro-credential, from, until, on which standard."""

    __table_args__ = (
        Index(
            "uq_qualification_open",
            "person_id",
            "micro_credential_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_qualification_micro_credential", "micro_credential_id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    person_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    micro_credential_id: int = Field(foreign_key="micro_credential.id", sa_type=BigKey)
    standard: str
    from_at: datetime = Field(sa_type=Moment)
    until_at: datetime | None = Field(default=None, sa_type=Moment)
    granted_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


CONFLICT_KINDS = ("declared", "recorded")


class Conflict(SQLModel, table=True):
    """This assessor must not score this learner: declared by the assessor or recorded by a coordinator."""

    __table_args__ = (
        one_of("kind", CONFLICT_KINDS),
        Index(
            "uq_conflict_open",
            "assessor_id",
            "learner_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_conflict_learner", "learner_id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    issuer_id: int = Field(foreign_key="issuer.id", index=True, sa_type=BigKey)
    assessor_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    learner_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    kind: str
    recorded_by: int = Field(foreign_key="person.id", sa_type=BigKey)
    recorded_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
