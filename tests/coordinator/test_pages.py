"""The coordinator's pages as a browser without scripts uses them."""

import re
from datetime import date, timedelta

import pytest
from sqlmodel import select

from reviewhub.jobs import run_due
from reviewhub.models import Alias, Conflict, Hold, Membership, Qualification, Submission
from reviewhub.services.hold import hold
from reviewhub.services.ids import public_id
from tests.cases import sign_in
from tests.coordinator.test_stuck_job import stuck
from tests.marks import BOTH
from tests.web.pages import forms_of, letters, submit


@pytest.fixture
def cora(client, kit, house):
    return sign_in(client, kit, house.person)


@pytest.fixture
def case(house):
    return house.cases.scoring(house.learner, house.micro, house.ana, house.ben)


def text(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.get_data(as_text=True)


def the_form(client, page):
    return next(f["fields"] for f in forms_of(client.get(page)) if f["action"] == "" and f["fields"])


def send(client, page, **typed):
    """Fill the form that posts to its own page, and send it."""
    return client.post(page, data={**the_form(client, page), **typed})


def at(case, rest=""):
    return f"/coordinate/submissions/{case.submission.public_id}{rest}"


def submission_state(kit, case):
    with kit.read() as session:
        return session.get_one(Submission, case.submission.id).state


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
def test_people_and_one_person(client, kit, house, cora, case):
    page = text(client, "/coordinate/people")
    for words in ("Ana Silva", "1 of 20", "Lena Lund", "coordinator"):
        assert words in page
    assert "Lee Learner" not in page
    person = text(client, f"/coordinate/people/{house.ana.public_id}")
    for words in ("ana.silva@people.example", "Small", "calibrated on 10 seeds", "Lee Learner", "not begun"):
        assert words in person


@BOTH
def test_people_in_pages(client, house, cora, monkeypatch):
    monkeypatch.setattr("reviewhub.queries.coordinator_people.PAGE", 2)
    seen, url = [], "/coordinate/people"
    while url:
        page = text(client, url)
        seen += [
            n for n in ("Ana Silva", "Ben Okafor", "Cleo Marsh", "Cora Cord<", "Lena Lund") if f">{n}" in page
        ]
        url = f"/coordinate/people?after={page.split('after=')[1][:26]}" if "after=" in page else ""
    assert [n for n in seen if n != "Cora Cord<"] == ["Ana Silva", "Ben Okafor", "Cleo Marsh", "Lena Lund"]


@BOTH
def test_qualified_and_revoked_by_their_pages(client, kit, house, cora):
    person = f"/coordinate/people/{house.lead.public_id}"
    fields = the_form(client, f"{person}/qualify")
    bad = {**fields, "micro_credential": "", "standard": "Agreed.", "until": "tomorrow"}
    for change in ({}, {"micro_credential": house.micro.public_id}, {"until": "", "standard": ""}):
        answer = client.post(f"{person}/qualify", data={**bad, **change})
        assert answer.status_code == 422
    good = {**fields, "micro_credential": house.micro.public_id, "standard": "Agreed.", "until": "2027-01-31"}
    assert client.post(f"{person}/qualify", data=good).status_code == 303
    page = text(client, person)
    assert "Agreed." in page
    assert "31 Jan 2027" in page
    send(client, f"{person}/qualifications/{house.micro.public_id}/revoke", reason="Drifted.")
    with kit.read() as session:
        rows = session.exec(select(Qualification).where(Qualification.person_id == house.lead.id)).all()
    assert rows[0].revoked_at is not None
    assert client.get(f"{person}/qualifications/{house.micro.public_id}/revoke").status_code == 404


def test_a_role_ends_by_its_page_and_the_last_coordinator_stays(client, kit, house, cora, case):
    url = f"/coordinate/people/{house.ana.public_id}/roles/harbor/assessor/end"
    assert send(client, url, reason="").status_code == 422
    answer = send(client, url, reason="Left.")
    assert answer.status_code == 303
    assert "No role any more" in text(client, f"/coordinate/people/{house.ana.public_id}")
    own = f"/coordinate/people/{house.person.public_id}/roles/harbor/coordinator/end"
    refused = send(client, own, reason="Tired of it.")
    assert refused.status_code == 409
    assert "Tired of it." in refused.get_data(as_text=True)
    assert client.get(f"/coordinate/people/{house.ben.public_id}/roles/harbor/lead/end").status_code == 404


def test_invited_by_a_link(client, kit, house, cora):
    page = "/coordinate/people/invite"
    for typed in ({"email": "nobody", "role": "lead"}, {"email": "new@x.example", "role": "king"}):
        answer = send(client, page, **typed)
        assert answer.status_code == 422
        assert typed["email"] in answer.get_data(as_text=True)
    assert send(client, page, email="new@x.example", role="lead").status_code == 303
    assert "/invitation/" in letters(kit, "new@x.example")[0].body
    assert "new@x.example" in text(client, "/coordinate/people")


def test_who_coordinates_two_issuers_says_which(client, kit, house, cora):
    other = house.world.issuer("other", "Other House")
    house.world.add(
        Membership(
            person_id=house.person.id, issuer_id=other.id, role="coordinator", granted_at=kit.clock.now()
        )
    )
    page = "/coordinate/people/invite"
    assert send(client, page, email="new@x.example", role="lead").status_code == 422
    assert send(client, page, email="new@x.example", role="lead", issuer="nowhere").status_code == 422
    assert send(client, page, email="new@x.example", role="lead", issuer="other").status_code == 303
    assert "Other House invites" in letters(kit, "new@x.example")[0].subject


@BOTH
def test_a_stuck_job_by_its_page(client, kit, house, cora, case):
    row = stuck(kit, round_id=case.round.id)
    url = f"/coordinate/holds/{row.public_id}"
    assert "Finding assessors" in text(client, "/coordinate")
    assert "OSError" not in text(client, "/coordinate")
    assert send(client, url, reason="").status_code == 422
    assert send(client, url, reason="Works again.").status_code == 303
    assert client.get(url).status_code == 404


def addresses(app, house, case):
    """Every address of the coordinator's pages, filled with what exists."""
    values = {
        "public_id": case.submission.public_id,
        "review": "a" * 26,
        "micro": house.micro.public_id,
        "learner": house.learner.public_id,
        "slug": "harbor",
        "role": "assessor",
        "number": 1,
        "round_pid": "a" * 26,
        "version": "1.0",
    }
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("coordinator."):
            continue
        for act in ("hold", "withdraw", "go-on") if "act" in rule.arguments else ("",):
            own = {**values, "act": act}
            if "people" in rule.rule:
                own["public_id"] = house.ana.public_id
            with app.test_request_context():
                url = app.url_map.bind("localhost").build(
                    rule.endpoint, {name: own[name] for name in rule.arguments}
                )
            for method in rule.methods & {"GET", "POST"}:
                yield method, url, bool(rule.arguments)


@pytest.mark.parametrize("roles", [(), ("assessor",), ("lead",), ("manager",)])
def test_nobody_but_a_coordinator_finds_anything(client, kit, house, case, app, roles):
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, kit, house.world.person("Some Body", *roles))
    tried = list(addresses(app, house, case))
    assert len(tried) > 25
    for method, url, _ in tried:
        assert client.open(url, method=method).status_code == 404, (method, url)


