"""The link into a pilot: what it is, and one click to be let in."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.services.let_in import by_link, take_part
from reviewhub.web import actor, kit
from reviewhub.web.render import respond, see_other

bp = Blueprint("pilot", __name__)


@bp.get("/pilot/<secret>")
def page(secret: str) -> ResponseReturnValue:
    """Who asks for what."""
    with kit().read() as session:
        issuer, row = by_link(session, secret)
    return respond("public/pilot.html", issuer=issuer.name, name=row.name, summary=row.summary, secret=secret)


@bp.post("/pilot/<secret>")
def take(secret: str) -> ResponseReturnValue:
    """Be let in; whoever is not signed in does that first and comes back here."""
    if not actor().signed_in:
        return see_other(url_for("auth.sign_in", next=url_for("pilot.page", secret=secret)))
    issuer, slug = take_part(kit(), actor(), secret)
    flash(_("You are in. Look at what is asked for, then start."), "met")
    return see_other(url_for("public.micro_credential", issuer=issuer, slug=slug))
