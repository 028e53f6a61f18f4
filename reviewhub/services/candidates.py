"""What assignment knows of the people who could score one round, in a fixed number of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import Session, col, select

from reviewhub.domain.access import IDENTITY_ROLES, Role
from reviewhub.domain.assignment import Candidate
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import (
    Attempt,
    Conflict,
    Correction,
    Feedback,
    FeedbackReading,
    Membership,
    Person,
    Qualification,
    Review,
    Round,
    Scoresheet,
)
from reviewhub.queries.revealed import told
from reviewhub.services.scope import Scope, stored

OPEN = (ReviewState.OFFERED.value, ReviewState.CLAIMED.value)
"""States of a review that is still somebody's work."""
NOT_FINAL = (*OPEN, ReviewState.SUBMITTED.value)
AFRESH = frozenset({"appeal", "rescore", "audit"})
"""Kinds of round that score again what was scored: by nobody who had a part in it."""
REOPENED = "reopened"
"""End reason of an adjudicator's review that was taken back before its blind sheet: may be offered again."""
CLAIM_OVER = "claim_over"
"""End reason of a claim on which nobody worked: its assessor may claim it again, and finds the draft."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The people of one role at the issuer, and each as a candidate for the round."""

    people: dict[int, Person]
    candidates: tuple[Candidate, ...]


def load_pool(session: Session, scope: Scope, role: Role, now: datetime, *, lock: bool = True) -> Pool:
    """Everybody who holds the role at the issuer now, with every fact that may bar them from this round.

    Locks the people (PostgreSQL; SQLite has one writer anyhow), so that two rounds filled at once
    count the load that the other gives. Whoever only looks does not `lock`.
    """
    if lock:
        _lock_scorers(session, scope.submission.issuer_id)
    # Read after the locks are held: somebody's role may have ended while we waited.
    query = select(Person).where(_holds(scope.submission.issuer_id, role)).order_by(col(Person.id))
    people = {stored(person.id): person for person in session.exec(query).all()}
    return Pool(people, _candidates(session, scope, role, people, now))


def load_candidate(session: Session, scope: Scope, person_id: int, now: datetime) -> Candidate | None:
    """One assessor with the same facts; None where they are none at the issuer (any more).

    Locks their row alone, so that two claims of one person count each other and those of others do not wait.
    """
    session.exec(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)).all()
    here = _holds(scope.submission.issuer_id, Role.ASSESSOR)
    query = select(Person).where(Person.id == person_id, here).execution_options(populate_existing=True)
    person = session.exec(query).first()
    if person is None:
        return None
    return _candidates(session, scope, Role.ASSESSOR, {person_id: person}, now)[0]


def _candidates(
    session: Session, scope: Scope, role: Role, people: Mapping[int, Person], now: datetime
) -> tuple[Candidate, ...]:
    # A lead adjudicates by being the lead; others need the qualification where the rubric asks for it.
    free = role is Role.LEAD or not scope.rubric.policies.eligibility.qualification
    qualified = set(people) if free else _qualified(session, scope.submission.micro_credential_id, now)
    knowing = _knowing(session, scope.submission.issuer_id) | told(session, scope.submission.learner_id)
    conflicts, elsewhere = _conflicts(session, scope.submission.learner_id, scope.submission.issuer_id)
    knowing |= elsewhere
    seated, before = _seated(session, scope, role), _scored_before(session, scope)
    read = _read_before(session, scope)
    load = _load(session, people)
    return tuple(
        Candidate(
            person_id=pid,
            load=load.get(pid, 0),
            cap=person.load_cap,
            active=person.erased_at is None and person.verified_at is not None,
            away=is_away(person, now),
            qualified=pid in qualified,
            conflict=pid in conflicts,
            knows_identity=pid in knowing,
            is_learner=pid == scope.submission.learner_id,
            seated=pid in seated,
            scored_before=pid in before,
            read_before=pid in read,
        )
        for pid, person in people.items()
    )


def is_away(person: Person, now: datetime) -> bool:
    """Whether the last day that they named is still to come or is today, where they live."""
    until = person.away_until
    return until is not None and now.astimezone(ZoneInfo(person.zone)).date() <= until


def _holds(issuer_id: int, *roles: Role) -> ColumnElement[bool]:
    return col(Person.id).in_(
        select(Membership.person_id).where(
            Membership.issuer_id == issuer_id,
            col(Membership.role).in_([role.value for role in roles]),
            col(Membership.ended_at).is_(None),
        )
    )


def _lock_scorers(session: Session, issuer_id: int) -> None:
    """All of both roles at once, by id: whoever locks some of them first can never wait in a circle."""
    session.exec(
        select(Person.id)
        .where(_holds(issuer_id, Role.ASSESSOR, Role.LEAD))
        .order_by(col(Person.id))
        .with_for_update(key_share=True)
    ).all()


def _qualified(session: Session, micro_credential_id: int, now: datetime) -> set[int]:
    return set(
        session.exec(
            select(Qualification.person_id).where(
                Qualification.micro_credential_id == micro_credential_id,
                Qualification.from_at <= now,
                or_(col(Qualification.until_at).is_(None), col(Qualification.until_at) > now),
                or_(col(Qualification.revoked_at).is_(None), col(Qualification.revoked_at) > now),
            )
        ).all()
    )


