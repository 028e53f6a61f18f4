"""The assessor's pages through plain requests: without scripts, with htmx, and with bad input."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from reviewhub.models import Alias, Artifact, Attempt, CleanCopy, FileGrant, Round, Session
from reviewhub.services.ids import fingerprint, public_id, token
from tests.assessor.desk import GOOD, WEAK
from tests.web.pages import forms_of, submit, without_tokens

CANARIES = ("Lee Learner", "lee.learner", "holiday-lee.pdf", "SECRET-URL")


@pytest.fixture
def browse(app, world):
    """A client for a person."""

    def of(person):
        secret, now = token(), world.kit.clock.now()
        world.add(
            Session(
                public_id=public_id(),
                token_hash=fingerprint(secret),
                person_id=person.id,
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=30),
            )
        )
        client = app.test_client()
        client.set_cookie("rh_session", secret, domain="localhost")
        return client

    return of


@pytest.fixture
def evidence(world, desk):
    """A PDF of two clean pages, a text answer, something that could not be cleaned, a text file."""

    def of(attempt_id):
        now = world.kit.clock.now()
        more = {"attempt_id": attempt_id, "state": "checked", "created_at": now, "title": "holiday-lee.pdf"}
        plan = world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="plan",
                kind="file",
                media_type="application/pdf",
                clean_state="clean",
                url="https://SECRET-URL.example",
                **more,
            )
        )
        for position in range(2):
            world.add(
                CleanCopy(
                    public_id=public_id(),
                    artifact_id=plan.id,
                    position=position,
                    kind="page",
                    media_type="image/webp",
                    key=f"clean/p{plan.id}{position}",
                    size=5,
                    width=910,
                    height=1287,
                )
            )
        world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="why",
                kind="text",
                body="Because we met & planted.",
                **more,
            )
        )
        world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="plan",
                kind="file",
                position=1,
                clean_state="not_cleanable",
                clean_note="“holiday-lee.pdf” is odd",
                **more,
            )
        )
        notes = world.add(
            Artifact(
                public_id=public_id(),
                requirement_id="plan",
                kind="file",
                position=2,
                clean_state="clean",
                **more,
            )
        )
        world.kit.storage.put(f"clean/{notes.id}", b"Planted & watered.", media_type="text/plain")
        world.add(
            CleanCopy(
                public_id=public_id(),
                artifact_id=notes.id,
                position=0,
                kind="text",
                media_type="text/plain",
                key=f"clean/{notes.id}",
                size=18,
            )
        )

    return of


@pytest.fixture
def seat(desk):
    desk.seated()
    return desk.review(desk.people.ana)


def text_of(response):
    return response.get_data(as_text=True)


def address(review, verb=""):
    return f"/reviews/{review.public_id}" + (f"/{verb}" if verb else "")


def post(client, review, verb, headers=None, **typed):
    """Fill the page's form and press the button that leads to `verb`."""
    page = client.get(address(review))
    form = next(f for f in forms_of(page) if f["action"].endswith("/submit"))
    typed = {name.replace("__", "-"): value for name, value in typed.items()}
    return client.post(address(review, verb), data={**form["fields"], **typed}, headers=headers)


def fields(levels):
    return {f"level__{cid}": level for cid, level in levels.items()}


def test_the_queue_says_what_is_left_by_due_day_and_names_nobody(world, desk, browse):
    for n in range(2):
        desk.seated(learner=world.person(f"Lou Learner {n}"))
    client = browse(desk.people.ana)
    html = text_of(client.get("/queue"))
    assert "2 left" in html
    assert "about 1 h" in html
    assert html.count("Due Wed 11 Nov") == 2
    for alias in desk.all(Alias, Alias.viewer_id == desk.people.ana.id):
        assert alias.name in html
        assert alias.case_ref in html
    assert "Lou" not in html
    world.kit.clock.move(days=9)
    assert "Due today" in text_of(client.get("/queue"))
    world.kit.clock.move(days=1)
    assert "Late: was due Wed 11 Nov" in text_of(client.get("/queue"))


