"""An assessor asks a lead whether a final sheet may be corrected."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.queries.own_correction import own_correction
from reviewhub.queries.workspace import workspace
from reviewhub.services.ask_correction import ask_correction
from reviewhub.web import actor, kit
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import signed_in

bp = Blueprint("correction", __name__)

_WORDS = 4_000


@bp.route("/reviews/<review>/correction", methods=["GET", "POST"])
@signed_in
def ask(review: str) -> ResponseReturnValue:
    """Why the sheet should be corrected."""
    now = kit().clock.now()
    with kit().read() as session:
        page = workspace(session, actor(), review, now)
        own = own_correction(session, actor(), review, now)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            ask_correction(kit(), actor(), review, typed("reason", _WORDS))
        except Invalid as no:
            problems = no.problems
        except Refused as no:
            flash(no.message)
            return _back(review)
        else:
            flash(_("Asked. A lead answers, without knowing who you are; you get a letter."), "met")
            return _back(review)
    if not problems and (own is None or not own.may_ask):
        return _back(review)
    return respond(
        "assessor/correction.html",
        status=422 if problems else 200,
        page=page,
        own=own,
        problems=problems,
        typed=request.form,
    )


def _back(review: str) -> ResponseReturnValue:
    return see_other(url_for("assessor.open_review", review=review, _anchor="rubric"))
