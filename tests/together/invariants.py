"""What must hold after every step of everybody, read from the tables alone."""

from collections import Counter
from itertools import pairwise

from reviewhub.domain.workflow.round import is_beside
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.jobs import JOBS
from reviewhub.services.promise import AFRESH, CHECK
from tests.together.deadlines import deadline_problems
from tests.together.replayed import replay_problems
from tests.together.scored import round_problems
from tests.together.state import NOT_IN, State

OVER = {"released", "excluded", "expired"}
RESULTS = {"round.agreed", "round.disagreed", "round.adjudicated", "attempt.decide", "attempt.release"}
ATTEMPTS_IN = {
    "open": {"draft", "checking", "needs_fix", "held"},
    "under_review": {"submitted", "decided"},
    "revise": {"released"},
    "met": {"released"},
    "withdrawn": {"withdrawn", "released"},
    "lapsed": {"withdrawn", "released"},
}
"""In which states the last attempt may be while the submission is in one of its own."""
LETTERS = {
    "evidence_arrived": "submission.arrive",
    "feedback_released": "attempt.release",
    "submission_withdrawn": "submission.withdraw",
    "evidence_returned": "attempt.return_to_learner",
    "evidence_needs_fix": "attempt.failed",
    "evidence_given_back": "attempt.give_back",
    "concern_answered": "concern.answer",
    "reveal_granted": "reveal.granted",
    "reveal_refused": "reveal.refused",
    "result_taken_back": "submission.take_back",
    "work_lapsed": "submission.lapse",
    "attempt_allowed": "submission.allow_attempt",
    "review_extended": "review.extend",
}
"""Each kind of letter to learners follows from one kind of event, once."""
OFFERS = ("review_offered", "adjudication_offered", "check_offered")


def problems(session):
    """Everything that does not hold, in words; empty when all is well."""
    state = State(session)
    found = [
        *_holds(state),
        *_jobs(state),
        *_letters(state),
        *replay_problems(state),
        *deadline_problems(state),
    ]
    for submission in state.submissions:
        found += [f"submission {submission.id}: {text}" for text in _submission(state, submission)]
    return found


def _submission(state, submission):
    attempts = state.attempts_of(submission)
    last, now = attempts[-1], submission.held_from or submission.state
    held = submission.state == "held"
    if held != (submission.held_from is not None) or held != (
        submission.id in state.open_holds("submission")
    ):
        yield f"{submission.state}, held from {submission.held_from}, but its hold says otherwise"
    if last.state not in ATTEMPTS_IN[now]:
        yield f"{now} with attempt {last.state}"
    if any(attempt.state != "released" for attempt in attempts[:-1]):
        yield "an earlier attempt is not released"
    if (submission.ended_at is not None) != (submission.state in ENDED):
        yield f"{submission.state} but ended at {submission.ended_at}"
    beside = {one.id for one in state.rounds if is_beside(one.kind, one.ruling)}
    stopped = [
        hold
        for hold in _open(state)
        if hold.submission_id == submission.id and not (hold.subject == "round" and hold.subject_id in beside)
    ]
    if submission.state in ENDED and stopped:
        yield "ended with an open hold"
    for attempt in attempts:
        yield from _attempt(state, submission, attempt)
    if not held:
        yield from _turn(state, last)
        for attempt in attempts:
            for round_ in state.rounds_of(attempt):
                yield from _goes_on(state, submission, round_)
    yield from _unanswered(state, submission)


def _open(state):
    return [hold for hold in state.holds if hold.closed_at is None]


def _attempt(state, submission, attempt):
    rounds = [one for one in state.rounds_of(attempt) if one.id not in state.given_back]
    if any(one.state != "void" for one in state.rounds_of(attempt) if one.id in state.given_back):
        yield f"attempt {attempt.number} was given back, and is scored on"
    if submission.id in state.cleared:
        rounds = [one for one in rounds if one.state != "void" or one is rounds[-1]]
    now = [one.state for one in rounds if not is_beside(one.kind, one.ruling)]
    over = all(one == "resolved" for one in now[:-1])
    fits = {
        "submitted": over and now != [] and now[-1] not in {"resolved", "void"},
        "decided": over and now[-1:] == ["resolved"],
        "released": over and now[-1:] == ["resolved"],
        "withdrawn": over and now[-1:] in ([], ["void"], ["resolved"]),
    }
    looked = all((one.kind, one.state) == ("completeness", "resolved") for one in rounds)
    if not fits.get(attempt.state, looked):
        yield f"attempt {attempt.number} is {attempt.state} with rounds {now}"
    if any(one.kind == "rescore" for one in rounds) and attempt.released_at is None:
        yield f"attempt {attempt.number} is scored again before its release"
    if (attempt.state == "held") != (attempt.id in state.open_holds("attempt")):
        yield f"attempt {attempt.number} is {attempt.state}, but its hold says otherwise"
    yield from _said(state, attempt)
    yield from _promised(state, attempt)
    yield from _rests_on(state, submission, attempt)
    for round_ in rounds:
        yield from round_problems(state, submission, attempt, round_)


