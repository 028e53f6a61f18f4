"""A coordinator's submissions, newest first, and the search by case reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import Alias, Attempt, MicroCredential, Person, Submission
from reviewhub.queries.coordinator import coordinated

PAGE = 25
SHOWS: Mapping[str, tuple[str, ...]] = {
    "review": (SubmissionState.UNDER_REVIEW.value,),
    "open": (SubmissionState.OPEN.value,),
    "revise": (SubmissionState.REVISE.value,),
    "held": (SubmissionState.HELD.value,),
    "ended": tuple(sorted(state.value for state in ENDED)),
}
"""What a list can show, by the word in its address."""


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
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SubmissionList:
    """A page; `older` is the opaque start of the next."""

    items: tuple[ListItem, ...]
    older: str


def submissions(session: Session, actor: Actor, show: str, after: str = "") -> SubmissionList:
    """One statement. An unknown `show` shows what is under review."""
    newest = (
        columns(func.max(col(Attempt.number)))
        .where(col(Attempt.submission_id) == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        columns(Submission, col(Person.name), col(MicroCredential.name), Attempt)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(Attempt, (col(Attempt.submission_id) == Submission.id) & (col(Attempt.number) == newest))
        .where(coordinated(actor), col(Submission.state).in_(SHOWS.get(show, SHOWS["review"])))
        .order_by(col(Submission.id).desc())
    )
    if after:
        query = query.where(
            col(Submission.id) < select(Submission.id).where(Submission.public_id == after).scalar_subquery()
        )
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
            submission.created_at,
        )
        for submission, learner, name, attempt in rows[:PAGE]
    )
    return SubmissionList(items, items[-1].public_id if len(rows) > PAGE else "")


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
