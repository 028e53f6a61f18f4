"""A lead's pages: the feedback that waits, and the one screen on which it is confirmed and released."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.queries.decision_page import decision_for_lead
from reviewhub.queries.lead import Desk, desk
from reviewhub.queries.lead_feedback import FeedbackPage, feedback_page
from reviewhub.queries.questions import Asked, waiting_questions
from reviewhub.services.answer_question import answer_question
from reviewhub.services.name_cases import name_cases
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.release import Said, release, save_draft
from reviewhub.web import (
    actor,
    coordinator_words,
    decision_words,
    kit,
    lead_audits,
    lead_corrections,
    lead_reveal,
)
from reviewhub.web.forms import typed
from reviewhub.web.lead_guard import leads_only
from reviewhub.web.lead_tabs import tab_counts
from reviewhub.web.render import respond, see_other, wants_fragment
from reviewhub.web.session import signed_in

bp = Blueprint("lead", __name__, url_prefix="/feedback")
bp.register_blueprint(lead_audits.bp)
bp.register_blueprint(lead_corrections.bp)
bp.register_blueprint(lead_reveal.bp)

_LONGEST = 20_000
"""More than the service takes, so that it can say by how much."""


@bp.get("", endpoint="desk")
@signed_in
@leads_only
def desk_page() -> ResponseReturnValue:
    """What waits to be confirmed by promised day, what learners ask, or what was released."""
    show = request.args.get("show", "")
    if show == "questions":
        return respond("lead/questions.html", "list", asked=_named_questions(), counts=tab_counts())
    released, after = show == "released", request.args.get("after", "")
    found = _named_desk(after, released=released)
    return respond(
        "lead/desk.html", "list", desk=found, released=released, after=after, counts=tab_counts(found.waiting)
    )


@bp.post("/<public_id>/answer/<question>")
@signed_in
@leads_only
def answer(public_id: str, question: str) -> ResponseReturnValue:
    """Answer a learner's question."""
    text = typed("answer", _LONGEST)
    try:
        answer_question(kit(), actor(), question, text)
    except Invalid as wrong:
        return _show(_page(public_id), problems=wrong.problems, status=422, answer=text)
    flash(_("Answered. The learner gets it without your name."))
    return see_other(url_for("lead.desk", show="questions"))


@bp.get("/<public_id>")
@signed_in
@leads_only
def feedback(public_id: str) -> ResponseReturnValue:
    """The one screen."""
    return _show(_page(public_id))


@bp.get("/<public_id>/decision")
@signed_in
@leads_only
def decision(public_id: str) -> ResponseReturnValue:
    """How it was decided, without names."""
    with kit().read() as session:
        page = decision_for_lead(session, actor(), public_id)
    return respond(
        "lead/decision.html", page=page, public_id=public_id, words=coordinator_words, by=decision_words
    )


@bp.post("/<public_id>/draft")
@signed_in
@leads_only
def draft(public_id: str) -> ResponseReturnValue:
    """Keep what was typed: by script as it is typed, or by the button."""
    said, summary = _typed_items(), typed("summary", _LONGEST)
    try:
        version = save_draft(kit(), actor(), public_id, _version(), said, summary)
    except (Invalid, Stale, Refused) as no:
        return _again(public_id, no)
    if wants_fragment():
        answer = respond("lead/feedback.html", "saved", version=version, at=kit().clock.now())
        answer.headers["HX-Trigger"] = "rh:saved"
        return answer
    flash(_("Draft saved."))
    return see_other(url_for("lead.feedback", public_id=public_id))


@bp.post("/<public_id>/release")
@signed_in
@leads_only
def release_now(public_id: str) -> ResponseReturnValue:
    """Confirm and release; a second press finds it done."""
    try:
        release(kit(), actor(), public_id, _version(), _typed_items(), typed("summary", _LONGEST))
    except (Invalid, Stale, Refused) as no:
        return _again(public_id, no)
    flash(_("Released. The learner is told by e-mail."))
    return see_other(url_for("lead.desk"))


def _named_desk(after: str, *, released: bool) -> Desk:
    found = _desk(after, released=released)
    nameless = [item.public_id for item in found.items if item.alias is None]
    if not nameless:
        return found
    name_cases(kit(), actor(), nameless)
    return _desk(after, released=released)


def _named_questions() -> tuple[Asked, ...]:
    with kit().read() as session:
        found = waiting_questions(session, actor())
    nameless = [one.feedback for one in found if one.alias is None]
    if not nameless:
        return found
    name_cases(kit(), actor(), nameless)
    with kit().read() as session:
        return waiting_questions(session, actor())


def _desk(after: str, *, released: bool) -> Desk:
    with kit().read() as session:
        return desk(session, actor(), kit().clock.now(), released=released, after=after)


def _page(public_id: str) -> FeedbackPage:
    with kit().read() as session:
        page = feedback_page(session, actor(), public_id)
    if page is not None:
        return page
    open_feedback(kit(), actor(), public_id)
    with kit().read() as session:
        page = feedback_page(session, actor(), public_id)
    if page is None:
        raise NotFound
    return page


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 - fits any database's integer


def _typed_items() -> dict[str, Said]:
    """`saw-<criterion>` and `do-<criterion>` as typed; whatever else is posted is left alone."""
    ids = dict.fromkeys(name.partition("-")[2] for name in request.form if name.startswith(("saw-", "do-")))
    return {cid: Said(typed(f"saw-{cid}", _LONGEST), typed(f"do-{cid}", _LONGEST)) for cid in ids}


def _again(public_id: str, no: Invalid | Stale | Refused) -> ResponseReturnValue:
    """The form with what was typed. By script only a notice: the fields still hold it."""
    page = _page(public_id)
    if wants_fragment():
        answer = respond("lead/feedback.html", "not_saved", status=409, message=no.message)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#saved", "outerHTML"
        return answer
    if page.released:
        flash(no.message)
        return see_other(url_for("lead.feedback", public_id=public_id))
    match no:
        case Invalid():
            return _show(page, request.form, no.problems, 422)
        case Stale():
            return _show(page, request.form, status=409, stale=True)
        case _:
            return _show(page, request.form, (Problem("", no.message),), 409)


def _show(
    page: FeedbackPage,
    typed: Mapping[str, Any] | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
    *,
    stale: bool = False,
    answer: str = "",
) -> ResponseReturnValue:
    return respond(
        "lead/feedback.html",
        status=status,
        page=page,
        typed=typed or _stored(page),
        problems=problems,
        stale=stale,
        answer=answer,
        version=page.version,
        at=None,
    )


def _stored(page: FeedbackPage) -> dict[str, str]:
    texts = {"summary": page.summary}
    for one in page.criteria:
        texts |= {f"saw-{one.id}": one.saw, f"do-{one.id}": one.do}
    return texts
