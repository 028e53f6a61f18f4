"""Five people, two attempts, one adjudication: from an empty server to a met micro-credential.

Once with scripts and once by plain form posts, each on SQLite and on PostgreSQL.
"""

import pytest

from reviewhub.demo import files
from reviewhub.demo.answers import overview, reflection
from tests.e2e.people import PASSWORD, Somebody

ISSUER, SLUG, NAME = "harbor-skills", "social-media-marketing-basics", "Social Media Marketing Basics"
CRITERIA = ("setting", "audience", "goal", "content", "figures", "respect", "learning")
GOOD = {
    "setting": "yes",
    "audience": "clear",
    "goal": "clear",
    "content": "fits",
    "figures": "uses",
    "respect": "yes",
    "learning": "yes",
}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_learner_meets_a_micro_credential(browser, house, scripts):
    people = {
        name: Somebody(browser, house, name, scripts=scripts)
        for name in ("Cora Keeper", "Lena Lead", "Abel First", "Bea Second", "Dario Learner")
    }
    coordinator, lead, first, second, learner = people.values()

    house.command(
        "init", "--issuer", ISSUER, "--email", coordinator.email, "--name", coordinator.name,
        "--password", PASSWORD,
    )  # fmt: skip
    coordinator.sign_in()
    for person, role in ((lead, "lead"), (first, "assessor"), (second, "assessor")):
        invite(coordinator, person, role)
        person.accept()
    for person in (first, second):
        qualify(coordinator, person)

    learner.register()
    send_first_attempt(learner)
    for person in (first, second):
        open_first_review(person)
    differ = {**GOOD, "goal": "vague"}
    score(first, GOOD)
    score(second, differ)

    adjudicate(lead, differ)
    release_not_yet(lead)
    read_and_send_again(learner)

    for person in (first, second):
        open_first_review(person)
        assert "Not scored this time" in person.words()
        score(person, {"goal": "clear"})
    release_met(lead)

    learner.go("/work")
    learner.until("Met")
    blind(house, people)
    assert "broken" not in house.command("audit", "verify").lower()
    assert {p.name: p.problems for p in people.values() if p.problems} == {}


# ---------------------------------------------------------------- the coordinator


def invite(coordinator, person, role):
    coordinator.go("/coordinate/people")
    page = coordinator.page
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail").fill(person.email)
    page.locator(f"input[name=role][value={role}]").check()
    coordinator.press("Send the invitation")
    coordinator.sees(person.email)


def qualify(coordinator, person):
    coordinator.go("/coordinate/people")
    page = coordinator.page
    page.get_by_role("link", name=person.name).first.click()
    page.get_by_role("link", name="Grant a qualification").click()
    page.get_by_label("Micro-credential").select_option(label=NAME)
    page.get_by_label("On which standard").fill("Agreed with 8 of 10 scored examples")
    coordinator.press("Grant")
    coordinator.sees("Agreed with 8 of 10")


# ---------------------------------------------------------------- the learner


def send_first_attempt(learner):
    learner.go(f"/explore/{ISSUER}/{SLUG}")
    learner.press("Start")
    learner.page.get_by_role("link", name="Go on with your evidence").or_(
        learner.page.get_by_role("heading", name="Your evidence")
    ).first.wait_for()
    if learner.page.get_by_role("link", name="Go on with your evidence").count():
        learner.page.get_by_role("link", name="Go on with your evidence").click()
    page = learner.page
    write(learner, "overview", overview(0))
    write(learner, "reflection", reflection(0))
    for requirement, made in (
        ("plan", files.campaign_plan(0)),
        ("posts", files.post(0)),
        ("analytics", files.statistics(0)),
    ):
        give_file(learner, requirement, made)
    give_link(learner, "public-page", "https://pages.example/garden", files.photo(0))
    learner.until("Everything is here")
    for label in ("It is my own work", "I may share it", "People who can be recognised"):
        page.get_by_label(label).check()
    learner.press("Send it")
    learner.until("4 files arrived safely")
    page.get_by_text("Fingerprints").click()
    learner.sees("Overview")


def write(learner, requirement, text):
    page = learner.page
    page.locator(f"#f-{requirement}").fill(text)
    page.locator(f"#s-{requirement}").get_by_role("button", name="Save").click()
    page.wait_for_load_state()


