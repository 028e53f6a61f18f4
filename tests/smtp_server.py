"""A small real SMTP server for tests: takes letters over the wire and keeps them."""

import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default


@dataclass(frozen=True)
class Given:
    """One letter as it was handed over: the envelope, and every byte of it."""

    sender: str
    receivers: list
    content: bytes


class _Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.envelope = []
        self.say("220 test")
        while line := self.rfile.readline():
            verb = line.split(None, 1)[0].upper()
            if verb in {b"MAIL", b"RCPT"}:
                self.envelope.append(line.decode().split("<")[1].split(">")[0])
            if verb == b"DATA":
                self.say("354 go on")
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.server.refuse:
            self.say("451 try later")
            return
        content, (sender, *receivers) = b"".join(lines), self.envelope
        self.envelope = []
        self.server.given.append(Given(sender, receivers, content))
        self.server.letters.append(message_from_bytes(content, policy=default))
        self.say("250 kept")


class SmtpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters, self.given, self.refuse = [], [], False

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@contextmanager
def smtp_server():
    with SmtpServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
