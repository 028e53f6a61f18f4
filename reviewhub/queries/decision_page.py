"""How one decision came about, for its coordinator: names of people, never what a single sheet says."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import (
    Attempt,
    CheckpointLeaf,
    CriterionLock,
    DecisionRow,
    Event,
    Feedback,
    Person,
    ResolutionRow,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.coordinator import coordinated
from reviewhub.queries.pinned import pinned


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One sheet: whose, in which seat, of which kind; never its levels."""

    role: str
    seat: int
    assessor: str
    kind: str
    submitted_at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A criterion's result, and the rule that made it; `lock`: the attempt whose lock stands, or 0."""

    criterion: str
    level: str
    met: bool
    rule: str
    disputed: bool
    lock: int


@dataclass(frozen=True, slots=True)
class Replaced:
    """A decision of the same round that was judged again."""

    outcome: str
    decided_at: datetime
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """One round's decision. `sealed` is the number of the first checkpoint that holds it, 0 before.

    `author` is "" while feedback is not released, and where the rubric's rule released it (`released`).
    """

    submission: str
    learner: str
    name: str
    attempt: int
    round: str
    kind: str
    ruling: str
    outcome: str
    rule: str
    decided_at: datetime
    rubric_version: str
    rubric_hash: str
    code: str
    sheets: tuple[SheetRow, ...]
    results: tuple[ResultRow, ...]
    replaced: tuple[Replaced, ...]
    released: bool
    author: str
    event: int
    head: str
    sealed: int


def decision_page(session: Session, actor: Actor, submission_pid: str, round_pid: str) -> DecisionPage:
    """In eight statements. NotFound for what the actor does not coordinate, and for a round without one."""
    row = session.exec(
        select(Submission, Attempt, Round, DecisionRow)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(DecisionRow, col(DecisionRow.round_id) == Round.id)
        .where(
            Submission.public_id == submission_pid,
            Round.public_id == round_pid,
            col(DecisionRow.replaced_at).is_(None),
            coordinated(actor),
        )
    ).first()
    if row is None:
        raise NotFound
    submission, attempt, round_, decision = row
    version, learner = session.exec(
        select(RubricVersion, Person.name)
        .select_from(Submission)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(RubricVersion, col(RubricVersion.id) == pinned())
        .join(Person, col(Person.id) == Submission.learner_id)
        .where(Attempt.id == attempt.id)
    ).one()
    event, head, sealed = _recorded(session, submission, round_, decision)
    feedback = _feedback(session, round_)
    return DecisionPage(
        submission=submission.public_id,
        learner=learner,
        name=from_json(version.body).about.name,
        attempt=attempt.number,
        round=round_.public_id,
        kind=round_.kind,
        ruling=round_.ruling,
        outcome=decision.outcome,
        rule=decision.rule,
        decided_at=decision.decided_at,
        rubric_version=version.rubric_version,
        rubric_hash=version.content_hash,
        code=decision.code_digest,
        sheets=_sheets(session, round_),
        results=_results(session, version, attempt, round_, decision),
        replaced=_replaced(session, round_),
        released=feedback is not None,
        author=feedback or "",
        event=event,
        head=head,
        sealed=sealed,
    )


def _sheets(session: Session, round_: Round) -> tuple[SheetRow, ...]:
    rows = session.exec(
        select(Review, Scoresheet, Person.name)
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Person, col(Person.id) == Review.assessor_id)
        .where(Review.round_id == round_.id)
        .order_by(col(Review.role).desc(), col(Review.seat), col(Scoresheet.id))
    ).all()
    return tuple(
        SheetRow(review.role, review.seat, name, one.kind, one.submitted_at, one.undone_at is not None)
        for review, one, name in rows
    )


def _results(
    session: Session, version: RubricVersion, attempt: Attempt, round_: Round, decision: DecisionRow
) -> tuple[ResultRow, ...]:
    """What the round scored, and what earlier attempts had locked, in the rubric's order."""
    found = {
        row.criterion_id: row
        for row in session.exec(
            select(ResolutionRow).where(
                ResolutionRow.round_id == round_.id, col(ResolutionRow.replaced_at).is_(None)
            )
        )
    }
    locks = session.exec(
        select(CriterionLock, Attempt.number)
        .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
        .where(CriterionLock.submission_id == attempt.submission_id, col(Attempt.number) <= attempt.number)
    ).all()
    at = decision.decided_at
    stood = {
        lock.criterion_id: (lock, number)
        for lock, number in locks
        if lock.locked_at < round_.created_at and (lock.lifted_at is None or lock.lifted_at >= at)
    }
    rows = []
    for criterion in from_json(version.body).criteria:
        result, held = found.get(criterion.id), stood.get(criterion.id)
        level_id = result.level_id if result else held[0].level_id if held else ""
        if level_id:
            rows.append(
                ResultRow(
                    criterion=criterion.name,
                    level=criterion.level(level_id).name,
                    met=criterion.is_met(level_id),
                    rule=result.rule if result else "locked",
                    disputed=criterion.id in round_.disputed,
                    lock=held[1] if held else 0,
                )
            )
    return tuple(rows)


def _replaced(session: Session, round_: Round) -> tuple[Replaced, ...]:
    rows = session.exec(
        select(DecisionRow)
        .where(DecisionRow.round_id == round_.id, col(DecisionRow.replaced_at).is_not(None))
        .order_by(col(DecisionRow.id))
    ).all()
    return tuple(Replaced(r.outcome, r.decided_at, r.replaced_at) for r in rows if r.replaced_at)


def _feedback(session: Session, round_: Round) -> str | None:
    """Who released it: a name, "" for the rubric's rule, None where it is not released."""
    row = session.exec(
        select(Feedback.id, Person.name)
        .outerjoin(Person, col(Person.id) == Feedback.author_id)
        .where(Feedback.round_id == round_.id, Feedback.state == "released")
    ).first()
    return None if row is None else row[1] or ""


def _recorded(
    session: Session, submission: Submission, round_: Round, decision: DecisionRow
) -> tuple[int, str, int]:
    """The event with which the round was resolved, its hash, and the first checkpoint that holds it."""
    rows = session.exec(
        select(Event.seq, Event.hash, Event.facts, CheckpointLeaf.checkpoint)
        .outerjoin(
            CheckpointLeaf,
            and_(
                col(CheckpointLeaf.aggregate) == Event.aggregate,
                col(CheckpointLeaf.aggregate_id) == Event.aggregate_id,
                col(CheckpointLeaf.seq) >= Event.seq,
            ),
        )
        .where(
            Event.aggregate == "submission",
            Event.aggregate_id == submission.id,
            Event.at == decision.decided_at,
            col(Event.action).in_(["round.agreed", "round.adjudicated"]),
        )
        .order_by(col(Event.seq), col(CheckpointLeaf.checkpoint))
    ).all()
    own = [row for row in rows if row[2].get("round") == round_.public_id]
    return (own[0][0], own[0][1], own[0][3] or 0) if own else (0, "", 0)
