"""The states of a submission, its attempts, rounds and reviews, from its chain of events alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reviewhub.domain.audit import Link
from reviewhub.domain.workflow.attempt import AttemptState

Thing = tuple[str, str]
"""Its kind, and its public id; the submission itself has "" for an id."""

_KINDS = frozenset({"submission", "attempt", "round", "review"})
_START = "submission.start"
_BEGIN_ATTEMPTS = frozenset({_START, "submission.start_attempt"})
HELD = "held"


def held_from(state: str, back_to: str | None) -> str:
    """A state as it is compared: a stop of a submission or a round also says where it leads back."""
    return f"{state} from {back_to}" if back_to else state


@dataclass(slots=True)
class Replay:
    """Takes the events of one chain in order; `states` is what they lead to.

    `begun`: the chain begins with the submission's start, so it accounts for everything that hangs on it.
    """

    states: dict[Thing, str] = field(default_factory=dict)
    begun: bool = False

    def take(self, link: Link) -> str:
        """Go one event further: "", or what does not follow from the events before, where all are there."""
        kind, _, _ = link.action.partition(".")
        self.begun = self.begun or (link.action == _START and link.seq == 1)
        if kind not in _KINDS or not link.to_state:
            return ""
        if link.action in _BEGIN_ATTEMPTS:
            self.states["attempt", str(link.facts.get("attempt"))] = AttemptState.DRAFT.value
        thing = kind, "" if kind == "submission" else str(link.facts.get(kind))
        known = self.states.get(thing, "")
        self.states[thing] = _after(kind, link, known)
        was = known.partition(" ")[0]
        if self.begun and was != link.from_state:
            return f"it says that this {kind} was {link.from_state or 'new'}, and it was {was or 'new'}"
        return ""


def _after(kind: str, link: Link, known: str) -> str:
    """An attempt that is held has its own steps back; what else is held keeps where it came from."""
    if link.to_state != HELD or kind == "attempt":
        return link.to_state
    if "back_to" in link.facts:
        return held_from(HELD, str(link.facts["back_to"]))
    return known if link.from_state == HELD else held_from(HELD, link.from_state)


def unexplained(states: Mapping[Thing, str], rows: Mapping[Thing, str]) -> Iterable[tuple[Thing, str]]:
    """What the rows say and the events do not: the thing, and a sentence of what is wrong with it.

    `states` from Replay, `rows` as they are stored, each with held_from where it is held.
    """
    for thing in sorted({*states, *rows}):
        row, told = rows.get(thing), states.get(thing)
        if row is None:
            yield thing, f"it is gone; by its events it is {told}"
        elif told is None:
            yield thing, f"it is {row}; no event says so"
        elif row != told:
            yield thing, f"it is {row}; by its events it is {told}"
