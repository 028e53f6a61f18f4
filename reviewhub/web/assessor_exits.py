"""An assessor's exits that cost nobody an attempt, and their absence."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reviewhub.domain.access import Role
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.queries.own_exits import absence
from reviewhub.queries.workspace import Phase, Workspace, workspace
from reviewhub.services.hand_back import hand_back
from reviewhub.services.hand_over import hand_over
from reviewhub.services.raise_concern import Said, raise_concern
from reviewhub.services.set_away import set_away
from reviewhub.web import actor, kit
from reviewhub.web.assessor_words import detail
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import signed_in

bp = Blueprint("exits", __name__)

CONCERNS = {
    "cannot_open": _l("A piece cannot be opened"),
    "copying": _l("It looks copied from somewhere"),
    "danger": _l("Somebody may be in danger"),
    "name_shown": _l("A name is shown in the evidence"),
    "other": _l("Something else"),
}
"""By kind, in the order in which they are offered."""
_WORDS = 4_000
_SHORT = 40


@bp.route("/reviews/<review>/cannot-open", methods=["GET", "POST"])
@signed_in
def cannot_open(review: str) -> ResponseReturnValue:
    """Which piece, and what happens."""
    return _concern(review, ("cannot_open",))


@bp.route("/reviews/<review>/wrong", methods=["GET", "POST"])
@signed_in
def wrong(review: str) -> ResponseReturnValue:
    """Copying, danger, a name, something else."""
    return _concern(review, ("copying", "danger", "name_shown", "other"))


@bp.route("/reviews/<review>/hand-back", methods=["GET", "POST"])
@signed_in
def give_back(review: str) -> ResponseReturnValue:
    """Let somebody else score it."""
    page = _open_page(review)
    if page is None:
        return _too_late(review)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            hand_back(kit(), actor(), review, typed("word", _WORDS))
        except Invalid as no:
            problems = no.problems
        except Refused as no:
            flash(no.message)
            return see_other(url_for("assessor.open_review", review=review))
        else:
            flash(_("Handed back. Somebody else scores it; it costs the learner nothing."), "met")
            return see_other(url_for("assessor.queue"))
    return respond(
        "assessor/hand_back.html",
        status=422 if problems else 200,
        page=page,
        problems=problems,
        typed=request.form,
    )


@bp.get("/away")
@signed_in
def away() -> ResponseReturnValue:
    """Until when one is away, and what is not begun."""
    return _show_away()


@bp.post("/away")
@signed_in
def away_now() -> ResponseReturnValue:
    """Note the last day, or that one is back."""
    try:
        until = day_typed("until")
        set_away(kit(), actor(), until)
    except Invalid as no:
        return _show_away(no.problems)
    flash(_("Noted. Until then nothing new comes to you.") if until else _("Noted: you are here."), "met")
    return see_other(url_for("assessor.exits.away"))


@bp.post("/away/hand-over")
@signed_in
def hand_over_now() -> ResponseReturnValue:
    """Give to others what is not begun."""
    try:
        given = hand_over(kit(), actor())
    except Stale:
        given = hand_over(kit(), actor())  # a seat came up at that very moment: it goes with the others
    flash(
        ngettext("%(num)d review is given to others.", "%(num)d reviews are given to others.", given), "met"
    )
    return see_other(url_for("assessor.exits.away"))


def day_typed(name: str) -> date | None:
    """A day as a date field posts it; None for an empty one. Invalid for anything else."""
    text = typed(name, _SHORT)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = _("“%(text)s” is not a day. Type it as 2027-01-31, or leave it empty.", text=text)
        raise Invalid(Problem(name, message, text)) from None


def _concern(review: str, kinds: tuple[str, ...]) -> ResponseReturnValue:
    page = _open_page(review)
    if page is None:
        return _too_late(review)
    if request.method == "GET":
        return _show_concern(page, kinds)
    kind = kinds[0] if len(kinds) == 1 else typed("kind", _SHORT)
    knows = kind == "name_shown" and "knows" in request.form
    said = Said(kind if kind in kinds else "", typed("note", _WORDS), _piece(), knows)
    try:
        raise_concern(kit(), actor(), review, said)
    except Invalid as no:
        return _show_concern(page, kinds, no.problems, 422)
    except Refused as no:
        flash(no.message)
    else:
        if knows:
            flash(
                _("Thank you for saying so. Somebody else scores it, and a coordinator looks after it."),
                "met",
            )
            return see_other(url_for("assessor.queue"))
        flash(_("Thank you. A coordinator looks after it; until then your day stands still."), "met")
    return see_other(url_for("assessor.open_review", review=review, _anchor="rubric"))


def _piece() -> int:
    text = typed("piece", 4)
    return int(text) if text.isdecimal() and text.isascii() else 0


def _open_page(review: str) -> Workspace | None:
    """The review; None once its sheet is in. NotFound for somebody else's."""
    with kit().read() as session:
        page = workspace(session, actor(), review, kit().clock.now())
    return page if page.phase is Phase.SCORE else None


def _too_late(review: str) -> ResponseReturnValue:
    flash(_("Your sheet is in, so there is nothing to hand back. Write to the coordinator with the case."))
    return see_other(url_for("assessor.open_review", review=review))


def _show_concern(
    page: Workspace, kinds: tuple[str, ...], problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    chosen: Mapping[str, str] = request.form if request.method == "POST" else request.args
    return respond(
        "assessor/concern.html", status=status, page=page, kinds=kinds, words=CONCERNS, detail=detail,
        problems=problems, typed=chosen,
    )  # fmt: skip


def _show_away(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    if not actor().holds(Role.ASSESSOR, Role.LEAD):
        raise NotFound
    with kit().read() as session:
        found = absence(session, actor(), kit().clock.now())
    stored = found.until.isoformat() if found.until else ""
    return respond(
        "assessor/away.html",
        status=422 if problems else 200,
        found=found,
        problems=problems,
        until=typed("until", _SHORT) if problems else stored,
    )
