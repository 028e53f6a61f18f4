"""Rule 11: a conflict found late excludes that review, keeps it, refills the seat and resolves again."""

import pytest

from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import Conflict, Event, LetterRow, Review, Scoresheet
from reviewhub.queries import assessor as desk_queries
from reviewhub.queries.workspace import workspace
from reviewhub.services.exclude import declare_known
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.release import Said, release
from reviewhub.services.withdraw import withdraw
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH
from tests.rounds.bench import POOR

WHY = "They are cousins."


def record(bench, review):
    pid = bench.submission.public_id
    return record_conflict(bench.kit, bench.cora, pid, bench.person(review).public_id, WHY)


@BOTH
def test_a_conflict_before_the_release_excludes_the_sheet_and_has_the_round_judged_again(bench):
    round_id = bench.decided(WEAK)
    first, second = bench.seats(round_id)
    record(bench, first)
    assert bench.one(Review, Review.id == first.id).state == "excluded"
    assert bench.one(Review, Review.id == second.id).state == "final"
    assert len(bench.all(Scoresheet, Scoresheet.review_id == first.id)) == 1
    assert (bench.attempt().state, bench.attempt().decided_at) == ("submitted", None)
    assert bench.round(round_id).state == "waiting"
    assert (bench.results(round_id), bench.locks(), bench.feedback()) == ({}, [], [])

    bench.run()
    fresh = bench.seats(round_id)[0]
    assert fresh.assessor_id not in {first.assessor_id, second.assessor_id}
    bench.submit(bench.person(fresh), WEAK, round_id)
    bench.pass_undo()
    assert bench.round(round_id).state == "resolved"
    assert bench.attempt().state == "decided"
    assert bench.results(round_id) == WEAK
    assert bench.locks() == ["audience", "honest", "respect"]
    assert len(bench.feedback("draft")) == 1
    assert len(bench.feedback("replaced")) == 1


def test_the_new_sheet_counts_and_the_excluded_one_does_not(bench):
    round_id = bench.decided(GOOD)
    first, _ = bench.seats(round_id)
    record(bench, first)
    bench.run()
    bench.submit(bench.person(bench.seats(round_id)[0]), WEAK, round_id)
    bench.pass_undo()
    assert bench.round(round_id).state == "adjudicating"
    bench.adjudicate(round_id, WEAK)
    assert bench.results(round_id) == WEAK
    assert bench.decision(round_id).outcome == "not_yet"


