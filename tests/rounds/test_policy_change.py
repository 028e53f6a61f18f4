"""New policies for running submissions: nothing by itself; kept, recalculated or cleared, decided once."""

from dataclasses import replace

import pytest
from sqlmodel import col

from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.domain.rubric import AgreementPolicy, DecisionPolicy, EligibilityPolicy, Policies
from reviewhub.domain.rubric_json import content_hash, structure_hash, to_json
from reviewhub.models import (
    Correction,
    DecisionRow,
    Event,
    EventText,
    LetterRow,
    MicroCredential,
    Person,
    PolicyChange,
    Review,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.policy_change import policy_page
from reviewhub.queries.running_policies import old_policies
from reviewhub.services.appeal import appeal
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.change_policy import change_policy
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.ids import public_id
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.reassign import reassign
from reviewhub.services.score import undo
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH
from tests.rubrics import small_rubric

OLD = small_rubric()
CLOSE = {**GOOD, "audience": "tested"}
"""One level from GOOD, on the same side of met."""
LENIENT = Policies(agreement=AgreementPolicy("within", 1))
TOLERANT = Policies(decision=DecisionPolicy(tolerance=1))
THREE = Policies(eligibility=EligibilityPolicy(seats=3))
WHY = "The issuer's board decided so."


def ship(bench, policies, version="2.0", **changes):
    """The issuer's next version goes live; gives its public id."""
    rubric = replace(OLD, version=version, policies=policies, **changes)
    made = bench.world.add(
        RubricVersion(
            public_id=public_id(),
            micro_credential_id=bench.micro.id,
            rubric_version=version,
            content_hash=content_hash(rubric),
            structure_hash=structure_hash(rubric),
            code_digest="",
            body=to_json(rubric),
            stored_at=bench.kit.clock.now(),
        )
    )
    with bench.kit.write() as tx:
        tx.session.get_one(MicroCredential, bench.micro.id).rubric_version_id = made.id
    return made


def decide(bench, choice, to, actor=None, version="1.0", reason=WHY):
    who = actor or bench.cora
    change_policy(bench.kit, who, bench.micro.public_id, version, to.public_id, choice, reason)


def page(bench, actor=None):
    with bench.kit.read() as session:
        return policy_page(session, actor or bench.cora, bench.micro.public_id, "1.0")


def touched(bench, choice):
    return next(one for one in page(bench).choices if one.choice == choice)


def waiting(bench, actor=None):
    with bench.kit.read() as session:
        return old_policies(session, actor or bench.cora)


def letters(bench):
    return [(row.kind, row.to) for row in bench.all(LetterRow)]


def only(bench, *people):
    """Of all assessors, these alone are not away."""
    there = {person.id for person in people}
    with bench.kit.write() as tx:
        for person in bench.assessors:
            if person.id not in there:
                tx.session.get_one(Person, person.id).away_until = bench.kit.clock.now().date()


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


# ------------------------------------------------------------ clear


@BOTH
def test_cleared_rounds_are_void_their_sheets_stay_and_others_score_afresh(bench):
    round_id = bench.decided()
    sheets = bench.all(Scoresheet)
    scored = {review.assessor_id for review in bench.seats(round_id)}
    promised = bench.attempt().promised_on
    new = ship(bench, THREE)
    expected = touched(bench, "clear")
    assert (expected.void, expected.sheets, expected.drafts, expected.seats) == (1, 2, 1, 0)
    told = len(letters(bench))
    bench.kit.clock.move(days=7)
    decide(bench, "clear", new)
    bench.run()
    first, fresh = bench.rounds()
    assert (first.state, fresh.state, fresh.kind) == ("void", "scoring", "initial")
    assert bench.all(Scoresheet) == sheets
    assert not bench.all(DecisionRow, col(DecisionRow.replaced_at).is_(None))
    assert bench.locks() == []
    assert {one.assessor_id for one in bench.seats(fresh.id)}.isdisjoint(scored)
    assert len(bench.seats(fresh.id)) == 3
    assert [row.state for row in bench.feedback("draft", "replaced", "released")] == ["replaced"]
    assert bench.attempt().promised_on > promised
    to_learner = [kind for kind, to in letters(bench)[told:] if to.startswith("lee.learner")]
    assert to_learner == ["promise_moved"]
    bench.score(fresh.id, GOOD, GOOD, GOOD)
    assert bench.decision(fresh.id).outcome == "met"
    assert verify_all(bench.kit)[0]


def test_whoever_gave_a_sheet_that_was_cleared_is_not_asked_again(bench):
    round_id = bench.decided()
    scored = {review.assessor_id for review in bench.seats(round_id)}
    only(bench, *(person for person in bench.assessors if person.id in scored))
    decide(bench, "clear", ship(bench, LENIENT))
    bench.run()
    fresh = bench.rounds()[-1]
    assert (fresh.state, bench.seats(fresh.id)) == ("waiting", [])
    assert fresh.waits_for


@BOTH
@pytest.mark.parametrize("window", ["open", "over"])
def test_a_sheet_that_is_in_counts_as_given_though_another_seat_is_open(bench, window):
    """Their review ends with the round and is never final; they have scored that evidence all the same."""
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    bench.submit(bench.person(first), GOOD, round_id)
    if window == "over":
        bench.pass_undo()
    only(bench, bench.person(first), bench.person(second))
    decide(bench, "clear", ship(bench, LENIENT))
    bench.run()
    fresh = bench.rounds()[-1]
    assert [one.assessor_id for one in bench.all(Review, Review.round_id == fresh.id)] == [second.assessor_id]


def test_a_sheet_that_was_taken_back_is_none(bench):
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    bench.submit(bench.person(first), GOOD, round_id)
    undo(bench.kit, bench.actor(bench.person(first)), first.public_id)
    only(bench, bench.person(first), bench.person(second))
    decide(bench, "clear", ship(bench, LENIENT))
    bench.run()
    assert len(bench.seats(bench.rounds()[-1].id)) == 2


@BOTH
@pytest.mark.parametrize("sheets", [1, 2])
def test_whoever_saw_both_cleared_sheets_does_not_adjudicate_the_fresh_ones(bench, sheets):
    """After the blind sheet, and within the undo window of the final one."""
    round_id = bench.disputed()
    (judge,) = bench.seats(round_id, "adjudicator")
    for _ in range(sheets):
        bench.submit(bench.person(judge), WEAK, round_id)
    other = next(p for p in (bench.people.lead, bench.people.other_lead) if p.id != judge.assessor_id)
    with bench.kit.write() as tx:
        tx.session.get_one(Person, other.id).away_until = bench.kit.clock.now().date()
    decide(bench, "clear", ship(bench, LENIENT))
    bench.run()
    fresh = bench.rounds()[-1]
    only(bench)
    bench.score(fresh.id, GOOD, WEAK)
    assert (bench.round(fresh.id).state, bench.seats(fresh.id, "adjudicator")) == ("adjudicating", [])


@BOTH
@pytest.mark.parametrize("read", ["draft", "correction", "nothing"])
def test_a_lead_who_read_what_was_cleared_does_not_score_it_as_an_assessor(bench, read):
    round_id = bench.decided()
    dora = bench.world.person("Dora Double", "assessor", "lead")
    bench.world.qualify(dora, bench.micro)
    if read == "draft":
        open_feedback(bench.kit, bench.actor(dora), bench.feedback("draft")[0].public_id)
    if read == "correction":
        (first, _) = bench.seats(round_id)
        ask_correction(bench.kit, bench.actor(bench.person(first)), first.public_id, "A wrong level.")
        read_correction(bench.kit, bench.actor(dora), bench.one(Correction).public_id)
    only(bench)
    decide(bench, "clear", ship(bench, LENIENT))
    bench.run()
    seated = bench.all(Review, Review.round_id == bench.rounds()[-1].id)
    assert [one.assessor_id for one in seated] == ([dora.id] if read == "nothing" else [])


def test_a_correction_of_what_was_cleared_comes_too_late_and_not_for_a_release(bench):
    (first, _) = bench.seats(bench.decided())
    ask_correction(bench.kit, bench.actor(bench.person(first)), first.public_id, "A wrong level.")
    decide(bench, "clear", ship(bench, LENIENT))
    bench.run()
    lead, asked = bench.actor(bench.people.lead), bench.one(Correction).public_id
    read_correction(bench.kit, lead, asked)
    with pytest.raises(Refused, match="This scoring is over: a correction can no longer count"):
        decide_correction(bench.kit, lead, asked, agree=True, reason=WHY)
    decide_correction(bench.kit, lead, asked, agree=False, reason=WHY)


@BOTH
def test_whose_open_review_is_cleared_is_told_neutrally_and_may_be_asked_again(bench):
    round_id = bench.seated()
    told = len(bench.all(LetterRow))
    new = ship(bench, LENIENT)
    expected = touched(bench, "clear")
    assert (expected.void, expected.sheets, expected.seats) == (1, 0, 2)
    decide(bench, "clear", new)
    bench.run()
    over = [row for row in bench.all(LetterRow)[told:] if row.kind == "review_over"]
    assert len(over) == 2
    for row in over:
        for word in ("polic", "rubric", "version", "Lee", "issuer"):
            assert word not in row.subject + row.body
    assert {r.end_reason for r in bench.all(Review, Review.round_id == round_id)} == {"cleared"}
    assert bench.rounds()[-1].state == "scoring"


@BOTH
def test_a_check_that_is_done_stays_done(bench):
    checked = Policies(eligibility=EligibilityPolicy(completeness=True))
    old = ship(bench, checked, "0.9")
    bench.micro.rubric_version_id = old.id
    check = bench.seated()
    (review,) = bench.seats(check, "completeness")
    bench.submit(bench.person(review), {"plan": "there", "why": "there"}, check)
    bench.pass_undo()
    both = Policies(eligibility=EligibilityPolicy(completeness=True), agreement=AgreementPolicy("within", 1))
    decide(bench, "clear", ship(bench, both), version="0.9")
    bench.run()
    assert [(one.kind, one.state) for one in bench.rounds()] == [
        ("completeness", "resolved"),
        ("initial", "void"),
        ("initial", "scoring"),
    ]
