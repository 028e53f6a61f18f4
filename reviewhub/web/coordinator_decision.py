"""How a decision came about, on one page for its coordinator."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from reviewhub.queries.decision_page import decision_page
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.render import respond

bp = Blueprint("decisions", __name__)

RULES = {
    "same": _l("both gave the same level"),
    "adjacent_lower": _l("both are close enough; the lower level counts"),
    "adjacent_higher": _l("both are close enough; the higher level counts"),
    "adjacent_mean": _l("both are close enough; the mean counts"),
    "expert_final": _l("the adjudicator decided"),
    "lock_stands": _l("met before; it was doubted, looked at, and stands"),
    "lock_lifted": _l("met before; it was doubted, looked at, and does not stand"),
}
DECIDED = {
    "all_met": _l("Everything has to be met."),
    "all_met+tolerance": _l("Everything has to be met; the rubric forgives what is one level short."),
}
SHEETS = {"blind": _l("scored blind"), "final": _l("after seeing both"), "superseding": _l("corrected")}


@bp.get("/submissions/<public_id>/decision/<round_pid>")
@coordinators_only
def decision(public_id: str, round_pid: str) -> ResponseReturnValue:
    """The page."""
    with kit().read() as session:
        page = decision_page(session, actor(), public_id, round_pid)
    return respond(
        "coordinator/decision.html", page=page, words=coordinator_words, rules=RULES, decided=DECIDED,
        kinds=SHEETS,
    )  # fmt: skip