def _knowing(session: Session, issuer_id: int) -> set[int]:
    """Whoever holds or held a role that sees learners' names here; ended memberships count (rule 4)."""
    return set(
        session.exec(
            select(Membership.person_id).where(
                Membership.issuer_id == issuer_id,
                col(Membership.role).in_([role.value for role in IDENTITY_ROLES]),
            )
        ).all()
    )


def _conflicts(session: Session, learner_id: int, issuer_id: int) -> tuple[set[int], set[int]]:
    """Who is kept from the learner by this issuer, and who by others: these are no business of this one's.

    Both are barred; of the second a coordinator here reads no more than that they may know the learner.
    """
    rows = session.exec(
        select(Conflict.assessor_id, Conflict.issuer_id).where(
            Conflict.learner_id == learner_id, col(Conflict.ended_at).is_(None)
        )
    ).all()
    return {who for who, at in rows if at == issuer_id}, {who for who, at in rows if at != issuer_id}


def _seated(session: Session, scope: Scope, role: Role) -> set[int]:
    """Whoever has or had a seat here, save what went back to the pile, and adjudicators called back blind.

    A result is scored again by people who had no seat in any scoring of that attempt. And nobody scores two
    things of one learner's work at once: an alias that comes twice would tell that there are two.
    """
    here = col(Round.id) == scope.round_id
    cleared = _cleared(scope)
    same = col(Round.attempt_id) == scope.attempt_id if scope.round.kind in AFRESH else or_(here, cleared)
    elsewhere: ColumnElement[bool] = col(Review.state).in_(NOT_FINAL)
    if scope.round.kind in AFRESH:
        elsewhere = or_(elsewhere, col(Round.attempt_id) == scope.attempt_id)
    seated = set(
        session.exec(
            select(Review.assessor_id)
            .join(Round, col(Round.id) == Review.round_id)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(
                Attempt.submission_id == scope.submission_id,
                or_(
                    and_(here, col(Review.end_reason).not_in([REOPENED, CLAIM_OVER])),
                    and_(~here, elsewhere),
                    and_(cleared, gave_a_sheet(Review)),
                ),
            )
        ).all()
    )
    return seated | _have_read(session, same) | _know_the_result(session, scope, role, cleared)


def gave_a_sheet(review: type[Review]) -> ColumnElement[bool]:
    """Whether a sheet of it stands. An open round that is cleared releases reviews that have one, as well."""
    mine = select(Scoresheet.id).where(Scoresheet.review_id == review.id, col(Scoresheet.undone_at).is_(None))
    return mine.correlate(review).exists()


def _cleared(scope: Scope) -> ColumnElement[bool]:
    """A round about the very evidence that ended without a result: fresh eyes are wanted.

    Not of what was given back since: that was sent anew, and may be other evidence.
    """
    since = scope.attempt.submitted_at
    if since is None:
        return false()
    return and_(
        col(Round.attempt_id) == scope.attempt_id,
        col(Round.state) == RoundState.VOID.value,
        col(Round.kind) == "initial",
        col(Round.created_at) >= since,
    )


def _have_read(session: Session, rounds: ColumnElement[bool]) -> set[int]:
    """Leads who have read a request to correct a sheet of these rounds, and the sheet with it."""
    rows = session.exec(
        select(Correction.read_by)
        .join(Review, col(Review.id) == Correction.review_id)
        .join(Round, col(Round.id) == Review.round_id)
        .where(rounds)
    ).all()
    return {person_id for read_by in rows for person_id in read_by}


def _know_the_result(session: Session, scope: Scope, role: Role, cleared: ColumnElement[bool]) -> set[int]:
    """Leads who have read or released what the attempt came to, where it is to be scored afresh.

    Of what was cleared they are barred as assessors; as leads they adjudicate it last (docs/adr/0007).
    """
    query = (
        select(Feedback.author_id, FeedbackReading.person_id)
        .join(Round, col(Round.id) == Feedback.round_id)
        .outerjoin(FeedbackReading, col(FeedbackReading.feedback_id) == Feedback.id)
        .where(Feedback.attempt_id == scope.attempt_id)
    )
    if scope.round.kind not in AFRESH:
        if role is Role.LEAD:
            return set()
        query = query.where(cleared)
    return {person for row in session.exec(query).all() for person in row if person is not None}


def _scored_before(session: Session, scope: Scope) -> set[int]:
    return set(
        session.exec(
            select(Review.assessor_id)
            .join(Round, col(Round.id) == Review.round_id)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(
                Attempt.submission_id == scope.submission_id,
                Attempt.id != scope.attempt_id,
                Review.state == ReviewState.FINAL.value,
            )
        ).all()
    )


def _read_before(session: Session, scope: Scope) -> set[int]:
    """Who has opened or released a feedback of this submission: what this round came to before, too."""
    here = Attempt.submission_id == scope.submission_id
    opened = session.exec(
        select(FeedbackReading.person_id)
        .join(Feedback, col(Feedback.id) == FeedbackReading.feedback_id)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .where(here)
    ).all()
    released = session.exec(
        select(Feedback.author_id)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .where(here, col(Feedback.author_id).is_not(None))
    ).all()
    return {person_id for person_id in (*opened, *released) if person_id is not None}


def _load(session: Session, people: Iterable[int]) -> dict[int, int]:
    """Open reviews of each person, at whatever issuer."""
    rows = session.exec(
        select(Review.assessor_id, func.count())
        .where(col(Review.assessor_id).in_(list(people)), col(Review.state).in_(OPEN))
        .group_by(col(Review.assessor_id))
    ).all()
    return dict(rows)
