"""New policies for running submissions, cleared: sheets count no more, and others score afresh."""

import pytest
from sqlmodel import col

from reviewhub.domain.errors import Refused
from reviewhub.domain.rubric import AgreementPolicy, EligibilityPolicy, Policies
from reviewhub.models import (
    Correction,
    DecisionRow,
    LetterRow,
    Person,
    Review,
    Scoresheet,
)
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.score import undo
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH
from tests.rounds.shipping import LENIENT, THREE, WHY, decide, letters, only, ship, touched


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
