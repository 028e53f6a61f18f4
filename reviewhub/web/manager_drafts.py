"""A manager's drafts: begin one from a table, from what is live, or from nothing; go on with one."""

from dataclasses import replace

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.queries.drafts import draft_list
from reviewhub.services.draft import draft_of_live, start_draft
from reviewhub.web import actor, kit
from reviewhub.web.forms import typed
from reviewhub.web.manager_draft import bp as draft_pages
from reviewhub.web.manager_draft_out import bp as out
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.manager_table import bp as mapping
from reviewhub.web.manager_table import given_table
from reviewhub.web.render import respond, see_other

bp = Blueprint("drafts", __name__)
bp.register_blueprint(draft_pages)
bp.register_blueprint(mapping)
bp.register_blueprint(out)


@bp.get("/<issuer>/drafts")
@managers_only
def drafts(issuer: str) -> ResponseReturnValue:
    """The list, and how to begin."""
    return _show(issuer)


@bp.post("/<issuer>/drafts")
@managers_only
def begin(issuer: str) -> ResponseReturnValue:
    """Begin a draft, with a table or without."""
    with kit().read() as session:
        draft_list(session, actor(), issuer)  # another's issuer: nothing is read of what was sent
    try:
        name, rows = given_table()
        draft = start_draft(kit(), actor(), issuer, typed("name", 300), name, rows)
    except Invalid as wrong:
        return _show(issuer, wrong.problems, 422)
    except Refused as no:
        return _show(issuer, (Problem("", no.message),), 409)
    page = "manager.drafts.mapping.page" if rows else "manager.drafts.draft.overview"
    return see_other(url_for(page, issuer=issuer, draft=draft))


@bp.post("/<issuer>/drafts/of/<slug>")
@managers_only
def of_live(issuer: str, slug: str) -> ResponseReturnValue:
    """Go on with the draft of a micro-credential, or make one of its live version."""
    draft = draft_of_live(kit(), actor(), issuer, slug)
    return see_other(url_for("manager.drafts.draft.overview", issuer=issuer, draft=draft))


def _show(issuer: str, problems: tuple[Problem, ...] = (), status: int = 200) -> Response:
    with kit().read() as session:
        page = draft_list(session, actor(), issuer)
    moved = tuple(replace(one, field="file") if one.field == "table" else one for one in problems)
    return respond("manager/drafts.html", status=status, page=page, problems=moved, typed=request.form)
