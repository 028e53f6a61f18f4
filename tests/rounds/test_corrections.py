"""Rule 9: a superseding sheet with a lead's consent and reason; statistics keep the original."""

import pytest
from sqlmodel import col

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Correction, Event, LetterRow, Rating, Review, Scoresheet
from reviewhub.queries.corrections import correction_page, corrections
from reviewhub.queries.workspace import workspace
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.exclude import declare_known
from reviewhub.services.supersede import supersede
from reviewhub.services.withdraw import withdraw
from tests.assessor.desk import GOOD, WEAK, entries
from tests.marks import BOTH

WHY = "I pressed the wrong level on the goal."
YES, NO = "The comment says so already.", "The sheet says what the comment says."


def ask(bench, review):
    ask_correction(bench.kit, bench.actor(bench.person(review)), review.public_id, WHY)
    return bench.all(Correction)[-1]


def answer(bench, asked, *, agree=True, by=None, reason=YES, **more):
    seated = {review.assessor_id for review in bench.all(Review)}
    free = [lead for lead in (bench.people.other_lead, bench.people.lead) if lead.id not in seated]
    actor = bench.actor(by or free[0])
    read_correction(bench.kit, actor, asked.public_id)
    decide_correction(bench.kit, actor, asked.public_id, agree=agree, reason=reason, **more)


def correct(bench, review, levels):
    supersede(bench.kit, bench.actor(bench.person(review)), review.public_id, entries(levels))


def corrected(bench, review, levels):
    answer(bench, ask(bench, review))
    correct(bench, review, levels)
    bench.run()


def sheets(bench, review):
    return [sheet.kind for sheet in bench.all(Scoresheet, Scoresheet.review_id == review.id)]


def ledger_page(bench, review):
    with bench.kit.read() as session:
        person = bench.actor(bench.person(review))
        return workspace(session, person, review.public_id, bench.kit.clock.now())


@BOTH
def test_the_superseding_sheet_counts_in_the_place_of_the_first_which_is_kept(bench):
    round_id = bench.decided(WEAK)
    first, second = bench.seats(round_id)
    corrected(bench, first, GOOD)
    assert sheets(bench, first) == ["blind", "superseding"]
    assert bench.round(round_id).state == "adjudicating"
    assert (bench.attempt().state, bench.locks(), bench.results(round_id)) == ("submitted", [], {})
    assert len(bench.feedback("replaced")) == 1
    corrected(bench, second, GOOD)
    assert bench.round(round_id).state == "resolved"
    assert bench.results(round_id) == GOOD
    assert bench.decision(round_id).outcome == "met"
    assert len(bench.feedback("draft")) == 1
    levels = bench.all(Rating, Rating.criterion_id == "goal")
    assert sorted(row.level_id for row in levels) == ["clear", "clear", "vague", "vague"]
    assert {row.state for row in bench.all(Correction)} == {"used"}


