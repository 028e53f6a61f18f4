"""Who is there: the cookie rh_session, looked up once a request."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from reviewhub.queries.accounts import session_of
from reviewhub.services.ids import fingerprint
from reviewhub.services.touch_session import SEEN_EVERY, touch_session
from reviewhub.web import ANONYMOUS, actor, kit
from reviewhub.web.reading import reads

COOKIE = "rh_session"
_WITHOUT = frozenset({"static", "health.healthz", "health.readyz"})

P = ParamSpec("P")


def install(app: Flask) -> None:
    """Set g.actor before every view; anonymous for static files and health checks, which need nobody."""
    app.before_request(load_actor)


def load_actor() -> None:
    """One statement: session, person and memberships. A stale `seen` moment is renewed now and then."""
    g.actor, g.session_id = replace(ANONYMOUS, reads=reads()), None
    secret = request.cookies.get(COOKIE)
    if not secret or request.endpoint in _WITHOUT:
        return
    now = kit().clock.now()
    with kit().read() as session:
        found = session_of(session, fingerprint(secret), now)
    if found is None:
        return
    g.actor, g.session_id = replace(found.actor, reads=reads()), found.session_id
    if now - found.seen_at >= SEEN_EVERY:
        # On a full disk this cannot be written, and everything that is there can still be read.
        with suppress(OperationalError):
            touch_session(kit(), found.session_id)


def remember(response: AnyResponse, secret: str) -> AnyResponse:
    """Give the browser its session, and new form tokens: none from before signing in is good after."""
    form_session.clear()
    settings = kit().settings
    response.set_cookie(
        COOKIE,
        secret,
        max_age=settings.session_days * 86_400,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        path="/",
    )
    return response


def forget(response: AnyResponse) -> AnyResponse:
    """Take the session from the browser."""
    form_session.clear()
    response.delete_cookie(COOKIE, path="/")
    return response


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Ask whoever is not signed in to do so first, and bring them back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if actor().signed_in:
            return view(*args, **kwargs)
        # What was posted cannot be sent again by a redirect: the page that held the form comes back instead.
        back = request.full_path.rstrip("?") if request.method == "GET" else ""
        goal = url_for("auth.sign_in", next=back or None)
        if request.headers.get("HX-Request"):
            return Response("", 401, {"HX-Redirect": goal})
        return redirect(goal, 303)

    return guarded
