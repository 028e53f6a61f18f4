"""From a draft to a retired micro-credential as a manager does it in a browser; learners come in between."""

import re

import pytest
from sqlmodel import select

from reviewhub.models import MicroCredential, RubricDraft, RubricVersion, Submission
from reviewhub.services.sessions import open_session
from tests.manager.test_ship import School, reworded
from tests.rubrics import small_rubric

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(browser, site, kit):
    """A page for a person, signed in; errors of scripts fail the test."""
    contexts, wrong = [], []

    def of(person):
        context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
        contexts.append(context)
        with kit.write() as tx:
            secret = open_session(tx, person, "a test")
        context.add_cookies([{"name": "rh_session", "value": secret, "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield of
    for context in contexts:
        context.close()
    assert wrong == []


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).first.click()


def decide(page, name, why):
    follow(page, name)
    page.get_by_label("Why").fill(why)
    press(page, name)


def one(kit, table):
    with kit.read() as session:
        return session.exec(select(table)).one()


def test_from_a_draft_to_a_pilot_live_a_typo_mended_and_retired(kit, world, opened):
    school = School(kit, world)
    draft = school.draft(small_rubric())
    lee, olga = world.person("Lee Learner"), world.person("Olga Other")
    manager, learner, other = opened(school.person), opened(lee), opened(olga)

    manager.goto(f"/manage/night/drafts/{draft.public_id}/ship")
    press(manager, "Ship it")
    manager.get_by_text("Only learners whom you let in").wait_for()
    manager.get_by_label("Let learners in").fill(lee.email)
    press(manager, "Let them in")
    manager.get_by_text("1 learner is let in").wait_for()

    assert other.goto("/explore/night/small").status == 404
    learner.goto("/explore")
    follow(learner, small_rubric().about.name)
    learner.get_by_text("A few learners try this").wait_for()
    press(learner, "Start")
    learner.get_by_text("What you save here stays").wait_for()
    begun = one(kit, Submission)
    assert begun.learner_id == lee.id

    manager.reload()
    manager.get_by_text("has started").wait_for()
    decide(manager, "Go live", "Lee found nothing unclear.")
    manager.get_by_text("It is live").first.wait_for()
    other.goto("/explore/night/small")
    other.get_by_role("button", name="Start").wait_for()

    school.edit(draft, reworded(small_rubric(), "Said without the typo."))
    manager.goto(f"/manage/night/drafts/{draft.public_id}/ship")
    manager.get_by_text("Wording only").wait_for()
    manager.get_by_text("1 learner is at work on version 1.0").wait_for()
    press(manager, "Ship it")
    manager.get_by_text("Shipped as version 1.0.1").wait_for()
    other.reload()
    other.get_by_text("Said without the typo.").wait_for()
    assert one(kit, Submission).rubric_version_id == begun.rubric_version_id

    decide(manager, "Retire", "A better one comes.")
    manager.get_by_text("Nobody can start it any more").first.wait_for()
    other.reload()
    other.get_by_text(re.compile("takes no new learners")).wait_for()
    learner.goto(f"/work/{begun.public_id}")
    learner.get_by_role("link", name="Go on with your evidence").wait_for()
    assert one(kit, MicroCredential).state == "retired"
    with kit.read() as session:
        assert len(session.exec(select(RubricVersion)).all()) == 2
        assert session.get_one(RubricDraft, draft.id).body["version"] == "1.0.1"
