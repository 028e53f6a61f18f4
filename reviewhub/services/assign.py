"""Fill the empty seats of a round with the least loaded of those who may score it, and tell them."""

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Facts, Role
from reviewhub.domain.assignment import (
    Bar,
    Candidate,
    adjudicators_rule,
    bars,
    choose,
    explain,
    knows_a_result,
)
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.deadlines import look_for_people, morning
from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Outbox, Person, Review
from reviewhub.services.alias import alias_for
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.candidates import Pool, load_pool
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.letters import assessor as letters
from reviewhub.services.pile import Pile, nobody_claims, put_in_pile, take_off_pile
from reviewhub.services.promise import remake_promise
from reviewhub.services.renewing import CHAINED
from reviewhub.services.scope import Scope, about_seat, lock_round, stored
from reviewhub.services.watch import watch

_LETTERS = {
    "adjudicator": letters.adjudication_offered,
    "completeness": letters.check_offered,
}


def fill_seats(kit: Kit, job: Job, round_id: int, give_out: int = 0) -> None:
    """Job: seat whoever is eligible; where nobody is, write into the round what would have to change.

    Where assessors claim, empty seats are laid into the pile instead; with `give_out` a coordinator wants
    them given out all the same.

    Two workers on one round: the root's lock lets one go first, and the job is done only once. Does nothing
    for a round that needs nobody now.
    """
    with kit.write() as tx:
        scope = lock_round(tx, round_id)
        if not scope.stopped:
            if scope.round.state == RoundState.WAITING:
                _fill_or_pile(tx, scope, job, give_out=bool(give_out))
            elif scope.round.state == RoundState.ADJUDICATING:
                _seat(tx, scope, job, "adjudicator", 1)
        tx.done(job)


def _fill_or_pile(tx: Tx, scope: Scope, job: Job, *, give_out: bool) -> None:
    empty = empty_seats(tx, scope, scope.role, scope.seats)
    if not empty:
        take_off_pile(scope)
    pile = put_in_pile(tx, scope) if empty else None
    if pile is None or give_out or (pile.gives_out and pile.is_old(tx.now)):
        _seat(tx, scope, job, scope.role, scope.seats)
    else:
        _leave(tx, scope, job, pile, len(empty))


def _leave(tx: Tx, scope: Scope, job: Job, pile: Pile, left: int) -> None:
    """Empty seats stay in the pile: a coordinator is told when too few may claim them, or nobody does."""
    again = again_rule(scope, scope.role)
    candidates = load_pool(tx.session, scope, Role.ASSESSOR, tx.now, lock=False).candidates
    waiting, since = "", None
    if sum(1 for one in candidates if not bars(one, again=again)) < left:
        waiting, since = waits_for(left, candidates, again), scope.round.waits_since or tx.now
    elif pile.is_old(tx.now):
        waiting, since = nobody_claims(left, candidates, again), pile.since
    if waiting != scope.round.waits_for:
        scope.round.version += 1
    scope.round.waits_for, scope.round.waits_since = waiting, since
    _look_again(tx, scope, job, look_for_people(since, tx.now) if since else pile.ends)


def _seat(tx: Tx, scope: Scope, job: Job, role: str, seats: int) -> None:
    empty = empty_seats(tx, scope, role, seats)
    again = again_rule(scope, role)
    pool, chosen = _choose(tx, scope, role, len(empty), again) if empty else (Pool({}, ()), ())
    for seat, person_id in zip(empty, chosen, strict=False):
        offer(tx, scope, role, seat, pool.people[person_id], _why(pool.candidates, person_id, role, again))
    left = len(empty) - len(chosen)
    waiting = waits_for(left, pool.candidates, again) if left else ""
    if not waiting or not scope.round.waits_for:
        scope.round.waits_since = tx.now if waiting else None
    if chosen or waiting != scope.round.waits_for:
        scope.round.waits_for = waiting
        scope.round.version += 1
    if left:
        _look_again(tx, scope, job, look_for_people(scope.round.waits_since or tx.now, tx.now))
    elif scope.round.state == RoundState.WAITING:
        take_off_pile(scope)
        tx.move(scope.submission, scope.round, Action.SEATED, SYSTEM, Facts())


def _look_again(tx: Tx, scope: Scope, job: Job, at: datetime) -> None:
    """At that time, unless somebody looks again anyway. After this row, as ask_again says."""
    key = f"fill_seats:{scope.round_id}{CHAINED}"
    waits = select(Outbox.id).where(
        col(Outbox.done_at).is_(None),
        col(Outbox.stuck_at).is_(None),
        col(Outbox.id) != job.id,
        col(Outbox.dedup_key).startswith(key, autoescape=True),
    )
    if tx.session.exec(waits.limit(1)).first() is None:
        tx.later("fill_seats", due_at=at, dedup=f"{key}{job.id}", round_id=scope.round_id)


