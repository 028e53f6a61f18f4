"""An assessor is reminded, told that it is late, and relieved: by the issuer's days, and once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reviewhub import jobs
from reviewhub.domain.errors import NotFound, Refused, Stale
from reviewhub.domain.rubric import EligibilityPolicy, Policies
from reviewhub.models import Concern, Event, Hold, LetterRow, Outbox, Promise, Qualification, Review
from reviewhub.services.calendars import calendar_of
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Job
from reviewhub.services.score import save_draft, submit, undo
from reviewhub.services.watch_review import watch_review
from tests.assessor.desk import GOOD, WEAK, entries
from tests.deadlines.days import DAY, day
from tests.marks import BOTH
from tests.rubrics import small_rubric
from tests.together.at_once import at_once

DUE = ("review_due_soon", "review_due_today", "review_late", "review_over")
ZONES = pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])


def seated(desk):
    """Both seats filled; the review of the first assessor."""
    round_id = desk.seated()
    return desk.all(Review, Review.round_id == round_id)[0]


def person_of(desk, review):
    return next(p for p in vars(desk.people).values() if p.id == review.assessor_id)


def now(desk, review):
    return desk.one(Review, Review.id == review.id)


@BOTH
@ZONES
def test_the_letters_of_a_review_that_nobody_touches(desk, days, zone):
    """Seven working days from Monday, 2 November: due on the 11th."""
    days.practice(zone=zone)
    review = seated(desk)
    person = person_of(desk, review)
    days.pass_to(day("2026-11-20"))
    assert days.letters(person, *DUE) == [
        ("review_due_soon", day("2026-11-09")),
        ("review_due_today", day("2026-11-11")),
        ("review_late", day("2026-11-12")),
        ("review_over", day("2026-11-17")),
    ]
    assert (now(desk, review).state, now(desk, review).end_reason) == ("expired", "expire")


@ZONES
@pytest.mark.parametrize("start", ["2027-03-08", "2027-10-25", "2027-09-20"])
def test_it_ends_when_the_day_begins_at_the_issuer_also_where_clocks_are_set(desk, days, zone, start):
    """Due dates over the changes of 14 March and 7 November in New York, 26 September in Auckland."""
    days.practice(zone=zone)
    days.jump(day(start), 9)
    review = seated(desk)
    with desk.kit.read() as session:
        issuer = session.get_one(type(desk.world.main_issuer), desk.micro.issuer_id)
        last = calendar_of(issuer).add_working_days(review.due_on, issuer.grace_days)
    days.pass_to(last, 23)
    days.jump(last, 23, 59)
    assert now(desk, review).state == "offered"
    days.jump(last + DAY, 0)
    assert now(desk, review).state == "expired"


@BOTH
def test_the_seat_is_filled_and_the_draft_is_kept_and_counts_no_more(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    save_draft(desk.kit, desk.actor(person), review.public_id, entries(WEAK, goal="Kept."), 0)
    days.pass_to(day("2026-11-17"))
    kept = now(desk, review)
    assert (kept.state, kept.draft["goal"]["comment"]) == ("expired", "Kept.")
    seats = [r for r in desk.all(Review, Review.round_id == review.round_id) if r.state == "offered"]
    assert {r.seat for r in seats} == {1, 2}
    assert person.id not in {r.assessor_id for r in seats}
    assert desk.round(review.round_id).state == "scoring" or len(seats) == 2
    with pytest.raises((NotFound, Refused)):
        submit(desk.kit, desk.actor(person), review.public_id, entries(GOOD), kept.draft_version)
    (ended,) = [
        event
        for event in desk.all(Event, Event.action == "review.expire")
        if event.facts["review"] == review.public_id
    ]
    assert (ended.from_state, ended.to_state, ended.actor_id) == ("claimed", "expired", None)


@BOTH
def test_the_learner_is_promised_a_day_that_can_be_kept(desk, days):
    seated(desk)
    days.pass_to(day("2026-11-17"))
    reasons = [row.reason for row in desk.all(Promise)]
    assert reasons[0] == "arrived"
    assert "people" in reasons


def test_a_sheet_that_was_handed_in_is_never_touched(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    desk.submit(person, GOOD, review.round_id)
    days.pass_to(day("2026-12-31"))
    assert now(desk, review).state in {"submitted", "final"}
    assert days.letters(person, *DUE) == []


def test_who_takes_a_sheet_back_is_reminded_again(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    days.jump(review.due_on, 6, 58)
    desk.submit(person, GOOD, review.round_id)
    days.jump(review.due_on, 7, 1)  # in the undo window: nobody is reminded of what is in
    undo(desk.kit, desk.actor(person), review.public_id)
    days.pass_to(day("2026-11-17"))
    assert days.letters(person, *DUE)[-2:] == [
        ("review_late", day("2026-11-12")),
        ("review_over", day("2026-11-17")),
    ]


@BOTH
def test_each_look_runs_twice_with_one_effect(desk, days):
    seated(desk)
    for _ in range(20):
        rows = days.waiting("watch_review")
        desk.clock = days.clock
        days.clock.move(seconds=max(0, (min(r.due_at for r in rows) - days.clock.now()).total_seconds()))
        for row in days.waiting("watch_review"):
            if row.due_at > days.clock.now():
                continue
            watch_review(desk.kit, Job(row.id), **row.args)
            with pytest.raises(Stale):
                watch_review(desk.kit, Job(row.id), **row.args)
        jobs.run_due(desk.kit)
    kinds = [(row.to, row.kind) for row in desk.all(LetterRow) if row.kind in DUE]
    assert kinds
    seats = {row.to: 0 for row in desk.all(LetterRow) if row.kind == "review_offered"}
    for row in desk.all(LetterRow):
        if row.kind == "review_offered":
            seats[row.to] += 1
    assert all(kinds.count((to, kind)) <= seats[to] for to, kind in kinds)


def test_a_clock_that_is_put_back_a_day_tells_nobody_twice(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    for text in ("2026-11-09", "2026-11-11", "2026-11-12"):
        days.pass_to(day(text))
        days.jump(day(text) - DAY)
        days.pass_to(day(text))
    days.pass_to(day("2026-11-16"), 23)
    assert [kind for kind, _ in days.letters(person, *DUE)] == list(DUE[:3])
    days.jump(day("2026-11-17"), 0)
    days.jump(day("2026-11-16"))
    days.pass_to(day("2026-11-18"))
    assert [kind for kind, _ in days.letters(person, *DUE)] == list(DUE)


@BOTH
def test_after_a_year_without_workers_nobody_loses_a_seat_unwarned(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    days.jump(day("2027-11-03"))
    assert days.letters(person, *DUE) == [("review_late", day("2027-11-03"))]
    assert now(desk, review).state == "offered"
    days.jump(day("2027-11-04"))
    assert now(desk, review).state == "expired"


def test_a_clock_that_ran_a_year_ahead_and_was_set_right_ends_nothing_too_early(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    days.jump(day("2027-11-03"))
    days.jump(day("2026-11-03"))
    jobs.call_back(desk.kit, jobs.LOOKS)
    days.pass_to(day("2026-11-16"), 23)
    assert now(desk, review).state == "offered"
    assert days.letters(person, "review_over") == []
    days.jump(day("2026-11-17"))
    assert now(desk, review).state == "expired"


def test_without_days_of_grace_it_stays_for_ever(desk, days):
    days.practice(grace_days=0)
    review = seated(desk)
    days.pass_to(day("2027-01-20"))
    assert now(desk, review).state == "offered"
    assert days.letters(person_of(desk, review), *DUE)[-1][0] == "review_late"
    assert "goes to somebody else" not in "".join(days.bodies("review_late"))


def test_where_nobody_else_could_score_it_nobody_is_sent_away(desk, days):
    review = seated(desk)
    idle = {p.id for p in vars(desk.people).values()} - {r.assessor_id for r in desk.all(Review)}
    others = [q.id for q in desk.all(Qualification) if q.person_id in idle]

    def qualified(until):
        with desk.kit.write() as tx:
            for key in others:
                tx.session.get_one(Qualification, key).revoked_at = until

    qualified(days.clock.now())
    days.pass_to(day("2026-11-30"))
    assert now(desk, review).state == "offered"
    qualified(None)
    days.pass_to(day("2026-12-01"))
    assert sorted(r.state for r in desk.all(Review)) == ["expired", "expired", "offered", "offered"]


def test_one_who_is_free_replaces_one_who_is_late_and_not_two(desk, days):
    seated(desk)
    idle = {p.id for p in vars(desk.people).values()} - {r.assessor_id for r in desk.all(Review)}
    other = next(q.id for q in desk.all(Qualification) if q.person_id in idle)
    with desk.kit.write() as tx:
        tx.session.get_one(Qualification, other).revoked_at = tx.now
    days.pass_to(day("2026-11-20"))
    assert sorted(r.state for r in desk.all(Review)) == ["expired", "offered", "offered"]


@BOTH
def test_what_is_on_hold_is_nobodys_delay(desk, days, cora):
    review = seated(desk)
    person = person_of(desk, review)
    days.pass_to(day("2026-11-06"))
    hold(desk.kit, cora, desk.submission.public_id, "A question.")
    days.pass_to(day("2026-11-27"))
    assert days.letters(person, *DUE) == []
    release_hold(desk.kit, cora, desk.submission.public_id, "Answered.")
    assert now(desk, review).due_on > day("2026-11-27")
    days.pass_to(now(desk, review).due_on)
    assert [kind for kind, _ in days.letters(person, *DUE)] == list(DUE[:2])


def test_an_open_concern_stops_the_clock_for_that_review(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    concern = desk.world.add(
        Concern(
            public_id=public_id(),
            issuer_id=desk.micro.issuer_id,
            submission_id=desk.submission.id,
            review_id=review.id,
            kind="cannot_open",
            raised_at=days.clock.now(),
        )
    )
    days.pass_to(day("2026-11-20"))
    assert now(desk, review).state == "offered"
    assert days.letters(person, *DUE) == []
    with desk.kit.write() as tx:
        tx.session.get_one(Concern, concern.id).answered_at = tx.now
    days.pass_to(day("2026-11-24"))
    assert [kind for kind, _ in days.letters(person, *DUE)] == ["review_late", "review_over"]


@BOTH
def test_a_late_adjudicator_is_relieved_and_a_blind_sheet_is_kept(desk, days):
    round_id = desk.seated()
    first, second = (person_of(desk, r) for r in desk.all(Review, Review.round_id == round_id))
    desk.submit(first, GOOD, round_id)
    desk.submit(second, WEAK, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "adjudicating"
    (judge,) = desk.all(Review, Review.role == "adjudicator")
    lead = next(p for p in (desk.people.lead, desk.people.second_lead) if p.id == judge.assessor_id)
    desk.submit(lead, GOOD, round_id)
    days.pass_to(day("2026-11-20"))
    old, new = desk.all(Review, Review.role == "adjudicator")
    assert (old.state, new.state) == ("expired", "offered")
    assert new.assessor_id != old.assessor_id
    assert old.draft["goal"]["level"] == "clear"
    assert desk.round(round_id).state == "adjudicating"


def test_letters_say_a_day_and_no_hour_and_nobody(desk, days):
    seated(desk)
    days.pass_to(day("2026-11-17"))
    bodies = days.bodies(*DUE)
    assert len(bodies) == 8
    for body in bodies:
        assert "Lee" not in body
        assert "Learner" not in body
        for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
            assert person.name.split()[0] not in body
        assert not any(f"{hour:02}:" in body for hour in range(24))
    (late, _) = days.bodies("review_late")
    assert "Wednesday 11 November" in late
    assert "until the end of Monday 16 November" in late


@BOTH
def test_who_hands_in_at_the_last_moment_is_in_or_out_and_never_both(desk, days):
    review = seated(desk)
    person = person_of(desk, review)
    days.pass_to(day("2026-11-16"), 23)
    (row,) = [r for r in days.waiting("watch_review") if r.args["review_id"] == review.id]
    days.clock.move(hours=1)
    ended, sent = at_once(
        lambda: watch_review(desk.kit, Job(row.id), **row.args),
        lambda: submit(desk.kit, desk.actor(person), review.public_id, entries(GOOD), 0),
    )
    assert ended is None
    state = now(desk, review).state
    assert (state == "submitted") == (not isinstance(sent, Exception))
    assert state in {"submitted", "expired"}
    desk.run()
    seats = [r.seat for r in desk.all(Review) if r.state in {"offered", "claimed", "submitted", "final"}]
    assert sorted(seats) == [1, 2]


def test_a_hold_on_a_stuck_look_is_shown_to_the_coordinators(desk, days):
    review = seated(desk)
    (row,) = [r for r in days.waiting("watch_review") if r.args["review_id"] == review.id]
    with desk.kit.write() as tx:
        jobs.hold_job(tx, tx.session.get_one(Outbox, row.id), "OperationalError")
    (shown,) = desk.all(Hold)
    assert (shown.issuer_id, shown.submission_id) == (desk.micro.issuer_id, desk.submission.id)


def test_letters_come_at_a_bearable_hour(desk, days):
    days.practice(zone="Pacific/Auckland")
    seated(desk)
    days.pass_to(day("2026-11-13"))
    for row in desk.all(LetterRow):
        if row.kind in DUE:
            local = row.created_at - days.moment(days.today() - timedelta(days=20))
            assert local % timedelta(days=1) >= timedelta(hours=6), row.kind


def test_a_completeness_check_that_nobody_begins_goes_to_somebody_else(desk, days):
    policies = Policies(eligibility=EligibilityPolicy(completeness=True))
    desk.micro = desk.world.micro_credential(replace(small_rubric(policies=policies), slug="checked"))
    for person in (desk.people.ana, desk.people.ben):
        desk.world.qualify(person, desk.micro)
    desk.seated()
    (check,) = desk.all(Review)
    assert check.role == "completeness"
    days.pass_to(day("2026-11-18"))
    first, second = desk.all(Review)
    assert (first.state, second.state, second.role) == ("expired", "offered", "completeness")
    assert second.assessor_id != first.assessor_id


def test_a_second_scoring_that_nobody_begins_promises_the_learner_nothing(desk, days):
    """An audit stands beside the result: its seats have days, the learner has waited for nothing."""
    days.practice(audit_percent=100)
    round_id = desk.seated()
    seated = [person_of(desk, r) for r in desk.all(Review, Review.round_id == round_id)]
    for person in seated:
        desk.submit(person, GOOD, round_id)
    desk.pass_undo()
    audit = [r for r in desk.all(Review) if r.round_id != round_id]
    days.pass_to(day("2026-11-30"))
    again = [r for r in desk.all(Review) if r.round_id != round_id]
    assert audit
    assert {r.state for r in again} <= {"offered", "expired"}
    assert desk.all(Promise, Promise.reason == "people") == []
