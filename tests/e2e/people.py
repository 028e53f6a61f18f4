"""Five people at five browsers. Each method is what a person does, with or without JavaScript."""

import re
import time

from sqlmodel import col, select

from reviewhub.models import LetterRow

PASSWORD = "seven quiet herons"
LINK = re.compile(r"http://\S+")


def newest_link(house, email):
    """The link in the newest letter to an address."""
    with house.kit.read() as session:
        body = session.exec(
            select(LetterRow.body).where(LetterRow.to == email).order_by(col(LetterRow.id).desc()).limit(1)
        ).one()
    return LINK.search(body).group().rstrip(".")


class Somebody:
    """A person with a browser of their own."""

    def __init__(self, browser, house, name, *, scripts):
        self.house, self.name, self.scripts = house, name, scripts
        self.email = f"{name.lower().replace(' ', '.')}@people.example"
        self.context = browser.new_context(
            base_url=house.url, java_script_enabled=scripts, viewport={"width": 1280, "height": 900}
        )
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("pageerror", lambda e: self.problems.append(str(e)))
        self.page.on("console", self._heard)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def _heard(self, message):
        # A refused form is a 422 by design, and browsers print that as an error.
        if message.type == "error" and "status of 422" not in message.text:
            self.problems.append(message.text)

    def go(self, path):
        answer = self.page.goto(path)
        assert answer.status == 200, (path, answer.status)

    def press(self, name, *, within=None):
        (within or self.page).get_by_role("button", name=name).first.click()

    def confirm(self):
        """Answer the question that scripts ask before something that cannot be undone."""
        if self.scripts:
            self.page.locator("dialog[open] [value=yes]").click()

    def fill(self, label, value):
        self.page.get_by_label(label, exact=True).fill(value)

    def sees(self, text):
        self.page.get_by_text(text).first.wait_for()

    def until(self, text, seconds=60):
        """Look at the page again until it says this."""
        deadline = time.monotonic() + seconds
        while not self.page.get_by_text(text).first.is_visible():
            assert time.monotonic() < deadline, f"never saw {text!r} on {self.page.url}:\n" + self.words()
            self.page.reload()

    def words(self):
        return self.page.locator("body").inner_text()

    # ------------------------------------------------------------ accounts

    def register(self):
        self.go("/register")
        self.fill("Name", self.name)
        self.fill("E-mail", self.email)
        self.press("Send me the link")
        self.go(newest_link(self.house, self.email))
        self.fill("New password", PASSWORD)
        self.press("Set password and go on")

    def accept(self):
        self.go(newest_link(self.house, self.email))
        self.fill("Name", self.name)
        self.fill("Password", PASSWORD)
        self.press("Make the account and accept")

    def sign_in(self, password=PASSWORD):
        self.go("/sign-in")
        self.fill("E-mail", self.email)
        self.fill("Password", password)
        self.press("Sign in")