def test_another_issuers_coordinator_finds_nothing(client, kit, house, case, app):
    app.config["WTF_CSRF_ENABLED"] = False
    other = house.world.issuer("other", "Other")
    sign_in(client, kit, house.world.person("Otto Other", "coordinator", issuer=other))
    for method, url, about_one in addresses(app, house, case):
        answer = client.open(url, method=method, data={"reason": "Because.", "assessor": house.ana.public_id})
        if about_one:
            assert answer.status_code == 404, (method, url)
        else:
            shown = answer.get_data(as_text=True)
            assert "Lee Learner" not in shown
            assert "Ana Silva" not in shown
    assert submission_state(kit, case) == "under_review"


def test_ones_own_learning_is_not_ones_own_to_coordinate(client, kit, house, cora):
    own = house.cases.scoring(house.person, house.micro, house.ana, house.ben)
    assert client.get(at(own)).status_code == 404
    assert own.submission.public_id not in text(client, "/coordinate/submissions")


def test_who_is_not_signed_in_is_asked_to(client, house, case, app):
    for method, url, _ in addresses(app, house, case):
        if method == "GET":
            answer = client.get(url)
            assert answer.status_code == 303, url
            assert answer.location.startswith("/sign-in")


def test_nonsense_addresses(client, cora, case):
    for url in (
        "/coordinate/submissions/nonsense",
        "/coordinate/people/nonsense",
        "/coordinate/holds/nonsense",
        at(case, "/nonsense"),
        at(case, "/seats/nonsense"),
        "/coordinate/submissions/%00",
        "/coordinate/people/" + "a" * 3000,
    ):
        assert client.get(url).status_code == 404, url


def test_a_form_without_its_token_does_nothing(client, kit, cora, case):
    assert client.post(at(case, "/hold"), data={"reason": "Because."}).status_code == 400
    assert submission_state(kit, case) == "under_review"
