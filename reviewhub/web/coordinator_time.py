"""A coordinator puts a review's due day later, or lets it stand."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Refused, Stale
from reviewhub.queries.more_time import more_time_page
from reviewhub.services.extend import decline, extend
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.assessor_exits import day_typed
from reviewhub.web.coordinator_acts import problems_of
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other

bp = Blueprint("time", __name__)
_REASON = 4_000


@bp.get("/submissions/<public_id>/seats/<review>/more-time")
@coordinators_only
def more_time(public_id: str, review: str) -> ResponseReturnValue:
    """Until when, and why."""
    return _show(public_id, review)


@bp.post("/submissions/<public_id>/seats/<review>/more-time")
@coordinators_only
def more_time_now(public_id: str, review: str) -> ResponseReturnValue:
    """Give it, or let the day stand."""
    with kit().read() as session:
        more_time_page(session, actor(), public_id, review, kit().clock.now())
    reason = typed("reason", _REASON)
    try:
        if typed("verdict", 10) == "decline":
            decline(kit(), actor(), review, reason)
            flash(_("The day stays. The assessor is told so by e-mail."))
        else:
            extend(kit(), actor(), review, day_typed("day"), reason)
            flash(_("The day is put later. The assessor is told by e-mail."))
    except (Invalid, Refused, Stale) as no:
        return _show(public_id, review, *problems_of(no))
    return see_other(url_for("coordinator.submission", public_id=public_id))


def _show(
    public_id: str, review: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    with kit().read() as session:
        page = more_time_page(session, actor(), public_id, review, kit().clock.now())
    return respond(
        "coordinator/more_time.html", status=status, page=page, problems=problems, typed=request.form,
        words=coordinator_words,
    )  # fmt: skip
