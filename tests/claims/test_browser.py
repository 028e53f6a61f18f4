"""Claim, type, leave, come back too late, claim again: in a real browser, with its script."""

import pytest

from reviewhub.models import Review
from tests.assessor.test_workspace_browser import open_page, saved  # noqa: F401  # fixtures

pytestmark = pytest.mark.browser


def claim(page):
    page.get_by_role("button", name="Claim next").click()
    page.wait_for_url("**/reviews/*")
    page.locator(".criterion.now").wait_for()


def one(desk):
    return desk.one(Review)


def kept(page):
    return page.locator("#kept").inner_text()


def test_what_was_typed_is_there_when_it_is_claimed_again(desk, pile, open_page):  # noqa: F811
    pile.lay()
    page = open_page(desk.people.ana, "/queue")
    assert "1 review waits for whoever has time." in page.locator("#main, main").inner_text()
    claim(page)
    assert kept(page) == "Kept for you until 2 Nov, 17:00"
    page.keyboard.press("3")
    page.keyboard.press("c")
    page.keyboard.type("Half a thought about the goal.")
    saved(page)
    address = page.url
    page.goto(page.url.partition("/reviews")[0] + "/queue")
    desk.kit.clock.move(hours=9)
    desk.run()
    assert one(desk).state == "expired"
    page.goto(address)
    assert "went back to the pile" in page.inner_text("body")
    page.get_by_role("link", name="Queue").first.click()
    claim(page)
    assert page.url == address
    assert page.locator("#f-comment-goal").input_value() == "Half a thought about the goal."
    assert kept(page) == "Kept for you until 3 Nov, 02:00"


def test_scrolling_keeps_it_at_most_once_a_minute_and_only_while_somebody_is_there(desk, pile, open_page):  # noqa: F811
    pile.lay()
    page = open_page(desk.people.ana, "/queue")
    page.clock.install()
    claim(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "at-work" in request.url else None)
    desk.kit.clock.move(hours=2)
    page.clock.fast_forward(50_000)
    page.mouse.wheel(0, 300)
    assert asked == []
    page.clock.fast_forward(11_000)
    with page.expect_response("**/at-work"):
        page.mouse.wheel(0, 300)
    page.mouse.wheel(0, -300)
    page.locator("#kept", has_text="2 Nov, 19:00").wait_for()
    page.clock.fast_forward(3_600_000)
    assert len(asked) == 1
    assert one(desk).claim_until.hour == 19


def test_a_page_that_is_still_open_brings_it_back_by_saving(desk, pile, open_page):  # noqa: F811
    pile.lay()
    page = open_page(desk.people.ana, "/queue")
    claim(page)
    desk.kit.clock.move(hours=9)
    desk.run()
    assert one(desk).state == "expired"
    page.keyboard.press("3")
    saved(page)
    assert (one(desk).state, one(desk).draft["goal"]["level"]) == ("claimed", "clear")


def test_a_page_that_is_still_open_says_why_it_cannot_save(desk, pile, open_page):  # noqa: F811
    pile.lay()
    page = open_page(desk.people.ana, "/queue")
    claim(page)
    desk.kit.clock.move(hours=9)
    desk.run()
    for person in (desk.people.ben, desk.people.cleo):
        pile.claim(person)
    page.keyboard.press("c")
    page.keyboard.type("My own words.")
    page.locator("#saved .failed").wait_for()
    assert "given to somebody else" in page.locator("#saved").inner_text()
    assert page.locator("#f-comment-goal").input_value() == "My own words."
