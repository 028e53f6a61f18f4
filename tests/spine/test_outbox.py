from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from reviewhub import jobs
from reviewhub.models import Hold, LetterRow, Outbox
from reviewhub.services.kit import LEASE, Tx
from tests.marks import BOTH


class Handed:
    """A queue that remembers what it was handed; `up` False is a Redis that does not answer."""

    def __init__(self):
        self.up, self.sent = True, []

    def send(self, outbox_id, attempt):
        if self.up:
            self.sent.append((outbox_id, attempt))
        return self.up

    def ready(self):
        pass


class Postman:
    """Mail that fails as often as it is told to."""

    def __init__(self, failures=0):
        self.failures, self.error, self.letters = failures, OSError, []

    def send(self, letter):
        if self.failures:
            self.failures -= 1
            raise self.error("no route to the mail server")
        self.letters.append(letter)


@pytest.fixture
def queue():
    return Handed()


@pytest.fixture
def postman():
    return Postman()


@pytest.fixture
def kit(kit, queue, postman):
    return replace(kit, queue=queue, mail=postman)


def write_letter(kit, world):
    with kit.write() as tx:
        tx.letter(world.person("Ada Byron"), "hello", "Hello", "A letter.")
    with kit.read() as session:
        return session.exec(select(Outbox)).one()


def the(kit, table):
    with kit.read() as session:
        return session.exec(select(table)).one()


@BOTH
def test_work_is_handed_over_after_the_commit(kit, world, queue):
    row = write_letter(kit, world)
    assert queue.sent == [(row.id, 0)]


@BOTH
def test_what_the_queue_lost_is_sent_again_and_only_once_a_round(kit, world, queue, clock):
    queue.up = False
    row = write_letter(kit, world)
    queue.up = True
    assert jobs.tick_once(kit) == 0  # the lease of the first try still runs
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert jobs.tick_once(kit) == 1
    assert jobs.tick_once(kit) == 0
    assert queue.sent == [(row.id, 1)]


class Meanwhile(Handed):
    """A queue during whose first answer another ticker makes its whole round."""

    def __init__(self, tick):
        super().__init__()
        self.tick = tick

    def send(self, outbox_id, attempt):
        handed = super().send(outbox_id, attempt)
        tick, self.tick = self.tick, lambda _: None
        tick(self)
        return handed


@BOTH
def test_two_tickers_at_once_send_each_row_once(kit, clock):
    with kit.write() as tx:
        for number in range(3):
            tx.later("fill_seats", due_at=clock.now() + timedelta(minutes=1), round_id=number)
    clock.move(minutes=2)
    queue = Meanwhile(lambda queue: jobs.tick_once(replace(kit, queue=queue)))
    assert jobs.tick_once(replace(kit, queue=queue)) == 1
    assert len(queue.sent) == len(set(queue.sent)) == 3


@BOTH
def test_a_job_that_runs_twice_has_one_effect(kit, world, postman):
    row = write_letter(kit, world)
    assert jobs.run_job(kit, row.id)
    assert jobs.run_job(kit, row.id)
    assert len(postman.letters) == 1
    assert the(kit, LetterRow).sent_at == kit.clock.now()


@BOTH
def test_a_letter_keeps_its_message_id_when_it_is_sent_again(kit, world, postman, monkeypatch):
    row = write_letter(kit, world)
    with monkeypatch.context() as crash:
        crash.setattr(Tx, "done", lambda *_: (_ for _ in ()).throw(OSError("killed here")))
        assert not jobs.run_job(kit, row.id)
    assert jobs.run_job(kit, row.id)
    first, second = postman.letters
    assert first.message_id == second.message_id


@BOTH
def test_a_job_that_keeps_failing_becomes_a_hold_that_people_see(kit, world, postman, clock, queue):
    postman.failures, postman.error = 1_000, ValueError
    row = write_letter(kit, world)
    jobs.run_job(kit, row.id)
    for _ in range(jobs.MAX_TRIES):
        clock.move(hours=2)
        assert jobs.tick_once(kit) == 1
        assert not jobs.run_job(kit, row.id)
    clock.move(hours=2)
    assert jobs.tick_once(kit) == 0
    assert the(kit, Outbox).stuck_at is not None
    hold = the(kit, Hold)
    assert (hold.subject, hold.subject_id, hold.code) == ("job", row.id, "job_failed")
    assert "people.example" not in the(kit, Outbox).last_error + hold.detail


@BOTH
def test_work_with_a_due_time_waits_for_it(kit, queue, clock):
    with kit.write() as tx:
        tx.later("send_letter", due_at=tx.now + timedelta(minutes=5), letter_id=1)
    assert queue.sent == []
    assert jobs.tick_once(kit) == 0
    clock.move(minutes=5)
    assert jobs.tick_once(kit) == 1


def test_back_off_doubles_up_to_an_hour():
    for tries, minutes in ((1, 0.5), (2, 1), (3, 2), (8, 60), (50, 60)):
        assert 0.89 <= jobs.back_off(tries) / timedelta(minutes=minutes) <= 1.11


def test_a_failure_is_logged_without_what_the_other_side_said(kit, world, monkeypatch, caplog, postman):
    def refuse(letter):
        raise OSError(f"no mailbox for {letter.to}")

    monkeypatch.setattr(postman, "send", refuse)
    row = write_letter(kit, world)
    with caplog.at_level("WARNING"):
        jobs.run_job(kit, row.id)
    assert "send_letter" in caplog.text
    assert "in refuse" in caplog.text
    assert "people.example" not in caplog.text
