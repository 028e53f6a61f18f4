"""Heads are sealed into signed checkpoints, by themselves, once, whatever the clock and the queue do."""

import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from reviewhub import jobs
from reviewhub.bootstrap import build
from reviewhub.domain.audit import GENESIS, Sealed, canonical, tree_over
from reviewhub.domain.errors import Invalid, Stale
from reviewhub.models import Outbox
from reviewhub.services import seal
from reviewhub.services.kit import Job
from reviewhub.services.renewing import call_back, keep_going
from reviewhub.settings import Settings
from tests.marks import BOTH


def waiting(record):
    """Rows that will seal, and are not done."""
    return [row for row in record.rows(Outbox) if row.job == seal.SEAL and row.done_at is None]


@BOTH
def test_the_heads_that_changed_are_signed(record, kit):
    record.grow(record.first, 3)
    record.grow(record.one, 2)
    assert record.seal() == 1
    (made,) = record.checkpoints()
    leaves = [Sealed(x.aggregate, x.aggregate_id, x.seq, x.head) for x in record.leaves()]
    assert leaves == [
        Sealed("submission", record.first.id, 3, record.root(record.first).audit_head),
        Sealed("issuer", record.one.id, 2, record.root(record.one).audit_head),
    ]
    assert (made.number, made.leaves, made.previous, made.sealed_at) == (1, 2, GENESIS, kit.clock.now())
    assert made.root == tree_over(leaves)[-1][0].hex()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(kit.signer.public()))
    key.verify(bytes.fromhex(made.signature), canonical(seal.seal_of(made).body()))  # raises if it is not


@BOTH
def test_only_what_changed_since_is_in_the_next_one(record):
    for root in record.all:
        record.grow(root)
    record.seal()
    record.grow(record.second)
    assert record.seal() == 1
    first, second = record.checkpoints()
    assert second.previous == seal.seal_of(first).digest()
    assert [(x.aggregate_id, x.seq) for x in record.leaves() if x.checkpoint == 2] == [(record.second.id, 2)]


def test_nothing_changed_means_two_reads_and_no_checkpoint(record, kit, statements):
    record.grow(record.first)
    record.seal()
    with statements() as said:
        assert not seal.seal(kit)
    assert len(said) == 2
    assert len(record.checkpoints()) == 1


def test_what_is_to_be_sealed_is_found_by_its_own_index(record, kit):
    with kit.read() as session:
        query = "SELECT id FROM submission WHERE audit_seq > sealed_seq ORDER BY id LIMIT 500"
        plan = session.execute(text("EXPLAIN QUERY PLAN " + query)).all()
    assert "ix_submission_unsealed" in plan[0].detail


def test_sealing_disturbs_nobody_who_works_there(record):
    record.grow(record.first)
    before = record.root(record.first)
    record.seal()
    after = record.root(record.first)
    assert (after.version, after.audit_seq, after.sealed_seq) == (before.version, 1, 1)


def test_many_chains_take_several_checkpoints_that_follow_from_each_other(record, kit):
    for root in record.all:
        record.grow(root)
    while seal.seal(kit, most=3):
        pass
    first, second = record.checkpoints()
    assert (first.leaves, second.leaves) == (3, 1)
    assert second.previous == seal.seal_of(first).digest()


@BOTH
def test_of_two_who_seal_at_once_one_does(record, kit):
    for root in record.all:
        record.grow(root, 2)

    def one(_):
        try:
            return seal.seal(kit)
        except Stale:
            return False

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, range(8)))
    record.seal()
    assert [row.number for row in record.checkpoints()] == list(range(1, len(record.checkpoints()) + 1))
    assert sum(row.leaves for row in record.checkpoints()) == len(record.leaves()) == 4


# ---------------------------------------------------------------- by itself


@BOTH
def test_each_run_asks_for_the_next_hour(record, kit, clock):
    keep_going(kit, [seal.SEAL])
    clock.move(minutes=20)
    record.grow(record.first)
    assert jobs.run_due(kit) == 1
    (row,) = waiting(record)
    assert row.due_at.minute == 0
    assert timedelta(0) < row.due_at - clock.now() <= timedelta(hours=1)
    clock.move(hours=1)
    assert jobs.run_due(kit) == 1
    assert len(waiting(record)) == len(record.checkpoints()) == 1


def test_the_first_row_is_asked_for_once(record, kit):
    keep_going(kit, [seal.SEAL])
    keep_going(kit, [seal.SEAL])
    assert len(waiting(record)) == 1
    jobs.run_due(kit)
    keep_going(kit, [seal.SEAL])
    assert len(waiting(record)) == 1


