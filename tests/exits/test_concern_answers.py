"""Beside carrying on, a concern is answered by giving the evidence back, or by holding the submission."""

import pytest
from sqlmodel import col

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.errors import Invalid, Refused
from reviewhub.models import Artifact, Attempt, Concern, Event, FileGrant, Outbox, Round, Submission
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.arrive import arrive
from reviewhub.services.coordinated import facts_of
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.hold import release_hold
from reviewhub.services.own_work import latest_attempt, rubric_of
from tests.assessor.desk import GOOD, WEAK
from tests.exits.seats import concern, letters, piece, seated, two
from tests.marks import BOTH
from tests.together.at_once import at_once


@BOTH
def test_given_back_it_is_the_same_attempt_and_costs_nothing(desk, cora, round_id):
    first, second, _ = two(desk, round_id)
    said = concern(desk, first, round_id)
    desk.submit(second, GOOD, round_id)
    answer = Answer("given_back", "It went back to be mended.", "The plan shows a name: cover it.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    desk.run()
    attempt = desk.one(Attempt)
    assert (attempt.state, attempt.number, attempt.submitted_at) == ("needs_fix", 1, None)
    assert desk.one(Submission).state == "open"
    assert desk.round(round_id).state == "void"
    assert seated(desk, round_id) == {}
    (letter,) = letters(desk, "evidence_given_back")
    assert letter.to == desk.learner.email
    assert "cover it" in letter.body
    assert "does not count as an attempt" in letter.body
    assert {row.to for row in letters(desk, "review_over")} == {first.email, second.email}
    assert desk.one(Concern).mend == "The plan shows a name: cover it."


def test_what_the_learner_reads_names_no_assessor(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    for mend in (f"{first.name} could not open it.", f"As {first.email} says."):
        with pytest.raises(Invalid) as wrong:
            answer_concern(desk.kit, cora, said.public_id, Answer("given_back", "It went back.", mend))
        assert {problem.field for problem in wrong.value.problems} == {"mend", "gives_away"}
    with pytest.raises(Invalid) as wrong:
        answer_concern(desk.kit, cora, said.public_id, Answer("given_back", "It went back.", " "))
    assert {problem.field for problem in wrong.value.problems} == {"mend"}


def test_sent_again_it_gets_a_fresh_round(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answer = Answer("given_back", "It went back.", "Cover the name.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    with desk.kit.write() as tx:
        root = tx.lock(Submission, desk.submission.id)
        attempt = latest_attempt(tx, root)
        attempt.state = "checking"  # as the learner's sending and the checks leave it
        tx.move(root, attempt, Action.PASSED, SYSTEM, facts_of(root))
        arrive(tx, root, attempt, SYSTEM, rubric_of(tx, root))
    desk.run()
    old, new = desk.all(Round)
    assert [(r.number, r.state) for r in (old, new)] == [(1, "void"), (2, "scoring")]
    assert old.attempt_id == new.attempt_id
    for person in two(desk, new.id)[:2]:
        assert desk.review(person, new.id).draft == {}
        desk.submit(person, WEAK, new.id)
    desk.pass_undo()
    assert desk.round(new.id).state == "resolved"


def test_after_a_result_nothing_is_given_back(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    with desk.kit.write() as tx:
        tx.session.get_one(Round, round_id).kind = "appeal"
    with pytest.raises(Refused):
        answer_concern(desk.kit, cora, said.public_id, Answer("given_back", "No.", "No."))
    assert desk.one(Concern).answered_at is None


def test_a_piece_that_was_seen_can_be_taken_out_and_stays_on_record(desk, cora, round_id):
    """The rows go; the record keeps whom they were shown to, and the concern keeps its words."""
    first, *_ = two(desk, round_id)
    plan = piece(desk, sha256="f" * 64)
    desk.world.add(FileGrant(person_id=first.id, artifact_id=plan.id, granted_at=desk.kit.clock.now()))
    said = concern(desk, first, round_id, "name_shown", "The last page is signed.", piece=1)
    answer = Answer("given_back", "It went back.", "Cover the signature.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    remove_artifact(desk.kit, desk.actor(desk.learner), desk.submission.public_id, plan.public_id)
    assert desk.all(Artifact, Artifact.id == plan.id) == []
    row = desk.one(Concern)
    assert (row.artifact_id, row.note) == (None, "The last page is signed.")
    (gone,) = desk.all(Event, Event.action == "artifact.removed")
    assert gone.facts == {"artifact": plan.public_id, "sha256": "f" * 64, "opened_by": [first.id]}


def test_held_it_waits_for_the_coordinator_and_then_goes_on(desk, cora, round_id):
    first, second, _ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answer_concern(desk.kit, cora, said.public_id, Answer("held", "We look into it."))
    assert desk.one(Submission).state == "held"
    desk.submit(first, GOOD, round_id)
    desk.submit(second, GOOD, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "scoring"
    release_hold(desk.kit, cora, desk.submission.public_id, "It is their own work.")
    desk.run()
    assert desk.round(round_id).state == "resolved"


@pytest.mark.parametrize("let_go_first", [True, False])
def test_what_was_held_can_still_be_given_back(desk, cora, round_id, let_go_first):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answer_concern(desk.kit, cora, said.public_id, Answer("held", "We look into it."))
    if let_go_first:
        release_hold(desk.kit, cora, desk.submission.public_id, "It is clear now.")
    answer = Answer("given_back", "It went back.", "Say which words are not yours.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    assert desk.one(Submission).state == "open"
    assert desk.one(Attempt).state == "needs_fix"
    with pytest.raises(Refused):
        answer_concern(desk.kit, cora, said.public_id, answer)


@BOTH
def test_it_is_answered_once_and_given_back_once(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answers = [
        Answer("given_back", "It went back.", "Cover it."),
        Answer("carry_on", "Go on."),
        Answer("held", "Wait."),
    ]
    results = at_once(
        *(lambda one=one: answer_concern(desk.kit, cora, said.public_id, one) for one in answers)
    )
    # A hold that came first may still become a return; nothing else follows an answer.
    outcome = desk.one(Concern).outcome
    assert results.count(None) == 1 or outcome == "given_back"
    assert (
        desk.one(Submission).state
        == {"given_back": "open", "carry_on": "under_review", "held": "held"}[outcome]
    )
    open_jobs = desk.all(Outbox, col(Outbox.stuck_at).is_not(None))
    assert open_jobs == []