def _said(state, attempt):
    """A draft while it is decided, what was released since it was, and aside what waits for a ruling."""
    said = Counter(one.state for one in state.feedback if one.attempt_id == attempt.id)
    wanted = attempt.state == "decided"
    if said["draft"] != wanted and not (attempt.state == "withdrawn" and said["draft"] <= 1):
        yield f"attempt {attempt.number} is {attempt.state} with feedback {said}"
    if bool(said["released"]) != (attempt.released_at is not None):
        yield f"attempt {attempt.number} was released at {attempt.released_at} with feedback {said}"
    waits = [one for one in state.rounds_of(attempt) if one.kind == "rescore" and _waits_for_ruling(one)]
    if said["aside"] != len(waits) or len(waits) > 1:
        yield f"attempt {attempt.number} has feedback {said} with {len(waits)} rescores to rule on"


def _waits_for_ruling(round_):
    return (round_.state, round_.ruling) == ("resolved", "")


def _rests_on(state, submission, attempt):
    """No result comes from who must not judge it, unless it was released: then others score it again."""
    apart = {c.assessor_id for c in state.conflicts if c.learner_id == submission.learner_id}
    *_, newest = [None, *(r for r in state.rounds_of(attempt) if not is_beside(r.kind, r.ruling))]
    if newest is None or submission.state in {"withdrawn", "lapsed"} or _looked(newest):
        return
    tainted = apart & {review.assessor_id for review in state.seated(newest)}
    again = any(r.kind == "rescore" and r.number > newest.number for r in state.rounds_of(attempt))
    if tainted and not (attempt.state == "released" and again):
        yield f"attempt {attempt.number} is {attempt.state} and rests on {tainted}, who must not judge it"


def _looked(round_):
    """A look whether all is there that is over: nobody judged anything."""
    return (round_.kind, round_.state) == ("completeness", "resolved")


def _promised(state, attempt):
    """The newest promise is what the attempt says; none brings the day nearer, and each is looked after."""
    promises = [one for one in state.promises if one.attempt_id == attempt.id]
    if attempt.promised_on != (promises[-1].day if promises else None):
        yield f"attempt {attempt.number} promised for {attempt.promised_on}, not as last said"
    if attempt.state in {"submitted", "decided"} and not promises:
        yield f"attempt {attempt.number} is {attempt.state}, and nothing is promised"
    for before, after in pairwise(promises):
        if after.day < before.day and after.reason not in AFRESH:
            yield f"attempt {attempt.number} moved from {before.day} to {after.day} ({after.reason})"
    for one in promises:
        if not any(row.job == CHECK and row.args == {"promise_id": one.id} for row in state.jobs):
            yield f"nobody looks whether {one.day} is kept"


def _turn(state, attempt):
    """A check is to run while the evidence is checked."""
    if attempt.state == "checking":
        artifacts = any(row.job == "check_artifact" and not row.done_at for row in state.jobs)
        if not artifacts and not state.asked("check_attempt", attempt_id=attempt.id):
            yield "checking, and no check is to run"


def _goes_on(state, submission, round_):
    """Somebody has the next step, or a job, or an open hold."""
    if round_.state in {"resolved", "void"}:
        return
    judges = state.seated(round_, "adjudicator")
    seats = judges if round_.state == "adjudicating" else state.scoring(round_)
    empty = round_.state == "waiting" or (round_.state == "adjudicating" and not judges)
    if empty and not state.asked("fill_seats", round_id=round_.id):
        yield f"{round_.state}, and nobody looks for people"
    if empty or round_.state == "held" or any(review.state in NOT_IN for review in seats):
        return
    if not state.asked("resolve", round_id=round_.id) and submission.id not in state.doubted:
        yield f"{round_.state} with all sheets in, and nothing resolves it"


def _unanswered(state, submission):
    """Nothing is resolved or released between a concern and its answer."""
    waiting = set()
    for event in state.events:
        if (event.aggregate, event.aggregate_id) != ("submission", submission.id):
            continue
        if event.action == "review.raise_concern":
            waiting.add(event.facts["concern"])
        elif event.action == "concern.answer":
            waiting.discard(event.facts["concern"])
        elif waiting and event.action in RESULTS:
            yield f"{event.action} while a concern is open"


def _holds(state):
    for hold in _open(state):
        if hold.issuer_id is None:
            yield f"hold {hold.id} ({hold.code}) is shown to nobody"


def _jobs(state):
    for row in state.jobs:
        if row.done_at is None and (row.job not in JOBS or row.stuck_at or row.last_error):
            yield f"job {row.id} {row.job}{row.args} cannot run: {row.last_error}"
        if row.done_at and row.stuck_at:
            yield f"job {row.id} is done and stuck"


def _letters(state):
    kinds = Counter(letter.kind for letter in state.letters)
    actions = Counter(event.action for event in state.events)
    for kind, action in LETTERS.items():
        if kinds[kind] != actions[action]:
            yield f"{kinds[kind]} letters {kind}, {actions[action]} events {action}"
    given_out = [review for review in state.reviews if review.claim_until is None]
    if sum(kinds[kind] for kind in OFFERS) != len(given_out):
        yield "not one letter for each review"
    was_final = {e.facts["review"] for e in state.events if e.from_state == "final" and e.to_state in OVER}
    known = [
        one
        for one in state.reviews
        if one.state in OVER
        and one.end_reason not in {"hand_back", "known"}
        and one.public_id not in was_final
    ]
    if kinds["review_over"] != len(known):
        yield f"{kinds['review_over']} letters that a review is over, of {len(known)} that others ended"
