"""New policies for running submissions: nothing by itself; kept or recalculated, decided once."""

import pytest

from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.domain.rubric import DecisionPolicy, EligibilityPolicy, Policies
from reviewhub.models import (
    DecisionRow,
    Event,
    EventText,
    PolicyChange,
    Review,
    Scoresheet,
    Submission,
)
from reviewhub.services.appeal import appeal
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.reassign import reassign
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH
from tests.rounds.shipping import (
    CLOSE,
    LENIENT,
    OLD,
    TOLERANT,
    WHY,
    decide,
    letters,
    only,
    page,
    ship,
    touched,
    waiting,
)

# ------------------------------------------------------------ nothing by itself


@BOTH
def test_nothing_changes_by_itself_and_the_coordinator_is_told_who_still_uses_the_old_ones(bench):
    round_id = bench.disputed()
    before = bench.actions()
    new = ship(bench, LENIENT)
    bench.run()
    assert bench.now().rubric_version_id == bench.micro.rubric_version_id != new.id
    assert bench.round(round_id).state == "adjudicating"
    assert bench.actions() == before
    (one,) = waiting(bench)
    assert (one.name, one.before, one.after, one.count, one.change) == ("Small", "1.0", "2.0", 1, "")
    assert [d.id for d in page(bench).differences] == ["agreement.rule", "agreement.levels"]


def test_other_words_or_another_scale_are_no_matter_of_policy(bench):
    bench.seated()
    ship(bench, OLD.policies)
    assert waiting(bench) == ()
    ship(bench, LENIENT, "3.0", requirements=OLD.requirements[:1])
    assert waiting(bench) == ()
    with pytest.raises(NotFound):
        page(bench)


def test_only_who_coordinates_there_hears_of_it_and_never_of_their_own_learning(bench):
    bench.seated()
    new = ship(bench, LENIENT)
    other = bench.world.issuer("far", "Far Away")
    for person in (
        bench.people.lead,
        bench.learner,
        bench.assessors[0],
        bench.world.person("Far Cord", "coordinator", issuer=other),
    ):
        actor = bench.actor(person)
        assert waiting(bench, actor) == ()
        with pytest.raises(NotFound):
            page(bench, actor)
        with pytest.raises(NotFound):
            decide(bench, "keep", new, actor)
    both = bench.world.person("Dora Double", "coordinator")
    with bench.kit.write() as tx:
        tx.session.get_one(Submission, bench.submission.id).learner_id = both.id
    assert waiting(bench, bench.actor(both)) == ()
    with pytest.raises(NotFound):
        decide(bench, "recalculate", new, bench.actor(both))


def test_the_own_learning_of_whoever_decides_keeps_the_old_policies(bench):
    bench.seated()
    own, dora = bench.submission, bench.world.person("Dora Double", "coordinator")
    with bench.kit.write() as tx:
        tx.session.get_one(Submission, own.id).learner_id = dora.id
    bench.seated(learner=bench.world.person("Noor Next"))
    new = ship(bench, LENIENT)
    assert page(bench, bench.actor(dora)).running == 1
    decide(bench, "recalculate", new, bench.actor(dora))
    bench.run()
    pins = {row.id: row.rubric_version_id for row in bench.all(Submission)}
    assert pins == {own.id: bench.micro.rubric_version_id, bench.submission.id: new.id}


def test_a_choice_and_a_reason_are_needed_and_the_version_that_was_seen(bench):
    bench.seated()
    new = ship(bench, LENIENT)
    with pytest.raises(Invalid) as wrong:
        decide(bench, "best", new, reason=" ")
    assert [problem.field for problem in wrong.value.problems] == ["choice", "reason"]
    ship(bench, TOLERANT, "2.1")
    with pytest.raises(Stale):
        decide(bench, "keep", new)
    assert not bench.all(PolicyChange)


# ------------------------------------------------------------ keep


@BOTH
def test_kept_work_ends_under_the_old_policies_and_the_notice_goes(bench):
    round_id = bench.disputed(GOOD, CLOSE)
    new = ship(bench, LENIENT)
    decide(bench, "keep", new)
    bench.run()
    assert waiting(bench) == ()
    (change,) = bench.all(PolicyChange)
    assert (change.choice, change.submissions, change.moved) == ("keep", 1, 0)
    assert change.ended_at is not None
    assert bench.round(round_id).state == "adjudicating"
    with pytest.raises(NotFound):
        decide(bench, "clear", new)
    (event,) = bench.all(Event, Event.action == "issuer.change_policy")
    assert event.facts["choice"] == "keep"
    with bench.kit.read() as session:
        assert session.get_one(EventText, event.id).text == WHY