def test_the_queue_goes_on_page_by_page(world, desk, browse):
    with world.kit.write() as tx:
        for person in (desk.people.ana, desk.people.ben):
            tx.session.get_one(type(person), person.id).load_cap = 100
    for n in range(27):
        desk.seated(learner=world.person(f"Lou Learner {n}"))
    client = browse(desk.people.ana)
    first = text_of(client.get("/queue"))
    assert "27 left" in first
    seen = re.findall(r"/reviews/(\w{26})", first)
    more = re.search(r'href="(/queue\?after=\w+)"', first).group(1)
    seen += re.findall(r"/reviews/(\w{26})", text_of(client.get(more)))
    assert len(seen) == len(set(seen)) == 27


def test_an_empty_queue_says_so(desk, browse):
    assert "Nothing waits for you" in text_of(browse(desk.people.ana).get("/queue"))


def test_nobody_signed_in_is_asked_to_sign_in(client, seat):
    for path in ("/queue", "/reviews", address(seat)):
        answer = client.get(path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["Location"]


def test_somebody_elses_review_is_404_for_every_verb(desk, browse, seat):
    for person in (desk.people.ben, desk.people.lead, desk.learner):
        client = browse(person)
        assert client.get(address(seat)).status_code == 404
        csrf = next(f for f in forms_of(client.get("/reviews")))["fields"]
        for verb in ("draft", "submit", "undo", "exclude"):
            answer = client.post(address(seat, verb), data={**csrf, "draft_version": "0"})
            assert answer.status_code == 404, verb


def test_the_workspace_shows_clean_copies_by_the_rubrics_words_and_nothing_of_the_learner(
    desk, browse, evidence, seat
):
    evidence(desk.one(Attempt).id)
    html = text_of(browse(desk.people.ana).get(address(seat)))
    assert "1 · Plan" in html
    assert "PDF, 2 pages" in html
    assert "4 · Why" in html
    assert "4 words" in html
    assert "Because we met &amp; planted." in html
    assert "no clean copy yet" in html
    assert "Planted &amp; watered." in html
    assert html.count('loading="lazy"') == 1
    assert 'width="910" height="1287"' in html
    for canary in CANARIES:
        assert canary not in html
    for artifact in desk.all(Artifact):
        assert artifact.public_id not in html


def test_text_shown_in_the_page_is_written_down_as_a_grant(desk, browse, evidence, seat):
    evidence(desk.one(Attempt).id)
    browse(desk.people.ana).get(address(seat))
    assert desk.one(FileGrant).person_id == desk.people.ana.id


def test_a_text_that_is_gone_does_not_take_the_page_with_it(desk, browse, evidence, seat):
    evidence(desk.one(Attempt).id)
    copy = desk.one(CleanCopy, CleanCopy.kind == "text")
    desk.kit.storage.delete(copy.key)
    answer = browse(desk.people.ana).get(address(seat))
    assert answer.status_code == 200
    assert "cannot be shown just now" in text_of(answer)


def test_looking_changes_nothing(desk, browse, seat):
    before = desk.actions()
    browse(desk.people.ana).get(address(seat))
    assert desk.review(desk.people.ana).state == "offered"
    assert desk.actions() == before


def test_score_and_undo_and_score_by_plain_forms(desk, browse, seat):
    client = browse(desk.people.ana)
    saved = post(client, seat, "draft", level__goal="clear", comment__goal="Say by when.")
    assert saved.status_code == 303
    html = text_of(client.get(address(seat)))
    assert "Saved." in html
    assert re.search(r'value="clear"[^>]* checked', html)
    assert "Say by when." in html
    assert "1 of 4 rated" in html
    done = post(client, seat, "submit", **fields(GOOD), comment__goal="Say by when.")
    assert done.status_code == 303
    html = text_of(client.get(address(seat)))
    assert "Submitted" in html
    assert "You can take them back for 5 minutes." in html
    assert submit(client, address(seat), "/undo").status_code == 303
    assert "Taken back." in text_of(client.get(address(seat)))
    post(client, seat, "submit", **fields(GOOD))
    desk.kit.clock.move(minutes=5)
    html = text_of(client.get(address(seat)))
    assert "Final" in html
    assert "/undo" not in html
    assert "<textarea" not in html


def test_a_final_sheet_looks_the_same_whether_or_not_the_other_seat_is_in(desk, browse, seat):
    client = browse(desk.people.ana)
    post(client, seat, "submit", **fields(GOOD))
    desk.pass_undo()
    token_ = re.compile(r"(csrf[-_]token\" (?:content|value)=\")[^\"]+")
    pages = [token_.sub(r"\1", text_of(client.get(path))) for path in (address(seat), "/queue", "/reviews")]
    desk.submit(desk.people.ben, WEAK)
    desk.pass_undo()
    assert desk.one(Round).state == "adjudicating"
    again = [token_.sub(r"\1", text_of(client.get(path))) for path in (address(seat), "/queue", "/reviews")]
    assert again == pages


def test_missing_levels_are_named_and_nothing_typed_is_lost(desk, browse, seat):
    answer = post(
        browse(desk.people.ana), seat, "submit", level__goal="clear", comment__audience="Who is it for?"
    )
    html = text_of(answer)
    assert answer.status_code == 422
    assert "Audience: choose a level." in html
    assert "Honest: choose a level." in html
    assert "Goal: choose a level." not in html
    assert "Who is it for?" in html
    assert re.search(r'value="clear"[^>]* checked', html)


def test_a_second_press_is_told_and_changes_nothing(desk, browse, seat):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    data = {**form["fields"], **{f"level-{cid}": level for cid, level in GOOD.items()}}
    for _ in range(2):
        assert client.post(address(seat, "submit"), data=data).status_code == 303
    assert "already in" in text_of(client.get(address(seat)))


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"level-goal": "nonsense"}, 422),
        ({"level-nonsense": "clear"}, 422),
        ({"comment-goal": "x" * 9_000}, 422),
        ({"draft_version": "x"}, 303),
        ({"draft_version": "٣"}, 303),
        ({"level-goal": "clear\x00"}, 303),
    ],
)
def test_tampered_fields_get_a_clear_answer(desk, browse, seat, typed, status):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    answer = client.post(address(seat, "draft"), data={**form["fields"], **typed})
    assert answer.status_code == status if "draft_version" not in typed else answer.status_code in {303, 409}
    assert "Traceback" not in text_of(answer)


