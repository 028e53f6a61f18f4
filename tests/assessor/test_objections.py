"""Rule 15 on the assessors' side: doubted locks, and met that falls on the very same evidence."""

from dataclasses import replace

import pytest

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.models import (
    Artifact,
    CriterionLock,
    DecisionRow,
    Event,
    Feedback,
    LockEvidence,
    Objection,
    ResolutionRow,
    Review,
)
from reviewhub.services.object_to_lock import object_to_lock, take_back
from reviewhub.services.scope import lock_round
from reviewhub.services.seats import empty_seat
from tests.assessor.desk import GOOD, WEAK, Desk
from tests.assessor.doubting import DOUBT, both_clear, doubt, give, second_attempt
from tests.marks import BOTH
from tests.rubrics import small_rubric


def lock_of(desk, criterion="audience"):
    return desk.one(CriterionLock, CriterionLock.criterion_id == criterion)


@BOTH
def test_an_objection_sends_agreeing_sheets_to_adjudication_with_the_doubted_lock(desk):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ana)
    both_clear(desk, round_id)
    assert desk.round(round_id).state == "adjudicating"
    assert desk.round(round_id).disputed == ["audience"]
    assert lock_of(desk).lifted_at is None, "nothing changes for the learner until somebody has looked"
    with pytest.raises(Invalid):
        desk.submit(desk.people.lead, {"goal": "clear"})
    desk.submit(desk.people.lead, {"goal": "clear", "audience": "clear"})
    desk.submit(desk.people.lead, {"goal": "clear", "audience": "clear"})
    desk.pass_undo()
    assert desk.one(DecisionRow, DecisionRow.round_id == round_id).outcome == "met"
    results = {
        r.criterion_id: (r.level_id, r.rule)
        for r in desk.all(ResolutionRow, ResolutionRow.round_id == round_id)
    }
    assert results == {"goal": ("clear", "expert_final"), "audience": ("clear", "lock_stands")}
    assert desk.one(Objection).outcome == "stands"
    assert [i["criterion"] for i in desk.all(Feedback)[-1].items] == ["goal"], "the learner never hears of it"
    assert len(desk.all(CriterionLock)) == 4


def test_a_lock_that_does_not_stand_is_lifted_and_explained(desk):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ben)
    both_clear(desk, round_id)
    levels = {"goal": "clear", "audience": "vague"}
    desk.submit(desk.people.lead, levels)
    desk.submit(desk.people.lead, levels, audience="We could not find who was asked.")
    desk.pass_undo()
    decision = desk.one(DecisionRow, DecisionRow.round_id == round_id)
    assert (decision.outcome, decision.met) == ("not_yet", ["goal"])
    lock = lock_of(desk)
    assert (lock.lifted_because, lock.lifted_at is None) == ("objection", False)
    assert desk.one(Objection).outcome == "lifted"
    assert desk.one(Event, Event.action == "lock.lift").facts["criterion"] == "audience"
    items = {i["criterion"]: i for i in desk.all(Feedback)[-1].items}
    assert items["audience"]["saw"] == "We could not find who was asked."
    assert items["audience"]["do"].startswith("Clear:")
    third = desk.seated(number=3)
    desk.submit(desk.people.ana, {"audience": "clear"}, third)
    desk.submit(desk.people.ben, {"audience": "clear"}, third)
    desk.pass_undo()
    assert desk.one(DecisionRow, DecisionRow.round_id == third).outcome == "met"


def test_an_objection_beside_a_dispute_is_decided_with_it(desk):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ana)
    desk.submit(desk.people.ana, {"goal": "clear"}, round_id)
    desk.submit(desk.people.ben, {"goal": "vague"}, round_id)
    desk.pass_undo()
    assert desk.round(round_id).disputed == ["goal", "audience"]


def test_an_objection_taken_back_or_of_a_sheet_that_never_came_is_dropped(desk, world):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ana)
    desk.submit(desk.people.ana, {"goal": "clear"}, round_id)
    take_back(desk.kit, desk.actor(desk.people.ana), desk.review(desk.people.ana).public_id, "audience")
    doubt(desk, desk.people.ben, "honest")
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    with desk.kit.write() as tx:
        scope = lock_round(tx, round_id)
        gone = tx.session.get_one(Review, desk.review(desk.people.ben).id)
        empty_seat(tx, scope.submission, scope.round, gone, SYSTEM, Action.TAKE_AWAY, "")
    desk.run()
    desk.submit(cara, {"goal": "clear"}, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "resolved"
    assert {o.outcome for o in desk.all(Objection)} == {"dropped"}


def test_whoever_takes_it_back_may_raise_it_again_but_not_once_the_sheet_is_in(desk):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ana)
    pid = desk.review(desk.people.ana).public_id
    take_back(desk.kit, desk.actor(desk.people.ana), pid, "audience")
    with pytest.raises(NotFound):
        take_back(desk.kit, desk.actor(desk.people.ana), pid, "audience")
    doubt(desk, desk.people.ana, reason="Another reason.")
    assert [(o.outcome, o.reason) for o in desk.all(Objection)] == [("", "Another reason.")]
    desk.submit(desk.people.ana, {"goal": "clear"}, round_id)
    with pytest.raises(Refused):
        doubt(desk, desk.people.ana, "honest")
    desk.kit.clock.move(seconds=desk.kit.settings.undo_seconds)
    with pytest.raises(Refused):
        take_back(desk.kit, desk.actor(desk.people.ana), pid, "audience")


