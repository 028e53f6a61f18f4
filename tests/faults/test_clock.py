"""A clock that jumps: what is due is done once, no undo window is cut short, and none goes on for ever.

Ahead: what the clock says is past is past. Back by more than an hour: work that was due stays due, an undo
window begins anew and lasts as long as it should, looks are taken at once; days that were promised stay.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from reviewhub import jobs
from reviewhub.domain.errors import Refused
from reviewhub.models import DecisionRow, Outbox, Qualification, Review, Round, Session
from reviewhub.queries.accounts import session_of
from reviewhub.services import score
from reviewhub.services.ids import fingerprint
from reviewhub.services.kit import LEASE
from reviewhub.services.renewing import call_back
from reviewhub.services.sessions import open_session
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import GOOD
from tests.faults.acts import ACTS, Act, Cast
from tests.faults.mortal import Hands, Letters
from tests.marks import BOTH
from tests.together.invariants import problems
from tests.together.stand_ins import Converter

YEAR, DAY = timedelta(days=365), timedelta(days=1)


@pytest.fixture
def told(kit, world, tmp_path):
    """The loop in acts, by hand."""
    micro = world.micro_credential()
    assessors = world.assessors(micro, "Ana Silva", "Ben Okafor")
    lead, learner = world.person("Lena Lund", "lead"), world.person("Lee Learner")
    world.person("Cora Cord", "coordinator")
    cast = Cast(learner.id, tuple(one.id for one in assessors), lead.id, "harbor", micro.slug)
    with kit.write() as tx:
        for row in tx.session.exec(select(Qualification)):
            row.from_at -= 10 * YEAR  # whoever is qualified today is so tomorrow, whenever that is
    letters = Letters(tmp_path / "delivered")
    kit = replace(kit, queue=Hands(), mail=letters, converter=Converter(kit.converter))
    return Act(kit, cast)


def jump(told, by):
    told.kit.clock.move(seconds=by.total_seconds())


def tick(told):
    """A minute of a ticker's life, and a worker's."""
    call_back(told.kit, jobs.LOOKS)
    for _ in range(2):
        jobs.tick_once(told.kit)
        while told.kit.queue.rows:
            jobs.run_job(told.kit, told.kit.queue.rows.pop(0))
        jump(told, LEASE)


def live(told, minutes):
    for _ in range(minutes):
        tick(told)


def play(told, *acts):
    for act in acts:
        getattr(told, act)()
        told.work()


def state(told):
    """The round's state, and how often it was decided."""
    (row,) = told.all(select(Round.state))
    return row, len(told.all(select(DecisionRow.id)))


def windows(told):
    return [row.undo_until for row in told.all(select(Review).where(Review.state == "submitted"))]


@BOTH
@pytest.mark.slow
@pytest.mark.parametrize("by", [YEAR, -DAY, -YEAR], ids=["a year ahead", "a day back", "a year back"])
def test_the_loop_ends_well_when_the_clock_jumps_between_all_its_steps(told, by):
    for act in ACTS:
        getattr(told, act)()
        jump(told, by)
        live(told, 12)
    with told.kit.read() as session:
        assert problems(session) == []
    assert told.root.state == "under_review"
    play(told, "feedback")
    assert told.root.state == "met"
    assert len(told.all(select(DecisionRow.id))) == 2
    assert verify_all(told.kit)[0]
    assert len(set(told.kit.mail.delivered())) == len(told.kit.mail.delivered())


def test_a_clock_that_is_put_back_lengthens_an_undo_window_by_no_more_than_another(told):
    play(told, "evidence", "send")
    for person in told.cast.assessors:
        told._hand_in(person, GOOD)
    jump(told, -DAY)
    live(told, 4)
    assert state(told) == ("scoring", 0)  # as long as it should be, counted from when it was noticed
    until = told.kit.clock.now() + timedelta(seconds=told.kit.settings.undo_seconds)
    assert all(end <= until for end in windows(told))
    score.undo(told.kit, told.actor(told.cast.assessors[0]), told.review(told.cast.assessors[0]).public_id)
    told._hand_in(told.cast.assessors[0], GOOD)
    live(told, 7)
    assert state(told) == ("resolved", 1)


