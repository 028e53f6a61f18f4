"""The coordinator's pages about submissions as a browser without scripts uses them."""

import re
from datetime import date, timedelta

import pytest
from sqlmodel import select

from reviewhub.jobs import run_due
from reviewhub.models import Alias, Conflict, Hold
from reviewhub.queries.coordinator import overview
from reviewhub.services.hold import hold
from reviewhub.services.ids import public_id
from tests.cases import sign_in
from tests.coordinator.browsing import at, send, submission_state, text, the_form
from tests.coordinator.test_stuck_job import stuck
from tests.marks import BOTH
from tests.web.pages import letters, submit


def held_attempt(house, kit, learner):
    case = house.cases.open(learner, house.micro)
    house.cases.change(case.attempt, state="held")
    house.world.add(
        Hold(
            public_id=public_id(),
            issuer_id=case.submission.issuer_id,
            submission_id=case.submission.id,
            subject="attempt",
            subject_id=case.attempt.id,
            code="no_clean_copy",
            detail="No pages in it.",
            opened_at=kit.clock.now(),
        )
    )
    return case


def test_nothing_waits(client, cora):
    assert "Nothing waits for you" in text(client, "/coordinate")


@BOTH
def test_what_waits_why_since_when_and_what_would_help(client, kit, house, cora):
    world, cases, micro = house.world, house.cases, house.micro
    people = [world.person(f"Learner {n}") for n in "ABCDEF"]
    held_attempt(house, kit, people[0])
    cases.waiting(people[1], micro, "2 seats are empty. Of 3 people: 3 not qualified.")
    late = cases.scoring(people[2], micro, house.ana, house.ben)
    cases.decided(people[3], micro, [house.ana, house.ben])
    near = cases.scoring(people[4], micro, house.ana, house.cleo)
    cases.change(near.attempt, promised_on=(kit.clock.now() + timedelta(2)).date())
    stopped = cases.scoring(people[5], micro, house.ana, house.ben)
    hold(kit, house.cora, stopped.submission.public_id, "Ask first.")
    kit.clock.move(days=8)
    page = text(client, "/coordinate")
    for words in (
        "On hold",
        "A file has no clean copy yet",
        "No pages in it.",
        "Put on hold by a coordinator",
        "since 2 Nov, 09:00",
        "Remind the leads",
        "Nobody scores these yet",
        "3 not qualified",
        "Qualify somebody",
        "Reviews past their day",
        "Ana Silva has not begun and was due",
        f"{late.submission.public_id}#seats",
        "Feedback to confirm",
        "Promises at risk",
        "past",
        "Learner E",
    ):
        assert words in page, words
    overdue = page.split("Reviews past their day")[1].split("Feedback to confirm")[0]
    assert "Learner C" in overdue
    assert "Learner F" not in overdue, "a held submission is not late"


def test_counts_and_statements_do_not_grow(client, kit, house, cora, statements):
    def fill(numbers):
        for n in numbers:
            case = house.cases.scoring(house.world.person(f"L {n}"), house.micro, house.ana, house.ben)
            house.cases.change(case.attempt, promised_on=kit.clock.now().date())
        return text(client, "/coordinate")

    fill(range(2))
    with_few, with_many = [], []
    app_engine = client.application.extensions["reviewhub"].db.engine
    for collected, numbers in ((with_few, []), (with_many, range(2, 14))):
        fill(numbers)
        with statements(app_engine) as seen:
            page = text(client, "/coordinate")
            text(client, "/coordinate/submissions")
            text(client, "/coordinate/people")
            collected.extend(seen)
    assert len(with_few) == len(with_many)
    assert ">14</span>" in page
    assert "The 10 that wait longest are shown." in page


@BOTH
def test_counting_stops_where_nobody_reads_on(kit, house, monkeypatch):
    monkeypatch.setattr("reviewhub.queries.coordinator.SHOWN", 2)
    monkeypatch.setattr("reviewhub.queries.coordinator.MOST", 3)
    now = kit.clock.now()
    found = []
    for n in range(6):
        with kit.read() as session:
            promises = overview(session, house.cora, now)[-1]
        found.append((len(promises.items), promises.count))
        case = house.cases.scoring(house.world.person(f"L {n}"), house.micro, house.ana, house.ben)
        house.cases.change(case.attempt, promised_on=now.date())
    assert found == [(0, 0), (1, 1), (2, 2), (2, 3), (2, 4), (2, 4)]


