"""Work that nobody touches: two notices, then it lapses without a result; never while it is others' turn."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from reviewhub import jobs
from reviewhub.domain.errors import NotFound, Refused, Stale
from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.models import Attempt, Event, Feedback, Hold, Outbox, Review, Submission
from reviewhub.queries.own import load_own
from reviewhub.services.allow_attempt import allow_attempt
from reviewhub.services.evidence import Answer, mark, save_answers
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Job
from reviewhub.services.next_attempt import start_next
from reviewhub.services.release import Said, release
from reviewhub.services.start import start
from reviewhub.services.watch_work import watch_work
from reviewhub.services.withdraw import withdraw
from tests.assessor.desk import WEAK
from tests.deadlines.days import DAY, day
from tests.learner.story import Story
from tests.marks import BOTH
from tests.rubrics import small_rubric
from tests.together.at_once import at_once

NOTICES = ("work_kept_until", "work_lapsed")
ZONES = pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
UNTIL = day("2027-05-01")
"""180 days after Monday, 2 November 2026."""


@pytest.fixture
def story(desk):
    return Story.begin(desk.kit, desk.actor(desk.learner), desk.micro)


def revised(desk, story):
    """One attempt was scored and its feedback released: the learner's turn again."""
    desk.submission = story.row
    round_id = desk.arrive(number=2)
    desk.run()
    for person in (desk.people.ana, desk.people.ben, desk.people.cleo, desk.people.dev):
        if desk.all(Review, Review.assessor_id == person.id, Review.round_id == round_id):
            desk.submit(person, WEAK, round_id)
    desk.pass_undo()
    feedback = desk.one(Feedback)
    said = {item["criterion"]: Said("We saw it.", "Do this.") for item in feedback.items}
    lead = desk.actor(desk.people.lead)
    release(desk.kit, lead, feedback.public_id, feedback.version, said, "Thank you.")
    assert story.row.state == "revise"


@BOTH
@ZONES
def test_the_days_of_a_draft_that_nobody_touches(desk, days, story, zone):
    days.practice(zone=zone)
    story.write("why", "Words that stay.")
    until = days.today() + 180 * DAY
    days.pass_to(until, 23)
    assert story.row.state == "open"
    days.jump(until + DAY, 0)
    assert (story.row.state, story.attempt.state) == ("lapsed", "withdrawn")
    assert story.row.ended_at == days.clock.now()
    assert days.letters(desk.learner, *NOTICES) == [
        ("work_kept_until", until - 30 * DAY),
        ("work_kept_until", until - 7 * DAY),
        ("work_lapsed", until + DAY),
    ]
    assert [a.body for a in story.artifacts] == ["Words that stay."]
    steps = {e.action: (e.from_state, e.to_state, e.actor_id) for e in desk.all(Event)}
    assert steps["submission.lapse"] == ("open", "lapsed", None)
    assert steps["attempt.drop"] == ("draft", "withdrawn", None)


@BOTH
def test_any_change_moves_the_day_on(desk, days, story):
    days.pass_to(UNTIL, 20)
    story.write("why", "A word.")
    days.pass_to(UNTIL + 179 * DAY)
    assert story.row.state == "open"
    assert len(days.letters(desk.learner, *NOTICES)) == 4
    days.pass_to(UNTIL + 181 * DAY)
    assert story.row.state == "lapsed"


def test_looking_is_no_change(desk, days, story, kit):
    days.pass_to(UNTIL)
    with kit.read() as session:
        own = load_own(session, story.actor, story.id)
    assert own.kept_until == UNTIL
    assert own.submission.active_at.date() == day("2026-11-02")


@BOTH
def test_who_starts_again_has_a_new_submission(desk, days, story):
    days.pass_to(UNTIL + DAY)
    again = start(desk.kit, desk.actor(desk.learner), "harbor", desk.micro.slug)
    assert again != story.id
    with pytest.raises(Refused):
        save_answers(desk.kit, story.actor, story.id, [Answer("why", "Too late.", mark(""))])
    desk.run()
    assert [row.args["submission_id"] for row in days.waiting("watch_work")] == [
        desk.one(Submission, Submission.public_id == again).id
    ]


