"""One draft of a rubric: its problems, its texts, evidence, criteria and rules."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from reviewhub.domain.drafts.acts import act
from reviewhub.domain.drafts.body import look
from reviewhub.domain.drafts.form import read_form
from reviewhub.domain.errors import Problem, Stale
from reviewhub.domain.rubric_check import validate_issuer
from reviewhub.queries.drafts import DraftPage, draft_page
from reviewhub.services.draft import discard_draft, save_draft
from reviewhub.web import actor, kit
from reviewhub.web import manager_draft_words as words
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.preview import PAGES
from reviewhub.web.render import respond, see_other

bp = Blueprint("draft", __name__)
_PREFIXES = {
    "about": ("about", "version"),
    "evidence": ("requirements",),
    "criteria": ("parts",),
    "rules": ("policies", "promise_days"),
}
"""What of a draft each page holds."""


@bp.get("/<issuer>/drafts/<draft>")
@managers_only
def overview(issuer: str, draft: str) -> ResponseReturnValue:
    """What is to be mended, and what can be done with it."""
    found = _found(issuer, draft)
    return respond(
        "manager/draft.html", page=found, words=words, sections=words.by_section(found.look.problems),
        views=[(view, label) for view, (label, _page) in PAGES.items()], gaps=validate_issuer(found.issuer),
    )  # fmt: skip


@bp.get("/<issuer>/drafts/<draft>/<any(about, evidence, criteria, rules):section>")
@managers_only
def section(issuer: str, draft: str, section: str) -> ResponseReturnValue:
    """The fields of one page, each with its problems."""
    found = _found(issuer, draft)
    return _show(found, section, found.body, found.look.problems)


@bp.post("/<issuer>/drafts/<draft>/<any(about, evidence, criteria, rules):section>")
@managers_only
def save(issuer: str, draft: str, section: str) -> ResponseReturnValue:
    """Keep what was typed, sound or not, and do what the button says."""
    found = _found(issuer, draft)
    given = {name: request.form.getlist(name) for name in request.form}
    fields = {name: values for name, values in given.items() if name.startswith(_PREFIXES[section])}
    body = read_form(found.body, fields)
    try:
        stamp = request.form.get("stamp", type=int) or 0
        button = request.form.get("act", "save")
        acted = act(body, button)
        save_draft(kit(), actor(), issuer, draft, stamp, body=acted)
    except Stale:
        now = _found(issuer, draft)
        mine = read_form(now.body, fields)
        theirs = words.differences(_of(mine, section), _of(now.body, section))
        return _show(now, section, mine, look(mine).problems, theirs, 409)
    if button == "save":
        _say(len(words.by_section(look(body).problems)[section]))
    anchor = _anchor(button, acted) if acted != body else ""
    return see_other(
        url_for("manager.drafts.draft.section", issuer=issuer, draft=draft, section=section) + anchor
    )


@bp.post("/<issuer>/drafts/<draft>/discard")
@managers_only
def discard(issuer: str, draft: str) -> ResponseReturnValue:
    """Remove it for good; where somebody saved meanwhile, the page shows what they did first."""
    found = _found(issuer, draft)
    try:
        discard_draft(kit(), actor(), issuer, draft, request.form.get("stamp", type=int) or 0)
    except Stale:
        flash(_("Somebody saved this draft meanwhile, so it is still here. Look at it first."), "mend")
        return see_other(url_for("manager.drafts.draft.overview", issuer=issuer, draft=draft))
    flash(_("The draft “%(name)s” is gone.", name=found.name))
    return see_other(url_for("manager.drafts.drafts", issuer=issuer))


def _found(issuer: str, draft: str) -> DraftPage:
    with kit().read() as session:
        return draft_page(session, actor(), issuer, draft)


def _of(body: Mapping[str, Any], section: str) -> dict[str, Any]:
    return {name: body.get(name) for name in _PREFIXES[section]}


def _say(problems: int) -> None:
    if not problems:
        flash(_("Saved. Nothing on this page needs mending."), "met")
        return
    flash(
        ngettext(
            "Saved. One thing on this page needs mending.",
            "Saved. %(num)d things on this page need mending.",
            problems,
        )
    )


def _anchor(button: str, body: dict[str, Any]) -> str:
    """Where the page opens again: at the thing that was added."""
    kind, _colon, place = button.partition(":")
    things = words.at(body, place) if kind == "add" else None
    return f"#f-{place}[{len(things) - 1}].name" if things else ""


def _show(
    found: DraftPage,
    section: str,
    body: Mapping[str, Any],
    problems: tuple[Problem, ...],
    theirs: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> Response:
    return respond(
        "manager/draft_section.html", status=status, page=found, section=section, body=body, words=words,
        mine=words.by_section(problems)[section], counts=words.by_section(found.look.problems),
        theirs=theirs, value=lambda place, default="": words.value(body, place, default),
    )  # fmt: skip
