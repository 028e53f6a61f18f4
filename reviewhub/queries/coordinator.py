"""What waits at a coordinator's issuers: what, since when, and what it waits for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import BESIDE, RoundState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import (
    Attempt,
    Concern,
    Feedback,
    Hold,
    MicroCredential,
    Outbox,
    Person,
    Promise,
    Review,
    Round,
    Submission,
)
from reviewhub.queries.todays import Todays, todays

SHOWN = 10
MOST = 1_000
NEAR = timedelta(days=3)
"""How long before a promised day an attempt counts as at risk."""
NOT_IN = (ReviewState.OFFERED.value, ReviewState.CLAIMED.value)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. `submission` is "" for a job that concerns none; unused fields are empty."""

    submission: str
    learner: str
    name: str
    since: datetime | None = None
    day: date | None = None
    code: str = ""
    detail: str = ""
    hold: str = ""
    person: str = ""
    urgency: str = ""
    """Of a promised day, where the issuer is: "past", "soon", or ""."""
    public_id: str = ""
    """Of what was asked, where a group lists questions."""
    moved: str = ""
    """Why the promise was last made anew; "" while the first one holds."""


@dataclass(frozen=True, slots=True)
class Group:
    """The first of what waits for the same reason; `count` is 1,001 at most."""

    kind: str
    items: tuple[Waiting, ...]
    count: int


def overview(session: Session, actor: Actor, now: datetime) -> tuple[Group, ...]:
    """Groups holds, nobody, overdue, confirm, promises; each in one statement.

    What was promised or due for the earliest day comes first, else what waits longest.
    """
    dates = todays(session, actor, now, Role.COORDINATOR)
    return (
        group(session, "holds", _holds(actor), _hold),
        group(session, "nobody", _nobody(actor), _unseated),
        group(session, "overdue", _overdue(actor, dates), _late),
        group(session, "confirm", _confirm(actor), partial(_unconfirmed, dates)),
        group(session, "promises", _promises(actor, dates), partial(_near, dates)),
    )


