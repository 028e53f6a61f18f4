"""Claims at the same instant, in threads on real databases: one wins, the other is told or gets the next."""

from datetime import timedelta

from reviewhub import jobs
from reviewhub.domain.errors import DomainError, Refused
from reviewhub.models import Event, Outbox, Person, Review
from reviewhub.services.claim_next import claim_next
from reviewhub.services.score import save_draft
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import WEAK, entries
from tests.marks import BOTH
from tests.together.at_once import at_once
from tests.together.invariants import problems


def press(desk, person, seen=None):
    actor = desk.actor(person)
    return lambda: claim_next(desk.kit, actor, seen)


def whole(desk):
    with desk.kit.read() as session:
        assert problems(session) == []
    assert verify_all(desk.kit)[0]


@BOTH
def test_three_claim_two_seats_and_the_third_is_told(desk, pile):
    round_id = pile.lay()
    people = (desk.people.ana, desk.people.ben, desk.people.cleo)
    results = at_once(*(press(desk, person) for person in people))
    told = [one for one in results if isinstance(one, Exception)]
    assert [one.code for one in told] == ["empty"]
    assert sorted(one.seat for one in desk.all(Review)) == [1, 2]
    assert desk.round(round_id).state == "scoring"
    whole(desk)


@BOTH
def test_two_for_the_last_seat_and_the_slower_gets_the_next(desk, pile):
    pile.lay()
    pile.claim(desk.people.ana)
    pile.lay("Noor Learner")
    results = at_once(press(desk, desk.people.ben), press(desk, desk.people.cleo))
    assert not [one for one in results if isinstance(one, Exception)]
    assert len(desk.all(Review)) == 3
    whole(desk)


@BOTH
def test_a_double_click_claims_one(desk, pile):
    for name in ("Lee Learner", "Noor Learner", "Kim Learner"):
        pile.lay(name)
    results = at_once(*[press(desk, desk.people.ana, "")] * 3)
    assert len(set(results)) == 1
    assert not isinstance(results[0], Exception)
    assert len(desk.all(Review)) == 1
    whole(desk)


@BOTH
def test_two_presses_of_two_pages_do_not_pass_the_cap(desk, pile):
    for name in ("Lee Learner", "Noor Learner", "Kim Learner"):
        pile.lay(name)
    with desk.kit.write() as tx:
        tx.session.get_one(Person, desk.people.ana.id).load_cap = 2
    results = at_once(*[press(desk, desk.people.ana)] * 3)
    assert [one.code for one in results if isinstance(one, Refused)] == ["full"]
    assert len(desk.all(Review)) == 2
    whole(desk)


@BOTH
def test_a_save_and_the_end_of_the_time_at_once_end_in_one_order(desk, pile):
    pile.lay()
    ana = desk.people.ana
    review = pile.claim(ana)
    desk.kit.clock.move(hours=8)
    (due,) = desk.all(Outbox, Outbox.job == "watch_claim", Outbox.due_at <= desk.kit.clock.now())
    actor = desk.actor(ana)
    saved, ran = at_once(
        lambda: save_draft(desk.kit, actor, review.public_id, entries(WEAK), 0),
        lambda: jobs.run_job(desk.kit, due.id),
    )
    assert saved == 1 or isinstance(saved, DomainError)
    assert ran in {True, False}
    desk.run()
    kept = pile.now(review)
    assert kept.draft or isinstance(saved, DomainError)
    # Whoever went first, the work is theirs: a save takes back what has just gone.
    assert (kept.state, kept.claim_until) == ("claimed", desk.kit.clock.now() + timedelta(hours=8))
    assert len(desk.all(Event, Event.action == "review.expire")) <= 1
    whole(desk)


@BOTH
def test_many_claim_many_and_nothing_is_given_twice(desk, pile):
    for number in range(6):
        pile.lay(f"Learner {number}")
    people = (desk.people.ana, desk.people.ben, desk.people.cleo)
    results = at_once(*(press(desk, person) for person in people for _ in range(3)))
    assert not [one for one in results if isinstance(one, Exception)]
    assert len(set(results)) == len(results) == len(desk.all(Review))
    whole(desk)
