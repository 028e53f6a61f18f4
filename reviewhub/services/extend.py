"""A review's due day moves: its assessor asks for more time, a coordinator gives it or lets the day stand."""

from datetime import date, timedelta

from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.models import Attempt, Extension, Person, Review, Round, Submission
from reviewhub.services.alias import alias_for
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.candidates import OPEN
from reviewhub.services.coordinated import facts_of, need_reason
from reviewhub.services.evidence import tidy
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import due as letters
from reviewhub.services.promise import OVER, remake_promise
from reviewhub.services.scope import Scope, about_seat, lock_review, lock_round, review_facts, stored

LONGEST = timedelta(days=60)
"""How far ahead a day may be put."""
USUAL_DAYS = 3
"""Working days that a form offers."""
WORDS_MOST = 500


def ask_extension(kit: Kit, actor: Actor, review_pid: str, until: date | None, why: str) -> None:
    """The assessor needs until a later day; a coordinator decides. Asking again replaces what was asked.

    NotFound, Refused (nothing is open here), Invalid (fields `until`, `why`).
    """
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        if not may(actor, Action.ASK_EXTENSION, review_facts(scope.submission, review, tx.now)):
            raise NotFound
        _need_open(scope, review)
        words = _words(why)
        day = _need_day(tx, scope, review, until, "until")
        row = asked_for(tx.session, review)
        if row is None:
            row = Extension(
                issuer_id=scope.submission.issuer_id,
                review_id=stored(review.id),
                wanted=day,
                reason=words,
                asked_at=tx.now,
            )
        row.wanted, row.reason, row.asked_at = day, words, tx.now
        tx.session.add(row)
        about = {"review": review.public_id, **about_seat(scope.round, review), "day": day.isoformat()}
        tx.event(scope.submission, Action.ASK_EXTENSION.value, actor, facts=about, text=words)


def extend(kit: Kit, actor: Actor, review_pid: str, day: date | None, reason: str) -> None:
    """Put a review's due day later; its assessor is told, the promise to the learner is made anew.

    NotFound, Refused (nothing is open here), Invalid (fields `day`, `reason`).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        scope, review = _lock(tx, actor, review_pid)
        _need_open(scope, review)
        before = review.due_on
        review.due_on = _need_day(tx, scope, review, day, "day")
        review.version += 1
        days = {"before": before.isoformat(), "day": review.due_on.isoformat()}
        about = {"review": review.public_id, **about_seat(scope.round, review), **days}
        tx.event(scope.submission, Action.EXTEND.value, actor, facts=about, text=words)
        _answer(tx, actor, review, "granted")
        _tell(tx, scope, review, given=True)
        if not scope.beside:
            remake_promise(tx, scope.submission, scope.attempt, "extended")


def decline(kit: Kit, actor: Actor, review_pid: str, reason: str) -> None:
    """Let the day stand although more time was asked for; the assessor is told that, not why.

    NotFound, Invalid (reason), Refused when nothing was asked or it is answered.
    """
    words = need_reason(reason)
    with kit.write() as tx:
        scope, review = _lock(tx, actor, review_pid)
        if not _answer(tx, actor, review, "refused"):
            raise Refused("Nobody asks for more time here, or it is answered already.", "state")
        about = {"review": review.public_id, **about_seat(scope.round, review)}
        tx.event(scope.submission, "review.not_extended", actor, facts=about, text=words)
        if review.state in OPEN:
            _tell(tx, scope, review, given=False)


def asked_for(session: Session, review: Review) -> Extension | None:
    """What the assessor asked for and nobody has answered."""
    query = select(Extension).where(Extension.review_id == review.id, Extension.state == "asked")
    return session.exec(query).first()


def usual_day(calendar: Calendar, due_on: date, today: date) -> date:
    """The day that a form offers."""
    return calendar.add_working_days(max(due_on, today), USUAL_DAYS)


def _lock(tx: Tx, actor: Actor, review_pid: str) -> tuple[Scope, Review]:
    found = tx.session.exec(
        select(Review.id, Review.round_id, Submission)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Review.public_id == review_pid)
    ).first()
    if found is None or not may(actor, Action.EXTEND, facts_of(found[2])):
        raise NotFound
    scope = lock_round(tx, found[1])
    return scope, tx.session.get_one(Review, found[0], populate_existing=True)


def _need_open(scope: Scope, review: Review) -> None:
    if review.state not in OPEN or scope.round.state in OVER:
        raise Refused("This review is not open any more.", "state")


def _need_day(tx: Tx, scope: Scope, review: Review, day: date | None, field: str) -> date:
    calendar = issuer_calendar(tx.session, scope.submission.issuer_id)
    today = calendar.today(tx.now)
    if day is None:
        raise Invalid(Problem(field, "Choose a day."))
    if day <= max(review.due_on, today):
        raise Invalid(Problem(field, "Choose a day after the one that stands, and after today.", str(day)))
    if day > today + LONGEST:
        raise Invalid(Problem(field, f"Choose a day within the next {LONGEST.days} days.", str(day)))
    if not calendar.is_open(day):
        raise Invalid(Problem(field, "Nobody works on that day. Choose a working day.", str(day)))
    return day


def _words(why: str) -> str:
    words = tidy(why).strip()
    if not words:
        raise Invalid(Problem("why", "Say in a word why you need longer."))
    if len(words) > WORDS_MOST:
        raise Invalid(Problem("why", f"Keep it under {WORDS_MOST} characters.", words))
    return words


def _answer(tx: Tx, actor: Actor, review: Review, state: str) -> bool:
    row = asked_for(tx.session, review)
    if row is None:
        return False
    row.state, row.decided_by, row.decided_at = state, actor.person_id, tx.now
    return True


def _tell(tx: Tx, scope: Scope, review: Review, *, given: bool) -> None:
    person = tx.session.get_one(Person, review.assessor_id)
    alias = alias_for(tx, scope.submission_id, review.assessor_id)
    write = letters.extended if given else letters.not_extended
    tx.letter(person, *write(tx.settings, review, alias, scope.rubric.about.name))
