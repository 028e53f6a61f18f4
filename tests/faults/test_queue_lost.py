"""The queue may lose everything, be away for long, or bring a job twice: its effect is there, once."""

import os
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import exc
from sqlmodel import col, select

from reviewhub import jobs
from reviewhub.adapters.queue import RedisQueue
from reviewhub.domain.errors import Stale
from reviewhub.models import (
    Artifact,
    Attempt,
    CleanCopy,
    DecisionRow,
    Hold,
    Outbox,
    Review,
    Round,
    Submission,
)
from reviewhub.services.kit import LEASE
from reviewhub.supervise import valkey
from reviewhub.supervise.supervisor import Supervisor
from tests.assessor.desk import GOOD
from tests.faults.acts import Act, Cast
from tests.faults.mortal import Hands, Letters
from tests.marks import BOTH
from tests.together.at_once import at_once
from tests.together.invariants import problems
from tests.together.stand_ins import Converter

HOURS = timedelta(hours=1)


class Meanwhile:
    """A port at whose next call something else happens first: for a worker that is slow, or two at once."""

    def __init__(self, real):
        self._real, self.act, self.calls = real, None, 0

    def __getattr__(self, name):
        def call(*args, **more):
            self.calls += 1
            act, self.act = self.act, None
            if act:
                act()
            return getattr(self._real, name)(*args, **more)

        return call


class Together:
    """A port whose first two callers wait for each other, so that both are past every look before."""

    def __init__(self, real):
        self._real, self._gate, self.calls = real, threading.Barrier(2, timeout=20), 0

    def __getattr__(self, name):
        def call(*args, **more):
            self.calls += 1
            if self.calls <= 2:
                self._gate.wait()
            return getattr(self._real, name)(*args, **more)

        return call


@pytest.fixture
def told(kit, world, tmp_path):
    """The loop in acts, with a queue that is a list."""
    micro = world.micro_credential()
    assessors = world.assessors(micro, "Ana Silva", "Ben Okafor")
    lead, learner = world.person("Lena Lund", "lead"), world.person("Lee Learner")
    world.person("Cora Cord", "coordinator")
    cast = Cast(learner.id, tuple(one.id for one in assessors), lead.id, "harbor", micro.slug)
    kit = replace(
        kit, queue=Hands(), mail=Letters(tmp_path / "delivered"), converter=Converter(kit.converter)
    )
    return Act(kit, cast)


def open_row(told, job):
    """The one row of this job that waits."""
    return told.all(select(Outbox).where(Outbox.job == job, col(Outbox.done_at).is_(None)))[0]


def all_in(told):
    """Both sheets in, both windows past, and the ticker has sent what asks for the result."""
    for act in ("evidence", "send"):
        getattr(told, act)()
        told.work()
    for person in told.cast.assessors:
        told._hand_in(person, GOOD)
    told.kit.clock.move(seconds=told.kit.settings.undo_seconds)


def whole(told):
    told.work()
    with told.kit.read() as session:
        assert problems(session) == []


# ---------------------------------------------------------------- Valkey itself


@pytest.fixture
def server(tmp_path):
    """A real Valkey that can be taken away and brought back."""
    child, url, _ = valkey.child(tmp_path, os.environ)
    with Supervisor(tmp_path / "logs", print) as supervisor:
        yield Server(child, url, supervisor)


class Server:
    def __init__(self, child, url, supervisor):
        self.child, self.url, self._supervisor = child, url, supervisor
        self.start()

    def start(self):
        self._supervisor.start(self.child)

    def stop(self):
        self._supervisor.stop()

    def empty(self):
        with Redis.from_url(self.url) as client:
            client.flushall()


class Workers:
    """Ticker and rq worker in turn, on the test's clock."""

    def __init__(self, told, server, monkeypatch):
        self.told = told
        self.queue = RedisQueue(server.url)
        told.kit = replace(told.kit, queue=self.queue)
        monkeypatch.setattr(jobs, "_kit", told.kit)

    def tick(self, by=LEASE):
        self.told.kit.clock.move(seconds=by.total_seconds())
        return jobs.tick_once(self.told.kit)

    def work(self):
        made = SimpleWorker([self.queue.rq], connection=self.queue.redis, serializer=JSONSerializer)
        made.work(burst=True, logging_level="ERROR")

    def until_done(self, rounds=12):
        for _ in range(rounds):
            self.work()
            if not self.told.all(select(Outbox.id).where(col(Outbox.done_at).is_(None), due(self.told))):
                return
            self.tick()


