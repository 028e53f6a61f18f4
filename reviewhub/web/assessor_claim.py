"""Claiming the next review from a pile, and keeping it while somebody is at work on it."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.domain.errors import Refused, Stale
from reviewhub.services.claim_next import claim_next
from reviewhub.services.keep_claim import keep_claim
from reviewhub.web import actor, kit
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other, wants_fragment
from reviewhub.web.session import signed_in

bp = Blueprint("claim", __name__)
_PUBLIC_ID = 40
CANNOT = {
    "empty": _l("Nothing that you may score waits now: others were faster, or all is claimed."),
    "full": _l("You have as much open work as you may have at once. Submit or hand back a review first."),
    "away": _l("You are away. Say that you are back, and you can claim reviews again."),
    # What the page says of a review that is over for whatever reason: queries/workspace.py.
    "claim_over": _l(
        "This review was given to somebody else or is no longer needed. "
        "There is nothing left for you to do here."
    ),
}
"""Why a claim was refused, by code."""


@bp.post("/queue/claim-next")
@signed_in
def next_() -> ResponseReturnValue:
    """The most urgent one that they may score; a second press leads to the same."""
    try:
        review = _claimed()
    except Refused as refused:
        flash(CANNOT[refused.code])
        return see_other(url_for("assessor.queue"))
    return see_other(url_for("assessor.open_review", review=review))


def _claimed() -> str:
    seen = typed("seen", _PUBLIC_ID)
    try:
        return claim_next(kit(), actor(), seen)
    except Stale:
        return claim_next(kit(), actor(), seen)  # somebody was faster: there may be another


@bp.post("/reviews/<review>/at-work")
@signed_in
def at_work(review: str) -> ResponseReturnValue:
    """They type, scroll or play; the answer to a script is until when the review is kept."""
    try:
        until = keep_claim(kit(), actor(), review)
    except Refused as refused:
        if refused.code == "claim_over":
            message = _("It went back to the pile. Saving brings it back, if nobody else has it.")
        else:
            message = _("There is nothing to keep: this review is in, or it is not yours any more.")
        if wants_fragment():
            return respond("assessor/review.html", "kept", kept_until=None, lost=message)
        flash(message)
        return see_other(url_for("assessor.queue"))
    if wants_fragment():
        return respond("assessor/review.html", "kept", kept_until=until)
    return see_other(url_for("assessor.open_review", review=review))