def test_without_its_token_a_form_is_refused_and_what_was_typed_is_shown(desk, browse, seat):
    answer = browse(desk.people.ana).post(address(seat, "draft"), data={"comment-goal": "Say by when."})
    assert answer.status_code == 400
    assert "Say by when." in text_of(answer)


@pytest.mark.parametrize("verb", ["draft", "submit"])
def test_a_stale_page_gets_both_versions_and_may_insist(desk, browse, seat, verb):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    post(client, seat, "draft", level__goal="clear", comment__goal="From the other window.")
    data = {
        **form["fields"],
        **{f"level-{cid}": level for cid, level in WEAK.items()},
        "comment-goal": "From here.",
    }
    answer = client.post(address(seat, verb), data=data)
    html = text_of(answer)
    assert answer.status_code == 409
    assert "From the other window." in html
    assert html.count("From here.") == 2
    assert desk.review(desk.people.ana).draft["goal"]["comment"] == "From the other window."
    version = re.search(r'name="overwrite" value="(\d+)"', html).group(1)
    insisted = client.post(address(seat, "draft"), data={**data, "overwrite": version})
    assert insisted.status_code == 303
    assert desk.review(desk.people.ana).draft["goal"]["comment"] == "From here."


def test_autosave_answers_with_its_state_and_the_next_version(desk, browse, seat):
    client = browse(desk.people.ana)
    answer = post(client, seat, "draft", {"HX-Request": "true"}, level__goal="clear")
    html = text_of(answer)
    assert answer.status_code == 200
    assert "Saved" in html
    assert 'value="1" hx-swap-oob="true"' in html
    assert "<html" not in html


