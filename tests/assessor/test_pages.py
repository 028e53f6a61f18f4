"""What the assessor's pages show, to whom, and at what cost, through plain requests."""

import re

from sqlalchemy import event

from reviewhub.models import Alias, Artifact, Attempt, CleanCopy, FileGrant
from tests.assessor.desk import WEAK
from tests.assessor.pages import address, text_of
from tests.web.pages import forms_of

CANARIES = ("Lee Learner", "lee.learner", "holiday-lee.pdf", "SECRET-URL")


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
