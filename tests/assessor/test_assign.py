from datetime import date, timedelta

import pytest

from reviewhub import jobs
from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.rubric import EligibilityPolicy, Policies
from reviewhub.models import (
    Alias,
    Conflict,
    LetterRow,
    Membership,
    Outbox,
    Qualification,
    Review,
)
from reviewhub.services import alias
from reviewhub.services.scope import lock_round
from reviewhub.services.seats import empty_seat
from tests.assessor.desk import GOOD
from tests.marks import BOTH
from tests.rubrics import small_rubric


def change(world, row, **values):
    with world.kit.write() as tx:
        stored = tx.session.get_one(type(row), row.id)
        for name, value in values.items():
            setattr(stored, name, value)


@BOTH
def test_two_assessors_are_seated_told_and_given_a_day(desk):
    round_id = desk.seated()
    reviews = desk.all(Review, Review.round_id == round_id)
    assert {r.assessor_id for r in reviews} == {desk.people.ana.id, desk.people.ben.id}
    assert [r.seat for r in reviews] == [1, 2]
    assert {r.due_on for r in reviews} == {date(2026, 11, 11)}
    assert all("2 eligible" in r.why for r in reviews)
    assert desk.round(round_id).state == "scoring"
    assert ("round.seated", "waiting", "scoring") in desk.actions()


def test_letters_name_an_alias_and_a_day_and_nobody(desk):
    desk.seated()
    letters = desk.all(LetterRow, LetterRow.kind == "review_offered")
    assert {row.to for row in letters} == {desk.people.ana.email, desk.people.ben.email}
    aliases = {a.viewer_id: a for a in desk.all(Alias)}
    for row in letters:
        text = row.subject + row.body
        assert aliases[row.person_id].name in text
        assert aliases[row.person_id].case_ref in text
        assert "Wednesday 11 November" in text
        assert "Lee" not in text
        assert desk.learner.email not in text
        assert "09:" not in text


def test_each_viewer_has_words_of_their_own_for_one_submission(desk):
    desk.seated()
    first, second = desk.all(Alias)
    assert first.case_ref != second.case_ref
    assert not set("01OIL") & set((first.case_ref + second.case_ref).replace("-", ""))


def test_a_second_attempt_keeps_the_viewers_words(desk):
    desk.seated()
    names = {a.name for a in desk.all(Alias)}
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, {**GOOD, "goal": "vague"})
    desk.pass_undo()
    desk.seated(number=2)
    assert {a.name for a in desk.all(Alias)} == names


def ineligible(world, desk, why):
    """Ben, made ineligible in one of the ways."""
    ben, now = desk.people.ben, world.kit.clock.now()
    qualification = desk.one(Qualification, Qualification.person_id == ben.id)
    here = {"person_id": ben.id, "issuer_id": desk.micro.issuer_id, "granted_at": now}
    match why:
        case "coordinator":
            world.add(Membership(role="coordinator", **here))
        case "was manager":
            world.add(Membership(role="manager", ended_at=now, **here))
        case "conflict":
            world.add(
                Conflict(
                    issuer_id=desk.micro.issuer_id,
                    assessor_id=ben.id,
                    learner_id=desk.learner.id,
                    kind="recorded",
                    recorded_by=ben.id,
                    recorded_at=now,
                )
            )
        case "revoked":
            change(world, qualification, revoked_at=now)
        case "expired":
            change(world, qualification, until_at=now)
        case "not yet":
            change(world, qualification, from_at=now + timedelta(seconds=1))
        case "full":
            change(world, ben, load_cap=0)
        case "unverified":
            change(world, ben, verified_at=None)
        case "left":
            change(world, desk.one(Membership, Membership.person_id == ben.id), ended_at=now)


BARS = {
    "coordinator": "may know who the learner is",
    "was manager": "may know who the learner is",
    "conflict": "a conflict with this learner is recorded",
    "revoked": "not qualified for this micro-credential",
    "expired": "not qualified for this micro-credential",
    "not yet": "not qualified for this micro-credential",
    "full": "has as much work as the cap allows",
    "unverified": "not active",
    "left": "Of 1 person",
}


@BOTH
@pytest.mark.parametrize("why", BARS)
def test_who_may_not_score_is_not_asked_and_the_round_says_why(world, desk, why):
    ineligible(world, desk, why)
    round_id = desk.seated()
    assert [r.assessor_id for r in desk.all(Review)] == [desk.people.ana.id]
    round_ = desk.round(round_id)
    assert round_.state == "waiting"
    assert round_.waits_for.startswith("1 seat is empty")
    assert BARS[why] in round_.waits_for


def test_a_learner_who_assesses_elsewhere_does_not_score_their_own(world, desk):
    round_id = desk.seated(learner=desk.people.ben)
    assert [r.assessor_id for r in desk.all(Review)] == [desk.people.ana.id]
    assert "is the learner" in desk.round(round_id).waits_for


