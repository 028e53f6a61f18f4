"""A small SMTP server that counts deliveries by Message-ID, and now and then hangs up after taking one."""

import random
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

HANGS_UP = 0.03
"""Share of letters that are taken while the sender never hears of it, as when a line breaks."""


class Post(socketserver.ThreadingTCPServer):
    """`delivered`: how often each Message-ID came."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.delivered: Counter[str] = Counter()
        self.dice = random.Random(seed)
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """For REVIEWHUB_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed while it talked is what this server is for."""


class _Conversation(socketserver.StreamRequestHandler):
    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            verb = line.split(None, 1)[0].upper() if line.strip() else b""
            if verb == b"DATA":
                self._say("354 go on")
                if not self._take():
                    return
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:  # the sender is gone before the end: nothing was delivered
                return False
            lines.append(line)
        server = self.server
        assert isinstance(server, Post)
        with server.lock:
            server.delivered[str(message_from_bytes(b"".join(lines))["Message-ID"])] += 1
            hangs_up = server.dice.random() < HANGS_UP
        if not hangs_up:
            self._say("250 kept")
        return not hangs_up


@contextmanager
def post(seed: int) -> Iterator[Post]:
    """The server, running."""
    with Post(seed) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
