"""One person, two windows, the same instant."""

from sqlmodel import select

from reviewhub.models import Alias, Feedback, LetterRow, Review, Submission
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.name_cases import name_cases
from reviewhub.services.next_attempt import start_next
from reviewhub.services.release import Said, release
from reviewhub.services.start import start
from reviewhub.services.withdraw import withdraw
from tests.assessor.desk import WEAK
from tests.marks import BOTH
from tests.together.at_once import at_once


def decided(desk):
    """Scored; the feedback waits for a lead."""
    round_id = desk.seated()
    for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
        if desk.all(Review, Review.round_id == round_id, Review.assessor_id == person.id):
            desk.submit(person, WEAK, round_id)
    desk.pass_undo()
    return desk.one(Feedback)


def said(feedback):
    return {item["criterion"]: Said("What we saw.", "What to do.") for item in feedback.items}


@BOTH
def test_a_lead_opens_the_list_twice_and_both_windows_show_it(desk):
    """Looking makes the names: nobody is told that somebody was faster for having looked."""
    feedback, lena = decided(desk), desk.actor(desk.people.lead)
    for _ in range(5):
        with desk.kit.write() as tx:
            for alias in tx.session.exec(select(Alias).where(Alias.viewer_id == lena.person_id)):
                tx.session.delete(alias)
        results = at_once(*[lambda: name_cases(desk.kit, lena, [feedback.public_id])] * 4)
        assert results == [None] * 4
        assert len(desk.all(Alias, Alias.viewer_id == lena.person_id)) == 1


@BOTH
def test_a_double_click_on_release_gives_one_feedback_and_one_letter(desk):
    feedback, lena = decided(desk), desk.actor(desk.people.lead)
    give = [
        lambda: release(desk.kit, lena, feedback.public_id, feedback.version, said(feedback), "Thank you.")
    ] * 3
    results = at_once(*give)
    assert results.count(None) == 1
    assert {type(r).__name__ for r in results if r} <= {"Refused", "Stale"}
    assert len(desk.all(LetterRow, LetterRow.kind == "feedback_released")) == 1


@BOTH
def test_a_release_and_a_withdrawal_never_both_happen(desk):
    feedback, lena, lee = decided(desk), desk.actor(desk.people.lead), desk.actor(desk.learner)
    pid = desk.submission.public_id
    released, _ = at_once(
        lambda: release(desk.kit, lena, feedback.public_id, feedback.version, said(feedback), "Thank you."),
        lambda: withdraw(desk.kit, lee, pid, ""),
    )
    submission = desk.one(Submission, Submission.public_id == pid)
    assert submission.state == "withdrawn"
    state = desk.one(Feedback).state
    assert state == ("draft" if released else "released")


@BOTH
def test_a_hold_and_a_release_never_both_count(desk, cora):
    feedback, lena = decided(desk), desk.actor(desk.people.lead)
    pid = desk.submission.public_id
    released, held = at_once(
        lambda: release(desk.kit, lena, feedback.public_id, feedback.version, said(feedback), "Thank you."),
        lambda: hold(desk.kit, cora, pid, "A question came up."),
    )
    submission = desk.one(Submission, Submission.public_id == pid)
    assert held is None
    assert submission.state == "held"
    assert submission.held_from == ("under_review" if released else "revise")


@BOTH
def test_the_next_attempt_is_opened_once(desk):
    feedback, lena, lee = decided(desk), desk.actor(desk.people.lead), desk.actor(desk.learner)
    release(desk.kit, lena, feedback.public_id, feedback.version, said(feedback), "Thank you.")
    pid = desk.submission.public_id
    results = at_once(*[lambda: start_next(desk.kit, lee, pid)] * 3)
    assert results.count(2) == 1


@BOTH
def test_two_starts_at_once_are_one_submission(desk):
    noor = desk.actor(desk.world.person("Noor Learner"))
    results = at_once(*[lambda: start(desk.kit, noor, "harbor", desk.micro.slug)] * 4)
    assert len(set(results)) == 1


@BOTH
def test_a_hold_is_released_once(desk, cora):
    desk.seated()
    pid = desk.submission.public_id
    hold(desk.kit, cora, pid, "A question came up.")
    results = at_once(*[lambda: release_hold(desk.kit, cora, pid, "It is answered.")] * 3)
    assert results.count(None) == 1
    assert {type(r).__name__ for r in results if r} == {"Refused"}
