"""What assessors ask to correct: a list, and one page with the sheet, the reason and the answer."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.queries.corrections import Asked, CorrectionPage, correction_page, corrections
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.name_cases import name_corrections
from reviewhub.web import actor, kit
from reviewhub.web.forms import typed
from reviewhub.web.lead_guard import leads_only
from reviewhub.web.lead_tabs import tab_counts
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import signed_in

bp = Blueprint("corrections", __name__, url_prefix="/corrections")

_WORDS = 4_000


@bp.get("")
@signed_in
@leads_only
def waiting() -> ResponseReturnValue:
    """What waits for an answer, the oldest first."""
    return respond("lead/corrections.html", "list", corrections=_named(), counts=tab_counts())


@bp.get("/<public_id>")
@signed_in
@leads_only
def one(public_id: str) -> ResponseReturnValue:
    """One request. To have read it is kept: whoever has does not adjudicate that case."""
    return _show(_page(public_id))


@bp.post("/<public_id>")
@signed_in
@leads_only
def answer(public_id: str) -> ResponseReturnValue:
    """Agree or refuse, with a reason."""
    agree = typed("answer", 10)
    try:
        if agree not in {"agree", "refuse"}:
            raise Invalid(Problem("answer", _("Choose one of the two.")))
        decide_correction(
            kit(), actor(), public_id,
            agree=agree == "agree", reason=typed("reason", _WORDS), sure="sure" in request.form,
        )  # fmt: skip
    except Invalid as no:
        return _show(_page(public_id), no.problems, 422)
    except Refused as no:
        return _show(_page(public_id), (Problem("", no.message),), 409)
    flash(_("Answered. The assessor is told by e-mail, and reads your words without your name."))
    return see_other(url_for("lead.corrections.waiting"))


def _named() -> tuple[Asked, ...]:
    found = _list()
    nameless = [item.public_id for item in found if not item.alias]
    if not nameless:
        return found
    name_corrections(kit(), actor(), nameless)
    return _list()


def _list() -> tuple[Asked, ...]:
    with kit().read() as session:
        return corrections(session, actor(), kit().clock.now())


def _page(public_id: str) -> CorrectionPage:
    with kit().read() as session:
        page = correction_page(session, actor(), public_id)
    if page is not None:
        return page
    read_correction(kit(), actor(), public_id)
    with kit().read() as session:
        page = correction_page(session, actor(), public_id)
    if page is None:
        raise NotFound
    return page


def _show(page: CorrectionPage, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    return respond("lead/correction.html", status=status, page=page, problems=problems, typed=request.form)