@BOTH
def test_two_tickers_ask_for_the_same_row(record, kit):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: keep_going(kit, [seal.SEAL]), range(8)))
    assert len(waiting(record)) == 1


def test_a_lost_row_comes_back(record, kit):
    keep_going(kit, [seal.SEAL])
    jobs.run_due(kit)
    record.sql("DELETE FROM outbox WHERE done_at IS NULL")
    keep_going(kit, [seal.SEAL])
    assert len(waiting(record)) == 1
    record.sql("DELETE FROM outbox")
    keep_going(kit, [seal.SEAL])
    record.grow(record.first)
    jobs.run_due(kit)
    assert len(record.checkpoints()) == 1


def test_after_a_stuck_row_another_comes_in_an_hour(record, kit, clock):
    keep_going(kit, [seal.SEAL])
    record.sql("UPDATE outbox SET stuck_at = created_at")
    for _ in range(3):
        keep_going(kit, [seal.SEAL])
    (row,) = [row for row in record.rows(Outbox) if row.stuck_at is None]
    assert row.due_at > clock.now()


@pytest.mark.parametrize("hours", [-30, -1, 500])
def test_a_clock_that_jumps_stops_nothing(record, kit, clock, hours):
    keep_going(kit, [seal.SEAL])
    for _ in range(3):
        clock.move(hours=1)
        jobs.run_due(kit)
    clock.move(hours=hours)
    record.grow(record.first)
    clock.move(hours=0 if hours > 0 else 1 - hours)  # until the row that waits is due
    jobs.run_due(kit)
    assert len(record.checkpoints()) == 1
    assert len(waiting(record)) == 1


def test_a_clock_that_ran_ahead_and_was_set_right_stops_nothing(record, kit, clock):
    keep_going(kit, [seal.SEAL])
    clock.move(days=365)
    jobs.run_due(kit)
    clock.move(days=-365, hours=3)
    record.grow(record.first)
    jobs.run_due(kit)
    assert len(record.checkpoints()) == 0
    call_back(kit, [seal.SEAL])
    jobs.run_due(kit)
    assert len(waiting(record)) == len(record.checkpoints()) == 1


def test_run_twice_it_seals_and_asks_once(record, kit):
    keep_going(kit, [seal.SEAL])
    (row,) = waiting(record)
    record.grow(record.first)
    seal.seal_chains(kit, Job(row.id))
    with pytest.raises(Stale):
        seal.seal_chains(kit, Job(row.id))
    assert len(waiting(record)) == len(record.checkpoints()) == 1


@pytest.mark.slow
def test_the_ticker_asks_for_the_first_seal(record, kit):
    env = {**os.environ, **replace(kit.settings, redis_url="").to_env()}
    ticker = subprocess.Popen([sys.executable, "-m", "reviewhub", "ticker"], env=env)
    try:
        end = time.monotonic() + 30
        while not waiting(record) and time.monotonic() < end:
            ticker.poll()
    finally:
        ticker.terminate()
        ticker.wait(10)
    assert len(waiting(record)) == 1


# ---------------------------------------------------------------- the key


def test_the_key_is_made_once_and_for_its_owner_alone(kit, settings):
    first = kit.signer.public()
    path = settings.data / "audit-key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert build(settings).signer.public() == first
    assert path.read_text().strip() not in repr(kit.settings)


def test_nothing_is_made_before_something_is_signed(kit, settings):
    assert kit.signer.known() == {}
    assert not (settings.data / "audit-key").exists()


def test_a_given_key_comes_before_the_kept_one_and_the_old_one_stays_known(kit, settings):
    kit.signer.sign(b"something")
    other = build(replace(settings, audit_key="ab" * 32)).signer
    assert other.public() != kit.signer.public()
    assert {*other.known()} == {kit.signer.key_id(), other.key_id()}
    signature = other.sign(b"data")
    assert other.verifies(other.public(), b"data", signature)
    assert not other.verifies(kit.signer.public(), b"data", signature)
    assert {*kit.signer.known()} == {kit.signer.key_id(), other.key_id()}


@pytest.mark.parametrize("public", ["", "zz", "ab" * 31])
@pytest.mark.parametrize("signature", ["", "zz", "ab" * 64])
def test_what_is_no_key_or_no_signature_verifies_nothing(kit, public, signature):
    assert not kit.signer.verifies(public, b"data", signature)


@pytest.mark.parametrize("wrong", ["short", "AB" * 32, "ab" * 33])
def test_a_wrong_key_is_refused_and_not_repeated(wrong):
    with pytest.raises(Invalid) as caught:
        Settings.from_env({"REVIEWHUB_AUDIT_KEY": wrong})
    assert "64 hex digits" in caught.value.problems[0].message
    assert wrong not in caught.value.problems[0].message
