"""The learner's pages: own work, one submission, its feedback; withdrawing and trying again."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.access import Action
from reviewhub.domain.errors import Invalid, Refused
from reviewhub.queries import feedback_page, learner
from reviewhub.queries.asked_to_mend import asked_to_mend
from reviewhub.services import appeal as appealing
from reviewhub.services import ask_question, next_attempt
from reviewhub.services import withdraw as withdrawing
from reviewhub.web import actor, evidence, kit, learner_versions
from reviewhub.web.enough_words import codes_of, points_of
from reviewhub.web.forms import typed
from reviewhub.web.learner_words import contact, count, decided, headline, lines, standing
from reviewhub.web.promise_words import history
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import signed_in

bp = Blueprint("learner", __name__, url_prefix="/work")
bp.register_blueprint(evidence.bp)
bp.register_blueprint(learner_versions.bp)


@bp.get("")
@signed_in
def work() -> ResponseReturnValue:
    """Own submissions, each with its state and the one next step."""
    with kit().read() as session:
        found = learner.work(session, actor(), kit().clock.now(), request.args.get("after", "")[:40])
    return respond("learner/work.html", "items", found=found, standing=standing, history=history)


@bp.get("/<submission>")
@signed_in
def submission(submission: str) -> ResponseReturnValue:
    """Where it stands."""
    return _page(submission)


def _page(public_id: str, status: int = 200, **more: object) -> ResponseReturnValue:
    with kit().read() as session:
        page = learner.submission_page(session, actor(), public_id, kit().clock.now())
        mend = asked_to_mend(session, page.own)
    own = page.own
    return respond(
        "learner/submission.html", "again", status=status, page=page, own=own, Action=Action,
        standing=standing(own.standing), steps=lines(own, page.steps, page.promises), contact=contact(own),
        history=history(page.promises), mend=mend, points_of=points_of, codes_of=codes_of,
        **{"problems": (), "reason": "", **more},
    )  # fmt: skip


@bp.get("/<submission>/feedback/<int:number>")
@signed_in
def feedback(submission: str, number: int) -> ResponseReturnValue:
    """What is met, what to mend and how."""
    return _feedback(submission, number)


def _feedback(submission: str, number: int, status: int = 200, **more: object) -> ResponseReturnValue:
    with kit().read() as session:
        page = feedback_page.feedback_page(session, actor(), submission, number, kit().clock.now())
    return respond(
        "learner/feedback.html", None, status=status, page=page, own=page.own, Action=Action,
        headline=headline(page), decided=decided, count=count,
        steps=lines(page.own, page.steps), contact=contact(page.own),
        **{"problems": (), "question": "", "grounds": "", **more},
    )  # fmt: skip


@bp.post("/<submission>/feedback/<int:number>/question")
@signed_in
def ask(submission: str, number: int) -> ResponseReturnValue:
    """Ask the one question."""
    text = typed("question", 10_000)
    try:
        ask_question.ask_question(kit(), actor(), submission, number, text)
    except Invalid as wrong:
        return _feedback(submission, number, 422, problems=wrong.problems, question=text)
    flash(_("Your question is on its way. You get a letter as soon as it is answered."))
    return see_other(url_for("learner.feedback", submission=submission, number=number, _anchor="second-look"))


@bp.post("/<submission>/feedback/<int:number>/appeal")
@signed_in
def appeal(submission: str, number: int) -> ResponseReturnValue:
    """Have what was not met scored afresh."""
    text = typed("grounds", 10_000)
    try:
        appealing.appeal(kit(), actor(), submission, text)
    except Invalid as wrong:
        return _feedback(submission, number, 422, problems=wrong.problems, grounds=text)
    flash(_("Your appeal is in. Other assessors now score afresh what was not met."))
    return see_other(url_for("learner.submission", submission=submission))


@bp.post("/<submission>/withdraw")
@signed_in
def withdraw(submission: str) -> ResponseReturnValue:
    """End it without a result."""
    reason = typed("reason", 5_000)
    try:
        withdrawing.withdraw(kit(), actor(), submission, reason)
    except Invalid as wrong:
        return _page(submission, 422, problems=wrong.problems, reason=reason)
    flash(_("Withdrawn. It has no result, and nobody scores it any more."))
    return see_other(url_for("learner.submission", submission=submission))


@bp.post("/<submission>/next")
@signed_in
def start_next(submission: str) -> ResponseReturnValue:
    """Open the next attempt as a copy; a second click leads to the one that is open."""
    try:
        number = next_attempt.start_next(kit(), actor(), submission)
    except Refused as refused:
        if refused.code != "state":
            raise
        return see_other(url_for("learner.submission", submission=submission))
    flash(
        _("Attempt %(n)d is open. Everything from before is copied; change what needs mending.", n=number),
        "met",
    )
    return see_other(url_for("learner.evidence.page", submission=submission))
