"""What a coordinator does with a submission: each act has a page that says what follows and asks why."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.queries.coordinator_case import CasePage, case_page
from reviewhub.queries.coordinator_hold import HoldPage, hold_page
from reviewhub.queries.coordinator_people import scorers
from reviewhub.queries.coordinator_seat import SeatPage, seat_page
from reviewhub.services.allow_attempt import allow_attempt
from reviewhub.services.hold import go_on, hold, release_hold, resume, return_to_learner
from reviewhub.services.kit import Kit
from reviewhub.services.late_conflict import Parted
from reviewhub.services.reassign import fill_again, reassign
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.remind_leads import remind_leads
from reviewhub.services.stuck_job import retry_job
from reviewhub.services.withdraw import withdraw
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.coordinator_words import ACTS, Act
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other

bp = Blueprint("acts", __name__)

VERBS: Mapping[str, Callable[[Kit, Actor, str, str], None]] = {
    "release-hold": release_hold,
    "return": return_to_learner,
    "go-on": go_on,
    "resume": resume,
    "hold": hold,
    "withdraw": withdraw,
    "allow-attempt": allow_attempt,
}
_BY_SLUG = {act.slug: (action, act) for action, act in ACTS.items()}
_REASON = 4_000


def problems_of(no: Invalid | Refused | Stale) -> tuple[tuple[Problem, ...], int]:
    """What to show above the form, and the status."""
    return (no.problems, 422) if isinstance(no, Invalid) else ((Problem("", no.message),), 409)


@bp.get("/submissions/<public_id>/<act>")
@coordinators_only
def act(public_id: str, act: str) -> ResponseReturnValue:
    """Ask for the reason, or go back to the page when this is not possible now."""
    action, words = _words(act)
    page = _case(public_id)
    if action not in page.actions:
        flash(_("“%(act)s” is not possible now.", act=words.label))
        return _to(public_id)
    return _show(page, words)


@bp.post("/submissions/<public_id>/<act>")
@coordinators_only
def act_now(public_id: str, act: str) -> ResponseReturnValue:
    """Do it, and go back to the page."""
    _action, words = _words(act)
    try:
        VERBS[act](kit(), actor(), public_id, typed("reason", _REASON))
    except (Invalid, Refused, Stale) as no:
        return _show(_case(public_id), words, *problems_of(no))
    flash(_("Done: %(act)s.", act=words.label))
    return _to(public_id)


@bp.post("/submissions/<public_id>/fill")
@coordinators_only
def fill(public_id: str) -> ResponseReturnValue:
    """Look for assessors at once."""
    fill_again(kit(), actor(), public_id)
    flash(_("ReviewHub is looking for assessors. What it finds stands here in a moment."))
    return _to(public_id)


@bp.get("/submissions/<public_id>/conflict")
@coordinators_only
def conflict(public_id: str) -> ResponseReturnValue:
    """Who must not score this learner, and why."""
    return _show_conflict(public_id)


@bp.post("/submissions/<public_id>/conflict")
@coordinators_only
def conflict_now(public_id: str) -> ResponseReturnValue:
    """Record it; open reviews are excluded and refilled."""
    assessor = typed("assessor", 40)
    try:
        if not assessor:
            raise Invalid(Problem("assessor", _("Choose a person.")))
        parted = record_conflict(kit(), actor(), public_id, assessor, typed("reason", _REASON))
    except (Invalid, Refused, Stale) as no:
        return _show_conflict(public_id, *problems_of(no))
    flash(_parted(parted))
    return _to(public_id)


@bp.get("/submissions/<public_id>/seats/<review>")
@coordinators_only
def seat(public_id: str, review: str) -> ResponseReturnValue:
    """Who could take the seat."""
    return _show_seat(public_id, review)


@bp.post("/submissions/<public_id>/seats/<review>")
@coordinators_only
def seat_now(public_id: str, review: str) -> ResponseReturnValue:
    """Give the seat to somebody else."""
    _seat(public_id, review)
    try:
        reassign(kit(), actor(), review, typed("assessor", 40), typed("reason", _REASON))
    except (Invalid, Refused, Stale) as no:
        return _show_seat(public_id, review, *problems_of(no))
    flash(_("The seat is given to somebody else, who is told by e-mail."))
    return _to(public_id)


@bp.get("/holds/<public_id>")
@coordinators_only
def stuck(public_id: str) -> ResponseReturnValue:
    """A step that failed, and whether to try it again."""
    return _show_stuck(public_id)


@bp.post("/holds/<public_id>")
@coordinators_only
def stuck_now(public_id: str) -> ResponseReturnValue:
    """Try it once more."""
    try:
        retry_job(kit(), actor(), public_id, typed("reason", _REASON))
    except (Invalid, Refused, Stale) as no:
        return _show_stuck(public_id, *problems_of(no))
    flash(_("It is tried again now. If it fails, it comes back here."))
    return see_other(url_for("coordinator.overview"))


@bp.post("/submissions/<public_id>/remind")
@coordinators_only
def remind(public_id: str) -> ResponseReturnValue:
    """Remind the leads of feedback that waits."""
    try:
        told = remind_leads(kit(), actor(), public_id)
    except Refused as no:
        flash(no.message)
    else:
        flash(ngettext("%(num)d lead is reminded by e-mail.", "%(num)d leads are reminded by e-mail.", told))
    return see_other(url_for("coordinator.overview"))


def _parted(parted: Parted) -> str:
    """What followed from a conflict."""
    words = [_("Recorded. They will not be asked to score this learner.")]
    if parted.emptied:
        words = [
            ngettext(
                "Recorded. %(num)d review was excluded and is given to somebody else.",
                "Recorded. %(num)d reviews were excluded and are given to others.",
                parted.emptied,
            )
        ]
    if parted.rescored:
        words.append(
            ngettext(
                "A result that was released is scored again by others; it stands until you rule.",
                "%(num)d results that were released are scored again by others; they stand until you rule.",
                parted.rescored,
            )
        )
    return " ".join(words)


def _words(slug: str) -> tuple[str, Act]:
    if slug not in _BY_SLUG:
        raise NotFound
    return _BY_SLUG[slug]


def _to(public_id: str) -> ResponseReturnValue:
    return see_other(url_for("coordinator.submission", public_id=public_id))


def _case(public_id: str) -> CasePage:
    with kit().read() as session:
        return case_page(session, actor(), public_id, kit().clock.now())


def _seat(public_id: str, review: str) -> SeatPage:
    with kit().read() as session:
        return seat_page(session, actor(), public_id, review, kit().clock.now())


def _show(
    page: CasePage, act: Act, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    return respond(
        "coordinator/act.html", status=status, page=page, act=act, problems=problems, typed=request.form,
        words=coordinator_words,
    )  # fmt: skip


def _show_conflict(
    public_id: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    page = _case(public_id)
    with kit().read() as session:
        people = scorers(session, page.issuer_id)
    return respond(
        "coordinator/conflict.html",
        status=status,
        page=page,
        people=people,
        problems=problems,
        typed=request.form,
    )


def _show_seat(
    public_id: str, review: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    return respond(
        "coordinator/seat.html", status=status, page=_seat(public_id, review), problems=problems,
        typed=request.form, words=coordinator_words,
    )  # fmt: skip


def _show_stuck(public_id: str, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    with kit().read() as session:
        page: HoldPage = hold_page(session, actor(), public_id)
    return respond(
        "coordinator/stuck.html", status=status, page=page, problems=problems, typed=request.form,
        words=coordinator_words,
    )  # fmt: skip
