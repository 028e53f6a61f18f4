"""The learner's list of own work, and the page of one submission."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from reviewhub.domain.access import Actor
from reviewhub.models import Artifact, Attempt, Feedback, Issuer, MicroCredential, Submission
from reviewhub.queries.newer_rubric import newer_version
from reviewhub.queries.own import Own, load_own, standing
from reviewhub.queries.pinned import rubric_of_attempt
from reviewhub.queries.promises import Promised, promises_of
from reviewhub.queries.timeline import TimelineStep, timeline
from reviewhub.services.calendars import calendar_of
from reviewhub.services.completeness import waits_for_copy

PAGE = 20


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One submission in the list: where it stands (queries.own.standing) and the dates that matter."""

    public_id: str
    name: str
    issuer: str
    standing: str
    attempt: int
    promised_on: date | None
    promises: tuple[Promised, ...]
    """Every day that was promised for this attempt, first to last."""
    late: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkList:
    """A page of the actor's submissions, newest first; `after` leads on, "" at the end."""

    items: tuple[WorkItem, ...]
    after: str


def work(session: Session, actor: Actor, now: datetime, after: str = "") -> WorkList:
    """The actor's submissions in two statements; `after` is the public id of the last one seen."""
    of_same, seen = aliased(Attempt), aliased(Submission)
    newest = (
        select(func.max(of_same.number))
        .where(of_same.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    before = select(seen.id).where(seen.public_id == after).scalar_subquery()
    query = (
        select(Submission, Attempt, MicroCredential.name, Issuer)
        .select_from(Submission)
        .join(Attempt, (col(Attempt.submission_id) == Submission.id) & (col(Attempt.number) == newest))
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(Issuer, col(Issuer.id) == Submission.issuer_id)
        .where(Submission.learner_id == actor.person_id)
        .order_by(col(Submission.id).desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(col(Submission.id) < before)
    rows = session.exec(query).all()
    promises = promises_of(session, [attempt.id or 0 for _, attempt, _, _ in rows[:PAGE]])
    items = tuple(
        _item(submission, attempt, name, issuer, promises.get(attempt.id or 0, ()), now)
        for submission, attempt, name, issuer in rows[:PAGE]
    )
    return WorkList(items, items[-1].public_id if len(rows) > PAGE else "")


def _item(
    submission: Submission,
    attempt: Attempt,
    name: str,
    issuer: Issuer,
    promises: tuple[Promised, ...],
    now: datetime,
) -> WorkItem:
    return WorkItem(
        public_id=submission.public_id,
        name=name,
        issuer=issuer.name,
        standing=standing(submission.state, attempt.state),
        attempt=attempt.number,
        promised_on=attempt.promised_on,
        promises=promises,
        late=_late(issuer, promises, now),
        at=submission.ended_at or attempt.released_at or attempt.sent_at or attempt.created_at,
    )


def _late(issuer: Issuer, promises: tuple[Promised, ...], now: datetime) -> bool:
    """Whether a promise was broken: the day is past where the issuer is, or was, and another one is set."""
    if not promises:
        return False
    return promises[-1].reason == "late" or promises[-1].day < calendar_of(issuer).today(now)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as its learner sees it."""

    public_id: str
    requirement: str
    kind: str
    title: str
    size: int
    sha256: str
    waits: bool
    body: str


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """Where a submission stands, what was sent, which feedback there is."""

    own: Own
    pieces: tuple[Piece, ...]
    steps: tuple[TimelineStep, ...]
    feedback: tuple[int, ...]
    """Numbers of the attempts whose feedback is released, first to last."""
    promises: tuple[Promised, ...]
    """Every day that was promised for the latest attempt, first to last."""
    late: bool
    newer: str
    """The version of the rubric that the learner may move to now, else ""."""


def submission_page(session: Session, actor: Actor, public_id: str, now: datetime) -> SubmissionPage:
    """The page of the actor's own submission, in a dozen statements at most. NotFound for anybody else's."""
    own = load_own(session, actor, public_id)
    released = session.exec(
        select(Attempt.number)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .where(Attempt.submission_id == own.submission.id, Feedback.state == "released")
        .order_by(col(Attempt.number))
    ).all()
    promises = promises_of(session, [own.attempt.id or 0]).get(own.attempt.id or 0, ())
    newer = newer_version(session, actor, own.submission, own.attempt, own.micro_credential)
    return SubmissionPage(
        own,
        _pieces(session, own),
        timeline(session, own),
        tuple(released),
        promises,
        _late(own.issuer, promises, now),
        newer.rubric_version if newer else "",
    )


def _pieces(session: Session, own: Own) -> tuple[Piece, ...]:
    """What the latest attempt holds, in the rubric's order."""
    rows = session.exec(
        select(Artifact).where(Artifact.attempt_id == own.attempt.id).order_by(col(Artifact.position))
    ).all()
    return tuple(
        Piece(
            public_id=row.public_id,
            requirement=requirement.name,
            kind=row.kind,
            title=row.url if row.kind == "link" else row.title or requirement.name,
            size=row.size,
            sha256=row.sha256,
            waits=waits_for_copy(row),
            body=row.body,
        )
        for requirement in rubric_of_attempt(session, own.whole, own.attempt).requirements
        for row in rows
        if row.requirement_id == requirement.id and row.state == "checked"
    )
