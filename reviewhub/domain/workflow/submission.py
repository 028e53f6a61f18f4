"""One learner's pursuit of one micro-credential."""

from enum import StrEnum

from reviewhub.domain.access import Action, Facts
from reviewhub.domain.workflow.step import Step, Table


class SubmissionState(StrEnum):
    """open → under_review → revise → met | withdrawn | lapsed; held keeps where it came from."""

    OPEN = "open"
    UNDER_REVIEW = "under_review"
    REVISE = "revise"
    MET = "met"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    HELD = "held"


S = SubmissionState
ENDED = frozenset({S.MET, S.WITHDRAWN, S.LAPSED})


def _attempts_left(facts: Facts) -> str | None:
    return None if facts.attempts_left else "All attempts that this micro-credential allows are used."


def _appeal_open(facts: Facts) -> str | None:
    return None if facts.appeal_open else "An appeal is possible once, and for some days after the result."


TRANSITIONS: Table = {
    (S.OPEN, Action.ARRIVE): Step(S.UNDER_REVIEW),
    (S.OPEN, Action.WITHDRAW): Step(S.WITHDRAWN),
    (S.OPEN, Action.HOLD): Step(S.HELD),
    (S.OPEN, Action.LAPSE): Step(S.LAPSED),
    (S.UNDER_REVIEW, Action.FINISH_MET): Step(S.MET),
    (S.UNDER_REVIEW, Action.FINISH_NOT_YET): Step(S.REVISE),
    (S.UNDER_REVIEW, Action.SEND_BACK): Step(S.OPEN),
    (S.UNDER_REVIEW, Action.WITHDRAW): Step(S.WITHDRAWN),
    (S.UNDER_REVIEW, Action.HOLD): Step(S.HELD),
    (S.REVISE, Action.START_ATTEMPT): Step(S.OPEN, _attempts_left),
    (S.REVISE, Action.APPEAL): Step(S.UNDER_REVIEW, _appeal_open),
    (S.REVISE, Action.TAKE_BACK): Step(S.UNDER_REVIEW),
    (S.REVISE, Action.WITHDRAW): Step(S.WITHDRAWN),
    (S.REVISE, Action.HOLD): Step(S.HELD),
    (S.REVISE, Action.LAPSE): Step(S.LAPSED),
    (S.MET, Action.TAKE_BACK): Step(S.UNDER_REVIEW),
    (S.MET, Action.OPEN_AGAIN): Step(S.REVISE),
    (S.HELD, Action.RELEASE_HOLD): Step(None),
    (S.HELD, Action.WITHDRAW): Step(S.WITHDRAWN),
}
