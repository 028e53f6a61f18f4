"""Shipping a draft: what it changes and whom it touches, then one click."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Refused, Stale
from reviewhub.queries.shipping import shipping
from reviewhub.services.ship import ship
from reviewhub.web import actor, kit, manager_words
from reviewhub.web.forms import typed
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.render import respond, see_other
from reviewhub.web.rubric_words import sections

bp = Blueprint("ship", __name__)
_SHORT = 300


@bp.get("/<issuer>/drafts/<draft>/ship")
@managers_only
def page(issuer: str, draft: str) -> ResponseReturnValue:
    """What shipping it would do."""
    return _show(issuer, draft)


@bp.post("/<issuer>/drafts/<draft>/ship")
@managers_only
def now(issuer: str, draft: str) -> ResponseReturnValue:
    """Ship it."""
    said = {name: typed(name, _SHORT) for name in ("version", "contact_name", "contact_email")}
    seen = typed("seen", 20)
    try:
        ship(kit(), actor(), issuer, draft, int(seen) if seen.isdecimal() else 0, said)
    except Invalid as wrong:
        return _show(issuer, draft, wrong.problems, 422)
    except (Refused, Stale) as no:
        return _show(issuer, draft, (Problem("", no.message),), 409)
    with kit().read() as session:
        slug = shipping(session, actor(), issuer, draft).slug
    flash(_("Shipped as version %(version)s.", version=said["version"]), "met")
    return see_other(url_for("manager.offers.page", issuer=issuer, slug=slug))


def _show(
    issuer: str, draft: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    with kit().read() as session:
        found = shipping(session, actor(), issuer, draft)
    said = {
        "version": found.proposed,
        "contact_name": found.contact_name,
        "contact_email": found.contact_email,
    }
    return respond(
        "manager/ship.html", status=status, page=found, problems=problems, words=manager_words,
        typed=request.form or said, sections=sections(found.differences),
    )  # fmt: skip
