"""An older version with running submissions beside the live one, and which submissions these are."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import policies_only
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, CriterionLock, MicroCredential, PolicyChange, RubricVersion, Submission
from reviewhub.queries.running_policies import running, versions_named

UNDER_WAY = (AttemptState.SUBMITTED.value, AttemptState.DECIDED.value)
"""States of an attempt that has rounds; with a result that was never released, they can be judged anew."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An older version with running submissions, and the live one; both say what is judged alike."""

    micro_credential: MicroCredential
    olds: tuple[RubricVersion, ...]
    live: RubricVersion
    before: Rubric
    after: Rubric

    @property
    def keys(self) -> list[int | None]:
        """The keys of the older version's snapshots."""
        return [one.id for one in self.olds]


@dataclass(frozen=True, slots=True)
class Running:
    """One submission with its newest attempt."""

    submission_id: int
    attempt_id: int
    needed: int
    """The number of the attempt that goes on, or of the next one."""
    extra: int
    under_way: bool
    """Its attempt has rounds, and no result of it was ever released."""


def find_pair(session: Session, actor: Actor, micro_pid: str, version: str) -> Pair:
    """The live version beside this one, where the actor may decide about it.

    NotFound elsewhere, where it was decided already, and where more than the policies differs.
    """
    micro = session.exec(
        select(MicroCredential).where(
            MicroCredential.public_id == micro_pid,
            col(MicroCredential.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
        )
    ).first()
    if micro is None or not may(actor, Action.CHANGE_POLICY, Facts(issuer_id=micro.issuer_id)):
        raise NotFound
    live = session.get(RubricVersion, micro.rubric_version_id or 0)
    olds = versions_named(session, micro.id or 0, version)
    if live is None or not olds:
        raise NotFound
    decided = session.exec(
        select(PolicyChange.id).where(
            PolicyChange.micro_credential_id == micro.id,
            PolicyChange.version_before == version,
            PolicyChange.version_after == live.rubric_version,
        )
    ).first()
    before, after = from_json(olds[0].body), from_json(live.body)
    if decided is not None or not policies_only(before, after):
        raise NotFound
    return Pair(micro, tuple(olds), live, before, after)


def running_ones(session: Session, pair: Pair, actor: Actor) -> list[Running]:
    """The submissions that the decision is about: not the actor's own learning."""
    rows = session.exec(
        select(Submission, Attempt)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .where(*about(pair, actor), col(Attempt.number) == _newest())
    ).all()
    return [_running(submission, attempt) for submission, attempt in rows]


def count_running(session: Session, pair: Pair, actor: Actor) -> int:
    """How many these are."""
    return session.exec(select(func.count()).select_from(Submission).where(*about(pair, actor))).one()


def needed_attempt(submission: Submission, attempt: Attempt) -> int:
    """The number of the attempt that goes on, or of the next one where it is the learner's turn."""
    turn = SubmissionState.REVISE.value in (submission.state, submission.held_from)
    return attempt.number + turn


def is_under_way(attempt: Attempt) -> bool:
    """Whether it is scored or decided, and no result of it was ever released: an appeal keeps its rubric."""
    return attempt.state in UNDER_WAY and attempt.released_at is None


def _running(submission: Submission, attempt: Attempt) -> Running:
    assert submission.id is not None
    assert attempt.id is not None
    return Running(
        submission.id,
        attempt.id,
        needed_attempt(submission, attempt),
        submission.extra_attempts,
        is_under_way(attempt),
    )


def about(pair: Pair, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """For a statement that selects from Submission: those of the pair, without the actor's own learning."""
    return (
        col(Submission.rubric_version_id).in_(pair.keys),
        running(),
        col(Submission.learner_id) != actor.person_id,
    )


def _newest() -> ColumnElement[int]:
    other = Attempt.__table__.alias("other")  # type: ignore[attr-defined]
    newest = columns(func.max(other.c.number)).where(other.c.submission_id == col(Submission.id))
    return newest.correlate(Submission).scalar_subquery()


def released_locks() -> tuple[ColumnElement[bool], ...]:
    """For a statement that selects from CriterionLock and Attempt: what stays met by a released result."""
    return (col(CriterionLock.lifted_at).is_(None), col(Attempt.released_at).is_not(None))
