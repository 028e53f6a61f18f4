from datetime import timedelta

import pytest

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.models import Conflict, CriterionLock, Membership, Outbox, Rating, Review, Scoresheet
from reviewhub.services import score
from reviewhub.services.exclude import declare_known
from reviewhub.services.scope import lock_round
from reviewhub.services.seats import empty_seat
from tests.assessor.desk import GOOD, WEAK, entries
from tests.marks import BOTH


@pytest.fixture
def ana(desk):
    """Ana's seat in a round that waits for two sheets."""
    desk.seated()
    return desk.review(desk.people.ana)


def save(desk, review, draft, version=0, person=None):
    return score.save_draft(desk.kit, desk.actor(person or desk.people.ana), review.public_id, draft, version)


@BOTH
def test_a_draft_is_kept_and_claims_the_review(desk, ana):
    assert ana.state == "offered"
    assert save(desk, ana, entries({"goal": "clear"}, goal="A figure and a date.")) == 1
    kept = desk.review(desk.people.ana)
    assert kept.state == "claimed"
    assert kept.draft["goal"] == {"level": "clear", "comment": "A figure and a date."}
    assert kept.draft["honest"] == {"level": "", "comment": ""}
    assert ("review.save", "offered", "claimed") in desk.actions()


def test_saving_more_writes_no_further_events(desk, ana):
    version = save(desk, ana, entries({"goal": "clear"}))
    before = desk.actions()
    assert save(desk, ana, entries({"goal": "vague"}), version) == 2
    assert desk.actions() == before


def test_sending_the_same_draft_twice_is_no_conflict(desk, ana):
    save(desk, ana, entries({"goal": "clear"}))
    assert save(desk, ana, entries({"goal": "clear"}), 0) == 1


@BOTH
def test_a_stale_tab_never_overwrites(desk, ana):
    save(desk, ana, entries({"goal": "clear"}))
    with pytest.raises(Stale):
        save(desk, ana, entries({"goal": "vague"}), 0)
    assert desk.review(desk.people.ana).draft["goal"]["level"] == "clear"
    with pytest.raises(Stale):
        score.submit(desk.kit, desk.actor(desk.people.ana), ana.public_id, entries(GOOD), 0)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"nonsense": {"level": "clear"}}, "level-nonsense"),
        ({"goal": {"level": "yes"}}, "level-goal"),
        ({"goal": {"comment": "x" * 5001}}, "comment-goal"),
    ],
)
def test_a_tampered_draft_is_refused_and_nothing_kept(desk, ana, draft, field):
    with pytest.raises(Invalid) as bad:
        save(desk, ana, draft)
    assert [p.field for p in bad.value.problems] == [field]
    assert desk.review(desk.people.ana).draft == {}


def test_somebody_elses_review_is_not_there(desk, ana):
    for person in (desk.people.ben, desk.people.lead, desk.learner):
        with pytest.raises(NotFound):
            save(desk, ana, entries(GOOD), person=person)


def test_whoever_has_left_the_issuer_has_no_review(world, desk, ana):
    with world.kit.write() as tx:
        membership = desk.one(Membership, Membership.person_id == desk.people.ana.id)
        tx.session.get_one(Membership, membership.id).ended_at = tx.now
    with pytest.raises(NotFound):
        save(desk, ana, entries(GOOD))


@BOTH
def test_a_sheet_is_appended_and_can_be_taken_back_for_a_while(desk, ana):
    until = desk.submit(desk.people.ana, goal="Say by when.")
    assert until == desk.kit.clock.now() + timedelta(seconds=300)
    review = desk.review(desk.people.ana)
    assert (review.state, review.undo_until) == ("submitted", until)
    sheet = desk.one(Scoresheet)
    assert (sheet.kind, sheet.sequence) == ("blind", 1)
    ratings = {r.criterion_id: (r.level_id, r.comment) for r in desk.all(Rating)}
    assert ratings["goal"] == ("clear", "Say by when.")
    assert set(ratings) == set(GOOD)
    assert [row.due_at for row in desk.all(Outbox, Outbox.job == "resolve")] == [until]