# ------------------------------------------------------------ recalculate


@BOTH
def test_what_is_decided_and_not_released_is_judged_again_and_nobody_scores_again(bench):
    round_id = bench.decided()
    assert bench.decision(round_id).outcome == "not_yet"
    sheets, told = bench.all(Scoresheet), letters(bench)
    new = ship(bench, TOLERANT)
    expected = touched(bench, "recalculate")
    assert (expected.submissions, expected.judged_again, expected.starts_over, expected.drafts) == (
        1,
        1,
        0,
        1,
    )
    decide(bench, "recalculate", new)
    bench.run()
    assert bench.decision(round_id).outcome == "met"
    assert bench.now().rubric_version_id == new.id
    assert bench.attempt().state == "decided"
    assert [row.state for row in bench.feedback("draft", "replaced")] == ["replaced", "draft"]
    assert bench.all(Scoresheet) == sheets
    assert [kind for kind, _ in letters(bench)[len(told) :] if kind != "feedback_ready"] == []
    assert verify_all(bench.kit)[0]
    (change,) = bench.all(PolicyChange)
    assert (change.moved, change.stayed, change.ended_at is not None) == (1, 0, True)
    assert waiting(bench) == ()


@BOTH
def test_a_dispute_that_the_new_policies_do_not_know_ends_without_an_adjudicator(bench):
    round_id = bench.disputed(GOOD, CLOSE)
    (adjudicator,) = bench.seats(round_id, "adjudicator")
    new = ship(bench, LENIENT)
    expected = touched(bench, "recalculate")
    assert (expected.judged_again, expected.starts_over, expected.seats) == (1, 1, 1)
    decide(bench, "recalculate", new)
    bench.run()
    assert bench.round(round_id).state == "resolved"
    assert bench.one(Review, Review.id == adjudicator.id).state == "released"
    assert bench.results(round_id)["audience"] == "clear"


@BOTH
def test_agreement_that_is_none_any_more_goes_to_an_adjudicator(bench):
    bench.micro.rubric_version_id = ship(bench, LENIENT, "0.9").id
    round_id = bench.disputed(GOOD, CLOSE)
    assert bench.round(round_id).state == "resolved"
    decide(bench, "recalculate", ship(bench, OLD.policies), version="0.9")
    bench.run()
    assert bench.round(round_id).state == "adjudicating"
    assert bench.attempt().state == "submitted"
    (adjudicator,) = bench.seats(round_id, "adjudicator")
    assert adjudicator.state == "offered"


@BOTH
def test_whoever_read_the_draft_adjudicates_only_where_nobody_else_is_left(bench):
    """The draft showed them the level and the words of both seats: their sheet would not be blind."""
    bench.micro.rubric_version_id = ship(bench, LENIENT, "0.9").id
    round_id = bench.disputed(GOOD, CLOSE)
    readers = (bench.people.lead, bench.people.other_lead)
    for lead in readers:
        open_feedback(bench.kit, bench.actor(lead), bench.feedback("draft")[0].public_id)
    decide(bench, "recalculate", ship(bench, OLD.policies), version="0.9")
    bench.run()
    (adjudicator,) = bench.seats(round_id, "adjudicator")
    assert adjudicator.assessor_id not in {lead.id for lead in readers}
    only(bench)
    reassign(bench.kit, bench.cora, adjudicator.public_id, "", WHY)
    bench.run()
    (again,) = bench.seats(round_id, "adjudicator")
    assert again.assessor_id in {lead.id for lead in readers}
    assert "knows an earlier result of this submission, and nobody else may decide this" in again.why


