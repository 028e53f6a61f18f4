"""Opening a file: permission, a line in the log, an address that lives five minutes."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from reviewhub.services import open_file
from reviewhub.web import actor, kit
from reviewhub.web.session import signed_in

bp = Blueprint("files", __name__)


@bp.get("/files/<public_id>")
@signed_in
def open_(public_id: str) -> ResponseReturnValue:
    """To the file on its own origin, or 404 for whoever has no right to it."""
    return redirect(open_file.open_file(kit(), actor(), public_id), 302)
