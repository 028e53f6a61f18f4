"""What anyone may open: the catalogue, and a micro-credential with its full rubric."""

from flask import Blueprint, flash, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Refused
from reviewhub.domain.media import list_in_words
from reviewhub.queries import catalogue
from reviewhub.services import start as starting
from reviewhub.web import actor, kit
from reviewhub.web.enough_words import codes_of, enough, points_of
from reviewhub.web.learner_words import count, language_names
from reviewhub.web.render import respond, see_other

bp = Blueprint("public", __name__)
_LONGEST = 120


@bp.record_once
def front_page(state: BlueprintSetupState) -> None:
    """The catalogue is the front page, except in the demo, which has its own."""
    if not state.app.extensions["reviewhub"].settings.demo:
        state.add_url_rule("/", endpoint="front", view_func=explore)


@bp.get("/explore")
def explore() -> ResponseReturnValue:
    """The micro-credentials, filtered by topic and issuer, a page at a time."""
    topic, issuer = request.args.get("topic", "")[:_LONGEST], request.args.get("issuer", "")[:_LONGEST]
    with kit().read() as session:
        found = catalogue.explore(
            session, actor(), topic=topic, issuer=issuer, after=request.args.get("after", "")[:_LONGEST]
        )
    return respond("public/explore.html", "offers", found=found, topic=topic, issuer=issuer)


@bp.get("/explore/<issuer>/<slug>")
def micro_credential(issuer: str, slug: str) -> ResponseReturnValue:
    """Everything to know before starting."""
    with kit().read() as session:
        page = catalogue.micro_credential_page(session, actor(), issuer, slug)
    return respond(
        "public/micro_credential.html",
        page=page,
        rubric=page.rubric,
        slug=slug,
        in_words=list_in_words,
        count=count,
        languages=language_names(page.rubric.about.languages),
        enough=enough(page.rubric),
        points_of=points_of,
        codes_of=codes_of,
    )


@bp.post("/explore/<issuer>/<slug>/start")
def start(issuer: str, slug: str) -> ResponseReturnValue:
    """Begin, or go on where one left off; whoever is not signed in does that first and comes back here."""
    back = url_for("public.micro_credential", issuer=issuer, slug=slug)
    if not actor().signed_in:
        return see_other(url_for("auth.sign_in", next=back))
    try:
        submission = starting.start(kit(), actor(), issuer, slug)
    except Refused as refused:
        flash(refused.message, "mend")
        return see_other(back)
    flash(_("Started. What you save here stays, whenever you come back."), "met")
    return see_other(url_for("learner.evidence.page", submission=submission))
