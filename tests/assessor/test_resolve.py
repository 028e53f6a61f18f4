from dataclasses import replace

import pytest
from sqlmodel import col

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.audit import first_broken
from reviewhub.domain.errors import Refused, Stale
from reviewhub.models import (
    Attempt,
    CriterionLock,
    DecisionRow,
    Event,
    Feedback,
    Hold,
    LetterRow,
    Outbox,
    ResolutionRow,
    Review,
    Scoresheet,
    Submission,
)
from reviewhub.services import score
from reviewhub.services.assign import fill_seats
from reviewhub.services.exclude import declare_known
from reviewhub.services.kit import Job
from reviewhub.services.resolve import resolve_round
from reviewhub.services.scope import lock_round
from reviewhub.services.seats import empty_seat
from tests.assessor.desk import GOOD, WEAK
from tests.chain import links
from tests.marks import BOTH


def both_in(desk, first=None, second=None, **comments):
    desk.submit(desk.people.ana, first or GOOD, **comments)
    desk.submit(desk.people.ben, second or GOOD)


@BOTH
def test_agreement_becomes_a_decision_locks_and_a_draft_in_one_go(desk):
    round_id = desk.seated()
    both_in(desk, WEAK, WEAK, goal="Say by which date it should be reached.")
    desk.pass_undo()
    assert {r.state for r in desk.all(Review)} == {"final"}
    assert desk.round(round_id).state == "resolved"
    assert {(r.criterion_id, r.level_id, r.rule) for r in desk.all(ResolutionRow)} == {
        (cid, level, "same") for cid, level in WEAK.items()
    }
    decision = desk.one(DecisionRow)
    assert (decision.outcome, decision.met) == ("not_yet", ["audience", "respect", "honest"])
    assert {lock.criterion_id for lock in desk.all(CriterionLock)} == {"audience", "respect", "honest"}
    assert desk.one(Attempt).state == "decided"
    feedback = desk.one(Feedback)
    assert feedback.state == "draft"
    assert feedback.items[0]["saw"] == "Say by which date it should be reached."
    assert feedback.items[0]["do"].startswith("Clear:")


def test_nothing_happens_before_both_undo_windows_are_past(desk):
    round_id = desk.seated()
    desk.submit(desk.people.ana)
    desk.kit.clock.move(seconds=200)
    desk.submit(desk.people.ben)
    desk.kit.clock.move(seconds=100)
    desk.run()
    assert desk.round(round_id).state == "scoring"
    assert {r.state for r in desk.all(Review)} == {"submitted"}
    desk.kit.clock.move(seconds=200)
    desk.run()
    assert desk.round(round_id).state == "resolved"


