"""What an assessor has said is in the way and what was answered; what is theirs no more; their absence."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, and_, col, func, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    Concern,
    MicroCredential,
    Person,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.queries.assessor import shown_to
from reviewhub.queries.todays import todays
from reviewhub.services.candidates import is_away

SHOWN = 25
_ROLES = (Role.ASSESSOR, Role.LEAD)
_OVER = (ReviewState.RELEASED.value, ReviewState.EXCLUDED.value, ReviewState.EXPIRED.value)


@dataclass(frozen=True, slots=True)
class OwnConcern:
    """What they said, and the answer; `answered_on` None while it is open."""

    kind: str
    piece: str
    note: str
    raised_on: date
    reply: str
    outcome: str
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Over:
    """A review that is theirs no more. Why says only whether they gave it back themselves."""

    micro_credential: str
    alias: str
    case_ref: str
    ended_on: date
    handed_back: bool


@dataclass(frozen=True, slots=True)
class Absence:
    """The last day that was named, and how many reviews are not begun."""

    until: date | None
    not_begun: int
    begun: int


def own_concerns(session: Session, actor: Actor, review_pid: str, now: datetime) -> tuple[OwnConcern, ...]:
    """Of one's own review, newest first."""
    rows = session.exec(
        select(Concern, Artifact, RubricVersion, Submission.issuer_id)
        .join(Review, col(Review.id) == Concern.review_id)
        .join(Submission, col(Submission.id) == Concern.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
        .outerjoin(Artifact, col(Artifact.id) == Concern.artifact_id)
        .where(Review.public_id == review_pid, Review.assessor_id == actor.person_id)
        .order_by(col(Concern.id).desc())
    ).all()
    if not rows:
        return ()
    dates = todays(session, actor, now, *_ROLES)
    return tuple(
        OwnConcern(
            kind=concern.kind,
            piece=_piece(version, artifact) if concern.artifact_id else "",
            note=concern.note,
            raised_on=dates.day_of(issuer_id, concern.raised_at),
            reply=concern.reply,
            outcome=concern.outcome,
            answered_on=dates.day_of(issuer_id, concern.answered_at) if concern.answered_at else None,
        )
        for concern, artifact, version, issuer_id in rows
    )


def _piece(version: RubricVersion, artifact: Artifact) -> str:
    """By the rubric's name of it: the file's own may give the learner away."""
    names = {one.id: one.name for one in from_json(version.body).requirements}
    return names.get(artifact.requirement_id, "")


def with_coordinator(session: Session, actor: Actor) -> frozenset[str]:
    """Own open reviews whose day stands still, since a coordinator has not answered yet; by public id."""
    return frozenset(
        session.exec(
            select(Review.public_id)
            .join(Concern, col(Concern.review_id) == Review.id)
            .where(
                Review.assessor_id == actor.person_id,
                col(Review.state).in_([ReviewState.OFFERED.value, ReviewState.CLAIMED.value]),
                col(Concern.answered_at).is_(None),
            )
        ).all()
    )


def over(session: Session, actor: Actor, now: datetime) -> tuple[Over, ...]:
    """The newest 25 that ended without a sheet of theirs."""
    rows = session.exec(
        select(Review, MicroCredential.name, Alias, Submission.issuer_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(
            Alias, and_(col(Alias.submission_id) == Submission.id, col(Alias.viewer_id) == Review.assessor_id)
        )
        .where(
            Review.assessor_id == actor.person_id,
            col(Review.state).in_(_OVER),
            col(Submission.issuer_id).in_(actor.issuers(*_ROLES)),
            *shown_to(actor, now),
        )
        .order_by(col(Review.ended_at).desc(), col(Review.public_id).desc())
        .limit(SHOWN)
    ).all()
    if not rows:
        return ()
    dates = todays(session, actor, now, *_ROLES)
    return tuple(
        Over(
            name,
            alias.name,
            alias.case_ref,
            dates.day_of(issuer_id, review.ended_at or now),
            review.end_reason == "hand_back",
        )
        for review, name, alias, issuer_id in rows
    )


def absence(session: Session, actor: Actor, now: datetime) -> Absence:
    """One's own, in two statements."""
    person = session.exec(select(Person).where(Person.id == actor.person_id)).one()
    counts = dict(
        session.exec(
            select(Review.state, func.count())
            .join(Round, col(Round.id) == Review.round_id)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .join(Submission, col(Submission.id) == Attempt.submission_id)
            .where(
                Review.assessor_id == actor.person_id,
                col(Review.state).in_([ReviewState.OFFERED.value, ReviewState.CLAIMED.value]),
                col(Submission.issuer_id).in_(actor.issuers(*_ROLES)),
            )
            .group_by(col(Review.state))
        ).all()
    )
    offered, claimed = (counts.get(state.value, 0) for state in (ReviewState.OFFERED, ReviewState.CLAIMED))
    return Absence(person.away_until if is_away(person, now) else None, offered, claimed)
