"""A numbered round trip of a submission; its evidence is immutable once submitted."""

from enum import StrEnum

from reviewhub.domain.access import Action, Facts
from reviewhub.domain.workflow.step import Step, Table


class AttemptState(StrEnum):
    """draft → checking → (needs_fix) → submitted → decided → released | withdrawn."""

    DRAFT = "draft"
    CHECKING = "checking"
    NEEDS_FIX = "needs_fix"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    HELD = "held"


A = AttemptState
EDITABLE = frozenset({A.DRAFT, A.NEEDS_FIX})


def _not_held(facts: Facts) -> str | None:
    return "The submission is on hold." if facts.submission_held else None


def _ready(facts: Facts) -> str | None:
    if facts.submission_held:
        return "The submission is on hold."
    if not facts.complete:
        return "Something that is needed is still missing."
    if not facts.attested:
        return "Please confirm that this is your own work and that you may share it."
    return None


TRANSITIONS: Table = {
    (A.DRAFT, Action.EDIT): Step(A.DRAFT, _not_held),
    (A.DRAFT, Action.SUBMIT): Step(A.CHECKING, _ready),
    (A.DRAFT, Action.DROP): Step(A.WITHDRAWN),
    (A.CHECKING, Action.PASSED): Step(A.SUBMITTED),
    (A.CHECKING, Action.FAILED): Step(A.NEEDS_FIX),
    (A.CHECKING, Action.HOLD_ATTEMPT): Step(A.HELD),
    (A.CHECKING, Action.DROP): Step(A.WITHDRAWN),
    (A.NEEDS_FIX, Action.EDIT): Step(A.NEEDS_FIX, _not_held),
    (A.NEEDS_FIX, Action.SUBMIT): Step(A.CHECKING, _ready),
    (A.NEEDS_FIX, Action.DROP): Step(A.WITHDRAWN),
    (A.HELD, Action.GO_ON): Step(A.SUBMITTED, _not_held),
    (A.HELD, Action.RETURN): Step(A.NEEDS_FIX),
    (A.HELD, Action.DROP): Step(A.WITHDRAWN),
    (A.SUBMITTED, Action.DECIDE): Step(A.DECIDED),
    (A.SUBMITTED, Action.GIVE_BACK): Step(A.NEEDS_FIX),
    (A.SUBMITTED, Action.DROP): Step(A.WITHDRAWN),
    (A.DECIDED, Action.RELEASE): Step(A.RELEASED, _not_held),
    (A.DECIDED, Action.REOPEN): Step(A.SUBMITTED),
    (A.DECIDED, Action.DROP): Step(A.WITHDRAWN),
    (A.RELEASED, Action.REOPEN): Step(A.SUBMITTED),
}