def test_autosave_on_a_stale_page_puts_the_difference_above_the_form(desk, browse, seat):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    post(client, seat, "draft", comment__goal="From the other window.")
    answer = client.post(
        address(seat, "draft"),
        data={**form["fields"], "comment-goal": "From here."},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#conflict"
    assert "From the other window." in text_of(answer)
    assert "<form" not in text_of(answer)


def test_autosave_after_submitting_elsewhere_says_why_it_did_not_save(desk, browse, seat):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    desk.submit(desk.people.ana)
    answer = client.post(
        address(seat, "draft"), data={**form["fields"], "level-goal": "vague"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert "Not saved" in text_of(answer)


def test_knowing_the_person_is_one_click_and_thanks(desk, browse, seat):
    client = browse(desk.people.ana)
    assert submit(client, address(seat), "/exclude").status_code == 303
    assert "You will not be asked to score" in text_of(client.get("/queue"))
    gone = client.get(address(seat))
    assert gone.status_code == 404
    assert "There is nothing here" in text_of(gone)


def test_an_adjudicator_sees_no_sheet_before_the_blind_one_is_in(desk, browse, seat):
    desk.submit(desk.people.ana, GOOD, goal="There is a figure.")
    desk.submit(desk.people.ben, WEAK, goal="There is no date.")
    desk.pass_undo()
    client = browse(desk.people.lead)
    review = desk.review(desk.people.lead)
    assert "To decide" in text_of(client.get("/queue"))
    html = without_tokens(client.get(address(review)))
    assert "Blind first" in html
    for secret in ("There is a figure.", "There is no date.", "Seat A", "they differ", "Ana", "Ben", "Lee"):
        assert secret not in html
    post(client, review, "submit", **fields(WEAK), comment__goal="Name the day.")
    html = without_tokens(client.get(address(review)))
    for shown in ("There is a figure.", "There is no date.", "Seat A", "Seat B", "Name the day."):
        assert shown in html
    assert html.count("they differ") == 1
    assert re.search(r'name="level-goal" value="vague"[^>]* checked', html)
    for secret in ("Ana", "Ben", "Lee"):
        assert secret not in html
    post(client, review, "submit", **fields(WEAK), comment__goal="Name the day.")
    assert "Submitted" in text_of(client.get(address(review)))


def test_locked_criteria_are_listed_and_not_asked(desk, browse):
    desk.seated()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    second = desk.seated(number=2)
    html = text_of(browse(desk.people.ana).get(address(desk.review(desk.people.ana, second))))
    assert "Not scored this time" in html
    assert 'name="level-goal"' in html
    assert 'name="level-audience"' not in html
    assert "Audience" in html
    assert "0 of 1 rated" in html


def test_the_ledger_shows_own_sheets_and_no_results(desk, browse, seat):
    client = browse(desk.people.ana)
    assert "No sheets yet" in text_of(client.get("/reviews"))
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person)
    desk.pass_undo()
    html = text_of(client.get("/reviews"))
    assert desk.one(Alias, Alias.viewer_id == desk.people.ana.id).name in html
    assert "Mon 2 Nov" in html
    for word in ("resolved", "agreed", "decided", "not yet"):
        assert word not in html.lower()


def test_pages_of_blind_work_are_kept_nowhere(desk, browse, seat):
    client = browse(desk.people.ana)
    for path in ("/queue", "/reviews", address(seat)):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_statements_do_not_grow_with_the_work(world, desk, browse, app, evidence):
    with world.kit.write() as tx:
        for person in (desk.people.ana, desk.people.ben):
            tx.session.get_one(type(person), person.id).load_cap = 100
    desk.seated(learner=world.person("Lou Learner"))
    client = browse(desk.people.ana)
    paths = ("/queue", "/reviews", address(desk.review(desk.people.ana)))
    few = [statements(app, client, path) for path in paths]
    evidence(desk.all(Attempt)[0].id)
    for n in range(5):
        desk.seated(learner=world.person(f"Lou Learner {n}"))
    many = [statements(app, client, path) for path in paths]
    assert many[:2] == few[:2]
    # A text shown in the page is read under its own permission and written down.
    assert many[2] <= few[2] + 6
    assert max(few) <= 14


def statements(app, client, path):
    seen = []
    engine = app.extensions["reviewhub"].db.engine

    def count(conn, cursor, statement, *_):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)
