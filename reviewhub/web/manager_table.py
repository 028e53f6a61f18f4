"""From an uploaded table to the criteria of a draft: what each column is, what comes of it, taking it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from reviewhub.domain.codec import decode, encode
from reviewhub.domain.drafts import table
from reviewhub.domain.drafts.build import Built, build
from reviewhub.domain.drafts.keep import keep
from reviewhub.domain.drafts.mapping import SHAPES, Reading, Role, Shape, guess, level_names, name_and_points
from reviewhub.domain.drafts.table import Rows
from reviewhub.domain.errors import Invalid, NotFound, Problem, Stale
from reviewhub.queries.drafts import DraftPage, draft_page
from reviewhub.services.draft import save_draft
from reviewhub.services.ports import NotCleanable
from reviewhub.web import actor, kit
from reviewhub.web import manager_draft_words as words
from reviewhub.web.manager_guard import managers_only
from reviewhub.web.render import respond, see_other

bp = Blueprint("mapping", __name__)
_PASTED = 400_000
_SHOWN = 8
"""Rows of the table that the page shows."""


@bp.get("/<issuer>/drafts/<draft>/table")
@managers_only
def page(issuer: str, draft: str) -> ResponseReturnValue:
    """What each column is taken for, and what comes of it."""
    found = _found(issuer, draft)
    return _show(found, _reading(found))


@bp.post("/<issuer>/drafts/<draft>/table")
@managers_only
def read(issuer: str, draft: str) -> ResponseReturnValue:
    """Keep what the columns are said to be; with `take`, make the criteria of it."""
    found = _found(issuer, draft)
    reading = _typed(found.source)
    take = request.form.get("act") == "take"
    built = _built(found, reading)
    if take and not built.parts:
        return _show(found, reading, (Problem("table", _("No criterion comes of it yet.")),), 422)
    body = {**found.body, "parts": keep(built.parts, found.body.get("parts") or [])} if take else None
    stamp = request.form.get("stamp", type=int) or 0
    try:
        save_draft(kit(), actor(), issuer, draft, stamp, body=body, mapping=encode(reading))
    except Stale as late:
        return _show(_found(issuer, draft), reading, (Problem("", late.message),), 409)
    if not take:
        return see_other(url_for("manager.drafts.mapping.page", issuer=issuer, draft=draft))
    count = sum(len(part["criteria"]) for part in built.parts)
    flash(
        ngettext(
            "One criterion is taken from the table.", "%(num)d criteria are taken from the table.", count
        )
    )
    return see_other(url_for("manager.drafts.draft.overview", issuer=issuer, draft=draft))


@bp.post("/<issuer>/drafts/<draft>/table/new")
@managers_only
def new(issuer: str, draft: str) -> ResponseReturnValue:
    """Another table for this draft; its criteria stay until they are taken from it."""
    found = _found(issuer, draft)
    try:
        name, rows = given_table()
        if not rows:
            raise Invalid(Problem("file", _("Choose a file, or paste the table.")))
        save_draft(kit(), actor(), issuer, draft, found.stamp, source=(name, rows))
    except Invalid as wrong:
        return _show(found, _reading(found), _at_file(wrong.problems), 422)
    return see_other(url_for("manager.drafts.mapping.page", issuer=issuer, draft=draft))


def given_table() -> tuple[str, Rows]:
    """(file's name, rows) of the file or the pasted text that was sent; ("", ()) for neither. Invalid."""
    sent = request.files.get("file")
    if sent and sent.filename:
        return sent.filename, _of_file(sent.stream.read(table.MOST_BYTES + 1))
    pasted = request.form.get("pasted", "")
    try:
        if len(pasted) > _PASTED:
            raise Invalid(
                Problem("table", _("That is more than a rubric can hold. Paste the criteria alone."))
            )
        return ("", table.rows_of_text(pasted)) if pasted.strip() else ("", ())
    except Invalid as wrong:
        raise Invalid(*(replace(problem, field="pasted") for problem in wrong.problems)) from None


def _of_file(data: bytes) -> Rows:
    """A zip is taken for a spreadsheet, anything else for text."""
    if not data.startswith(b"PK\x03\x04") or len(data) > table.MOST_BYTES:
        return table.rows_of_file(data)
    found = kit().sheets.rows(data)
    if isinstance(found, NotCleanable):
        raise Invalid(Problem("table", found.reason))
    return table.tidy_rows(found)


def _at_file(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(replace(one, field="file") if one.field == "table" else one for one in problems)


def _found(issuer: str, draft: str) -> DraftPage:
    with kit().read() as session:
        return draft_page(session, actor(), issuer, draft)


def _reading(found: DraftPage) -> Reading | None:
    """What was said of the columns, else what the headers speak for; None without a table."""
    if not found.source:
        return None
    return decode(Reading, found.mapping) if found.mapping else guess(found.source)


def _typed(rows: Rows) -> Reading:
    """What the form says of the columns. A role that the shape does not know is left out."""
    if not rows:
        raise NotFound
    form = request.form
    shape = cast("Shape", form.get("shape") if form.get("shape") in SHAPES else "wide")
    header = min(max(0, (form.get("header", type=int) or 1) - 1), len(rows) - 1)
    roles = [form.get(f"column{n}", "") for n in range(len(rows[0]))]
    columns = tuple(_role(role, shape) for role in roles)
    return Reading(shape, header, columns, form.get("order") != "highest", form.get("met_from", "")[:200])


def _role(said: str, shape: Shape) -> Role:
    return next((role for role in SHAPES[shape] if role == said), "")


def _built(found: DraftPage, reading: Reading) -> Built:
    evidence = tuple(str(one.get("id")) for one in found.body.get("requirements") or [])
    return build(found.source, reading, evidence)


def _show(
    found: DraftPage, reading: Reading | None, problems: tuple[Problem, ...] = (), status: int = 200
) -> Response:
    built = _built(found, reading) if reading else Built([], ())
    names = level_names(found.source, reading) if reading else ()
    levels = [(name, name) for name in dict.fromkeys(name_and_points(one)[0] for one in names)]
    return respond(
        "manager/table.html", status=status, page=found, reading=reading, built=built, problems=problems,
        levels=levels, rows=found.source[reading.header + 1 :][:_SHOWN] if reading else (),
        roles=[(role, words.ROLES[role]) for role in ("", *SHAPES[reading.shape])] if reading else (),
        letters=table.letters, typed=request.form,
    )  # fmt: skip
