"""Who works for an issuer; its manager invites coordinators, leads, assessors and other managers."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem
from reviewhub.queries.manager import managed_issuer
from reviewhub.queries.manager_people import manager_people
from reviewhub.services.invite import invite
from reviewhub.services.scope import stored
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.forms import typed
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.render import respond, see_other

bp = Blueprint("people", __name__)


@bp.get("/<issuer>/people")
@managers_only
def page(issuer: str) -> ResponseReturnValue:
    """Members and invitations."""
    return _show(issuer)


@bp.post("/<issuer>/people")
@managers_only
def invite_now(issuer: str) -> ResponseReturnValue:
    """Send an invitation."""
    with kit().read() as session:
        issuer_id = stored(managed_issuer(session, actor(), issuer).id)
    email = typed("email", 300)
    try:
        invite(kit(), actor(), issuer_id, email, typed("role", 40))
    except Invalid as wrong:
        return _show(issuer, wrong.problems, 422)
    flash(_("An invitation is on its way to %(email)s. Its link works for two weeks.", email=email))
    return see_other(url_for("manager.people.page", issuer=issuer))


def _show(issuer: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    with kit().read() as session:
        found = manager_people(session, actor(), issuer, kit().clock.now())
    return respond(
        "manager/people.html", status=status, page=found, problems=problems, typed=request.form,
        words=coordinator_words,
    )  # fmt: skip
