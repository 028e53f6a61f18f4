"""Two who act on one result in the same instant: one order or the other, and all is whole after it."""

from reviewhub.domain.errors import DomainError
from reviewhub.models import Correction, Event, Scoresheet
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.exclude import declare_known
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.release import Said, release
from reviewhub.services.rescore import rescore
from reviewhub.services.rule_on_rescore import rule_on_rescore
from reviewhub.services.supersede import supersede
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import GOOD, WEAK, entries
from tests.marks import BOTH
from tests.rounds.test_corrections import WHY, YES, answer, ask
from tests.together.at_once import at_once
from tests.together.invariants import problems


def releasing(bench):
    """What the lead's button does, with the page as it is now."""
    (feedback,) = bench.feedback("draft")
    said = {item["criterion"]: Said("What we saw.", "What to do.") for item in feedback.items}
    actor = bench.actor(bench.people.lead)
    return lambda: release(bench.kit, actor, feedback.public_id, feedback.version, said, "Thank you.")


def ends(bench, results):
    """Gives who was refused; nothing else went wrong, and all is whole."""
    refused = [isinstance(one, DomainError) for one in results]
    assert all(
        one is None or isinstance(one, DomainError) or not isinstance(one, Exception) for one in results
    )
    with bench.kit.read() as session:
        assert problems(session) == []
    bench.run()
    with bench.kit.read() as session:
        assert problems(session) == []
    assert verify_all(bench.kit)[0]
    return refused


def late(bench, review):
    pid, person = bench.submission.public_id, bench.person(review).public_id
    return lambda: record_conflict(bench.kit, bench.cora, pid, person, WHY)


@BOTH
def test_a_late_conflict_and_a_release_at_once_end_in_a_new_sheet_or_in_a_rescore(bench):
    review = bench.seats(bench.decided(WEAK))[0]
    _, not_released = ends(bench, at_once(late(bench, review), releasing(bench)))
    again = [one.kind for one in bench.rounds()] == ["initial", "rescore"]
    assert again is not not_released
    assert bench.now().state == ("under_review" if not_released else "revise")


@BOTH
def test_an_assessors_own_word_and_a_release_at_once(bench):
    review = bench.seats(bench.decided(WEAK))[0]
    actor = bench.actor(bench.person(review))
    known = lambda: declare_known(bench.kit, actor, review.public_id)  # noqa: E731
    _, not_released = ends(bench, at_once(known, releasing(bench)))
    assert (len(bench.rounds()) == 1) is not_released


@BOTH
def test_a_corrected_sheet_and_a_release_at_once_count_before_or_never(bench):
    round_id = bench.decided(WEAK)
    review = bench.seats(round_id)[0]
    answer(bench, ask(bench, review))
    actor = bench.actor(bench.person(review))
    correcting = lambda: supersede(bench.kit, actor, review.public_id, entries(GOOD))  # noqa: E731
    not_corrected, not_released = ends(bench, at_once(correcting, releasing(bench)))
    assert not not_corrected
    assert bench.round(round_id).state == ("adjudicating" if not_released else "resolved")
    assert bench.one(Correction).state == "used"


@BOTH
def test_two_leads_answer_at_once_and_one_is_told(bench):
    asked = ask(bench, bench.seats(bench.decided(WEAK))[0])
    leads = [bench.actor(person) for person in (bench.people.lead, bench.people.other_lead)]
    at_once(*(lambda actor=actor: read_correction(bench.kit, actor, asked.public_id) for actor in leads))
    assert sorted(bench.one(Correction).read_by) == sorted(actor.person_id for actor in leads)
    answers = [
        lambda actor=actor, agree=agree: decide_correction(
            bench.kit, actor, asked.public_id, agree=agree, reason=YES
        )
        for actor, agree in zip(leads, (True, False), strict=True)
    ]
    assert sorted(ends(bench, at_once(*answers))) == [False, True]
    assert len(bench.all(Event, Event.action == "correction.decide")) == 1


@BOTH
def test_a_second_press_appends_one_sheet(bench):
    review = bench.seats(bench.decided(WEAK))[0]
    answer(bench, ask(bench, review))
    actor = bench.actor(bench.person(review))
    press = lambda: supersede(bench.kit, actor, review.public_id, entries(GOOD))  # noqa: E731
    assert sorted(ends(bench, at_once(press, press))) == [False, True]
    assert len(bench.all(Scoresheet, Scoresheet.kind == "superseding")) == 1


@BOTH
def test_two_who_ask_for_a_rescore_open_one_and_two_rulings_are_one(bench):
    bench.released(WEAK)
    ask_it = lambda: rescore(bench.kit, bench.cora, bench.submission.public_id, 1, WHY)  # noqa: E731
    assert sorted(ends(bench, at_once(ask_it, ask_it))) == [False, True]
    again = bench.rounds()[-1]
    bench.score(again.id, GOOD, GOOD)
    rulings = [
        lambda one=one: rule_on_rescore(bench.kit, bench.cora, again.public_id, one, WHY)
        for one in ("keep", "take_back")
    ]
    assert sorted(ends(bench, at_once(*rulings))) == [False, True]
    assert len(bench.all(Event, Event.action == "round.rule")) == 1
