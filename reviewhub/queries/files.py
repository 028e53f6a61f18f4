"""Which stored object somebody may open, by its public id."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.blinding import Field, Viewer, sees
from reviewhub.domain.conditions import hidden_requirements
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import (
    Artifact,
    Attempt,
    CleanCopy,
    LockEvidence,
    Objection,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.queries.apart import apart
from reviewhub.queries.pinned import pinned


@dataclass(frozen=True, slots=True)
class OpenFile:
    """The object, and whose it is. `filename` None: the name would give the learner away."""

    artifact_id: int
    clean_copy_id: int | None
    key: str
    media_type: str
    filename: str | None


def open_file(session: Session, actor: Actor, public_id: str) -> OpenFile:
    """A clean copy for its learner, whoever has a seat, or a lead; the original for its learner alone.

    No copy of what the learner's choices hide: it is not part of what was sent.

    An adjudicator is also let to what a doubted lock rests on.

    NotFound for everybody else, and for what does not exist.
    """
    if not actor.signed_in:
        raise NotFound
    found = _clean_copy(session, actor, public_id) or _original(session, actor, public_id)
    if found is None:
        raise NotFound
    return found


def _rests_a_doubted_lock(actor: Actor) -> ColumnElement[bool]:
    """Whether a lock rests on the artifact that the actor, an adjudicator, is asked about (rule 15)."""
    raised, decides = aliased(Review), aliased(Review)
    return (
        select(Objection.id)
        .join(LockEvidence, col(LockEvidence.lock_id) == Objection.lock_id)
        .join(raised, col(raised.id) == Objection.review_id)
        .join(decides, col(decides.round_id) == raised.round_id)
        .where(
            LockEvidence.artifact_id == Artifact.id,
            Objection.outcome != "dropped",
            decides.role == "adjudicator",
            decides.assessor_id == actor.person_id,
            col(decides.state).in_([state.value for state in SEATED]),
        )
        .exists()
    )


def _original(session: Session, actor: Actor, public_id: str) -> OpenFile | None:
    row = session.exec(
        select(Artifact)
        .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(
            Artifact.public_id == public_id,
            col(Artifact.key).is_not(None),
            Submission.learner_id == actor.person_id,
        )
    ).first()
    if row is None or not sees(Viewer.LEARNER, Field.ORIGINAL):
        return None
    assert row.id is not None
    assert row.key is not None
    return OpenFile(row.id, None, row.key, row.media_type, row.title or None)


def _clean_copy(session: Session, actor: Actor, public_id: str) -> OpenFile | None:
    seat = (
        select(Review.id)
        .join(Round, col(Round.id) == Review.round_id)
        .where(
            Round.attempt_id == Attempt.id,
            Round.state != RoundState.VOID.value,
            Review.assessor_id == actor.person_id,
            col(Review.state).in_([state.value for state in SEATED]),
        )
        .exists()
    )
    scoring = col(Submission.issuer_id).in_(actor.issuers(Role.ASSESSOR, Role.LEAD))
    leading = col(Submission.issuer_id).in_(
        actor.issuers(Role.LEAD) if sees(Viewer.LEAD, Field.CLEAN_COPY) else ()
    )
    found = session.exec(
        select(CleanCopy, Artifact.requirement_id, Attempt.choices, RubricVersion)
        .join(Artifact, col(Artifact.id) == CleanCopy.artifact_id)
        .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == pinned())
        .where(
            CleanCopy.public_id == public_id,
            or_(
                col(Submission.learner_id) == actor.person_id,
                and_(scoring, ~apart(actor), or_(seat, _rests_a_doubted_lock(actor))),
                and_(leading, ~apart(actor), col(Attempt.submitted_at).is_not(None)),
            ),
        )
    ).first()
    if found is None:
        return None
    row, requirement, choices, version = found
    if requirement in hidden_requirements(from_json(version.body), choices):
        return None
    assert row.id is not None
    return OpenFile(row.artifact_id, row.id, row.key, row.media_type, None)
