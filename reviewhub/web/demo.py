"""The demo's front page, mailbox and bar. Registered only where settings.demo says so, on loopback only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, flash, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape

from reviewhub.domain.calendar import add_working_days
from reviewhub.domain.errors import Refused
from reviewhub.queries import demo as queries
from reviewhub.queries.demo import CAST, DOMAIN, Task
from reviewhub.queries.mailbox import mailbox as letters
from reviewhub.queries.tour import Tour, tour
from reviewhub.services.become import become as open_as
from reviewhub.web import actor, kit
from reviewhub.web.device import device
from reviewhub.web.forms import safe_next, typed
from reviewhub.web.locale import day
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import remember

bp = Blueprint("demo", __name__)
STORY = ("assessor-a", "assessor-b", "lead", "learner", "coordinator")
"""Who acts when in the three minutes."""
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


class MovableClock(Protocol):
    """What the demo's clock can beside telling the time."""

    def now(self) -> datetime: ...

    def advance(self, by: timedelta) -> None: ...


@dataclass(frozen=True, slots=True)
class Card:
    """One of the five in the order of the three minutes: who it is, what to do there, and the task that waits.

    `state` is done, now or next; `url` is where the task leads.
    """

    who: str
    name: str
    state: str
    step: str
    role: str
    does: str
    task: str
    detail: str
    url: str


def loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine's own."""
    if host in {"localhost", None, ""}:
        return host == "localhost"
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False


@bp.record_once
def refuse_elsewhere(state: BlueprintSetupState) -> None:
    """Without passwords nothing may be within reach of a network: the application does not even start."""
    app: Flask = state.app
    settings = app.extensions["reviewhub"].settings
    if not settings.demo or not loopback(urlsplit(settings.public_url).hostname):
        raise Refused(f"The demo lets anybody be anybody, so it stays on this machine: {settings.public_url}", "demo")


@bp.before_app_request
def only_from_here() -> None:
    """A page elsewhere whose name leads to this machine must not use the demo either."""
    if not loopback(urlsplit(f"//{request.host}").hostname) or not loopback(request.remote_addr):
        abort(404)


@bp.app_context_processor
def bar() -> dict[str, Any]:
    """What the bar of every page shows."""
    roles = _roles()
    people = [
        (who, f"{name} · {roles[who][0]}", queries.address(name) == actor().email) for who, name in CAST.items()
    ]
    return {"demo_bar": people, "demo_day": kit().clock.now()}


@bp.get("/")
def start() -> ResponseReturnValue:
    """The five to become, what waits for each, and how far the staged attempt is."""
    with kit().read() as session:
        people = queries.cast(session)
        complete = len(people) == len(CAST)
        waiting = queries.tasks(session, people) if complete else {}
        staged = tour(session, people) if complete else None
    behind = _behind(staged)
    now = next((who for who in STORY if who not in behind), "")
    cards = [
        _card(who, waiting.get(who, Task("none")), "done" if who in behind else "now" if who == now else "next")
        for who in STORY
    ]
    return respond("demo/start.html", cards=cards)


@bp.post("/demo/become")
@bp.post("/demo/become/<who>")
def become(who: str = "") -> ResponseReturnValue:
    """Sign in as one of the five, or as anybody else in the demo by the first part of their address."""
    who = who or typed("who", 100)
    email = queries.address(CAST[who]) if who in CAST else f"{who}@{DOMAIN}"
    goal = safe_next(request.form.get("next"), url_for("auth.home_page"))
    return remember(see_other(goal), open_as(kit(), email, device(request)))


@bp.post("/demo/advance")
def advance() -> ResponseReturnValue:
    """Move the demo's clock on to the next working day, at the same time of day."""
    clock = cast("MovableClock", kit().clock)
    today = clock.now().date()
    clock.advance(add_working_days(today + timedelta(days=1), 0) - today)
    flash(_("It is now %(day)s.", day=day(clock.now())))
    return see_other(safe_next(request.form.get("next"), url_for("demo.start")))


