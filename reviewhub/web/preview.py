"""A rubric as the learner and the assessor will see it, by the product's own templates and no database.

The manager's pages and `reviewhub rubric preview` show the same. Nothing in it leads anywhere: every form
and link of the page comes back to the page itself, where `nothing_sent` answers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.domain.access import Actor
from reviewhub.domain.media import list_in_words
from reviewhub.domain.rubric import IssuerInfo, Rubric
from reviewhub.services.completeness import CHANGE_NOTE
from reviewhub.services.evidence import mark
from reviewhub.web import kit, preview_samples
from reviewhub.web.assessor_exits import CONCERNS
from reviewhub.web.assessor_words import detail
from reviewhub.web.enough_words import codes_of, enough, points_of
from reviewhub.web.evidence import kinds_of
from reviewhub.web.evidence_form import Taken
from reviewhub.web.learner_words import contact, count, language_names
from reviewhub.web.render import respond, see_other, wants_fragment

_SOMEBODY = Actor(person_id=0)
"""Signed in, as whoever looks at their own work is."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A problem of the files, with where it is and what is written there ("" where no line is to blame)."""

    where: str
    text: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the page: the bar with its views, and what is wrong with the files just now."""

    name: str
    views: tuple[tuple[str, str], ...]
    """Label and address of each view, as ui.tabs wants them."""
    back: str
    """The address that the bar's first link leads to."""
    wrong: Sequence[Wrong] = ()
    poll: str = ""
    """Where the page asks whether the files have changed; "" where they do not."""


def catalogue_page(rubric: Rubric, issuer: IssuerInfo, frame: Frame) -> Response:
    """What a learner reads before starting: what is learned, asked for and judged."""
    return _show(
        "public/micro_credential.html",
        frame,
        page=preview_samples.in_catalogue(rubric, issuer),
        rubric=rubric,
        slug=rubric.slug,
        in_words=list_in_words,
        count=count,
        languages=language_names(rubric.about.languages),
        enough=enough(rubric),
        points_of=points_of,
        codes_of=codes_of,
    )


def evidence_page(rubric: Rubric, issuer: IssuerInfo, frame: Frame) -> Response:
    """The form by which a learner gives evidence, as it is at the start."""
    page = preview_samples.evidence_to_give(rubric, issuer)
    return _show(
        "learner/evidence.html",
        frame,
        page=page,
        own=page.own,
        taken=Taken(),
        problems=(),
        typed={},
        contact=contact(page.own),
        autosaved=(),
        mark=mark,
        kinds=kinds_of,
        CHANGE_NOTE=CHANGE_NOTE,
        most=kit().settings.upload_megabytes,
        mend="",
    )


def assessor_page(rubric: Rubric, _issuer: IssuerInfo, frame: Frame) -> Response:
    """The workspace with every criterion and level; words of ours stand where evidence will."""
    words = _("Here stands what the learner has given. You asked for:")
    page = preview_samples.to_score(rubric, _("Quiet Heron"), words, kit().clock.now().date())
    return _show(
        "assessor/review.html",
        frame,
        page=page,
        version=0,
        current=0,
        saved=False,
        problems=(),
        typed_doubts={},
        differences=(),
        texts={},
        detail=detail,
        following="",
        correction=None,
        concerns=(),
        wanted=None,
        concern_words=CONCERNS,
        kept_until=None,
        left=0,
    )


PAGES: Mapping[str, tuple[Any, Callable[[Rubric, IssuerInfo, Frame], Response]]] = {
    "catalogue": (_l("Catalogue"), catalogue_page),
    "evidence": (_l("Evidence"), evidence_page),
    "assessor": (_l("Scoring"), assessor_page),
}
"""By the last word of their address, in order: how they are called, and what makes them."""


def _show(template: str, frame: Frame, **context: Any) -> Response:  # noqa: ANN401  # what the template names
    """Every address of the template is the page's own; a fragment is never wanted."""
    here = request.path

    def nowhere(endpoint: str, **values: Any) -> str:  # noqa: ANN401  # Flask's own signature
        return url_for(endpoint, **values) if endpoint == "static" else here

    return respond(template, preview=frame, url_for=nowhere, actor=_SOMEBODY, nav=(), **context)


def nothing_sent() -> ResponseReturnValue:
    """The answer to whatever a page of the preview posts: it says so, and keeps nothing."""
    said = _("This is a preview: nothing is sent and nothing is kept.")
    if "size" in request.form:
        return jsonify(message=said), 409
    if wants_fragment():
        return "", 204
    flash(said)
    return see_other(request.path)