def test_only_locked_criteria_of_ones_own_review_and_only_with_a_reason(desk):
    second_attempt(desk)
    ana, ben = desk.people.ana, desk.people.ben
    with pytest.raises(Invalid) as wrong:
        doubt(desk, ana, reason="  ")
    assert wrong.value.problems[0].field == "doubt-audience"
    for person, pid, criterion in [
        (ana, desk.review(ana).public_id, "goal"),
        (ana, desk.review(ben).public_id, "audience"),
        (desk.people.lead, desk.review(ben).public_id, "audience"),
    ]:
        with pytest.raises(NotFound):
            object_to_lock(desk.kit, desk.actor(person), pid, criterion, DOUBT)
    assert desk.all(Objection) == []


def test_an_adjudicator_does_not_object_but_decides(desk):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ana)
    both_clear(desk, round_id)
    with pytest.raises(Refused):
        doubt(desk, desk.people.lead, "honest")
    with pytest.raises(Invalid):
        desk.submit(desk.people.lead, {"goal": "clear", "audience": "clear", "honest": "yes"})


def test_the_reason_stays_out_of_the_record_that_coordinators_read(desk):
    second_attempt(desk)
    doubt(desk, desk.people.ana)
    event = desk.one(Event, Event.action == "review.object")
    assert event.facts["criterion"] == "audience"
    assert DOUBT not in str(event.facts)
    assert event.commitment == ""
    assert desk.one(Objection).reason == DOUBT


# ---------------------------------------------------------------- what a lock rests on


def test_a_lock_rests_on_the_evidence_that_its_criterion_looks_at(desk):
    desk.arrive()
    give(desk, 1, plan="aa", why="Because.")
    desk.run()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    names = {a.id: a.requirement_id for a in desk.all(Artifact)}
    rests = {}
    with desk.kit.read() as session:
        for row in session.exec(LockEvidence.__table__.select()).all():
            lock = session.get_one(CriterionLock, row.lock_id)
            rests.setdefault(lock.criterion_id, []).append(names[row.artifact_id])
    assert rests == {"audience": ["plan"], "respect": ["plan"], "honest": ["why"]}


# ---------------------------------------------------------------- rubrics without locks


@pytest.fixture
def open_desk(world, desk):
    """The same house with a rubric that locks nothing."""
    rubric = small_rubric(policies=Policies(decision=DecisionPolicy(locks=False)))
    micro = world.micro_credential(replace(rubric, slug="open"))
    for person in (desk.people.ana, desk.people.ben):
        world.qualify(person, micro)
    return Desk(world, micro, desk.learner, desk.people)


def attempts(desk, first, second, levels):
    """Attempt 1 with the goal not met, released; attempt 2 with these pieces and levels."""
    desk.arrive()
    give(desk, 1, **first)
    desk.run()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    feedback = desk.one(Feedback)
    with desk.kit.write() as tx:
        row = tx.session.get_one(Feedback, feedback.id)
        row.state, row.released_at = "released", tx.now
    round_id = desk.arrive(number=2)
    give(desk, 2, **second)
    desk.run()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, levels, round_id)
    desk.pass_undo()
    return round_id


SAME = {"plan": "aa", "why": "Because."}
FELL = {**GOOD, "audience": "vague"}


@BOTH
def test_met_that_falls_on_unchanged_evidence_is_adjudicated_though_both_agree(open_desk):
    round_id = attempts(open_desk, SAME, SAME, FELL)
    assert open_desk.round(round_id).state == "adjudicating"
    assert open_desk.round(round_id).disputed == ["audience"]
    for _ in range(2):
        open_desk.submit(open_desk.people.lead, FELL)
    open_desk.pass_undo()
    assert open_desk.one(DecisionRow, DecisionRow.round_id == round_id).outcome == "not_yet"


@pytest.mark.parametrize(
    ("second", "levels"),
    [({**SAME, "plan": "bb"}, FELL), (SAME, GOOD), (SAME, {**GOOD, "goal": "vague"})],
    ids=["other evidence", "nothing fell", "was not met before"],
)
def test_otherwise_agreement_decides(open_desk, second, levels):
    round_id = attempts(open_desk, SAME, second, levels)
    assert open_desk.round(round_id).state == "resolved"
