"""Accidents around a commit, and outages that last: what was handed over is there afterwards."""

from contextlib import suppress
from dataclasses import replace
from smtplib import SMTPRecipientsRefused

import pytest
from sqlmodel import select

from reviewhub import jobs
from reviewhub.domain.errors import Stale
from reviewhub.models import Artifact, Hold, LetterRow, Outbox
from reviewhub.services.check import check_artifact
from reviewhub.services.kit import LEASE, Job
from reviewhub.services.stuck_job import retry_job
from tests.learner.story import Story, pdf
from tests.marks import BOTH


class Interrupted(BaseException):
    """A worker's time is over, or its process is told to end, at the worst moment."""


class Cut:
    """A queue at whose first use after a commit the worker is interrupted."""

    def send(self, outbox_id, attempt):
        raise Interrupted

    def ready(self):
        pass


class Gone:
    """A Redis that does not answer; counts how often it was asked."""

    def __init__(self):
        self.up, self.asked = False, 0

    def send(self, outbox_id, attempt):
        self.asked += 1
        return self.up

    def ready(self):
        pass


class Post:
    """Mail that is out of order for as long as a test wants."""

    def __init__(self):
        self.up, self.letters = False, []

    def send(self, letter):
        if not self.up:
            raise ConnectionRefusedError("no route to the mail server")
        self.letters.append(letter)


@pytest.fixture
def story(kit, world):
    micro = world.micro_credential()
    return Story.begin(kit, world.actor(world.person("Lee Learner")), micro)


def test_evidence_survives_an_interruption_right_after_its_check_was_recorded(kit, story):
    story.write("why", "Ten words are needed here, so these are ten words.")
    story.upload("plan", "plan.pdf", pdf())
    story.submit()
    with kit.read() as session:
        row = session.exec(select(Outbox).where(Outbox.job == "check_artifact")).one()
    with pytest.raises(Interrupted):
        check_artifact(replace(kit, queue=Cut()), Job(row.id), **row.args)
    with kit.read() as session:
        artifact = session.exec(select(Artifact).where(Artifact.kind == "file")).one()
    assert artifact.state == "checked"
    assert kit.storage.head(artifact.key) is not None


def write_letters(kit, world, count=1):
    people = [world.person(f"Reader {n}", "coordinator") for n in range(count)]
    with kit.write() as tx:
        for person in people:
            tx.letter(person, "hello", "Hello", "A letter.")


def rows(kit, table=Outbox):
    with kit.read() as session:
        return session.exec(select(table).order_by(table.id)).all()


def test_a_redis_that_is_gone_is_asked_once_a_commit_and_once_a_tick(kit, world, clock):
    """Each question can take seconds: a page that wrote to a hundred people must not wait for all of them."""
    queue = Gone()
    kit = replace(kit, queue=queue)
    write_letters(kit, world, 5)
    assert queue.asked == 1
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert jobs.tick_once(kit) == 0
    assert queue.asked == 2


def test_after_an_outage_of_redis_work_goes_on_within_a_minute(kit, world, clock):
    queue = Gone()
    kit = replace(kit, queue=queue)
    write_letters(kit, world, 3)
    for _ in range(200):
        clock.move(minutes=1)
        jobs.tick_once(kit)
    queue.up = True
    clock.move(minutes=1)
    assert jobs.tick_once(kit) == 3
    assert {row.tries for row in rows(kit)} == {1}


@BOTH
def test_a_mail_server_that_is_down_for_half_a_day_costs_no_letter(kit, world, clock):
    post = Post()
    kit = replace(kit, mail=post)
    write_letters(kit, world)
    (row,) = rows(kit)
    for _ in range(12 * 12):
        clock.move(minutes=5)
        if rows(kit)[0].next_try_at <= clock.now():
            jobs.tick_once(replace(kit, queue=queue_up()))
            jobs.run_job(kit, row.id)
    (hold,) = rows(kit, Hold)
    assert (hold.code, hold.closed_at) == ("job_failed", None)  # shown, and not given up
    post.up = True
    clock.move(hours=2)
    jobs.tick_once(replace(kit, queue=queue_up()))
    assert jobs.run_job(kit, row.id)
    assert len(post.letters) == 1
    assert rows(kit, Hold)[0].closed_at is not None


def queue_up():
    queue = Gone()
    queue.up = True
    return queue


def tries_of(kit, clock, row_id, run, most=200):
    """Let the ticker send and `run` happen until the row is stuck; how often that was."""
    queue = queue_up()
    for number in range(most):
        if rows(kit)[0].stuck_at:
            return number
        clock.move(hours=2)
        jobs.tick_once(replace(kit, queue=queue))
        run(row_id)
    return most


def test_a_job_that_kills_its_worker_each_time_becomes_a_hold(kit, world, clock, monkeypatch):
    write_letters(kit, world)
    (row,) = rows(kit)

    def killed(*_, **__):
        raise Interrupted

    monkeypatch.setitem(jobs.JOBS, "send_letter", killed)

    def run(row_id):
        with suppress(Interrupted):
            jobs.run_job(kit, row_id)

    assert tries_of(kit, clock, row.id, run) <= jobs.MAX_TRIES + 2
    (hold,) = rows(kit, Hold)
    assert hold.detail == "send_letter: killed"
    monkeypatch.undo()
    cora = world.actor(world.person("Cora Cord", "coordinator"))
    retry_job(kit, cora, hold.public_id, "It has more memory now.")
    assert jobs.run_job(kit, row.id)
    assert rows(kit, LetterRow)[0].sent_at is not None


def test_a_letter_whose_address_is_refused_waits_for_somebody(kit, world, clock):
    """No outage: trying each hour for ever would help nobody."""
    write_letters(kit, world)

    class Strict:
        def send(self, letter):
            raise SMTPRecipientsRefused({letter.to: (550, b"no such mailbox")})

    strict = replace(kit, mail=Strict())
    tries_of(kit, clock, rows(kit)[0].id, lambda row_id: jobs.run_job(strict, row_id))
    assert rows(kit)[0].stuck_at is not None
    assert len(rows(kit, Hold)) == 1


def test_a_job_that_is_always_overtaken_becomes_a_hold(kit, world, clock):
    """A constraint that can never be met looks like somebody who was faster; nobody would ever know."""
    write_letters(kit, world)
    (row,) = rows(kit)

    class Beaten:
        def send(self, letter):
            raise Stale

    beaten = replace(kit, mail=Beaten())
    assert tries_of(kit, clock, row.id, lambda row_id: jobs.run_job(beaten, row_id)) <= jobs.MAX_TRIES + 2
    assert len(rows(kit, Hold)) == 1


def test_a_job_that_was_done_is_not_held_for_a_failure_after_its_commit(kit, world, clock, monkeypatch):
    write_letters(kit, world)
    (row,) = rows(kit)
    with kit.write() as tx:
        tx.session.get_one(Outbox, row.id).tries = jobs.MAX_TRIES
    real = jobs.JOBS["send_letter"]

    def late(*args, **more):
        real(*args, **more)
        raise OSError("the connection broke after the commit")

    monkeypatch.setitem(jobs.JOBS, "send_letter", late)
    jobs.run_job(kit, row.id)
    (row,) = rows(kit)
    assert row.done_at is not None
    assert row.stuck_at is None
    assert rows(kit, Hold) == []
