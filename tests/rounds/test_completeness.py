"""Two phases: one assessor looks whether everything is there before two people score."""

import pytest

from reviewhub.domain.rubric import EligibilityPolicy, Policies
from reviewhub.models import Attempt, Conflict, LetterRow, Review, Round, Submission
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.score import undo
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import GOOD
from tests.marks import BOTH
from tests.rubrics import small_rubric

ALL_THERE = {"plan": "there", "why": "there"}


@pytest.fixture
def rubric():
    return small_rubric(policies=Policies(eligibility=EligibilityPolicy(completeness=True)))


def check(desk, levels, **comments):
    """Evidence arrives, the one who looks hands in the check, and its undo window ends."""
    desk.seated()
    review = desk.one(Review)
    person = next(p for p in (desk.people.ana, desk.people.ben) if p.id == review.assessor_id)
    desk.submit(person, levels, **comments)
    return person


@BOTH
def test_all_there_and_the_scoring_begins(desk):
    check(desk, ALL_THERE)
    assert [r.kind for r in desk.all(Round)] == ["completeness"]
    desk.pass_undo()
    first, scoring = desk.all(Round)
    assert (first.state, scoring.kind, scoring.state, scoring.number) == ("resolved", "initial", "scoring", 2)
    assert {r.role for r in desk.all(Review, Review.round_id == scoring.id)} == {"independent"}
    desk.submit(desk.people.ana, GOOD, scoring.id)
    desk.submit(desk.people.ben, GOOD, scoring.id)
    desk.pass_undo()
    assert desk.one(Attempt).state == "decided"
    assert verify_all(desk.kit)[0]


@BOTH
def test_what_is_missing_goes_back_without_using_an_attempt(desk):
    check(desk, {**ALL_THERE, "plan": "missing"}, plan="The file is an empty page.")
    desk.pass_undo()
    attempt = desk.one(Attempt)
    assert (desk.one(Submission).state, attempt.state, attempt.number) == ("open", "needs_fix", 1)
    (letter,) = [one for one in desk.all(LetterRow) if one.kind == "evidence_given_back"]
    assert "- Plan: The file is an empty page." in letter.body
    assert "why" not in letter.body.lower().split("plan:")[1].split("everything")[0]
    assert [r.state for r in desk.all(Round)] == ["resolved"]
    assert verify_all(desk.kit)[0]


@BOTH
@pytest.mark.parametrize("plan", ["there", "missing"])
def test_whoever_looked_turns_out_to_know_the_learner(desk, plan):
    """Nothing that was scored rests on the look, so it stands; the two are kept apart from now on."""
    person = check(desk, {**ALL_THERE, "plan": plan}, plan="The last page is empty.")
    desk.pass_undo()
    before = [(r.kind, r.state) for r in desk.all(Round)]
    cora = desk.actor(desk.world.person("Cora Quist", "coordinator"))
    parted = record_conflict(
        desk.kit, cora, desk.submission.public_id, person.public_id, "They are neighbours."
    )
    assert (parted.rescored, desk.one(Conflict).assessor_id) == (0, person.id)
    assert [(r.kind, r.state) for r in desk.all(Round)][:1] == before[:1]
    seated = desk.all(Review, Review.assessor_id == person.id, Review.role == "independent")
    assert {r.state for r in seated} <= {"excluded"}
    assert verify_all(desk.kit)[0]


def test_a_name_in_the_comment_does_not_reach_the_learner(desk):
    desk.seated()
    review = desk.one(Review)
    person = next(p for p in (desk.people.ana, desk.people.ben) if p.id == review.assessor_id)
    desk.submit(person, {**ALL_THERE, "plan": "missing"}, plan=f"Ask {person.name} what is meant.")
    desk.pass_undo()
    (letter,) = [one for one in desk.all(LetterRow) if one.kind == "evidence_given_back"]
    assert person.name.split()[0] not in letter.body
    assert "The plan as a PDF." in letter.body


def test_the_check_has_the_same_undo_window(desk):
    person = check(desk, ALL_THERE)
    undo(desk.kit, desk.actor(person), desk.one(Review).public_id)
    desk.pass_undo()
    assert [r.kind for r in desk.all(Round)] == ["completeness"]
    assert desk.one(Review).state == "claimed"


def test_the_letter_says_that_others_score(desk):
    desk.seated()
    (letter,) = [one for one in desk.all(LetterRow) if one.person_id == desk.one(Review).assessor_id]
    assert letter.kind == "check_offered"
    assert "Others score it afterwards" in letter.body
