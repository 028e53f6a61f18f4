"""More time: asked for with a word, given with a reason; reminders and the promise follow the new day."""

from datetime import timedelta

import pytest

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Attempt, Event, Extension, Promise, Review
from reviewhub.services.extend import ask_extension, decline, extend
from tests.assessor.desk import GOOD
from tests.deadlines.days import DAY, day
from tests.marks import BOTH
from tests.together.at_once import at_once

WHY, REASON = "I am ill this week.", "The assessor is ill."
LATER = day("2026-11-18")


@pytest.fixture
def review(desk):
    """Due on Wednesday, 11 November."""
    return desk.all(Review, Review.round_id == desk.seated())[0]


@pytest.fixture
def person(desk, review):
    return next(p for p in vars(desk.people).values() if p.id == review.assessor_id)


def now(desk, review):
    return desk.one(Review, Review.id == review.id)


@BOTH
def test_asked_given_and_told(desk, days, cora, review, person):
    ask_extension(desk.kit, desk.actor(person), review.public_id, LATER, WHY)
    extend(desk.kit, cora, review.public_id, LATER, REASON)
    assert now(desk, review).due_on == LATER
    row = desk.one(Extension)
    assert (row.state, row.reason, row.decided_by) == ("granted", WHY, desk.people.cora.id)
    assert days.letters(person, "review_extended") == [("review_extended", days.today())]
    events = {e.action: e.facts for e in desk.all(Event) if e.action.endswith(("extend", "extension"))}
    assert events["review.extend"] | {"seat": 0} == {
        "review": review.public_id,
        "round": desk.round(review.round_id).public_id,
        "role": "independent",
        "seat": 0,
        "before": "2026-11-11",
        "day": "2026-11-18",
    }
    assert "ill" not in str(events)


@BOTH
def test_reminders_and_the_end_move_with_the_day(desk, days, cora, review, person):
    days.pass_to(day("2026-11-12"))
    extend(desk.kit, cora, review.public_id, LATER, REASON)
    days.pass_to(day("2026-11-30"))
    kinds = ("review_due_soon", "review_due_today", "review_late", "review_over")
    assert days.letters(person, *kinds) == [
        ("review_due_soon", day("2026-11-09")),
        ("review_due_today", day("2026-11-11")),
        ("review_late", day("2026-11-12")),
        ("review_due_soon", day("2026-11-16")),
        ("review_due_today", LATER),
        ("review_late", day("2026-11-19")),
        ("review_over", day("2026-11-24")),
    ]


def test_the_learner_s_promise_is_made_anew_when_it_cannot_be_kept(desk, cora, review):
    before = desk.one(Attempt).promised_on
    extend(desk.kit, cora, review.public_id, day("2026-12-09"), REASON)
    assert desk.one(Attempt).promised_on > before
    assert desk.all(Promise)[-1].reason == "extended"


def test_asking_again_replaces_what_was_asked(desk, review, person):
    for until in (LATER, LATER + DAY):
        ask_extension(desk.kit, desk.actor(person), review.public_id, until, WHY)
    assert desk.one(Extension).wanted == LATER + DAY


def test_the_day_may_stand_and_the_assessor_is_told_that_and_not_why(desk, days, cora, review, person):
    ask_extension(desk.kit, desk.actor(person), review.public_id, LATER, WHY)
    decline(desk.kit, cora, review.public_id, "The learner has waited too long.")
    assert now(desk, review).due_on == day("2026-11-11")
    (body,) = days.bodies("review_not_extended")
    assert "waited too long" not in body
    assert "Wednesday 11 November" in body
    with pytest.raises(Refused):
        decline(desk.kit, cora, review.public_id, "Again.")


@pytest.mark.parametrize(
    ("until", "why"),
    [
        (None, WHY),
        (day("2026-11-11"), WHY),
        (day("2026-11-14"), WHY),  # a Saturday
        (day("2027-02-01"), WHY),
        (LATER, "  "),
        (LATER, "x" * 501),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(desk, review, person, until, why):
    with pytest.raises(Invalid) as no:
        ask_extension(desk.kit, desk.actor(person), review.public_id, until, why)
    assert {p.field for p in no.value.problems} == {"why" if until == LATER else "until"}
    assert desk.all(Extension) == []


def test_today_is_the_issuer_s_day(desk, days, cora, review):
    """At 11:00 UTC on the 13th it is the 14th on Kiritimati."""
    days.practice(zone="Pacific/Kiritimati", week=[0, 1, 2, 3, 4, 5, 6])
    days.clock.move(seconds=(days.moment(day("2026-11-14"), 1) - days.clock.now()).total_seconds())
    assert days.clock.now().date() == day("2026-11-13")
    with pytest.raises(Invalid):
        extend(desk.kit, cora, review.public_id, day("2026-11-14"), REASON)
    extend(desk.kit, cora, review.public_id, day("2026-11-15"), REASON)


def test_only_whose_it_is_asks_and_only_a_coordinator_gives(desk, review, person):
    other = next(p for p in (desk.people.ana, desk.people.ben, desk.people.cleo) if p.id != person.id)
    for asker in (other, desk.people.lead, desk.people.cora, desk.learner):
        with pytest.raises(NotFound):
            ask_extension(desk.kit, desk.actor(asker), review.public_id, LATER, WHY)
    for giver in (person, other, desk.people.lead, desk.learner):
        for act in (
            lambda actor: extend(desk.kit, actor, review.public_id, LATER, REASON),
            lambda actor: decline(desk.kit, actor, review.public_id, REASON),
        ):
            with pytest.raises(NotFound):
                act(desk.actor(giver))


def test_what_was_handed_in_has_no_day_to_move(desk, cora, review, person):
    desk.submit(person, GOOD, review.round_id)
    with pytest.raises(Refused):
        ask_extension(desk.kit, desk.actor(person), review.public_id, LATER, WHY)
    with pytest.raises(Refused):
        extend(desk.kit, cora, review.public_id, LATER, REASON)


@BOTH
def test_two_who_give_at_once_give_one_day_after_the_other(desk, cora, review):
    dana = desk.actor(desk.people.dana)
    results = at_once(
        lambda: extend(desk.kit, cora, review.public_id, LATER, REASON),
        lambda: extend(desk.kit, dana, review.public_id, LATER, REASON),
    )
    assert sorted(type(r).__name__ for r in results) == ["Invalid", "NoneType"]
    assert now(desk, review).due_on == LATER


def test_a_request_is_of_no_use_after_the_review_has_ended(desk, days, cora, review, person):
    ask_extension(desk.kit, desk.actor(person), review.public_id, LATER, WHY)
    days.pass_to(day("2026-11-17"))
    assert now(desk, review).state == "expired"
    with pytest.raises(Refused):
        extend(desk.kit, cora, review.public_id, LATER + timedelta(7), REASON)
