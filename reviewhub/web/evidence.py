"""Where a learner gives evidence. One form: whatever button is pressed, what was typed is saved."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from reviewhub.domain.errors import DomainError, Invalid, Problem, Refused, Stale
from reviewhub.domain.evidence import word_count
from reviewhub.domain.media import list_in_words
from reviewhub.queries.asked_to_mend import asked_to_mend
from reviewhub.queries.evidence_page import EvidencePage, evidence_page
from reviewhub.services import evidence as saving
from reviewhub.services import submit as submitting
from reviewhub.services import upload as uploading
from reviewhub.services.completeness import CHANGE_NOTE
from reviewhub.services.evidence import Answer, mark, tidy
from reviewhub.services.ports import StorageDown
from reviewhub.web import actor, kit
from reviewhub.web.evidence_form import ATTESTATIONS, Taken, field_name, take_in
from reviewhub.web.learner_words import contact
from reviewhub.web.render import respond, see_other, wants_fragment
from reviewhub.web.session import signed_in

bp = Blueprint("evidence", __name__)
_FILES_AT_ONCE = 4


@bp.url_value_preprocessor
def let_files_in(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a whole form with some files too large, so that what was typed beside them is not lost.

    Runs before anything reads the form; each file is then held to the limit by itself.
    """
    if request.method == "POST":
        one = kit().settings.upload_bytes
        request.max_content_length = _FILES_AT_ONCE * one + current_app.config["MAX_FORM_MEMORY_SIZE"]


@bp.get("/<submission>/evidence")
@signed_in
def page(submission: str) -> ResponseReturnValue:
    """Every requirement: what is asked, what is there, what is missing."""
    return _show(submission)


def _show(submission: str, taken: Taken | None = None, status: int = 200) -> Response:
    """The page; for a script only what a saved field changes, but the whole after a choice: others show."""
    with kit().read() as session:
        found = evidence_page(session, actor(), submission)
        mend = asked_to_mend(session, found.own)
    taken = taken or Taken()
    fragment = None if not taken.flood and "whole" in request.form else "live"
    return respond(
        "learner/evidence.html", fragment, status=status, page=found, own=found.own, taken=taken,
        problems=(*taken.problems, *taken.submitting), typed=_typed(found, taken), contact=contact(found.own),
        autosaved=_autosaved(taken), mark=mark, kinds=kinds_of, CHANGE_NOTE=CHANGE_NOTE,
        most=kit().settings.upload_megabytes, mend=mend,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What an autosaved field is told: its place (`key`), its name, and the mark to go on from (`was`)."""

    key: str
    name: str
    text: str
    kind: str = ""
    was: str = ""


def _autosaved(taken: Taken) -> list[Line]:
    wrong = {problem.field: problem.message for problem in taken.problems}
    stale = _("Changed in another window, so not saved. Press Save to see both.")
    return [
        *(Line(field, "", message, "wrong") for field, message in wrong.items()),
        *(Line(answer.requirement_id, "", stale, "wrong") for answer in taken.stale),
        *(_saved_line(answer) for answer in taken.saved),
    ]


def _saved_line(answer: Answer) -> Line:
    name = field_name(answer)
    text = _("Saved")
    if name.startswith("text."):
        count = word_count(answer.text)
        text = ngettext("Saved, %(num)d word", "Saved, %(num)d words", count)
    kept = tidy(answer.text).strip() if name.startswith("url.") else tidy(answer.text)
    if answer.criterion_id:
        kept = " ".join(kept.split())
    return Line(answer.requirement_id, name, text, was=mark(kept))


def kinds_of(accept: tuple[str, ...]) -> str:
    """What may be given, as a sentence: "A picture or a PDF."."""
    words = list_in_words(accept)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _typed(found: EvidencePage, taken: Taken) -> dict[str, str]:
    """What stands in the fields: as typed where something went wrong, else as saved."""
    readable = taken.wrong and not taken.flood
    return dict(request.form.items()) if readable and found.editable else {}


@bp.post("/<submission>/evidence")
@signed_in
def save(submission: str) -> ResponseReturnValue:
    """Save what was typed, take the files in, then do what the button says."""
    taken = take_in(submission)
    if not taken.wrong:
        _do(submission, request.form.get("do", ""), taken)
    if taken.wrong or wants_fragment():
        return _show(submission, taken, taken.status)
    flash(_("Saved."))
    place = request.form.get("do", "").partition(":")[2]
    anchor = f"s-{place}" if place and request.form["do"].startswith("save:") else None
    return see_other(url_for(".page", submission=submission, _anchor=anchor))


def _do(submission: str, button: str, taken: Taken) -> None:
    verb, _colon, artifact = button.partition(":")
    try:
        if verb == "remove":
            saving.remove_artifact(kit(), actor(), submission, artifact)
        elif verb == "confirm":
            uploading.confirm_upload(kit(), actor(), submission, artifact)
    except StorageDown:
        taken.down = True
    except Refused as refused:
        taken.problems.append(Problem("", refused.message))


@bp.post("/<submission>/submit")
@signed_in
def submit(submission: str) -> ResponseReturnValue:
    """Save everything once more, then send it."""
    done = url_for("learner.submission", submission=submission)
    try:
        taken = take_in(submission)
        if not taken.wrong:
            attested = all(request.form.get(name) for name in ATTESTATIONS)
            submitting.submit(kit(), actor(), submission, taken.version, attested=attested)
    except Invalid as wrong:
        taken = Taken(submitting=list(wrong.problems))
    except Stale as stale:
        taken = Taken(outdated=stale.message)
    except Refused as refused:
        flash(refused.message)
        return see_other(done)
    if taken.refused and not taken.kept:
        # Sent already, from another window or by a double click; or it is held: its page says so.
        flash(_("It was sent before, or is on hold; nothing was sent twice."))
        return see_other(done)
    if taken.wrong:
        return _show(submission, taken, taken.status)
    flash(_("Sent. Your files are being checked; you need do nothing."), "met")
    return see_other(done)


@bp.post("/<submission>/uploads")
@signed_in
def allow_upload(submission: str) -> ResponseReturnValue:
    """For the script: where to write one file. Answers JSON; what is wrong is a sentence in `message`."""
    size, position = request.form.get("size", ""), request.form.get("position", "")
    file = uploading.Announced(
        requirement_id=request.form.get("requirement", ""),
        name=request.form.get("name", ""),
        size=int(size) if size.isdecimal() and len(size) < 16 else 0,  # noqa: PLR2004 - no file has so many digits
        position=int(position) if position.isdecimal() and len(position) < 4 else None,  # noqa: PLR2004 - the same
    )
    try:
        allowed = uploading.allow_upload(kit(), actor(), submission, file)
    except uploading.TooLarge as wrong:
        return _json(wrong, 413)
    except Invalid as wrong:
        return _json(wrong, 422)
    except Refused as wrong:
        return _json(wrong, 409)
    return jsonify(
        artifact=allowed.artifact,
        url=allowed.put.url,
        method=allowed.put.method,
        headers=dict(allowed.put.headers),
    )


def _json(error: DomainError, status: int) -> ResponseReturnValue:
    return jsonify(message=error.message), status


@bp.errorhandler(RequestEntityTooLarge)
def more_than_the_form_takes(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Too much to be read at all: the page as it was saved, and what to do."""
    if not actor().signed_in:
        raise _error
    taken = Taken(flood=True)
    return _show((request.view_args or {})["submission"], taken, 413)
