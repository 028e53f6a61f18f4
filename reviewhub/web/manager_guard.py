"""Who reaches a manager's pages."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from reviewhub.domain.access import Role
from reviewhub.domain.errors import NotFound
from reviewhub.web import actor
from reviewhub.web.session import signed_in

P = ParamSpec("P")


def managers_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Ask to sign in; then nothing here for whoever manages nowhere."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        if not actor().holds(Role.MANAGER):
            raise NotFound
        return view(*args, **kwargs)  # type: ignore[return-value]  # views answer by respond or see_other

    return signed_in(guarded)
