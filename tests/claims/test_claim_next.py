"""Assessors claim from a pile: the most urgent that they may score, one at a time, not of their choice."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import Attempt, Event, LetterRow, Person, Review, Round
from reviewhub.services.claim_next import claim_next
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.set_away import set_away
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import GOOD
from tests.claims.piles import Piles
from tests.marks import BOTH


def reason(refused):
    return refused.value.code


@BOTH
def test_nothing_is_given_out_and_a_claim_takes_a_seat(desk, pile):
    round_id = pile.lay()
    assert desk.all(Review) == []
    lying = desk.round(round_id)
    assert (lying.state, lying.pile, lying.piled_at) == (
        "waiting",
        desk.micro.issuer_id,
        desk.kit.clock.now(),
    )
    assert lying.waits_for == ""
    first = pile.claim(desk.people.ana)
    assert (first.state, first.seat, first.round_id) == ("claimed", 1, round_id)
    assert first.claim_until == desk.kit.clock.now() + timedelta(hours=8)
    assert first.due_on.isoformat() == "2026-11-11"
    assert desk.round(round_id).state == "waiting"
    second = pile.claim(desk.people.ben)
    assert (second.state, second.seat) == ("claimed", 2)
    taken = desk.round(round_id)
    assert (taken.state, taken.pile, taken.piled_at) == ("scoring", None, None)
    assert [letter.kind for letter in desk.all(LetterRow) if letter.kind.startswith("review")] == []
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, GOOD, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "resolved"
    assert verify_all(desk.kit)[0]


@BOTH
def test_the_record_says_who_claimed(desk, pile):
    pile.lay()
    review = pile.claim(desk.people.ana)
    (event,) = desk.all(Event, Event.action == "review.claim_next")
    assert (event.actor_id, event.from_state, event.to_state) == (desk.people.ana.id, "offered", "claimed")
    assert event.facts["review"] == review.public_id


@BOTH
def test_the_most_urgent_comes_first_however_it_came(desk, pile):
    later = pile.lay()
    desk.kit.clock.move(hours=1)
    sooner = pile.lay("Noor Learner")
    with desk.kit.write() as tx:
        for round_id, day in ((later, 30), (sooner, 20)):
            round_ = tx.session.get_one(Round, round_id)
            round_.urgent_on = tx.session.get_one(Attempt, round_.attempt_id).created_at.date() + timedelta(
                day
            )
    assert pile.claim(desk.people.ana).round_id == sooner
    assert pile.claim(desk.people.ana).round_id == later
    with pytest.raises(Refused) as refused:
        pile.claim(desk.people.ana)
    assert reason(refused) == "empty"


def test_how_urgent_it_is_follows_the_promise_that_was_made_when_it_was_put_there(desk, pile):
    round_id = pile.lay()
    attempt = desk.one(Attempt)
    assert desk.round(round_id).urgent_on == attempt.promised_on is not None


@BOTH
def test_nobody_takes_two_seats_of_a_round(desk, pile):
    pile.lay()
    pile.claim(desk.people.ana)
    with pytest.raises(Refused) as refused:
        pile.claim(desk.people.ana)
    assert reason(refused) == "empty"
    assert pile.waiting(desk.people.ana).count == 0
    assert pile.waiting(desk.people.ben).count == 1


@BOTH
def test_a_conflict_keeps_it_from_being_claimed(desk, pile):
    pile.lay()
    assert pile.waiting(desk.people.ana).count == 1
    cora, ana = desk.actor(desk.people.cora), desk.people.ana
    record_conflict(desk.kit, cora, desk.submission.public_id, ana.public_id, "They are neighbours.")
    assert pile.waiting(ana).count == 0
    with pytest.raises(Refused):
        pile.claim(ana)


@BOTH
def test_who_is_not_qualified_or_knows_names_gets_nothing(desk, pile):
    pile.lay()
    dev = desk.world.person("Dev Rao", "assessor")
    eve = desk.world.person("Eve Both", "assessor", "coordinator")
    desk.world.qualify(eve, desk.micro)
    for person in (dev, eve):
        assert pile.waiting(person).count == 0
        with pytest.raises(Refused) as refused:
            pile.claim(person)
        assert reason(refused) == "empty"
    with pytest.raises(NotFound):
        claim_next(desk.kit, desk.actor(desk.people.lead))


@BOTH
def test_nobody_claims_more_than_their_cap_or_while_away(desk, pile):
    for name in ("Lee Learner", "Noor Learner"):
        pile.lay(name)
    with desk.kit.write() as tx:
        tx.session.get_one(Person, desk.people.ana.id).load_cap = 1
    pile.claim(desk.people.ana)
    assert pile.waiting(desk.people.ana).full
    with pytest.raises(Refused) as refused:
        pile.claim(desk.people.ana)
    assert reason(refused) == "full"
    set_away(desk.kit, desk.actor(desk.people.ben), desk.kit.clock.now().date())
    assert pile.waiting(desk.people.ben).away
    with pytest.raises(Refused) as refused:
        pile.claim(desk.people.ben)
    assert reason(refused) == "away"


@BOTH
def test_a_second_press_leads_to_the_same_review(desk, pile):
    for name in ("Lee Learner", "Noor Learner"):
        pile.lay(name)
    seen = pile.waiting(desk.people.ana).seen
    first = pile.claim(desk.people.ana, seen)
    assert pile.claim(desk.people.ana, seen).id == first.id
    assert len(desk.all(Review)) == 1
    seen = pile.waiting(desk.people.ana).seen
    assert pile.claim(desk.people.ana, seen).id != first.id


@BOTH
def test_a_second_press_leads_to_the_same_review_after_the_clock_was_set_back(desk, pile):
    for name in ("Lee Learner", "Noor Learner", "Kim Learner"):
        pile.lay(name)
    pile.claim(desk.people.ana)
    desk.kit.clock.move(hours=-1)
    seen = pile.waiting(desk.people.ana).seen
    first = pile.claim(desk.people.ana, seen)
    assert pile.claim(desk.people.ana, seen).id == first.id
    assert len(desk.all(Review)) == len(["before", "now"])


def test_how_many_wait_is_capped(desk, pile):
    for number in range(22):
        pile.lay(f"Learner {number}")
    assert pile.waiting(desk.people.ana).count == 20


def test_a_pushing_issuer_has_no_pile(desk, days):
    desk.seated()
    assert Piles(desk).waiting(desk.people.ana) is None


def test_the_list_of_a_pile_starts_from_its_index(desk, pile):
    pile.lay()
    plans = []

    def look(_connection, cursor, statement, parameters, *_):
        if "ORDER BY round.urgent_on" in statement:
            own = cursor.connection.cursor()
            plans.append([row[-1] for row in own.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)])

    event.listen(desk.kit.db.engine, "before_cursor_execute", look)
    pile.claim(desk.people.ana)
    event.remove(desk.kit.db.engine, "before_cursor_execute", look)
    urgent = plans[-1]
    assert any("ix_round_pile" in line for line in urgent), urgent
    assert not any(line.startswith("SCAN round") for line in urgent)