@BOTH
def test_a_final_word_of_an_adjudicator_goes_on_to_count(bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    sheets = bench.all(Scoresheet)
    decide(bench, "recalculate", ship(bench, Policies(decision=DecisionPolicy(tolerance=1, release_after=1))))
    bench.run()
    assert bench.decision(round_id).outcome == "met"
    assert bench.results(round_id)["goal"] == "vague"
    assert bench.all(Scoresheet) == sheets
    assert [one.state for one in bench.seats(round_id, "adjudicator")] == ["final"]
    (draft,) = bench.feedback("draft")
    assert draft.releases_on is None  # where an adjudicator decided, a lead confirms


@BOTH
def test_a_round_that_is_being_scored_goes_on_and_is_judged_by_the_new_policies(bench):
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    bench.submit(bench.person(first), GOOD, round_id)
    decide(bench, "recalculate", ship(bench, LENIENT))
    bench.run()
    assert bench.round(round_id).state == "scoring"
    assert [one.id for one in bench.seats(round_id)] == [first.id, second.id]
    bench.submit(bench.person(second), CLOSE, round_id)
    bench.pass_undo()
    assert bench.round(round_id).state == "resolved"
    assert not bench.all(Review, Review.role == "adjudicator")


@BOTH
@pytest.mark.parametrize("choice", ["keep", "recalculate", "clear"])
def test_nothing_advances_by_the_vote_of_one(bench, choice):
    """PEERS 4.10: two seats became one elsewhere, and all that held one vote went through for good."""
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    bench.submit(bench.person(first), GOOD, round_id)
    bench.pass_undo()
    new = ship(bench, Policies(eligibility=EligibilityPolicy(seats=1)))
    if choice == "recalculate":
        assert "number of seats" in touched(bench, choice).against
        with pytest.raises(Refused):
            decide(bench, choice, new)
    else:
        decide(bench, choice, new)
    bench.run()
    bench.pass_undo()
    assert not bench.all(DecisionRow)
    assert bench.attempt().state == "submitted"
    assert bench.round(round_id).state == ("void" if choice == "clear" else "scoring")
    assert bench.one(Review, Review.id == first.id).state in {"submitted", "final", "released"}
    assert (bench.one(Review, Review.id == second.id).state == "offered") is (choice != "clear")


# ------------------------------------------------------------ what was released


@BOTH
@pytest.mark.parametrize("choice", ["recalculate", "clear"])
def test_what_was_released_never_changes(bench, choice):
    round_id = bench.released()
    decision, results, locks = bench.decision(round_id), bench.results(round_id), bench.locks()
    new = ship(bench, TOLERANT)
    expected = touched(bench, choice)
    assert (expected.submissions, expected.judged_again, expected.void) == (1, 0, 0)
    decide(bench, choice, new)
    bench.run()
    assert (bench.decision(round_id), bench.results(round_id), bench.locks()) == (decision, results, locks)
    assert (bench.now().state, bench.now().rubric_version_id) == ("revise", new.id)
    assert bench.attempt().rubric_version_id == bench.micro.rubric_version_id
    assert [row.state for row in bench.feedback("released", "draft", "replaced")] == ["released"]
    bench.seated(number=2)
    second = bench.rounds()[-1]
    rest = {"goal": "vague"}
    bench.score(second.id, rest, rest)
    assert bench.decision(second.id).outcome == "met"


@BOTH
@pytest.mark.parametrize("choice", ["recalculate", "clear"])
def test_an_appeal_goes_on_by_the_policies_of_the_result_that_it_is_about(bench, choice):
    bench.released()
    appeal(bench.kit, bench.actor(bench.learner), bench.submission.public_id, "The goal has a figure.")
    bench.run()
    (_, running) = bench.rounds()
    decide(bench, choice, ship(bench, TOLERANT))
    bench.run()
    assert bench.round(running.id).state == "scoring"
    bench.score(running.id, {"goal": "vague"}, {"goal": "vague"})
    assert bench.decision(running.id).outcome == "not_yet"


def test_what_is_met_stays_met_where_the_new_policies_know_no_locks(bench):
    bench.released()
    new = ship(bench, Policies(decision=DecisionPolicy(locks=False)))
    assert (touched(bench, "recalculate").submissions, touched(bench, "recalculate").stayed) == (0, 1)
    decide(bench, "recalculate", new)
    bench.run()
    assert bench.now().rubric_version_id == bench.micro.rubric_version_id
    assert bench.locks() == ["audience", "honest", "respect"]
    (change,) = bench.all(PolicyChange)
    assert (change.moved, change.stayed, change.ended_at is not None) == (0, 1, True)
    assert waiting(bench) == ()
