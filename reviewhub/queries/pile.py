"""What lies in the piles that somebody may claim from: how many, and never which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from reviewhub.domain.access import IDENTITY_ROLES, Actor, Role
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import BESIDE, RoundState
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import (
    Attempt,
    Issuer,
    Membership,
    MicroCredential,
    Person,
    Qualification,
    Reveal,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.queries.apart import apart
from reviewhub.queries.pinned import pinned
from reviewhub.services.candidates import (
    AFRESH,
    CLAIM_OVER,
    NOT_FINAL,
    OPEN,
    REOPENED,
    gave_a_sheet,
    is_away,
)

MOST = 20
"""How many are counted."""
_OWN_RULE = ("completeness", "audit")
"""Kinds of round that ask nothing of whoever scored an earlier attempt."""
_STOPPED = (*(state.value for state in ENDED), SubmissionState.HELD.value)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many reviews the actor may claim, at most 20, and what keeps them from claiming one now."""

    count: int
    full: bool
    away: bool
    seen: str
    """Their newest claim, by public id: a button that is pressed twice asks for one review."""


def waiting(session: Session, actor: Actor, now: datetime) -> Waiting | None:
    """For somebody who scores where reviews are claimed; None for all others."""
    issuers = actor.issuers(Role.ASSESSOR)
    claimed = select(Issuer.id).where(col(Issuer.id).in_(issuers), Issuer.assignment != "push").limit(1)
    if not issuers or session.exec(claimed).first() is None:
        return None
    some = _rounds().where(*_within_reach(actor, now)).with_only_columns(col(Round.id)).limit(MOST).subquery()
    person = session.exec(select(Person).where(Person.id == actor.person_id)).one()
    open_ = select(Review.id).where(Review.assessor_id == actor.person_id, col(Review.state).in_(OPEN))
    newest = newest_claim(session, actor)
    return Waiting(
        count=session.exec(select(func.count()).select_from(some)).one(),
        full=len(session.exec(open_.limit(person.load_cap)).all()) >= person.load_cap,
        away=is_away(person, now),
        seen=newest.public_id if newest else "",
    )


