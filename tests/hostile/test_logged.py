"""What the log says of faults, of visitors who leave early, and of everything that happens in a case."""

import json
import logging
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from sqlmodel import col, select
from waitress.server import create_server

from reviewhub import jobs
from reviewhub.models import LetterRow, Outbox
from reviewhub.receiving import _Channel
from reviewhub.web.log import JsonLines
from tests.hostile import evidence
from tests.hostile.cast import WEAK

TYPED = "Zebrowitz of quokkastreet"


@pytest.fixture
def lines(caplog):
    """Whole lines, as every process writes them."""
    caplog.set_level(logging.INFO)
    return lambda: [JsonLines().format(record) for record in caplog.records]


def _fails():
    try:
        int(TYPED)
    except ValueError as cause:
        raise RuntimeError(f"could not keep {TYPED}") from cause


def test_a_fault_is_told_by_kind_and_place_and_never_by_what_was_typed(app, client, lines):
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["public.explore"] = _fails
    assert client.get("/explore").status_code == 500
    (fault,) = [line for line in map(json.loads, lines()) if line["text"].startswith("unexpected")]
    assert fault["trace"].splitlines()[-1] == "builtins.RuntimeError"
    assert "builtins.ValueError" in fault["trace"]
    assert "in _fails" in fault["trace"]
    for word in TYPED.split():
        assert word not in "".join(lines()).replace("_fails", "")


@contextmanager
def serving(app):
    """As reviewhub.receiving serves; waitress looks after its own log."""
    server = create_server(app, host="127.0.0.1", port=0, ident="")
    server.channel_class = _Channel
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.task_dispatcher.shutdown()  # first, so that no worker wakes a loop that is gone
        with suppress(OSError):
            server.trigger.pull_trigger(server.close)  # in the server's own thread
        thread.join(10)


def test_the_server_before_the_pages_writes_no_address_down(lines):
    """Links of letters are secrets in addresses; waitress names the address of what failed or broke off."""

    def app(_environ, _start_response):
        raise OSError(TYPED)

    with serving(app) as port, socket.create_connection(("127.0.0.1", port)) as visitor:
        visitor.sendall(b"GET /choose-password/s3cretlink HTTP/1.0\r\n\r\n")
        assert visitor.recv(100).startswith(b"HTTP/1.0 500")
    (line,) = [line for line in lines() if "while serving" in line]
    assert "s3cretlink" not in line
    assert "zebrowitz" not in line.lower()
    early = logging.makeLogRecord(
        {"name": "waitress", "msg": "Client disconnected while serving /invitation/s3cretlink"}
    )
    assert "s3cretlink" not in JsonLines().format(early)


class _Broken:
    """A neighbour of ours that fails, and says with which words."""

    def __init__(self, words):
        self._words = words

    def __getattr__(self, _name):
        def fail(*_given, **_more):
            raise RuntimeError(self._words)

        return fail


@pytest.mark.usefixtures("quiet_log")
def test_every_job_that_fails_says_which_it_was_and_nothing_of_whom(house, kit, lines):
    """Whatever a storage, converter, plugin, mail server or queue says when it fails."""
    cast = house.cast
    cast.send()
    cast.hand_in(cast.ana, WEAK, "wren-ana")
    cast.hand_in(cast.ben, WEAK, "wren-ben")
    kit.clock.move(days=20)
    broken = _Broken(f"{evidence.NAME} <{cast.learner.email}>, canaryfile.jpg, https://hub.example/work/x")
    failing = replace(kit, storage=broken, mail=broken, converter=broken, judge=broken, plugins=broken)
    with kit.write() as tx:
        for letter in tx.session.exec(select(LetterRow.id)).all():
            tx.later("send_letter", letter_id=letter)
        tx.session.flush()
        ids = tx.session.exec(select(Outbox.id).where(col(Outbox.done_at).is_(None))).all()
    for outbox_id in ids:
        jobs.run_job(failing, outbox_id)
    failed = [line for line in map(json.loads, lines()) if line["log"] == "reviewhub.jobs"]
    assert {line["text"].split()[1] for line in failed} >= {"send_letter", "resolve"}
