"""The promise to the learner: made when evidence arrives, kept up to date, and explained each time it moves.

Whoever changes what an attempt still needs says so in one line, in the same transaction, with the submission
locked and after its rows were changed:

    remake_promise(tx, submission, attempt, "appeal")     # or: again, people, adjudication, extended

It computes the day from what remains (domain/promise.py), records it where it is another, and returns it.
`promise(tx, submission, attempt, day, reason)` records a day that the caller knows.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.completeness import WORKING_DAYS
from reviewhub.domain.promise import Pace, Remains, Step, moved, needed
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.round import RoundState, is_beside
from reviewhub.models import Attempt, Issuer, Person, Promise, Review, Round, Submission
from reviewhub.services.calendars import calendar_of, issuer_calendar
from reviewhub.services.candidates import OPEN
from reviewhub.services.kit import Tx
from reviewhub.services.letters.promise import promise_moved
from reviewhub.services.own_work import rubric_of

AFRESH = frozenset({"arrived", "given_back", "appeal", "taken_back"})
"""A count that begins anew, and is no delay: the letter about what began it says the day."""
CHECK, TELL = "check_promise", "tell_promise"
RUNNING = (AttemptState.SUBMITTED.value, AttemptState.DECIDED.value)
"""States in which a learner waits for a result."""
OVER = (RoundState.RESOLVED.value, RoundState.VOID.value)
"""States of a round that nobody waits for any more."""
_ROLES: Mapping[Step, str] = {
    "completeness": "completeness",
    "scoring": "independent",
    "adjudication": "adjudicator",
}


def remake_promise(tx: Tx, submission: Submission, attempt: Attempt, reason: str) -> date | None:
    """Compute the day from what remains, record it, and give what is promised now; None where nobody waits.

    The submission is locked. Never earlier than promised, except for an appeal: that is a new promise.
    """
    if attempt.state not in RUNNING:
        return None
    calendar = issuer_calendar(tx.session, submission.issuer_id)
    day = _needs(tx, attempt, rubric_of(tx, submission), calendar)
    if attempt.promised_on is not None and reason not in AFRESH:
        day = moved(attempt.promised_on, day)
    promise(tx, submission, attempt, day, reason)
    return day


def promise(tx: Tx, submission: Submission, attempt: Attempt, day: date, reason: str) -> None:
    """Record that the learner has the result by `day`; nothing where that is promised already.

    Appends a row and an event, sets attempt.promised_on, and asks for a look on the day after. Where the day
    is later than the last one told, a letter says so with the reason: one a day for each attempt; what moves
    again on the same day is told the next morning.
    """
    before = attempt.promised_on
    if day == before and reason not in AFRESH:
        return
    assert attempt.id is not None
    row = Promise(attempt_id=attempt.id, day=day, reason=reason, made_at=tx.now)
    tx.session.add(row)
    tx.session.flush()
    assert row.id is not None
    attempt.promised_on = day
    facts = {"attempt": attempt.public_id, "day": day.isoformat(), "reason": reason}
    tx.event(
        submission, "promise.made", SYSTEM, facts=facts | ({"before": before.isoformat()} if before else {})
    )
    issuer = tx.session.get_one(Issuer, submission.issuer_id)
    calendar = calendar_of(issuer)
    tx.later(CHECK, due_at=calendar.begins(day + timedelta(1)), dedup=f"{CHECK}:{row.id}", promise_id=row.id)
    if reason in AFRESH:
        row.told_at = tx.now
    else:
        tell(tx, submission, attempt)


def tell(tx: Tx, submission: Submission, attempt: Attempt) -> None:
    """Write the letter about the newest day, if it is later than the last one told; or put it off a day."""
    assert attempt.id is not None
    rows = tx.session.exec(
        select(Promise).where(Promise.attempt_id == attempt.id).order_by(col(Promise.id))
    ).all()
    told = [row for row in rows if row.told_at is not None]
    newest = rows[-1]
    if newest.told_at is not None or not told or newest.day <= told[-1].day:
        return
    issuer = tx.session.get_one(Issuer, submission.issuer_id)
    calendar = calendar_of(issuer)
    today = calendar.today(tx.now)
    if any(row.reason not in AFRESH and row.told_at and calendar.today(row.told_at) == today for row in told):
        tomorrow = today + timedelta(1)
        due = calendar.begins(tomorrow) + timedelta(hours=8)
        key = f"{TELL}:{attempt.id}:{tomorrow.isoformat()}"
        tx.later(TELL, due_at=due, dedup=key, attempt_id=attempt.id)
        return
    newest.told_at = tx.now
    learner = tx.session.get_one(Person, submission.learner_id)
    name = rubric_of(tx, submission).about.name
    words = promise_moved(tx.settings, submission, issuer, name, told[-1].day, newest.day, newest.reason)
    tx.letter(learner, *words)


def _needs(tx: Tx, attempt: Attempt, rubric: Rubric, calendar: Calendar) -> date:
    """The latest of what its unfinished rounds need; with none, what the release needs."""
    tx.session.flush()
    policy = rubric.policies.eligibility
    pace = Pace(policy.working_days, rubric.promise_days, WORKING_DAYS if policy.completeness else 0)
    today = calendar.today(tx.now)
    rounds = tx.session.exec(
        select(Round)
        .where(Round.attempt_id == attempt.id, col(Round.state).not_in(OVER))
        .execution_options(populate_existing=True)
    ).all()
    waited_for = [_remains(tx, one, policy.seats) for one in rounds if not is_beside(one.kind, one.ruling)]
    return max(needed(calendar, today, pace, one) for one in waited_for or [Remains("release")])


def _remains(tx: Tx, round_: Round, seats: int) -> Remains:
    state = round_.held_from if round_.state == RoundState.HELD else round_.state
    step: Step = "completeness" if round_.kind == "completeness" else "scoring"
    step = "adjudication" if state == RoundState.ADJUDICATING else step
    seated = tx.session.exec(
        select(Review).where(
            Review.round_id == round_.id,
            Review.role == _ROLES[step],
            col(Review.state).in_([one.value for one in SEATED]),
        )
    ).all()
    due = tuple(review.due_on for review in seated if review.state in OPEN)
    return Remains(step, due, empty=len(seated) < (seats if step == "scoring" else 1))
