"""Handing back, handing over, being away: somebody else gets the seat, and nobody's attempt is touched."""

from datetime import timedelta

import pytest

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Attempt, Event, LetterRow, Person, Review
from reviewhub.services import score
from reviewhub.services.end_membership import end_membership
from reviewhub.services.hand_back import hand_back
from reviewhub.services.hand_over import hand_over, hand_over_for
from reviewhub.services.reassign import reassign
from reviewhub.services.set_away import set_away
from reviewhub.services.withdraw import withdraw
from tests.assessor.desk import GOOD, WEAK, entries
from tests.exits.seats import seated, two
from tests.marks import BOTH
from tests.together.at_once import at_once


def give_back(desk, person, round_id, word=""):
    hand_back(desk.kit, desk.actor(person), desk.review(person, round_id).public_id, word)


def begin(desk, person, round_id):
    review = desk.review(person, round_id)
    score.save_draft(desk.kit, desk.actor(person), review.public_id, entries(WEAK), review.draft_version)


def over(desk):
    return [row for row in desk.all(LetterRow) if row.kind == "review_over"]


@BOTH
@pytest.mark.parametrize("started", [True, False])
def test_handed_back_somebody_else_scores_and_the_draft_never_counts(desk, round_id, started):
    first, second, third = two(desk, round_id)
    if started:
        begin(desk, first, round_id)
    before = desk.one(Attempt)
    give_back(desk, first, round_id, "I am ill.")
    desk.run()
    assert set(seated(desk, round_id)) == {second.id, third.id}
    gone = desk.review(first, round_id)
    assert (gone.state, gone.end_reason) == ("released", "hand_back")
    assert bool(gone.draft) == started, "kept, for the record"
    for person in (second, third):
        desk.submit(person, GOOD, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "resolved"
    assert desk.one(Attempt).number == before.number
    assert not over(desk), "whoever does it themselves is not told by letter"
    assert "I am ill." not in str([event.facts for event in desk.all(Event)])


def test_an_adjudicator_hands_back_before_and_after_the_blind_sheet(desk, round_id):
    first, second, third = two(desk, round_id)
    desk.submit(first, GOOD, round_id)
    desk.submit(second, WEAK, round_id)
    desk.pass_undo()
    lead = desk.people.lead
    desk.submit(lead, GOOD, round_id)
    give_back(desk, lead, round_id)
    desk.run()
    assert desk.round(round_id).state == "adjudicating"
    judge = desk.review(third, round_id)
    assert (judge.role, judge.state) == ("adjudicator", "offered")
    give_back(desk, third, round_id)
    desk.run()
    assert desk.round(round_id).waits_for


def test_what_is_handed_in_or_somebody_elses_is_not_handed_back(desk, round_id):
    first, second, _ = two(desk, round_id)
    review = desk.review(first, round_id).public_id
    for person in (second, desk.people.lead, desk.people.cora, desk.learner):
        with pytest.raises(NotFound):
            hand_back(desk.kit, desk.actor(person), review)
    with pytest.raises(Invalid):
        give_back(desk, first, round_id, "x" * 2_001)
    desk.submit(first, GOOD, round_id)
    with pytest.raises(Refused):
        give_back(desk, first, round_id)


@BOTH
def test_a_hand_back_and_a_sheet_at_once_are_one_of_the_two(desk):
    for number in range(4):
        round_id = desk.seated(learner=desk.world.person(f"Learner {number}"))
        first, second, third = two(desk, round_id)
        begin(desk, first, round_id)
        results = at_once(
            lambda first=first, round_id=round_id: desk.submit(first, GOOD, round_id),
            lambda first=first, round_id=round_id: give_back(desk, first, round_id),
        )
        assert sum(isinstance(one, Refused) for one in results) == 1
        desk.run()
        kept = desk.review(first, round_id).state == "submitted"
        assert set(seated(desk, round_id)) == {second.id, first.id if kept else third.id}
        desk.pass_undo()


# ------------------------------------------------------------ in one go, and away


def many(desk, count):
    return [desk.seated(learner=desk.world.person(f"Learner {number}")) for number in range(count)]


@BOTH
def test_what_is_not_begun_is_handed_over_in_one_go(desk):
    rounds = many(desk, 4)
    ana = desk.people.ana
    mine = [one for one in rounds if ana.id in seated(desk, one)]
    begin(desk, ana, mine[0])
    set_away(desk.kit, desk.actor(ana), desk.kit.clock.now().date() + timedelta(14))
    assert hand_over(desk.kit, desk.actor(ana)) == len(mine) - 1
    desk.run()
    assert [one for one in rounds if ana.id in seated(desk, one)] == mine[:1], "what is begun stays theirs"
    for one in mine[1:]:
        assert len(seated(desk, one)) == 2
    assert hand_over(desk.kit, desk.actor(ana)) == 0


def test_a_coordinator_hands_over_for_somebody_and_they_are_told_by_alias(desk, cora):
    rounds = many(desk, 2)
    ben = desk.people.ben
    mine = [one for one in rounds if ben.id in seated(desk, one)]
    assert hand_over_for(desk.kit, cora, ben.public_id, "In hospital.") == len(mine)
    desk.run()
    assert not [one for one in rounds if ben.id in seated(desk, one)]
    told = [row for row in over(desk) if row.to == ben.email]
    assert len(told) == len(mine)
    assert all("hospital" not in row.body and "Learner" not in row.body for row in told)
    with pytest.raises(Invalid):
        hand_over_for(desk.kit, cora, ben.public_id, " ")
    for person in (desk.people.ana, desk.people.lead):
        with pytest.raises(NotFound):
            hand_over_for(desk.kit, desk.actor(person), ben.public_id, "Why.")


@BOTH
def test_two_who_hand_over_at_once_do_not_block_each_other(desk):
    rounds = many(desk, 3)
    ana, ben = desk.people.ana, desk.people.ben
    held = {one: {ana.id, ben.id} & set(seated(desk, one)) for one in rounds}
    results = at_once(*(lambda one=one: hand_over(desk.kit, desk.actor(one)) for one in (ana, ben)))
    assert all(isinstance(one, int) for one in results)
    desk.run()
    for one in rounds:
        assert not held[one] & set(seated(desk, one))


def test_who_is_away_gets_no_new_reviews_up_to_that_day(desk):
    ana = desk.people.ana
    today = desk.kit.clock.now().date()
    set_away(desk.kit, desk.actor(ana), today + timedelta(1))
    assert ana.id not in seated(desk, desk.seated(learner=desk.world.person("A Learner")))
    desk.kit.clock.move(days=1)
    assert ana.id not in seated(desk, desk.seated(learner=desk.world.person("B Learner")))
    desk.kit.clock.move(days=1)
    assert ana.id in seated(desk, desk.seated(learner=desk.world.person("C Learner")))


def test_who_comes_back_early_is_asked_at_once(desk, cora):
    ana, ben = desk.people.ana, desk.people.ben
    until = desk.kit.clock.now().date() + timedelta(30)
    for person in (ana, ben):
        set_away(desk.kit, cora, until, person.public_id)
    round_id = desk.seated()
    assert len(seated(desk, round_id)) == 1
    assert "2 away" in desk.round(round_id).waits_for
    set_away(desk.kit, desk.actor(ana), None)
    desk.run()
    assert ana.id in seated(desk, round_id)


def test_the_day_is_counted_where_they_live(desk):
    """Monday 09:00 in London is Monday 23:00 on Kiritimati, which is fourteen hours ahead."""
    ana = desk.people.ana
    with desk.kit.write() as tx:
        tx.session.get_one(Person, ana.id).zone = "Pacific/Kiritimati"
    set_away(desk.kit, desk.actor(ana), desk.kit.clock.now().date())
    assert ana.id not in seated(desk, desk.seated(learner=desk.world.person("A Learner")))
    desk.kit.clock.move(hours=1)
    assert ana.id in seated(desk, desk.seated(learner=desk.world.person("B Learner")))


def test_days_that_are_no_absence_and_people_who_have_none(desk, cora):
    ana, today = desk.people.ana, desk.kit.clock.now().date()
    for until in (today - timedelta(1), today + timedelta(400)):
        with pytest.raises(Invalid):
            set_away(desk.kit, desk.actor(ana), until)
    far = desk.world.person("Otto Else", "coordinator", issuer=desk.world.issuer("else", "Else"))
    for who, whom in ((desk.learner, ""), (far, ana.public_id), (desk.people.ben, ana.public_id)):
        with pytest.raises(NotFound):
            set_away(desk.kit, desk.actor(who), today, whom)
    with pytest.raises(NotFound):
        set_away(desk.kit, cora, today, desk.learner.public_id)


# ------------------------------------------------------------ whoever is no longer asked is told


@pytest.mark.parametrize("how", ["reassigned", "left", "withdrawn"])
def test_the_letter_is_the_same_whatever_the_cause(desk, cora, round_id, how):
    first, *_ = two(desk, round_id)
    begin(desk, first, round_id)
    review = desk.review(first, round_id).public_id
    if how == "reassigned":
        reassign(desk.kit, cora, review, "", "Too slow.")
    elif how == "left":
        end_membership(desk.kit, cora, "harbor", first.public_id, "assessor", "Left us.")
    else:
        withdraw(desk.kit, desk.actor(desk.learner), desk.submission.public_id, "I moved away.")
    (letter,) = [row for row in over(desk) if row.to == first.email]
    for word in ("slow", "Left", "moved", "withdr", "reassign", "Lee", "Learner"):
        assert word not in letter.subject + letter.body
    assert "nothing is left to do" in letter.body
    assert [row.state for row in desk.all(Review, Review.assessor_id == first.id)] == ["released"]