def test_a_clock_that_was_a_year_ahead_for_a_while_leaves_nothing_waiting_for_a_year(told):
    play(told, "evidence")
    jump(told, YEAR)
    told.send()
    told.kit.queue.rows.clear()  # and Valkey was emptied meanwhile
    jump(told, -YEAR)
    live(told, 3)
    assert told.attempt.state == "submitted"
    jump(told, YEAR)
    for person in told.cast.assessors:
        told._hand_in(person, GOOD)
    jump(told, -YEAR)
    live(told, 8)
    assert state(told) == ("resolved", 1)


def test_a_window_that_opens_again_after_its_job_was_sent_still_ends(told):
    """The ticker sent the job; before a worker takes it, the clock is put back by a minute."""
    play(told, "evidence", "send")
    for person in told.cast.assessors:
        told._hand_in(person, GOOD)
    jump(told, timedelta(seconds=told.kit.settings.undo_seconds))
    assert jobs.tick_once(told.kit) == 2
    jump(told, timedelta(minutes=-1))
    while told.kit.queue.rows:
        jobs.run_job(told.kit, told.kit.queue.rows.pop(0))
    assert state(told) == ("scoring", 0)
    live(told, 3)
    assert state(told) == ("resolved", 1)


def test_ahead_an_undo_window_ends_when_the_clock_says_so_and_not_before(told):
    play(told, "evidence", "send")
    for person in told.cast.assessors:
        told._hand_in(person, GOOD)
    jump(told, timedelta(seconds=told.kit.settings.undo_seconds - 61))
    tick(told)
    assert state(told) == ("scoring", 0)
    jump(told, YEAR)
    with pytest.raises(Refused):
        score.undo(
            told.kit, told.actor(told.cast.assessors[0]), told.review(told.cast.assessors[0]).public_id
        )
    tick(told)
    assert state(told) == ("resolved", 1)


def test_a_retry_far_ahead_is_taken_back_to_the_present(told):
    """It failed often while the clock was ahead: its next try is not a year away."""
    play(told, "evidence", "send")
    with told.kit.write() as tx:
        row = tx.session.exec(select(Outbox).where(Outbox.job == "send_letter").limit(1)).one()
        row.done_at, row.next_try_at, row.tries = None, tx.now + YEAR, 3
    live(told, 1)
    assert told.all(select(Outbox.id).where(col(Outbox.done_at).is_(None), Outbox.job == "send_letter")) == []


def test_a_round_without_people_is_looked_at_again_whatever_the_clock_did(told, world):
    """The hours that a clock lives twice are not taken."""
    with told.kit.write() as tx:
        for row in tx.session.exec(select(Qualification)):
            row.from_at = tx.now + timedelta(hours=5)
    play(told, "evidence", "send")
    for _ in range(3):  # looks, an hour apart
        jump(told, timedelta(hours=1))
        live(told, 1)
    jump(told, timedelta(hours=-3))
    for _ in range(9):
        jump(told, timedelta(hours=1))
        live(told, 1)
    assert state(told) == ("scoring", 0)


def found(kit, secret):
    with kit.read() as session:
        return session_of(session, fingerprint(secret), kit.clock.now())


def test_sign_ins_end_ahead_and_outlive_a_clock_that_is_put_back(kit, world):
    person = world.person("Lee Learner")
    with kit.write() as tx:
        secret = open_session(tx, person, "a test")
    kit.clock.move(days=-1)
    assert found(kit, secret) is not None
    kit.clock.move(days=1 + kit.settings.session_days)
    assert found(kit, secret) is None
    kit.clock.move(days=-2)
    assert found(kit, secret) is not None


def test_a_sign_in_from_a_year_that_did_not_come_ends_after_its_days(kit, world):
    """Used while the clock was a year ahead, it must not be good for a year."""
    person = world.person("Lee Learner")
    kit.clock.move(days=365)
    with kit.write() as tx:
        secret = open_session(tx, person, "a test")
    kit.clock.move(days=-365)
    assert found(kit, secret) is None
    with kit.read() as session:
        assert session.exec(select(Session.revoked_at)).one() is None
