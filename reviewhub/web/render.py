"""How answers are made: a page, a fragment of it for htmx, or a redirect. Alone here: htmx-flask."""

import hashlib
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask_wtf.csrf import generate_csrf
from htmx_flask import Htmx
from htmx_flask import request as htmx_request
from jinja2 import Environment
from jinja2_fragments.flask import render_block
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from reviewhub.web import actor
from reviewhub.web.nav import account_links, links


def install(app: Flask) -> None:
    """Give every template actor, nav, ui, asset(file) and csrf()."""
    Htmx(app)
    versions: dict[str, str] = {}

    def asset(file: str) -> str:
        """The address of a static file, new whenever its content is."""
        if file not in versions or app.debug:
            versions[file] = _digest(Path(str(app.static_folder)) / file)
        return url_for("static", filename=file, v=versions[file])

    app.jinja_env.globals.update(asset=asset, csrf=_csrf, ui=_Macros(app.jinja_env))
    app.context_processor(_context)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _context() -> dict[str, Any]:
    return {"actor": actor(), "nav": links(), "account_nav": account_links()}


def _csrf() -> Markup:
    # Tokens outlive the browser's closing, as the sign-in does: a restored tab can still be sent.
    session.permanent = True
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


class _Macros:
    """templates/_macros.html as `ui`: imports are lost in fragments, a global is not."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> object:
        return getattr(self._environment.get_template("_macros.html").module, name)


def wants_fragment() -> bool:
    """Whether htmx asks for a part: not when it restores history or follows a boosted link."""
    htmx = htmx_request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def respond(template: str, fragment: str | None = None, *, status: int = 200, **context: object) -> Response:
    """The whole page, or only its block `fragment` where htmx asked for a part."""
    if fragment and wants_fragment():
        body = render_block(template, fragment, **context)
        if get_flashed_messages():
            body += render_template("_flashes.html", oob=True)
    else:
        body = render_template(template, **context)
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def see_other(url: str) -> AnyResponse:
    """After a valid POST: 303, so that reloading repeats nothing."""
    response = redirect(url, 303)
    response.vary.add("HX-Request")
    return response
