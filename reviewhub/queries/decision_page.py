"""How one decision came about: for its coordinator with people's names, for a lead with none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Row, Select, and_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.conditions import for_choices
from reviewhub.domain.errors import NotFound
from reviewhub.domain.points import enough
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import (
    Alias,
    Attempt,
    DecisionRow,
    Feedback,
    FeedbackReading,
    Hold,
    Issuer,
    Person,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.coordinator import coordinated
from reviewhub.queries.decision_results import Recorded, ResultRow, recorded, results_of
from reviewhub.queries.lead import named_for, open_to
from reviewhub.queries.pinned import pinned
from reviewhub.services.calendars import calendar_of

Found = Row[Submission, Attempt, Round, DecisionRow, RubricVersion, Issuer, str]
"""What the page is of, and what the learner is called for whoever looks."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One sheet: in which seat, of which kind; never its levels. `assessor` "" and `at` None for a lead."""

    role: str
    seat: int
    assessor: str
    kind: str
    at: datetime | None
    undone: bool


@dataclass(frozen=True, slots=True)
class Replaced:
    """A decision of the same round that was judged again. Days are those at the issuer."""

    outcome: str
    decided_on: date
    replaced_on: date


@dataclass(frozen=True, slots=True)
class Beside:
    """Another round of the same attempt; `outcome` is "" while it has no decision."""

    round: str
    kind: str
    state: str
    outcome: str
    ruling: str


@dataclass(frozen=True, slots=True)
class Held:
    """A time in which nothing went on between the round's begin and its decision."""

    code: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """One round's decision.

    `whose`: the learner's name for a coordinator, the own alias for a lead. `author` is "" for a lead, while
    the feedback is not released, and where the rubric's rule released it (`released`). A lead has no
    `decided_at` and no `held`.
    """

    submission: str
    issuer: str
    whose: str
    name: str
    attempt: int
    round: str
    kind: str
    outcome: str
    rule: str
    decided_on: date
    decided_at: datetime | None
    rubric_version: str
    rubric_hash: str
    code: str
    sheets: tuple[SheetRow, ...]
    results: tuple[ResultRow, ...]
    replaced: tuple[Replaced, ...]
    beside: tuple[Beside, ...]
    held: tuple[Held, ...]
    released: bool
    author: str
    recorded: Recorded
    cut: Decimal | None
    needed: Decimal | None
    """The cut of what applies; both None where no points decide."""
    """Points that are enough, where points decide."""


def decision_page(session: Session, actor: Actor, submission_pid: str, round_pid: str) -> DecisionPage:
    """For a coordinator, in eleven statements. NotFound for what is not theirs, or has no decision."""
    query = _decided().add_columns(col(Person.name)).join(Person, col(Person.id) == Submission.learner_id)
    named = (col(Submission.public_id) == submission_pid, col(Round.public_id) == round_pid)
    row = session.execute(query.where(*named, coordinated(actor))).first()
    return _page(session, Viewer.COORDINATOR, row)


def decision_for_lead(session: Session, actor: Actor, feedback_pid: str) -> DecisionPage:
    """For a lead who has opened this feedback, in ten statements: no names, no exact times. NotFound."""
    read = and_(
        col(FeedbackReading.feedback_id) == Feedback.id,
        col(FeedbackReading.person_id) == actor.person_id,
    )
    query = (
        _decided()
        .add_columns(col(Alias.name))
        .join(Feedback, col(Feedback.round_id) == Round.id)
        .join(FeedbackReading, read)
        .join(Alias, named_for(actor))
        .where(col(Feedback.public_id) == feedback_pid, *open_to(actor))
    )
    return _page(session, Viewer.LEAD, session.execute(query).first())


def _decided() -> Select[Submission, Attempt, Round, DecisionRow, RubricVersion, Issuer]:
    return (
        columns(Submission, Attempt, Round, DecisionRow, RubricVersion, Issuer)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(DecisionRow, col(DecisionRow.round_id) == Round.id)
        .join(RubricVersion, col(RubricVersion.id) == pinned())
        .join(Issuer, col(Issuer.id) == Submission.issuer_id)
        .where(col(DecisionRow.replaced_at).is_(None))
    )


