"""The screens of corrections and of results that are scored again."""

import re

import pytest
from sqlmodel import col, select

from reviewhub.models import Correction, Membership, Scoresheet
from tests.assessor.desk import GOOD, WEAK
from tests.cases import sign_in
from tests.rounds.test_corrections import NO, WHY, YES, answer, ask, correct


@pytest.fixture
def door(app, kit):
    """Signs somebody in and gives their browser, without form tokens: other tests hold these."""
    app.config["WTF_CSRF_ENABLED"] = False

    def enter(person):
        client = app.test_client()
        sign_in(client, kit, person)
        return client

    return enter


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_an_assessor_asks_from_the_final_sheet_and_hands_in_the_corrected_one(bench, door):
    review = bench.seats(bench.decided(WEAK))[0]
    mine = door(bench.person(review))
    page = mine.get(f"/reviews/{review.public_id}")
    assert "You can ask until" in text(page)
    form = mine.get(f"/reviews/{review.public_id}/correction")
    assert form.status_code == 200
    empty = mine.post(f"/reviews/{review.public_id}/correction", data={"reason": " "})
    assert empty.status_code == 422
    assert mine.post(f"/reviews/{review.public_id}/correction", data={"reason": WHY}).status_code == 303
    page = text(mine.get(f"/reviews/{review.public_id}"))
    assert "to correct it. A lead answers" in page
    assert "You can ask until" not in page
    assert "correction asked for" in text(mine.get("/reviews"))
    answer(bench, bench.one(Correction))
    page = mine.get(f"/reviews/{review.public_id}")
    assert "You can correct this sheet" in text(page)
    assert f'action="/reviews/{review.public_id}/corrected"' in page.get_data(as_text=True)
    typed = {f"level-{cid}": level for cid, level in WEAK.items()}
    same = mine.post(f"/reviews/{review.public_id}/corrected", data=typed)
    assert same.status_code == 422
    assert "Nothing is changed yet" in text(same)
    typed |= {"level-goal": "clear", "comment-goal": "Page 2 names the day."}
    assert mine.post(f"/reviews/{review.public_id}/corrected", data=typed).status_code == 303
    page = text(mine.get(f"/reviews/{review.public_id}"))
    assert "This is your corrected sheet" in page
    assert "Page 2 names the day." in page
    assert [sheet.kind for sheet in bench.all(Scoresheet, Scoresheet.review_id == review.id)] == [
        "blind",
        "superseding",
    ]


def test_a_refused_assessor_reads_the_leads_words_and_no_name(bench, door):
    review = bench.seats(bench.decided(WEAK))[0]
    answer(bench, ask(bench, review), agree=False, reason=NO)
    page = text(door(bench.person(review)).get(f"/reviews/{review.public_id}"))
    assert NO in page
    for name in ("Lars", "Lena"):
        assert name not in page


def test_after_the_days_the_link_is_gone_for_everybody(bench, door):
    review = bench.seats(bench.decided(WEAK))[0]
    bench.kit.clock.move(days=20)
    mine = door(bench.person(review))
    assert "It cannot be changed any more." in text(mine.get(f"/reviews/{review.public_id}"))
    assert mine.get(f"/reviews/{review.public_id}/correction").status_code == 303


def test_a_lead_reads_the_sheet_and_answers(bench, door):
    review = bench.seats(bench.decided(WEAK))[0]
    asked = ask(bench, review)
    lead = door(bench.people.lead)
    page = lead.get("/feedback/corrections")
    assert WHY not in text(page)
    assert f"/feedback/corrections/{asked.public_id}" in page.get_data(as_text=True)
    assert bench.one(Correction).read_by == []
    page = text(lead.get(f"/feedback/corrections/{asked.public_id}"))
    assert WHY in page
    assert "Agree" in page
    assert bench.person(review).name not in page
    assert bench.one(Correction).read_by == [bench.people.lead.id]
    where = f"/feedback/corrections/{asked.public_id}"
    assert lead.post(where, data={"answer": "agree", "reason": ""}).status_code == 422
    assert lead.post(where, data={"answer": "", "reason": YES}).status_code == 422
    named = lead.post(where, data={"answer": "agree", "reason": f"Says {bench.learner.name}"})
    assert named.status_code == 422
    assert 'name="sure"' in named.get_data(as_text=True)
    assert lead.post(where, data={"answer": "agree", "reason": YES}).status_code == 303
    assert bench.one(Correction).state == "granted"
    assert "Nothing to correct" in text(lead.get("/feedback/corrections"))


def test_a_lead_sees_that_it_is_too_late_and_whom_to_tell(bench, door):
    review = bench.seats(bench.decided(WEAK))[0]
    bench.release()
    asked = ask(bench, review)
    lead = door(bench.people.other_lead)
    page = text(lead.get(f"/feedback/corrections/{asked.public_id}"))
    assert "can no longer count" in page
    assert "tell a coordinator: quote case" in page
    assert "Agree" not in page
    late = lead.post(f"/feedback/corrections/{asked.public_id}", data={"answer": "agree", "reason": YES})
    assert late.status_code == 409


