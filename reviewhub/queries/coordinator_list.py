"""A coordinator's submissions, and the search by case reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import Alias, Attempt, MicroCredential, Person, Submission
from reviewhub.queries.coordinator import coordinated, was_moved, why_moved
from reviewhub.queries.todays import todays

PAGE = 25
SHOWS: Mapping[str, tuple[str, ...]] = {
    "review": (SubmissionState.UNDER_REVIEW.value,),
    "open": (SubmissionState.OPEN.value,),
    "revise": (SubmissionState.REVISE.value,),
    "held": (SubmissionState.HELD.value,),
    "ended": tuple(sorted(state.value for state in ENDED)),
}
"""What a list can show, by the word in its address."""
_BY_DAY = "review"
_NEVER = date.max
_DAY = func.coalesce(col(Attempt.promised_on), _NEVER)
"""What was not promised yet stands last."""
_Seen, _SeenAttempt = aliased(Submission), aliased(Attempt)


@dataclass(frozen=True, slots=True)
class ListItem:
    """One submission in the list."""

    public_id: str
    learner: str
    name: str
    state: str
    attempt: int
    attempt_state: str
    promised_on: date | None
    late: bool
    moved: str
    """Why the promise was last made anew; "" while the first one holds, and where nothing is promised."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SubmissionList:
    """A page; `older` is the opaque start of the next."""

    items: tuple[ListItem, ...]
    older: str


def submissions(session: Session, actor: Actor, now: datetime, show: str, after: str = "") -> SubmissionList:
    """Two statements. What is under review by its promised day, all else newest first.

    An unknown `show` shows what is under review.
    """
    show = show if show in SHOWS else _BY_DAY
    newest = (
        columns(func.max(col(Attempt.number)))
        .where(col(Attempt.submission_id) == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        columns(Submission, col(Person.name), col(MicroCredential.name), Attempt, why_moved())
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(Attempt, (col(Attempt.submission_id) == Submission.id) & (col(Attempt.number) == newest))
        .where(coordinated(actor), col(Submission.state).in_(SHOWS[show]))
        .order_by(*([_DAY, col(Submission.id)] if show == _BY_DAY else [col(Submission.id).desc()]))
    )
    if after:
        query = query.where(_behind(after) if show == _BY_DAY else _older(after))
    dates = todays(session, actor, now, Role.COORDINATOR)
    rows = session.execute(query.limit(PAGE + 1)).all()
    items = tuple(
        ListItem(
            submission.public_id,
            learner,
            name,
            submission.state,
            attempt.number,
            attempt.state,
            attempt.promised_on,
            attempt.promised_on is not None and attempt.promised_on < dates.of(submission.issuer_id),
            was_moved(why),
            submission.created_at,
        )
        for submission, learner, name, attempt, why in rows[:PAGE]
    )
    return SubmissionList(items, items[-1].public_id if len(rows) > PAGE else "")


def _older(after: str) -> ColumnElement[bool]:
    last = columns(col(_Seen.id)).where(col(_Seen.public_id) == after).scalar_subquery()
    return col(Submission.id) < last


def _behind(after: str) -> ColumnElement[bool]:
    """What follows this one in the order of promised days; nothing for an unknown one."""
    last = (
        columns(func.coalesce(col(_SeenAttempt.promised_on), _NEVER), col(_Seen.id))
        .join(_Seen, col(_Seen.id) == _SeenAttempt.submission_id)
        .where(col(_Seen.public_id) == after)
        .order_by(col(_SeenAttempt.number).desc())
        .limit(1)
        .subquery()
    )
    day, key = (columns(column).scalar_subquery() for column in last.c)
    return or_(day < _DAY, and_(day == _DAY, key < col(Submission.id)))


def find_case(session: Session, actor: Actor, quoted: str) -> str | None:
    """The submission behind a case reference as quoted; None for unknown ones and other issuers'."""
    reference = "".join(quoted.split()).upper()
    if not reference:
        return None
    return session.exec(
        select(Submission.public_id)
        .join(Alias, col(Alias.submission_id) == Submission.id)
        .where(Alias.case_ref == reference, coordinated(actor))
    ).first()
