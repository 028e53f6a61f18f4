"""The manager's pages: what an issuer offers, and what its plugin does."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from reviewhub.queries.manager import issuer_page, managed
from reviewhub.web import actor, kit, manager_words
from reviewhub.web.manager_drafts import bp as drafts
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.manager_offer import bp as offers
from reviewhub.web.manager_people import bp as people
from reviewhub.web.manager_ship import bp as ships
from reviewhub.web.render import respond, see_other

bp = Blueprint("manager", __name__, url_prefix="/manage")
bp.register_blueprint(offers)
bp.register_blueprint(drafts)
bp.register_blueprint(ships)
bp.register_blueprint(people)


@bp.get("")
@managers_only
def home() -> ResponseReturnValue:
    """Straight to the one issuer; a list where somebody manages several."""
    with kit().read() as session:
        issuers = managed(session, actor())
    if len(issuers) == 1:
        return see_other(url_for("manager.issuer", issuer=issuers[0][0]))
    return respond("manager/issuers.html", issuers=issuers)


@bp.get("/<issuer>")
@managers_only
def issuer(issuer: str) -> ResponseReturnValue:
    """What the issuer offers, and how it stands."""
    with kit().read() as session:
        page = issuer_page(session, actor(), issuer)
    return respond("manager/issuer.html", page=page, words=manager_words)
