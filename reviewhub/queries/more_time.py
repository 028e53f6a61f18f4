"""More time for a review: what its assessor asks for, as they see it, and as its coordinator does."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import NotFound
from reviewhub.models import Attempt, Extension, MicroCredential, Person, Review, Round, Submission
from reviewhub.queries.coordinator import NOT_IN, Group, Waiting, coordinated, group
from reviewhub.queries.too_long import OVER
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.extend import LONGEST, asked_for, usual_day

_assessor = aliased(Person)


@dataclass(frozen=True, slots=True)
class Days:
    """A review's due day, what was asked for (None, ""), and the days that a form offers and allows."""

    due_on: date
    wanted: date | None
    reason: str
    usual: date
    latest: date


@dataclass(frozen=True, slots=True)
class MoreTimePage:
    """The same with the seat, for a coordinator. `open`: whether there is anything to put later."""

    review: str
    submission: str
    learner: str
    name: str
    assessor: str
    role: str
    seat: int
    open: bool
    days: Days


def own_days(session: Session, actor: Actor, review_pid: str, now: datetime) -> Days:
    """Of one's own review, in three statements. NotFound."""
    row = session.exec(
        select(Review, Submission.issuer_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Review.public_id == review_pid, Review.assessor_id == actor.person_id)
    ).first()
    if row is None:
        raise NotFound
    return _days(session, *row, now)


def more_time_page(
    session: Session, actor: Actor, submission: str, review_pid: str, now: datetime
) -> MoreTimePage:
    """In three statements. NotFound for a seat of another submission or issuer."""
    row = session.execute(
        _seats(
            Review, Round, Submission, col(Person.name), col(MicroCredential.name), col(_assessor.name)
        ).where(
            col(Review.public_id) == review_pid, col(Submission.public_id) == submission, coordinated(actor)
        )
    ).first()
    if row is None:
        raise NotFound
    review, round_, root, learner, name, assessor = row
    return MoreTimePage(
        review=review_pid,
        submission=submission,
        learner=learner,
        name=name,
        assessor=assessor,
        role=review.role,
        seat=review.seat,
        open=review.state in NOT_IN and round_.state not in OVER,
        days=_days(session, review, root.issuer_id, now),
    )


def asking(session: Session, actor: Actor) -> Group:
    """Group more_time: open reviews whose assessor asks for more time, in one statement."""
    query = (
        _seats(
            col(Submission.public_id),
            col(Person.name),
            col(MicroCredential.name),
            Extension,
            col(Review.public_id),
            col(_assessor.name),
        )
        .join(Extension, (col(Extension.review_id) == Review.id) & (col(Extension.state) == "asked"))
        .where(coordinated(actor), col(Review.state).in_(NOT_IN), col(Round.state).not_in(OVER))
        .order_by(col(Extension.id))
    )
    return group(session, "more_time", query, _asks)


def _asks(submission: str, learner: str, name: str, row: Extension, review: str, assessor: str) -> Waiting:
    return Waiting(
        submission, learner, name, since=row.asked_at, day=row.wanted, detail=row.reason, person=assessor,
        public_id=review,
    )  # fmt: skip


def _seats(*what: object) -> Select[tuple[object, ...]]:
    found: Select[tuple[object, ...]] = (
        columns(*what)  # type: ignore[call-overload]  # columns of any table
        .select_from(Review)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(_assessor, col(_assessor.id) == Review.assessor_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
    )
    return found


def _days(session: Session, review: Review, issuer_id: int, now: datetime) -> Days:
    calendar = issuer_calendar(session, issuer_id)
    today, asked = calendar.today(now), asked_for(session, review)
    return Days(
        due_on=review.due_on,
        wanted=asked.wanted if asked else None,
        reason=asked.reason if asked else "",
        usual=usual_day(calendar, review.due_on, today),
        latest=today + LONGEST,
    )