def _page(session: Session, viewer: Viewer, row: Found | None) -> DecisionPage:
    if row is None or not sees(viewer, Field.RESOLUTION, When.AFTER_DECISION):
        raise NotFound
    submission, attempt, round_, decision, version, issuer, whose = row
    calendar, rubric = calendar_of(issuer), for_choices(from_json(version.body), attempt.choices)
    timed = sees(viewer, Field.EXACT_TIME)
    released, author = _feedback(session, viewer, round_)
    results = results_of(session, rubric, attempt, round_, decision)
    return DecisionPage(
        submission=submission.public_id,
        issuer=issuer.slug,
        whose=whose,
        name=rubric.about.name,
        attempt=attempt.number,
        round=round_.public_id,
        kind=round_.kind,
        outcome=decision.outcome,
        rule=decision.rule,
        decided_on=calendar.today(decision.decided_at),
        decided_at=decision.decided_at if timed else None,
        rubric_version=version.rubric_version,
        rubric_hash=version.content_hash,
        code=decision.code_digest,
        sheets=_sheets(session, viewer, round_),
        results=results,
        replaced=tuple(
            Replaced(one.outcome, calendar.today(one.decided_at), calendar.today(one.replaced_at))
            for one in _earlier(session, round_)
            if one.replaced_at
        ),
        beside=_beside(session, attempt, round_),
        held=_held(session, submission, round_, decision) if timed else (),
        released=released,
        author=author,
        recorded=recorded(session, attempt.submission_id, round_, decision.decided_at),
        cut=rubric.policies.decision.cut,
        needed=_needed(rubric, results),
    )


def _needed(rubric: Rubric, results: Sequence[ResultRow]) -> Decimal | None:
    if rubric.policies.decision.cut is None:
        return None
    apart = {row.id for row in results if row.apart}
    return enough(rubric, [criterion for criterion in rubric.criteria if criterion.id not in apart])


def _sheets(session: Session, viewer: Viewer, round_: Round) -> tuple[SheetRow, ...]:
    rows = session.exec(
        select(Review, Scoresheet, Person.name)
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Person, col(Person.id) == Review.assessor_id)
        .where(Review.round_id == round_.id)
        .order_by(col(Review.role).desc(), col(Review.seat), col(Scoresheet.id))
    ).all()
    named, timed = sees(viewer, Field.ASSESSOR_NAMES), sees(viewer, Field.EXACT_TIME)
    return tuple(
        SheetRow(
            role=review.role,
            seat=review.seat,
            assessor=name if named else "",
            kind=one.kind,
            at=one.submitted_at if timed else None,
            undone=one.undone_at is not None,
        )
        for review, one, name in rows
    )


def _earlier(session: Session, round_: Round) -> list[DecisionRow]:
    return list(
        session.exec(
            select(DecisionRow)
            .where(DecisionRow.round_id == round_.id, col(DecisionRow.replaced_at).is_not(None))
            .order_by(col(DecisionRow.id))
        )
    )


def _beside(session: Session, attempt: Attempt, round_: Round) -> tuple[Beside, ...]:
    """The attempt's other scorings, first to last; not the look whether everything is there."""
    rows = session.exec(
        select(Round, DecisionRow.outcome)
        .outerjoin(
            DecisionRow,
            and_(col(DecisionRow.round_id) == Round.id, col(DecisionRow.replaced_at).is_(None)),
        )
        .where(Round.attempt_id == attempt.id, Round.id != round_.id, Round.kind != "completeness")
        .order_by(col(Round.id))
    ).all()
    return tuple(Beside(one.public_id, one.kind, one.state, came or "", one.ruling) for one, came in rows)


def _held(session: Session, submission: Submission, round_: Round, decision: DecisionRow) -> tuple[Held, ...]:
    rows = session.exec(
        select(Hold)
        .where(
            Hold.submission_id == submission.id,
            Hold.subject != "job",
            col(Hold.opened_at) >= round_.created_at,
            col(Hold.opened_at) <= decision.decided_at,
        )
        .order_by(col(Hold.id))
    ).all()
    return tuple(Held(one.code, one.opened_at, one.closed_at) for one in rows)


def _feedback(session: Session, viewer: Viewer, round_: Round) -> tuple[bool, str]:
    """Whether it is released, and by whom: "" for the rubric's rule, and for who may not know."""
    row = session.exec(
        select(Feedback.id, Person.name)
        .outerjoin(Person, col(Person.id) == Feedback.author_id)
        .where(Feedback.round_id == round_.id, Feedback.state == "released")
    ).first()
    if row is None:
        return False, ""
    return True, (row[1] or "") if viewer is Viewer.COORDINATOR else ""