def give_file(learner, requirement, made):
    page = learner.page
    section = page.locator(f"#s-{requirement}")
    field = section.locator("input[type=file]")
    field.set_input_files({"name": made.name, "mimeType": made.media_type, "buffer": made.data})
    if not learner.scripts:
        section.get_by_role("button", name="Save").click()
    here = page.locator(f"#s-{requirement}")
    here.get_by_text("Arrived safely").or_(here.get_by_text("Being checked")).first.wait_for()


def give_link(learner, requirement, address, capture):
    field = learner.page.locator(f"#f-{requirement}")
    field.fill(address)
    if learner.scripts:
        field.blur()
        learner.page.locator(f"#saved-{requirement}").get_by_text("Saved").wait_for()
    give_file(learner, requirement, capture)


def read_and_send_again(learner):
    learner.go("/work")
    learner.until("Read the feedback")
    learner.page.get_by_role("link", name=NAME).first.click()
    learner.sees("needs 3 Clear")
    learner.sees("Name the date by which it is reached.")
    assert learner.page.get_by_role("img", name="6 of 7").count() or "6 / 7" in learner.words()
    learner.press("Start attempt 2")
    if learner.page.get_by_role("link", name="Go on with your evidence").count():
        learner.page.get_by_role("link", name="Go on with your evidence").click()
    learner.sees("Name the date by which it is reached.")
    page = learner.page
    page.get_by_label("What did you change?").fill("The goal has a date now.")
    page.locator("[id^=s-]").first.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    for label in ("It is my own work", "I may share it", "People who can be recognised"):
        page.get_by_label(label).check()
    learner.press("Send attempt 2")
    learner.until("arrived safely")


# ---------------------------------------------------------------- assessors and the lead


def open_first_review(person):
    person.go("/queue")
    person.until(NAME)
    person.page.get_by_role("link", name=NAME).or_(person.page.get_by_role("link", name="Open")).first.click()
    person.page.locator("#rubric").wait_for()


def choose(person, criterion, level):
    here = person.page.locator(f"#c-{criterion}")
    here.get_by_role("heading").first.click()
    here.locator(f"label:has(input[value={level}])").click()


def score(person, levels):
    for criterion, level in levels.items():
        choose(person, criterion, level)
    person.page.locator("#c-goal").get_by_role("heading").first.click()
    person.page.locator("#f-comment-goal").fill(f"{levels['goal'].capitalize()}: the goal has a figure.")
    person.page.locator("#submit").click()
    person.sees("Submitted")


def adjudicate(lead, levels):
    lead.go("/queue")
    lead.until(NAME)
    lead.page.get_by_role("link", name=NAME).or_(lead.page.get_by_role("link", name="Open")).first.click()
    assert "Seat A" not in lead.words()
    for criterion, level in levels.items():
        choose(lead, criterion, level)
    lead.page.locator("#submit").click()
    lead.page.locator("#c-goal").get_by_text("Seat A").wait_for()
    lead.page.locator("#c-goal").get_by_role("heading").first.click()
    lead.page.locator("#f-comment-goal").fill("A figure is there, but no date.")
    lead.page.locator("#submit").click()
    lead.sees("Submitted")


def open_feedback(lead):
    lead.go("/feedback")
    lead.until(NAME)
    lead.page.locator("ul.waits a").first.click()


def release_not_yet(lead):
    open_feedback(lead)
    lead.sees("Not yet: one criterion to mend")
    lead.page.locator("[name='do-goal']").fill("")
    lead.press("Confirm and release")
    lead.confirm()
    lead.page.locator("[name='do-goal'][aria-invalid=true]").wait_for()
    lead.page.locator("[name='do-goal']").fill("Name the date by which it is reached.")
    lead.press("Confirm and release")
    lead.confirm()
    lead.sees("Released")


def release_met(lead):
    open_feedback(lead)
    lead.press("Confirm and release")
    lead.confirm()
    lead.sees("Released")


def blind(house, people):
    """No log line of any process names anybody."""
    logs = house.logs()
    for person in people.values():
        assert person.email not in logs
        assert person.name not in logs
