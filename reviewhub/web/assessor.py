"""The assessor's pages: the queue, the workspace, the ledger of own sheets."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.queries import assessor as desk
from reviewhub.queries import own_exits
from reviewhub.queries.more_time import own_days
from reviewhub.queries.own_correction import own_correction
from reviewhub.queries.pile import MOST as PILE_MOST
from reviewhub.queries.pile import waiting
from reviewhub.queries.workspace import Entry, Phase, Workspace, workspace
from reviewhub.services import exclude, object_to_lock, score
from reviewhub.services.claim_again import claim_again
from reviewhub.services.read_texts import read_texts
from reviewhub.services.supersede import supersede
from reviewhub.web import actor, assessor_claim, assessor_correction, assessor_exits, assessor_time, kit
from reviewhub.web.assessor_lost import back, lost, not_saved, refused
from reviewhub.web.assessor_words import Change, changes, detail, duration, seconds_left, with_entries
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other, wants_fragment
from reviewhub.web.session import signed_in

bp = Blueprint("assessor", __name__)
bp.register_blueprint(assessor_exits.bp)
bp.register_blueprint(assessor_time.bp)
bp.register_blueprint(assessor_correction.bp)
bp.register_blueprint(assessor_claim.bp)

_NO_VERSION = -1


@bp.get("/queue")
@signed_in
def queue() -> ResponseReturnValue:
    """What is left, by due day."""
    now = kit().clock.now()
    with kit().read() as session:
        found = desk.queue(session, actor(), now, request.args.get("after", "")[:40])
        stopped = own_exits.with_coordinator(session, actor())
        pile = waiting(session, actor(), now)
    return respond(
        "assessor/queue.html",
        found=found,
        pile=pile,
        pile_most=PILE_MOST,
        stopped=stopped,
        duration=duration(found.minutes),
        most=desk.MOST,
    )


@bp.get("/reviews")
@signed_in
def reviews() -> ResponseReturnValue:
    """Own sheets, newest first."""
    now = kit().clock.now()
    with kit().read() as session:
        found = desk.ledger(session, actor(), now, request.args.get("after", "")[:40])
        over = own_exits.over(session, actor(), now)
    return respond("assessor/reviews.html", found=found, over=over)


@bp.get("/reviews/<review>")
@signed_in
def open_review(review: str) -> ResponseReturnValue:
    """One review: evidence and rubric. Looking changes nothing."""
    return _page(review)


@bp.post("/reviews/<review>/draft")
@signed_in
def draft(review: str) -> ResponseReturnValue:
    """Keep what is there so far; the answer to a script is the state of saving and the new version."""
    entries, version = _form()
    try:
        kept = score.save_draft(kit(), actor(), review, entries, version)
    except Stale:
        return _conflict(review)
    except Invalid as wrong:
        return not_saved(wrong.message, 422) if wants_fragment() else _again(review, 422, wrong.problems)
    except Refused as no:
        return refused(review, no, "stop")
    if wants_fragment():
        return respond("assessor/review.html", "saved", version=kept, saved=True, oob=True)
    flash(_("Saved."), "met")
    return back(review)


@bp.post("/reviews/<review>/submit")
@signed_in
def submit(review: str) -> ResponseReturnValue:
    """Hand the sheet in. A second press leads to the page that says that it is in."""
    entries, version = _form()
    try:
        until = score.submit(kit(), actor(), review, entries, version)
    except Stale:
        return _conflict(review)
    except Invalid as wrong:
        return _again(review, 422, wrong.problems)
    except Refused as no:
        return refused(review, no)
    else:
        if until is None:
            flash(_("Your blind sheet is in. Now you see what the two assessors gave."), "met")
    return back(review)


@bp.post("/reviews/<review>/undo")
@signed_in
def undo(review: str) -> ResponseReturnValue:
    """Take the sheet back while the window is open."""
    try:
        score.undo(kit(), actor(), review)
    except Refused as no:
        return refused(review, no)
    else:
        flash(_("Taken back. Everything is as you left it; submit again when you are ready."), "met")
    return back(review)


@bp.post("/reviews/<review>/exclude")
@signed_in
def know(review: str) -> ResponseReturnValue:
    """Step aside: the assessor knows this person."""
    try:
        exclude.declare_known(kit(), actor(), review)
    except Refused as no:
        return refused(review, no)
    flash(_("Thank you for saying so. You will not be asked to score this person's work again."), "met")
    return see_other(url_for("assessor.queue"))


@bp.post("/reviews/<review>/doubts/<criterion>")
@signed_in
def doubt(review: str, criterion: str) -> ResponseReturnValue:
    """Object to a locked criterion; what was typed on the sheet is saved with it."""
    reason = typed(f"doubt-{criterion}")
    return _doubting(
        review,
        lambda: object_to_lock.object_to_lock(kit(), actor(), review, criterion, reason),
        _("A third will look at it when both sheets are in."),
    )


@bp.post("/reviews/<review>/doubts/<criterion>/take-back")
@signed_in
def no_doubt(review: str, criterion: str) -> ResponseReturnValue:
    """Drop the objection; what was typed on the sheet is saved with it."""
    return _doubting(
        review, lambda: object_to_lock.take_back(kit(), actor(), review, criterion), _("Taken back.")
    )


@bp.post("/reviews/<review>/corrected")
@signed_in
def corrected(review: str) -> ResponseReturnValue:
    """Hand in a sheet in the place of a final one, where a lead has agreed."""
    entries, _version = _form()
    try:
        supersede(kit(), actor(), review, entries)
    except Invalid as wrong:
        return _again(review, 422, wrong.problems)
    except Refused as no:
        return refused(review, no)
    else:
        flash(_("Thank you. Your corrected sheet is in."), "met")
    return back(review)


def _doubting(review: str, act: Callable[[], None], done: str) -> ResponseReturnValue:
    entries, version = _form()
    try:
        claim_again(kit(), actor(), review)
        act()
        if entries:
            score.save_draft(kit(), actor(), review, entries, version)
    except Stale:
        return _conflict(review)
    except Invalid as wrong:
        return _again(review, 422, wrong.problems)
    except Refused as no:
        return refused(review, no, "stop")
    else:
        flash(done, "met")
    return back(review)


def _form() -> tuple[dict[str, dict[str, str]], int]:
    """The typed entries, and the version of the draft that they were typed on."""
    entries: dict[str, dict[str, str]] = {}
    for name in request.form:
        kind, _dash, criterion_id = name.partition("-")
        if kind in {"level", "comment"} and criterion_id:
            entries.setdefault(criterion_id, {})[kind] = typed(name)
    version = request.form.get("overwrite") or request.form.get("draft_version", "")
    return entries, int(version) if version.isdecimal() and version.isascii() else _NO_VERSION


def _page(
    review: str,
    status: int = 200,
    problems: tuple[Problem, ...] = (),
    *,
    conflict: bool = False,
) -> Response:
    """The workspace; after a POST that did not go through, with what was typed: `_again`."""
    now = kit().clock.now()
    with kit().read() as session:
        found = workspace(session, actor(), review, now)
        following = desk.next_open(session, actor()) if found.phase is not Phase.SCORE else ""
        final = found.phase is Phase.FINAL
        correction = own_correction(session, actor(), review, now) if final else None
        concerns = own_exits.own_concerns(session, actor(), review, now)
        days = own_days(session, actor(), review, now)
    page, differences = found, tuple[Change, ...]()
    if request.method == "POST":
        page = with_entries(found, _typed_entries())
        differences = changes(found, page) if conflict else ()
    texts = read_texts(kit(), actor(), _texts_of(found))
    return respond(
        "assessor/review.html",
        "conflict" if conflict else None,
        status=status,
        page=page,
        version=_version(found),
        current=found.version,
        saved=found.version > 0 and not problems and not conflict,
        problems=problems,
        typed_doubts={cid: typed(f"doubt-{cid}") for cid in (one.id for one in found.not_scored)},
        differences=differences,
        texts=texts,
        detail=detail,
        following=following,
        correction=correction,
        concerns=concerns,
        wanted=days.wanted,
        concern_words=assessor_exits.CONCERNS,
        kept_until=found.claim_until,
        left=seconds_left(found.undo_until, now),
    )


def _again(
    review: str, status: int, problems: tuple[Problem, ...] = (), *, conflict: bool = False
) -> ResponseReturnValue:
    """The page with what was typed, theirs again if the claim was over; else what was typed alone."""
    try:
        claim_again(kit(), actor(), review)
        return _page(review, status, problems, conflict=conflict)
    except Refused as no:
        return refused(review, no)
    except NotFound as gone:
        return lost(gone.message)


def _version(found: Workspace) -> int:
    """The version that the form was made with: what was not saved must not look saved."""
    return _form()[1] if request.method == "POST" else found.version


def _typed_entries() -> dict[str, Entry]:
    entries, _version = _form()
    return {cid: Entry(one.get("level", ""), one.get("comment", "")) for cid, one in entries.items()}


def _texts_of(found: Workspace) -> list[str]:
    every = (*found.evidence, *found.earlier)
    return [page.public_id for exhibit in every for page in exhibit.pages if page.kind == "text"]


def _conflict(review: str) -> ResponseReturnValue:
    """Somebody (the same person, elsewhere) saved something else: both are shown, nothing is overwritten."""
    response = make_response(_again(review, 409, conflict=True))
    if wants_fragment():
        response.headers["HX-Retarget"] = "#conflict"
        response.headers["HX-Reswap"] = "innerHTML"
    return response
