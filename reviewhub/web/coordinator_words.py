"""A coordinator's states, holds, events and actions in plain words."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.queries.coordinator_case import CasePage
from reviewhub.queries.coordinator_record import Happened
from reviewhub.web import promise_words

moved, history = promise_words.moved, promise_words.history
_LETTERS = "ABCDEFGH"

STATES = {
    "open": (_l("Learner at work"), ""),
    "under_review": (_l("Under review"), "now"),
    "revise": (_l("Learner's turn again"), "mend"),
    "met": (_l("Met"), "met"),
    "withdrawn": (_l("Withdrawn"), ""),
    "lapsed": (_l("Lapsed"), ""),
    "held": (_l("On hold"), "stop"),
}
"""Words and chip of a submission's state."""

ATTEMPTS = {
    "draft": _l("being prepared"),
    "checking": _l("files are being checked"),
    "needs_fix": _l("the learner mends something"),
    "submitted": _l("being scored"),
    "decided": _l("scored; feedback to confirm"),
    "released": _l("feedback released"),
    "withdrawn": _l("withdrawn"),
    "held": _l("held: no clean copy yet"),
}

ROUNDS = {
    "waiting": _l("waits for assessors"),
    "scoring": _l("being scored"),
    "resolving": _l("being compared"),
    "adjudicating": _l("the seats disagree; an adjudicator decides"),
    "resolved": _l("decided"),
    "void": _l("void"),
    "held": _l("held: the issuer's rules gave no result"),
}

REVIEWS = {
    "offered": (_l("not begun"), ""),
    "claimed": (_l("begun"), "now"),
    "submitted": (_l("submitted"), "met"),
    "final": (_l("final"), "met"),
    "released": (_l("taken away"), ""),
    "excluded": (_l("excluded"), "stop"),
    "expired": (_l("expired"), ""),
}

KINDS = {
    "completeness": _l("Is everything there"),
    "initial": _l("Scoring"),
    "appeal": _l("Appeal"),
    "rescore": _l("Scored again"),
    "audit": _l("Audit"),
}
"""What a round is for."""

RULINGS = {
    "confirmed": (_l("the same result"), "met"),
    "keep": (_l("ruled: what was released stands"), ""),
    "take_back": (_l("ruled: this result counts"), "mend"),
    "lift": (_l("ruled: locks were lifted"), "mend"),
}

HOLDS = {
    "no_clean_copy": _l("A file has no clean copy yet, so nobody can score it."),
    "plugin_fault": _l("The issuer's rules failed. Nobody needs to score again."),
    "quarantine": _l("The operator has stopped the issuer's rules. Nobody needs to score again."),
    "coordinator": _l("Put on hold by a coordinator."),
    "job_failed": _l("A step failed several times."),
}

GROUPS = {
    "concerns": (_l("Something is in the way"), _l("An assessor waits for you, and so does the result.")),
    "reveals": (_l("Who a learner is"), _l("A lead asks; you grant it for some days, or refuse.")),
    "holds": (_l("On hold"), _l("Each waits for a decision of yours.")),
    "nobody": (
        _l("Nobody scores these yet"),
        _l("Qualify somebody, end a conflict, invite somebody, or give out what nobody claims."),
    ),
    "rescores": (_l("Scored again: the result differs"), _l("What was released stands until you rule.")),
    "corrections": (_l("Corrections without a lead"), _l("No lead is left who may decide.")),
    "more_time": (_l("More time"), _l("An assessor asks; you give it, or let the day stand.")),
    "overdue": (_l("Reviews past their day"), _l("Ask the assessor, give more time, or give the seat away.")),
    "confirm": (_l("Feedback to confirm"), _l("A lead reads and releases it.")),
    "used_up": (_l("Attempts used up"), _l("Something is left to mend; you can allow one more attempt.")),
    "promises": (_l("Promises at risk"), _l("The learner was told this day; it is near or past.")),
}

JOBS = {
    "send_letter": _l("sending a letter"),
    "check_artifact": _l("checking a file"),
    "check_words": _l("checking a text or a link"),
    "check_attempt": _l("checking an attempt"),
    "clean_again": _l("making clean copies again"),
    "fill_seats": _l("finding assessors"),
    "resolve": _l("comparing the sheets"),
    "check_promise": _l("looking after a promised day"),
    "watch_review": _l("looking after a due day"),
    "watch_work": _l("looking after work that nobody touches"),
    "watch_feedback": _l("telling leads of feedback"),
    "morning_letter": _l("writing to coordinators what waits"),
    "tell_promise": _l("telling a learner of a later day"),
    "recount_days": _l("counting days by a changed calendar"),
    "apply_policy": _l("letting new policies hold for running work"),
}

ROLES = {
    "assessor": _l("assessor"),
    "lead": _l("lead"),
    "coordinator": _l("coordinator"),
    "manager": _l("manager"),
}