def test_an_incomplete_sheet_names_what_is_missing(desk, ana):
    with pytest.raises(Invalid) as bad:
        desk.submit(desk.people.ana, {"goal": "clear", "respect": "yes"})
    assert [p.field for p in bad.value.problems] == ["level-audience", "level-honest"]
    assert desk.all(Scoresheet) == []
    assert desk.review(desk.people.ana).state == "offered"


def test_a_second_press_is_told_that_it_is_in(desk, ana):
    desk.submit(desk.people.ana)
    with pytest.raises(Refused) as refused:
        desk.submit(desk.people.ana)
    assert refused.value.code == score.ALREADY_IN
    assert len(desk.all(Scoresheet)) == 1


@BOTH
def test_undo_keeps_the_sheet_marked_and_opens_the_draft(desk, ana):
    desk.submit(desk.people.ana)
    score.undo(desk.kit, desk.actor(desk.people.ana), ana.public_id)
    review = desk.review(desk.people.ana)
    assert (review.state, review.undo_until, review.submitted_at) == ("claimed", None, None)
    assert review.draft["goal"]["level"] == "clear"
    assert desk.one(Scoresheet).undone_at is not None
    desk.submit(desk.people.ana, WEAK)
    assert [(s.sequence, s.undone_at is None) for s in desk.all(Scoresheet)] == [(1, False), (2, True)]


def test_undo_ends_with_its_window(desk, ana):
    desk.submit(desk.people.ana)
    desk.kit.clock.move(seconds=300)
    with pytest.raises(Refused):
        score.undo(desk.kit, desk.actor(desk.people.ana), ana.public_id)


def test_a_locked_criterion_is_not_on_the_sheet(desk, ana):
    assert ana is not None
    desk.submit(desk.people.ana)
    desk.submit(desk.people.ben, GOOD)
    desk.pass_undo()
    assert {lock.criterion_id for lock in desk.all(CriterionLock)} == set(GOOD)


@BOTH
def test_knowing_the_person_excludes_records_and_refills(world, desk, ana):
    save(desk, ana, entries({"goal": "clear"}))
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    declare_known(desk.kit, desk.actor(desk.people.ana), ana.public_id)
    desk.run()
    review = desk.review(desk.people.ana)
    assert (review.state, review.draft["goal"]["level"]) == ("excluded", "clear")
    conflict = desk.one(Conflict)
    assert (conflict.kind, conflict.assessor_id, conflict.learner_id) == (
        "declared",
        desk.people.ana.id,
        desk.learner.id,
    )
    assert desk.review(cara).seat == ana.seat
    assert ("round.unseated", "scoring", "waiting") in desk.actions()


def test_knowing_the_person_after_the_result_has_it_made_again_before_it_is_released(desk, ana):
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person)
    desk.pass_undo()
    declare_known(desk.kit, desk.actor(desk.people.ana), ana.public_id)
    assert desk.review(desk.people.ana).state == "excluded"
    assert desk.one(Conflict).kind == "declared"
    assert desk.round(ana.round_id).state == "waiting"


def test_knowing_the_person_late_throws_the_sheet_out_and_scores_again(world, desk, ana):
    """Final, but the round is not over: the other sheet is missing still."""
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    desk.submit(desk.people.ana)
    desk.pass_undo()
    declare_known(desk.kit, desk.actor(desk.people.ana), ana.public_id)
    desk.run()
    for person in (desk.people.ben, cara):
        desk.submit(person, WEAK)
    desk.pass_undo()
    assert desk.round(ana.round_id).state == "resolved"
    assert desk.review(desk.people.ana).state == "excluded"


def test_a_seat_that_was_taken_away_cannot_be_scored(desk, ana):
    with desk.kit.write() as tx:
        scope = lock_round(tx, ana.round_id)
        review = tx.session.get_one(Review, ana.id)
        empty_seat(tx, scope.submission, scope.round, review, SYSTEM, Action.TAKE_AWAY, "")
    with pytest.raises(Refused):
        save(desk, ana, entries(GOOD))
    with pytest.raises(Refused):
        score.submit(desk.kit, desk.actor(desk.people.ana), ana.public_id, entries(GOOD), 0)
