"""The learner's pages, used by plain forms, and by htmx where it adds something."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from reviewhub.services.evidence import mark
from reviewhub.services.next_attempt import start_next
from reviewhub.services.upload import Announced, allow_upload
from tests.learner.browsing import ALL, EvidenceForm, file, sign_in, token_of
from tests.learner.story import WHY, Story, pdf, picture, release, score, work_off_checks
from tests.learner.test_evidence import storage_down
from tests.rubrics import small_rubric

SHORT = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "yes"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(client, kit, learner):
    return sign_in(client, kit, learner)


@pytest.fixture
def form(ada, story):
    return EvidenceForm(ada, story.id)


def text(page):
    return page.get_data(as_text=True)


# ------------------------------------------------------------------ the way, without scripts


def test_the_whole_way_by_plain_forms(ada, kit, story, form):
    assert "Plan: 1 file wanted, none yet." in text(form.page)
    reply = form.post("save:plan", **{"text.why.0": WHY, "file.plan": file(pdf(), "plan.pdf")})
    assert reply.status_code == 303
    assert reply.headers["Location"].endswith("/evidence#s-plan")
    form.open()
    assert "Being checked" in text(form.page)
    assert form.fields["text.why.0"] == WHY
    work_off_checks(kit)
    form.open()
    assert "Arrived safely" in text(form.page)
    assert "Everything is here" in text(form.page)
    reply = form.submit()
    assert reply.status_code == 303
    assert "being checked" in text(ada.get(reply.headers["Location"]))
    work_off_checks(kit)
    page = ada.get(reply.headers["Location"])
    assert "1 file arrived safely" in text(page)
    assert "Fri 20 Nov" in text(page)
    assert story.artifacts[0].sha256 in text(page)
    assert "Being scored" in text(ada.get("/work"))


def test_words_and_file_and_submit_in_one_press(kit, story, form):
    reply = form.submit(**{"text.why.0": WHY, "file.plan": file(pdf(), "plan.pdf")})
    assert reply.status_code == 303
    work_off_checks(kit)
    assert story.attempt.state == "submitted"


def test_what_is_missing_stands_by_the_button_and_in_the_answer(story, form):
    reply = form.post(to=f"/work/{story.id}/submit", **{"text.why.0": "Too short.", "attested-own": "yes"})
    assert reply.status_code == 422
    assert "Plan: 1 file wanted, none yet." in text(reply)
    assert "2 words, at least 10 wanted" in text(reply)
    assert "confirm that this is your own work" in text(reply)
    assert 'href="#f-plan"' in text(reply)
    assert re.search(r'name="attested-own" value="yes" checked', text(reply))
    assert story.artifacts[0].body == "Too short."


def test_a_double_submit_says_that_it_arrived_once(ada, kit, story):
    story.fill()
    one, two = EvidenceForm(ada, story.id), EvidenceForm(ada, story.id)
    assert one.submit().status_code == 303
    reply = two.submit()
    assert reply.status_code == 303
    page = ada.get(reply.headers["Location"])
    assert "nothing was sent twice" in text(page)


def test_withdrawing_by_the_form(ada, story):
    page = ada.get(f"/work/{story.id}")
    reply = ada.post(f"/work/{story.id}/withdraw", data={"csrf_token": token_of(page), "reason": "No time."})
    assert reply.status_code == 303
    assert "ended without a result" in text(ada.get(f"/work/{story.id}"))
    again = ada.post(f"/work/{story.id}/withdraw", data={"csrf_token": token_of(page)})
    assert again.status_code == 409


# ------------------------------------------------------------------ bad input, nothing lost


def test_an_old_window_gets_both_versions_and_overwrites_only_on_purpose(ada, story, form):
    newer = EvidenceForm(ada, story.id)
    newer.post(**{"text.why.0": "From the new window."})
    reply = form.post(**{"text.why.0": "From the old window."})
    assert reply.status_code == 409
    assert form.fields["text.why.0"] == "From the old window."
    assert "From the new window." in text(reply)
    assert story.artifacts[0].body == "From the new window."
    assert form.post().status_code == 303
    assert story.artifacts[0].body == "From the old window."


def test_submitting_from_an_old_window_shows_the_newer_evidence_first(ada, kit, story, form):
    story.fill()
    form.fields["text.why.0"] = WHY
    form.fields["was.text.why.0"] = mark(WHY)
    reply = form.submit()
    assert reply.status_code == 409
    assert "changed in another window" in text(reply)
    assert form.submit().status_code == 303


def test_a_file_too_large_keeps_what_was_typed_and_the_other_file(app, kit, story, form):
    object.__setattr__(app.extensions["reviewhub"].settings, "upload_megabytes", 1)
    big = b"%PDF-1.4" + bytes(1_200_000)
    reply = form.post(**{"text.why.0": WHY, "file.plan": file(big, "big.pdf")})
    assert reply.status_code == 413
    assert "the limit is 1 MB" in text(reply)
    assert form.fields["text.why.0"] == WHY
    assert [a.body for a in story.artifacts] == [WHY]


def test_a_flood_is_answered_by_the_page_as_it_was_saved(app, story, form):
    object.__setattr__(app.extensions["reviewhub"].settings, "upload_megabytes", 1)
    story.write("why", WHY)
    reply = form.post(**{"file.plan": file(bytes(8_000_000), "flood.pdf")})
    assert reply.status_code == 413
    assert "too large to be read" in text(reply)
    assert form.fields["text.why.0"] == WHY


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.pdf", b"", "is empty"),
        ("run.exe", b"MZ", "is a program"),
        ("photo.png", picture(), "please send a PDF"),
    ],
)
def test_a_wrong_file_keeps_what_was_typed(story, form, name, data, says):
    reply = form.post("save:plan", **{"text.why.0": WHY, "file.plan": file(data, name)})
    assert reply.status_code == 422
    assert says in text(reply)
    assert form.fields["text.why.0"] == WHY
    assert story.artifacts[0].body == WHY


def test_a_file_found_wrong_says_why_and_can_be_removed(kit, story, form):
    form.post(**{"file.plan": file(picture(), "plan.pdf")})
    work_off_checks(kit)
    form.open()
    assert "Cannot be accepted" in text(form.page)
    assert "inside it is a PNG picture" in text(form.page)
    assert form.post(f"remove:{story.artifacts[0].public_id}").status_code == 303
    assert story.artifacts == []


def test_with_the_storage_down_the_words_are_saved_and_the_page_says_so(kit, story, form):
    with storage_down(kit):
        reply = form.post(**{"text.why.0": WHY, "file.plan": file(pdf(), "plan.pdf")})
    assert reply.status_code == 503
    assert "Files cannot be taken at the moment" in text(reply)
    assert form.fields["text.why.0"] == WHY
    assert [a.body for a in story.artifacts] == [WHY]


def test_a_tampered_field_changes_nothing(story, form):
    for data in (
        {"text.plan.0": "words for a file", "was.text.plan.0": mark("")},
        {"text.nothing.0": "x", "was.text.nothing.0": mark("")},
        {"url.why.7": "x", "was.url.why.7": mark("")},
        {"file.why": file(pdf(), "plan.pdf")},
        {"file.nothing": file(pdf(), "plan.pdf")},
        {"elsewhere": file(pdf(), "plan.pdf")},
    ):
        assert form.post(**data).status_code == 422
        form.open()
    assert [a.kind for a in story.artifacts] == []


def test_a_tampered_button_does_nothing(story, form):
    assert form.post("explode:everything").status_code == 303
    assert form.post(f"remove:{'a' * 26}").status_code == 404


def test_typing_on_after_it_was_sent_gives_the_words_back(kit, story, form):
    story.arrive()
    reply = form.post(**{"text.why.0": "Typed too late."})
    assert reply.status_code == 409
    assert "Typed too late." in text(reply)
    reply = form.submit(**{"text.why.0": "Typed too late."})
    assert "Typed too late." in text(reply)
    assert story.attempt.state == "submitted"


def test_markup_in_words_and_names_stays_text(kit, story, form):
    form.post(**{"text.why.0": "<script>alert(1)</script>", "file.plan": file(pdf(), "<b>plan.pdf")})
    page = text(form.open().page)
    assert "<script>alert" not in page
    assert "&lt;b&gt;plan.pdf" in page


# ------------------------------------------------------------------ htmx and the script


def test_autosave_saves_one_field_and_answers_with_what_changed(ada, story, form):
    headers = {**HTMX, "X-CSRFToken": token_of(form.page)}
    data = {"text.why.0": WHY, "was.text.why.0": form.fields["was.text.why.0"], "autosave": "1"}
    reply = ada.post(form.url, data=data, headers=headers)
    assert reply.status_code == 200
    assert "Saved, 15 words" in text(reply)
    assert f'name="was.text.why.0" value="{mark(WHY)}"' in text(reply)
    assert "<textarea" not in text(reply)
    assert "<html" not in text(reply)
    assert "HX-Request" in reply.headers["Vary"]
    stale = ada.post(form.url, data={**data, "text.why.0": "Other"}, headers=headers)
    assert stale.status_code == 409
    assert "another window" in text(stale)
    assert 'name="was.' not in text(stale)


def test_polling_goes_on_only_while_something_is_checked(ada, kit, story, form):
    assert "every 2s" not in text(form.page)
    story.upload("plan", "plan.pdf", pdf())
    assert "every 2s" in text(ada.get(form.url, headers=HTMX))
    work_off_checks(kit)
    live = text(ada.get(form.url, headers=HTMX))
    assert "every 2s" not in live
    assert "Arrived safely" in live


def test_the_script_asks_where_to_write_a_file(ada, kit, story, form):
    headers = {**HTMX, "X-CSRFToken": token_of(form.page)}
    url = f"/work/{story.id}/uploads"
    for data, status in (
        ({"requirement": "plan", "name": "plan.pdf", "size": "-1"}, 422),
        ({"requirement": "plan", "name": "run.exe", "size": "5"}, 422),
        ({"requirement": "plan", "name": "plan.pdf", "size": "9" * 12}, 413),
        ({"requirement": "nothing", "name": "plan.pdf", "size": "5"}, 422),
        ({}, 422),
    ):
        reply = ada.post(url, data=data, headers=headers)
        assert reply.status_code == status
        assert reply.json["message"]
    good = ada.post(url, data={"requirement": "plan", "name": "plan.pdf", "size": "900"}, headers=headers)
    assert good.status_code == 200
    assert good.json["method"] == "PUT"
    assert good.json["url"].startswith(kit.settings.files_url)
    assert good.json["artifact"] == story.artifacts[0].public_id
    assert ada.post(url, data={}).status_code == 400


def test_an_upload_that_broke_off_can_be_looked_for_again(kit, story, form):
    allowed = allow_upload(kit, story.actor, story.id, Announced("plan", "plan.pdf", 900))
    form.open()
    assert "Has not arrived" in text(form.page)
    reply = form.post(f"confirm:{allowed.artifact}")
    assert reply.status_code == 422
    assert "has not arrived" in text(reply)


# ------------------------------------------------------------------ what is not theirs


def test_another_person_s_address_answers_404(client, kit, world, story, app):
    story.arrive()
    other = sign_in(app.test_client(), kit, world.person("Other Otto"))
    token = token_of(other.get("/explore/harbor/small"))
    for path in ("", "/evidence", "/feedback/1"):
        assert other.get(f"/work/{story.id}{path}").status_code == 404
        assert client.get(f"/work/{story.id}{path}").status_code == 303
    for path in ("/evidence", "/submit", "/uploads", "/withdraw", "/next"):
        reply = other.post(f"/work/{story.id}{path}", data={"csrf_token": token, "size": "1", **ALL})
        assert reply.status_code == 404, path
    assert other.get(f"/files/{story.artifacts[0].public_id}").status_code == 404
    assert story.attempt.state == "submitted"


def test_feedback_is_not_there_before_it_is_released(ada, kit, world, micro_credential, story):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    story.arrive()
    score(kit, world, story, SHORT, SHORT)
    assert ada.get(f"/work/{story.id}/feedback/1").status_code == 404
    page = text(ada.get(f"/work/{story.id}"))
    assert "Scored; feedback is on its way" in page
    assert "Vague" not in page.split('id="rubric"')[0]


def test_the_feedback_page_and_the_next_attempt(ada, kit, world, micro_credential, story):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    lead = world.person("Lena Lead", "lead")
    story.arrive()
    score(kit, world, story, SHORT, SHORT)
    release(kit, world, story, lead)
    page = ada.get(f"/work/{story.id}/feedback/1")
    assert "Three criteria met. Mend this one." in text(page)
    assert "2 Vague → needs 3 Clear" in text(page)
    assert "Do this:" in text(page)
    assert 'stroke-dasharray="3 4"' in text(page)
    reply = ada.post(f"/work/{story.id}/next", data={"csrf_token": token_of(page)})
    assert reply.status_code == 303
    evidence = ada.get(reply.headers["Location"])
    assert "What did you change?" in text(evidence)
    assert "Those who score see it only when their scores are final" in text(evidence)
    assert "3 criteria are met, and not scored again" in text(evidence)
    assert ada.post(f"/work/{story.id}/next", data={"csrf_token": token_of(page)}).status_code == 303
    assert story.attempt.number == 2
    assert "See where attempt 2 stands" in text(ada.get(f"/work/{story.id}/feedback/1"))


def test_no_page_of_the_learner_names_whoever_judged(ada, kit, world, micro_credential, story):
    people = world.assessors(micro_credential, "Asa Onefold", "Bo Twofold")
    lead = world.person("Lena Leadfold", "lead")
    story.arrive()
    score(kit, world, story, SHORT, SHORT)
    release(kit, world, story, lead)
    start_next(kit, story.actor, story.id)
    everything = "".join(
        text(ada.get(f"/work/{story.id}{path}")) for path in ("", "/evidence", "/feedback/1")
    ) + text(ada.get("/work"))
    for person in (*people, lead):
        assert "fold" in person.name
        assert person.name not in everything
        assert person.public_id not in everything
    assert "fold" not in everything.replace("Manifold", "")


# ------------------------------------------------------------------ constant statements


@contextmanager
def statements(app):
    seen = []

    def note(_conn, _cursor, statement, *_):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    engine = app.extensions["reviewhub"].db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_statements_do_not_grow_with_what_there_is(app, ada, kit, world, learner, story, linked):
    pages = ["/explore", "/explore/harbor/small", "/work", f"/work/{story.id}", f"/work/{story.id}/evidence"]

    def counted():
        counts = {}
        for page in pages:
            with statements(app) as seen:
                assert ada.get(page).status_code == 200
            counts[page] = len(seen)
        return counts

    few = counted()
    for n in range(5):
        made = world.micro_credential(replace(small_rubric(), slug=f"more-{n}"))
        Story.begin(kit, world.actor(learner), made)
    story.fill()
    assert counted() == few
    assert max(few.values()) <= 9


def test_the_list_of_work_goes_on_page_by_page(ada, kit, world, learner):
    for n in range(21):
        Story.begin(kit, world.actor(learner), world.micro_credential(replace(small_rubric(), slug=f"m{n}")))
    first = text(ada.get("/work"))
    assert first.count("card link") == 20
    older = re.search(r'rel="next" href="([^"]+)"', first).group(1)
    assert text(ada.get(older)).count("card link") == 1


def test_the_page_of_a_submission_looks_again_by_itself_until_it_is_checked(ada, kit, story):
    story.write("why", WHY)
    story.upload("plan", "plan.pdf", pdf())
    story.submit()
    assert "every 2s" in text(ada.get(f"/work/{story.id}"))
    assert "every 2s" in text(ada.get(f"/work/{story.id}", headers=HTMX))
    work_off_checks(kit)
    part = text(ada.get(f"/work/{story.id}", headers=HTMX))
    assert "every 2s" not in part
    assert "<html" not in part
    assert "result promised by Fri 20 Nov" in part
