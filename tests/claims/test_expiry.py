"""A claim on which nobody works goes back to the pile; its draft is there when they claim it again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from reviewhub import jobs
from reviewhub.domain.errors import NotFound, Refused, Stale
from reviewhub.models import Hold, LetterRow, Outbox, Qualification, Review
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.keep_claim import keep_claim
from reviewhub.services.kit import Job
from reviewhub.services.score import save_draft, submit, undo
from reviewhub.services.verify_audit import verify_all
from reviewhub.services.watch_claim import watch_claim
from tests.assessor.desk import GOOD, WEAK, entries
from tests.marks import BOTH


def save(desk, person, review, levels=WEAK, **comments):
    kept = desk.one(Review, Review.id == review.id)
    actor = desk.actor(person)
    return save_draft(desk.kit, actor, review.public_id, entries(levels, **comments), kept.draft_version)


def later(desk, **by):
    desk.kit.clock.move(**by)
    desk.run()


@BOTH
def test_nobody_works_and_it_goes_back_with_its_draft(desk, pile):
    round_id = pile.lay()
    ana = desk.people.ana
    review = pile.claim(ana)
    pile.claim(desk.people.ben)
    save(desk, ana, review, goal="Half a thought.")
    later(desk, hours=7, minutes=59)
    assert pile.now(review).state == "claimed"
    later(desk, minutes=1)
    gone = pile.now(review)
    assert (gone.state, gone.end_reason, gone.draft["goal"]["comment"]) == (
        "expired", "claim_over", "Half a thought.")  # fmt: skip
    assert desk.round(round_id).pile == desk.micro.issuer_id
    assert [one.kind for one in desk.all(LetterRow) if one.to.startswith("ana")] == ["claim_over"]
    again = pile.claim(ana)
    assert (again.id, again.state, again.draft["goal"]["comment"]) == (
        review.id,
        "claimed",
        "Half a thought.",
    )
    assert (again.ended_at, again.end_reason) == (None, "")
    assert again.claim_until == desk.kit.clock.now() + timedelta(hours=8)
    submit(desk.kit, desk.actor(ana), again.public_id, entries(GOOD), again.draft_version)
    assert pile.now(review).state == "submitted"
    assert verify_all(desk.kit)[0]


@BOTH
def test_who_began_it_gets_it_before_what_is_more_urgent(desk, pile):
    first = pile.lay()
    review = pile.claim(desk.people.ana)
    later(desk, hours=9)
    assert pile.claim(desk.people.ben).round_id == first
    pile.lay("Noor Learner")
    assert pile.claim(desk.people.ana).id == review.id


@BOTH
def test_two_claims_expire_at_once_and_both_go_back(desk, pile):
    round_id = pile.lay()
    reviews = [pile.claim(person) for person in (desk.people.ana, desk.people.ben)]
    later(desk, hours=8)
    assert [pile.now(one).state for one in reviews] == ["expired", "expired"]
    assert desk.round(round_id).state == "waiting"
    assert pile.waiting(desk.people.cleo).count == 1


@BOTH
def test_any_work_keeps_it(desk, pile):
    pile.lay()
    ana = desk.people.ana
    review = pile.claim(ana)
    later(desk, hours=6)
    save(desk, ana, review)
    later(desk, hours=7)
    assert pile.now(review).state == "claimed"
    until = keep_claim(desk.kit, desk.actor(ana), review.public_id)
    assert until == desk.kit.clock.now() + timedelta(hours=8)
    later(desk, hours=7)
    assert pile.now(review).state == "claimed"
    later(desk, hours=1)
    assert pile.now(review).state == "expired"
    with pytest.raises(Refused):
        keep_claim(desk.kit, desk.actor(ana), review.public_id)


@BOTH
def test_what_is_given_out_has_no_clock(desk, days):
    desk.seated()
    review = desk.all(Review)[0]
    person = next(one for one in vars(desk.people).values() if one.id == review.assessor_id)
    save(desk, person, review)
    assert keep_claim(desk.kit, desk.actor(person), review.public_id) is None
    later(desk, hours=12)
    kept = desk.one(Review, Review.id == review.id)
    assert (kept.state, kept.claim_until) == ("claimed", None)


@BOTH
def test_who_has_no_seat_cannot_score_while_another_holds_it(desk, pile):
    pile.lay()
    review = pile.claim(desk.people.ana)
    cleo = desk.actor(desk.people.cleo)
    for act in (save_draft, submit):
        with pytest.raises(NotFound):
            act(desk.kit, cleo, review.public_id, entries(GOOD), 0)
    with pytest.raises(NotFound):
        keep_claim(desk.kit, cleo, review.public_id)
    assert pile.now(review).draft == {}


@BOTH
def test_a_submit_after_the_time_and_before_anybody_looked_counts(desk, pile):
    pile.lay()
    review = pile.claim(desk.people.ana)
    desk.kit.clock.move(hours=20)
    submit(desk.kit, desk.actor(desk.people.ana), review.public_id, entries(GOOD), 0)
    desk.run()
    assert pile.now(review).state in {"submitted", "final"}


@BOTH
def test_a_submit_after_it_went_back_counts_if_nobody_took_the_seat(desk, pile):
    pile.lay()
    ana = desk.people.ana
    review = pile.claim(ana)
    later(desk, hours=9)
    assert pile.now(review).state == "expired"
    submit(desk.kit, desk.actor(ana), review.public_id, entries(GOOD), 0)
    assert pile.now(review).state == "submitted"
    assert verify_all(desk.kit)[0]


@BOTH
def test_a_late_save_finds_both_seats_taken_and_nothing_of_it_counts(desk, pile):
    round_id = pile.lay()
    ana = desk.people.ana
    review = pile.claim(ana)
    save(desk, ana, review, goal="Mine.")
    later(desk, hours=9)
    others = [pile.claim(person) for person in (desk.people.ben, desk.people.cleo)]
    for act in (save_draft, submit):
        with pytest.raises(Refused) as refused:
            act(desk.kit, desk.actor(ana), review.public_id, entries(GOOD), 1)
        assert refused.value.code == "claim_over"
    kept = pile.now(review)
    assert (kept.state, kept.draft["goal"]["comment"]) == ("expired", "Mine.")
    assert desk.round(round_id).state == "scoring"
    assert {one.seat for one in others} == {1, 2}


@BOTH
def test_a_sheet_that_was_taken_back_is_kept_anew(desk, pile):
    pile.lay()
    ana = desk.actor(desk.people.ana)
    review = pile.claim(desk.people.ana)
    later(desk, hours=7, minutes=58)
    submit(desk.kit, ana, review.public_id, entries(GOOD), 0)
    later(desk, minutes=4)
    assert pile.now(review).state == "submitted"
    undo(desk.kit, ana, review.public_id)
    later(desk, hours=7)
    assert pile.now(review).state == "claimed"
    later(desk, hours=2)
    assert pile.now(review).state == "expired"


@BOTH
def test_a_hold_stops_the_clock(desk, pile):
    pile.lay()
    review = pile.claim(desk.people.ana)
    cora = desk.actor(desk.people.cora)
    hold(desk.kit, cora, desk.submission.public_id, "Something to look at.")
    for _ in range(12):
        later(desk, hours=1)
    assert pile.now(review).state == "claimed"
    assert pile.waiting(desk.people.ben).count == 0
    release_hold(desk.kit, cora, desk.submission.public_id, "Looked at.")
    assert desk.all(Hold, Hold.closed_at.is_(None)) == []
    later(desk, hours=6)
    assert pile.now(review).state == "claimed"
    assert pile.waiting(desk.people.ben).count == 1
    later(desk, hours=3)
    assert pile.now(review).state == "expired"


@BOTH
def test_looking_twice_or_early_does_nothing_more(desk, pile):
    pile.lay()
    review = pile.claim(desk.people.ana)
    early = desk.job("watch_claim", review_id=review.id)
    watch_claim(desk.kit, early, review.id)
    assert pile.now(review).state == "claimed"
    desk.kit.clock.move(hours=8)
    (due,) = desk.all(
        Outbox, Outbox.job == "watch_claim", Outbox.done_at.is_(None), Outbox.dedup_key.not_like("%after%")
    )
    watch_claim(desk.kit, Job(due.id), review.id)
    with pytest.raises(Stale):
        watch_claim(desk.kit, Job(due.id), review.id)
    desk.run()
    assert pile.now(review).state == "expired"
    assert len([one for one in desk.all(LetterRow) if one.kind == "claim_over"]) == 1


@pytest.mark.parametrize("moment", ["2026-11-01T04:30", "2026-03-08T06:30", "2026-07-04T16:00"])
def test_eight_hours_are_eight_hours_in_new_york_also_when_clocks_change(desk, days, pile, moment):
    days.practice(zone="America/New_York")
    desk.kit.clock._now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    pile.lay()
    with desk.kit.write() as tx:
        for row in tx.session.exec(select(Qualification)):
            row.from_at = desk.kit.clock.now() - timedelta(days=1)
    reviews = [pile.claim(person) for person in (desk.people.ana, desk.people.ben)]
    later(desk, hours=7, minutes=59, seconds=59)
    assert {pile.now(one).state for one in reviews} == {"claimed"}
    later(desk, seconds=1)
    assert {pile.now(one).state for one in reviews} == {"expired"}


def test_a_clock_that_ran_ahead_keeps_nothing_for_longer_than_the_hours(desk, pile):
    pile.lay()
    review = pile.claim(desk.people.ana)
    with desk.kit.write() as tx:
        tx.session.get_one(Review, review.id).claim_until = desk.kit.clock.now() + timedelta(days=400)
    desk.kit.clock.move(hours=8)
    desk.run()
    desk.kit.clock.move(hours=8)
    jobs.run_due(desk.kit)
    assert pile.now(review).state == "expired"
