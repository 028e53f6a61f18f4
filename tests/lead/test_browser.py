"""The lead's screen in a real browser: what is typed is saved as it is typed, and released by one answer."""

import pytest

from reviewhub.models import Feedback
from reviewhub.services.sessions import open_session

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser, site, kit, house):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    with kit.write() as tx:
        secret = open_session(tx, house.lead, "a test")
    context.add_cookies([{"name": "rh_session", "value": secret, "url": site}])
    opened = context.new_page()
    opened.problems = []
    opened.on("console", lambda m: opened.problems.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda e: opened.problems.append(str(e)))
    yield opened
    context.close()


def stored(kit, case):
    with kit.read() as session:
        return session.get_one(Feedback, case.feedback.id)


def test_typed_saved_and_released(page, site, kit, decided):
    page.goto(f"{site}/feedback/{decided.feedback.public_id}")
    for version, words in ((2, "It says only what went well."), (3, "Only what went well, and twice.")):
        page.get_by_label("What we saw").nth(1).fill(words)
        page.locator(f"#version[value='{version}']").wait_for(state="attached")
        assert stored(kit, decided).items[3]["saw"] == words
    assert page.locator("#version").count() == 1
    page.get_by_role("button", name="Confirm and release").click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm and release").click()
    page.get_by_text("Released. The learner is told by e-mail.").wait_for()
    feedback = stored(kit, decided)
    assert feedback.state == "released"
    assert feedback.items[3]["saw"] == "Only what went well, and twice."
    assert page.problems == []


def test_what_somebody_else_saved_is_not_overwritten_by_autosave(page, site, kit, house, decided):
    page.goto(f"{site}/feedback/{decided.feedback.public_id}")
    house.cases.change(decided.feedback, version=7, summary="Theirs")
    page.get_by_label("In a few words").fill("Mine")
    page.get_by_text("Not saved.").wait_for()
    assert stored(kit, decided).summary == "Theirs"
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Somebody else saved this feedback").wait_for()
    assert page.get_by_label("In a few words").input_value() == "Mine"
