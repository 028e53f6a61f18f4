"""Rule 18: one question, relayed without names; and an appeal, a fresh round by others."""

from datetime import timedelta

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Appeal, Attempt, Feedback, Issuer, LetterRow, Question, Review, Round, Submission
from reviewhub.services import release
from reviewhub.services.answer_question import answer_question
from reviewhub.services.appeal import appeal
from reviewhub.services.ask_question import ask_question
from reviewhub.services.next_attempt import start_next
from reviewhub.services.verify_audit import verify_all
from reviewhub.services.withdraw import withdraw
from tests.assessor.desk import WEAK
from tests.marks import BOTH

GROUNDS = "The figure stands on page 2, and was not seen."


@pytest.fixture
def told(desk):
    """A desk whose learner has feedback on attempt 1: all met but the goal."""
    desk.seated()
    desk.submit(desk.people.ana, WEAK, goal="The goal names no figure and no date.")
    desk.submit(desk.people.ben, WEAK)
    desk.pass_undo()
    let_go(desk)
    return desk


def let_go(desk):
    feedback = desk.one(Feedback, Feedback.state == "draft")
    said = {i["criterion"]: release.Said(i["saw"] or "Seen.", i["do"] or "") for i in feedback.items}
    release.release(
        desk.kit, desk.actor(desk.people.lead), feedback.public_id, feedback.version, said, "Nearly."
    )
    desk.run()


def learner(desk):
    return desk.actor(desk.learner)


def state(desk):
    return desk.one(Submission).state, desk.one(Attempt).state


def more_assessors(desk):
    return desk.world.assessors(desk.micro, "Cem Kaya", "Dana Ruiz")


@BOTH
def test_a_fresh_round_by_others_scores_only_what_was_not_met(told):
    cem, dana = more_assessors(told)
    appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)
    assert state(told) == ("under_review", "submitted")
    told.run()
    first, fresh = told.all(Round)
    assert (fresh.kind, fresh.number, fresh.state) == ("appeal", 2, "scoring")
    assert {r.assessor_id for r in told.all(Review, Review.round_id == fresh.id)} == {cem.id, dana.id}
    told.submit(cem, {"goal": "clear"})
    told.submit(dana, {"goal": "clear"})
    told.pass_undo()
    assert state(told) == ("under_review", "decided")
    let_go(told)
    assert state(told) == ("met", "released")
    done = told.one(Appeal)
    assert (done.outcome, done.ended_at) == ("changed", told.kit.clock.now())
    assert [f.state for f in told.all(Feedback)] == ["released", "released"]
    assert verify_all(told.kit)[0]
    assert first.state == "resolved"


def test_the_same_result_leaves_everything_as_it_was(told):
    cem, dana = more_assessors(told)
    appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)
    told.run()
    for person in (cem, dana):
        told.submit(person, {"goal": "vague"})
    told.pass_undo()
    let_go(told)
    assert state(told) == ("revise", "released")
    assert told.one(Appeal).outcome == "confirmed"
    with pytest.raises(Refused):
        appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)
    assert start_next(told.kit, learner(told), told.submission.public_id) == 2


def test_nobody_of_the_first_round_is_asked_even_if_nobody_else_is_there(told):
    appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)
    told.run()
    fresh = told.one(Round, Round.kind == "appeal")
    assert fresh.state == "waiting"
    assert fresh.waits_for
    assert told.all(Review, Review.round_id == fresh.id) == []


def test_grounds_are_needed_and_go_to_coordinators_alone(told):
    for grounds in ("  ", "x" * 3_001):
        with pytest.raises(Invalid) as wrong:
            appeal(told.kit, learner(told), told.submission.public_id, grounds)
        assert wrong.value.problems[0].field == "grounds"
    told.world.person("Cora Coord", "coordinator")
    more_assessors(told)
    appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)
    told.run()
    letters = told.all(LetterRow)
    assert not [one for one in letters if "page 2" in one.body]
    assert {one.kind for one in letters} >= {"appeal_received", "appeal_opened"}


def test_only_in_time_and_only_one_s_own(told):
    with pytest.raises(NotFound):
        appeal(told.kit, told.actor(told.people.ana), told.submission.public_id, GROUNDS)
    days = told.one(Issuer, Issuer.id == told.submission.issuer_id).appeal_days
    told.kit.clock.move(days=3 * days)
    with pytest.raises(Refused):
        appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)


def test_not_after_the_next_attempt_has_begun_nor_twice_at_once(told):
    start_next(told.kit, learner(told), told.submission.public_id)
    with pytest.raises((Refused, NotFound)):
        appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)


def test_no_next_attempt_while_the_appeal_runs_and_withdrawing_ends_both(told):
    appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)
    with pytest.raises(Refused):
        appeal(told.kit, learner(told), told.submission.public_id, GROUNDS)
    with pytest.raises(Refused):
        start_next(told.kit, learner(told), told.submission.public_id)
    withdraw(told.kit, learner(told), told.submission.public_id, "")
    assert state(told) == ("withdrawn", "withdrawn")
    assert told.one(Appeal).outcome == "dropped"
    assert told.one(Feedback).state == "released"


def test_one_question_is_relayed_and_answered(told):
    pid = told.submission.public_id
    ask_question(told.kit, learner(told), pid, 1, " Which goal do you mean? ")
    with pytest.raises(Refused) as twice:
        ask_question(told.kit, learner(told), pid, 1, "And another?")
    assert twice.value.code == "asked"
    row = told.one(Question)
    assert row.text == "Which goal do you mean?"
    lead = told.actor(told.people.lead)
    answer_question(told.kit, lead, row.public_id, "The first one, on page 1.")
    with pytest.raises(Refused):
        answer_question(told.kit, lead, row.public_id, "Or the second.")
    told.run()
    with told.kit.read() as session:
        kinds = session.exec(select(LetterRow.kind, LetterRow.person_id)).all()
    assert ("question_came", told.people.lead.id) in kinds
    assert ("question_answered", told.learner.id) in kinds
    assert told.one(Question).answer == "The first one, on page 1."
    assert verify_all(told.kit)[0]


@pytest.mark.parametrize("text", ["", "x" * 2_001, "I am Lee and do not understand."])
def test_a_question_that_cannot_be_relayed_says_why(told, text):
    with pytest.raises(Invalid) as wrong:
        ask_question(told.kit, learner(told), told.submission.public_id, 1, text)
    assert wrong.value.problems[0].field == "question"


def test_an_answer_names_nobody_and_is_a_lead_s(told):
    ask_question(told.kit, learner(told), told.submission.public_id, 1, "Which goal?")
    pid = told.one(Question).public_id
    with pytest.raises(Invalid):
        answer_question(told.kit, told.actor(told.people.lead), pid, "The first. Best, Lena")
    with pytest.raises(NotFound):
        answer_question(told.kit, told.actor(told.people.ana), pid, "The first.")


def test_a_question_in_time_stops_the_count_until_it_is_answered(told):
    pid, days = told.submission.public_id, timedelta(days=13)
    told.kit.clock.move(days=10)
    ask_question(told.kit, learner(told), pid, 1, "Which goal?")
    told.kit.clock.move(days=60)
    answer_question(told.kit, told.actor(told.people.lead), told.one(Question).public_id, "The first.")
    told.kit.clock.move(days=days.days)
    appeal(told.kit, learner(told), pid, GROUNDS)
    assert state(told) == ("under_review", "submitted")
