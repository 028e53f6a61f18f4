"""What happens to a letter between us and its reader: who may listen, and what the log says when it fails."""

import logging
import re
import socketserver
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlmodel import select

from reviewhub import jobs
from reviewhub.adapters.mail import SmtpMail
from reviewhub.models import LetterRow
from reviewhub.services.ask_for_link import ask_for_link
from reviewhub.services.invite import invite
from reviewhub.services.ports import Letter
from reviewhub.web.log import JsonLines
from tests.smtp_server import smtp_server

LETTER = Letter("<a@b>", "ada@people.example", "Subject", "a link that is a secret")


class Grumbling(socketserver.StreamRequestHandler):
    """Says no at a chosen verb, and repeats the address as servers do."""

    def handle(self):
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            self.server.heard.append(line)
            if verb == self.server.no_to:
                self.wfile.write(
                    b"550 <ada@people.example>: no such user here, " + line.strip()[:60] + b"\r\n"
                )
            elif verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.wfile.write(b"554 5.7.1 <ada@people.example> looks like spam\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, no_to=b"", context=None):
        super().__init__(("127.0.0.1", 0), Grumbling)
        self.no_to, self.context, self.heard = no_to, context, []

    def get_request(self):
        connection, address = super().get_request()
        if self.context is None:
            return connection, address
        try:
            return self.context.wrap_socket(connection, server_side=True), address
        except OSError:
            connection.close()
            raise

    def handle_error(self, request, client_address):
        """Whoever hangs up on us is right to."""


@contextmanager
def serving(**more):
    with Server(**more) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("no_to", [b"MAIL", b"RCPT", b"DATA", b""])
def test_a_refused_letter_leaves_no_address_in_the_log(kit, world, caplog, no_to):
    caplog.set_level(logging.DEBUG)
    world.person("Ada")
    ask_for_link(kit, "ada@people.example")
    with serving(no_to=no_to) as server:
        mail = SmtpMail(f"smtp://127.0.0.1:{server.server_address[1]}", "hub@hub.example")
        failing = replace(kit, mail=mail)
        for outbox_id in range(1, 3):
            jobs.run_job(failing, outbox_id)
    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert "send_letter" in lines
    assert "people.example" not in lines
    assert "choose-password/" not in lines


def test_a_letter_that_is_sent_leaves_no_key_behind(kit, world):
    """Whoever reads the database, or a backup of it, must not find links that set passwords."""
    cora = world.person("Cora", "coordinator")
    ask_for_link(kit, cora.email)
    invite(kit, world.actor(cora), world.main_issuer.id, "bo@people.example", "lead")
    with smtp_server() as server:
        settings = replace(kit.settings, smtp_url=server.url)
        sending = replace(kit, settings=settings, mail=SmtpMail(server.url, "hub@hub.example"))
        jobs.run_due(sending)
        sent = [letter.get_content() for letter in server.letters]
    assert [len(re.findall(r"/(?:choose-password|invitation)/[\w-]{43}", body)) for body in sent] == [1, 1]
    with kit.read() as session:
        rows = session.exec(select(LetterRow)).all()
    for row in rows:
        assert row.sent_at is not None
        assert not re.search(r"[\w-]{43}", row.body), row.body
        assert "Hello" in row.body, "what was said stays on record"


def test_a_letter_that_is_only_kept_stays_whole(kit, world):
    """Without a mail server the row is the letter."""
    ask_for_link(kit, world.person("Ada").email)
    jobs.run_due(kit)
    with kit.read() as session:
        assert re.search(r"/choose-password/[\w-]{43}\n", session.exec(select(LetterRow)).one().body)


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory):
    """A certificate that anybody can make, for a server that anybody can run."""
    folder = tmp_path_factory.mktemp("certificate")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        capture_output=True,
        check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("no openssl command to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_letters_and_passwords_go_to_no_server_that_cannot_say_who_it_is(self_signed):
    """Letters carry links that set passwords: whoever sits in between must not be taken for the server."""
    with serving(context=self_signed) as server:
        mail = SmtpMail(f"smtps://user:password@127.0.0.1:{server.server_address[1]}", "hub@hub.example")
        with pytest.raises(ssl.SSLError):
            mail.send(LETTER)
        assert server.heard == []
