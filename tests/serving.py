"""The application, and the origin of its files, on ports of this machine while a test runs."""

import threading
from contextlib import contextmanager
from dataclasses import replace

import waitress
from werkzeug.serving import make_server

from reviewhub.adapters.clock import SystemClock
from reviewhub.adapters.storage.local import Folder
from reviewhub.adapters.storage.server import FileServer
from reviewhub.adapters.storage.signing import Signer
from reviewhub.settings import kept_secret
from reviewhub.supervise.ports import free_port


def on_two_origins(settings):
    """The settings with a free port for the pages, and one for the files on another origin."""
    port = free_port(0)
    files = free_port(0, avoid=frozenset({port}))
    here, there = f"http://127.0.0.1:{port}", f"http://localhost:{files}"
    return replace(settings, public_url=here, port=port, files_url=there, files_port=files)


@contextmanager
def serve(app, port=0):
    """The application on this port, or a free one; gives its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serve_files(settings):
    """The storage's own server, on its port of `settings`; gives its address."""
    signer = Signer(kept_secret(settings), SystemClock())
    app = FileServer(Folder(settings.data / "files"), signer, settings.public_url)
    server = waitress.create_server(app, host="127.0.0.1", port=settings.files_port, ident="")
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield settings.files_url
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(5)
