"""The demo's front page: six people, and what waits for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from reviewhub.domain.access import Role
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import (
    Attempt,
    CriterionLock,
    Feedback,
    Hold,
    Issuer,
    Membership,
    MicroCredential,
    Person,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.services.calendars import calendar_of

DOMAIN = "demo.example"
LEARNER = "Mira Okafor"
ASSESSOR_A = "Anna Lindqvist"
ASSESSOR_B = "Ben Castillo"
LEAD = "Leyla Demir"
COORDINATOR = "Conor Walsh"
MANAGER = "Edda Winter"
CAST = {
    "learner": LEARNER,
    "assessor-a": ASSESSOR_A,
    "assessor-b": ASSESSOR_B,
    "lead": LEAD,
    "coordinator": COORDINATOR,
    "manager": MANAGER,
}
"""Who can be become with one click, by the name in the address."""

_MOST = 100
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_OPEN = (ReviewState.OFFERED.value, ReviewState.CLAIMED.value)
_FIRST = (SubmissionState.REVISE.value, SubmissionState.OPEN.value)


@dataclass(frozen=True, slots=True)
class Task:
    """What waits for somebody. `kind`: mend, draft or wait; score; adjudicate or confirm; held; offer; none.

    `target` is the public id that it leads to, `done` of `most` how far it is, `waiting` how many wait.
    """

    kind: str
    about: str = ""
    target: str = ""
    attempt: int = 1
    done: int = 0
    most: int = 0
    waiting: int = 0
    at: datetime | None = None


def address(name: str) -> str:
    """The e-mail address of somebody in the demo."""
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def cast(session: Session) -> dict[str, int]:
    """The ids of the six, by their names in the address; empty before the world is there."""
    named = {address(name): key for key, name in CAST.items()}
    rows = session.exec(select(Person.email, Person.id).where(col(Person.email).in_(named))).all()
    return {named[email]: found for email, found in rows if email is not None and found is not None}


def tasks(session: Session, people: dict[str, int]) -> dict[str, Task]:
    """What waits for each of the six, in a fixed number of statements."""
    return {
        "learner": _learner(session, people["learner"]),
        "assessor-a": _assessor(session, people["assessor-a"]),
        "assessor-b": _assessor(session, people["assessor-b"]),
        "lead": _lead(session, people["lead"]),
        "coordinator": _coordinator(session, people["coordinator"]),
        "manager": _manager(session, people["manager"]),
    }


def _learner(session: Session, person_id: int) -> Task:
    """The newest feedback to mend, else the newest draft, else what is under review."""
    rows = session.exec(
        select(Submission, Attempt, RubricVersion.body, _locked(Attempt.id))
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
        .where(Submission.learner_id == person_id, col(Submission.state).not_in(ENDED))
        .order_by(col(Attempt.id))
        .limit(_MOST)
    ).all()
    latest = {row[0].id: row for row in rows}.values()
    if not rows:
        return Task("none")
    submission, attempt, body, locked = min(latest, key=lambda row: _urgency(row[0], row[1]))
    kind = {SubmissionState.REVISE.value: "mend", SubmissionState.OPEN.value: "draft"}.get(
        submission.state, "wait"
    )
    rubric = from_json(body)
    return Task(
        kind,
        rubric.about.name,
        submission.public_id,
        attempt.number,
        locked,
        len(rubric.criteria),
        len(latest),
    )


def _urgency(submission: Submission, attempt: Attempt) -> tuple[int, float]:
    moment = attempt.released_at or attempt.created_at
    place = _FIRST.index(submission.state) if submission.state in _FIRST else len(_FIRST)
    return place, -moment.timestamp()


def _locked(up_to: Any) -> Any:  # noqa: ANN401  # a column, and the correlated count of locks
    return (
        select(func.count())
        .select_from(CriterionLock)
        .where(
            CriterionLock.submission_id == Submission.id,
            col(CriterionLock.attempt_id) <= up_to,
            col(CriterionLock.lifted_at).is_(None),
        )
        .correlate(Submission, Attempt)
        .scalar_subquery()
    )


def _assessor(session: Session, person_id: int) -> Task:
    """The review that is closest to its end; among untouched ones the first due."""
    rows = session.exec(_open_reviews(person_id)).all()
    if not rows:
        return Task("none")
    found = [_scoring(review, body, locked) for review, body, locked in rows]
    best = min(found, key=lambda task: (task.done == 0, task.most - task.done if task.done else 0))
    return replace(best, waiting=len(found))


def _open_reviews(person_id: int, role: str = "independent") -> Any:  # noqa: ANN401  # a Select of three columns
    return (
        select(Review, RubricVersion.body, _locked(Attempt.id - 1))  # type: ignore[operator]  # a column
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
        .where(Review.assessor_id == person_id, Review.role == role, col(Review.state).in_(_OPEN))
        .order_by(col(Review.due_on), col(Review.id))
        .limit(_MOST)
    )


def _scoring(review: Review, body: dict[str, Any], locked: int) -> Task:
    rubric = from_json(body)
    rated = sum(1 for entry in review.draft.values() if isinstance(entry, dict) and entry.get("level"))
    kind = "adjudicate" if review.role == "adjudicator" else "score"
    return Task(
        kind,
        rubric.about.name,
        review.public_id,
        done=rated,
        most=len(rubric.criteria) - locked,
        at=review.offered_at,
    )


def _lead(session: Session, person_id: int) -> Task:
    """What arrived last: an adjudication, or feedback to confirm."""
    found = [
        _scoring(review, body, locked)
        for review, body, locked in session.exec(_open_reviews(person_id, "adjudicator")).all()
    ]
    drafts = session.exec(
        select(Feedback, MicroCredential.name)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .where(
            Feedback.state == "draft",
            Attempt.state == "decided",
            col(Feedback.issuer_id).in_(_issuers(person_id, Role.LEAD)),
        )
        .order_by(col(Feedback.id).desc())
        .limit(_MOST)
    ).all()
    found += [Task("confirm", name, draft.public_id, at=draft.composed_at) for draft, name in drafts]
    newest = max(found, key=lambda task: task.at or _LONG_AGO, default=Task("none"))
    return replace(newest, waiting=len(found))


def _issuers(person_id: int, role: Role) -> SelectOfScalar[int]:
    return select(Membership.issuer_id).where(
        Membership.person_id == person_id, Membership.role == role.value, col(Membership.ended_at).is_(None)
    )


def _coordinator(session: Session, person_id: int) -> Task:
    """Holds, and rounds that nobody may score."""
    mine = _issuers(person_id, Role.COORDINATOR)
    held: Sequence[str] = session.exec(
        select(Hold.public_id)
        .where(col(Hold.issuer_id).in_(mine), col(Hold.closed_at).is_(None))
        .limit(_MOST)
    ).all()
    waiting = session.exec(
        select(Round.public_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(
            Round.state == RoundState.WAITING.value,
            Round.waits_for != "",
            col(Submission.issuer_id).in_(mine),
        )
        .limit(_MOST)
    ).all()
    if not held and not waiting:
        return Task("none")
    return Task("held", done=len(held), most=len(waiting), waiting=len(held) + len(waiting))


def _manager(session: Session, person_id: int) -> Task:
    """What their issuer offers, and the scorings that its rules hold."""
    offered = session.exec(
        select(func.count(col(MicroCredential.id)), func.min(Issuer.name), func.min(Issuer.slug))
        .join(Issuer, col(Issuer.id) == MicroCredential.issuer_id)
        .where(col(Issuer.id).in_(_issuers(person_id, Role.MANAGER)), MicroCredential.state != "retired")
    ).one()
    count, issuer, slug = offered
    return Task("offer", issuer or "", slug or "", done=count) if count else Task("none")


def until_somebody_works(session: Session, now: datetime) -> timedelta:
    """Whole days from now to the next day, after this one, on which one of the issuers works."""
    calendars = [calendar_of(issuer) for issuer in session.exec(select(Issuer))]
    return min(
        calendar.next_open(today + timedelta(1)) - today
        for calendar in calendars
        for today in [calendar.today(now)]
    )
