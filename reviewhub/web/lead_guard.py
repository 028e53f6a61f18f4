"""Who reaches a lead's pages."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue

from reviewhub.domain.access import Role
from reviewhub.domain.errors import NotFound
from reviewhub.web import actor

P = ParamSpec("P")


def leads_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Nothing here for whoever leads nowhere."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not actor().holds(Role.LEAD):
            raise NotFound
        return view(*args, **kwargs)

    return guarded
