"""The pages of `reviewhub rubric preview`: one folder or file, on the loopback address, live on save."""

import secrets
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.app import create_app
from reviewhub.authoring.check import Fault
from reviewhub.authoring.watched import Seen, Watched
from reviewhub.domain.rubric import Rubric
from reviewhub.settings import Settings
from reviewhub.web.preview import PAGES, Frame, Wrong, nothing_sent
from reviewhub.web.render import respond
from reviewhub.web.session import load_actor

_OWN = ("preview.", "static")


def preview_app(path: Path, scratch: Path) -> Flask:
    """The product's application with these pages alone: no database is opened, every other address is 404.

    `scratch` is an empty folder that stands for the data; no file comes into it.
    """
    app = create_app(Settings(data=scratch, secret=secrets.token_hex(), rate_limits=False))
    # Browsers send cookies of another ReviewHub on this machine here too: nobody signs in, none is changed.
    app.before_request_funcs[None].remove(load_actor)
    # Nothing here is kept, so nobody can be made to send anything.
    app.config.update(SESSION_COOKIE_NAME="rh_preview", WTF_CSRF_ENABLED=False)
    app.before_request(_alone)
    app.register_blueprint(_pages(Watched(path)))
    return app


def _alone() -> ResponseReturnValue | None:
    if request.path == "/":
        return redirect(url_for("preview.index"))
    if not (request.endpoint or "").startswith(_OWN):
        abort(404)
    return None


def _pages(watched: Watched) -> Blueprint:
    bp = Blueprint("preview", __name__, url_prefix="/preview")

    @bp.get("/")
    def index() -> Response:
        """The rubrics that are there, each with its pages."""
        seen = watched.look()
        rubrics = [(rubric, _views(rubric)) for rubric in seen.good.rubrics]
        return respond(
            "preview/index.html", preview=_frame(seen, ""), rubrics=rubrics, issuer=watched.issuer()
        )

    @bp.get("/changed")
    def changed() -> ResponseReturnValue:
        """For the page: load anew, if what it shows is no longer what is there."""
        if watched.look().stamp == request.args.get("seen"):
            return "", 204
        return "", 200, {"HX-Refresh": "true"}

    @bp.get("/<slug>/<view>")
    def page(slug: str, view: str) -> Response:
        """One rubric as somebody will see it."""
        seen = watched.look()
        found = next((one for one in seen.good.rubrics if one.slug == slug), None)
        if found is None or view not in PAGES:
            abort(404)
        return PAGES[view][1](found, watched.issuer(), _frame(seen, found.about.name, _views(found)))

    @bp.post("/<slug>/<view>")
    def post(slug: str, view: str) -> ResponseReturnValue:  # noqa: ARG001  # every page answers alike
        """A form of a page was sent."""
        return nothing_sent()

    return bp


def _views(rubric: Rubric) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(label), url_for("preview.page", slug=rubric.slug, view=view))
        for view, (label, _page) in PAGES.items()
    )


def _frame(seen: Seen, name: str, views: tuple[tuple[str, str], ...] = ()) -> Frame:
    return Frame(
        name=name,
        views=views,
        back=url_for("preview.index"),
        wrong=tuple(_wrong(fault) for fault in seen.faults),
        poll=url_for("preview.changed", seen=seen.stamp),
    )


def _wrong(fault: Fault) -> Wrong:
    """The fault with what is written on its line."""
    said = str(fault).removeprefix(str(fault.file.parent)).lstrip("/")
    where, _, what = said.partition(": ")
    return Wrong(where, what, _line(fault))


def _line(fault: Fault) -> str:
    if fault.line is None:
        return ""
    try:
        lines = fault.file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[fault.line - 1].strip() if fault.line <= len(lines) else ""
