"""What all pages of a lead share: who reaches them, and the counts on their tabs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue

from reviewhub.domain.access import Role
from reviewhub.domain.errors import NotFound
from reviewhub.queries.corrections import count_corrections
from reviewhub.queries.lead import count_waiting
from reviewhub.queries.questions import count_questions
from reviewhub.web import actor, kit

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits behind each tab, 1,001 at most."""

    confirm: int
    questions: int
    corrections: int


def tab_counts(confirm: int | None = None) -> Counts:
    """What waits to be confirmed (unless it was counted already), answered, or agreed to."""
    with kit().read() as session:
        if confirm is None:
            confirm = count_waiting(session, actor())
        return Counts(confirm, count_questions(session, actor()), count_corrections(session, actor()))


def leads_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Nothing here for whoever leads nowhere."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not actor().holds(Role.LEAD):
            raise NotFound
        return view(*args, **kwargs)

    return guarded
