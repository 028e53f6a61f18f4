"""What came of audits: a lead's list, nameless, and how far second scorings agree with the first."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reviewhub.domain.second_scoring import LEAST
from reviewhub.queries.audits import NEWEST, AuditsPage, audits_page
from reviewhub.services.name_cases import name_cases
from reviewhub.web import actor, kit
from reviewhub.web.lead_guard import leads_only
from reviewhub.web.lead_tabs import tab_counts
from reviewhub.web.render import respond
from reviewhub.web.session import signed_in

bp = Blueprint("audits", __name__, url_prefix="/audits")


@bp.get("")
@signed_in
@leads_only
def finished() -> ResponseReturnValue:
    """Audits of released results, newest first."""
    after = request.args.get("after", "")
    return respond(
        "lead/audits.html", "list", audits=_named(after), after=after, least=LEAST, newest=NEWEST,
        counts=tab_counts(),
    )  # fmt: skip


def _named(after: str) -> AuditsPage:
    found = _page(after)
    nameless = [one.feedback for one in found.items if not one.alias]
    if not nameless:
        return found
    name_cases(kit(), actor(), nameless)
    return _page(after)


def _page(after: str) -> AuditsPage:
    with kit().read() as session:
        return audits_page(session, actor(), after)
