"""The web application: create_app(settings) puts the parts together."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from reviewhub.bootstrap import build
from reviewhub.services.ports import Clock
from reviewhub.settings import Settings, kept_secret
from reviewhub.web import (
    assessor,
    auth,
    coordinator,
    demo,
    errors,
    files,
    health,
    lead,
    learner,
    limits,
    locale,
    log,
    manager,
    pilot,
    plugins,
    public,
    reading,
    render,
    security,
    session,
    who_sees,
)

_BLUEPRINTS = (
    health.bp,
    public.bp,
    reading.bp,
    who_sees.bp,
    auth.bp,
    learner.bp,
    assessor.bp,
    lead.bp,
    coordinator.bp,
    manager.bp,
    pilot.bp,
    plugins.bp,
    files.bp,
)
_MEGABYTE = 1_000_000


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The WSGI application for these settings. The demo's pages exist only where settings.demo says so."""
    app = Flask("reviewhub", template_folder=str(_templates()))
    # A doubled slash is a wrong address: werkzeug would redirect to whatever host the request names.
    app.url_map.merge_slashes = False
    https = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=kept_secret(settings),
        SESSION_COOKIE_NAME="rh_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        # A form may lie open for days: its token lives as long as the session that it belongs to.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=settings.upload_bytes + _MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * _MEGABYTE,
    )
    app.extensions["reviewhub"] = build(settings, clock)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    log.install(app)
    errors.install(app)
    locale.install(app)
    render.install(app)
    reading.install(app)
    session.install(app)
    app.before_request(errors.need_room)
    CSRFProtect(app)
    limits.install(app, settings)
    security.install(app, files_origin=_files_origin(settings), https=https)
    for blueprint in (*_BLUEPRINTS, *((demo.bp,) if settings.demo else ())):
        app.register_blueprint(blueprint)
    return app


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
