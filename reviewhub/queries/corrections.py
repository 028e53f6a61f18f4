"""Requests to correct a sheet, as a lead sees them: nameless, and only where they may decide."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Criterion
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import for_reader
from reviewhub.models import (
    Alias,
    Attempt,
    Correction,
    MicroCredential,
    Rating,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.lead import named_for
from reviewhub.queries.leads import led_by
from reviewhub.queries.pinned import pinned
from reviewhub.queries.todays import todays
from reviewhub.services.reopen import can_reopen
from reviewhub.services.scope import read_round

SHOWN = 50
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request in the list; what it says is on its own page. `alias` is "" until it has one."""

    public_id: str
    name: str
    alias: str
    case_ref: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class Given:
    """One criterion of the sheet."""

    criterion: str
    level: str
    met: bool
    comment: str


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """One request with its sheet. `counts`: it can still change the result; else `released` says why not."""

    public_id: str
    state: str
    name: str
    alias: str
    case_ref: str
    adjudicates: bool
    reason: str
    answer: str
    sheet: tuple[Given, ...]
    counts: bool
    released: bool


def decidable(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """For a statement that selects from Correction, Round and Submission: those that the lead may decide.

    Not in a round where they have or had a seat, whatever they did there.
    """
    own = select(Review.round_id).where(Review.assessor_id == actor.person_id).correlate(None)
    return (
        col(Correction.issuer_id).in_(actor.issuers(Role.LEAD)),
        *led_by(actor),
        col(Round.id).not_in(own),
    )


def corrections(session: Session, actor: Actor, now: datetime) -> tuple[Asked, ...]:
    """The oldest 50 that wait for an answer, in two statements."""
    rows = session.execute(
        columns(Correction, col(MicroCredential.name), Alias)
        .select_from(Correction)
        .join(Review, col(Review.id) == Correction.review_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .outerjoin(Alias, named_for(actor))
        .where(*decidable(actor), col(Correction.state) == "asked")
        .order_by(col(Correction.id))
        .limit(SHOWN)
    ).all()
    dates = todays(session, actor, now, Role.LEAD)
    return tuple(
        Asked(
            public_id=asked.public_id,
            name=name,
            alias=alias.name if alias else "",
            case_ref=alias.case_ref if alias else "",
            asked_on=dates.day_of(asked.issuer_id, asked.asked_at),
        )
        for asked, name, alias in rows
    )


def count_corrections(session: Session, actor: Actor) -> int:
    """How many wait, 1,001 at most."""
    waiting = (
        select(Correction.id)
        .join(Review, col(Review.id) == Correction.review_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(*decidable(actor), Correction.state == "asked")
        .limit(MOST + 1)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(waiting)).one()


def correction_page(session: Session, actor: Actor, public_id: str) -> CorrectionPage | None:
    """The request, for a lead who has opened it; None where that is to be recorded first. NotFound."""
    row = session.execute(
        columns(Correction, Review, RubricVersion, Alias)
        .select_from(Correction)
        .join(Review, col(Review.id) == Correction.review_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == pinned())
        .outerjoin(Alias, named_for(actor))
        .where(col(Correction.public_id) == public_id, *decidable(actor))
    ).first()
    if row is None:
        raise NotFound
    asked, review, version, alias = row
    if alias is None or actor.person_id not in asked.read_by:
        return None
    rubric, scope = for_reader(from_json(version.body), actor.reads), read_round(session, review.round_id)
    return CorrectionPage(
        public_id=public_id,
        state=asked.state,
        name=rubric.about.name,
        alias=alias.name,
        case_ref=alias.case_ref,
        adjudicates=review.role == "adjudicator",
        reason=asked.reason,
        answer=asked.answer,
        sheet=_sheet(session, review, {c.id: c for c in rubric.criteria}),
        counts=can_reopen(session, scope),
        released=scope.attempt.released_at is not None,
    )


def _sheet(session: Session, review: Review, criteria: dict[str, Criterion]) -> tuple[Given, ...]:
    """The newest sheet of the review, in the rubric's order."""
    newest = (
        select(Scoresheet.id)
        .where(Scoresheet.review_id == review.id, col(Scoresheet.undone_at).is_(None))
        .order_by(col(Scoresheet.sequence).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.exec(select(Rating).where(col(Rating.scoresheet_id) == newest)).all()
    given = {row.criterion_id: row for row in rows}
    return tuple(
        Given(
            criterion.name,
            criterion.rating(given[cid].level_id).name,
            criterion.is_met(given[cid].level_id),
            given[cid].comment,
        )
        for cid, criterion in criteria.items()
        if cid in given
    )