def due(told):
    return col(Outbox.due_at) <= told.kit.clock.now()


@pytest.fixture
def workers(told, server, monkeypatch):
    made = Workers(told, server, monkeypatch)
    yield made
    made.queue.redis.close()


def test_valkey_emptied_after_every_hand_over_loses_nothing(told, server, workers):
    told.evidence()
    server.empty()
    workers.tick()
    server.empty()
    workers.until_done()
    told.send()
    server.empty()
    workers.until_done()
    assert told.attempt.state == "submitted"
    assert len(told.all(select(Review.id))) == 2
    letters = told.kit.mail.delivered()
    assert len(letters) == len(set(letters)) == 3


def test_valkey_away_for_longer_than_every_lease_costs_only_time(told, server, workers):
    told.evidence()
    workers.until_done()
    server.stop()
    told.send()
    for _ in range(8):
        workers.tick(HOURS)
    waiting = told.all(select(Outbox.tries).where(col(Outbox.done_at).is_(None), due(told)))
    assert {*waiting} == {0}
    assert told.all(select(Hold.id)) == []
    server.start()
    workers.tick()
    workers.until_done()
    assert told.attempt.state == "submitted"
    assert len(told.all(select(Review.id))) == 2


# ---------------------------------------------------------------- twice at once, and too slow


@BOTH
def test_two_workers_with_one_result_write_it_once(told):
    all_in(told)
    row = open_row(told, "resolve")
    judge = Together(told.kit.judge)
    kit = replace(told.kit, judge=judge)
    results = at_once(*[lambda: jobs.run_job(kit, row.id)] * 2)
    assert judge.calls > 2  # both have asked
    assert sorted(results) == [False, True]
    assert told.all(select(Round.state)) == ["resolved"]
    assert len(told.all(select(DecisionRow.id))) == 1
    whole(told)


@BOTH
def test_two_workers_with_one_file_keep_one_set_of_copies(told):
    told.evidence()
    row = open_row(told, "check_artifact")
    converter = Together(told.kit.converter)
    kit = replace(told.kit, converter=converter)
    at_once(*[lambda: jobs.run_job(kit, row.id)] * 2)
    (artifact,) = told.all(select(Artifact).where(Artifact.kind == "file"))
    copies = told.all(select(CleanCopy))
    assert (artifact.state, len(copies)) == ("checked", 1)
    kept = told.kit.settings.data / "files" / "objects"
    there = {f"{path.parent.name}/{path.name}" for path in kept.rglob("*") if path.is_file()}
    assert there == {artifact.key, copies[0].key}  # what the slower one made is gone
    told.work()


@BOTH
@pytest.mark.parametrize("job", ["check_attempt", "fill_seats", "send_letter"])
def test_two_workers_with_one_job_have_one_effect(told, job):
    told.evidence()
    told.work()
    told.send()
    for before in ("check_attempt", "fill_seats"):
        if job == before:
            break
        jobs.run_job(told.kit, open_row(told, before).id)
    row = open_row(told, job)
    results = at_once(*[lambda: jobs.run_job(told.kit, row.id)] * 3)
    assert any(results)
    whole(told)
    assert told.all(select(Attempt.state)) == ["submitted"]
    assert len(told.all(select(Review.id))) == 2


@BOTH
def test_a_judgement_slower_than_its_lease_is_thrown_away(told):
    """The ticker sends it again, another worker is through before the first."""
    all_in(told)
    jobs.tick_once(told.kit)
    row = open_row(told, "resolve")
    judge = Meanwhile(told.kit.judge)

    def another():
        told.kit.clock.move(seconds=2 * LEASE.total_seconds())
        told.kit.queue.rows.clear()
        assert jobs.tick_once(told.kit) >= 1
        for again in told.kit.queue.rows:
            assert jobs.run_job(told.kit, again)
        told.kit.queue.rows.clear()

    judge.act = another
    assert not jobs.run_job(replace(told.kit, judge=judge), row.id)
    assert len(told.all(select(DecisionRow.id))) == 1
    whole(told)