@BOTH
def test_the_list_by_state_in_pages(client, house, cora, monkeypatch):
    monkeypatch.setattr("reviewhub.queries.coordinator_list.PAGE", 2)
    for n, days in enumerate((3, 2, 1, 0, 1)):
        case = house.cases.scoring(house.world.person(f"Learner {n}"), house.micro, house.ana, house.ben)
        house.cases.change(case.attempt, promised_on=date(2026, 11, 20 + days))
    house.cases.open(house.world.person("Learner open"), house.micro)
    seen, url = [], "/coordinate/submissions"
    while url:
        page = text(client, url)
        seen += re.findall(r">Learner (\d)<", page)
        url = (
            page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
            if 'rel="next"' in page
            else ""
        )
    assert seen == list("32410"), "by the promised day, then the oldest first"
    assert "Learner open<" in text(client, "/coordinate/submissions?show=open")
    assert "Learner 0<" not in text(client, "/coordinate/submissions?show=open")
    for odd in ("?show=nonsense", "?after=nonsense", "?show=ended&after=x"):
        text(client, "/coordinate/submissions" + odd)


@BOTH
def test_a_case_reference_leads_to_its_submission(client, kit, house, cora, case):
    with kit.read() as session:
        reference = session.exec(select(Alias.case_ref)).first()
    for quoted in (reference, reference.lower(), f"  {reference[:2]} {reference[2:]} "):
        answer = client.get("/coordinate/submissions", query_string={"case": quoted})
        assert answer.status_code == 303
        assert answer.location == at(case)


@pytest.mark.parametrize("quoted", ["K7-0000", "' OR 1=1 --", "x" * 5000, "<script>", "%"])
def test_a_reference_that_is_unknown_finds_nothing(client, house, cora, case, quoted):
    answer = client.get("/coordinate/submissions", query_string={"case": quoted})
    assert answer.status_code == 404
    assert "Nothing found" in answer.get_data(as_text=True)
    assert "<script>" not in answer.get_data(as_text=True)


def test_another_issuers_reference_finds_nothing(client, kit, house, case):
    other = house.world.issuer("other", "Other")
    sign_in(client, kit, house.world.person("Otto Other", "coordinator", issuer=other))
    with kit.read() as session:
        reference = session.exec(select(Alias.case_ref)).first()
    assert client.get("/coordinate/submissions", query_string={"case": reference}).status_code == 404


def test_a_submission_shows_who_and_when_and_never_what_they_gave(client, kit, house, cora):
    case = house.cases.decided(
        house.learner, house.micro, [house.ana, house.ben], comments={"goal": "Secret remark."}
    )
    house.cases.change(case.attempt, state="submitted")
    house.cases.change(case.round, state="scoring")
    page = text(client, at(case))
    for words in ("Lee Learner", "lee.learner@people.example", "Ana Silva", "Seat A", "Ben Okafor"):
        assert words in page
    for secret in ("Secret remark", "Vague", "Amber Heron"):
        assert secret not in page
    assert "being scored" in page


def test_after_the_decision_it_says_met_or_not_and_still_no_words(client, kit, house, cora):
    case = house.cases.decided(
        house.learner, house.micro, [house.ana, house.ben], comments={"goal": "Secret remark."}
    )
    page = text(client, at(case))
    assert "not yet met" in page
    assert "Met: Audience, Respect." in page
    assert "Secret remark" not in page


@BOTH
def test_held_and_released_by_its_pages_with_the_record(client, kit, house, cora, case):
    assert "Put on hold" in text(client, at(case))
    answer = send(client, at(case, "/hold"), reason="  The learner asked.  ")
    assert answer.status_code == 303
    assert submission_state(kit, case) == "held"
    page = text(client, at(case))
    for words in ("On hold", "The learner asked.", "Cora Cord", "Let it go on", "/release-hold"):
        assert words in page
    assert f"{at(case)}/hold" not in page
    assert send(client, at(case, "/release-hold"), reason="Answered.").status_code == 303
    assert submission_state(kit, case) == "under_review"
    assert "Answered." in text(client, at(case))


@pytest.mark.parametrize("act", ["hold", "withdraw"])
@pytest.mark.parametrize("reason", ["", "   ", "y" * 2001])
def test_a_reason_is_asked_for_and_what_was_typed_stays(client, kit, house, cora, case, act, reason):
    fields = the_form(client, at(case, f"/{act}"))
    answer = client.post(at(case, f"/{act}"), data={**fields, "reason": reason})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#f-reason"' in page
    assert reason.strip() in page
    assert submission_state(kit, case) == "under_review"


