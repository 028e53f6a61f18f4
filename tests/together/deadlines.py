"""What must hold of everything that has a deadline, read from the tables alone."""

from collections import Counter
from datetime import timedelta

WATCHED = {"offered", "claimed", "submitted"}
NOTICE = timedelta(days=6, hours=12)
"""A week by days, less what the hours of two days may take."""


def deadline_problems(state):
    """`state` is a State."""
    yield from _watched(state)
    yield from _expired(state)
    yield from _claims(state)
    yield from _lapsed(state)
    yield from _asked(state)


def _waiting(state, job, argument):
    return Counter(row.args[argument] for row in state.jobs if row.job == job and row.done_at is None)


def _watched(state):
    """Somebody looks, and one row only: no more letters than there should be, and none that are missing."""
    rounds = {one.id: one for one in state.rounds}
    reviews, work = (
        _waiting(state, "watch_review", "review_id"),
        _waiting(state, "watch_work", "submission_id"),
    )
    for review in state.reviews:
        over = rounds[review.round_id].state in {"resolved", "void"}
        if review.state in WATCHED and not over and reviews[review.id] != 1:
            yield f"review {review.id} is {review.state} and looked after {reviews[review.id]} times"
    for submission in state.submissions:
        turn = submission.state in {"open", "revise"}
        if work[submission.id] > 1 or (turn and not work[submission.id]):
            yield f"submission {submission.id} ({submission.state}) has {work[submission.id]} looks"
    attempts = {one.id: one for one in state.attempts}
    feedback = _waiting(state, "watch_feedback", "feedback_id")
    for one in state.feedback:
        ready = one.state == "draft" and attempts[one.attempt_id].state == "decided"
        if ready and feedback[one.id] != 1:
            yield f"feedback {one.id} is ready and looked after {feedback[one.id]} times"


def _expired(state):
    """Whoever lost a seat by the calendar was told before, on another day, that the day is past."""
    told = [letter for letter in state.letters if letter.kind == "review_late"]
    for review in state.reviews:
        # A final one was an adjudicator's, whose dispute has fallen; that is no deadline.
        if review.state != "expired" or review.submitted_at is not None:
            continue
        if review.end_reason == "claim_over":
            if review.ended_at < review.claim_until:
                yield f"the claim of review {review.id} ended before its time"
            continue
        if review.ended_at.date() <= review.due_on:
            yield f"review {review.id} expired before its day was over"
        mine = [one for one in told if one.person_id == review.assessor_id and review.public_id in one.body]
        if not any(one.created_at.date() < review.ended_at.date() for one in mine):
            yield f"review {review.id} expired without a word before"


def _claims(state):
    """Of every claim that runs somebody looks at the clock, and one row only."""
    rounds = {one.id: one for one in state.rounds}
    looks = _waiting(state, "watch_claim", "review_id")
    for review in state.reviews:
        over = rounds[review.round_id].state in {"resolved", "void"}
        runs = review.claim_until is not None and review.state == "claimed" and not over
        if looks[review.id] > 1 or (runs and not looks[review.id]):
            yield f"the claim of review {review.id} ({review.state}) has {looks[review.id]} looks"


def _lapsed(state):
    for submission in state.submissions:
        if submission.state != "lapsed":
            continue
        told = [
            letter.created_at
            for letter in state.letters
            if letter.kind == "work_kept_until" and submission.public_id in letter.body
        ]
        if not told or submission.ended_at - max(told) < NOTICE:
            yield f"submission {submission.id} lapsed without a week's notice"


def _asked(state):
    open_ = Counter(one.review_id for one in state.extensions if one.state == "asked")
    for review_id, count in open_.items():
        if count > 1:
            yield f"review {review_id} asks {count} times"
