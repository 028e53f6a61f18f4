"""What must hold of every round: its seats, who may sit in them, and the result that comes of it."""

from collections import Counter

from reviewhub.domain.access import IDENTITY_ROLES
from reviewhub.domain.workflow.round import is_beside
from tests.together.state import ALONE, NOT_IN


def round_problems(state, submission, attempt, round_):
    """`state` is a State."""
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
