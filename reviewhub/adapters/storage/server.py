"""`reviewhub storage`: shows and takes the files of LocalStorage, in a process and on an origin of its own.

It knows no accounts and reads no database: a request is allowed by its signature alone. It sets no cookies,
and what it shows runs nothing, so a learner's file can reach neither ReviewHub's pages nor another file.
"""

import hashlib
import logging
import tempfile
import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, cast

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import FileWrapper

from reviewhub.adapters.clock import SystemClock
from reviewhub.adapters.storage import headers
from reviewhub.adapters.storage.local import Folder, WrongSize
from reviewhub.adapters.storage.signing import BadAddress, Signer, Ticket
from reviewhub.receiving import NO_ROOM
from reviewhub.receiving import serve as receive
from reviewhub.services.ports import AlreadyStored, StorageDown, StorageFull
from reviewhub.settings import Settings, kept_secret

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_log = logging.getLogger(__name__)
_DAY = 24 * 3600
_CHUNK = 256 * 1024

_ALWAYS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class FileServer:
    """The WSGI application: `/o/<key>` by signed address, `/healthz`."""

    def __init__(self, folder: Folder, signer: Signer, app_origin: str) -> None:
        self._folder = folder
        self._signer = signer
        self._app_origin = app_origin

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request; whatever goes wrong is one short sentence for a person."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except BadAddress as error:
            response = _say(403, str(error))
        except StorageFull:
            response = _say(507, "The storage is full. Nothing was kept of this file; tell the coordinator.")
        except (StorageDown, OSError):
            _log.exception("storage does not answer")
            response = _say(503, "The storage does not answer. Try again in a minute; nothing is lost.")
        except Exception:  # noqa: BLE001 - the last line of defence: no trace ever reaches a browser
            _log.exception("fault in the storage server")
            response = _say(500, "Something went wrong here. Try again; if it stays, tell the coordinator.")
        response.headers.update(_ALWAYS)
        self._allow_app(request, response)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/healthz":
            self._folder.alive()
            return _say(200, "ok")
        if not request.path.startswith("/o/"):
            return _say(404, "There is nothing here.")
        if request.method == "OPTIONS":
            return Response(status=204)
        if request.method not in {"GET", "HEAD", "PUT"}:
            refusal = _say(405, "Files are only read and written here.")
            refusal.headers["Allow"] = "GET, HEAD, PUT, OPTIONS"
            return refusal
        key = request.path.removeprefix("/o/")
        ticket = self._signer.check(request.method, key, request.args.to_dict())
        return self._take(request, ticket) if request.method == "PUT" else self._show(request, ticket)

    def _take(self, request: Request, ticket: Ticket) -> Response:
        """Store the body under the ticket's key, once, if it is what was announced."""
        if NO_ROOM in request.headers:
            raise StorageFull("no room to receive it")
        refusal = _not_as_announced(request, ticket)
        if refusal is not None:
            return refusal
        try:
            self._folder.write(ticket.key, cast("BinaryIO", request.stream), ticket.size)
        except AlreadyStored:
            return _say(409, "This file has arrived already. An address takes one file, once.")
        except WrongSize:
            return _say(400, "The file did not arrive whole. Send it again.")
        return _say(201, "Stored.")

    def _show(self, request: Request, ticket: Ticket) -> Response:
        """The object with ETag and single ranges; videos and sounds are read in parts."""
        try:
            stream = self._folder.path(ticket.key).open("rb")
        except FileNotFoundError:
            self._folder.alive()
            return _say(404, "This file is not here any more.")
        stream.seek(0, 2)
        size = stream.tell()
        stream.seek(0)
        response = Response(
            FileWrapper(stream, _CHUNK),
            content_type=headers.content_type(ticket.media_type),
            direct_passthrough=True,
        )
        response.content_length = size
        response.headers["Content-Disposition"] = headers.disposition(ticket.media_type, ticket.filename)
        response.headers["Cache-Control"] = "private, max-age=300"
        # What is stored under a key never changes, so the key stands for the content.
        response.set_etag(hashlib.sha256(ticket.key.encode()).hexdigest()[:32])
        try:
            response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
        except RequestedRangeNotSatisfiable:
            response.close()
            refusal = _say(416, "The file has no such part.")
            refusal.headers["Content-Range"] = f"bytes */{size}"
            return refusal
        if request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
            response.close()  # no body will be read, so nobody else closes the file
        return response

    def _allow_app(self, request: Request, response: Response) -> None:
        """Let ReviewHub's own pages, and no other origin's scripts, send files here."""
        response.headers.add("Vary", "Origin")
        if request.headers.get("Origin") != self._app_origin:
            return
        response.headers["Access-Control-Allow-Origin"] = self._app_origin
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "PUT"
            response.headers["Access-Control-Allow-Headers"] = "content-type, if-none-match"
            response.headers["Access-Control-Max-Age"] = "600"


def serve(settings: Settings) -> None:
    """Run the storage server on the loopback address until the process is told to end.

    Only real time counts for expiry: a demo's moved clock must neither keep an address alive nor kill one.
    """
    folder = Folder(settings.data / "files")
    folder.sweep(older_than=time.time() - _DAY)
    app = FileServer(
        folder, Signer(kept_secret(settings), SystemClock()), headers.origin(settings.public_url)
    )
    # Bodies wait here until they are whole; on the same disk, so that a full one is noticed in one place.
    tempfile.tempdir = str(folder.root)
    receive(
        app,
        host="127.0.0.1",
        port=settings.files_port,
        threads=8,
        ident="",
        max_request_body_size=settings.upload_bytes + 1,
        # One thread a connection that is being read: a browser keeps several open for a page of pictures.
        connection_limit=500,
    )


def _not_as_announced(request: Request, ticket: Ticket) -> Response | None:
    length = request.content_length
    if length is None:
        return _say(411, "The size of the file was not given.")
    if length > ticket.size:
        return _say(413, f"The file is larger than announced: {length} bytes, not {ticket.size}.")
    if length < ticket.size:
        return _say(400, f"The file is smaller than announced: {length} bytes, not {ticket.size}.")
    if request.headers.get("Content-Type", "") != ticket.media_type:
        return _say(415, "The file is of another type than announced.")
    return None


def _say(status: int, text: str) -> Response:
    response = Response(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