@pytest.mark.slow
def test_nothing_lapses_while_somebody_scores_it_or_it_is_held(desk, days, story, cora):
    desk.submission = story.row
    desk.arrive(number=2)
    days.pass_to(UNTIL + 60 * DAY)
    assert story.row.state == "under_review"
    hold(desk.kit, cora, story.id, "A question.")
    days.pass_to(UNTIL + 300 * DAY)
    assert story.row.state == "held"
    assert days.letters(desk.learner, *NOTICES) == []


def test_a_hold_takes_nothing_from_the_learner_s_time(desk, days, story, cora):
    days.pass_to(UNTIL - DAY)
    hold(desk.kit, cora, story.id, "A question.")
    days.pass_to(UNTIL + 100 * DAY)
    release_hold(desk.kit, cora, story.id, "Answered.")
    days.pass_to(UNTIL + 279 * DAY)
    assert story.row.state == "open"
    days.pass_to(UNTIL + 281 * DAY)
    assert story.row.state == "lapsed"


@pytest.mark.parametrize("state", ["checking", "held"])
def test_nothing_lapses_while_files_are_checked(desk, days, story, state):
    with desk.kit.write() as tx:
        tx.session.get_one(Attempt, story.attempt.id).state = state
    days.pass_to(UNTIL + 60 * DAY)
    assert story.row.state == "open"
    assert days.letters(desk.learner, *NOTICES) == []


@BOTH
def test_feedback_that_is_not_followed_lapses_as_well_and_stays_to_be_read(desk, days, story):
    revised(desk, story)
    until = days.today() + 180 * DAY
    days.pass_to(until)
    assert story.row.state == "revise"
    days.pass_to(until + DAY)
    assert (story.row.state, story.attempt.state) == ("lapsed", "released")
    assert desk.one(Feedback).state == "released"
    first, _ = days.bodies("work_kept_until")
    assert "you can try again" in first


def test_each_look_runs_twice_with_one_effect(desk, days, story):
    for _ in range(40):
        rows = days.waiting("watch_work")
        if not rows:
            break
        (row,) = rows
        days.clock.move(seconds=max(0, (row.due_at - days.clock.now()).total_seconds()))
        watch_work(desk.kit, Job(row.id), **row.args)
        with pytest.raises(Stale):
            watch_work(desk.kit, Job(row.id), **row.args)
    assert story.row.state == "lapsed"
    assert [kind for kind, _ in days.letters(desk.learner, *NOTICES)] == ["work_kept_until"] * 2 + [
        "work_lapsed"
    ]


def test_a_clock_that_is_put_back_a_day_tells_nobody_twice(desk, days, story):
    for at in (UNTIL - 30 * DAY, UNTIL - 7 * DAY):
        days.pass_to(at)
        days.jump(at - DAY)
        days.pass_to(at)
    days.pass_to(UNTIL, 23)
    assert len(days.letters(desk.learner, *NOTICES)) == 2
    days.pass_to(UNTIL + DAY)
    days.jump(UNTIL)
    days.pass_to(UNTIL + 3 * DAY)
    assert len(days.letters(desk.learner, *NOTICES)) == 3


@BOTH
def test_after_a_year_without_workers_the_learner_still_has_a_week(desk, days, story):
    late = day("2027-11-03")
    days.jump(late)
    assert story.row.state == "open"
    assert days.letters(desk.learner, *NOTICES) == [("work_kept_until", late)]
    assert "10 November 2027" in days.bodies("work_kept_until")[0]
    with desk.kit.read() as session:
        assert load_own(session, story.actor, story.id).kept_until == late + 7 * DAY
    days.pass_to(late + 7 * DAY, 23)
    assert story.row.state == "open"
    days.pass_to(late + 8 * DAY)
    assert story.row.state == "lapsed"


def test_a_clock_that_ran_a_year_ahead_and_was_set_right_ends_nothing(desk, days, story):
    days.jump(day("2027-11-03"))
    days.jump(day("2026-11-03"))
    jobs.call_back(desk.kit, jobs.LOOKS)
    days.pass_to(UNTIL + 60 * DAY)
    assert story.row.state == "open"  # it was told that it is kept until November 2027
    days.pass_to(day("2027-11-11"))
    assert story.row.state == "lapsed"


@BOTH
def test_a_last_word_and_the_end_never_both_win(desk, days, story):
    days.pass_to(UNTIL, 23)
    (row,) = days.waiting("watch_work")
    days.clock.move(hours=1)
    ended, saved = at_once(
        lambda: watch_work(desk.kit, Job(row.id), **row.args),
        lambda: story.write("why", "At the last moment."),
    )
    assert ended is None
    kept = [a.body for a in story.artifacts]
    if isinstance(saved, Refused):
        assert (story.row.state, kept) == ("lapsed", [])
    else:
        assert (story.row.state, kept) == ("open", ["At the last moment."])