def test_where_the_rubric_asks_for_no_qualification_every_assessor_may(world, desk):
    rubric = small_rubric(policies=Policies(eligibility=EligibilityPolicy(qualification=False)))
    other = world.issuer("other", "Other")
    desk.micro = world.micro_credential(rubric, issuer=other)
    for name in ("Cara Dunn", "Dev Rao"):
        world.person(name, "assessor", issuer=other)
    round_id = desk.seated()
    assert desk.round(round_id).state == "scoring"


def test_an_empty_seat_is_looked_at_again_within_the_hour_and_asked_for_once(world, desk):
    ineligible(world, desk, "full")
    round_id = desk.seated()
    again = desk.all(Outbox, Outbox.job == "fill_seats", Outbox.due_at > world.kit.clock.now())
    assert len(again) == 1
    jobs.JOBS["fill_seats"](desk.kit, desk.job("fill_seats", round_id=round_id), round_id=round_id)
    assert len(desk.all(Outbox, Outbox.job == "fill_seats", Outbox.due_at > world.kit.clock.now())) == 1
    change(world, desk.people.ben, load_cap=20)
    world.kit.clock.move(hours=1)
    desk.run()
    assert desk.round(round_id).state == "scoring"
    assert desk.round(round_id).waits_for == ""


def test_a_seat_that_stays_empty_for_weeks_is_looked_at_once_a_day(world, desk):
    ineligible(world, desk, "full")
    round_id = desk.seated()
    begins = world.kit.clock.now()
    for _ in range(30 * 24):
        world.kit.clock.move(hours=1)
        desk.run()
    assert 30 <= len(desk.all(Outbox, Outbox.job == "fill_seats", Outbox.due_at > begins)) < 30 + 30
    change(world, desk.people.ben, load_cap=20)
    world.kit.clock.move(hours=24)
    desk.run()
    assert desk.round(round_id).state == "scoring"


def test_load_counts_open_reviews_everywhere(world, desk):
    other = world.micro_credential(issuer=world.issuer("other", "Other"))
    here = {"person_id": desk.people.ana.id, "issuer_id": other.issuer_id}
    world.add(Membership(role="assessor", granted_at=world.kit.clock.now(), **here))
    world.qualify(desk.people.ana, other)
    mine, desk.micro = desk.micro, other
    desk.seated()
    assert [r.assessor_id for r in desk.all(Review)] == [desk.people.ana.id]
    desk.micro = mine
    (cara,) = world.assessors(mine, "Cara Dunn")
    round_id = desk.seated(learner=world.person("Lou Learner"))
    assert {r.assessor_id for r in desk.all(Review, Review.round_id == round_id)} == {
        desk.people.ben.id,
        cara.id,
    }


def test_a_held_or_ended_submission_gets_nobody(world, desk):
    round_id = desk.arrive()
    change(world, desk.submission, state="held", held_from="under_review")
    desk.run()
    assert desk.all(Review) == []
    assert desk.round(round_id).state == "waiting"


def empty(desk, round_id, person, action=Action.TAKE_AWAY, actor=SYSTEM, reason=""):
    with desk.kit.write() as tx:
        scope = lock_round(tx, round_id)
        review = tx.session.get_one(Review, desk.review(person, round_id).id)
        empty_seat(tx, scope.submission, scope.round, review, actor, action, reason)


@BOTH
def test_an_emptied_seat_goes_to_somebody_new_and_the_draft_is_kept(world, desk):
    round_id = desk.seated()
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    empty(desk, round_id, desk.people.ana)
    assert desk.round(round_id).state == "waiting"
    desk.run()
    assert desk.review(cara, round_id).seat == desk.review(desk.people.ana, round_id).seat
    assert desk.review(desk.people.ana, round_id).state == "released"
    assert desk.round(round_id).state == "scoring"


def test_whoever_left_a_seat_is_not_asked_again(desk):
    round_id = desk.seated()
    empty(desk, round_id, desk.people.ana)
    desk.run()
    assert desk.round(round_id).state == "waiting"
    assert "has or had a seat in this round" in desk.round(round_id).waits_for


def test_names_do_not_repeat_for_one_viewer(world, desk, monkeypatch):
    monkeypatch.setattr(alias, "ADJECTIVES", ("Calm",))
    monkeypatch.setattr(alias, "BIRDS", ("Heron", "Owl", "Tern", "Wigeon"))
    for n in range(3):
        desk.seated(learner=world.person(f"Learner {n}"))
    for person in (desk.people.ana, desk.people.ben):
        assert len({a.name for a in desk.all(Alias, Alias.viewer_id == person.id)}) == 3


def test_a_person_without_an_address_is_seated_without_a_letter(world, desk):
    change(world, desk.people.ana, email=None)
    desk.seated()
    assert len(desk.all(Review)) == 2
    assert len(desk.all(LetterRow, LetterRow.kind == "review_offered")) == 1
