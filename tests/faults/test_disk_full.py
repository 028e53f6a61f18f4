"""A disk without room: said plainly, nothing half stored, and all goes on when there is room again."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest
from sqlmodel import select

from bench.killing.browser import Browser, multipart
from reviewhub.bootstrap import build
from reviewhub.jobs import run_due
from reviewhub.models import Artifact, Attempt, Outbox, Session, Submission
from reviewhub.services.sessions import open_session
from reviewhub.supervise.ports import free_port, healthy
from tests.cases import sign_in
from tests.toolchain.tiny import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not hasattr(psutil, "RLIMIT_FSIZE"), reason="only Linux limits a process's files from outside"
    ),
]
WHY = "Because the garden should be found by families who live within walking distance of it."
PLAIN = b"Plain words about the garden.\n"


class Process:
    """`reviewhub web` or `reviewhub storage` in a process of its own, on a disk that a test can fill."""

    def __init__(self, settings, command, port):
        self.log = settings.data / f"{command}.log"
        with self.log.open("wb") as log:
            argv = [sys.executable, "-m", "reviewhub", command]
            env = {**os.environ, **settings.to_env()}
            self.child = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
        until(lambda: healthy(port, "/healthz") or self.child.poll() is not None, within=40)
        assert self.child.poll() is None, self.log.read_text()

    def room(self, size=None):
        """From now on no file can grow beyond so many bytes, as on a full disk; None: room for all."""
        limit = -1 if size is None else size
        psutil.Process(self.child.pid).rlimit(psutil.RLIMIT_FSIZE, (limit, -1))

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(20)


@pytest.fixture
def settings(settings):
    """One web process and one storage process; undo windows and back-offs by the real clock."""
    port = free_port(0)
    files_port = free_port(0, avoid=frozenset({port}))
    return replace(
        settings,
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        files_url=f"http://127.0.0.1:{files_port}",
        files_port=files_port,
        upload_megabytes=5,
    )


@pytest.fixture
def kit(settings):
    made = build(settings)
    yield made
    made.db.close()


@pytest.fixture
def web(settings):
    process = Process(settings, "web", settings.port)
    yield process
    process.stop()


@pytest.fixture
def storage(settings):
    process = Process(settings, "storage", settings.files_port)
    yield process
    process.stop()


@pytest.fixture
def learner(kit, world, settings, web):
    """Signed in, with a submission that has begun; `path` is where its evidence is given."""
    micro = world.micro_credential()
    person = world.person("Lee Learner")
    with kit.write() as tx:
        secret = open_session(tx, person, "a test")
    browser = Browser(settings.public_url, secret)
    begun = f"/explore/harbor/{micro.slug}"
    browser.get(begun)
    browser.path = browser.post(f"{begun}/start", {}).location
    return browser


def give(learner, size):
    """The evidence form by the plain way, as a page has it now."""
    page = learner.get(learner.path)
    words = {name: page.value(name) for name in ("version", "was.text.why.0")}
    data = (PLAIN * (size // len(PLAIN) + 1))[:size]
    fields = {**words, "text.why.0": WHY, "do": "save:plan"}
    return learner.upload(learner.path, fields, {"file.plan": ("plan.pdf", b"%PDF-1.4\n" + data)})


def said_plainly(answer, status):
    assert answer.status == status
    assert "Traceback" not in answer.text
    assert "<h1" in answer.text
    return answer.text


def stored(kit):
    with kit.read() as session:
        return [row.state for row in session.exec(select(Artifact).where(Artifact.kind == "file"))]


def files(kit):
    return sorted(path.name for path in (kit.settings.data / "files").rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [1_000, 900_000, 3_000_000], ids=lambda size: f"{size:,} bytes")
def test_a_form_on_a_disk_that_is_full_keeps_nothing_and_says_so(kit, learner, web, size):
    web.room(0)
    assert learner.get(learner.path).status == 200
    answer = give(learner, size)
    assert "Nothing that was saved" in said_plainly(answer, answer.status)
    assert answer.status in {503, 507}
    assert (stored(kit), files(kit)) == ([], [])
    web.room()
    assert give(learner, size).status == 303
    assert stored(kit) == ["arrived"]


def test_words_are_kept_where_only_the_file_finds_no_room(kit, learner, web):
    web.room(300_000)
    answer = give(learner, 400_000)
    assert "What you wrote is saved" in said_plainly(answer, 503)
    assert (stored(kit), files(kit)) == ([], [])
    web.room()
    assert WHY in learner.get(learner.path).text
    assert give(learner, 400_000).status == 303


def test_several_files_that_find_no_room_together_are_said_plainly(kit, learner, web):
    """The server took the form in, and there is no room to take it apart."""
    web.room(700_000)
    page = learner.get(learner.path)
    fields = {"version": page.value("version"), "do": "save:plan"}
    many = {f"file.plan{n}": (f"{n}.pdf", bytes(200_000)) for n in range(3)}
    answer = learner.upload(learner.path, fields, {**many, "file.plan": ("plan.pdf", bytes(690_000))})
    assert answer.status in {503, 507}, answer.status
    said_plainly(answer, answer.status)


# The file that could not be written tells so once more when it is thrown away.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_form_that_cannot_be_taken_apart_is_said_plainly(app, world):
    """The server took it in, and its files find no room of their own."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, app.extensions["reviewhub"], world.person("Lee Learner"))
    tempfile.gettempdir()
    body, kind = multipart({}, {"file.plan": ("a.pdf", bytes(900_000))})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    try:
        answer = client.post("/work/any/evidence", data=body, content_type=kind)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answer.status_code == 507
    assert "No room left" in answer.text