def test_a_check_slower_than_its_lease_leaves_one_file_and_no_second_copy(told):
    told.evidence()
    row = open_row(told, "check_artifact")
    converter = Meanwhile(told.kit.converter)
    converter.act = lambda: jobs.run_job(told.kit, row.id)
    assert not jobs.run_job(replace(told.kit, converter=converter), row.id)
    (artifact,) = told.all(select(Artifact).where(Artifact.kind == "file"))
    assert told.kit.storage.head(artifact.key) is not None
    assert len(told.all(select(CleanCopy.id))) == 1
    told.work()
    assert told.all(select(Submission.state)) == ["open"]


def test_a_letter_slower_than_its_lease_comes_twice_under_one_name(told):
    told.evidence()
    told.work()
    told.send()
    jobs.run_job(told.kit, open_row(told, "check_attempt").id)
    row = open_row(told, "send_letter")
    mail = Meanwhile(told.kit.mail)
    mail.act = lambda: jobs.run_job(told.kit, row.id)
    assert not jobs.run_job(replace(told.kit, mail=mail), row.id)
    delivered = told.kit.mail.delivered()
    assert len(delivered) == 2
    assert len(set(delivered)) == 1


# ---------------------------------------------------------------- the last tries


def last_try(told, row):
    with told.kit.write() as tx:
        tx.session.get_one(Outbox, row.id).tries = jobs.MAX_TRIES


def test_a_late_double_of_the_last_try_does_not_hold_what_runs(told):
    """A full queue may bring two sends of one row to two workers at the same moment."""
    all_in(told)
    row = open_row(told, "resolve")
    last_try(told, row)
    judge = Meanwhile(told.kit.judge)
    judge.act = lambda: jobs.run_job(told.kit, row.id)
    assert jobs.run_job(replace(told.kit, judge=judge), row.id)
    assert told.all(select(Hold.id)) == []
    assert told.all(select(Round.state)) == ["resolved"]
    whole(told)


def test_a_job_that_was_held_while_it_ran_is_done_and_not_stuck(told):
    """A double failed for good while the first was still at it; then the first was through."""
    all_in(told)
    row = open_row(told, "resolve")
    judge = Meanwhile(told.kit.judge)

    def fails_for_good():
        last_try(told, row)
        judge.act = broken
        jobs.run_job(replace(told.kit, judge=judge), row.id)

    def broken():
        raise ValueError

    judge.act = fails_for_good
    jobs.run_job(replace(told.kit, judge=judge), row.id)
    (done,) = told.all(select(Outbox).where(Outbox.id == row.id))
    assert (done.done_at is not None, done.stuck_at) == (True, None)
    assert told.all(select(Hold.id).where(col(Hold.closed_at).is_(None))) == []


@pytest.mark.parametrize("broken", ["OperationalError", "InterfaceError"])
def test_a_database_that_was_out_of_reach_eight_times_is_an_outage(told, broken):
    """It is shown, and it goes on by itself."""
    all_in(told)
    row = open_row(told, "resolve")
    last_try(told, row)
    judge = Meanwhile(told.kit.judge)

    def gone():
        raise getattr(exc, broken)("SELECT", {}, OSError("gone"))

    judge.act = gone
    assert not jobs.run_job(replace(told.kit, judge=judge), row.id)
    (waits,) = told.all(select(Outbox).where(Outbox.id == row.id))
    assert waits.stuck_at is None
    assert len(told.all(select(Hold.id))) == 1
    told.kit.clock.move(hours=2)
    jobs.tick_once(told.kit)
    while told.kit.queue.rows:
        jobs.run_job(told.kit, told.kit.queue.rows.pop(0))
    assert told.all(select(Round.state)) == ["resolved"]
    assert told.all(select(Hold.id).where(col(Hold.closed_at).is_(None))) == []


def test_what_was_beaten_is_no_failure(told):
    """Whoever comes second says so, and writes nothing."""
    all_in(told)
    row = open_row(told, "resolve")
    assert jobs.run_job(told.kit, row.id)
    with pytest.raises(Stale), told.kit.write() as tx:
        tx.done(jobs.Job(row.id))
