"""The lead's pages, as a browser without scripts uses them, and the parts that a script asks for."""

import pytest
from sqlmodel import select

from reviewhub.models import Alias, Artifact, CleanCopy, Feedback, Submission
from reviewhub.services.ids import public_id
from tests.cases import sign_in
from tests.marks import BOTH
from tests.web.pages import forms_of


@pytest.fixture
def signed(house, kit, client):
    """Sign people in by name: signed("Lena Lund", "lead")."""

    def sign(name, *roles, issuer=None):
        return sign_in(client, kit, house.world.person(name, *roles, issuer=issuer))

    return sign


@pytest.fixture
def lead(signed):
    return signed("Mona Lead", "lead")


def address(case, rest=""):
    return f"/feedback/{case.feedback.public_id}{rest}"


def the_form(response):
    return next(f["fields"] for f in forms_of(response) if f["action"].endswith("/release"))


def filled(client, case, **typed):
    form = the_form(client.get(address(case)))
    return {
        **form,
        "saw-goal": "No figure.",
        "do-goal": "Add one.",
        "saw-honest": "Only good news.",
        "do-honest": "Say what failed.",
        "saw-audience": "",
        "do-audience": "",
        "saw-respect": "",
        "do-respect": "",
        "summary": "",
        **typed,
    }


def feedback_row(kit, case):
    with kit.read() as session:
        return session.get_one(Feedback, case.feedback.id)


def text(client, url):
    return client.get(url).get_data(as_text=True)


@BOTH
def test_the_desk_lists_drafts_by_promised_day_under_an_alias(client, kit, house, lead):
    late = house.cases.decided(house.learner, house.micro, [house.ana, house.ben])
    kit.clock.move(days=-3)
    soon = house.cases.decided(house.world.person("Sid Soon"), house.micro, [house.ana, house.ben])
    kit.clock.move(days=3)
    page = text(client, "/feedback")
    assert page.index(soon.feedback.public_id) < page.index(late.feedback.public_id)
    assert "2 criteria to mend" in page
    for secret in ("Lee Learner", "Sid Soon", "lee.learner", "Ana Silva"):
        assert secret not in page
    with kit.read() as session:
        names = session.exec(select(Alias.name).where(Alias.viewer_id == lead.id)).all()
    assert len(names) == 2
    assert all(name in page for name in names)
    assert text(client, "/feedback").count(names[0]) == page.count(names[0])


@BOTH
def test_the_desk_in_pages(client, kit, house, lead, monkeypatch):
    monkeypatch.setattr("reviewhub.queries.lead.PAGE", 2)
    cases = [
        house.cases.decided(house.world.person(f"Learner {n}"), house.micro, [house.ana, house.ben])
        for n in range(5)
    ]
    seen, url = [], "/feedback"
    while url:
        page = text(client, url)
        here = page.split("after=")[0]
        found = [n for n, case in enumerate(cases) if case.feedback.public_id + '"' in here]
        seen += sorted(found, key=lambda n: here.index(cases[n].feedback.public_id))
        url = f"/feedback?after={page.split('after=')[1][:26]}" if "after=" in page else ""
    assert seen == sorted(range(5), key=lambda n: cases[n].feedback.public_id)
    assert "end of the list" in text(client, "/feedback?after=nonsense")


@BOTH
def test_the_page_says_the_result_and_shows_the_seats_side_by_side(client, kit, house, lead):
    case = house.cases.decided(
        house.learner,
        house.micro,
        [house.ana, house.ben],
        comments={"goal": "No figure given."},
        audience="vague",
    )
    artifact = house.world.add(
        Artifact(
            public_id=public_id(),
            attempt_id=case.attempt.id,
            requirement_id="plan",
            kind="file",
            state="checked",
            title="Lees plan.pdf",
            created_at=kit.clock.now(),
        )
    )
    copy = house.world.add(
        CleanCopy(
            public_id=public_id(),
            artifact_id=artifact.id,
            position=0,
            kind="page",
            media_type="image/png",
            key="clean/1",
            size=1,
        )
    )
    page = text(client, address(case))
    for words in (
        "Not yet: 2 criteria to mend",
        "2 Vague → needs Clear",
        "Seat A",
        "Seat B",
        "No figure given.",
        "opposite sides of “met”",
        "Nobody wrote anything",
        "2 / 4",
        f"/files/{copy.public_id}",
    ):
        assert words in page, words
    for secret in ("Lee Learner", "Lees plan", "Ana Silva", "Ben Okafor"):
        assert secret not in page


@BOTH
def test_released_by_the_form_and_read_only_after(client, kit, house, lead, decided):
    answer = client.post(address(decided, "/release"), data=filled(client, decided, summary="Good start."))
    assert answer.status_code == 303
    assert answer.location == "/feedback"
    assert feedback_row(kit, decided).author_id == lead.id
    page = text(client, address(decided))
    assert "Confirmed by Mona Lead" in page
    assert "textarea" not in page
    assert "Say what failed." in page
    assert decided.feedback.public_id in text(client, "/feedback?show=released")
    assert decided.feedback.public_id not in text(client, "/feedback")


def test_a_second_press_finds_it_done(client, kit, house, lead, decided):
    data = filled(client, decided)
    client.post(address(decided, "/release"), data=data)
    again = client.post(address(decided, "/release"), data=data, follow_redirects=True)
    assert again.status_code == 200
    assert "released already" in again.get_data(as_text=True)


