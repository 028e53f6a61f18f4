"""The evidence page in a real browser: files go straight to the storage, words save themselves."""

from pathlib import Path

import pytest

from reviewhub.services.start import start
from reviewhub.services.sync import sync
from tests.learner.browsing import sign_in
from tests.learner.story import WHY, Story, pdf, picture, work_off_checks
from tests.serving import on_two_origins, serve, serve_files

PLUGINS = Path(__file__).parents[2] / "plugins"

pytestmark = pytest.mark.browser


@pytest.fixture
def settings(settings):
    return on_two_origins(settings)


@pytest.fixture
def files(settings):
    with serve_files(settings) as address:
        yield address


@pytest.fixture
def site(app, settings, files):
    with serve(app, settings.port) as address:
        yield address


@pytest.fixture
def page(browser, client, kit, learner, site):
    """A window in which Ada is signed in; nothing may be complained about in its console."""
    sign_in(client, kit, learner)
    secret = client.get_cookie("rh_session", domain="localhost").value
    context = browser.new_context()
    context.add_cookies([{"name": "rh_session", "value": secret, "url": site}])
    opened = context.new_page()
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    yield opened
    context.close()
    assert complaints == []


def test_words_save_themselves_and_files_go_to_the_storage(kit, site, page, story, files):
    puts = []
    page.on("request", lambda r: puts.append(r.url) if r.method == "PUT" else None)
    page.goto(f"{site}/work/{story.id}/evidence")
    page.fill("#f-why", WHY)
    page.wait_for_selector("#saved-why:has-text('Saved, 15 words')")
    page.set_input_files("#f-plan", {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    page.wait_for_selector("#files-plan:has-text('Being checked')")
    work_off_checks(kit)
    page.wait_for_selector("#files-plan:has-text('Arrived safely')")
    page.wait_for_selector("#missing:has-text('Everything is here')")
    assert [url.startswith(files) for url in puts] == [True]

    page.goto(f"{site}/work")
    page.get_by_role("link", name="Small").click()
    assert page.input_value("#f-why") == WHY
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Send it").click()
    page.wait_for_selector("text=is being checked")
    work_off_checks(kit)
    page.wait_for_selector("text=1 file arrived safely")
    assert story.attempt.state == "submitted"


def test_a_wrong_file_says_so_beside_its_field(site, page, story):
    page.goto(f"{site}/work/{story.id}/evidence")
    page.set_input_files("#f-plan", {"name": "shot.png", "mimeType": "image/png", "buffer": picture()})
    page.wait_for_selector("ul.sending >> text=please send a PDF")
    assert story.artifacts == []


def test_where_the_storage_cannot_be_reached_the_form_sends_the_file(kit, site, page, story, files):
    page.goto(f"{site}/work/{story.id}/evidence")
    page.route(f"{files}/**", lambda route: route.abort())
    page.set_input_files("#f-plan", {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    page.wait_for_selector("ul.sending >> text=send it another way")
    page.get_by_role("button", name="Add and save").click()
    page.wait_for_selector("#files-plan:has-text('Being checked')")
    work_off_checks(kit)
    assert [artifact.state for artifact in story.artifacts] == ["checked"]


def test_what_the_issuers_check_says_comes_while_one_writes(kit, site, page, world, learner):
    sync(kit, [PLUGINS])
    actor = world.actor(learner)
    story = Story(kit, actor, start(kit, actor, "loomfield", "media-literacy"))
    page.goto(f"{site}/work/{story.id}/evidence")
    page.fill("#f-context", "Class 5b. Questions to the school at office@school.example, please.")
    page.wait_for_selector("#saved-context:has-text('Saved')")
    assert "e-mail address" not in page.inner_text("#s-context")
    work_off_checks(kit)
    page.wait_for_selector("#said-context .notice.mend:has-text('There is an e-mail address in this text.')")
    page.wait_for_selector("#poll:not([hx-get])", state="attached")
    assert page.inner_text("#missing").count("e-mail") == 0
    page.fill("#f-context", "Class 5b. Questions to the school, please.")
    page.wait_for_selector("#said-context:not(:has(.notice))", state="attached")
