"""What people see when something goes wrong: plain words, one next step, a reference that the log has too."""

import logging
import math
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from reviewhub.domain.errors import DomainError, Invalid, NotFound, PluginFault, Refused, Stale
from reviewhub.receiving import FULL, NO_ROOM
from reviewhub.services.ports import StorageDown, StorageFull
from reviewhub.web import kit, limits
from reviewhub.web.forms import safe_next
from reviewhub.web.render import respond, wants_fragment

log = logging.getLogger("reviewhub.web")

_SECRET_FIELDS = ("password", "old", "new", "csrf_token")
_REFERENCE_BYTES = 4


@dataclass(frozen=True, slots=True)
class Words:
    """An error page: what happened and what became of the work, then the one next step."""

    title: object
    text: object


_WORDS = {
    400: Words(
        _l("That could not be read"), _l("Something in the request was damaged. Go back, and try once more.")
    ),
    401: Words(_l("Sign in first"), _l("This page is for people who are signed in.")),
    403: Words(
        _l("This is not open to you"), _l("Your account has no right to do this. Nothing was changed.")
    ),
    404: Words(
        _l("There is nothing here"), _l("The address is wrong, or what was here is not yours to see.")
    ),
    405: Words(
        _l("This address does not work that way"), _l("Start again from the page that holds the button.")
    ),
    409: Words(
        _l("Not possible just now"), _l("Things have changed since you opened the page. Nothing was changed.")
    ),
    422: Words(_l("Something needs mending"), _l("Go back: the form still holds what you typed.")),
    429: Words(
        _l("Too many tries"), _l("For everyone's safety this is limited. Nothing is lost; wait a little.")
    ),
    500: Words(
        _l("Something went wrong on our side"),
        _l("It is written down. What was saved before is safe; this last step was not saved."),
    ),
    507: Words(
        _l("No room left"),
        _l(
            "The disk of this ReviewHub is full. Nothing that was saved is lost; this last step was not "
            "saved. Tell your coordinator, and try again when there is room."
        ),
    ),
    503: Words(
        _l("Out of reach for the moment"),
        _l("A part of ReviewHub does not answer. Nothing that was saved is lost. Try again in a minute."),
    ),
}


def install(app: Flask) -> None:
    """Answer every error by a page, and every request by a line in the log without personal data."""
    app.before_request(_number)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    for outage in (StorageDown, RedisError, OperationalError, InterfaceError):
        app.register_error_handler(outage, _outage)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(Exception, _unexpected)


def _number() -> None:
    g.reference = secrets.token_hex(_REFERENCE_BYTES)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 - a redirect raised as an exception stays one
        return make_response(error.get_response())
    if status == 413:  # noqa: PLR2004 - the status that names itself in the text
        most = kit().settings.upload_megabytes
        return page(
            status,
            _("Too large"),
            _("That was more than %(most)d MB and was not taken. Send a smaller file, or fewer.", most=most),
        )
    if status == 429:  # noqa: PLR2004 - the same
        return _too_many()
    response = page(status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _too_many() -> Response:
    """Says when to try again, in words and as a header."""
    broken = limits.limiter.current_limit
    # The limiter counts in real seconds, not on the application's clock.
    seconds = max(1, math.ceil(broken.reset_at - time.time())) if broken else 60
    minutes = math.ceil(seconds / 60)
    response = page(
        429,
        text=ngettext(
            "For everyone's safety this is limited. Nothing is lost; try again in a minute.",
            "For everyone's safety this is limited. Nothing is lost; try again in %(num)d minutes.",
            minutes,
        ),
    )
    response.headers["Retry-After"] = str(seconds)
    return response


def _domain(error: DomainError) -> Response:
    match error:
        case NotFound():
            return page(404, text=error.message)
        case Invalid():
            return page(422, text=error.message)
        case Stale():
            return page(409, _("Somebody was faster"), error.message)
        case PluginFault():
            log.error("plugin fault %s", error.code, extra={"reference": g.reference, "plugin": error.plugin})
            return page(
                409,
                _("This waits"),
                _("The programme's rules could not be applied. It is held; nobody repeats work."),
            )
        case Refused(code="role"):
            return page(403, text=error.message)
        case _:
            return page(409, text=error.message)


def need_room() -> None:
    """StorageFull for a request whose body found none; before anything looks into its form."""
    if NO_ROOM in request.headers:
        raise StorageFull("no room to receive it")


def _outage(error: Exception) -> Response:
    log.error("out of reach: %s", type(error).__name__, extra={"reference": g.get("reference", "")})
    response = page(507 if isinstance(error, StorageFull) else 503)
    response.headers["Retry-After"] = "60"
    return response


def _system(error: OSError) -> Response:
    """A disk without room, where a form was taken apart or a copy was made; anything else is a fault."""
    if error.errno in FULL:
        return _outage(StorageFull())
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    log.error(
        "unexpected: %s", type(error).__name__, exc_info=error, extra={"reference": g.get("reference", "")}
    )
    try:
        return page(500)
    except Exception:  # noqa: BLE001 - the page itself may be what fails; then bare words
        return make_response(
            "Something went wrong. Nothing that was saved is lost. " + g.get("reference", ""), 500
        )


def _expired(_error: CSRFError) -> Response:
    """The form's token is gone: signed in elsewhere, out, or away for long. What was typed can be copied."""
    own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if own and value.strip() and name not in _SECRET_FIELDS
    ]
    return _finish(
        respond("errors/expired.html", "words", status=400, kept=kept, back=_back(), reference=g.reference)
    )


def page(status: int, title: str = "", text: str = "") -> Response:
    """The error page of a status, with other words where they say more."""
    words = _WORDS.get(status) or _WORDS[500 if status >= 500 else 400]  # noqa: PLR2004 - ranges of HTTP
    return _finish(
        respond(
            "errors/page.html",
            "words",
            status=status,
            title=title or words.title,
            text=text or words.text,
            back=_back(),
            reference=g.get("reference", ""),
            retry=status in {429, 500, 503, 507},
        )
    )


def _finish(response: Response) -> Response:
    """A part goes above the page where htmx asked, so that the form below keeps what was typed."""
    if wants_fragment():
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _back() -> str:
    """The page to return to: for what was posted, the one that held the form; else the start."""
    if request.method == "GET":
        return "/"
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return "/"
    return safe_next(came_from.path + (f"?{came_from.query}" if came_from.query else ""), "/")
