"""One attempt side by side as each role sees it now: the table of blindness at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.blinding import SEES, Field, Viewer, When, sees
from reviewhub.domain.errors import NotFound
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.models import (
    Artifact,
    Attempt,
    DecisionRow,
    Feedback,
    MicroCredential,
    Person,
    Reveal,
    Review,
    Round,
    Scoresheet,
    Submission,
)
from reviewhub.queries.coordinator import coordinated

Shown = str | int | date | datetime | tuple[str, ...]
"""What the coordinator may read too; the web writes days and moments in the reader's zone."""


@dataclass(frozen=True, slots=True)
class Looker:
    """One column: a person in a role. `seat` from 1, of a seat; `name` "" for the leads, who are many."""

    viewer: Viewer
    name: str
    seat: int
    due_on: date | None
    passed: tuple[When, ...]
    """The moments that have come for this person."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one person sees of one thing; `shown` None: not there, or not for the coordinator to see."""

    now: bool
    when: When
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class WhoSees:
    """The newest attempt: who looks at it, and per thing what each of them sees."""

    submission: str
    learner: str
    name: str
    attempt: int
    lookers: tuple[Looker, ...]
    rows: tuple[tuple[Field, tuple[Cell, ...]], ...]


def who_sees(session: Session, actor: Actor, submission_pid: str, now: datetime) -> WhoSees:
    """In four statements. NotFound for what the actor does not coordinate, and for one's own learning."""
    row = session.exec(
        select(Submission, Attempt, Person, MicroCredential.name)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .where(Submission.public_id == submission_pid, coordinated(actor))
        .order_by(col(Attempt.number).desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound
    submission, attempt, learner, name = row
    decided, released, granted = _moments(session, submission, attempt, now)
    lookers = (
        Looker(Viewer.LEARNER, learner.name, 0, attempt.promised_on, released),
        *_seats(session, attempt),
        Looker(Viewer.LEAD, "", 0, attempt.promised_on, (*decided, *granted)),
        Looker(Viewer.COORDINATOR, "", 0, attempt.promised_on, (*decided, *released)),
    )
    shown = _shown(session, learner, attempt)
    return WhoSees(
        submission=submission.public_id,
        learner=learner.name,
        name=name,
        attempt=attempt.number,
        lookers=lookers,
        rows=tuple((field, tuple(_cell(field, one, shown) for one in lookers)) for field in Field),
    )


def _cell(field: Field, looker: Looker, shown: Mapping[Field, Shown]) -> Cell:
    visible = sees(looker.viewer, field, *looker.passed)
    value = (looker.due_on if field is Field.DUE_DAY else shown.get(field)) if visible else None
    return Cell(visible, SEES[field][looker.viewer], value)


def _moments(
    session: Session, submission: Submission, attempt: Attempt, now: datetime
) -> tuple[tuple[When, ...], tuple[When, ...], tuple[When, ...]]:
    """Whether it is decided, whether released, and whether a lead is told the name for now."""
    decided, released, granted = session.exec(
        select(
            select(DecisionRow.id)
            .join(Round, col(Round.id) == DecisionRow.round_id)
            .where(Round.attempt_id == attempt.id, col(DecisionRow.replaced_at).is_(None))
            .exists(),
            select(Feedback.id)
            .where(Feedback.attempt_id == attempt.id, Feedback.state == "released")
            .exists(),
            select(Reveal.id)
            .where(
                Reveal.submission_id == submission.id, Reveal.state == "granted", col(Reveal.until_at) > now
            )
            .exists(),
        )
    ).one()
    return (
        (When.AFTER_DECISION,) if decided else (),
        (When.AFTER_RELEASE,) if released else (),
        (When.AFTER_GRANT,) if granted else (),
    )


def _seats(session: Session, attempt: Attempt) -> tuple[Looker, ...]:
    """Whoever holds a seat in the attempt's newest round, and how far they are."""
    newest = select(func.max(Round.id)).where(Round.attempt_id == attempt.id).scalar_subquery()
    scored = (
        select(Scoresheet.id)
        .where(
            Scoresheet.review_id == Review.id,
            Scoresheet.kind == "blind",
            col(Scoresheet.undone_at).is_(None),
        )
        .exists()
    )
    rows = session.exec(
        select(Review, Person.name, scored)
        .join(Person, col(Person.id) == Review.assessor_id)
        .where(Review.round_id == newest, col(Review.state).in_(SEATED))
        .order_by(col(Review.role).desc(), col(Review.seat))
    ).all()
    return tuple(
        Looker(
            Viewer.ADJUDICATOR if review.role == "adjudicator" else Viewer.ASSESSOR,
            name,
            review.seat,
            review.due_on,
            _passed(review, blind=blind),
        )
        for review, name, blind in rows
    )


def _passed(review: Review, *, blind: bool) -> tuple[When, ...]:
    final = (When.AFTER_FINAL,) if review.state == ReviewState.FINAL else ()
    return ((When.AFTER_BLIND_SHEET,) if blind else ()) + final


def _shown(session: Session, learner: Person, attempt: Attempt) -> Mapping[Field, Shown]:
    """What there is, of that which the coordinator sees anyway."""
    files = session.exec(
        select(Artifact.title)
        .where(Artifact.attempt_id == attempt.id)
        .order_by(col(Artifact.requirement_id), col(Artifact.position), col(Artifact.id))
    ).all()
    there: dict[Field, Shown | None] = {
        Field.LEARNER_NAME: (learner.name, learner.email or ""),
        Field.FILE_NAME: tuple(title for title in files if title),
        Field.EXACT_TIME: attempt.sent_at,
        Field.ATTEMPT_NUMBER: attempt.number,
        Field.CHANGE_NOTE: attempt.change_note,
    }
    return {field: value for field, value in there.items() if value and sees(Viewer.COORDINATOR, field)}
