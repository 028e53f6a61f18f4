"""What must hold after every step of everybody, read from the tables alone."""

from collections import Counter
from itertools import pairwise

from sqlmodel import col, select

from reviewhub.domain.access import IDENTITY_ROLES
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.round import is_beside
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.jobs import JOBS
from reviewhub.models import (
    Attempt,
    Concern,
    Conflict,
    CriterionLock,
    DecisionRow,
    Event,
    Extension,
    Feedback,
    Hold,
    LetterRow,
    Membership,
    Objection,
    Outbox,
    Promise,
    Rating,
    ResolutionRow,
    Reveal,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.services.promise import AFRESH, CHECK
from tests.together.deadlines import deadline_problems
from tests.together.replayed import replay_problems

NOT_IN = {"offered", "claimed"}
ALONE = {"completeness", "audit"}
"""Kinds of round that have one seat of their own, whose sheet is the whole result."""
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


class State:
    """One consistent look at all tables."""

    def __init__(self, session):
        def rows(table):
            return session.exec(select(table).order_by(table.id)).all()

        self.submissions, self.attempts, self.rounds = rows(Submission), rows(Attempt), rows(Round)
        self.reviews, self.holds, self.jobs = rows(Review), rows(Hold), rows(Outbox)
        self.decisions, self.resolutions = rows(DecisionRow), rows(ResolutionRow)
        self.feedback, self.locks = rows(Feedback), rows(CriterionLock)
        self.events, self.letters = rows(Event), rows(LetterRow)
        self.promises = rows(Promise)
        self.extensions = rows(Extension)
        self.conflicts = session.exec(select(Conflict).where(col(Conflict.ended_at).is_(None))).all()
        self.members = session.exec(select(Membership)).all()
        self.rubrics = {one.id: from_json(one.body) for one in session.exec(select(RubricVersion))}
        self.objections = rows(Objection)
        self.criterion = {lock.id: lock.criterion_id for lock in self.locks}
        self._asked_things(session)
        self.rated = Counter()
        query = select(Scoresheet.review_id, Rating.criterion_id).join(
            Rating, col(Rating.scoresheet_id) == Scoresheet.id
        )
        for review_id, criterion_id in session.exec(query):
            self.rated[review_id, criterion_id] += 1

    def _asked_things(self, session):
        """Concerns and reveals, and the rounds that they bear on."""
        concerns = session.exec(select(Concern)).all()
        of = {review.id: review.round_id for review in self.reviews}
        self.given_back = {of[one.review_id] for one in concerns if one.outcome == "given_back"}
        self.cleared = {event.aggregate_id for event in self.events if event.facts.get("choice") == "clear"}
        self.doubted = {one.submission_id for one in concerns if one.answered_at is None}
        learner = {one.id: one.learner_id for one in self.submissions}
        granted = session.exec(select(Reveal).where(Reveal.state == "granted"))
        self.told = {(one.asked_by, learner[one.submission_id]) for one in granted}

    def open_holds(self, subject):
        return {hold.subject_id for hold in self.holds if hold.subject == subject and not hold.closed_at}

    def asked(self, job, **args):
        """Whether such a job is still to run, whatever else it is told."""
        return any(
            row.job == job and args.items() <= row.args.items() and not row.done_at and not row.stuck_at
            for row in self.jobs
        )

    def is_member(self, person_id, issuer_id):
        return any(
            (m.person_id, m.issuer_id) == (person_id, issuer_id)
            and m.ended_at is None
            and m.role in {"assessor", "lead"}
            for m in self.members
        )

    def attempts_of(self, submission):
        return [attempt for attempt in self.attempts if attempt.submission_id == submission.id]

    def rounds_of(self, attempt):
        return [one for one in self.rounds if one.attempt_id == attempt.id]

    def scoring(self, round_):
        """The seats of a round beside an adjudicator's."""
        return self.seated(round_, round_.kind if round_.kind in ALONE else "independent")

    def seated(self, round_, role=None):
        return [
            review
            for review in self.reviews
            if review.round_id == round_.id and review.state in SEATED and role in {None, review.role}
        ]


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
        yield from _round(state, submission, attempt, round_)


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


def _round(state, submission, attempt, round_):
    version = attempt.rubric_version_id or submission.rubric_version_id
    wanted = 1 if round_.kind in ALONE else state.rubrics[version].policies.eligibility.seats
    independent = [one.state for one in state.scoring(round_)]
    judges = [one.state for one in state.seated(round_, "adjudicator")]
    now = round_.held_from or round_.state
    held = round_.state == "held"
    if held != (round_.held_from is not None) or held != (round_.id in state.open_holds("round")):
        yield f"round is {round_.state}, but its hold says otherwise"
    final = independent == ["final"] * wanted
    fits = {
        "waiting": not judges,
        "scoring": len(independent) == wanted and not judges,
        "resolving": final and judges in ([], ["final"]),  # corrected by the adjudicator
        "adjudicating": final and len(judges) <= 1,
        "resolved": final and judges in ([], ["final"]),
        "void": {*independent, *judges} <= {"final"},
    }
    if not fits[now]:
        yield f"round is {now} with {independent} and {judges}"
    yield from _people(state, submission, round_)
    yield from _result(state, attempt, round_)


def _people(state, submission, round_):
    seated = state.seated(round_)
    people = Counter(review.assessor_id for review in seated)
    if any(count > 1 for count in people.values()) or submission.learner_id in people:
        yield f"seats of round {round_.id} held by {people}"
    if round_.state in {"resolved", "void"}:
        return
    apart = {c.assessor_id for c in state.conflicts if c.learner_id == submission.learner_id}
    if apart & {*people}:
        yield f"{apart & {*people}} have a conflict and a seat"
    knowing = {
        m.person_id for m in state.members if m.role in IDENTITY_ROLES and m.issuer_id == submission.issuer_id
    }
    knowing |= {person for person, learner in state.told if learner == submission.learner_id}
    if knowing & {one.assessor_id for one in seated if one.state in NOT_IN}:
        yield "somebody who may know the learner scores"
    for one in seated:
        if one.state in NOT_IN and not state.is_member(one.assessor_id, submission.issuer_id):
            yield f"review {one.id} waits for somebody who has left"


def _result(state, attempt, round_):
    decisions = [one for one in state.decisions if one.round_id == round_.id and not one.replaced_at]
    results = [
        one.criterion_id for one in state.resolutions if one.round_id == round_.id and not one.replaced_at
    ]
    judged = round_.state == "resolved" and round_.kind not in ALONE
    if (len(decisions) == 1) != judged or len(decisions) > 1:
        yield f"round is {round_.state} with {len(decisions)} decisions"
    if len(set(results)) != len(results) or bool(results) != bool(decisions):
        yield f"round is {round_.state} with results {results}"
    locked = {
        lock.criterion_id
        for lock in state.locks
        if lock.submission_id == attempt.submission_id and lock.attempt_id < attempt.id and not lock.lifted_at
    }
    here = {review.id for review in state.reviews if review.round_id == round_.id}
    raised = [one for one in state.objections if one.review_id in here]
    asked = {state.criterion[one.lock_id] for one in raised}
    again = {cid for review_id, cid in state.rated if review_id in here} & locked
    if again - (asked & set(round_.disputed)):
        yield f"{again} were met before and scored again"
    if round_.state == "resolved" and any(not one.outcome for one in raised):
        yield "the round is resolved and an objection is open"
    for lock in state.locks:
        heard = {one.outcome for one in state.objections if one.lock_id == lock.id}
        if (lock.lifted_because == "objection") != ("lifted" in heard) and not is_beside(round_.kind):
            yield f"the lock of {lock.criterion_id} is lifted by an objection, and these are {heard}"


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
