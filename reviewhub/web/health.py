"""For machines: whether the process is alive, and whether each part that it needs answers."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, make_response

from reviewhub.web import kit

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """200 while the process runs."""
    return jsonify(ok=True)


@bp.get("/readyz")
def readyz() -> Response:
    """200 when database, redis and storage answer, else 503; each is named."""
    tools = kit()
    checks: dict[str, Callable[[], None]] = {
        "database": tools.db.ready,
        "redis": tools.queue.ready,
        "storage": tools.storage.ready,
    }
    found = {name: _answers(check) for name, check in checks.items()}
    return make_response(jsonify(found), 200 if all(state == "ready" for state in found.values()) else 503)


def _answers(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever a part raises, it is not ready
        return type(error).__name__
    return "ready"