def coordinated(actor: Actor) -> ColumnElement[bool]:
    """Submissions that the actor coordinates: of their issuers, and not their own learning."""
    return and_(
        col(Submission.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
        col(Submission.learner_id) != actor.person_id,
    )


def group(
    session: Session, kind: str, query: Select[*tuple[Any, ...]], read: Callable[..., Waiting]
) -> Group:
    """The first of what the query finds, and how many there are, in one statement."""
    some = query.order_by(None).limit(MOST + 1).subquery()
    # It looks at no row of the list, so the database counts once, not once a row.
    count = columns(func.count()).select_from(some).scalar_subquery()
    rows = session.execute(query.add_columns(count).limit(SHOWN)).all()
    return Group(kind, tuple(read(*row[:-1]) for row in rows), rows[0][-1] if rows else 0)


def _cases(*more: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns of any table
    return (
        columns(
            col(Submission.public_id),
            col(Person.name),
            col(MicroCredential.name),
            col(Submission.issuer_id),
            *more,
        )
        .select_from(Submission)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
    )


def _holds(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Also jobs that concern no submission, so the holds come first and the rest is optional."""
    return (
        columns(col(Submission.public_id), col(Person.name), col(MicroCredential.name), Hold, col(Outbox.job))
        .select_from(Hold)
        .outerjoin(Submission, col(Submission.id) == Hold.submission_id)
        .outerjoin(Person, col(Person.id) == Submission.learner_id)
        .outerjoin(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .outerjoin(Outbox, and_(col(Hold.subject) == "job", col(Outbox.id) == Hold.subject_id))
        .where(
            col(Hold.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
            col(Hold.closed_at).is_(None),
            col(Submission.learner_id).is_distinct_from(actor.person_id),
        )
        .order_by(col(Hold.id))
    )


def _hold(
    submission: str | None, learner: str | None, name: str | None, hold: Hold, job: str | None
) -> Waiting:
    return Waiting(
        submission or "",
        learner or "",
        name or "",
        since=hold.opened_at,
        code=hold.code,
        detail=hold.detail,
        hold=hold.public_id,
        person=job or "",
    )


def _under_review(*states: RoundState) -> tuple[ColumnElement[bool], ...]:
    """What stands beside a result goes on whatever its learner does meanwhile, but for a hold."""
    beside = and_(col(Round.kind).in_(BESIDE), col(Submission.state) != SubmissionState.HELD.value)
    return (
        col(Round.state).in_([state.value for state in states]),
        or_(col(Submission.state) == SubmissionState.UNDER_REVIEW.value, beside),
    )


def _nobody(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        _cases(col(Round.created_at), col(Round.waits_for), col(Round.pile))
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .where(
            coordinated(actor),
            *_under_review(RoundState.WAITING, RoundState.ADJUDICATING),
            col(Round.waits_for) != "",
        )
        .order_by(col(Round.id))
    )


def _unseated(
    submission: str, learner: str, name: str, _: int, since: datetime, detail: str, pile: int | None
) -> Waiting:
    return Waiting(submission, learner, name, since=since, detail=detail, code="pile" if pile else "")


def _overdue(actor: Actor, dates: Todays) -> Select[*tuple[Any, ...]]:
    # The learner and the assessor are both persons: the assessor's name comes by a subquery.
    assessor = columns(col(Person.name)).where(col(Person.id) == Review.assessor_id).correlate(Review)
    return (
        _cases(col(Review.due_on), assessor.scalar_subquery(), col(Review.state))
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(
            coordinated(actor),
            *_under_review(RoundState.WAITING, RoundState.SCORING, RoundState.ADJUDICATING),
            col(Review.state).in_(NOT_IN),
            dates.before(Submission.issuer_id, Review.due_on),
            ~_stands_still(),
        )
        .order_by(col(Review.due_on), col(Review.id))
    )


def _stands_still() -> ColumnElement[bool]:
    """Whether the selected Review's day does not run: its assessor waits for a coordinator's answer."""
    waits = columns(col(Concern.id)).where(
        col(Concern.review_id) == col(Review.id), col(Concern.answered_at).is_(None)
    )
    return waits.correlate(Review).exists()


def _late(submission: str, learner: str, name: str, _: int, due_on: date, person: str, state: str) -> Waiting:
    return Waiting(submission, learner, name, day=due_on, person=person, code=state)


def _confirm(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        _cases(col(Feedback.composed_at), col(Attempt.promised_on), why_moved())
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .where(
            coordinated(actor),
            col(Feedback.state) == "draft",
            col(Attempt.state) == AttemptState.DECIDED.value,
            col(Submission.state) == SubmissionState.UNDER_REVIEW.value,
        )
        .order_by(col(Attempt.promised_on), col(Feedback.id))
    )


def _unconfirmed(
    dates: Todays,
    submission: str,
    learner: str,
    name: str,
    issuer: int,
    since: datetime,
    day: date | None,
    why: str | None,
) -> Waiting:
    urgency = _urgency(dates.of(issuer), day)
    return Waiting(submission, learner, name, since=since, day=day, urgency=urgency, moved=was_moved(why))


def _urgency(today: date, day: date | None) -> str:
    if day is None or day > today + NEAR:
        return ""
    return "past" if day < today else "soon"


def why_moved() -> ScalarSelect[str]:
    """Of the selected attempt, why its newest promise was made."""
    return (
        columns(col(Promise.reason))
        .where(col(Promise.attempt_id) == Attempt.id)
        .order_by(col(Promise.id).desc())
        .limit(1)
        .correlate(Attempt)
        .scalar_subquery()
    )


def was_moved(why: str | None) -> str:
    """The reason of a promise, where it is not the first."""
    return "" if why in {None, "arrived"} else why or ""


def _promises(actor: Actor, dates: Todays) -> Select[*tuple[Any, ...]]:
    # The newest round's state says what the attempt waits for.
    state = (
        columns(col(Round.state))
        .where(col(Round.attempt_id) == Attempt.id, col(Round.kind).not_in(BESIDE))
        .order_by(col(Round.number).desc())
        .limit(1)
        .correlate(Attempt)
        .scalar_subquery()
    )
    return (
        _cases(col(Attempt.promised_on), state, why_moved())
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .where(
            coordinated(actor),
            dates.before(Submission.issuer_id, Attempt.promised_on, NEAR + timedelta(1)),
            col(Attempt.state).in_([AttemptState.SUBMITTED.value, AttemptState.DECIDED.value]),
            col(Submission.state) == SubmissionState.UNDER_REVIEW.value,
        )
        .order_by(col(Attempt.promised_on), col(Attempt.id))
    )


def _near(
    dates: Todays,
    submission: str,
    learner: str,
    name: str,
    issuer: int,
    day: date,
    code: str | None,
    why: str | None,
) -> Waiting:
    urgency = _urgency(dates.of(issuer), day)
    return Waiting(submission, learner, name, day=day, code=code or "", urgency=urgency, moved=was_moved(why))