def test_an_adjudicators_conflict_has_the_dispute_decided_by_somebody_else(bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    assert bench.attempt().state == "decided"
    (judge,) = bench.seats(round_id, "adjudicator")
    record(bench, judge)
    bench.run()
    assert bench.round(round_id).state == "adjudicating"
    assert [review.state for review in bench.seats(round_id)] == ["final", "final"]
    (fresh,) = bench.seats(round_id, "adjudicator")
    assert fresh.assessor_id != judge.assessor_id
    bench.adjudicate(round_id, GOOD)
    assert bench.results(round_id) == GOOD


def test_an_independent_seats_conflict_ends_the_adjudication_that_rested_on_it(bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    (judge,) = bench.seats(round_id, "adjudicator")
    first, _ = bench.seats(round_id)
    record(bench, first)
    assert bench.one(Review, Review.id == judge.id).state == "expired"
    assert bench.round(round_id).disputed == []


@BOTH
def test_a_conflict_after_the_release_changes_nothing_and_opens_a_rescore_by_others(bench):
    round_id = bench.released(WEAK)
    first, second = bench.seats(round_id)
    before = (bench.now().state, bench.attempt().state, bench.results(round_id), bench.locks())
    parted = record(bench, first)
    assert (parted.emptied, parted.rescored) == (0, 1)
    assert (bench.now().state, bench.attempt().state, bench.results(round_id), bench.locks()) == before
    assert bench.one(Review, Review.id == first.id).state == "final"
    _, new = bench.rounds()
    assert (new.kind, new.state, new.number) == ("rescore", "waiting", 2)
    bench.run()
    fresh = {review.assessor_id for review in bench.seats(new.id)}
    assert len(fresh) == 2
    assert not fresh & {first.assessor_id, second.assessor_id}


def test_recording_it_twice_asks_for_one_rescore(bench):
    first, second = bench.seats(bench.released(WEAK))
    record(bench, first)
    with pytest.raises(Refused):
        record(bench, first)
    record(bench, second)
    assert [one.kind for one in bench.rounds()] == ["initial", "rescore"]


def test_the_learner_hears_nothing_of_a_rescore(bench):
    first, _ = bench.seats(bench.released(WEAK))
    letters = len(bench.all(LetterRow, LetterRow.person_id == bench.learner.id))
    record(bench, first)
    bench.run()
    bench.score(bench.rounds()[-1].id, POOR, POOR)
    assert len(bench.all(LetterRow, LetterRow.person_id == bench.learner.id)) == letters


def test_the_learner_is_told_a_later_day_when_the_result_that_was_promised_is_made_again(bench):
    round_id = bench.decided(WEAK)
    promised = bench.attempt().promised_on
    bench.kit.clock.move(days=9)
    record(bench, bench.seats(round_id)[0])
    bench.run()
    assert bench.attempt().promised_on >= promised


@pytest.mark.parametrize("late", ["decided", "released"])
def test_whoever_declares_it_is_told_and_shown_the_same_before_and_after_a_release(bench, late):
    round_id = getattr(bench, late)(WEAK)
    review = bench.seats(round_id)[0]
    person = bench.person(review)
    actor = bench.actor(person)
    letters = len(bench.all(LetterRow, LetterRow.person_id == person.id))
    declare_known(bench.kit, actor, review.public_id)
    bench.run()
    assert len(bench.all(LetterRow, LetterRow.person_id == person.id)) == letters
    now = bench.kit.clock.now()
    with bench.kit.read() as session:
        assert desk_queries.ledger(session, actor, now).sheets == ()
        with pytest.raises(NotFound) as gone:
            workspace(session, actor, review.public_id, now)
    assert "There is nothing left for you to do here." in gone.value.message
    assert bench.one(Conflict).kind == "declared"


def test_a_second_press_after_a_release_opens_no_second_rescore(bench):
    review = bench.seats(bench.released(WEAK))[0]
    actor = bench.actor(bench.person(review))
    for _ in range(2):
        declare_known(bench.kit, actor, review.public_id)
    assert [one.kind for one in bench.rounds()] == ["initial", "rescore"]
    assert len(bench.all(Event, Event.action == "conflict.declare")) == 1


def test_a_release_that_comes_second_finds_nothing_to_release(bench):
    round_id = bench.decided(WEAK)
    (feedback,) = bench.feedback("draft")
    record(bench, bench.seats(round_id)[0])
    said = {item["criterion"]: Said("Seen.", "Do.") for item in feedback.items}
    with pytest.raises(Refused) as no:
        release(
            bench.kit, bench.actor(bench.people.lead), feedback.public_id, feedback.version, said, "Thanks."
        )
    assert "judged again" in no.value.message
    assert bench.attempt().state == "submitted"


def test_a_withdrawn_submission_is_not_scored_again(bench):
    first, _ = bench.seats(bench.released(WEAK))
    withdraw(bench.kit, bench.actor(bench.learner), bench.submission.public_id, "")
    assert record(bench, first).rescored == 0
    assert len(bench.rounds()) == 1


def test_a_rescore_goes_on_though_the_submission_is_met(bench):
    first, _ = bench.seats(bench.released(GOOD))
    assert bench.now().state == "met"
    record(bench, first)
    bench.run()
    again = bench.rounds()[-1]
    bench.score(again.id, GOOD, GOOD)
    assert bench.round(again.id).state == "resolved"
    assert bench.round(again.id).ruling == "confirmed"


def test_nobody_is_seated_beside_an_open_review_of_the_same_learner(bench):
    """An alias that comes twice would tell that there are two things to score."""
    bench.released(WEAK)
    second = bench.seated(number=2)
    record(bench, bench.seats(bench.rounds()[0].id)[0])
    bench.run()
    here = {review.assessor_id for review in bench.seats(second)}
    there = {review.assessor_id for review in bench.seats(bench.rounds()[-1].id)}
    assert len(there) == 2
    assert not here & there
