from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.audit import commit_to, first_broken
from reviewhub.domain.errors import NotFound, Stale
from reviewhub.models import Event, EventText, Issuer, LetterRow, Outbox, Person
from reviewhub.services.kit import Job
from tests.chain import links
from tests.marks import BOTH


@BOTH
def test_reading_cannot_write(kit, world):
    world.issuer()
    with kit.read() as session, pytest.raises(DBAPIError):
        session.exec(select(Issuer)).one().name = "Changed while reading"
        session.flush()


@BOTH
def test_a_page_is_read_from_one_moment(kit, world):
    """What is committed between two statements of one reading is not seen by half."""
    world.issuer()
    with kit.read() as session:
        before = session.exec(select(Issuer.name)).one()
        with kit.write() as tx:
            tx.session.exec(select(Issuer)).one().name = "Another name"
        assert session.exec(select(Issuer.name)).one() == before
    with kit.read() as session:
        assert session.exec(select(Issuer.name)).one() == "Another name"


@BOTH
def test_a_failure_writes_nothing_and_sends_nothing(kit, world):
    issuer = world.issuer()
    with pytest.raises(RuntimeError), kit.write() as tx:
        root = tx.lock(Issuer, issuer.id)
        tx.event(root, "x", SYSTEM)
        tx.later("send_letter", letter_id=1)
        raise RuntimeError
    with kit.read() as session:
        assert session.exec(select(Event)).all() == []
        assert session.exec(select(Outbox)).all() == []
        assert session.get_one(Issuer, issuer.id).version == issuer.version


@BOTH
def test_locking_compares_the_version_where_one_was_seen(kit, world):
    issuer = world.issuer()
    with kit.write() as tx:
        assert tx.lock(Issuer, issuer.id, version=1).version == 2
    with pytest.raises(Stale), kit.write() as tx:
        tx.lock(Issuer, issuer.id, version=1)
    with pytest.raises(NotFound), kit.write() as tx:
        tx.lock(Issuer, 987654)


@BOTH
def test_events_make_a_chain_that_holds_no_words(kit, world, clock):
    issuer = world.issuer()
    for reason in ("", "She asked for it by telephone.", ""):
        clock.move(minutes=1)
        with kit.write() as tx:
            root = tx.lock(Issuer, issuer.id)
            tx.event(root, "issuer.note", SYSTEM, facts={"n": 1}, text=reason)
    with kit.read() as session:
        events = session.exec(select(Event).order_by(col(Event.seq))).all()
        head = session.get_one(Issuer, issuer.id).audit_head
        assert first_broken(links(events), head) is None
        assert [e.seq for e in events] == [1, 2, 3]
        words = session.exec(select(EventText)).one()
        assert events[1].commitment == commit_to(words.text, words.salt)
        assert "telephone" not in str(events[1].model_dump())


@BOTH
def test_a_broken_unique_index_means_that_somebody_was_faster(kit, world):
    first = world.issuer()
    with pytest.raises(Stale), kit.write() as tx:
        tx.session.add(
            Issuer(public_id=first.public_id, slug="another", name="Another", created_at=kit.clock.now())
        )


@BOTH
def test_the_same_work_is_asked_for_once(kit):
    for _ in range(2):
        with kit.write() as tx:
            tx.later("send_letter", dedup="once", letter_id=1)
    with kit.read() as session:
        assert len(session.exec(select(Outbox)).all()) == 1


@BOTH
def test_a_job_is_done_once(kit):
    with kit.write() as tx:
        tx.later("send_letter", letter_id=1)
    with kit.read() as session:
        job = Job(session.exec(select(Outbox.id)).one())
    with kit.write() as tx:
        tx.done(job)
    with pytest.raises(Stale), kit.write() as tx:
        tx.done(job)


@BOTH
def test_moments_come_back_aware_and_naive_ones_are_refused(kit, world, clock):
    issuer = world.issuer()
    with kit.read() as session:
        stored = session.get_one(Issuer, issuer.id).created_at
    assert stored == clock.now()
    assert stored.utcoffset() == timedelta(0)
    with pytest.raises(Exception, match="time zone"), kit.write() as tx:
        tx.session.get_one(Issuer, issuer.id).created_at = datetime(2026, 1, 1)  # noqa: DTZ001
        tx.session.flush()


def test_no_letter_goes_to_an_erased_address(kit, world):
    person = world.person("Ada")
    with kit.write() as tx:
        row = tx.session.get_one(Person, person.id)
        row.email = None
        tx.letter(row, "kind", "Subject", "Body")
    with kit.read() as session:
        assert session.exec(select(LetterRow)).all() == []