BARS = {
    "not active": _l("not active"),
    "away": _l("away"),
    "not qualified for this micro-credential": _l("not qualified for this micro-credential"),
    "a conflict with this learner is recorded": _l("a conflict with this learner is recorded"),
    "may know who the learner is": _l("may know who the learner is"),
    "is the learner": _l("is the learner"),
    "has or had a seat in this round": _l("has or had a seat in this round"),
    "scored an earlier attempt, and the rubric asks for others": _l("scored an earlier attempt"),
    "knows an earlier result of this submission": _l("knows an earlier result of this submission"),
    "has as much work as the cap allows": _l("has as much work as the cap allows"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What a coordinator can do with a submission: link, title, what follows, button."""

    slug: str
    label: object
    text: object
    kind: str = "main"


ACTS = {
    "submission.release_hold": Act(
        "release-hold",
        _l("Let it go on"),
        _l("It goes on from where it was, and what waited is done."),
    ),
    "attempt.return_to_learner": Act(
        "return",
        _l("Ask for another form"),
        _l("The learner gets your words by e-mail and replaces what cannot be shown. Nothing is lost."),
    ),
    "attempt.go_on": Act(
        "go-on",
        _l("Go on without it"),
        _l("The attempt goes to assessors. They see only the evidence that has a clean copy."),
        "",
    ),
    "round.resume": Act(
        "resume",
        _l("Ask the rules again"),
        _l("The issuer's rules judge the same sheets once more. Nobody scores again."),
    ),
    "submission.hold": Act(
        "hold",
        _l("Put on hold"),
        _l("Everything stops until you let it go on. The learner sees that it is held, not why."),
        "",
    ),
    "submission.allow_attempt": Act(
        "allow-attempt",
        _l("Allow one more attempt"),
        _l("The attempts are used up. The learner is told by e-mail that they may try once more."),
        "",
    ),
    "submission.withdraw": Act(
        "withdraw",
        _l("Withdraw"),
        _l("It ends for good, without a result. The learner is told by e-mail and can start anew."),
        "danger",
    ),
}
"""By the workflow's action, in the order in which they are offered."""


HOLD_ACTS = {
    "no_clean_copy": ("attempt.return_to_learner", "attempt.go_on"),
    "plugin_fault": ("round.resume",),
    "coordinator": ("submission.release_hold",),
}
"""What resolves a hold, the usual first."""


def standing(page: CasePage) -> tuple[object, str]:
    """Words and chip for where a submission stands: by its newest attempt while work on it goes on."""
    words, kind = STATES[page.state]
    if page.state not in {"open", "under_review"}:
        return words, kind
    state = page.attempts[0].state
    return str(ATTEMPTS[state]).capitalize(), "stop" if state == "held" else kind


def seat(role: str, number: int) -> str:
    """Such as “Seat A”, or “Adjudicator”."""
    words = _("Adjudicator") if role == "adjudicator" else _("Seat %(letter)s", letter=_LETTERS[number - 1])
    return str(words)


def event(one: Happened) -> str:
    """What happened, in a sentence without its author; an unknown action by its name."""
    if one.about:
        place = seat(one.role, one.seat)
        told = _SEATS.get(one.action)
        if told:
            return str(told) % {"who": one.about, "seat": place}
    if one.action == "attempt.decide":
        return str(_("Decided: met") if one.outcome == "met" else _("Decided: not yet met"))
    if one.action == "promise.made":
        return promise_words.made(one.day, one.why)
    return str(_EVENTS.get(one.action, one.action.replace(".", ": ").replace("_", " ")))


_SEATS = {
    "review.offer": _l("%(who)s was asked to score (%(seat)s)"),
    "review.claim_next": _l("%(who)s claimed it from the pile (%(seat)s)"),
    "review.submit_blind": _l("%(who)s scored blind (%(seat)s)"),
    "review.submit": _l("%(who)s submitted scores (%(seat)s)"),
    "review.undo": _l("%(who)s took the scores back (%(seat)s)"),
    "review.close": _l("The scores of %(who)s are final (%(seat)s)"),
    "review.release": _l("%(who)s no longer scores this (%(seat)s)"),
    "review.exclude": _l("%(who)s is excluded (%(seat)s)"),
    "review.expire": _l("The review of %(who)s has expired (%(seat)s)"),
    "review.ask_extension": _l("%(who)s asks for more time (%(seat)s)"),
    "review.extend": _l("%(who)s has more time (%(seat)s)"),
    "review.not_extended": _l("The day of %(who)s stands (%(seat)s)"),
    "review.supersede": _l("%(who)s handed in a corrected sheet (%(seat)s)"),
    "correction.ask": _l("%(who)s asks to correct a final sheet (%(seat)s)"),
    "review.hand_back": _l("%(who)s handed the review back (%(seat)s)"),
    "review.raise_concern": _l("%(who)s says that something is in the way (%(seat)s)"),
    "concern.answer": _l("%(who)s was answered (%(seat)s)"),
}

_EVENTS = {
    "submission.start": _l("Started"),
    "submission.arrive": _l("Evidence complete; scoring begins"),
    "submission.finish_met": _l("Met"),
    "submission.finish_not_yet": _l("Not yet met; the learner can try again"),
    "submission.withdraw": _l("Withdrawn"),
    "submission.lapse": _l("Lapsed"),
    "submission.hold": _l("Put on hold"),
    "submission.release_hold": _l("Hold released"),
    "submission.start_attempt": _l("Next attempt begun"),
    "submission.repair": _l("Moved to a repaired version of the issuer's rules"),
    "submission.appeal": _l("Appeal: scored afresh by others"),
    "appeal.decided": _l("Appeal decided"),
    "question.ask": _l("The learner asked about the feedback"),
    "question.answer": _l("The question was answered"),
    "submission.rescore": _l("To be scored again by others, beside the result"),
    "submission.take_back": _l("The result was taken back; what was scored again counts"),
    "submission.open_again": _l("Open again: a criterion that was met is not"),
    "rescore.confirmed": _l("Scored again: the same result"),
    "rescore.differs": _l("Scored again: the result differs"),
    "round.rule": _l("Ruled on what was scored again"),
    "round.refill": _l("A seat is filled anew, and the round judged again"),
    "round.judge_again": _l("The sheets are judged again"),
    "attempt.reopen": _l("The result is open again"),
    "correction.ask": _l("A correction of a final sheet was asked for"),
    "correction.read": _l("A lead read the request for a correction"),
    "correction.decide": _l("The request for a correction was answered"),
    "review.supersede": _l("A corrected sheet came in"),
    "submission.move_rubric": _l("The learner moved to a newer version of the rubric"),
    "submission.change_policy": _l("Judged by new policies from here on, as a coordinator decided"),
    "round.clear": _l("Scoring was cleared: its sheets stay on record and count no more"),
    "round.complete": _l("The round is complete; nothing is decided by it"),
    "reveal.decide": _l("Whether a lead is told who the learner is was decided"),
    "review.object": _l("An assessor doubts that a criterion that was met before still is"),
    "round.audit": _l("To be scored once more, by chance"),
    "objection.take_back": _l("The doubt was taken back"),
    "attempt.submit": _l("Evidence sent"),
    "attempt.passed": _l("All files checked"),
    "attempt.failed": _l("A check found something to mend"),
    "attempt.hold": _l("Held: a file has no clean copy"),
    "attempt.go_on": _l("Goes on without a clean copy of everything"),
    "attempt.return_to_learner": _l("Returned to the learner"),
    "attempt.release": _l("Feedback released"),
    "attempt.drop": _l("Attempt ended without a result"),
    "round.all_in": _l("All scores are in"),
    "round.agreed": _l("The seats agree"),
    "review.due_moved": _l("A due day moved, by the days that it stood still"),
    "round.disagreed": _l("The seats disagree; an adjudicator decides"),
    "round.adjudicated": _l("Adjudicated"),
    "round.faulted": _l("The issuer's rules gave no result"),
    "round.resume": _l("The issuer's rules are asked again"),
    "round.void": _l("Scoring ended without a result"),
    "conflict.record": _l("Conflict recorded"),
    "conflict.declare": _l("An assessor declared a conflict"),
    "feedback.reminded": _l("The leads were reminded"),
    "job.retried": _l("A failed step is tried again"),
    "review.offer": _l("An assessor was asked"),
    "review.claim_next": _l("Claimed from the pile"),
    "review.submit_blind": _l("Scored blind"),
    "review.submit": _l("Scores submitted"),
    "review.undo": _l("Scores taken back"),
    "review.close": _l("Scores final"),
    "review.release": _l("A seat was emptied"),
    "review.exclude": _l("An assessor is excluded"),
    "review.expire": _l("A review has expired"),
    "review.ask_extension": _l("More time is asked for"),
    "review.extend": _l("More time is given"),
    "review.not_extended": _l("A due day stands"),
    "submission.allow_attempt": _l("One more attempt is allowed"),
    "review.hand_back": _l("A review was handed back"),
    "review.raise_concern": _l("An assessor says that something is in the way"),
    "concern.answer": _l("An assessor was answered"),
    "concern.clean_again": _l("Clean copies asked for again"),
    "artifact.cleaned_again": _l("Clean copies made again"),
    "attempt.give_back": _l("Given back to the learner, to be mended"),
    "submission.send_back": _l("Open again for the learner"),
    "reveal.ask": _l("A lead asked who the learner is"),
    "reveal.granted": _l("The lead may see who the learner is"),
    "reveal.refused": _l("The lead may not see who the learner is"),
    "reveal.look": _l("The lead looked at the learner's name"),
}