@BOTH
def test_an_adjudicators_own_correction_is_judged_without_asking_anybody(bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    (judge,) = bench.seats(round_id, "adjudicator")
    other = next(p for p in (bench.people.lead, bench.people.other_lead) if p.id != judge.assessor_id)
    answer(bench, ask(bench, judge), by=other)
    correct(bench, judge, GOOD)
    bench.run()
    assert sheets(bench, judge) == ["blind", "final", "superseding"]
    assert bench.round(round_id).state == "resolved"
    assert bench.results(round_id) == GOOD
    assert [review.id for review in bench.seats(round_id, "adjudicator")] == [judge.id]


def test_a_correction_takes_the_dispute_from_whoever_adjudicates_it(bench):
    round_id = bench.disputed(GOOD, WEAK)
    (judge,) = bench.seats(round_id, "adjudicator")
    spare = next(p for p in (bench.people.lead, bench.people.other_lead) if p.id != judge.assessor_id)
    _, second = bench.seats(round_id)
    answer(bench, ask(bench, second), by=spare)
    correct(bench, second, GOOD)
    bench.run()
    assert bench.one(Review, Review.id == judge.id).state == "released"
    assert bench.round(round_id).state == "resolved"
    assert bench.results(round_id) == GOOD


@pytest.mark.parametrize("state", ["alone", "disputed", "decided", "released", "withdrawn"])
def test_asking_is_the_same_whatever_became_of_the_round(bench, state):
    """The other seat, the result, its release: nothing of it shows, and the days are the same."""
    round_id = bench.seated()
    mine, other = bench.seats(round_id)
    bench.submit(bench.person(mine), WEAK, round_id)
    if state != "alone":
        bench.submit(bench.person(other), GOOD if state == "disputed" else WEAK, round_id)
    bench.pass_undo()
    if state in {"released", "withdrawn"}:
        bench.release()
    if state == "withdrawn":
        withdraw(bench.kit, bench.actor(bench.learner), bench.submission.public_id, "")
    before = ledger_page(bench, mine)
    bench.kit.clock.move(days=13)
    asked = ask(bench, mine)
    assert asked.state == "asked"
    assert ledger_page(bench, mine) == before
    answer(bench, asked, agree=False, reason=NO)
    assert ledger_page(bench, mine) == before


def test_the_days_end_for_everybody_alike(bench):
    first, second = bench.seats(bench.decided(WEAK))
    bench.release()
    bench.kit.clock.move(days=15)
    for review in (first, second):
        with pytest.raises(Refused) as late:
            ask(bench, review)
        assert late.value.code == "late"


def test_within_the_undo_window_one_takes_the_sheet_back_instead(bench):
    round_id = bench.seated()
    (first, _) = bench.seats(round_id)
    with pytest.raises(Refused):
        ask(bench, first)
    bench.submit(bench.person(first), WEAK, round_id)
    with pytest.raises(Refused):
        ask(bench, first)


def test_a_sheet_is_corrected_while_the_other_seat_is_still_at_work(bench):
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    bench.submit(bench.person(first), WEAK, round_id)
    bench.pass_undo()
    corrected(bench, first, GOOD)
    assert bench.round(round_id).state == "scoring"
    assert bench.one(Review, Review.id == first.id).state == "final"
    bench.submit(bench.person(second), GOOD, round_id)
    bench.pass_undo()
    assert bench.results(round_id) == GOOD


@BOTH
def test_after_the_release_it_is_kept_and_changes_nothing_and_the_assessor_sees_no_difference(bench):
    round_id = bench.decided(WEAK)
    first, second = bench.seats(round_id)
    answer(bench, ask(bench, first))
    bench.release()
    correct(bench, first, GOOD)
    bench.run()
    assert bench.results(round_id) == WEAK
    assert (bench.now().state, bench.attempt().state) == ("revise", "released")
    assert sheets(bench, first) == ["blind", "superseding"]
    asked = ask(bench, second)
    with pytest.raises(Refused) as late:
        answer(bench, asked)
    assert late.value.code == "late"
    with bench.kit.read() as session:
        page = correction_page(session, bench.actor(bench.people.other_lead), asked.public_id)
    assert (page.counts, page.released) == (False, True)
    answer(bench, asked, agree=False, reason=NO)


def test_nobody_decides_where_they_have_a_seat_or_a_conflict_and_none_but_leads(bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    (judge,) = bench.seats(round_id, "adjudicator")
    first, second = bench.seats(round_id)
    asked = ask(bench, first)
    for person in (bench.person(judge), bench.person(second), bench.learner, bench.people.cora):
        with pytest.raises(NotFound):
            read_correction(bench.kit, bench.actor(person), asked.public_id)
        with pytest.raises(NotFound):
            decide_correction(bench.kit, bench.actor(person), asked.public_id, agree=True, reason=YES)
        with bench.kit.read() as session:
            assert corrections(session, bench.actor(person), bench.kit.clock.now()) == ()
            with pytest.raises(NotFound):
                correction_page(session, bench.actor(person), asked.public_id)


def test_whoever_reads_a_request_does_not_adjudicate_that_round(bench):
    """A blind sheet is blind: they have seen one of the two."""
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    bench.submit(bench.person(first), WEAK, round_id)
    bench.pass_undo()
    asked = ask(bench, first)
    for lead in (bench.people.lead, bench.people.other_lead):
        with bench.kit.read() as session:
            assert correction_page(session, bench.actor(lead), asked.public_id) is None
        read_correction(bench.kit, bench.actor(lead), asked.public_id)
        read_correction(bench.kit, bench.actor(lead), asked.public_id)
    assert len(bench.all(Event, Event.action == "correction.read")) == 2
    bench.submit(bench.person(second), GOOD, round_id)
    bench.pass_undo()
    (judge,) = bench.seats(round_id, "adjudicator")
    assert judge.assessor_id not in {bench.people.lead.id, bench.people.other_lead.id}


def test_without_consent_nothing_is_appended(bench):
    first, second = bench.seats(bench.decided(WEAK))
    with pytest.raises(Refused):
        correct(bench, first, GOOD)
    asked = ask(bench, first)
    with pytest.raises(Refused):
        ask(bench, first)
    with pytest.raises(Refused):
        correct(bench, first, GOOD)
    answer(bench, asked, agree=False, reason=NO)
    with pytest.raises(Refused):
        correct(bench, first, GOOD)
    with pytest.raises(Refused):
        answer(bench, asked)
    assert sheets(bench, first) == sheets(bench, second) == ["blind"]


def test_a_corrected_sheet_is_whole_and_differs(bench):
    (first, second) = bench.seats(bench.decided(WEAK))
    answer(bench, ask(bench, first))
    with pytest.raises(Invalid):
        correct(bench, first, WEAK)
    with pytest.raises(Invalid):
        correct(bench, first, {"goal": "clear"})
    with pytest.raises(Invalid):
        correct(bench, first, {**GOOD, "other": "clear"})
    with pytest.raises(NotFound):
        supersede(bench.kit, bench.actor(bench.person(second)), first.public_id, entries(GOOD))
    correct(bench, first, GOOD)
    with pytest.raises(Refused):
        correct(bench, first, WEAK)


def test_letters_name_the_case_and_never_the_lead_or_the_reason(bench):
    first, second = bench.seats(bench.decided(WEAK))
    answer(bench, ask(bench, first))
    answer(bench, ask(bench, second), agree=False, reason=NO)
    kinds = ["correction_granted", "correction_refused"]
    letters = bench.all(LetterRow, col(LetterRow.kind).in_(kinds))
    assert [letter.kind for letter in letters] == kinds
    for letter, review in zip(letters, (first, second), strict=True):
        assert letter.person_id == review.assessor_id
        assert review.public_id in letter.body
        for secret in (WHY, YES, NO, "Lars", "Lena", "Lee"):
            assert secret not in letter.body + letter.subject


def test_words_that_name_somebody_are_flagged_before_they_are_passed_on(bench):
    first, _ = bench.seats(bench.decided(WEAK))
    named = f"Ask {bench.learner.name} about it."
    with pytest.raises(Invalid):
        answer(bench, ask(bench, first), agree=False, reason=named)
    asked = bench.one(Correction)
    answer(bench, asked, agree=False, reason=named, sure=True)
    assert bench.one(Correction).state == "refused"


def test_an_assessor_does_not_say_who_they_are(bench):
    first, _ = bench.seats(bench.decided(WEAK))
    person = bench.person(first)
    for words in (f"Yours, {person.name}", f"Write to {person.email}"):
        with pytest.raises(Invalid):
            ask_correction(bench.kit, bench.actor(person), first.public_id, words)


def test_whoever_knows_the_learner_corrects_nothing(bench):
    bench.decided(WEAK)
    bench.release()
    first, _ = bench.seats(bench.rounds()[0].id)
    answer(bench, ask(bench, first), agree=False, reason=NO)
    declare_known(bench.kit, bench.actor(bench.person(first)), first.public_id)
    with pytest.raises(NotFound):
        ask(bench, first)
    with pytest.raises(NotFound):
        correct(bench, first, GOOD)


def test_reasons_stay_out_of_the_facts_of_events(bench):
    first, _ = bench.seats(bench.decided(WEAK))
    corrected(bench, first, GOOD)
    for event in bench.all(Event, col(Event.action).like("correction.%")):
        assert WHY not in str(event.facts)
        assert YES not in str(event.facts)