def test_sending_in_on_a_full_disk_changes_nothing_and_works_afterwards(kit, learner, web):
    assert give(learner, 1_000).status == 303
    page = learner.get(learner.path)
    form = {
        "version": page.value("version"),
        "was.text.why.0": page.value("was.text.why.0"),
        "text.why.0": WHY,
    }
    form |= {"attested-own": "yes", "attested-share": "yes", "attested-people": "yes"}
    address = learner.path.replace("/evidence", "/submit")
    web.room(0)
    assert "Nothing that was saved is lost" in said_plainly(learner.upload(address, form, {}), 503)
    with kit.read() as session:
        assert session.exec(select(Attempt.state)).one() == "draft"
    web.room()
    assert learner.upload(address, form, {}).status == 303
    run_due(kit)
    with kit.read() as session:
        assert session.exec(select(Submission.state)).one() in {"under_review", "open"}
        assert session.exec(select(Outbox.id).where(Outbox.last_error != "")).all() == []


def test_pages_can_be_read_on_a_full_disk_after_a_while(kit, learner, web):
    """A session is marked as seen now and then; whoever only reads must not need room for that."""
    with kit.write() as tx:
        for row in tx.session.exec(select(Session)):
            row.seen_at -= timedelta(hours=1)
    web.room(0)
    assert learner.raw("GET", learner.path).status == 200
    assert learner.raw("GET", "/work").status == 200


def test_a_large_file_sent_by_a_script_to_a_full_disk_is_answered(kit, settings, storage):
    """More than what the server keeps in memory: it is read to its end, so that the answer is heard."""
    size = 2_000_000
    put = kit.storage.presign_put(
        "staging/big", size=size, media_type="application/octet-stream", expires=timedelta(minutes=5)
    )
    storage.room(200_000)
    browser = Browser(settings.public_url, "")
    assert browser.put(put.url, put.headers, bytes(size)) == 507
    assert kit.storage.head("staging/big") is None
    storage.room()
    assert browser.put(put.url, put.headers, bytes(size)) == 201
    assert kit.storage.head("staging/big").size == size
