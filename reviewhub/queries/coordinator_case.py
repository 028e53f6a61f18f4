"""One submission as its coordinator sees it: where it stands, who sits where, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Facts
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow import attempt as attempt_table
from reviewhub.domain.workflow import review as review_table
from reviewhub.domain.workflow import round as round_table
from reviewhub.domain.workflow import submission as submission_table
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.step import open_actions
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    Hold,
    Person,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.queries.coordinator import NOT_IN, coordinated
from reviewhub.queries.coordinator_rescore import outcomes
from reviewhub.queries.promises import Promised, promises_of
from reviewhub.queries.repaired import Repaired, repaired
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.own_work import attempts_left

_OVER = frozenset({RoundState.RESOLVED.value, RoundState.VOID.value})


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One review: who, in which seat, how far; never what they gave."""

    public_id: str
    role: str
    seat: int
    assessor: str
    assessor_id: str
    state: str
    due_on: date
    why: str
    seated: bool
    overdue: bool
    movable: bool
    has_day: bool
    """Whether its due day can be put later."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One scoring of an attempt."""

    id: int
    public_id: str
    kind: str
    state: str
    ruling: str
    waits_for: str
    piled_at: datetime | None
    """Since when a seat lies in the pile; None where none does."""
    seats: tuple[SeatRow, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """One piece of evidence by name; the coordinator sees no content."""

    requirement: str
    title: str
    state: str
    clean_state: str
    note: str


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One round trip, with the names of the criteria met and to mend once it is decided."""

    public_id: str
    number: int
    state: str
    sent_at: datetime | None
    promised_on: date | None
    promises: tuple[Promised, ...]
    """Every day that was promised, first to last."""
    outcome: str
    met: tuple[str, ...]
    files: tuple[FileRow, ...]
    rounds: tuple[RoundRow, ...]

    @property
    def rescorable(self) -> bool:
        """Whether its result was released, and no rescore of it is under way or waits for a ruling."""
        open_ones = (one for one in self.rounds if one.kind == "rescore" and one.state != "void")
        return self.state == AttemptState.RELEASED and all(one.ruling for one in open_ones)


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything on the page but its record. Attempts and rounds, newest first.

    `repaired`: newer code of the issuer's for the same rubric, looked for while their rules have failed.
    """

    id: int
    public_id: str
    issuer_id: int
    learner: str
    email: str
    name: str
    version: str
    state: str
    held_from: str
    created_at: datetime
    attempts: tuple[AttemptRow, ...]
    holds: tuple[Hold, ...]
    references: tuple[tuple[str, str], ...]
    repaired: Repaired | None
    actions: frozenset[str] = field(default_factory=frozenset)


def case_page(session: Session, actor: Actor, public_id: str, now: datetime) -> CasePage:
    """The page in eight statements, nine where the issuer's rules failed.

    NotFound for another issuer's, and for one's own learning.
    """
    row = session.execute(
        columns(Submission, Person, RubricVersion)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
        .where(col(Submission.public_id) == public_id, coordinated(actor))
    ).first()
    if row is None or not sees(Viewer.COORDINATOR, Field.LEARNER_NAME):
        raise NotFound
    submission, learner, version = row
    rubric = from_json(version.body)
    facts = Facts(
        issuer_id=submission.issuer_id,
        learner_id=submission.learner_id,
        submission_held=submission.state == SubmissionState.HELD,
    )
    today = issuer_calendar(session, submission.issuer_id).today(now)
    attempts = _attempts(session, actor, submission, rubric, facts, today)
    holds = _holds(session, submission)
    failed = any(hold.code == "plugin_fault" for hold in holds)
    return CasePage(
        id=submission.id,
        public_id=public_id,
        issuer_id=submission.issuer_id,
        learner=learner.name,
        email=learner.email or "",
        name=rubric.about.name,
        version=version.rubric_version,
        state=submission.state,
        held_from=submission.held_from or "",
        created_at=submission.created_at,
        attempts=attempts,
        holds=holds,
        references=_references(session, submission),
        repaired=repaired(session, submission) if failed else None,
        actions=_actions(actor, submission, attempts, facts) | _allowed(rubric, submission, attempts),
    )


def _attempts(
    session: Session, actor: Actor, submission: Submission, rubric: Rubric, facts: Facts, today: date
) -> tuple[AttemptRow, ...]:
    rows = session.exec(
        select(Attempt).where(Attempt.submission_id == submission.id).order_by(col(Attempt.number).desc())
    ).all()
    ids = [row.id for row in rows if row.id is not None]
    promises = promises_of(session, ids)
    rounds = _rounds(session, actor, ids, facts, today)
    came_to = outcomes(session, rubric, ids)
    files = _files(session, rubric, ids)
    return tuple(
        _attempt(
            row,
            rubric,
            came_to.get(row.id or 0, ("", set())),
            files.get(row.id or 0, ()),
            rounds.get(row.id or 0, ()),
            promises.get(row.id or 0, ()),
        )
        for row in rows
    )


def _attempt(
    row: Attempt,
    rubric: Rubric,
    came_to: tuple[str, set[str]],
    files: tuple[FileRow, ...],
    rounds: tuple[RoundRow, ...],
    promises: tuple[Promised, ...],
) -> AttemptRow:
    if not sees(Viewer.COORDINATOR, Field.RESOLUTION, When.AFTER_DECISION):
        came_to = ("", set())
    return AttemptRow(
        public_id=row.public_id,
        number=row.number,
        state=row.state,
        sent_at=row.sent_at,
        promised_on=row.promised_on,
        promises=promises,
        outcome=came_to[0],
        met=tuple(c.name for c in rubric.criteria if c.id in came_to[1]),
        files=files,
        rounds=rounds,
    )


def _rounds(
    session: Session, actor: Actor, attempt_ids: Sequence[int], facts: Facts, today: date
) -> dict[int, tuple[RoundRow, ...]]:
    rounds = session.exec(
        select(Round).where(col(Round.attempt_id).in_(attempt_ids)).order_by(col(Round.number).desc())
    ).all()
    seats = session.exec(
        select(Review, Person)
        .join(Person, col(Person.id) == Review.assessor_id)
        .where(col(Review.round_id).in_([row.id for row in rounds]))
        .order_by(col(Review.role).desc(), col(Review.seat), col(Review.id))
    ).all()
    found: dict[int, tuple[RoundRow, ...]] = {}
    for row in rounds:
        own = tuple(
            _seat(actor, row, review, person, facts, today)
            for review, person in seats
            if review.round_id == row.id
        )
        assert row.id is not None
        shown = RoundRow(
            row.id, row.public_id, row.kind, row.state, row.ruling, row.waits_for, _piled(row), own
        )
        found[row.attempt_id] = (*found.get(row.attempt_id, ()), shown)
    return found


def _piled(row: Round) -> datetime | None:
    return row.piled_at if row.state == RoundState.WAITING else None


def _seat(actor: Actor, round_: Round, review: Review, person: Person, facts: Facts, today: date) -> SeatRow:
    state = ReviewState(review.state)
    movable = round_.state not in _OVER and Action.TAKE_AWAY in open_actions(
        review_table.TRANSITIONS, state, actor, facts
    )
    return SeatRow(
        public_id=review.public_id,
        role=review.role,
        seat=review.seat,
        assessor=person.name,
        assessor_id=person.public_id,
        state=review.state,
        due_on=review.due_on,
        why=review.why,
        seated=state in SEATED,
        overdue=review.state in NOT_IN and review.due_on < today and round_.state not in _OVER,
        movable=movable,
        has_day=review.state in NOT_IN and round_.state not in _OVER,
    )


def _files(session: Session, rubric: Rubric, attempt_ids: Sequence[int]) -> dict[int, tuple[FileRow, ...]]:
    if not sees(Viewer.COORDINATOR, Field.FILE_NAME):
        return {}
    names = {requirement.id: requirement.name for requirement in rubric.requirements}
    found: dict[int, tuple[FileRow, ...]] = {}
    for row in session.exec(
        select(Artifact)
        .where(col(Artifact.attempt_id).in_(attempt_ids))
        .order_by(col(Artifact.requirement_id), col(Artifact.position), col(Artifact.id))
    ):
        shown = FileRow(
            names.get(row.requirement_id, row.requirement_id),
            row.title,
            row.state,
            row.clean_state,
            " ".join(words for words in (row.finding, row.clean_note) if words),
        )
        found[row.attempt_id] = (*found.get(row.attempt_id, ()), shown)
    return found


def _holds(session: Session, submission: Submission) -> tuple[Hold, ...]:
    return tuple(
        session.exec(
            select(Hold)
            .where(Hold.submission_id == submission.id, col(Hold.closed_at).is_(None))
            .order_by(col(Hold.id))
        )
    )


def _references(session: Session, submission: Submission) -> tuple[tuple[str, str], ...]:
    """(case reference, who quotes it), by name."""
    rows = session.exec(
        select(Alias.case_ref, Person.name)
        .join(Person, col(Person.id) == Alias.viewer_id)
        .where(Alias.submission_id == submission.id)
        .order_by(Person.name)
    ).all()
    return tuple((reference, name) for reference, name in rows)


def _actions(
    actor: Actor, submission: Submission, attempts: Sequence[AttemptRow], facts: Facts
) -> frozenset[str]:
    """What the actor may do now with the submission, its newest attempt, and any of its rounds."""
    found = set(open_actions(submission_table.TRANSITIONS, SubmissionState(submission.state), actor, facts))
    newest = attempts[0]
    found |= set(open_actions(attempt_table.TRANSITIONS, AttemptState(newest.state), actor, facts))
    for state in {RoundState(one.state) for attempt in attempts for one in attempt.rounds}:
        found |= set(open_actions(round_table.TRANSITIONS, state, actor, facts))
    return frozenset(action.value for action in found)


def _allowed(rubric: Rubric, submission: Submission, attempts: Sequence[AttemptRow]) -> frozenset[str]:
    """One more attempt can be allowed where something is to mend and no attempt is left."""
    used_up = not attempts_left(rubric, submission, attempts[0].number)
    given = submission.state == SubmissionState.REVISE and used_up
    return frozenset({Action.ALLOW_ATTEMPT.value}) if given else frozenset()
