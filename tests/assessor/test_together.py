"""Two at the same instant, in real threads on real databases: one wins, the other is told."""

import threading
from datetime import timedelta

import pytest

from reviewhub import jobs
from reviewhub.bootstrap import build
from reviewhub.domain.errors import DomainError, Refused, Stale
from reviewhub.models import DecisionRow, Event, Feedback, Outbox, ResolutionRow, Review, Scoresheet
from reviewhub.services import score
from reviewhub.services.assign import fill_seats
from reviewhub.services.resolve import resolve_round
from tests.assessor.desk import GOOD, entries
from tests.conftest import HandClock
from tests.marks import BOTH


def at_once(*calls):
    """Run the calls in threads that start together; each one's result, or the DomainError it ended with."""
    gate = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        gate.wait()
        try:
            results[number] = call()
        except DomainError as refused:
            results[number] = refused

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def press(desk, person, levels=GOOD):
    review = desk.review(person)
    actor = desk.actor(person)
    return lambda: score.submit(desk.kit, actor, review.public_id, entries(levels), review.draft_version)


@BOTH
def test_both_submit_in_the_same_instant_and_two_workers_resolve_once(desk):
    round_id = desk.seated()
    results = at_once(press(desk, desk.people.ana), press(desk, desk.people.ben))
    assert not [r for r in results if isinstance(r, DomainError)]
    desk.kit.clock.move(seconds=300)
    due = desk.all(Outbox, Outbox.job == "resolve")
    assert len(due) == 2
    ran = at_once(*(lambda row=row: jobs.run_job(desk.kit, row.id) for row in due))
    assert True in ran
    desk.run()
    assert desk.round(round_id).state == "resolved"
    assert len(desk.all(DecisionRow)) == len(desk.all(Feedback)) == 1
    assert len(desk.all(ResolutionRow)) == len(GOOD)
    assert len(desk.all(Event, Event.action == "round.agreed")) == 1


@BOTH
def test_two_workers_on_one_job_record_it_once(desk):
    round_id = desk.seated()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person)
    desk.kit.clock.move(seconds=300)
    job = desk.job("resolve", round_id=round_id)
    results = at_once(*[lambda: resolve_round(desk.kit, job, round_id)] * 3)
    assert [r for r in results if r is None]
    assert all(isinstance(r, Stale) for r in results if r is not None)
    assert len(desk.all(DecisionRow)) == 1


@BOTH
def test_a_double_click_hands_in_one_sheet(desk):
    desk.seated()
    results = at_once(press(desk, desk.people.ana), press(desk, desk.people.ana))
    refused = [r for r in results if isinstance(r, Refused)]
    assert [r.code for r in refused] == [score.ALREADY_IN]
    assert len(desk.all(Scoresheet)) == 1


@BOTH
def test_an_undo_and_a_resolution_never_both_happen(desk, settings):
    """The worker's clock is ahead: for it the window is past, for the assessor it is still open."""
    round_id = desk.seated()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person)
    ahead = build(settings, HandClock(desk.kit.clock.now() + timedelta(seconds=300)))
    job = desk.job("resolve", round_id=round_id)
    actor, pid = desk.actor(desk.people.ana), desk.review(desk.people.ana).public_id
    undone, resolved = at_once(
        lambda: score.undo(desk.kit, actor, pid), lambda: resolve_round(ahead, job, round_id)
    )
    ahead.db.engine.dispose()
    assert resolved is None
    if isinstance(undone, Refused):
        assert desk.round(round_id).state == "resolved"
        assert desk.review(desk.people.ana).state == "final"
    else:
        assert undone is None
        assert desk.round(round_id).state == "scoring"
        assert desk.review(desk.people.ana).state == "claimed"
        assert desk.all(DecisionRow) == []


@BOTH
def test_two_workers_fill_a_rounds_seats_once(world, desk):
    world.assessors(desk.micro, "Cara Dunn", "Dev Rao")
    round_id = desk.arrive()
    jobs_ = [desk.job("fill_seats", round_id=round_id) for _ in range(3)]
    at_once(*(lambda job=job: fill_seats(desk.kit, job, round_id) for job in jobs_))
    assert [r.seat for r in desk.all(Review)] == [1, 2]
    assert desk.round(round_id).state == "scoring"


@BOTH
def test_rounds_filled_at_once_do_not_load_anybody_past_the_cap(world, desk):
    with world.kit.write() as tx:
        for person in (desk.people.ana, desk.people.ben):
            tx.session.get_one(type(person), person.id).load_cap = 1
    rounds = [desk.arrive(learner=world.person(f"Learner {n}")) for n in range(3)]
    jobs_ = [(desk.job("fill_seats", round_id=one), one) for one in rounds]
    at_once(*(lambda job=job, one=one: fill_seats(desk.kit, job, one) for job, one in jobs_))
    for person in (desk.people.ana, desk.people.ben):
        assert len(desk.all(Review, Review.assessor_id == person.id)) == 1


@BOTH
def test_two_windows_save_at_once_and_one_is_told(desk):
    desk.seated()
    review, actor = desk.review(desk.people.ana), desk.actor(desk.people.ana)
    results = at_once(
        *(
            lambda level=level: score.save_draft(
                desk.kit, actor, review.public_id, entries({"goal": level}), review.draft_version
            )
            for level in ("clear", "vague")
        )
    )
    assert sorted(str(type(r).__name__) for r in results) == ["Stale", "int"]


@pytest.mark.parametrize("n", range(2))
def test_a_unique_index_and_not_only_the_lock_keeps_seats_single(desk, n):
    """Whoever writes past the services still cannot seat two in one place, or one person twice."""
    desk.seated()
    first, second = desk.all(Review)
    with pytest.raises(Stale), desk.kit.write() as tx:
        row = tx.session.get_one(Review, second.id)
        if n:
            row.seat = first.seat
        else:
            row.assessor_id = first.assessor_id
