"""How a micro-credential is offered: pilot, live, retired; whom its pilot is for."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.queries.offered import Offered, offered
from reviewhub.services import let_in as pilots
from reviewhub.services.offer import offer
from reviewhub.web import actor, kit, manager_words
from reviewhub.web.forms import typed
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.render import respond, see_other

bp = Blueprint("offers", __name__)
_REASON = 4_000
_LIST = 60_000
_EMAIL = 300


@bp.get("/<issuer>/offers/<slug>")
@managers_only
def page(issuer: str, slug: str) -> ResponseReturnValue:
    """Who may start it, and what can be done about it."""
    return _show(_found(issuer, slug))


@bp.get("/<issuer>/offers/<slug>/<any(pilot, live, retired):choice>")
@managers_only
def confirm(issuer: str, slug: str, choice: str) -> ResponseReturnValue:
    """What it means, before it is done."""
    return _confirm(_found(issuer, slug), choice)


@bp.post("/<issuer>/offers/<slug>/<any(pilot, live, retired):choice>")
@managers_only
def choose(issuer: str, slug: str, choice: str) -> ResponseReturnValue:
    """Offer it so from now on."""
    try:
        offer(kit(), actor(), issuer, slug, choice, typed("reason", _REASON))
    except Invalid as wrong:
        return _confirm(_found(issuer, slug), choice, wrong.problems, 422)
    except Refused as no:
        return _show(_found(issuer, slug), (Problem("", no.message),), 409)
    flash(manager_words.DONE[choice], "met")
    return _to(issuer, slug)


@bp.post("/<issuer>/offers/<slug>/let-in")
@managers_only
def let_in(issuer: str, slug: str) -> ResponseReturnValue:
    """Let the listed addresses into the pilot."""
    try:
        count = pilots.let_in(kit(), actor(), issuer, slug, typed("emails", _LIST))
    except Invalid as wrong:
        return _show(_found(issuer, slug), wrong.problems, 422)
    except Refused as no:
        return _show(_found(issuer, slug), (Problem("", no.message),), 409)
    flash(
        ngettext(
            "%(num)d learner is let in, and gets a letter.",
            "%(num)d learners are let in, and get a letter.",
            count,
        )
        if count
        else _("They were let in already.")
    )
    return _to(issuer, slug)


@bp.post("/<issuer>/offers/<slug>/shut-out")
@managers_only
def shut_out(issuer: str, slug: str) -> ResponseReturnValue:
    """Take an address from the list."""
    pilots.shut_out(kit(), actor(), issuer, slug, typed("email", _EMAIL))
    flash(_("Taken from the list. What they have begun goes on."))
    return _to(issuer, slug)


@bp.post("/<issuer>/offers/<slug>/link")
@managers_only
def link(issuer: str, slug: str) -> ResponseReturnValue:
    """Make a new link, or end the one that is there."""
    if request.form.get("do") == "end":
        pilots.close_link(kit(), actor(), issuer, slug)
        flash(_("The link has ended. Who came by it stays let in."))
        return _to(issuer, slug)
    try:
        pilots.open_link(kit(), actor(), issuer, slug)
    except Refused as no:
        return _show(_found(issuer, slug), (Problem("", no.message),), 409)
    flash(_("There is a new link. One from before no longer works."))
    return _to(issuer, slug)


def _found(issuer: str, slug: str) -> Offered:
    with kit().read() as session:
        return offered(session, actor(), issuer, slug)


def _to(issuer: str, slug: str) -> Response:
    return see_other(url_for("manager.offers.page", issuer=issuer, slug=slug))


def _show(found: Offered, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    secret = found.link
    return respond(
        "manager/offer.html", status=status, page=found, words=manager_words, problems=problems,
        typed=request.form,
        link=f"{kit().settings.public_url}{url_for('pilot.page', secret=secret)}" if secret else "",
    )  # fmt: skip


def _confirm(
    found: Offered, choice: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    if choice not in found.choices:
        raise NotFound
    return respond(
        "manager/choose.html", status=status, page=found, choice=choice, words=manager_words,
        problems=problems, typed=request.form,
    )  # fmt: skip
