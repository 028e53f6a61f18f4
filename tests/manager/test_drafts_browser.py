"""From a spreadsheet to a plugin's folder, as a manager does it in a browser."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from sqlmodel import select

from reviewhub.authoring.check import check
from reviewhub.models import Issuer
from reviewhub.services.sessions import open_session
from tests.manager.test_sheets import book

pytestmark = pytest.mark.browser

TABLE = """Rubric: first aid
Part|Criterion|What we look for|4 - Excellent|3 - Good|2 - Weak|1 - Absent
Practice|Order of steps|Does first what matters.|Right, and each step has its reason.|Right.|Partly.|None.
|Care|Speaks to the person, and looks after them.|Kind and clear throughout.|Kind.|Curt.|None.
Reflection|Honesty|Says what went wrong.|Names it, and what follows.|Names it.|Hints at it.|Hides it.
"""


@pytest.fixture
def shown(browser, site, kit, house):
    with kit.write() as tx:
        row = tx.session.exec(select(Issuer).where(Issuer.slug == "harbor")).one()
        row.contact_name, row.contact_email = "Noor Haddad", "noor@harbor.example"
        secret = open_session(tx, house.person, "a test")
    wrong = []
    context = browser.new_context(
        base_url=site, viewport={"width": 1280, "height": 900}, accept_downloads=True
    )
    context.add_cookies([{"name": "rh_session", "value": secret, "url": site}])
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    with page.expect_navigation():
        link(page, name).click()


def link(page, name):
    return page.get_by_role("link", name=name).first


def shoot(page, name):
    """With SHOTS set to a folder: how the page looks, wide and on a phone."""
    if "SHOTS" not in os.environ:
        return
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(Path(os.environ["SHOTS"], f"{name}-{width}.png")), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_spreadsheet_becomes_a_folder_that_passes_check(shown, tmp_path):
    page = shown
    page.goto("/manage/harbor")
    follow(page, "Drafts")
    shoot(page, "1-drafts")
    page.get_by_label("What is the micro-credential called?").fill("First Aid")
    sheet = {
        "name": "first-aid.xlsx",
        "mimeType": "application/octet-stream",
        "buffer": book([row.split("|") for row in TABLE.splitlines()]),
    }
    page.get_by_label("Your criteria as a table").set_input_files(sheet)
    press(page, "Begin")

    assert page.get_by_label("Levels go").input_value() == "highest"
    page.get_by_label("A criterion counts as met from").select_option("Excellent")
    press(page, "Look again")
    shoot(page, "2-table")
    press(page, "Take these criteria")
    page.get_by_text("3 criteria are taken from the table.").wait_for()
    shoot(page, "3-draft")

    follow(page, "Summary")
    page.get_by_label("Summary").fill("Help calmly until help comes.")
    press(page, "Save")
    page.get_by_text("Saved. One thing on this page needs mending.").wait_for()
    shoot(page, "4-about")
    page.get_by_label("Description").fill("What to do first.\n\nAnd what to leave alone.")
    press(page, "Save")
    follow(page, "Evidence")
    page.get_by_label("Name").fill("Film")
    page.get_by_label("Description").fill("You, at work, for five minutes.")
    press(page, "Save")
    shoot(page, "5-evidence")
    follow(page, "Rules")
    press(page, "Points with a cut")
    shoot(page, "6-rules")
    page.get_by_label("Points that are enough").fill("10")
    press(page, "Save")
    follow(page, "Criteria")
    page.locator("summary", has_text="Order of steps").click()
    page.get_by_label("What it looks like").first.wait_for()
    shoot(page, "7-criteria")
    follow(page, "Overview")
    page.get_by_text("Nothing needs mending.").wait_for()
    shoot(page, "8-ready")

    follow(page, "Scoring")
    page.get_by_text("Right, and each step has its reason.").first.wait_for()
    shoot(page, "9-preview")
    page.go_back()
    with page.expect_download() as taken:
        link(page, "Download the folder").click()
    with zipfile.ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes())) as archive:
        archive.extractall(tmp_path)
    checked = check(tmp_path / "harbor")
    assert checked.faults == ()
    assert {rubric.slug for rubric in checked.rubrics} == {"first-aid", "small"}
