"""A coordinator decides what new policies mean for running work, having seen what each choice touches."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Refused, Stale
from reviewhub.queries.policy_change import policy_page
from reviewhub.services.change_policy import change_policy
from reviewhub.web import actor, kit, policy_words
from reviewhub.web.coordinator_acts import problems_of
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other
from reviewhub.web.rubric_words import sections

bp = Blueprint("policies", __name__, url_prefix="/policies")
_REASON = 4_000


@bp.get("/<micro>/<version>")
@coordinators_only
def page(micro: str, version: str) -> ResponseReturnValue:
    """The difference, and the three choices with their numbers."""
    return _show(micro, version)


@bp.post("/<micro>/<version>")
@coordinators_only
def decide(micro: str, version: str) -> ResponseReturnValue:
    """Decide, once, with a reason."""
    choice = typed("choice", 20)
    try:
        change_policy(kit(), actor(), micro, version, typed("to", 40), choice, typed("reason", _REASON))
    except (Invalid, Refused, Stale) as no:
        return _show(micro, version, *problems_of(no))
    kept = choice == "keep"
    flash(_("Decided. Running work goes on as it is.") if kept else _("Decided. The work is being done now."))
    return see_other(url_for("coordinator.overview"))


def _show(
    micro: str, version: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    with kit().read() as session:
        found = policy_page(session, actor(), micro, version)
    return respond(
        "coordinator/policies.html", status=status, page=found, problems=problems, typed=request.form,
        sections=sections(found.differences), options=policy_words.options(found.choices),
        refusals=policy_words.refusals(found.choices),
    )  # fmt: skip
