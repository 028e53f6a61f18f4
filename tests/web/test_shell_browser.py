"""What scripts add to every page, in a real browser: questions, guards, words when nobody answers."""

import pytest
from flask import Flask, render_template_string, request
from flask.typing import ResponseReturnValue

from reviewhub.domain.errors import Stale
from tests.serving import serve
from tests.web.pages import PASSWORD, letters, link_in

pytestmark = pytest.mark.browser

FORM = """{% extends "base.html" %}{% block main %}<h1>Form</h1>
<form method="post" action="/try/slow" data-guard>{{ csrf() }}{{ ui.field("goal", "Goal") }}
{{ ui.button("Send") }}
{{ ui.button("Withdraw", "danger", name="do", value="withdraw", confirm="Really withdraw?") }}</form>
<form hx-post="/try/stale" hx-target="this">{{ csrf() }}<button id="stale">Stale</button></form>
<form hx-post="/try/proxy" hx-target="this">{{ csrf() }}<button id="proxy">Proxy</button></form>
{% endblock %}"""


@pytest.fixture
def site(app):
    """The application on a port, with a few forms to try."""
    posts = []
    _add_trials(app, posts)
    with serve(app) as address:
        yield address, posts


def _add_trials(app: Flask, posts: list[dict[str, str]]) -> None:
    @app.get("/try")
    def form() -> ResponseReturnValue:
        return render_template_string(FORM)

    @app.post("/try/<what>")
    def post(what: str) -> ResponseReturnValue:
        posts.append(dict(request.form))
        if what == "stale":
            raise Stale
        return ("<h1>502 from elsewhere</h1>", 502) if what == "proxy" else ("<h1>Taken</h1>", 200)


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.problems = []
    opened.on("console", lambda m: opened.problems.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda e: opened.problems.append(str(e)))
    yield opened
    context.close()


def test_an_account_is_made_with_scripts_and_breaks_no_policy(page, site, kit):
    address, _ = site
    page.goto(f"{address}/register")
    page.fill("#f-email", "noor")
    page.click("text=Send me the link")
    page.wait_for_selector("[data-error-summary]:focus")
    page.click("text=Type your name as it should stand")
    assert page.evaluate("document.activeElement.id") == "f-name"
    page.fill("#f-name", "Noor Haddad")
    page.fill("#f-email", "noor@people.example")
    page.click("text=Send me the link")
    page.wait_for_url("**/letter-sent")
    page.goto(address + link_in(letters(kit)[0]))
    page.fill("#f-password", PASSWORD)
    page.click("text=Set password and go on")
    page.goto(f"{address}/account")
    assert page.locator("h1").inner_text() == "Your account"
    page.click("details.menu summary")
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The 422 of the mistyped address is the browser's only complaint.
    assert [text for text in page.problems if "422" not in text and "404" not in text] == []


def test_what_cannot_be_undone_asks_first(page, site):
    address, posts = site
    page.goto(f"{address}/try")
    page.click("text=Withdraw")
    assert page.locator("#confirm-question").inner_text() == "Really withdraw?"
    page.click("#confirm >> text=Cancel")
    assert posts == []
    page.click("text=Withdraw")
    page.click('#confirm button[value="yes"]')
    page.wait_for_selector("text=Taken")
    assert [post["do"] for post in posts] == ["withdraw"]


def test_a_double_click_posts_once(page, site):
    address, posts = site
    page.goto(f"{address}/try")
    page.evaluate("const b = [...document.querySelectorAll('button')].find(b => b.textContent == 'Send');"
                  "b.click(); b.click(); b.click()")  # fmt: skip
    page.wait_for_selector("text=Taken")
    assert len(posts) == 1


def test_leaving_with_unsent_words_is_asked_about(page, site):
    address, _ = site
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{address}/try")
    page.type("#f-goal", "by June")
    page.goto(f"{address}/letter-sent")
    assert asked == ["beforeunload"]


def test_sending_is_not_leaving(page, site):
    address, _ = site
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{address}/try")
    page.type("#f-goal", "by June")
    page.click("text=Send")
    page.wait_for_selector("text=Taken")
    assert asked == []


def test_htmx_errors_are_said_above_and_the_form_stays(page, site):
    address, _ = site
    page.goto(f"{address}/try")
    page.click("#stale")
    page.wait_for_selector("#notices >> text=Nothing was overwritten")
    page.click("#proxy")
    page.wait_for_selector("#notices >> text=nothing was saved by it")
    assert page.locator("text=502 from elsewhere").count() == 0
    page.context.set_offline(True)
    page.click("#stale")
    page.wait_for_selector("#notices >> text=No answer from the server")
    assert page.locator("#f-goal").count() == 1
