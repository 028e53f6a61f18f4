"""How a decision came about, on one page for its coordinator."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from reviewhub.queries.decision_page import decision_page
from reviewhub.services.ports import CodeRef
from reviewhub.web import actor, coordinator_words, decision_words, kit
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.render import respond

bp = Blueprint("decisions", __name__)


@bp.get("/submissions/<public_id>/decision/<round_pid>")
@coordinators_only
def decision(public_id: str, round_pid: str) -> ResponseReturnValue:
    """The page; whether the code that judged is still stored is asked of the plugins' store."""
    with kit().read() as session:
        page = decision_page(session, actor(), public_id, round_pid)
    stored = bool(page.code) and kit().plugins.files(CodeRef(page.issuer, page.code)) is not None
    return respond(
        "coordinator/decision.html", page=page, words=coordinator_words, by=decision_words, stored=stored
    )