def test_an_undone_sheet_does_not_count(desk):
    round_id = desk.seated()
    both_in(desk)
    score.undo(desk.kit, desk.actor(desk.people.ben), desk.review(desk.people.ben).public_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "scoring"
    desk.submit(desk.people.ben, WEAK)
    desk.pass_undo()
    assert desk.round(round_id).state == "adjudicating"
    assert desk.round(round_id).disputed == ["goal"]


def disputed(desk):
    round_id = desk.seated()
    desk.submit(desk.people.ana, GOOD, goal="There is a figure.")
    desk.submit(desk.people.ben, WEAK, goal="There is no date.")
    desk.pass_undo()
    return round_id


@BOTH
def test_a_dispute_goes_to_a_lead_who_scores_blind_first(desk):
    round_id = disputed(desk)
    assert desk.round(round_id).state == "adjudicating"
    review = desk.review(desk.people.lead, round_id)
    assert (review.role, review.state) == ("adjudicator", "offered")
    assert desk.one(LetterRow, LetterRow.kind == "adjudication_offered").to == desk.people.lead.email
    assert desk.submit(desk.people.lead, WEAK) is None
    assert desk.review(desk.people.lead).state == "claimed"
    assert desk.submit(desk.people.lead, WEAK, goal="Name the day.") is not None
    desk.pass_undo()
    assert desk.round(round_id).state == "resolved"
    assert {(r.criterion_id, r.level_id, r.rule) for r in desk.all(ResolutionRow)} == {
        (cid, level, "expert_final") for cid, level in WEAK.items()
    }
    kinds = [s.kind for s in desk.all(Scoresheet, Scoresheet.review_id == review.id)]
    assert kinds == ["blind", "final"]
    assert desk.one(Feedback).items[0]["saw"] == "Name the day."


def test_a_second_press_of_the_blind_sheet_is_not_the_final_one(desk):
    disputed(desk)
    version = desk.review(desk.people.lead).draft_version
    desk.submit(desk.people.lead, WEAK)
    with pytest.raises(Refused) as refused:
        score.submit(
            desk.kit,
            desk.actor(desk.people.lead),
            desk.review(desk.people.lead).public_id,
            {cid: {"level": level, "comment": ""} for cid, level in WEAK.items()},
            version,
        )
    assert refused.value.code == score.ALREADY_IN
    assert desk.review(desk.people.lead).state == "claimed"


def test_the_adjudicator_is_none_of_the_rounds_assessors_and_may_be_an_assessor_without_a_lead(world, desk):
    with world.kit.write() as tx:
        tx.session.get_one(type(desk.people.lead), desk.people.lead.id).load_cap = 0
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    round_id = disputed_between(desk, cara)
    adjudicator = desk.one(Review, Review.round_id == round_id, Review.role == "adjudicator").assessor_id
    seats = {r.assessor_id for r in desk.all(Review, Review.role == "independent")}
    assert adjudicator not in seats
    assert adjudicator != desk.people.lead.id


def disputed_between(desk, *others):
    """A dispute, whoever of Ana, Ben and the others was seated."""
    round_id = desk.seated()
    people = {p.id: p for p in (desk.people.ana, desk.people.ben, *others)}
    levels = [GOOD, WEAK]
    for review in desk.all(Review, Review.round_id == round_id):
        desk.submit(people[review.assessor_id], levels.pop())
    desk.pass_undo()
    return round_id


def test_nobody_to_adjudicate_is_said(world, desk):
    with world.kit.write() as tx:
        tx.session.get_one(type(desk.people.lead), desk.people.lead.id).load_cap = 0
    round_id = disputed(desk)
    assert desk.round(round_id).state == "adjudicating"
    assert "1 seat is empty" in desk.round(round_id).waits_for


def test_an_adjudicator_who_knows_the_person_is_replaced_and_the_round_goes_on(world, desk):
    second = world.person("Lou Lind", "lead")
    round_id = disputed(desk)
    review = desk.one(Review, Review.role == "adjudicator")
    first = next(p for p in (desk.people.lead, second) if p.id == review.assessor_id)
    other = next(p for p in (desk.people.lead, second) if p.id != review.assessor_id)
    declare_known(desk.kit, desk.actor(first), review.public_id)
    desk.run()
    assert desk.round(round_id).state == "adjudicating"
    assert desk.review(other).role == "adjudicator"


@pytest.mark.parametrize("seen", [False, True])
def test_losing_an_independent_sheet_late_starts_over(world, desk, seen):
    """The adjudicator is called back; asked again only if no sheet was seen."""
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    round_id = disputed_between(desk, cara)
    if seen:
        desk.submit(desk.people.lead, WEAK)
    gone = desk.all(Review, Review.role == "independent")[0]
    with desk.kit.write() as tx:
        scope = lock_round(tx, round_id)
        review = tx.session.get_one(Review, gone.id)
        actor = desk.actor(next(p for p in people(desk, cara) if p.id == gone.assessor_id))
        empty_seat(tx, scope.submission, scope.round, review, actor, Action.EXCLUDE, "")
    assert desk.round(round_id).disputed == []
    desk.run()
    assert desk.round(round_id).state == "scoring"
    assert desk.review(desk.people.lead).state == "released"
    new = desk.all(Review, Review.role == "independent")[-1]
    stays = desk.all(Review, Review.role == "independent", Review.state == "final")[0]
    levels = WEAK if stays.draft["goal"]["level"] == "clear" else GOOD
    desk.submit(next(p for p in people(desk, cara) if p.id == new.assessor_id), levels)
    desk.pass_undo()
    assert desk.round(round_id).state == "adjudicating"
    asked = desk.all(Review, Review.role == "adjudicator", Review.state == "offered")
    assert [r.assessor_id for r in asked if r.assessor_id == desk.people.lead.id] == (
        [] if seen else [desk.people.lead.id]
    )


def people(desk, *others):
    return (desk.people.ana, desk.people.ben, *others)


def test_a_fault_holds_the_round_and_a_repair_goes_on_without_scoring_again(desk):
    """Through the stored code: the submission is pinned to code that is not there."""
    round_id = desk.seated()
    with desk.kit.write() as tx:
        tx.session.get_one(Submission, desk.submission.id).code_digest = "f" * 64
    both_in(desk)
    desk.pass_undo()
    round_ = desk.round(round_id)
    assert (round_.state, round_.held_from) == ("held", "resolving")
    hold = desk.one(Hold)
    assert (hold.subject, hold.subject_id, hold.code, hold.back_to) == (
        "round",
        round_id,
        "plugin_fault",
        "resolving",
    )
    assert "not stored" in hold.detail
    assert desk.all(DecisionRow) == []
    with desk.kit.write() as tx:
        tx.session.get_one(Submission, desk.submission.id).code_digest = ""
        row = lock_round(tx, round_id).round
        row.state, row.held_from = row.held_from, None
        tx.later("resolve", round_id=round_id)
    desk.run()
    assert desk.round(round_id).state == "resolved"
    assert len(desk.all(Scoresheet)) == 2


def test_a_held_submission_waits_and_goes_on(desk):
    round_id = desk.seated()
    both_in(desk)
    with desk.kit.write() as tx:
        tx.session.get_one(Submission, desk.submission.id).state = "held"
    desk.pass_undo()
    assert desk.round(round_id).state == "scoring"
    with desk.kit.write() as tx:
        tx.session.get_one(Submission, desk.submission.id).state = "under_review"
        tx.later("resolve", round_id=round_id)
    desk.run()
    assert desk.round(round_id).state == "resolved"


def test_a_result_cannot_be_pulled_from_under_a_round_that_is_over(desk):
    round_id = desk.seated()
    both_in(desk)
    desk.pass_undo()
    with pytest.raises(Refused), desk.kit.write() as tx:
        scope = lock_round(tx, round_id)
        review = tx.session.get_one(Review, desk.review(desk.people.ana).id)
        empty_seat(tx, scope.submission, scope.round, review, SYSTEM, Action.EXCLUDE, "")


def test_locked_criteria_are_not_scored_again_and_their_levels_stand(desk):
    desk.seated()
    both_in(desk, WEAK, WEAK)
    desk.pass_undo()
    second = desk.seated(number=2)
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, {"goal": "tested"}, second)
    desk.pass_undo()
    assert [r.criterion_id for r in desk.all(ResolutionRow, ResolutionRow.round_id == second)] == ["goal"]
    decision = desk.one(DecisionRow, DecisionRow.round_id == second)
    assert (decision.outcome, decision.met) == ("met", ["goal"])
    assert {lock.criterion_id for lock in desk.all(CriterionLock)} == set(GOOD)


