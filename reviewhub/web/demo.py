"""The demo's front page, mailbox and bar. Registered only where settings.demo says so, on loopback only."""

from datetime import datetime, timedelta
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Refused
from reviewhub.queries import demo as queries
from reviewhub.queries.demo import CAST, DOMAIN, address
from reviewhub.queries.mailbox import mailbox as letters
from reviewhub.queries.tour import tour
from reviewhub.services.become import become as open_as
from reviewhub.web import actor, kit
from reviewhub.web.demo_words import cards, first_link, linked, loopback, roles
from reviewhub.web.device import device
from reviewhub.web.forms import safe_next, typed
from reviewhub.web.locale import day
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import remember

bp = Blueprint("demo", __name__)
_MOST_DIGITS = 18


class MovableClock(Protocol):
    """What the demo's clock can beside telling the time."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def advance(self, by: timedelta) -> None:
        """Move forward, for all processes."""
        ...


@bp.record_once
def refuse_elsewhere(state: BlueprintSetupState) -> None:
    """Without passwords nothing may be within reach of a network: the application does not even start."""
    settings = state.app.extensions["reviewhub"].settings
    if not settings.demo or not loopback(urlsplit(settings.public_url).hostname):
        reason = "The demo lets anybody be anybody, so it stays on this machine"
        raise Refused(f"{reason}: {settings.public_url} is not of this machine alone.", "demo")


@bp.before_app_request
def only_from_here() -> None:
    """A page elsewhere, under a name that leads to this machine, must not use the demo either."""
    if not loopback(urlsplit(f"//{request.host}").hostname) or not loopback(request.remote_addr):
        abort(404)


@bp.app_context_processor
def bar() -> dict[str, Any]:
    """What the bar of every page shows."""
    role, me = roles(), actor().email
    people = [(who, f"{name} · {role[who].name}", address(name) == me) for who, name in CAST.items()]
    return {"demo_bar": people, "demo_day": kit().clock.now()}


@bp.get("/")
def start() -> ResponseReturnValue:
    """The six to become, what waits for each, and how far the staged attempt is."""
    with kit().read() as session:
        people = queries.cast(session)
        complete = len(people) == len(CAST)
        waiting = queries.tasks(session, people) if complete else {}
        staged = tour(session, people) if complete else None
    return respond("demo/start.html", cards=cards(staged, waiting))


@bp.post("/demo/become")
@bp.post("/demo/become/<who>")
def become(who: str = "") -> ResponseReturnValue:
    """Sign in as one of the six, or as anybody else in the demo by the first part of their address."""
    who = who or typed("who", 100)
    email = address(CAST[who]) if who in CAST else f"{who}@{DOMAIN}"
    goal = safe_next(request.form.get("next"), url_for("auth.home_page"))
    return remember(see_other(goal), open_as(kit(), email, device(request)))


@bp.post("/demo/advance")
def advance() -> ResponseReturnValue:
    """Move the demo's clock on to the next working day, at the same time of day."""
    clock = cast("MovableClock", kit().clock)
    with kit().read() as session:
        clock.advance(queries.until_somebody_works(session, clock.now()))
    flash(_("It is now %(day)s.", day=day(clock.now())))
    return see_other(safe_next(request.form.get("next"), url_for("demo.start")))


@bp.get("/demo/mailbox")
def mailbox() -> ResponseReturnValue:
    """Every letter that ReviewHub would have sent, newest first; of one address where it is given."""
    to, before = request.args.get("to", ""), request.args.get("before", "")
    known = before.isascii() and before.isdecimal() and len(before) <= _MOST_DIGITS
    with kit().read() as session:
        found = letters(session, to=to, before=int(before) if known else None)
    return respond(
        "demo/mailbox.html",
        letters=found.letters,
        to=to,
        older=url_for("demo.mailbox", to=to or None, before=found.older) if found.older else "",
        newest=not known,
        linked=linked,
        first_link=first_link,
    )
