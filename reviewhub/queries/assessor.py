"""An assessor's queue and ledger: aliases and days, nothing of the learner and nothing of the other seat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, not_, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.blinding import Field, Viewer, sees
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Alias, Attempt, Correction, MicroCredential, Review, Round, Submission
from reviewhub.queries.apart import apart
from reviewhub.queries.in_hand import may_be_claimed_again
from reviewhub.queries.todays import Todays, todays

MINUTES_A_REVIEW = 35
PAGE = 25
MOST = 1_000
_ROLES = (Role.ASSESSOR, Role.LEAD)
_OPEN = (ReviewState.OFFERED.value, ReviewState.CLAIMED.value)
_DONE = (ReviewState.SUBMITTED.value, ReviewState.FINAL.value)


@dataclass(frozen=True, slots=True)
class Item:
    """One review as its assessor knows it."""

    review: str
    micro_credential: str
    alias: str
    case_ref: str
    due_on: date
    late: bool
    today: bool
    """Due today, where the issuer is."""
    adjudicates: bool
    started: bool
    rated: int
    criteria: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What is left, by due day. `left` is capped at 1,000; `after` leads to the rest."""

    to_decide: tuple[Item, ...]
    to_score: tuple[Item, ...]
    left: int
    minutes: int
    after: str


@dataclass(frozen=True, slots=True)
class Done:
    """A sheet that was handed in. `undo_until` while it can be taken back, else None."""

    review: str
    micro_credential: str
    alias: str
    case_ref: str
    adjudicates: bool
    submitted_on: date
    undo_until: datetime | None
    correction: str
    """asked, granted, refused or used: the newest request to correct it; "" without one."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Own sheets, newest first."""

    sheets: tuple[Done, ...]
    after: str


def queue(session: Session, actor: Actor, now: datetime, after: str = "") -> Queue:
    """The open reviews of the actor, adjudications first, each by due day and then by alias."""
    assert sees(Viewer.ASSESSOR, Field.DUE_DAY)
    assert sees(Viewer.ASSESSOR, Field.ALIAS)
    mine = _mine(actor, _OPEN)
    counted = _joined().where(*mine).with_only_columns(col(Review.id)).limit(MOST).subquery()
    left = session.exec(select(func.count()).select_from(counted)).one()
    decide = _rows(session, [*mine, col(Review.role) == "adjudicator"], PAGE)
    rest = [col(Review.role) != "adjudicator", *_behind(session, actor, after)]
    score = _rows(session, [*mine, *rest], PAGE + 1)
    dates = todays(session, actor, now, *_ROLES)
    return Queue(
        to_decide=tuple(_item(*row, dates) for row in decide) if not after else (),
        to_score=tuple(_item(*row, dates) for row in score[:PAGE]),
        left=left,
        minutes=left * MINUTES_A_REVIEW,
        after=score[PAGE - 1][0].public_id if len(score) > PAGE else "",
    )


def next_open(session: Session, actor: Actor) -> str:
    """The review that is due first, by public id; "" when nothing is left."""
    rows = _rows(session, _mine(actor, _OPEN), 1)
    return rows[0][0].public_id if rows else ""


def ledger(session: Session, actor: Actor, now: datetime, after: str = "") -> Ledger:
    """Sheets handed in, newest first. Whether the other seat is in, or what came of it, shows nowhere."""
    rows = session.exec(
        _joined()
        .where(*_mine(actor, _DONE), *shown_to(actor, now), *_older(session, actor, after))
        .order_by(col(Review.submitted_at).desc(), col(Review.public_id).desc())
        .limit(PAGE + 1)
    ).all()
    dates = todays(session, actor, now, *_ROLES)
    asked = dict(
        session.exec(
            select(Correction.review_id, Correction.state)
            .where(col(Correction.review_id).in_([row[0].id for row in rows]))
            .order_by(col(Correction.id))
        ).all()
    )
    return Ledger(
        sheets=tuple(_done(*row, now, dates, asked.get(row[0].id or 0, "")) for row in rows[:PAGE]),
        after=rows[PAGE - 1][0].public_id if len(rows) > PAGE else "",
    )


