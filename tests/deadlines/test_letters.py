"""Leads hear of feedback that is ready; coordinators once a day of what has waited too long."""

import pytest

from reviewhub import jobs
from reviewhub.domain.errors import Stale
from reviewhub.models import Concern, Feedback, Hold, LetterRow, Membership, Person, Qualification, Review
from reviewhub.services.extend import ask_extension
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Job
from reviewhub.services.release import Said, release
from reviewhub.services.renewing import keep_going
from tests.assessor.desk import GOOD, WEAK
from tests.deadlines.days import DAY, day
from tests.marks import BOTH

TO_LEADS = ("feedback_ready", "feedback_waits")
LEADS = ("lead", "second_lead")


def decided(desk, *, adjudicated=False):
    """The feedback is ready on Monday, 2 November."""
    round_id = desk.seated()
    seated = [
        next(p for p in vars(desk.people).values() if p.id == r.assessor_id)
        for r in desk.all(Review, Review.round_id == round_id)
    ]
    for person, levels in zip(seated, (WEAK, GOOD if adjudicated else WEAK), strict=True):
        desk.submit(person, levels, round_id)
    desk.pass_undo()
    if adjudicated:
        judge = judge_of(desk)
        desk.submit(judge, GOOD, round_id)
        desk.submit(judge, GOOD, round_id)
        desk.pass_undo()
    return desk.one(Feedback, Feedback.state == "draft")


def judge_of(desk):
    (review,) = desk.all(Review, Review.role == "adjudicator")
    return next(p for p in vars(desk.people).values() if p.id == review.assessor_id)


def give(desk, feedback):
    said = {item["criterion"]: Said("We saw it.", "Do this.") for item in feedback.items}
    actor = desk.actor(desk.people.lead)
    release(desk.kit, actor, feedback.public_id, feedback.version, said, "Thank you.")


@BOTH
def test_every_lead_is_told_once_and_reminded_once(desk, days):
    decided(desk)
    days.pass_to(day("2026-12-31"))
    for lead in LEADS:
        assert days.letters(getattr(desk.people, lead), *TO_LEADS) == [
            ("feedback_ready", day("2026-11-02")),
            ("feedback_waits", day("2026-11-04")),
        ]


def test_who_adjudicated_is_the_one_who_is_told(desk, days):
    decided(desk, adjudicated=True)
    days.pass_to(day("2026-11-20"))
    judge = judge_of(desk)
    other = desk.people.second_lead if judge.id == desk.people.lead.id else desk.people.lead
    assert len(days.letters(judge, *TO_LEADS)) == 2
    assert days.letters(other, *TO_LEADS) == []


def test_an_adjudicator_who_is_no_lead_now_tells_the_leads(desk, days):
    feedback = decided(desk, adjudicated=True)
    judge = judge_of(desk)
    with desk.kit.write() as tx:
        for row in tx.session.exec(Membership.__table__.select().where(Membership.person_id == judge.id)):
            tx.session.get_one(Membership, row.id).ended_at = tx.now
    days.pass_to(day("2026-11-06"))
    other = desk.people.second_lead if judge.id == desk.people.lead.id else desk.people.lead
    assert feedback.state == "draft"
    assert days.letters(other, *TO_LEADS) == [("feedback_waits", day("2026-11-04"))]


@pytest.mark.parametrize("when", ["2026-11-03", "2026-11-12"])
def test_nobody_is_reminded_of_what_was_given(desk, days, when):
    feedback = decided(desk)
    days.pass_to(day(when))
    give(desk, feedback)
    before = len(days.letters(desk.people.lead, *TO_LEADS))
    days.pass_to(day("2026-12-31"))
    assert len(days.letters(desk.people.lead, *TO_LEADS)) == before
    assert days.waiting("watch_feedback") == []


def test_a_hold_is_no_time_to_remind(desk, days, cora):
    decided(desk)
    hold(desk.kit, cora, desk.submission.public_id, "A question.")
    days.pass_to(day("2026-11-20"))
    assert [kind for kind, _ in days.letters(desk.people.lead, *TO_LEADS)] == ["feedback_ready"]
    release_hold(desk.kit, cora, desk.submission.public_id, "Answered.")
    days.pass_to(day("2026-11-24"))
    assert len(days.letters(desk.people.lead, *TO_LEADS)) == 2


def test_the_learner_who_leads_elsewhere_is_not_told_of_their_own(desk, days):
    desk.world.add(
        Membership(
            person_id=desk.learner.id,
            issuer_id=desk.micro.issuer_id,
            role="lead",
            granted_at=days.clock.now(),
        )
    )
    decided(desk)
    assert days.letters(desk.learner, *TO_LEADS) == []


def test_letters_to_leads_name_nobody(desk, days):
    decided(desk)
    days.pass_to(day("2026-11-04"))
    for body in days.bodies(*TO_LEADS):
        assert not [word for word in ("Lee", "Ana", "Ben", "Cleo", "case", "attempt") if word in body]


# ---------------------------------------------------------------- coordinators


@pytest.fixture
def mornings(days):
    """The ticker has asked for the hourly look."""
    keep_going(days.desk.kit, jobs.ALWAYS)
    return days


def coordinators(desk, days):
    return [days.letters(person, "what_waits") for person in (desk.people.cora, desk.people.dana)]


