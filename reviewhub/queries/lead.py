"""What a lead sees: which feedback waits to be confirmed, and which was released."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, and_, func, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import (
    Alias,
    Attempt,
    DecisionRow,
    Feedback,
    MicroCredential,
    Submission,
)
from reviewhub.queries.leads import led_by
from reviewhub.queries.revealed import composed_after_grant
from reviewhub.queries.todays import Todays, todays

PAGE = 25
MOST = 1_000


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One feedback in a list. `alias` is None until it has a name for this lead."""

    public_id: str
    name: str
    alias: str | None
    case_ref: str | None
    met: bool
    to_mend: int
    flagged: int
    promised_on: date | None
    late: bool
    """The promised day is past, where the issuer is."""
    released_at: datetime | None
    releases_on: date | None
    held: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of a list; `older` is the opaque start of the next. `waiting` counts drafts, 1,001 at most."""

    items: tuple[DeskItem, ...]
    older: str
    waiting: int


def desk(session: Session, actor: Actor, now: datetime, *, released: bool = False, after: str = "") -> Desk:
    """Drafts by promised day, or what was released, newest first, in three statements."""
    query = (
        columns(
            Feedback,
            col(Submission.state),
            col(Attempt.promised_on),
            DecisionRow,
            col(MicroCredential.name),
            Alias,
        )
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(
            DecisionRow,
            and_(col(DecisionRow.round_id) == Feedback.round_id, col(DecisionRow.replaced_at).is_(None)),
        )
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .outerjoin(
            Alias, and_(col(Alias.submission_id) == Submission.id, col(Alias.viewer_id) == actor.person_id)
        )
        .where(*open_to(actor), *_list(released=released))
    )
    if after:
        query = query.where(_beyond(after, released=released))
    # Where days are the same, by what is random: not by which was decided first.
    order = [col(Feedback.id).desc()] if released else [col(Attempt.promised_on), col(Feedback.public_id)]
    rows = session.execute(query.order_by(*order).limit(PAGE + 1)).all()
    dates = todays(session, actor, now, Role.LEAD)
    items = tuple(_item(row, dates) for row in rows[:PAGE])
    older = items[-1].public_id if len(rows) > PAGE else ""
    return Desk(items, older, count_waiting(session, actor))


def open_to(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Feedback of the submissions that they lead; none that stands aside, or was replaced.

    Nor what was composed after they were told who the learner is: others lead that (rule 19).
    """
    return (
        col(Feedback.issuer_id).in_(actor.issuers(Role.LEAD)),
        col(Feedback.state).in_(["draft", "released"]),
        ~composed_after_grant(actor),
        *led_by(actor),
    )


def named_for(actor: Actor) -> ColumnElement[bool]:
    """The actor's own alias of a submission."""
    return and_(col(Alias.submission_id) == Submission.id, col(Alias.viewer_id) == actor.person_id)


def _list(*, released: bool) -> tuple[ColumnElement[bool], ...]:
    if released:
        return (col(Feedback.state) == "released",)
    return (col(Feedback.state) == "draft", col(Attempt.state) == "decided")


def _beyond(after: str, *, released: bool) -> ColumnElement[bool]:
    """What follows the row with this public id; nothing for an unknown one."""
    if released:
        return col(Feedback.id) < select(Feedback.id).where(Feedback.public_id == after).scalar_subquery()
    day = (
        columns(col(Attempt.promised_on))
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .where(col(Feedback.public_id) == after)
        .correlate(None)
        .scalar_subquery()
    )
    here = col(Attempt.promised_on)
    return or_(here > day, and_(here == day, col(Feedback.public_id) > after))


def _item(row: Row[Feedback, str, date | None, DecisionRow, str, Alias | None], dates: Todays) -> DeskItem:
    feedback, state, promised_on, decision, name, alias = row
    criteria = [item["criterion"] for item in feedback.items if not item.get("apart")]
    return DeskItem(
        public_id=feedback.public_id,
        name=name,
        alias=alias.name if alias else None,
        case_ref=alias.case_ref if alias else None,
        met=decision.outcome == "met",
        to_mend=sum(cid not in decision.met for cid in criteria),
        flagged=sum(bool(item["flags"]) for item in feedback.items),
        promised_on=promised_on,
        late=promised_on is not None and promised_on < dates.of(feedback.issuer_id),
        released_at=feedback.released_at,
        releases_on=feedback.releases_on,
        held=state == SubmissionState.HELD,
    )


def count_waiting(session: Session, actor: Actor) -> int:
    """How many drafts wait to be confirmed, 1,001 at most."""
    open_drafts = (
        select(Feedback.id)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(*open_to(actor), *_list(released=False))
        .limit(MOST + 1)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(open_drafts)).one()
