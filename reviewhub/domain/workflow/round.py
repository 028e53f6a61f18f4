"""One scoring of one attempt."""

from enum import StrEnum

from reviewhub.domain.access import Action
from reviewhub.domain.workflow.step import Step, Table


class RoundState(StrEnum):
    """waiting → scoring → resolving → (adjudicating) → resolved | void."""

    WAITING = "waiting"
    SCORING = "scoring"
    RESOLVING = "resolving"
    ADJUDICATING = "adjudicating"
    RESOLVED = "resolved"
    VOID = "void"
    HELD = "held"


R = RoundState

BESIDE = frozenset({"rescore", "audit"})
"""Kinds of round that change nothing by themselves: the result that was given stands."""


def is_beside(kind: str, ruling: str = "") -> bool:
    """Whether a round stands beside the result of its attempt; not once a coordinator let a rescore count."""
    return kind in BESIDE and ruling != "take_back"


TRANSITIONS: Table = {
    (R.WAITING, Action.SEATED): Step(R.SCORING),
    (R.WAITING, Action.UNSEATED): Step(R.WAITING),
    (R.WAITING, Action.VOID): Step(R.VOID),
    (R.SCORING, Action.UNSEATED): Step(R.WAITING),
    (R.SCORING, Action.ALL_IN): Step(R.RESOLVING),
    (R.SCORING, Action.VOID): Step(R.VOID),
    (R.RESOLVING, Action.AGREED): Step(R.RESOLVED),
    (R.RESOLVING, Action.DISAGREED): Step(R.ADJUDICATING),
    (R.RESOLVING, Action.COMPLETE): Step(R.RESOLVED),
    (R.RESOLVING, Action.FAULTED): Step(R.HELD),
    (R.RESOLVING, Action.UNSEATED): Step(R.WAITING),
    (R.RESOLVING, Action.VOID): Step(R.VOID),
    (R.ADJUDICATING, Action.ADJUDICATED): Step(R.RESOLVED),
    (R.ADJUDICATING, Action.JUDGE_AGAIN): Step(R.RESOLVING),
    (R.ADJUDICATING, Action.FAULTED): Step(R.HELD),
    (R.ADJUDICATING, Action.UNSEATED): Step(R.WAITING),
    (R.ADJUDICATING, Action.VOID): Step(R.VOID),
    (R.RESOLVED, Action.REFILL): Step(R.WAITING),
    (R.RESOLVED, Action.JUDGE_AGAIN): Step(R.RESOLVING),
    (R.RESOLVED, Action.CLEAR): Step(R.VOID),
    (R.HELD, Action.RESUME): Step(None),
    (R.HELD, Action.VOID): Step(R.VOID),
}
