"""Rule 17: where all agreed and nothing is flagged, the rubric may let the feedback release itself."""

from dataclasses import replace

import pytest

from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.models import Attempt, Concern, Feedback, LetterRow, Submission
from reviewhub.services import release
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.ids import public_id
from reviewhub.services.release_by_rule import RELEASE
from tests.assessor.desk import WEAK
from tests.marks import BOTH
from tests.rubrics import small_rubric

AFTER = 2
SAID = "The goal names neither a figure nor a date."


@pytest.fixture
def rubric():
    return small_rubric(policies=Policies(decision=DecisionPolicy(release_after=AFTER)))


def decide(desk, levels=WEAK, other=None, **comments):
    desk.seated()
    desk.submit(desk.people.ana, levels, **comments)
    desk.submit(desk.people.ben, other or levels, **comments)
    desk.pass_undo()
    return desk.one(Feedback)


def days(desk, number):
    desk.kit.clock.move(days=number)
    desk.run()


def states(desk):
    return desk.one(Submission).state, desk.one(Attempt).state, desk.one(Feedback).state


@BOTH
def test_it_is_released_on_its_day_and_not_before(desk):
    feedback = decide(desk, goal=SAID)
    assert feedback.releases_on is not None
    days(desk, 1)
    desk.job(RELEASE, feedback_id=feedback.id)  # a clock that ran ahead may have asked too early
    desk.run()
    assert states(desk)[2] == "draft"
    days(desk, 4)
    assert states(desk) == ("revise", "released", "released")
    done = desk.one(Feedback)
    assert done.author_id is None
    assert [letter.kind for letter in desk.all(LetterRow) if letter.person_id == desk.learner.id].count(
        "feedback_released"
    ) == 1
    desk.job(RELEASE, feedback_id=done.id)
    desk.run()
    assert desk.one(Feedback).released_at == done.released_at


def test_a_flag_a_dispute_or_a_lead_s_change_leaves_it_to_a_lead(desk):
    feedback = decide(desk)
    assert feedback.items[0]["flags"] == ["no_comment"]
    assert feedback.releases_on is None


def test_a_name_in_the_words_is_flagged(desk):
    words = f"{desk.learner.name.split()[0]} names neither a figure nor a date."
    feedback = decide(desk, goal=words)
    assert "name" in feedback.items[0]["flags"]
    assert feedback.releases_on is None


def test_who_edits_it_takes_it_over(desk):
    feedback = decide(desk, goal=SAID)
    said = {i["criterion"]: release.Said(i["saw"], i["do"]) for i in feedback.items}
    said["goal"] = replace(said["goal"], saw=SAID + " Add both.")
    lead = desk.actor(desk.people.lead)
    release.save_draft(desk.kit, lead, feedback.public_id, feedback.version, said, "")
    days(desk, 10)
    assert states(desk)[2] == "draft"
    assert desk.one(Feedback).releases_on is None


@pytest.mark.parametrize("stopped", ["hold", "concern"])
def test_it_waits_while_something_is_in_the_way(desk, stopped):
    decide(desk, goal=SAID)
    coordinator = desk.actor(desk.world.person("Cora Coord", "coordinator"))
    submission = desk.one(Submission)
    if stopped == "hold":
        hold(desk.kit, coordinator, submission.public_id, "Looks copied.")
    else:
        concern = Concern(
            public_id=public_id(),
            issuer_id=submission.issuer_id,
            submission_id=submission.id,
            review_id=desk.review(desk.people.ana).id,
            kind="copying",
            raised_at=desk.kit.clock.now(),
        )
        desk.world.add(concern)
    days(desk, 10)
    assert desk.one(Feedback).state == "draft"
    if stopped == "hold":
        release_hold(desk.kit, coordinator, submission.public_id, "It is not.")
    else:
        with desk.kit.write() as tx:
            tx.session.get_one(Concern, concern.id).answered_at = tx.now
    days(desk, 4)
    assert states(desk) == ("revise", "released", "released")