def newest_claim(session: Session, actor: Actor) -> Review | None:
    """The review that the actor claimed last, whatever became of it."""
    return session.exec(
        select(Review)
        .where(Review.assessor_id == actor.person_id, col(Review.claim_until).is_not(None))
        .order_by(col(Review.claimed_at).desc(), col(Review.id).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()


def most_urgent(
    session: Session, actor: Actor, now: datetime, passed: Sequence[int], *, wait: bool
) -> int | None:
    """The round to claim next, its submission's row held (PostgreSQL); None where nothing is left.

    First what the actor claimed before and did not finish, then by the promised day. `passed` rounds are
    left out; without `wait` so is whatever somebody else holds at this moment.
    """
    begun = select(Review.round_id).where(
        Review.assessor_id == actor.person_id,
        Review.state == ReviewState.EXPIRED.value,
        Review.end_reason == CLAIM_OVER,
    )
    for which in (col(Round.id).in_(begun.correlate(None)), true()):
        found: int | None = session.exec(
            _rounds()
            .where(*_within_reach(actor, now), col(Round.id).not_in(passed), which)
            .order_by(col(Round.urgent_on), col(Round.id))
            .limit(1)
            .with_for_update(of=Submission, skip_locked=not wait, key_share=True)
        ).first()
        if found is not None:
            return found
    return None


def _rounds() -> SelectOfScalar[int | None]:
    return (
        select(col(Round.id))
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
    )


def _within_reach(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What lies in the actor's piles, save what assignment would surely bar them from.

    All is asked of the domain once more when a seat is taken; nothing that it would allow is left out here.
    """
    knows = select(Membership.issuer_id).where(
        Membership.person_id == actor.person_id,
        col(Membership.role).in_([role.value for role in IDENTITY_ROLES]),
    )
    beside = and_(
        col(Submission.state) == SubmissionState.MET.value,
        col(Round.kind).in_(BESIDE),
        col(Round.ruling) != "take_back",
    )
    return (
        col(Round.pile).in_(actor.issuers(Role.ASSESSOR)),
        # Written out and not bound: so the database sees that the partial index has it.
        col(Round.state) == literal(RoundState.WAITING.value, literal_execute=True),
        or_(col(Submission.state).not_in(_STOPPED), beside),
        col(Round.pile).not_in(knows.correlate(None)),
        col(Submission.learner_id) != actor.person_id,
        not_(apart(actor)),
        col(Submission.learner_id).not_in(_told(actor)),
        or_(
            col(Submission.micro_credential_id).in_(_qualified(actor, now)),
            col(Submission.micro_credential_id).in_(_free(actor)),
        ),
        not_(_has_a_part(actor)),
        not_(and_(col(Round.kind).not_in(_OWN_RULE), _wants_others(), _scored_before(actor))),
    )


def _qualified(actor: Actor, now: datetime) -> SelectOfScalar[int]:
    return select(Qualification.micro_credential_id).where(
        Qualification.person_id == actor.person_id,
        Qualification.from_at <= now,
        or_(col(Qualification.until_at).is_(None), col(Qualification.until_at) > now),
        or_(col(Qualification.revoked_at).is_(None), col(Qualification.revoked_at) > now),
    )


def _free(actor: Actor) -> SelectOfScalar[int]:
    """Micro-credentials of which some version asks for no qualification."""
    asks = col(RubricVersion.body)[("policies", "eligibility", "qualification")].as_boolean()
    micros = select(MicroCredential.id).where(
        col(MicroCredential.issuer_id).in_(actor.issuers(Role.ASSESSOR))
    )
    return select(RubricVersion.micro_credential_id).where(
        col(RubricVersion.micro_credential_id).in_(micros), not_(asks)
    )


def _wants_others() -> ColumnElement[bool]:
    """Whether the rubric that judges the attempt keeps whoever scored an earlier one from this one."""
    again = col(RubricVersion.body)[("policies", "eligibility", "again")].as_string()
    return (
        select(RubricVersion.id)
        .where(col(RubricVersion.id) == pinned(), again == "other")
        .correlate(Attempt, Submission)
        .exists()
    )


def _scored_before(actor: Actor) -> ColumnElement[bool]:
    """Whether they have a final sheet of another attempt."""
    review, round_, attempt = aliased(Review), aliased(Round), aliased(Attempt)
    return (
        select(review.id)
        .join(round_, col(round_.id) == review.round_id)
        .join(attempt, col(attempt.id) == round_.attempt_id)
        .where(
            col(review.assessor_id) == actor.person_id,
            col(review.state) == ReviewState.FINAL.value,
            col(attempt.submission_id) == Submission.id,
            col(attempt.id) != Attempt.id,
        )
        .correlate(Attempt, Submission)
        .exists()
    )


def _told(actor: Actor) -> SelectOfScalar[int]:
    """Learners whose name they were told, by whatever grant."""
    theirs = aliased(Submission)
    return (
        select(theirs.learner_id)
        .join(Reveal, col(Reveal.submission_id) == theirs.id)
        .where(Reveal.asked_by == actor.person_id, Reveal.state == "granted")
        .correlate(None)
    )


def _has_a_part(actor: Actor) -> ColumnElement[bool]:
    """Whether they had a seat here, have one beside it, or scored what is scored afresh or was cleared."""
    review, round_, attempt = aliased(Review), aliased(Round), aliased(Attempt)
    here = col(round_.id) == Round.id
    same_attempt = col(round_.attempt_id) == Round.attempt_id
    cleared = and_(
        same_attempt,
        col(round_.state) == RoundState.VOID.value,
        col(round_.kind) == "initial",
        col(round_.created_at) >= col(Attempt.submitted_at),
        gave_a_sheet(review),
    )
    return (
        select(review.id)
        .join(round_, col(round_.id) == review.round_id)
        .join(attempt, col(attempt.id) == round_.attempt_id)
        .where(
            col(review.assessor_id) == actor.person_id,
            col(attempt.submission_id) == Submission.id,
            or_(
                and_(here, col(review.end_reason).not_in([REOPENED, CLAIM_OVER])),
                and_(~here, col(review.state).in_(NOT_FINAL)),
                and_(~here, col(Round.kind).in_(AFRESH), same_attempt),
                cleared,
            ),
        )
        .correlate(Round, Attempt, Submission)
        .exists()
    )