def test_the_chain_of_the_whole_story_holds(desk):
    disputed(desk)
    desk.submit(desk.people.lead, GOOD)
    desk.submit(desk.people.lead, GOOD)
    desk.pass_undo()
    events = desk.all(Event, Event.aggregate == "submission", Event.aggregate_id == desk.submission.id)
    head = desk.one(Submission, Submission.id == desk.submission.id).audit_head
    assert first_broken(links(events), head) is None
    assert [a for a, _, _ in desk.actions()][-3:] == ["review.close", "round.adjudicated", "attempt.decide"]


class SlowJudge:
    """Answers as the kit's own judge, after something else has happened."""

    def __init__(self, judge, meanwhile):
        self.judge, self.meanwhile = judge, [meanwhile]

    def __getattr__(self, hook):
        def asked(*args):
            if self.meanwhile:
                self.meanwhile.pop()()
            return getattr(self.judge, hook)(*args)

        return asked


def test_a_judgement_that_was_overtaken_is_thrown_away(world, desk):
    """While the rules are asked, a seat is emptied, filled and scored anew, and the sheets now differ."""
    round_id = desk.seated()
    both_in(desk)
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    desk.kit.clock.move(seconds=300)

    def meanwhile():
        declare_known(desk.kit, desk.actor(desk.people.ana), desk.review(desk.people.ana).public_id)
        (fill,) = desk.all(Outbox, Outbox.job == "fill_seats", col(Outbox.done_at).is_(None))
        fill_seats(desk.kit, Job(fill.id), round_id)
        desk.submit(cara, WEAK)
        desk.kit.clock.move(seconds=300)
        resolve_round(desk.kit, desk.job("resolve", round_id=round_id), round_id)

    slow = replace(desk.kit, judge=SlowJudge(desk.kit.judge, meanwhile))
    with pytest.raises(Stale):
        resolve_round(slow, desk.job("resolve", round_id=round_id), round_id)
    assert desk.round(round_id).state == "adjudicating"
    assert desk.round(round_id).disputed == ["goal"]
    assert desk.all(DecisionRow) == []


def test_the_words_of_an_undone_sheet_reach_nobody(desk):
    desk.seated()
    desk.submit(desk.people.ana, WEAK)
    desk.submit(desk.people.ben, WEAK, goal="Said in haste.")
    score.undo(desk.kit, desk.actor(desk.people.ben), desk.review(desk.people.ben).public_id)
    desk.submit(desk.people.ben, WEAK, goal="Say by which date it should be reached.")
    desk.pass_undo()
    assert desk.one(Feedback).items[0]["saw"] == "Say by which date it should be reached."
