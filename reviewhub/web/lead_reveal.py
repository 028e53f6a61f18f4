"""A lead asks who a learner is, and, where a coordinator grants it, looks: one page, each look recorded."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.queries.lead_reveal import own_reveal
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.look_at_identity import look_at_identity
from reviewhub.web import actor, kit
from reviewhub.web.forms import typed
from reviewhub.web.lead_guard import leads_only
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import signed_in

bp = Blueprint("reveal", __name__)
_REASON = 4_000


@bp.get("/<public_id>/reveal")
@signed_in
@leads_only
def reveal(public_id: str) -> ResponseReturnValue:
    """How the request stands, or the form to ask."""
    return _show(public_id)


@bp.post("/<public_id>/reveal")
@signed_in
@leads_only
def ask(public_id: str) -> ResponseReturnValue:
    """Ask, with a reason."""
    try:
        ask_reveal(kit(), actor(), public_id, typed("reason", _REASON))
    except Invalid as no:
        return _show(public_id, no.problems)
    except Refused as no:
        flash(no.message)
    else:
        flash(_("Asked. A coordinator decides, and you get a letter."), "met")
    return see_other(url_for("lead.reveal.reveal", public_id=public_id))


@bp.get("/<public_id>/identity")
@signed_in
@leads_only
def identity(public_id: str) -> ResponseReturnValue:
    """Name and address; this look is an event."""
    with kit().read() as session:
        page = own_reveal(session, actor(), public_id, kit().clock.now())
    seen = look_at_identity(kit(), actor(), public_id)
    answer = respond("lead/identity.html", page=page, seen=seen)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _show(public_id: str, problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    with kit().read() as session:
        page = own_reveal(session, actor(), public_id, kit().clock.now())
    return respond(
        "lead/reveal.html", status=422 if problems else 200, page=page, problems=problems, typed=request.form
    )
