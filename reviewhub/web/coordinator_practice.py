"""“How we work”: a coordinator reads and sets an issuer's calendar, deadlines and shares."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby, zip_longest
from zoneinfo import available_timezones

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Stale
from reviewhub.queries.practice import PracticePage, own_practices, practice_page
from reviewhub.services.practice import LIMITS, ClosedDay, Practice, practice_problems
from reviewhub.services.set_practice import set_practice
from reviewhub.web import actor, kit, practice_words
from reviewhub.web.audit_words import counted
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other

bp = Blueprint("practice", __name__)

SPARE = 4
"""Empty lines for more closed days."""
_REASON = 4_000
_LINES = 500
_NO_NUMBER = -1
"""Stands for what is no number: less than the least of each."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the closed days, as it stands in the form. `number` tells which line to remove."""

    number: int
    day: str
    name: str
    removed: bool = False

    @property
    def year(self) -> str:
        """The year, or "" for an empty line."""
        return self.day[:4]


@bp.get("/practice")
@coordinators_only
def choose() -> ResponseReturnValue:
    """Straight to the one issuer; a list where somebody coordinates several."""
    with kit().read() as session:
        issuers = own_practices(session, actor())
    if len(issuers) == 1:
        return see_other(url_for("coordinator.practice.page", slug=issuers[0][0]))
    return respond("coordinator/practices.html", issuers=issuers)


@bp.get("/practice/<slug>")
@coordinators_only
def page(slug: str) -> ResponseReturnValue:
    """What is set now."""
    found = _found(slug)
    return _show(found, _values(found.practice), _rows(found.practice))


@bp.post("/practice/<slug>")
@coordinators_only
def page_now(slug: str) -> ResponseReturnValue:
    """Set what was typed."""
    found, rows = _found(slug), _typed_rows()
    wanted, unread = _practice(rows)
    move = request.form.get("move") == "yes"
    try:
        if unread:
            raise Invalid(*unread, *practice_problems(wanted))
        changed = set_practice(
            kit(), actor(), slug, typed("seen", 40), wanted, typed("reason", _REASON), move=move
        )
    except Invalid as wrong:
        return _show(found, _typed_values(), rows, wrong.problems, 422)
    except Stale:
        now = _found(slug)
        clash = Problem("", practice_words.clash(now.practice, wanted))
        return _show(now, _typed_values() | {"seen": now.practice.stamp}, rows, (clash,), 409)
    flash(_("Saved. It holds from now on.") if changed else _("Nothing was changed."), "met")
    return see_other(url_for("coordinator.practice.page", slug=slug))


def _found(slug: str) -> PracticePage:
    with kit().read() as session:
        return practice_page(session, actor(), slug, kit().clock.now())


def _values(practice: Practice) -> dict[str, object]:
    """What stands in the form, by field."""
    numbers = {name: str(getattr(practice, name)) for name in LIMITS}
    week = {str(day) for day in practice.week}
    return {
        "zone": practice.zone,
        "week": week,
        "assignment": practice.assignment,
        "seen": practice.stamp,
        **numbers,
    }


def _typed_values() -> dict[str, object]:
    names = ("zone", "assignment", "seen", "reason", "move", *LIMITS)
    return {name: typed(name, _REASON) for name in names} | {"week": set(request.form.getlist("week"))}


def _rows(practice: Practice) -> list[Row]:
    return [Row(n, one.day.isoformat(), one.name) for n, one in enumerate(practice.closed)]


def _typed_rows() -> list[Row]:
    """The lines that hold something."""
    days, names = request.form.getlist("closed-day"), request.form.getlist("closed-name")
    removed = set(request.form.getlist("closed-remove"))
    lines = list(zip_longest(days[:_LINES], names[:_LINES], fillvalue=""))
    rows = [
        Row(n, day.strip()[:20], name.strip()[:200], str(n) in removed) for n, (day, name) in enumerate(lines)
    ]
    return [row for row in rows if row.day or row.name]


def _practice(rows: list[Row]) -> tuple[Practice, list[Problem]]:
    """What was typed, and what of it is no day."""
    closed, unread = [], []
    for row in rows:
        if row.removed:
            continue
        try:
            closed.append(ClosedDay(date.fromisoformat(row.day), row.name))
        except ValueError:
            unread.append(Problem("closed", practice_words.no_day(row.day, row.name), row.day))
    week = {int(day) for day in request.form.getlist("week") if day in practice_words.NUMBERS}
    wanted = Practice(
        zone=typed("zone", 80),
        week=frozenset(week),
        closed=tuple(sorted(closed)),
        assignment=typed("assignment", 20),
        **{name: _number(name) for name in LIMITS},
    )
    return wanted, unread


def _number(name: str) -> int:
    text = typed(name, 10)
    return int(text) if text.isascii() and text.isdecimal() else _NO_NUMBER


def _show(
    found: PracticePage,
    values: dict[str, object],
    rows: list[Row],
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    years = [(year, list(group)) for year, group in groupby(rows, key=lambda row: row.year)]
    first = max((row.number for row in rows), default=-1) + 1
    spare = [Row(first + n, "", "") for n in range(SPARE)]
    return respond(
        "coordinator/practice.html", status=status, page=found, typed=values, years=years, spare=spare,
        limits=LIMITS, zones=sorted(available_timezones()), problems=problems, words=practice_words,
        counted=counted,
    )  # fmt: skip
