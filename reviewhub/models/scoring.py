"""The assessors' side: rounds, reviews, scoresheets, and what follows from them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models.base import BigKey, Moment, one_of

ROUND_KINDS = ("completeness", "initial", "appeal", "rescore", "audit")
REVIEW_ROLES = ("completeness", "independent", "adjudicator", "audit")
SHEET_KINDS = ("blind", "final", "superseding")
RULINGS = ("", "confirmed", "keep", "take_back", "lift")
"""What became of a rescore. confirmed: the same result; the others are a coordinator's of a different one.

take_back: the new result counts; lift: of an older attempt, what the rescore does not support is open again.
"""
OUTCOMES = ("met", "not_yet")
_IN_PILE = text("pile IS NOT NULL AND state = 'waiting'")
_SEATED = text("state IN (" + ", ".join(f"'{s.value}'" for s in sorted(SEATED)) + ")")


class Round(SQLModel, table=True):
    """One scoring of one attempt. `version` is the compare-and-set of everything below it."""

    __table_args__ = (
        one_of("state", RoundState),
        one_of("kind", ROUND_KINDS),
        one_of("ruling", RULINGS),
        UniqueConstraint("attempt_id", "number"),
        Index(
            "ix_round_open",
            "state",
            "id",
            sqlite_where=text("state NOT IN ('resolved', 'void')"),
            postgresql_where=text("state NOT IN ('resolved', 'void')"),
        ),
        Index(
            "ix_round_pile",
            "pile",
            "urgent_on",
            "id",
            sqlite_where=_IN_PILE,
            postgresql_where=_IN_PILE,
        ),
        Index(
            "ix_round_audited",
            "id",
            sqlite_where=text("kind = 'audit' AND state = 'resolved'"),
            postgresql_where=text("kind = 'audit' AND state = 'resolved'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    attempt_id: int = Field(foreign_key="attempt.id", sa_type=BigKey)
    number: int = 1
    kind: str = "initial"
    state: str = RoundState.WAITING.value
    held_from: str | None = None
    waits_for: str = ""
    """Why seats are empty, in words for the coordinator."""
    waits_since: datetime | None = Field(default=None, sa_type=Moment)
    """Since when nobody is found for them."""
    pile: int | None = Field(default=None, foreign_key="issuer.id", sa_type=BigKey)
    """The issuer whose assessors may claim a seat; None: nothing of it lies in a pile."""
    piled_at: datetime | None = Field(default=None, sa_type=Moment)
    """Since when a seat lies there."""
    urgent_on: date | None = None
    """The day promised when it was first put there: the nearest is claimed first."""
    disputed: list[str] = Field(default_factory=list, sa_type=JSON)
    """Criteria that the adjudicator decides."""
    created_at: datetime = Field(sa_type=Moment)
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
    ruling: str = ""
    """What became of a rescore; "" until it has a result, and while a different one waits for a ruling."""
    ruled_at: datetime | None = Field(default=None, sa_type=Moment)
    version: int = 1


class Alias(SQLModel, table=True):
    """How one viewer names one submission: a random name for the learner, a case reference to quote."""

    __table_args__ = (UniqueConstraint("submission_id", "viewer_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    viewer_id: int = Field(foreign_key="person.id", index=True, sa_type=BigKey)
    name: str
    case_ref: str = Field(unique=True, max_length=16)


class Review(SQLModel, table=True):
    """One assessor's seat in one round. The draft lives here until a sheet is submitted."""

    __table_args__ = (
        one_of("state", ReviewState),
        one_of("role", REVIEW_ROLES),
        Index(
            "uq_review_seat",
            "round_id",
            "role",
            "seat",
            unique=True,
            sqlite_where=_SEATED,
            postgresql_where=_SEATED,
        ),
        Index(
            "uq_review_assessor",
            "round_id",
            "assessor_id",
            unique=True,
            sqlite_where=_SEATED,
            postgresql_where=_SEATED,
        ),
        Index("ix_review_assessor_state", "assessor_id", "state", "due_on"),
        Index(
            "ix_review_claimed",
            "assessor_id",
            "claimed_at",
            sqlite_where=text("claim_until IS NOT NULL"),
            postgresql_where=text("claim_until IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    round_id: int = Field(foreign_key="round.id", index=True, sa_type=BigKey)
    assessor_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    role: str = "independent"
    seat: int = 1
    state: str = ReviewState.OFFERED.value
    due_on: date
    why: str = ""
    """Why this person was chosen, in words for the coordinator."""
    offered_at: datetime = Field(sa_type=Moment)
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)
    claim_until: datetime | None = Field(default=None, sa_type=Moment)
    """Only what was claimed from a pile has one; any work moves it on."""
    submitted_at: datetime | None = Field(default=None, sa_type=Moment)
    undo_until: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    end_reason: str = ""
    draft: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """{criterion id: {"level": level id or "", "comment": text}}; replaced, never changed in place."""
    draft_version: int = 0
    draft_saved_at: datetime | None = Field(default=None, sa_type=Moment)
    version: int = 1


class Scoresheet(SQLModel, table=True):
    """What a review produces. Appended, never edited; an undone sheet is marked and kept."""

    __table_args__ = (one_of("kind", SHEET_KINDS), UniqueConstraint("review_id", "sequence"))
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    review_id: int = Field(foreign_key="review.id", sa_type=BigKey)
    sequence: int
    kind: str = "blind"
    """blind: scored without seeing another sheet; final: the adjudicator's that counts.

    superseding: appended with a lead's consent after the undo window; statistics use the original.
    """
    submitted_at: datetime = Field(sa_type=Moment)
    undone_at: datetime | None = Field(default=None, sa_type=Moment)


class Rating(SQLModel, table=True):
    """One criterion on a scoresheet."""

    __table_args__ = (UniqueConstraint("scoresheet_id", "criterion_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    scoresheet_id: int = Field(foreign_key="scoresheet.id", sa_type=BigKey)
    criterion_id: str
    level_id: str
    comment: str = ""


class ResolutionRow(SQLModel, table=True):
    """Per criterion the result of a round, with the rule that made it."""

    __tablename__ = "resolution"
    __table_args__ = (
        Index(
            "uq_resolution_standing",
            "round_id",
            "criterion_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    round_id: int = Field(foreign_key="round.id", sa_type=BigKey)
    criterion_id: str
    level_id: str
    value: str
    """A Decimal in its shortest form."""
    rule: str
    replaced_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the round was judged again before its result was released."""


class DecisionRow(SQLModel, table=True):
    """Met or not yet, one that stands a round."""

    __tablename__ = "decision"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        Index(
            "uq_decision_standing",
            "round_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    round_id: int = Field(foreign_key="round.id", index=True, sa_type=BigKey)
    attempt_id: int = Field(foreign_key="attempt.id", index=True, sa_type=BigKey)
    outcome: str
    met: list[str] = Field(default_factory=list, sa_type=JSON)
    """Criteria met in this round."""
    locked: list[str] = Field(default_factory=list, sa_type=JSON)
    """Of those, the criteria that stay met."""
    rule: str
    code_digest: str = Field(max_length=64)
    decided_at: datetime = Field(sa_type=Moment)
    replaced_at: datetime | None = Field(default=None, sa_type=Moment)


class CriterionLock(SQLModel, table=True):
    """A criterion once met stays met, unless an adjudicator or another structure lifts the lock."""

    __tablename__ = "criterion_lock"
    __table_args__ = (
        Index(
            "uq_criterion_lock_standing",
            "submission_id",
            "criterion_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    attempt_id: int = Field(foreign_key="attempt.id", index=True, sa_type=BigKey)
    criterion_id: str
    level_id: str
    structure_hash: str = Field(max_length=64)
    locked_at: datetime = Field(sa_type=Moment)
    lifted_at: datetime | None = Field(default=None, sa_type=Moment)
    lifted_because: str = ""
    """objection, moved (to another rubric version), judged_again"""


class LockEvidence(SQLModel, table=True):
    """What a lock rests on: replacing it in a later attempt leaves this version attached."""

    __tablename__ = "lock_evidence"
    lock_id: int = Field(primary_key=True, foreign_key="criterion_lock.id", sa_type=BigKey)
    artifact_id: int = Field(primary_key=True, foreign_key="artifact.id", index=True, sa_type=BigKey)


FEEDBACK_STATES = ("draft", "released", "replaced", "aside")
"""replaced: its round was judged again; aside: of a rescore, kept until a coordinator lets it count."""


class Feedback(SQLModel, table=True):
    """What the learner receives for a round's result. Has an author who confirmed it; released once.

    An appeal's result brings feedback of its own; the earlier one stays to be read.
    """

    __table_args__ = (
        one_of("state", FEEDBACK_STATES),
        Index(
            "uq_feedback_round",
            "round_id",
            unique=True,
            sqlite_where=text("state <> 'replaced'"),
            postgresql_where=text("state <> 'replaced'"),
        ),
        Index("ix_feedback_attempt", "attempt_id", "id"),
        Index("ix_feedback_issuer_state", "issuer_id", "state", "id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    attempt_id: int = Field(foreign_key="attempt.id", sa_type=BigKey)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    round_id: int = Field(foreign_key="round.id", sa_type=BigKey)
    state: str = "draft"
    summary: str = ""
    items: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """[{"criterion", "saw", "do", "flags", "apart"}]; apart: whether it has no place in this work"""
    author_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    """Who confirmed it; None in a released one: released by the rubric's rule."""
    composed_at: datetime = Field(sa_type=Moment)
    releases_on: date | None = None
    """The day on which it releases itself by the rubric's rule; None once a lead has taken it over."""
    released_at: datetime | None = Field(default=None, sa_type=Moment)
    version: int = 1


class FeedbackReading(SQLModel, table=True):
    """A lead has opened a feedback: who knows a result adjudicates later only if nobody else may."""

    __tablename__ = "feedback_reading"
    feedback_id: int = Field(primary_key=True, foreign_key="feedback.id", sa_type=BigKey)
    person_id: int = Field(primary_key=True, foreign_key="person.id", index=True, sa_type=BigKey)
    read_at: datetime = Field(sa_type=Moment)