@BOTH
def test_one_letter_a_working_day_with_everything_that_is_late(desk, mornings):
    mornings.practice(grace_days=0, zone="Pacific/Auckland")
    for name in ("Lea One", "Leo Two", "Lou Three"):
        desk.seated(learner=desk.world.person(name))
    mornings.pass_to(day("2026-11-17"))
    written = [("what_waits", day(f"2026-11-{number}")) for number in (12, 13, 16, 17)]
    assert coordinators(desk, mornings) == [written, written]
    body = mornings.bodies("what_waits")[0]
    assert "6 reviews are past their day" in body
    assert "/coordinate#g-overdue" in body
    for word in ("Lea", "Leo", "Lou", "Ana", "Ben", "Silva"):
        assert word not in body


def test_nothing_waits_and_nobody_is_written_to(desk, mornings):
    desk.seated()
    mornings.pass_to(day("2026-11-10"))
    assert coordinators(desk, mornings) == [[], []]


def test_holds_and_empty_seats_are_told_after_a_working_day(desk, mornings, cora):
    """Held on Friday at 9: it has waited a working day when Tuesday begins."""
    mornings.jump(day("2026-11-06"), 9)
    desk.arrive()
    hold(desk.kit, cora, desk.submission.public_id, "A question.")
    with desk.kit.write() as tx:
        for row in tx.session.exec(Qualification.__table__.select()).all():
            tx.session.get_one(Qualification, row.id).revoked_at = tx.now
    desk.arrive(learner=desk.world.person("Lou Two"))
    mornings.pass_to(day("2026-11-09"), 23)
    assert coordinators(desk, mornings) == [[], []]
    mornings.pass_to(day("2026-11-10"))
    assert coordinators(desk, mornings)[0] == [("what_waits", day("2026-11-10"))]
    body = mornings.bodies("what_waits")[0]
    assert "1 hold waits for a decision" in body
    assert "nobody scores 1 submission yet" in body


def test_feedback_whose_day_is_near_is_the_coordinators_matter_too(desk, mornings):
    decided(desk)
    mornings.pass_to(day("2026-11-21"))
    letters = coordinators(desk, mornings)[0]
    assert letters
    assert "1 feedback waits for a lead" in mornings.bodies("what_waits")[0]


def test_who_asks_for_more_time_is_told_the_next_morning(desk, mornings):
    review = desk.all(Review, Review.round_id == desk.seated())[0]
    person = next(p for p in vars(desk.people).values() if p.id == review.assessor_id)
    ask_extension(desk.kit, desk.actor(person), review.public_id, day("2026-11-18"), "I am ill.")
    mornings.pass_to(day("2026-11-03"))
    body = mornings.bodies("what_waits")[0]
    assert "1 assessor asks for more time" in body
    assert "I am ill" not in body


def test_an_open_concern_is_counted(desk, mornings):
    review = desk.all(Review, Review.round_id == desk.seated())[0]
    desk.world.add(
        Concern(
            public_id=public_id(),
            issuer_id=desk.micro.issuer_id,
            submission_id=desk.submission.id,
            review_id=review.id,
            kind="copying",
            note="Looks like somebody else's.",
            raised_at=mornings.clock.now(),
        )
    )
    mornings.pass_to(day("2026-11-04"))
    assert "1 concern of an assessor is open" in mornings.bodies("what_waits")[0]


def test_a_coordinator_hears_nothing_of_their_own_learning(desk, mornings, cora):
    round_id = desk.seated(learner=desk.people.cora)
    assert round_id
    dana = desk.actor(desk.people.dana)
    hold(desk.kit, dana, desk.submission.public_id, "A question.")
    mornings.pass_to(day("2026-11-05"))
    for_cora, for_dana = coordinators(desk, mornings)
    assert (for_cora, len(for_dana)) == ([], 2)
    assert cora.person_id == desk.people.cora.id


@BOTH
def test_the_hours_run_twice_and_the_clock_goes_back_and_each_day_has_one_letter(desk, mornings):
    mornings.practice(grace_days=0)
    desk.seated()
    mornings.pass_to(day("2026-11-12"))
    (row,) = mornings.waiting("watch_issuers")
    mornings.clock.move(hours=1)
    jobs.watch_issuers(desk.kit, Job(row.id))
    with pytest.raises(Stale):
        jobs.watch_issuers(desk.kit, Job(row.id))
    mornings.jump(day("2026-11-11"))
    mornings.pass_to(day("2026-11-12"), 23)
    assert len(coordinators(desk, mornings)[0]) == 1
    mornings.jump(day("2027-11-12"))
    assert len(coordinators(desk, mornings)[0]) == 2  # one for today, none for the days between


def test_a_person_without_an_address_stops_nobody_s_letter(desk, mornings):
    mornings.practice(grace_days=0)
    desk.seated()
    with desk.kit.write() as tx:
        tx.session.get_one(Person, desk.people.cora.id).email = None
    mornings.pass_to(day("2026-11-12"))
    assert [row.to for row in desk.all(LetterRow, LetterRow.kind == "what_waits")] == [desk.people.dana.email]
    assert desk.all(Hold) == []
    assert day("2026-11-12") + DAY == day("2026-11-13")
