"""What of scoring again waits for a coordinator: rescores that differ, corrections without a lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import (
    Attempt,
    Conflict,
    Correction,
    DecisionRow,
    Membership,
    MicroCredential,
    Person,
    Review,
    Round,
    Submission,
)
from reviewhub.queries.coordinator import Group, Waiting, coordinated, group
from reviewhub.queries.leads import OPEN
from reviewhub.queries.standing import Result, counts, results_of, standing_rounds
from reviewhub.services.rule_on_rescore import choices_for, unsupported
from reviewhub.services.scope import Scope, read_round


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion in both results: the level's name, or "" where it was not scored; whether it is met."""

    criterion: str
    given: str
    given_met: bool
    found: str
    found_met: bool

    @property
    def differs(self) -> bool:
        """Whether one has it met and the other has not."""
        return self.given_met != self.found_met


@dataclass(frozen=True, slots=True)
class RescorePage:
    """Both results side by side, nameless. `lifted`: what the ruling `lift` would open again."""

    public_id: str
    submission: str
    learner: str
    name: str
    attempt: int
    given: str
    found: str
    rows: tuple[Compared, ...]
    choices: tuple[str, ...]
    lifted: tuple[str, ...]
    ruling: str
    ruled_at: datetime | None


def scored_again(session: Session, actor: Actor) -> tuple[Group, ...]:
    """Groups rescores and corrections, each in one statement, the longest wait first."""
    return (
        group(session, "rescores", _differing(actor), _waiting),
        group(session, "corrections", _without_lead(actor), _waiting),
    )


def outcomes(session: Session, rubric: Rubric, attempt_ids: Sequence[int]) -> dict[int, tuple[str, set[str]]]:
    """By attempt what it came to, in one statement: met or not_yet, and the criteria that it met.

    An appeal adds to what was met before it, where the rubric locks; a rescore counts once it was ruled so.
    """
    rows = session.exec(
        select(Round, DecisionRow)
        .join(DecisionRow, col(DecisionRow.round_id) == Round.id)
        .where(col(Round.attempt_id).in_(attempt_ids), counts(), col(DecisionRow.replaced_at).is_(None))
        .order_by(col(Round.number))
    ).all()
    found: dict[int, tuple[str, set[str]]] = {}
    for round_, decision in rows:
        adds = round_.kind == "appeal" and rubric.policies.decision.locks
        before = found.get(round_.attempt_id, ("", set()))[1] if adds else set()
        found[round_.attempt_id] = (decision.outcome, before | set(decision.met))
    return found


def rescore_page(session: Session, actor: Actor, submission_pid: str, round_pid: str) -> RescorePage:
    """A rescore that has a result. NotFound for others, and while it has none."""
    row = session.exec(
        select(Round.id, Person.name)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .where(
            Round.public_id == round_pid,
            Round.kind == "rescore",
            Round.state == RoundState.RESOLVED.value,
            Submission.public_id == submission_pid,
            coordinated(actor),
        )
    ).first()
    if row is None or row[0] is None:
        raise NotFound
    scope = read_round(session, row[0])
    given, found = _before(session, scope), results_of(session, [scope.round_id])
    assert given is not None
    assert found is not None
    choices = choices_for(session, scope)
    lifted = {lock.criterion_id for lock in unsupported(session, scope)} if "lift" in choices else set()
    return RescorePage(
        public_id=round_pid,
        submission=submission_pid,
        learner=row[1],
        name=scope.rubric.about.name,
        attempt=scope.attempt.number,
        given=given.outcome,
        found=found.outcome,
        rows=_compared(scope.rubric, given, found),
        choices=choices,
        lifted=tuple(c.name for c in scope.rubric.criteria if c.id in lifted),
        ruling=scope.round.ruling,
        ruled_at=scope.round.ruled_at,
    )


def _before(session: Session, scope: Scope) -> Result | None:
    """What stands beside the rescore, or stood before it was ruled to count."""
    before = scope.round.number if scope.round.ruling == "take_back" else None
    earlier = standing_rounds(session, scope.attempt_id, before=before)
    return results_of(session, [one.id for one in earlier if one.id is not None])


def _compared(rubric: Rubric, given: Result, found: Result) -> tuple[Compared, ...]:
    def level(result: Result, criterion_id: str) -> str:
        level_id = result.levels.get(criterion_id)
        return rubric.criterion(criterion_id).rating(level_id).name if level_id else ""

    return tuple(
        Compared(c.name, level(given, c.id), c.id in given.met, level(found, c.id), c.id in found.met)
        for c in rubric.criteria
        if c.id in given.levels or c.id in found.levels
    )


def _cases(public_id: Any, since: Any) -> Select[str, str, str, datetime, str]:  # noqa: ANN401 - columns of any table
    return (
        columns(col(Submission.public_id), col(Person.name), col(MicroCredential.name), since, public_id)
        .select_from(Submission)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
    )


def _differing(actor: Actor) -> Select[str, str, str, datetime, str]:
    return (
        _cases(col(Round.public_id), col(Round.resolved_at))
        .where(
            coordinated(actor),
            col(Round.kind) == "rescore",
            col(Round.state) == RoundState.RESOLVED.value,
            col(Round.ruling) == "",
        )
        .order_by(col(Round.id))
    )


def _without_lead(actor: Actor) -> Select[str, str, str, datetime, str]:
    """Requests to correct a sheet that nobody who leads may decide: see queries.corrections.decidable."""
    member, seat, busy = aliased(Membership), aliased(Review), aliased(Review)
    its_round, its_attempt = aliased(Round), aliased(Attempt)
    seated = select(seat.assessor_id).where(seat.round_id == Round.id).correlate(Round)
    scoring = (
        select(busy.assessor_id)
        .join(its_round, col(its_round.id) == busy.round_id)
        .join(its_attempt, col(its_attempt.id) == its_round.attempt_id)
        .where(its_attempt.submission_id == Submission.id, col(busy.state).in_(OPEN))
        .correlate(Submission)
    )
    apart = (
        select(Conflict.assessor_id)
        .where(Conflict.learner_id == Submission.learner_id, col(Conflict.ended_at).is_(None))
        .correlate(Submission)
    )
    leads = (
        select(member.id)
        .where(
            member.issuer_id == Submission.issuer_id,
            member.role == Role.LEAD.value,
            col(member.ended_at).is_(None),
            col(member.person_id) != Submission.learner_id,
            col(member.person_id).not_in(seated),
            col(member.person_id).not_in(scoring),
            col(member.person_id).not_in(apart),
        )
        .correlate(Submission, Round)
    )
    return (
        _cases(col(Correction.public_id), col(Correction.asked_at))
        .join(Review, col(Review.round_id) == Round.id)
        .join(Correction, col(Correction.review_id) == Review.id)
        .where(coordinated(actor), col(Correction.state) == "asked", ~leads.exists())
        .order_by(col(Correction.id))
    )


def _waiting(submission: str, learner: str, name: str, since: datetime, public_id: str) -> Waiting:
    return Waiting(submission, learner, name, since=since, public_id=public_id)