def test_without_idle_days_nothing_lapses_until_there_are_some(desk, days, story):
    days.practice(idle_days=0)
    days.pass_to(UNTIL + 400 * DAY)
    assert story.row.state == "open"
    days.practice(idle_days=180)
    days.pass_to(UNTIL + 450 * DAY)
    assert story.row.state == "lapsed"
    assert len(days.letters(desk.learner, *NOTICES)) == 2


def test_an_ended_submission_is_looked_at_no_more(desk, days, story):
    withdraw(desk.kit, story.actor, story.id, "")
    days.pass_to(UNTIL + 60 * DAY)
    assert days.waiting("watch_work") == []
    assert days.letters(desk.learner, *NOTICES) == []


def test_a_stuck_job_s_hold_ends_with_it(desk, days, story):
    desk.world.add(
        Hold(
            public_id=public_id(),
            issuer_id=desk.micro.issuer_id,
            submission_id=story.row.id,
            subject="job",
            subject_id=desk.all(Outbox)[0].id,
            code="job_failed",
            opened_at=days.clock.now(),
        )
    )
    days.pass_to(UNTIL + DAY)
    assert story.row.state == "lapsed"
    assert desk.all(Hold, Hold.closed_at.is_(None)) == []


# ---------------------------------------------------------------- attempts used up


@pytest.fixture
def limited(desk):
    """The same, with a rubric that allows two attempts; one was scored, after the first was left."""
    policies = Policies(decision=DecisionPolicy(attempts=2))
    desk.micro = desk.world.micro_credential(replace(small_rubric(policies=policies), slug="limited"))
    for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
        desk.world.qualify(person, desk.micro)
    story = Story.begin(desk.kit, desk.actor(desk.learner), desk.micro)
    revised(desk, story)
    return story


@BOTH
def test_one_more_attempt_is_allowed_with_a_reason_and_used_once(desk, days, limited, cora):
    with pytest.raises(Refused, match="used"):
        start_next(desk.kit, limited.actor, limited.id)
    days.pass_to(days.today() + 100 * DAY)
    allow_attempt(desk.kit, cora, limited.id, "The form was hard to understand then.")
    assert limited.row.active_at == days.clock.now()
    with pytest.raises(Refused):
        allow_attempt(desk.kit, cora, limited.id, "Once more.")
    assert start_next(desk.kit, limited.actor, limited.id) == 3
    assert days.letters(desk.learner, "attempt_allowed") == [("attempt_allowed", days.today())]
    (event,) = desk.all(Event, Event.action == "submission.allow_attempt")
    assert "hard to understand" not in str(event.facts)


def test_only_a_coordinator_of_the_issuer_allows_it(desk, limited):
    for person in (desk.people.lead, desk.people.ana, desk.learner):
        with pytest.raises(NotFound):
            allow_attempt(desk.kit, desk.actor(person), limited.id, "Please.")


def test_used_up_it_lapses_like_the_rest_and_the_letter_says_whom_to_ask(desk, days, limited):
    until = days.today() + 180 * DAY
    days.pass_to(until + DAY)
    assert limited.row.state == "lapsed"
    first, _ = days.bodies("work_kept_until")
    assert "All attempts that it allows are used" in first
    assert "contact@harbor.example" in first


def test_a_result_that_falls_is_watched_again(desk, days, story):
    """A met submission is looked at no more; should its result be taken back, somebody looks again."""
    desk.submission = story.row
    with desk.kit.write() as tx:
        root = tx.lock(Submission, story.row.id)
        root.state, root.ended_at = "met", tx.now
    days.pass_to(days.today() + 40 * DAY)
    assert days.waiting("watch_work") == []
    with desk.kit.write() as tx:
        root = tx.lock(Submission, story.row.id)
        root.state, root.ended_at = "open", None
    revised(desk, story)
    assert len(days.waiting("watch_work")) == 1
    with desk.kit.read() as session:
        assert session.exec(select(Submission.active_at)).one() == days.clock.now()
    days.clock.move(seconds=timedelta(days=200).total_seconds())
    desk.run()
    assert len(days.waiting("watch_work")) == 1
