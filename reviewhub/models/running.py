"""What keeps the work going and on record: holds, events and their seals, the outbox, letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from reviewhub.models.base import BigKey, Moment, one_of

HOLD_SUBJECTS = ("submission", "attempt", "round", "job")
EVENT_AGGREGATES = ("submission", "issuer")


class Hold(SQLModel, table=True):
    """A stop with its reason and the state to return to."""

    __table_args__ = (
        one_of("subject", HOLD_SUBJECTS),
        Index(
            "uq_hold_open",
            "subject",
            "subject_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_hold_issuer_open",
            "issuer_id",
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int | None = Field(default=None, foreign_key="issuer.id", sa_type=BigKey)
    submission_id: int | None = Field(default=None, foreign_key="submission.id", index=True, sa_type=BigKey)
    subject: str
    subject_id: int = Field(sa_type=BigKey)
    code: str
    """no_clean_copy, plugin_fault, quarantine, coordinator, job_failed"""
    detail: str = ""
    back_to: str = ""
    opened_at: datetime = Field(sa_type=Moment)
    opened_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)


class Event(SQLModel, table=True):
    """One row of the append-only audit log; a link of its aggregate's chain."""

    __table_args__ = (
        one_of("aggregate", EVENT_AGGREGATES),
        UniqueConstraint("aggregate", "aggregate_id", "seq"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    aggregate: str
    aggregate_id: int = Field(sa_type=BigKey)
    seq: int
    at: datetime = Field(sa_type=Moment)
    actor_id: int | None = Field(default=None, sa_type=BigKey)
    action: str
    from_state: str = ""
    to_state: str = ""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    commitment: str = ""
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class EventText(SQLModel, table=True):
    """Personal text of an event (a reason, an address). Erasable; the chain holds a salted commitment."""

    __tablename__ = "event_text"
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigKey)
    salt: str
    text: str


class Checkpoint(SQLModel, table=True):
    """A signed seal over the heads of the chains that had changed; names the one before by its digest."""

    number: int = Field(primary_key=True, sa_type=BigKey, sa_column_kwargs={"autoincrement": False})
    """1, 2, 3 …, without gaps."""
    sealed_at: datetime = Field(sa_type=Moment)
    leaves: int
    root: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    key_id: str = Field(max_length=16)
    signature: str = Field(max_length=128)
    """Ed25519, in hex."""


class CheckpointLeaf(SQLModel, table=True):
    """One chain in a checkpoint: the hash of its event number `seq`, its last one then."""

    __tablename__ = "checkpoint_leaf"
    __table_args__ = (UniqueConstraint("aggregate", "aggregate_id", "seq"),)
    checkpoint: int = Field(primary_key=True, foreign_key="checkpoint.number", sa_type=BigKey)
    position: int = Field(primary_key=True)
    aggregate: str
    aggregate_id: int = Field(sa_type=BigKey)
    seq: int
    head: str = Field(max_length=64)


class Outbox(SQLModel, table=True):
    """Work that a commit asked for. done_at is set in the transaction that records the effect."""

    __table_args__ = (
        Index(
            "ix_outbox_open",
            "next_try_at",
            "id",
            sqlite_where=text("done_at IS NULL AND stuck_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND stuck_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    job: str
    args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    dedup_key: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    next_try_at: datetime = Field(sa_type=Moment)
    tries: int = 0
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    stuck_at: datetime | None = Field(default=None, sa_type=Moment)
    last_error: str = ""
    """Class and code of the last failure, never personal data."""


class LetterRow(SQLModel, table=True):
    """One e-mail with a stable Message-ID, sent at least once. Body and address are erasable."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_person", "person_id", "id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    message_id: str = Field(unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    to: str
    kind: str
    subject: str
    body: str
    created_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
