"""The web application: create_app(settings) puts the parts together."""

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from reviewhub.bootstrap import build
from reviewhub.services.ports import Clock
from reviewhub.settings import Settings, kept_secret
from reviewhub.web import actor, errors, health, limits, locale, log, render, security, session
from reviewhub.web.nav import home
from reviewhub.web.render import see_other

_BLUEPRINTS = ("public", "auth", "learner", "assessor", "lead", "coordinator", "files")
_MEGABYTE = 1_000_000


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The WSGI application for these settings. The demo's pages exist only where settings.demo says so."""
    app = Flask("reviewhub", template_folder=str(_templates()))
    https = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=kept_secret(settings),
        SESSION_COOKIE_NAME="rh_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        # A form may lie open for days: its token lives as long as the session that it belongs to.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=(settings.upload_megabytes + 1) * _MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * _MEGABYTE,
    )
    app.extensions["reviewhub"] = build(settings, clock)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    log.install(app)
    errors.install(app)
    locale.install(app)
    render.install(app)
    session.install(app)
    CSRFProtect(app)
    limits.install(app, settings)
    security.install(app, files_origin=_files_origin(settings), https=https)
    app.register_blueprint(health.bp)
    for name in (*_BLUEPRINTS, *(("demo",) if settings.demo else ())):
        if find_spec(f"reviewhub.web.{name}"):
            app.register_blueprint(import_module(f"reviewhub.web.{name}").bp)
    if not settings.demo:  # The demo has a front page of its own.
        app.add_url_rule("/", "start", _start)
    return app


def _start() -> Response:
    """The bare address leads everybody on: to their work, or to what can be earned."""
    return see_other(home() if actor().signed_in else url_for("public.explore"))


def _templates() -> Path:
    """In the wheel beside the code, in a checkout at its top."""
    packaged = Path(__file__).parent / "_templates"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "templates"


def _files_origin(settings: Settings) -> str:
    """Where browsers fetch files from: never the origin of the pages."""
    if settings.storage == "s3":
        address = settings.s3_public_endpoint or settings.s3_endpoint
    else:
        address = settings.files_url
    return "/".join(address.split("/")[:3])
