"""How an issuer's plugin stands, for its managers and coordinators; and asking failed rules again."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from reviewhub.domain.access import Role
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.queries.plugin_state import own_plugins, plugin_state
from reviewhub.services.ask_rules_again import ask_rules_again
from reviewhub.web import actor, kit, plugin_words
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import signed_in

bp = Blueprint("plugins", __name__, url_prefix="/plugins")
_REASON = 4_000


@bp.get("")
@signed_in
def choose() -> ResponseReturnValue:
    """Straight to the one issuer; a list where somebody has several."""
    if not actor().holds(Role.MANAGER, Role.COORDINATOR):
        raise NotFound
    with kit().read() as session:
        issuers = own_plugins(session, actor())
    if len(issuers) == 1:
        return see_other(url_for("plugins.page", issuer=issuers[0][0]))
    return respond("plugins/issuers.html", issuers=issuers)


@bp.get("/<issuer>")
@signed_in
def page(issuer: str) -> ResponseReturnValue:
    """Versions, reasons, faults, and what is held."""
    return _show(issuer)


@bp.post("/<issuer>/ask-again")
@signed_in
def ask_again(issuer: str) -> ResponseReturnValue:
    """Ask for everything that failing rules hold."""
    try:
        count = ask_rules_again(kit(), actor(), issuer, typed("reason", _REASON))
    except Invalid as wrong:
        return _show(issuer, wrong.problems, 422)
    except Refused as no:
        return _show(issuer, (Problem("", no.message),), 409)
    flash(
        ngettext(
            "%(num)d scoring is asked for again. Nobody scores again.",
            "%(num)d scorings are asked for again. Nobody scores again.",
            count,
        ),
        "met",
    )
    return see_other(url_for("plugins.page", issuer=issuer))


def _show(issuer: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    with kit().read() as session:
        found = plugin_state(session, actor(), issuer)
    return respond(
        "plugins/plugin.html", status=status, page=found, words=plugin_words, problems=problems,
        typed=request.form,
    )  # fmt: skip