def test_too_late_keeps_what_was_typed(client, kit, house, cora, case):
    fields = the_form(client, at(case, "/hold"))
    hold(kit, house.cora, case.submission.public_id, "First.")
    answer = client.post(at(case, "/hold"), data={**fields, "reason": "My words"})
    assert answer.status_code == 409
    assert "My words" in answer.get_data(as_text=True)
    assert client.get(at(case, "/hold")).status_code == 303


def test_withdrawn(client, kit, house, cora, case):
    send(client, at(case, "/withdraw"), reason="Asked by e-mail.")
    assert submission_state(kit, case) == "withdrawn"
    assert "Asked by e-mail." in text(client, at(case))
    assert letters(kit, house.learner.email)


@pytest.mark.parametrize(("act", "state"), [("go-on", "submitted"), ("return", "needs_fix")])
def test_a_held_attempt_goes_on_or_back(client, kit, house, cora, act, state):
    case = held_attempt(house, kit, house.learner)
    page = text(client, at(case))
    assert "Go on without it" in page
    assert "Ask for another form" in page
    send(client, at(case, f"/{act}"), reason="Because.")
    with kit.read() as session:
        assert session.get_one(type(case.attempt), case.attempt.id).state == state


@BOTH
def test_a_conflict_by_its_page(client, kit, house, cora, case):
    fields = the_form(client, at(case, "/conflict"))
    wrong = client.post(at(case, "/conflict"), data={**fields, "assessor": "", "reason": "Cousins."})
    assert wrong.status_code == 422
    assert "Cousins." in wrong.get_data(as_text=True)
    answer = client.post(
        at(case, "/conflict"),
        data={**fields, "assessor": house.ana.public_id, "reason": "Cousins."},
        follow_redirects=True,
    )
    page = answer.get_data(as_text=True)
    assert "1 review was excluded" in page
    assert "Ana Silva is excluded (Seat A)" in page
    with kit.read() as session:
        assert session.exec(select(Conflict)).one().assessor_id == house.ana.id
    person = f"/coordinate/people/{house.ana.public_id}"
    assert "Lee Learner" in text(client, person)
    send(client, f"{person}/conflicts/{house.learner.public_id}/end", reason="No cousins.")
    with kit.read() as session:
        assert session.exec(select(Conflict)).one().ended_at is not None


@BOTH
def test_a_seat_by_its_page(client, kit, house, cora, case):
    house.world.person("Dee Unqualified", "assessor")
    url = text(client, at(case)).split("/seats/")[1][:26]
    page = text(client, at(case, f"/seats/{url}"))
    for words in ("Cleo Marsh", "Dee Unqualified", "not qualified", "has or had a seat in this round"):
        assert words in page
    fields = the_form(client, at(case, f"/seats/{url}"))
    barred = client.post(
        at(case, f"/seats/{url}"), data={**fields, "assessor": house.ben.public_id, "reason": "Why not"}
    )
    assert barred.status_code == 422
    assert "Why not" in barred.get_data(as_text=True)
    good = client.post(
        at(case, f"/seats/{url}"), data={**fields, "assessor": house.cleo.public_id, "reason": "Ill."}
    )
    assert good.status_code == 303
    run_due(kit)
    assert "Cleo Marsh was asked to score (Seat A)" in text(client, at(case))


def test_looking_for_assessors_again(client, kit, house, cora):
    case = house.cases.waiting(house.learner, house.micro, "2 seats are empty.")
    assert submit(client, at(case), "/fill").status_code == 303
    run_due(kit)
    assert "Seat B" in text(client, at(case))


def test_the_leads_are_reminded_once_a_day(client, kit, house, cora, log):
    case = house.cases.decided(house.learner, house.micro, [house.ana, house.ben])
    for said in ("1 lead is reminded", "within the last day"):
        answer = submit(client, "/coordinate", "/remind")
        assert answer.location == "/coordinate"
        assert said in text(client, "/coordinate")
    letter = letters(kit, house.lead.email)
    assert len(letter) == 1
    assert "Lee" not in letter[0].body
    assert log(case.submission) == [("feedback.reminded", None)]
    assert "The leads were reminded" in text(client, at(case))
    kit.clock.move(days=2)
    submit(client, "/coordinate", "/remind")
    assert len(letters(kit, house.lead.email)) == 2


@BOTH
def test_a_stuck_job_by_its_page(client, kit, house, cora, case):
    row = stuck(kit, round_id=case.round.id)
    url = f"/coordinate/holds/{row.public_id}"
    assert "Finding assessors" in text(client, "/coordinate")
    assert "OSError" not in text(client, "/coordinate")
    assert send(client, url, reason="").status_code == 422
    assert send(client, url, reason="Works again.").status_code == 303
    assert client.get(url).status_code == 404
