"""What an assessor sent could not be done: why, on their page, or beside what they typed where it is gone."""

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.domain.errors import NotFound, Refused
from reviewhub.queries.workspace import workspace
from reviewhub.web import actor, kit
from reviewhub.web.assessor_claim import CANNOT
from reviewhub.web.render import respond, see_other, wants_fragment

_TYPED = ("level ", "comment ", "doubt ")


def refused(review: str, no: Refused, tone: str = "message") -> ResponseReturnValue:
    """To their page with the reason; where it is theirs no more, why, and what they typed.

    Then it is not the workflow's reason, which names the state: that may tell of the learner (rule 4).
    """
    if no.code in CANNOT:
        return lost(CANNOT[no.code])
    try:
        with kit().read() as session:
            workspace(session, actor(), review, kit().clock.now())
    except NotFound as gone:
        return lost(gone.message)
    if wants_fragment():
        return not_saved(no.message, 409)
    flash(no.message, tone)
    return back(review)


def lost(message: object) -> Response:
    """What was sent cannot be saved, and its page does not open: what they typed, to be copied (rule 6)."""
    if wants_fragment():
        return not_saved(message, 409)
    sent = [(name.replace("-", " "), value) for name, value in request.form.items(multi=True)]
    kept = [(name, value) for name, value in sent if name.startswith(_TYPED) and value.strip()]
    return respond("assessor/lost.html", status=409, message=message, kept=kept)


def not_saved(message: object, status: int) -> Response:
    """The answer to a script that saves."""
    return respond("assessor/review.html", "saved", status=status, failed=message, oob=False)


def back(review: str) -> ResponseReturnValue:
    """To the review; on a phone past the evidence, to what was just done."""
    return see_other(url_for("assessor.open_review", review=review, _anchor="rubric"))
