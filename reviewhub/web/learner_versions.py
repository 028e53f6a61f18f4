"""Two differences that a learner can look at: of two versions of the rubric, and of two attempts."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Refused, Stale
from reviewhub.queries.changes import changes_page
from reviewhub.queries.newer_rubric import rubric_move
from reviewhub.services import move_rubric as moving
from reviewhub.web import actor, kit
from reviewhub.web.render import respond, see_other
from reviewhub.web.rubric_words import sections
from reviewhub.web.session import signed_in

bp = Blueprint("versions", __name__)


@bp.get("/<submission>/rubric")
@signed_in
def rubric(submission: str) -> ResponseReturnValue:
    """What the newer version of the rubric changes for this learner; nothing moves by looking."""
    return _rubric(submission)


def _rubric(submission: str, status: int = 200, *, stale: str = "") -> ResponseReturnValue:
    with kit().read() as session:
        page = rubric_move(session, actor(), submission)
    if page is None:
        flash(_("There is no newer version of the rubric that you can move to now."))
        return see_other(url_for("learner.submission", submission=submission))
    found = sections(page.differences)
    return respond("learner/rubric.html", status=status, page=page, own=page.own, sections=found, stale=stale)


@bp.post("/<submission>/rubric")
@signed_in
def move(submission: str) -> ResponseReturnValue:
    """Move to the version that was shown."""
    try:
        moving.move_rubric(kit(), actor(), submission, request.form.get("to", "")[:40])
    except Stale as stale:
        return _rubric(submission, 409, stale=stale.message)
    except Refused as refused:
        flash(refused.message)
    else:
        flash(_("You have moved. From now on the newer version of the rubric is yours."), "met")
    return see_other(url_for("learner.submission", submission=submission))


@bp.get("/<submission>/changes/<int:number>")
@signed_in
def changes(submission: str, number: int) -> ResponseReturnValue:
    """What changed from the attempt before to this one."""
    with kit().read() as session:
        page = changes_page(session, actor(), submission, number)
    return respond("learner/changes.html", page=page, own=page.own)
