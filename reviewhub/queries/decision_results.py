"""What a round came to, criterion by criterion, and why: the parts of the decision's page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, and_, col, select

from reviewhub.domain.agreement import across_met, code_against
from reviewhub.domain.points import weighted
from reviewhub.domain.rubric import Criterion, Rubric
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import (
    Artifact,
    Attempt,
    CheckpointLeaf,
    CriterionLock,
    DecisionRow,
    Event,
    LockEvidence,
    Rating,
    ResolutionRow,
    Review,
    Round,
    Scoresheet,
)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A criterion's result, and the rule that made it; `lock`: the attempt whose lock stands, or 0.

    `first` says how the independent sheets stood to each other: same, within, differ, code, across_met; ""
    where it was not on them. `rests`: what the lock rests on, as requirements' names.
    """

    id: str
    criterion: str
    level: str
    met: bool
    apart: bool
    """Whether it has no place in this work."""
    rule: str
    disputed: bool
    first: str
    lock: int
    rests: tuple[str, ...]
    points: Decimal
    """What it adds to a sum, with its weight."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The event with which the round was resolved; `sealed`: the first checkpoint that holds it, or 0."""

    event: int
    head: str
    sealed: int


def results_of(
    session: Session, rubric: Rubric, attempt: Attempt, round_: Round, decision: DecisionRow
) -> tuple[ResultRow, ...]:
    """What the round scored, and what earlier attempts had locked, in the rubric's order; four statements."""
    found = {
        row.criterion_id: row
        for row in session.exec(
            select(ResolutionRow).where(
                ResolutionRow.round_id == round_.id, col(ResolutionRow.replaced_at).is_(None)
            )
        )
    }
    held, levels = _held(session, attempt, round_, decision), _independent(session, round_)
    rests = _rests(session, rubric, [lock.id or 0 for lock, _ in held.values()])
    rows = []
    for criterion in rubric.criteria:
        result, lock = found.get(criterion.id), held.get(criterion.id)
        level_id = result.level_id if result else lock[0].level_id if lock else ""
        if level_id:
            rows.append(
                ResultRow(
                    id=criterion.id,
                    criterion=criterion.name,
                    level=criterion.rating(level_id).name,
                    met=criterion.is_met(level_id),
                    apart=criterion.has_code(level_id, "not_applicable"),
                    rule=result.rule if result else "locked",
                    disputed=criterion.id in round_.disputed,
                    first=_stood(
                        rubric, criterion, levels[criterion.id], disputed=criterion.id in round_.disputed
                    ),
                    lock=lock[1] if lock else 0,
                    rests=rests.get(lock[0].id or 0, ()) if lock else (),
                    points=weighted(
                        criterion, Decimal(result.value) if result else criterion.points(level_id)
                    ),
                )
            )
    return tuple(rows)


def _stood(rubric: Rubric, criterion: Criterion, levels: Sequence[str], *, disputed: bool) -> str:
    """As domain/agreement.py names it; a plugin's own rule may dispute what lies within."""
    if not levels:
        return ""
    if len(set(levels)) == 1:
        return "near_cut" if disputed and rubric.policies.agreement.near_cut is not None else "same"
    if across_met(criterion, levels):
        return "across_met"
    if code_against(criterion, levels):
        return "code"
    return "differ" if disputed else "within"


def _held(
    session: Session, attempt: Attempt, round_: Round, decision: DecisionRow
) -> Mapping[str, tuple[CriterionLock, int]]:
    """The locks of earlier attempts, or from before this round began, that stood then; with their attempt."""
    rows = session.exec(
        select(CriterionLock, Attempt.number)
        .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
        .where(CriterionLock.submission_id == attempt.submission_id, col(Attempt.number) <= attempt.number)
    ).all()
    at = decision.decided_at
    return {
        lock.criterion_id: (lock, number)
        for lock, number in rows
        if (number < attempt.number or lock.locked_at < round_.created_at)
        and (lock.lifted_at is None or lock.lifted_at >= at)
    }


def _independent(session: Session, round_: Round) -> Mapping[str, list[str]]:
    """By criterion the level of each independent seat's sheet that counts: its newest."""
    rows = session.exec(
        select(Review.id, Rating.criterion_id, Rating.level_id)
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .where(
            Review.round_id == round_.id,
            Review.role == "independent",
            Review.state == ReviewState.FINAL.value,
            col(Scoresheet.undone_at).is_(None),
        )
        .order_by(col(Scoresheet.sequence))
    ).all()
    newest = {(review, criterion): level for review, criterion, level in rows}
    found: dict[str, list[str]] = defaultdict(list)
    for (_, criterion), level in newest.items():
        found[criterion].append(level)
    return found


def _rests(session: Session, rubric: Rubric, locks: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    names = {requirement.id: requirement.name for requirement in rubric.requirements}
    rows = session.exec(
        select(LockEvidence.lock_id, Artifact.requirement_id)
        .join(Artifact, col(Artifact.id) == LockEvidence.artifact_id)
        .where(col(LockEvidence.lock_id).in_(locks))
        .distinct()
        .order_by(col(Artifact.requirement_id))
    ).all()
    found: dict[int, tuple[str, ...]] = {}
    for lock_id, requirement_id in rows:
        found[lock_id] = (*found.get(lock_id, ()), names.get(requirement_id, requirement_id))
    return found


def recorded(session: Session, submission_id: int, round_: Round, at: datetime) -> Recorded:
    """Where the record holds what was decided at this moment; zeros where it does not."""
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
            Event.aggregate_id == submission_id,
            Event.at == at,
            col(Event.action).in_(["round.agreed", "round.adjudicated"]),
        )
        .order_by(col(Event.seq), col(CheckpointLeaf.checkpoint))
    ).all()
    own = [row for row in rows if row[2].get("round") == round_.public_id]
    return Recorded(own[0][0], own[0][1], own[0][3] or 0) if own else Recorded(0, "", 0)
