"""An assessor asks for more time."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.queries.more_time import own_days
from reviewhub.queries.workspace import Phase, workspace
from reviewhub.services.extend import ask_extension
from reviewhub.web import actor, kit
from reviewhub.web.assessor_exits import day_typed
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import signed_in

bp = Blueprint("time", __name__)
_WORDS = 4_000


@bp.route("/reviews/<review>/more-time", methods=["GET", "POST"])
@signed_in
def more_time(review: str) -> ResponseReturnValue:
    """Until when they need, and a word why; a coordinator decides."""
    now = kit().clock.now()
    with kit().read() as session:
        page = workspace(session, actor(), review, now)
        days = own_days(session, actor(), review, now)
    if page.phase is not Phase.SCORE:
        flash(_("Your sheet is in; there is no day to put later."))
        return _back(review)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            ask_extension(kit(), actor(), review, day_typed("until"), typed("why", _WORDS))
        except Invalid as no:
            problems = no.problems
        except Refused as no:
            flash(no.message)
            return _back(review)
        else:
            flash(_("Asked. A coordinator decides, and we write to you; until then your day stands."), "met")
            return _back(review)
    return respond(
        "assessor/more_time.html", status=422 if problems else 200, page=page, days=days, problems=problems,
        typed=request.form,
    )  # fmt: skip


def _back(review: str) -> ResponseReturnValue:
    return see_other(url_for("assessor.open_review", review=review))
