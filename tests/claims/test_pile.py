"""What lies in a pile for long: a coordinator is told, or it is given out; and an issuer changes its ways."""

from dataclasses import replace

import pytest
from sqlmodel import select

from reviewhub.models import Event, Issuer, Qualification, Review
from reviewhub.queries.coordinator import overview
from reviewhub.services.hand_back import hand_back
from reviewhub.services.practice import practice_of
from reviewhub.services.reassign import fill_again, reassign
from reviewhub.services.set_practice import set_practice
from tests.deadlines.days import day
from tests.marks import BOTH


def offered(desk):
    return [one for one in desk.all(Review) if one.state == "offered"]


def nobody(desk):
    """What the coordinator reads of seats that nobody has."""
    with desk.kit.read() as session:
        found = overview(session, desk.actor(desk.people.cora), desk.kit.clock.now())
    return [one.detail for group in found if group.kind == "nobody" for one in group.items]


def change(desk, assignment):
    cora = desk.actor(desk.people.cora)
    with desk.kit.read() as session:
        seen = practice_of(session.exec(select(Issuer)).one())
    wanted = replace(seen, assignment=assignment)
    set_practice(desk.kit, cora, "harbor", seen.stamp, wanted, "We try it.", move=False)
    desk.run()


@BOTH
def test_a_coordinator_is_told_of_what_nobody_claims_and_can_give_it_out(desk, days, pile):
    round_id = pile.lay()
    days.pass_to(day("2026-11-04"), 6)
    assert desk.round(round_id).waits_for == ""
    days.pass_to(day("2026-11-04"), 8)
    told = desk.round(round_id)
    assert told.waits_for == "2 seats lie in the pile, and nobody has claimed so far: 3 people may claim."
    assert told.waits_since == told.piled_at
    assert offered(desk) == []
    assert nobody(desk) == [told.waits_for]
    desk.job("morning_letter", issuer_id=desk.micro.issuer_id)
    desk.run()
    assert [kind for kind, _ in days.letters(desk.people.cora)] == ["what_waits"]
    fill_again(desk.kit, desk.actor(desk.people.cora), desk.submission.public_id)
    desk.run()
    assert [one.claim_until for one in offered(desk)] == [None, None]
    given = desk.round(round_id)
    assert (given.state, given.pile, given.waits_for) == ("scoring", None, "")


@BOTH
def test_with_both_what_nobody_claims_is_given_out_after_a_whole_working_day(desk, days, pile):
    days.practice(assignment="both", claim_hours=168)
    round_id = pile.lay()
    mine = pile.claim(desk.people.ana)
    days.pass_to(day("2026-11-03"), 6)
    assert offered(desk) == []
    days.pass_to(day("2026-11-04"), 8)
    (given,) = offered(desk)
    assert given.assessor_id != mine.assessor_id
    assert given.round_id == round_id
    assert given.claim_until is None


@BOTH
def test_where_too_few_may_claim_a_coordinator_is_told_at_once(desk, pile):
    with desk.kit.write() as tx:
        for row in tx.session.exec(select(Qualification)):
            row.revoked_at = tx.now
    round_id = pile.lay()
    assert "not qualified" in desk.round(round_id).waits_for


@BOTH
def test_a_seat_that_was_handed_back_lies_in_the_pile_again(desk, pile):
    round_id = pile.lay()
    review = pile.claim(desk.people.ana)
    pile.claim(desk.people.ben)
    hand_back(desk.kit, desk.actor(desk.people.ana), review.public_id)
    desk.run()
    again = desk.round(round_id)
    assert (again.state, again.pile) == ("waiting", desk.micro.issuer_id)
    assert pile.waiting(desk.people.ana).count == 0
    assert pile.claim(desk.people.cleo).seat == 1


@BOTH
def test_a_seat_for_whoever_has_the_least_to_do_is_given_and_not_laid_in_the_pile(desk, pile):
    round_id = pile.lay()
    review = pile.claim(desk.people.ana)
    pile.claim(desk.people.ben)
    reassign(desk.kit, desk.actor(desk.people.cora), review.public_id, "", "Ana is ill.")
    desk.run()
    (given,) = offered(desk)
    assert (given.assessor_id, given.seat, given.claim_until) == (desk.people.cleo.id, 1, None)
    assert (desk.round(round_id).state, desk.round(round_id).pile) == ("scoring", None)


@BOTH
@pytest.mark.parametrize("assignment", ["pull", "both"])
def test_an_issuer_changes_its_ways_and_what_waits_follows(desk, days, assignment):
    days.practice(assignment=assignment)
    round_id = desk.seated()
    assert offered(desk) == []
    change(desk, "push")
    assert len(offered(desk)) == 2
    assert desk.round(round_id).pile is None
    change(desk, assignment)
    desk.seated(learner=desk.world.person("Noor Learner"))
    assert len(offered(desk)) == 2


def test_the_practice_is_on_record(desk, pile):
    change(desk, "both")
    (event,) = desk.all(Event, Event.action == "issuer.set_practice")
    assert event.facts == {"assignment": ["pull", "both"]}


@BOTH
def test_what_a_coordinator_reads_follows_a_claim(desk, days, pile):
    round_id = pile.lay()
    days.pass_to(day("2026-11-04"), 8)
    pile.claim(desk.people.ana)
    desk.run()
    told = "1 seat lies in the pile, and nobody has claimed so far: 2 people may claim."
    assert desk.round(round_id).waits_for == told
    pile.claim(desk.people.ben)
    assert (desk.round(round_id).waits_for, desk.round(round_id).waits_since) == ("", None)
