"""Receiving with waitress: a request whose body finds no room on the disk is answered, and not cut off.

Bodies that are too large for memory wait in a temporary file. Where that cannot be written, waitress would
drop the connection, and a person would see no page at all. Here the rest of the body is read and thrown away,
and the application is handed the request without a body, marked by the header `NO_ROOM`.
"""

import errno
import io
import tempfile
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.server import BaseWSGIServer, create_server

NO_ROOM = "Reviewhub-No-Room"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when a disk, a quota or a file is full."""


def serve(app: Any, **adjustments: Any) -> None:  # noqa: ANN401  # as waitress.serve takes them
    """As waitress.serve: answer requests until the process is told to end."""
    # Chosen now: Python tries where it can write, and on a full disk it would find no place at all.
    tempfile.gettempdir()
    server = create_server(app, **adjustments)
    assert isinstance(server, BaseWSGIServer), "one address, not several"
    server.channel_class = _Channel
    server.print_listen("Serving on http://{}:{}")
    server.run()


class _Parser(HTTPRequestParser):
    """One request as it comes in."""

    def received(self, data: bytes) -> int:
        """Take the next bytes; how many were taken."""
        try:
            return int(super().received(data))
        except OSError as error:
            # A body in chunks has no end that could be waited for; browsers send none.
            if error.errno not in FULL or not isinstance(self.body_rcv, FixedStreamReceiver):
                raise
            self._throw_away(self.body_rcv)
            return int(super().received(data))

    def _throw_away(self, body: FixedStreamReceiver) -> None:
        with suppress(OSError):  # closing writes out what was kept back, and there is no room for it either
            body.getbuf().close()
        body.buf = _Nowhere()  # type: ignore[assignment]  # takes the buffer's place
        self.headers = {**self.headers, "CONTENT_LENGTH": "0", NO_ROOM.upper().replace("-", "_"): "1"}


class _Nowhere:
    """In the place of a body's buffer."""

    def append(self, data: bytes) -> None:
        """Keep nothing."""

    def __len__(self) -> int:
        return 0

    def getfile(self) -> io.BytesIO:
        """The body that the application gets: none."""
        return io.BytesIO()

    def close(self) -> None:
        """Nothing to close."""


class _Channel(HTTPChannel):
    parser_class = _Parser
