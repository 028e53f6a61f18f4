"""Who could take a seat: those who may, by load, and those who may not, with what bars them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select as columns
from sqlmodel import Session, col

from reviewhub.domain.access import Actor
from reviewhub.domain.assignment import adjudicators_rule, bars
from reviewhub.domain.errors import NotFound
from reviewhub.models import Attempt, Person, Review, Round, Submission
from reviewhub.queries.coordinator import coordinated
from reviewhub.services.assign import scorers
from reviewhub.services.candidates import load_pool
from reviewhub.services.scope import Scope, read_round


@dataclass(frozen=True, slots=True)
class Choice:
    """One person for the seat; `bars` is empty for whoever may have it."""

    public_id: str
    name: str
    load: int
    cap: int
    bars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeatPage:
    """The seat as it is, and the people."""

    review: str
    submission: str
    name: str
    role: str
    seat: int
    assessor: str
    state: str
    due_on: date
    eligible: tuple[Choice, ...]
    others: tuple[Choice, ...]


def seat_page(session: Session, actor: Actor, submission: str, review_pid: str, now: datetime) -> SeatPage:
    """A fixed number of statements. NotFound for a seat of another submission or issuer."""
    row = session.execute(
        columns(Review, col(Person.name))
        .join(Person, col(Person.id) == Review.assessor_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(
            col(Review.public_id) == review_pid, col(Submission.public_id) == submission, coordinated(actor)
        )
    ).first()
    if row is None:
        raise NotFound
    review, assessor = row
    scope = read_round(session, review.round_id)
    choices = _choices(session, scope, review.role, now)
    return SeatPage(
        review=review_pid,
        submission=submission,
        name=scope.rubric.about.name,
        role=review.role,
        seat=review.seat,
        assessor=assessor,
        state=review.state,
        due_on=review.due_on,
        eligible=tuple(c for c in choices if not c.bars),
        others=tuple(c for c in choices if c.bars),
    )


def _choices(session: Session, scope: Scope, seat_role: str, now: datetime) -> list[Choice]:
    """By load, then by name. An adjudicator is a lead or an assessor; whoever is both counts as the lead."""
    pools = [load_pool(session, scope, role, now, lock=False) for role in scorers(seat_role)]
    again: str = scope.rubric.policies.eligibility.again if seat_role == "independent" else "any"
    if seat_role == "adjudicator":
        again = adjudicators_rule(one for pool in pools for one in pool.candidates)
    found: dict[int, Choice] = {}
    for pool in pools:
        for one in pool.candidates:
            person = pool.people[one.person_id]
            against = tuple(bar.value for bar in bars(one, again=again))
            shown = Choice(person.public_id, person.name, one.load, one.cap, against)
            found.setdefault(one.person_id, shown)
    return sorted(found.values(), key=lambda c: (c.load, c.name))