def test_what_is_missing_is_named_and_what_was_typed_stays(client, kit, house, lead, decided):
    data = filled(client, decided, **{"saw-goal": "", "do-honest": " ", "summary": "Keep <me>"})
    answer = client.post(address(decided, "/release"), data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "2 things need mending" in page
    assert 'href="#f-saw-goal"' in page
    assert "Only good news." in page
    assert "Keep &lt;me&gt;" in page
    assert feedback_row(kit, decided).state == "draft"


def test_a_stale_form_keeps_what_was_typed_and_shows_what_is_stored(client, kit, house, lead, decided):
    mine = filled(client, decided, **{"saw-goal": "Mine."})
    client.post(address(decided, "/draft"), data=filled(client, decided, **{"saw-goal": "Theirs."}))
    for action in ("/draft", "/release"):
        answer = client.post(address(decided, action), data=mine)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "Mine." in page
        assert "Theirs." in page
    fresh = the_form(answer)["version"]
    assert client.post(address(decided, "/draft"), data={**mine, "version": fresh}).status_code == 303
    assert feedback_row(kit, decided).items[0]["saw"] == "Mine."


def test_autosave_answers_with_the_new_version(client, kit, house, lead, decided):
    htmx = {"HX-Request": "true"}
    answer = client.post(address(decided, "/draft"), data=filled(client, decided), headers=htmx)
    part = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<html" not in part
    assert "Saved" in part
    assert 'value="2"' in part
    assert 'hx-swap-oob="true"' in part
    assert answer.headers["HX-Trigger"] == "rh:saved"
    stale = client.post(
        address(decided, "/draft"), data=filled(client, decided, version="1", summary="Other"), headers=htmx
    )
    assert stale.status_code == 409
    assert "Not saved." in stale.get_data(as_text=True)
    assert stale.headers["HX-Retarget"] == "#saved"


def test_autosave_and_button_with_the_same_words_do_not_clash(client, kit, house, lead, decided):
    data = filled(client, decided)
    client.post(address(decided, "/draft"), data=data, headers={"HX-Request": "true"})
    assert client.post(address(decided, "/release"), data=data).status_code == 303


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "²"])
def test_a_tampered_version_overwrites_nothing(client, kit, house, lead, decided, version):
    answer = client.post(address(decided, "/draft"), data=filled(client, decided, version=version))
    assert answer.status_code == 409
    assert feedback_row(kit, decided).version == 1


def test_a_tampered_field_is_refused(client, kit, house, lead, decided):
    answer = client.post(address(decided, "/release"), data=filled(client, decided, **{"saw-extra": "x"}))
    assert answer.status_code == 422
    assert feedback_row(kit, decided).state == "draft"


def test_without_a_token_nothing_happens(client, kit, house, lead, decided):
    data = filled(client, decided)
    data.pop("csrf_token")
    assert client.post(address(decided, "/release"), data=data).status_code == 400
    assert feedback_row(kit, decided).state == "draft"


def test_held_says_so_and_keeps_the_words(client, kit, house, lead, decided):
    house.cases.change(decided.submission, state="held", held_from="under_review")
    assert "disabled" in text(client, address(decided))
    answer = client.post(address(decided, "/release"), data=filled(client, decided, summary="My words"))
    assert answer.status_code == 409
    assert "My words" in answer.get_data(as_text=True)


def test_withdrawn_meanwhile(client, kit, house, lead, decided):
    data = filled(client, decided)
    house.cases.change(decided.submission, state="withdrawn")
    house.cases.change(decided.attempt, state="withdrawn")
    answer = client.post(address(decided, "/draft"), data=data)
    assert answer.status_code == 409
    assert "withdrawn" in text(client, address(decided))


def addresses(case):
    yield "GET", "/feedback"
    yield "GET", address(case)
    yield "POST", address(case, "/draft")
    yield "POST", address(case, "/release")


@pytest.mark.parametrize("roles", [(), ("assessor",), ("coordinator",), ("manager",)])
def test_nobody_but_a_lead_finds_anything(client, kit, house, signed, decided, roles, app):
    app.config["WTF_CSRF_ENABLED"] = False
    signed("Some Body", *roles)
    for method, url in addresses(decided):
        assert client.open(url, method=method).status_code == 404, (method, url)


def test_another_issuers_lead_finds_nothing(client, kit, house, signed, decided, app):
    app.config["WTF_CSRF_ENABLED"] = False
    signed("Otto Other", "lead", issuer=house.world.issuer("other", "Other"))
    assert decided.feedback.public_id not in text(client, "/feedback")
    for method, url in list(addresses(decided))[1:]:
        assert client.open(url, method=method).status_code == 404, (method, url)


def test_a_lead_finds_neither_their_own_nor_what_they_score_anew(client, kit, house, lead, decided):
    own = house.cases.decided(lead, house.micro, [house.ana, house.ben])
    assert client.get(address(own)).status_code == 404
    house.cases.seat(decided, lead, 1, "claimed", role="adjudicator")
    assert client.get(address(decided)).status_code == 404
    assert own.feedback.public_id not in text(client, "/feedback")


def test_who_is_not_signed_in_is_asked_to(client, kit, house, decided):
    for method, url in list(addresses(decided))[:2]:
        answer = client.open(url, method=method)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in")


def test_nonsense_addresses(client, lead):
    for url in ("/feedback/nonsense", "/feedback/" + "a" * 26, "/feedback/%00", "/feedback/" + "a" * 5000):
        assert client.get(url).status_code == 404


def test_met_says_that_the_release_ends_it(client, kit, house, lead):
    case = house.cases.decided(
        house.learner,
        house.micro,
        [house.ana, house.ben],
        {"goal": "clear", "audience": "tested", "respect": "yes", "honest": "yes"},
    )
    assert "With your release the micro-credential is earned." in text(client, address(case))
    form = the_form(client.get(address(case)))
    assert client.post(address(case, "/release"), data=form).status_code == 303
    with kit.read() as session:
        assert session.get_one(Submission, case.submission.id).state == "met"
