"""A coordinator answers what assessors and leads ask: concerns, and who a learner is."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reviewhub.domain.errors import Invalid, Problem, Refused, Stale
from reviewhub.queries.coordinator_asked import concern_page, reveal_page
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.clean_again import ask_clean_again
from reviewhub.services.decide_reveal import MOST_DAYS, grant_reveal, refuse_reveal
from reviewhub.services.gives_away import GIVES_AWAY
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.assessor_exits import CONCERNS
from reviewhub.web.coordinator_acts import problems_of
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other

bp = Blueprint("asked", __name__)

OUTCOMES = {
    "carry_on": (_l("Go on"), _l("They score it as it is. Their due day moves by the days that this took.")),
    "given_back": (
        _l("Give it back to the learner"),
        _l(
            "They mend it and send it again: the same attempt, and nothing is used up. Scoring starts afresh."
        ),
    ),
    "held": (
        _l("Put it on hold"),
        _l("Everything stops until you let it go on. The learner sees that it is held, not why."),
    ),
}
"""By what becomes of a concern: the words, and what follows."""
_WORDS = 4_000
_SHORT = 20


@bp.get("/concerns/<public_id>")
@coordinators_only
def concern(public_id: str) -> ResponseReturnValue:
    """What an assessor said, and what can be done."""
    return _show_concern(public_id)


@bp.post("/concerns/<public_id>")
@coordinators_only
def answer(public_id: str) -> ResponseReturnValue:
    """Answer it."""
    given = Answer(
        typed("outcome", _SHORT), typed("reply", _WORDS), typed("mend", _WORDS), GIVES_AWAY in request.form
    )
    try:
        answer_concern(kit(), actor(), public_id, given)
    except (Invalid, Refused, Stale) as no:
        return _show_concern(public_id, *problems_of(no))
    flash(_("Answered. The assessor is told by e-mail."))
    with kit().read() as session:
        page = concern_page(session, actor(), public_id)
    return see_other(url_for("coordinator.submission", public_id=page.submission))


@bp.post("/concerns/<public_id>/clean-again")
@coordinators_only
def clean_again(public_id: str) -> ResponseReturnValue:
    """Have the clean copies of the piece made again."""
    try:
        ask_clean_again(kit(), actor(), public_id)
    except Refused as no:
        flash(no.message)
    else:
        flash(_("The copies are made again. When they are there, the assessor is told."))
    return see_other(url_for("coordinator.asked.concern", public_id=public_id))


@bp.get("/reveals/<public_id>")
@coordinators_only
def reveal(public_id: str) -> ResponseReturnValue:
    """Who asks for a name, and why."""
    return _show_reveal(public_id)


@bp.post("/reveals/<public_id>")
@coordinators_only
def decide(public_id: str) -> ResponseReturnValue:
    """Grant it for some days, or refuse."""
    verdict, reason = typed("verdict", _SHORT), typed("reason", _WORDS)
    try:
        if verdict == "grant":
            days = typed("days", 3)
            number = int(days) if days.isdecimal() and days.isascii() else 0
            emptied = grant_reveal(kit(), actor(), public_id, number, reason)
            flash(_("Granted. The lead is told by e-mail, and each look is recorded."))
            if emptied:
                flash(
                    ngettext(
                        "%(num)d seat is given to others.", "%(num)d seats are given to others.", emptied
                    )
                )
        elif verdict == "refuse":
            refuse_reveal(kit(), actor(), public_id, reason, anyway=GIVES_AWAY in request.form)
            flash(_("Refused. The lead is told by e-mail."))
        else:
            raise Invalid(Problem("verdict", _("Grant it or refuse it.")))
    except (Invalid, Refused, Stale) as no:
        return _show_reveal(public_id, *problems_of(no))
    with kit().read() as session:
        page = reveal_page(session, actor(), public_id)
    return see_other(url_for("coordinator.submission", public_id=page.submission))


def _show_concern(
    public_id: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    with kit().read() as session:
        page = concern_page(session, actor(), public_id)
    return respond(
        "coordinator/concern.html", status=status, page=page, problems=problems, typed=request.form,
        words=coordinator_words, kinds=CONCERNS, outcomes=OUTCOMES, gives_away=GIVES_AWAY,
    )  # fmt: skip


def _show_reveal(
    public_id: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    with kit().read() as session:
        page = reveal_page(session, actor(), public_id)
    return respond(
        "coordinator/reveal.html", status=status, page=page, problems=problems, typed=request.form,
        most=MOST_DAYS, gives_away=GIVES_AWAY,
    )  # fmt: skip