def shown_to(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Own reviews, save of whom they know, and save an earlier attempt's while they score a later one."""
    return not_(apart(actor)), not_(_scoring_anew(actor, now))


def _scoring_anew(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Whether the actor has a newer sheet of the same submission in hand than the selected review's.

    Whoever scores a later attempt sees nothing of an earlier one, not even their own sheet, until the new
    one is final for them (rule 16): when its undo window has ended, whatever the other seat does. So it is
    with a claim that ended: they may have it again, with its draft.
    """
    in_hand = or_(
        col(Review.state).in_(_OPEN),
        and_(col(Review.state) == ReviewState.SUBMITTED.value, col(Review.undo_until) > now),
        may_be_claimed_again(),
    )
    # By itself, not for each row: the database looks once at what the actor has in hand.
    submissions = (
        select(Attempt.submission_id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .join(Review, col(Review.round_id) == Round.id)
        .where(Review.assessor_id == actor.person_id, in_hand)
        .correlate(None)
    )
    return and_(col(Submission.id).in_(submissions), not_(in_hand))


def _mine(actor: Actor, states: tuple[str, ...]) -> list[ColumnElement[bool]]:
    issuers = actor.issuers(*_ROLES)
    return [
        col(Review.assessor_id) == actor.person_id,
        col(Review.state).in_(states),
        col(Submission.issuer_id).in_(issuers),
    ]


def _joined() -> Select[Review, str, Alias, int]:
    return (
        select(Review, MicroCredential.name, Alias, Submission.issuer_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(
            Alias,
            and_(col(Alias.submission_id) == Submission.id, col(Alias.viewer_id) == Review.assessor_id),
        )
    )


def _rows(
    session: Session, where: Sequence[ColumnElement[bool]], most: int
) -> Sequence[tuple[Review, str, Alias, int]]:
    """By due day; ties by alias, which says nothing of when or in which order the work came."""
    order = (col(Review.due_on), col(Alias.name), col(Alias.case_ref))
    return session.exec(_joined().where(*where).order_by(*order).limit(most)).all()


def _behind(session: Session, actor: Actor, after: str) -> list[ColumnElement[bool]]:
    """Where the queue goes on; from the start for an address that is not (or no longer) in it."""
    if not after:
        return []
    row = session.exec(
        _joined().where(Review.public_id == after, Review.assessor_id == actor.person_id)
    ).first()
    if row is None:
        return []
    review, _, alias, _ = row
    same_day = and_(
        col(Review.due_on) == review.due_on,
        or_(
            col(Alias.name) > alias.name,
            and_(col(Alias.name) == alias.name, col(Alias.case_ref) > alias.case_ref),
        ),
    )
    return [or_(col(Review.due_on) > review.due_on, same_day)]


def _older(session: Session, actor: Actor, after: str) -> list[ColumnElement[bool]]:
    if not after:
        return []
    last = session.exec(
        select(Review.submitted_at, Review.public_id).where(
            Review.public_id == after, Review.assessor_id == actor.person_id
        )
    ).first()
    if last is None or last[0] is None:
        return []
    earlier = col(Review.submitted_at) < last[0]
    same = and_(col(Review.submitted_at) == last[0], col(Review.public_id) < last[1])
    return [or_(earlier, same)]


def _item(review: Review, name: str, alias: Alias, issuer_id: int, dates: Todays) -> Item:
    entries = review.draft.values()
    return Item(
        review=review.public_id,
        micro_credential=name,
        alias=alias.name,
        case_ref=alias.case_ref,
        due_on=review.due_on,
        late=review.due_on < dates.of(issuer_id),
        today=review.due_on == dates.of(issuer_id),
        adjudicates=review.role == "adjudicator",
        started=review.state == ReviewState.CLAIMED,
        rated=sum(1 for entry in entries if entry["level"]),
        criteria=len(entries),
    )


def _done(
    review: Review, name: str, alias: Alias, issuer_id: int, now: datetime, dates: Todays, correction: str
) -> Done:
    assert review.submitted_at is not None
    open_until = review.undo_until if review.undo_until and now < review.undo_until else None
    return Done(
        review=review.public_id,
        micro_credential=name,
        alias=alias.name,
        case_ref=alias.case_ref,
        adjudicates=review.role == "adjudicator",
        submitted_on=dates.day_of(issuer_id, review.submitted_at),
        undo_until=open_until if review.state == ReviewState.SUBMITTED else None,
        correction=correction,
    )
