"""For machines: whether the process is alive, and whether each part that it needs answers."""

from flask import Blueprint, Response, jsonify, make_response

from reviewhub.services.readiness import readiness
from reviewhub.web import kit

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """200 while the process runs."""
    return jsonify(ok=True)


@bp.get("/readyz")
def readyz() -> Response:
    """200 when database, redis and storage answer, else 503; each is named."""
    found = readiness(kit())
    return make_response(jsonify(found), 200 if all(state == "ready" for state in found.values()) else 503)