def test_the_lead_who_confirms_sees_the_corrected_comment(bench, door):
    first, second = bench.seats(bench.decided(WEAK))
    for review in (first, second):
        answer(bench, ask(bench, review))
        correct(bench, review, GOOD)
        bench.run()
    (feedback,) = bench.feedback("draft")
    page = text(door(bench.people.lead).get(f"/feedback/{feedback.public_id}"))
    assert "Met" in page
    assert not bench.all(Correction, col(Correction.state) == "granted")


def test_a_coordinator_has_a_result_scored_again_compares_and_rules(bench, door):
    bench.released(GOOD)
    cora = door(bench.people.cora)
    case = f"/coordinate/submissions/{bench.submission.public_id}"
    assert "Have it scored again" in text(cora.get(case))
    ask_it = f"{case}/attempts/1/rescore"
    assert "had no part in it" in text(cora.get(ask_it))
    assert cora.post(ask_it, data={"reason": ""}).status_code == 422
    assert cora.post(ask_it, data={"reason": WHY}).status_code == 303
    assert cora.post(ask_it, data={"reason": WHY}).status_code == 409
    bench.run()
    again = bench.rounds()[-1]
    page = text(cora.get(case))
    assert "Scored again" in page
    assert "Have it scored again" not in page
    assert cora.get(ask_it).status_code == 303
    assert cora.get(f"{case}/rescores/{again.public_id}").status_code == 404
    bench.score(again.id, WEAK, WEAK)
    assert "Scored again: the result differs" in text(cora.get("/coordinate"))
    assert "met" in text(cora.get(case))
    page = cora.get(f"{case}/rescores/{again.public_id}")
    assert "differs" in text(page)
    for person in bench.assessors:
        assert person.name not in text(page)
    assert cora.post(f"{case}/rescores/{again.public_id}", data={"reason": WHY}).status_code == 422
    chosen = {"reason": WHY, "ruling": "take_back"}
    assert cora.post(f"{case}/rescores/{again.public_id}", data=chosen).status_code == 303
    page = text(cora.get(case))
    assert "ruled: this result counts" in page
    assert "not yet met" in page
    assert "The result was taken back" in page
    assert "this result counts" in text(cora.get(f"{case}/rescores/{again.public_id}"))
    assert "Scored again: the result differs" not in text(cora.get("/coordinate"))


def test_what_stands_on_the_case_page_is_the_released_result_until_a_ruling(bench, door):
    bench.released(GOOD)
    cora = door(bench.people.cora)
    case = f"/coordinate/submissions/{bench.submission.public_id}"
    cora.post(f"{case}/attempts/1/rescore", data={"reason": WHY})
    bench.run()
    bench.score(bench.rounds()[-1].id, WEAK, WEAK)
    page = cora.get(case).get_data(as_text=True)
    assert 'chip met">met<' in page.replace("  ", " ")
    assert "not yet met" not in page


def test_a_rescore_that_finds_nobody_is_on_the_coordinators_list(bench, door):
    bench.released(GOOD)
    with bench.kit.write() as tx:
        for person in bench.assessors:
            tx.session.get_one(type(person), person.id).load_cap = 0
    cora = door(bench.people.cora)
    case = f"/coordinate/submissions/{bench.submission.public_id}"
    cora.post(f"{case}/attempts/1/rescore", data={"reason": WHY})
    bench.run()
    assert "Nobody scores these yet" in text(cora.get("/coordinate"))
    assert "Look for assessors now" in text(cora.get(case))


def test_a_correction_that_no_lead_may_decide_is_on_the_coordinators_list(bench, door):
    review = bench.seats(bench.decided(WEAK))[0]
    ask(bench, review)
    cora = door(bench.people.cora)
    assert "Corrections without a lead" not in text(cora.get("/coordinate"))
    with bench.kit.write() as tx:
        for person in (bench.people.lead, bench.people.other_lead):
            row = tx.session.exec(select(Membership).where(Membership.person_id == person.id)).one()
            row.ended_at = bench.kit.clock.now()
    assert "Corrections without a lead" in text(cora.get("/coordinate"))


def test_the_learner_sees_nothing_of_a_rescore_and_reads_the_new_feedback_once_it_counts(bench, door):
    bench.released(GOOD)
    learner = door(bench.learner)
    mine = f"/work/{bench.submission.public_id}"
    before = text(learner.get(mine))
    cora = door(bench.people.cora)
    case = f"/coordinate/submissions/{bench.submission.public_id}"
    cora.post(f"{case}/attempts/1/rescore", data={"reason": WHY})
    bench.run()
    again = bench.rounds()[-1]
    bench.score(again.id, WEAK, WEAK)
    assert text(learner.get(mine)) == before
    cora.post(f"{case}/rescores/{again.public_id}", data={"reason": WHY, "ruling": "take_back"})
    bench.run()
    page = text(learner.get(mine))
    assert "A second look" in page
    assert "no longer stands" in page
    bench.release()
    assert "Mend this one" in text(learner.get(f"{mine}/feedback/1"))
    assert "A second look" not in text(learner.get(mine))
