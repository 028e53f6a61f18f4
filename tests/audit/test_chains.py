"""Each way of tampering is found, and named by aggregate, public id and number."""

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.models import Event, EventText, Issuer
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH


@pytest.fixture
def chains(kit, world):
    """Three issuers with four events each; gives the middle one."""
    issuers = [world.issuer(slug) for slug in ("north", "middle", "south")]
    for n in range(4):
        for issuer in issuers:
            with kit.write() as tx:
                root = tx.lock(Issuer, issuer.id)
                tx.event(root, "membership.granted", SYSTEM, facts={"person_id": n}, text=f"Reason {n}")
    return issuers[1]


def tamper(kit, statement, **values):
    with kit.write() as tx:
        tx.session.execute(text(statement), values)


def event_of(kit, issuer, seq):
    with kit.read() as session:
        return session.exec(select(Event).where(Event.aggregate_id == issuer.id, Event.seq == seq)).one()


def broken(kit, issuer, seq):
    """Batches of one and of many must agree."""
    answers = {verify_all(kit, batch=batch) for batch in (1, 2, 200)}
    assert len(answers) == 1
    ok, said = answers.pop()
    assert not ok
    assert f"issuer {issuer.public_id}, event {seq} " in said
    return said


@BOTH
def test_untouched_chains_are_whole(kit, chains):
    assert verify_all(kit, batch=2) == (
        True,
        "Whole: 12 events of 3 issuers and 0 submissions follow from each other. There is no checkpoint yet.",
    )


def test_nothing_at_all_is_whole(kit):
    assert verify_all(kit)[0]


@BOTH
@pytest.mark.parametrize(
    "change",
    [
        "action = 'membership.ended'",
        "facts = '{\"person_id\": 9}'",
        "actor_id = 7",
        "to_state = 'met'",
        "at = '2020-01-01 00:00:00.000000'",
        "commitment = ''",
        "previous = hash",
    ],
)
def test_a_changed_event_is_named(kit, chains, change):
    tamper(kit, f"UPDATE event SET {change} WHERE aggregate_id = :id AND seq = 2", id=chains.id)
    assert "does not follow" in broken(kit, chains, 2)


def test_a_deleted_last_event_is_missed_at_the_head(kit, chains):
    last = event_of(kit, chains, 4)
    tamper(kit, "DELETE FROM event_text WHERE event_id = :id", id=last.id)
    tamper(kit, "DELETE FROM event WHERE id = :id", id=last.id)
    assert "missing" in broken(kit, chains, 4)


def test_a_head_moved_back_with_the_deleted_event_is_found_by_the_count(kit, chains):
    last = event_of(kit, chains, 4)
    tamper(kit, "DELETE FROM event_text WHERE event_id = :id", id=last.id)
    tamper(kit, "DELETE FROM event WHERE id = :id", id=last.id)
    tamper(kit, "UPDATE issuer SET audit_head = :head WHERE id = :id", head=last.previous, id=chains.id)
    broken(kit, chains, 4)


def test_all_events_deleted(kit, chains):
    tamper(kit, "DELETE FROM event_text")
    tamper(kit, "DELETE FROM event WHERE aggregate_id = :id", id=chains.id)
    broken(kit, chains, 1)


def test_all_events_and_the_count_deleted_still_leave_the_head(kit, chains):
    tamper(kit, "DELETE FROM event_text")
    tamper(kit, "DELETE FROM event WHERE aggregate_id = :id", id=chains.id)
    tamper(kit, "UPDATE issuer SET audit_seq = 0 WHERE id = :id", id=chains.id)
    broken(kit, chains, 1)


def test_a_deleted_middle_event(kit, chains):
    middle = event_of(kit, chains, 2)
    tamper(kit, "DELETE FROM event_text WHERE event_id = :id", id=middle.id)
    tamper(kit, "DELETE FROM event WHERE id = :id", id=middle.id)
    broken(kit, chains, 2)


def test_two_events_that_changed_places(kit, chains):
    move = "UPDATE event SET seq = :new WHERE aggregate_id = :id AND seq = :old"
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(kit, move, id=chains.id, new=new, old=old)
    broken(kit, chains, 2)


def test_an_inserted_event(kit, chains):
    tamper(kit, "UPDATE event SET seq = seq + 10 WHERE aggregate_id = :id AND seq > 2", id=chains.id)
    tamper(kit, "UPDATE event SET seq = seq - 9 WHERE aggregate_id = :id AND seq > 10", id=chains.id)
    before = event_of(kit, chains, 2)
    with kit.write() as tx:
        tx.session.add(
            Event(
                aggregate="issuer",
                aggregate_id=chains.id,
                seq=3,
                at=tx.now,
                action="membership.granted",
                previous=before.hash,
                hash="e" * 64,
            )
        )
    broken(kit, chains, 3)


@BOTH
def test_a_changed_reason_is_named(kit, chains):
    third = event_of(kit, chains, 3)
    tamper(kit, "UPDATE event_text SET text = 'Another reason' WHERE event_id = :id", id=third.id)
    assert "reason" in broken(kit, chains, 3)


def test_a_reason_added_to_an_event_that_had_none(kit, world):
    issuer = world.issuer()
    with kit.write() as tx:
        tx.event(tx.lock(Issuer, issuer.id), "membership.granted", SYSTEM)
    with kit.write() as tx:
        tx.session.add(EventText(event_id=event_of(kit, issuer, 1).id, salt="", text="Invented"))
    broken(kit, issuer, 1)


def test_an_erased_reason_leaves_the_chain_whole(kit, chains):
    tamper(kit, "DELETE FROM event_text")
    assert verify_all(kit)[0]


def test_the_first_of_several_breaks_is_the_one_named(kit, chains):
    tamper(kit, "UPDATE event SET action = 'x' WHERE aggregate_id = :id AND seq = 4", id=chains.id)
    second = event_of(kit, chains, 2)
    tamper(kit, "UPDATE event_text SET text = 'x' WHERE event_id = :id", id=second.id)
    broken(kit, chains, 2)


def test_events_of_a_thing_that_is_gone(kit, chains):
    with kit.write() as tx:
        tx.session.add(
            Event(aggregate="submission", aggregate_id=77, seq=1, at=tx.now, action="x", previous="", hash="")
        )
    ok, said = verify_all(kit)
    assert not ok
    assert "submission number 77 is gone, its event 1" in said


def test_statements_grow_with_batches_and_not_with_events(kit, chains, statements):
    with statements() as many:
        verify_all(kit, batch=200)
    for _ in range(10):
        with kit.write() as tx:
            tx.event(tx.lock(Issuer, chains.id), "membership.granted", SYSTEM)
    with statements() as more:
        verify_all(kit, batch=200)
    assert len(many) == len(more)
    with kit.read() as session:
        assert session.exec(select(Event.seq).order_by(col(Event.seq).desc())).first() == 14
