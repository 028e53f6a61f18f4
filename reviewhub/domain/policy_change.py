"""What becomes of a running round when a coordinator lets other policies hold for it."""

from typing import Literal

from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.round import RoundState

Choice = Literal["keep", "recalculate", "clear"]
Effect = Literal["goes_on", "judged_again", "starts_over", "void"]
"""goes_on: as it is; judged_again: the same sheets, by the other policies; starts_over: these too, and
whoever adjudicates is asked anew if it is still disputed; void: its sheets count no more.
"""


def effect_on(
    choice: Choice, kind: str, state: RoundState, *, back_to: str = "", adjudicated: bool, after: Rubric
) -> Effect:
    """Of one round of an attempt whose result is not released. `back_to`: where a held one goes on.

    `adjudicated`: an adjudicator's final sheet is there. An audit or a check decides nothing, so that nothing
    of it is judged again. A check that is done stays done, and one that the other policies want goes on.
    """
    if choice == "keep" or state is RoundState.VOID:
        return "goes_on"
    if choice == "clear":
        done = state is RoundState.RESOLVED or after.policies.eligibility.completeness
        return "goes_on" if kind == "completeness" and done else "void"
    if kind != "initial":
        return "goes_on"
    if RoundState.ADJUDICATING in (state, back_to) and not adjudicated:
        return "starts_over"
    return "judged_again" if state in (RoundState.RESOLVED, RoundState.ADJUDICATING) else "goes_on"


def against(choice: Choice, before: Rubric, after: Rubric) -> str:
    """Why this choice cannot be made for these versions, in a sentence; "" where it can.

    With another number of seats the sheets that are there are too few or too many: nothing may be decided by
    fewer people than it was meant to be.
    """
    seats = (before.policies.eligibility.seats, after.policies.eligibility.seats)
    if choice == "recalculate" and seats[0] != seats[1]:
        return (
            f"The number of seats differs ({seats[0]} and {seats[1]}): sheets that were given for one number "
            "cannot be judged for the other. Let them end under the old policies, or clear them."
        )
    return ""


def takes_away(before: Rubric, after: Rubric, *, locks: bool, needed: int, extra: int) -> bool:
    """Whether the other policies would take something from a learner that they have: then theirs stay.

    `locks`: something stays met by a result that was released. `needed`: the number of their attempt now, or
    of the next one where it is their turn; `extra` attempts were allowed on top.
    """
    old, new = before.policies.decision, after.policies.decision
    if locks and old.locks and not new.locks:
        return True
    allowed = old.attempts is None or needed <= old.attempts + extra
    return allowed and new.attempts is not None and needed > new.attempts + extra
