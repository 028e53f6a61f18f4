"""The workspace with its script, in a real browser: keys, autosave, a stale window, undo."""

from datetime import timedelta

import pytest
from sqlmodel import select

from reviewhub.models import Alias, Session
from reviewhub.services.ids import fingerprint, public_id, token
from tests.assessor.desk import WEAK

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(browser, site, world):
    """Open an address as a person; problems that the browser reports end the test."""
    contexts, problems = [], []

    def open_as(person, path, **more):
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
        context = browser.new_context(viewport={"width": 1440, "height": 900}, **more)
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "rh_session", "value": secret, "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(site + path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def seat(desk):
    desk.seated()
    return desk.review(desk.people.ana)


@pytest.fixture
def page(desk, seat, open_page):
    return open_page(desk.people.ana, f"/reviews/{seat.public_id}")


def saved(page):
    page.locator("#saved .saved:not(.busy):not(.failed)").wait_for()


def draft(desk):
    return desk.review(desk.people.ana).draft


def test_a_whole_sheet_by_keys_alone(desk, page):
    assert page.locator(".criterion.now h3").inner_text() == "Goal"
    page.keyboard.press("3")
    assert page.locator("#c-goal [data-chosen]").inner_text() == "Clear"
    assert page.locator("#rated").inner_text() == "1 of 4 rated"
    page.keyboard.press("c")
    page.keyboard.type("2 of 3 say when; n is fine")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.locator(".criterion.now h3").inner_text() == "Audience"
    page.keyboard.press("2")
    page.keyboard.press("j")
    page.keyboard.press("2")
    page.keyboard.press("k")
    assert page.locator(".criterion.now h3").inner_text() == "Audience"
    page.keyboard.press("n")
    assert page.locator(".criterion.now h3").inner_text() == "Honest"
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Submitted").wait_for()
    kept = draft(desk)
    assert kept["goal"] == {"level": "clear", "comment": "2 of 3 say when; n is fine"}
    assert [kept[c]["level"] for c in ("audience", "respect", "honest")] == ["vague", "yes", "yes"]
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back.").wait_for()
    assert page.locator("#rated").inner_text() == "4 of 4 rated"


def test_typing_is_saved_by_itself_and_said(desk, page):
    page.keyboard.press("3")
    saved(page)
    assert draft(desk)["goal"]["level"] == "clear"
    page.keyboard.press("c")
    page.keyboard.type("Say by when.")
    page.locator("#draft-version[value='2']").wait_for(state="attached")
    saved(page)
    assert draft(desk)["goal"]["comment"] == "Say by when."
    page.reload()
    assert page.locator("#f-comment-goal").input_value() == "Say by when."


def test_saving_that_fails_says_so_and_goes_on_by_itself(desk, page):
    page.route("**/draft", lambda route: route.abort())
    page.keyboard.press("3")
    page.locator("#saved .failed").wait_for()
    assert "Not saved" in page.locator("#saved").inner_text()
    assert draft(desk) == {}
    page.unroute("**/draft")
    saved(page)
    assert draft(desk)["goal"]["level"] == "clear"


def test_two_windows_keep_what_was_typed_and_ask(desk, page, open_page, seat):
    other = open_page(desk.people.ana, f"/reviews/{seat.public_id}")
    other.keyboard.press("2")
    saved(other)
    page.keyboard.press("4")
    page.locator("#conflict .conflict").wait_for()
    assert page.locator("#conflict tbody tr").inner_text().split("\t") == ["Goal", "Vague", "Tested"]
    assert draft(desk)["goal"]["level"] == "vague"
    assert page.locator("#c-goal input:checked").get_attribute("value") == "tested"
    page.get_by_role("button", name="Keep what is on this page").click()
    page.get_by_text("Saved.").wait_for()
    assert draft(desk)["goal"]["level"] == "tested"


def test_missing_levels_come_back_with_the_first_one_open(page):
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Audience: choose a level.").first.wait_for()
    assert page.locator(".criterion.now h3").inner_text() == "Audience"
    assert page.locator("#c-goal input:checked").count() == 1


def test_the_keys_are_listed(page):
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    assert page.locator("#rated").inner_text() == "1 of 4 rated"


def test_without_scripts_every_criterion_is_open(desk, seat, open_page):
    page = open_page(desk.people.ana, f"/reviews/{seat.public_id}", java_script_enabled=False)
    assert page.locator("textarea").count() == 4
    assert all(area.is_visible() for area in page.locator("textarea").all())
    assert page.get_by_role("button", name="Save draft").is_visible()
    assert not page.get_by_role("button", name="Keys").is_visible()


def test_a_decision_opens_on_the_first_difference(desk, seat, open_page):
    desk.submit(desk.people.ana)
    desk.submit(desk.people.ben, WEAK)
    desk.pass_undo()
    desk.submit(desk.people.lead, WEAK)
    page = open_page(desk.people.lead, f"/reviews/{desk.review(desk.people.lead).public_id}")
    assert page.locator(".criterion.now h3").inner_text().startswith("Goal")
    assert page.locator("#c-goal .seat").count() == 2


STORES = (
    "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, window.name, history.state])"
)


def test_the_browser_keeps_nothing_and_scripts_add_nobodys_name(desk, page):
    """After typing, an autosave and ways to and fro: no store holds a word, and the page names nobody."""
    seen = []
    page.keyboard.press("3")
    page.keyboard.press("c")
    page.keyboard.type("quokkatyped")
    saved(page)
    with desk.kit.read() as session:
        alias = session.exec(select(Alias).where(Alias.viewer_id == desk.people.ana.id)).one()
    for move in (lambda: page.click("a[href='/queue']"), page.go_back, page.reload):
        seen.append(page.content())
        kept = page.evaluate(STORES).lower()
        assert not [
            w for w in ("quokkatyped", "learner", alias.name.lower(), alias.case_ref.lower()) if w in kept
        ]
        assert page.evaluate("Promise.all([caches.keys(), indexedDB.databases()])") == [[], []]
        move()
    assert any(alias.name in text for text in seen)
    for word in ("Lee Learner", "lee.learner@", "Okafor", "ben.okafor@", "Lund"):
        assert not [text for text in seen if word in text]
