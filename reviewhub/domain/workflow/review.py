"""One assessor's seat in one round."""

from enum import StrEnum

from reviewhub.domain.access import Action, Facts
from reviewhub.domain.workflow.step import Step, Table


class ReviewState(StrEnum):
    """offered → claimed → submitted → final | released | excluded | expired.

    A claim that has expired can be claimed again by the same person, with its draft.
    """

    OFFERED = "offered"
    CLAIMED = "claimed"
    SUBMITTED = "submitted"
    FINAL = "final"
    RELEASED = "released"
    EXCLUDED = "excluded"
    EXPIRED = "expired"


V = ReviewState
SEATED = frozenset({V.OFFERED, V.CLAIMED, V.SUBMITTED, V.FINAL})
"""States in which the review occupies its seat."""


def _undo_open(facts: Facts) -> str | None:
    return None if facts.undo_open else "The undo window has ended; the scores are final."


def _undo_past(facts: Facts) -> str | None:
    return "The undo window is still open." if facts.undo_open else None


def _blind_first(facts: Facts) -> str | None:
    if facts.adjudicator and not facts.blind_sheet_given:
        return "Score blind first; then you see both sheets and give the final one."
    return None


def _blind_once(facts: Facts) -> str | None:
    if not facts.adjudicator:
        return "Only an adjudicator gives a blind sheet first."
    return "Your blind sheet is already in." if facts.blind_sheet_given else None


def _adjudicators(facts: Facts) -> str | None:
    return None if facts.adjudicator else "A final sheet stands."


def _consented(facts: Facts) -> str | None:
    return None if facts.correction_granted else "A lead has to agree first to a superseding sheet."


def _from_pile(facts: Facts) -> str | None:
    return None if facts.from_pile else "This does not lie in a pile any more."


TRANSITIONS: Table = {
    (V.OFFERED, Action.CLAIM_NEXT): Step(V.CLAIMED, _from_pile),
    (V.OFFERED, Action.SAVE): Step(V.CLAIMED),
    (V.OFFERED, Action.HAND_BACK): Step(V.RELEASED),
    (V.OFFERED, Action.RAISE_CONCERN): Step(V.OFFERED),
    (V.OFFERED, Action.OBJECT): Step(V.OFFERED),
    (V.OFFERED, Action.TAKE_AWAY): Step(V.RELEASED),
    (V.OFFERED, Action.EXCLUDE): Step(V.EXCLUDED),
    (V.OFFERED, Action.EXPIRE): Step(V.EXPIRED),
    (V.CLAIMED, Action.SAVE): Step(V.CLAIMED),
    (V.CLAIMED, Action.SUBMIT_BLIND): Step(V.CLAIMED, _blind_once),
    (V.CLAIMED, Action.SUBMIT_SHEET): Step(V.SUBMITTED, _blind_first),
    (V.CLAIMED, Action.HAND_BACK): Step(V.RELEASED),
    (V.CLAIMED, Action.RAISE_CONCERN): Step(V.CLAIMED),
    (V.CLAIMED, Action.OBJECT): Step(V.CLAIMED),
    (V.CLAIMED, Action.TAKE_AWAY): Step(V.RELEASED),
    (V.CLAIMED, Action.EXCLUDE): Step(V.EXCLUDED),
    (V.CLAIMED, Action.EXPIRE): Step(V.EXPIRED),
    (V.SUBMITTED, Action.UNDO): Step(V.CLAIMED, _undo_open),
    (V.SUBMITTED, Action.CLOSE): Step(V.FINAL, _undo_past),
    (V.SUBMITTED, Action.TAKE_AWAY): Step(V.RELEASED),
    (V.SUBMITTED, Action.EXCLUDE): Step(V.EXCLUDED),
    (V.FINAL, Action.SUPERSEDE): Step(V.FINAL, _consented),
    (V.FINAL, Action.EXCLUDE): Step(V.EXCLUDED),
    (V.FINAL, Action.EXPIRE): Step(V.EXPIRED, _adjudicators),
    (V.EXPIRED, Action.CLAIM_NEXT): Step(V.CLAIMED, _from_pile),
}
