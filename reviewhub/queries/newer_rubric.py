"""A newer version of the rubric that a learner works by, and what moving to it would change (rule 7)."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.evidence_change import without_place
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import Difference, compare_rubrics, move_locks
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import for_reader
from reviewhub.domain.workflow.attempt import EDITABLE, AttemptState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Artifact, Attempt, CriterionLock, MicroCredential, RubricVersion, Submission
from reviewhub.queries.intake import let_in, takes_learners
from reviewhub.queries.own import Own, load_own
from reviewhub.services.completeness import facts_of_artifact


@dataclass(frozen=True, slots=True)
class Left:
    """A piece of evidence that the newer version does not ask for: its requirement's name, its own."""

    requirement: str
    title: str


@dataclass(frozen=True, slots=True)
class RubricMove:
    """What the learner decides on. `to` is the newer version's public id; `refusal` why it cannot be now."""

    own: Own
    to: str
    version: str
    differences: tuple[Difference, ...]
    stays_met: tuple[str, ...]
    open_again: tuple[str, ...]
    """Names of the criteria that were met and are judged otherwise there."""
    gone: tuple[str, ...]
    """Names of the criteria that were met and are not judged there at all."""
    left: tuple[Left, ...]
    refusal: str


def newer_version(
    session: Session,
    actor: Actor,
    submission: Submission,
    attempt: Attempt,
    micro_credential: MicroCredential,
) -> RubricVersion | None:
    """The live version, where it is another one and its learner may move to it now; none asked for if not.

    Not while it is checked, scored or on hold; not to a version that takes no learners, or to a pilot that
    they were not let into. Repaired code for the same rubric is no other version.
    """
    state = SubmissionState(submission.state)
    editable = state is SubmissionState.OPEN and AttemptState(attempt.state) in EDITABLE
    if not editable and state is not SubmissionState.REVISE:
        return None
    live = micro_credential.rubric_version_id
    if live is None or live == submission.rubric_version_id:
        return None
    version = session.get_one(RubricVersion, live)
    pinned = session.get_one(RubricVersion, submission.rubric_version_id)
    if version.content_hash == pinned.content_hash:
        return None
    if not let_in(session, actor, micro_credential):
        return None
    return version if takes_learners(session, micro_credential, version) else None


def refusal(rubric: Rubric, kept: tuple[str, ...], submission: Submission, attempt: Attempt) -> str:
    """Why a move would lead nowhere, in a sentence; "" where it does not."""
    if len(kept) == len(rubric.criteria):
        return "Everything that the newer version asks for you have met already: nothing would be scored."
    needed = attempt.number + (submission.state == SubmissionState.REVISE)
    most = rubric.policies.decision.attempts
    if most is not None and needed > most + submission.extra_attempts:
        return "The newer version allows fewer attempts than you have made: you could not send another."
    return ""


def rubric_move(session: Session, actor: Actor, public_id: str) -> RubricMove | None:
    """The page of the actor's own submission; None where there is no newer version to move to. NotFound."""
    own = load_own(session, actor, public_id)
    version = newer_version(session, actor, own.submission, own.attempt, own.micro_credential)
    if version is None:
        return None
    rubric = for_reader(from_json(version.body), actor.reads)
    locks = move_locks(rubric, standing_locks(session, own.submission, own.whole))
    names = {criterion.id: criterion.name for criterion in (*own.whole.criteria, *rubric.criteria)}
    there = {criterion.id for criterion in rubric.criteria}
    return RubricMove(
        own=own,
        to=version.public_id,
        version=rubric.version,
        differences=compare_rubrics(own.whole, rubric),
        stays_met=tuple(names[cid] for cid in locks.kept),
        open_again=tuple(names[cid] for cid in locks.lost if cid in there),
        gone=tuple(names.get(cid, cid) for cid in locks.lost if cid not in there),
        left=_left(session, own, rubric),
        refusal=refusal(rubric, locks.kept, own.submission, own.attempt),
    )


def standing_locks(session: Session, submission: Submission, rubric: Rubric) -> dict[str, str]:
    """{criterion id: its structure hash when it was locked}, in the order of the rubric that is left."""
    rows = session.exec(
        select(CriterionLock).where(
            CriterionLock.submission_id == submission.id, col(CriterionLock.lifted_at).is_(None)
        )
    ).all()
    locks = {row.criterion_id: row.structure_hash for row in rows}
    order = [criterion.id for criterion in rubric.criteria]
    return dict(sorted(locks.items(), key=lambda one: order.index(one[0]) if one[0] in order else -1))


def _left(session: Session, own: Own, rubric: Rubric) -> tuple[Left, ...]:
    rows = session.exec(
        select(Artifact)
        .where(Artifact.attempt_id == own.attempt.id, Artifact.state != "refused")
        .order_by(col(Artifact.requirement_id), col(Artifact.position))
    ).all()
    names = {requirement.id: requirement.name for requirement in own.whole.requirements}
    gone = set(without_place({row.public_id: facts_of_artifact(row) for row in rows}, rubric))
    return tuple(
        Left(names.get(row.requirement_id, row.requirement_id), row.title or row.url)
        for row in rows
        if row.public_id in gone
    )
