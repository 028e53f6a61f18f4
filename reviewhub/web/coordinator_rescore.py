"""A coordinator has a result scored again, compares what came of it, and rules."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.queries.coordinator_case import CasePage, case_page
from reviewhub.queries.coordinator_rescore import rescore_page
from reviewhub.services.rescore import rescore
from reviewhub.services.rule_on_rescore import rule_on_rescore
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.coordinator_acts import problems_of
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.coordinator_words import Act
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other

bp = Blueprint("rescores", __name__)

_REASON = 4_000
_ASK = Act(
    "rescore",
    _l("Have it scored again"),
    _l(
        "Others score this attempt once more, who had no part in it. The result that was released stands, "
        "and the learner hears nothing. If the new one differs, it comes to you to rule on."
    ),
)
RULINGS = {
    "keep": (
        _l("What was released stands"),
        _l("Nothing changes. The learner hears nothing."),
    ),
    "take_back": (
        _l("The new result counts"),
        _l(
            "It takes the place of the first, whole. A lead releases its feedback; the learner gets a letter "
            "now that says so in plain words."
        ),
    ),
    "lift": (
        _l("Open again what it does not support"),
        _l("The learner gets a letter that names it. It is scored with the next attempt."),
    ),
}


@bp.get("/submissions/<public_id>/attempts/<int:number>/rescore")
@coordinators_only
def ask(public_id: str, number: int) -> ResponseReturnValue:
    """Say what follows, and ask why."""
    page = _case(public_id)
    attempt = next((one for one in page.attempts if one.number == number), None)
    if attempt is None:
        raise NotFound
    if not attempt.rescorable:
        flash(_("“%(act)s” is not possible now.", act=_ASK.label))
        return _to(public_id)
    return _show_ask(page)


@bp.post("/submissions/<public_id>/attempts/<int:number>/rescore")
@coordinators_only
def ask_now(public_id: str, number: int) -> ResponseReturnValue:
    """Open the round."""
    try:
        rescore(kit(), actor(), public_id, number, typed("reason", _REASON))
    except (Invalid, Refused, Stale) as no:
        return _show_ask(_case(public_id), *problems_of(no))
    flash(_("It is scored again by others. What comes of it stands here."))
    return _to(public_id)


@bp.get("/submissions/<public_id>/rescores/<round_pid>")
@coordinators_only
def compare(public_id: str, round_pid: str) -> ResponseReturnValue:
    """Both results, criterion by criterion."""
    return _show(public_id, round_pid)


@bp.post("/submissions/<public_id>/rescores/<round_pid>")
@coordinators_only
def rule(public_id: str, round_pid: str) -> ResponseReturnValue:
    """Rule, with a reason."""
    try:
        rule_on_rescore(kit(), actor(), round_pid, typed("ruling", 20), typed("reason", _REASON))
    except (Invalid, Refused, Stale) as no:
        return _show(public_id, round_pid, *problems_of(no))
    flash(_("Ruled. It is kept with your name and your reason."))
    return _to(public_id)


def _to(public_id: str) -> ResponseReturnValue:
    return see_other(url_for("coordinator.submission", public_id=public_id))


def _case(public_id: str) -> CasePage:
    with kit().read() as session:
        return case_page(session, actor(), public_id, kit().clock.now())


def _show_ask(page: CasePage, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    return respond(
        "coordinator/act.html", status=status, page=page, act=_ASK, problems=problems, typed=request.form,
        words=coordinator_words,
    )  # fmt: skip


def _show(
    public_id: str, round_pid: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    with kit().read() as session:
        page = rescore_page(session, actor(), public_id, round_pid)
    return respond(
        "coordinator/rescore.html", status=status, page=page, problems=problems, typed=request.form,
        rulings=RULINGS, words=coordinator_words,
    )  # fmt: skip