@bp.get("/demo/mailbox")
def mailbox() -> ResponseReturnValue:
    """Every letter that ReviewHub would have sent, newest first; of one address where it is given."""
    to = request.args.get("to", "")
    before = request.args.get("before", "")
    with kit().read() as session:
        found = letters(session, to=to, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    older = url_for("demo.mailbox", to=to or None, before=found.older) if found.older else ""
    return respond(
        "demo/mailbox.html", letters=found.letters, to=to, older=older, first=not before, linked=_linked,
        first_link=_first_link, local=_local,
    )


def _behind(staged: Tour | None) -> frozenset[str]:
    """Whose part in the three minutes is over. The coordinator's never is."""
    if staged is None:
        return frozenset()
    parts = {"assessor-a": {"a"}, "assessor-b": {"b"}, "lead": {"adjudicated", "confirmed"}, "learner": {"resubmitted"}}
    return frozenset(who for who, steps in parts.items() if steps <= staged.done)


def _roles() -> dict[str, tuple[str, str, str]]:
    """The role, what it does, and what it does in the three minutes."""
    return {
        "assessor-a": (
            _("Assessor A"),
            _("Scores against the rubric and sees no name, no date, no other score."),
            _("Press one key, submit"),
        ),
        "assessor-b": (
            _("Assessor B"),
            _("Scores the same evidence and does not know who else does."),
            _("Press another key, submit"),
        ),
        "lead": (
            _("Lead"),
            _("Scores blind where two assessors differ, then sees both sheets and decides."),
            _("Decide, confirm the feedback"),
        ),
        "learner": (
            _("Learner"),
            _("Submits real evidence, reads the feedback, mends. What is met stays met."),
            _("Read, mend, resubmit"),
        ),
        "coordinator": (
            _("Coordinator"),
            _("Sees what waits, why and since when, and what would help."),
            _("See who waits for what"),
        ),
    }


def _card(who: str, task: Task, state: str) -> Card:
    role, does, step = _roles()[who]
    text, detail, url = _told(task, who)
    return Card(who, CAST[who], state, step, role, does, text, detail, url)


def _told(task: Task, who: str) -> tuple[str, str, str]:
    """A task in words: what it is, how far it is, where it leads."""
    left, home = task.most - task.done, url_for("auth.home_page")
    match task.kind:
        case "mend":
            url = url_for("learner.feedback", submission=task.target, number=task.attempt)
            return _("Feedback has come: mend “%(name)s”", name=task.about), _(
                "%(done)d of %(most)d criteria met and locked", done=task.done, most=task.most
            ), url
        case "draft":
            url = url_for("learner.submission", submission=task.target)
            return _("Go on with “%(name)s”", name=task.about), _("Attempt %(n)d, a draft", n=task.attempt), url
        case "wait":
            url = url_for("learner.submission", submission=task.target)
            return _("See where “%(name)s” stands", name=task.about), _("Under review"), url
        case "score" if task.done:
            url = url_for("assessor.open_review", review=task.target)
            one = _("One criterion is left: one key, then submit")
            return _("Finish “%(name)s”", name=task.about), one if left == 1 else _(
                "%(done)d of %(most)d criteria rated", done=task.done, most=task.most
            ), url
        case "score":
            url = url_for("assessor.open_review", review=task.target)
            return _("Score “%(name)s”", name=task.about), _("%(n)d in the queue", n=task.waiting), url
        case "adjudicate":
            url = url_for("assessor.open_review", review=task.target)
            return _("Adjudicate “%(name)s”", name=task.about), _("Two assessors differ"), url
        case "confirm":
            url = url_for("lead.feedback", public_id=task.target)
            return _("Confirm the feedback for “%(name)s”", name=task.about), _("%(n)d wait in all", n=task.waiting), url
        case "held":
            return _("Look after %(n)d that cannot go on by themselves", n=task.waiting), _(
                "%(held)d on hold, %(seats)d without an assessor", held=task.done, seats=task.most
            ), url_for("coordinator.overview")
    done = {"assessor-a": _("All scores are in"), "assessor-b": _("All scores are in")}.get(who, _("Nothing waits"))
    return done, _("Look around"), home


def _local(url: str) -> str:
    """A letter's own address without its host: the demo may answer on another port today."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def _links(body: str) -> Iterator[tuple[int, int, str]]:
    for found in _LINK.finditer(body):
        if loopback(urlsplit(found[0]).hostname):
            yield found.start(), found.end(), found[0]


def _linked(body: str) -> Markup:
    """A letter's text with its links to follow; everything else escaped."""
    parts, at = [], 0
    for start, end, url in _links(body):
        parts += [escape(body[at:start]), Markup('<a href="{}">{}</a>').format(_local(url), url)]
        at = end
    return Markup("").join([*parts, escape(body[at:])])


def _first_link(body: str) -> str:
    return next((_local(url) for _start, _end, url in _links(body)), "")
