"""What comes of a draft: the pages as learners and assessors will see them, and the plugin's folder."""

import io
import zipfile
from collections.abc import Mapping

from flask import Blueprint, Response, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, NotFound
from reviewhub.queries.drafts import DraftPage, draft_folder, draft_page
from reviewhub.web import actor, kit
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.preview import PAGES, Frame, nothing_sent
from reviewhub.web.render import see_other

bp = Blueprint("out", __name__)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest day that a zip can name: the same draft gives the same bytes."""


@bp.get("/<issuer>/drafts/<draft>/preview/<view>")
@managers_only
def preview(issuer: str, draft: str, view: str) -> ResponseReturnValue:
    """One page of the draft as somebody will see it."""
    if view not in PAGES:
        raise NotFound
    with kit().read() as session:
        found = draft_page(session, actor(), issuer, draft)
    if not found.look.showable or found.look.rubric is None:
        flash(_("It can be shown as soon as it has criteria, each with its levels and its evidence."))
        return see_other(_home(found))
    return PAGES[view][1](found.look.rubric, found.issuer, _frame(found))


@bp.post("/<issuer>/drafts/<draft>/preview/<view>")
@managers_only
def sent(issuer: str, draft: str, view: str) -> ResponseReturnValue:  # noqa: ARG001  # every page answers alike
    """A form of a previewed page was sent: nothing happens."""
    with kit().read() as session:
        draft_page(session, actor(), issuer, draft)
    return nothing_sent()


@bp.get("/<issuer>/drafts/<draft>/folder.zip")
@managers_only
def folder(issuer: str, draft: str) -> ResponseReturnValue:
    """The plugin's folder with this draft in it."""
    with kit().read() as session:
        found = draft_page(session, actor(), issuer, draft)
    try:
        with kit().read() as session:
            files = draft_folder(session, actor(), issuer, draft)
    except Invalid as wrong:
        flash(_("The folder can be downloaded when this is mended:") + " " + wrong.message)
        return see_other(_home(found))
    response = Response(_zipped(found.issuer_slug.replace("-", "_"), files), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.issuer_slug}-plugin.zip"'
    return response


def _zipped(home: str, files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{home}/{path}", _LONG_AGO), text)
    return out.getvalue()


def _frame(found: DraftPage) -> Frame:
    views = tuple(
        (
            str(label),
            url_for("manager.drafts.out.preview", issuer=found.issuer_slug, draft=found.public_id, view=view),
        )
        for view, (label, _page) in PAGES.items()
    )
    return Frame(name=found.name, views=views, back=_home(found))


def _home(found: DraftPage) -> str:
    return url_for("manager.drafts.draft.overview", issuer=found.issuer_slug, draft=found.public_id)
