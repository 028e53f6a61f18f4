"""What people ask for beside the scoring: concerns, objections, corrections, appeals, questions, reveals.

All words in these tables were typed by people about people: they are erasable.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from reviewhub.models.base import BigKey, Moment, one_of

CONCERN_KINDS = ("cannot_open", "copying", "danger", "name_shown", "other")
CONCERN_OUTCOMES = ("", "carry_on", "given_back", "held")


class Concern(SQLModel, table=True):
    """An assessor's exit that costs nobody an attempt: something cannot be opened, or is wrong."""

    __table_args__ = (
        one_of("kind", CONCERN_KINDS),
        one_of("outcome", CONCERN_OUTCOMES),
        Index(
            "ix_concern_issuer_open",
            "issuer_id",
            "id",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", index=True, sa_type=BigKey)
    review_id: int = Field(foreign_key="review.id", index=True, sa_type=BigKey)
    artifact_id: int | None = Field(default=None, foreign_key="artifact.id", sa_type=BigKey)
    kind: str
    note: str = ""
    raised_at: datetime = Field(sa_type=Moment)
    outcome: str = ""
    reply: str = ""
    """What the assessor is told."""
    mend: str = ""
    """What the learner was asked to mend, where the attempt was given back."""
    again_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the clean copies of the piece were last asked for again."""
    again_note: str = ""
    """Why that brought nothing, in words for the coordinator."""
    answered_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)


OBJECTION_OUTCOMES = ("", "stands", "lifted", "dropped")


class Objection(SQLModel, table=True):
    """An assessor doubts a lock: it goes to adjudication, never to the learner."""

    __table_args__ = (one_of("outcome", OBJECTION_OUTCOMES), UniqueConstraint("review_id", "lock_id"))
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    review_id: int = Field(foreign_key="review.id", sa_type=BigKey)
    lock_id: int = Field(foreign_key="criterion_lock.id", index=True, sa_type=BigKey)
    reason: str
    raised_at: datetime = Field(sa_type=Moment)
    outcome: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


CORRECTION_STATES = ("asked", "granted", "refused", "used")


class Correction(SQLModel, table=True):
    """An assessor asks to supersede a final sheet; a lead consents, with a reason."""

    __table_args__ = (
        one_of("state", CORRECTION_STATES),
        Index(
            "uq_correction_open",
            "review_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'granted')"),
            postgresql_where=text("state IN ('asked', 'granted')"),
        ),
        Index("ix_correction_issuer_state", "issuer_id", "state", "id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    review_id: int = Field(foreign_key="review.id", sa_type=BigKey)
    state: str = "asked"
    reason: str
    asked_at: datetime = Field(sa_type=Moment)
    read_by: list[int] = Field(default_factory=list, sa_type=JSON)
    """Leads who have opened it: they have seen a sheet, and score that round no more."""
    answer: str = ""
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


APPEAL_OUTCOMES = ("", "changed", "confirmed", "dropped")


class Appeal(SQLModel, table=True):
    """A learner asks that an attempt be scored afresh, by people who see nothing of the first round."""

    __table_args__ = (one_of("outcome", APPEAL_OUTCOMES), Index("ix_appeal_issuer", "issuer_id", "id"))
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    attempt_id: int = Field(foreign_key="attempt.id", unique=True, sa_type=BigKey)
    round_id: int = Field(foreign_key="round.id", index=True, sa_type=BigKey)
    grounds: str
    asked_at: datetime = Field(sa_type=Moment)
    outcome: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Question(SQLModel, table=True):
    """One question about a feedback, relayed without names; and its answer."""

    __table_args__ = (
        Index(
            "ix_question_issuer_open",
            "issuer_id",
            "id",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    feedback_id: int = Field(foreign_key="feedback.id", unique=True, sa_type=BigKey)
    text: str
    asked_at: datetime = Field(sa_type=Moment)
    answer: str = ""
    answered_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)


EXTENSION_STATES = ("asked", "granted", "refused")


class Extension(SQLModel, table=True):
    """An assessor asks for a later due day; a coordinator gives one, or lets the day stand."""

    __table_args__ = (
        one_of("state", EXTENSION_STATES),
        Index(
            "uq_extension_open",
            "review_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_extension_issuer_state", "issuer_id", "state", "id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    review_id: int = Field(foreign_key="review.id", index=True, sa_type=BigKey)
    state: str = "asked"
    wanted: date
    """The day until which the assessor needs."""
    reason: str
    asked_at: datetime = Field(sa_type=Moment)
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


REVEAL_STATES = ("asked", "granted", "refused")


class Reveal(SQLModel, table=True):
    """A lead asks who the learner of one submission is; a coordinator grants it for a time, with a reason."""

    __table_args__ = (
        one_of("state", REVEAL_STATES),
        Index("ix_reveal_issuer_state", "issuer_id", "state", "id"),
        Index("ix_reveal_submission", "submission_id", "asked_by"),
        Index("ix_reveal_asked_by", "asked_by", "state"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    asked_by: int = Field(foreign_key="person.id", sa_type=BigKey)
    state: str = "asked"
    reason: str
    asked_at: datetime = Field(sa_type=Moment)
    answer: str = ""
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    until_at: datetime | None = Field(default=None, sa_type=Moment)