def empty_seats(tx: Tx, scope: Scope, role: str, seats: int) -> list[int]:
    """Numbers of the seats of this role that nobody has, ascending."""
    taken = set(
        tx.session.exec(
            select(Review.seat).where(
                Review.round_id == scope.round_id,
                Review.role == role,
                col(Review.state).in_([state.value for state in SEATED]),
            )
        ).all()
    )
    return [seat for seat in range(1, seats + 1) if seat not in taken]


def _choose(tx: Tx, scope: Scope, role: str, seats: int, again: str) -> tuple[Pool, tuple[int, ...]]:
    """An adjudicator is a lead; where no lead may, a qualified assessor.

    Whoever knows an earlier result is asked to adjudicate only where nobody else is left (docs/adr/0007).
    """
    pools = [load_pool(tx.session, scope, group, tx.now) for group in scorers(role)]
    if role == "adjudicator":
        again = adjudicators_rule(one for pool in pools for one in pool.candidates)
    for pool in pools:
        chosen = choose(pool.candidates, seats, lottery=scope.round.public_id, again=again)
        if chosen:
            return pool, chosen
    return pools[-1], ()


def scorers(role: str) -> tuple[Role, ...]:
    """Whose seats these are, in the order in which they are asked."""
    return (Role.LEAD, Role.ASSESSOR) if role == "adjudicator" else (Role.ASSESSOR,)


def again_rule(scope: Scope, role: str) -> str:
    """What the rubric asks of those who scored an earlier attempt: of a second scoring nothing."""
    return scope.rubric.policies.eligibility.again if role == "independent" else "any"


def somebody_else(tx: Tx, scope: Scope, role: str) -> bool:
    """Whether one more seat of this role could be filled, beside those of it that are empty already."""
    seats = 1 if role == "adjudicator" else scope.seats
    wanted = len(empty_seats(tx, scope, role, seats)) + 1
    return len(_choose(tx, scope, role, wanted, again_rule(scope, role))[1]) == wanted


def offer(tx: Tx, scope: Scope, role: str, seat: int, person: Person, why: str) -> None:
    """Put somebody who may score this round into an empty seat, and tell them. `why` is for coordinators."""
    review = add_review(tx, scope, role, seat, stored(person.id), why)
    _tell(tx, scope, review, person)
    if not scope.beside:
        remake_promise(tx, scope.submission, scope.attempt, "people")


def add_review(tx: Tx, scope: Scope, role: str, seat: int, person_id: int, why: str) -> Review:
    """The stored review of an empty seat with its due day, which is looked after from the next day on."""
    calendar = issuer_calendar(tx.session, scope.submission.issuer_id)
    review = Review(
        public_id=public_id(),
        round_id=scope.round_id,
        assessor_id=person_id,
        role=role,
        seat=seat,
        due_on=due_day(tx, scope, calendar),
        why=why,
        offered_at=tx.now,
    )
    tx.session.add(review)
    tx.session.flush()
    about = {"review": review.public_id, **about_seat(scope.round, review)}
    tx.event(scope.submission, "review.offer", SYSTEM, after=review.state, facts=about)
    watch(tx, review, morning(calendar, calendar.today(tx.now) + timedelta(1)))
    return review


def due_day(tx: Tx, scope: Scope, calendar: Calendar) -> date:
    """The due day of a review that begins now."""
    return calendar.add_working_days(calendar.today(tx.now), scope.rubric.policies.eligibility.working_days)


def _tell(tx: Tx, scope: Scope, review: Review, person: Person) -> None:
    alias = alias_for(tx, scope.submission_id, stored(person.id))
    name = scope.rubric.about.name
    write = _LETTERS.get(review.role, letters.review_offered)
    tx.letter(person, *write(tx.settings, review, alias, name))


def _why(candidates: tuple[Candidate, ...], person_id: int, role: str, again: str) -> str:
    eligible = [one for one in candidates if not bars(one, again=again)]
    chosen = next(one for one in eligible if one.person_id == person_id)
    text = f"{len(eligible)} eligible; {chosen.load} open reviews before this one"
    if role == "adjudicator" and knows_a_result(chosen):
        return f"{text}; {Bar.READ.value}, and nobody else may decide this"
    if again == "same" and chosen.scored_before:
        return f"{text}; scored the attempt before"
    lightest = min(one.load for one in eligible)
    return f"{text}, the fewest" if chosen.load == lightest else text


def waits_for(seats: int, candidates: tuple[Candidate, ...], again: str) -> str:
    """Why seats stay empty, in words for the coordinator: how many people each bar keeps away."""
    start = "1 seat is empty" if seats == 1 else f"{seats} seats are empty"
    if not candidates:
        return f"{start}: nobody holds the role."
    counts = explain(candidates, again=again)
    listed = ", ".join(f"{count} {bar.value}" for bar, count in sorted(counts.items(), key=lambda c: -c[1]))
    people = "1 person" if len(candidates) == 1 else f"{len(candidates)} people"
    return f"{start}. Of {people} who could be asked: {listed}."
