"""How the four tables are read: one entry a (state, action), and two questions asked of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewhub.domain.access import Action, Actor, Facts, may
from reviewhub.domain.errors import Refused

Guard = Callable[[Facts], str | None]
"""Says in a sentence why not, or None."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where an action leads. `to` None: back to where the hold was put on. Who: domain.access.PERMISSIONS."""

    to: StrEnum | None
    guard: Guard | None = None


Table = Mapping[tuple[StrEnum, Action], Step]


def take(table: Table, state: StrEnum, action: Action, actor: Actor, facts: Facts) -> Step:
    """The step for this actor in this state, or Refused with the reason (code: role, state or guard)."""
    if not may(actor, action, facts):
        raise Refused("You may not do this here.", "role")
    step = table.get((state, action))
    if step is None:
        name = action.value.partition(".")[2].replace("_", " ")
        raise Refused(f"“{name}” is not possible now: this is {state.value.replace('_', ' ')}.", "state")
    reason = step.guard(facts) if step.guard else None
    if reason:
        raise Refused(reason, "guard")
    return step


def open_actions(table: Table, state: StrEnum, actor: Actor, facts: Facts) -> tuple[Action, ...]:
    """The actions that would succeed now, in the table's order; buttons are made from this."""
    return tuple(
        action
        for (at, action), step in table.items()
        if at == state and may(actor, action, facts) and not (step.guard and step.guard(facts))
    )
