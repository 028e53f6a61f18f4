"""How many results were audited and how many of these differ, for a coordinator; no level, no sheet."""

from dataclasses import dataclass

from sqlalchemy import and_, func
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.second_scoring import match
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Feedback, Person, Round, Submission
from reviewhub.queries.audits import FIRST, audit_levels, first_levels, is_audited, rubrics_of
from reviewhub.queries.coordinator import coordinated
from reviewhub.queries.pinned import pinned

NEWEST = 500
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Differing:
    """A result whose audit has a criterion on the other side of met, and which is not scored again so far."""

    submission: str
    attempt: int
    learner: str
    name: str


@dataclass(frozen=True, slots=True)
class AuditCounts:
    """Of the issuer's newest released results: how many, audited, and on the other side of met."""

    results: int
    audited: int
    across: int
    to_act: tuple[Differing, ...]


def audit_counts(session: Session, actor: Actor, issuer_id: int) -> AuditCounts:
    """In five statements. The actor's own learning is left out."""
    newest = (
        select(Feedback.id, Feedback.attempt_id, Feedback.round_id)
        .join(FIRST, and_(col(FIRST.id) == Feedback.round_id, col(FIRST.kind) == "initial"))
        .where(Feedback.issuer_id == issuer_id, Feedback.state == "released")
        .order_by(col(Feedback.id).desc())
        .limit(NEWEST)
        .subquery()
    )
    results = session.execute(columns(func.count()).select_from(newest)).scalar_one()
    again = aliased(Round)
    rescored = (
        columns(col(again.id))
        .where(
            col(again.attempt_id) == Attempt.id,
            col(again.kind) == "rescore",
            col(again.state) != RoundState.VOID.value,
        )
        .correlate(Attempt)
        .exists()
    )
    rows = session.execute(
        columns(
            col(Round.id),
            newest.c.round_id,
            pinned(),
            col(Submission.public_id),
            col(Attempt.number),
            col(Person.name),
            and_(col(Attempt.state) == AttemptState.RELEASED.value, ~rescored),
        )
        .select_from(newest)
        .join(Attempt, col(Attempt.id) == newest.c.attempt_id)
        .join(Round, and_(col(Round.attempt_id) == Attempt.id, is_audited()))
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .where(coordinated(actor))
        .order_by(newest.c.id.desc())
    ).all()
    found = audit_levels(session, [row[0] for row in rows])
    given = first_levels(session, [row[1] for row in rows])
    rubrics = rubrics_of(session, {row[2] for row in rows})
    across = [
        (Differing(submission, number, learner, rubrics[version].about.name), may_act)
        for audit, first, version, submission, number, learner, may_act in rows
        if match(rubrics[version], given.get(first, {}), found.get(audit, {})).across
    ]
    to_act = tuple(one for one, may_act in across if may_act)[:SHOWN]
    return AuditCounts(results, len(rows), len(across), to_act)
