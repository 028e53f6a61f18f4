"""A real browser with its scripts, as each role: what it shows, keeps and fetches tells nothing more."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from reviewhub.models import Alias
from tests.hostile.cast import DIFFERENT, MENDED, STILL, WEAK
from tests.hostile.house import BLIND, FINAL, FIRST, SECOND
from tests.hostile.observed import STARTS, Viewer
from tests.hostile.watch import ATTEMPT
from tests.serving import on_two_origins, serve, serve_files

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
STORES = """async () => {
  const found = [{...localStorage}, {...sessionStorage}, document.cookie, window.name, history.state];
  for (const name of await caches.keys()) {
    found.push(name, (await (await caches.open(name)).keys()).map(one => one.url));
  }
  return JSON.stringify([...found, await indexedDB.databases(), performance.getEntries().map(e => e.name)]);
}"""
"""All that a page can leave behind, and the names of all that it measured."""
LEAVES = ("/sign-out", "/static/", "/files/", "/account")


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


class Window:
    """One person's browser, with all that passes through it written down."""

    def __init__(self, context, site):
        self.context, self.site = context, site
        self.noted, self.answers, self.opened = [], [], set()
        context.on("request", lambda request: self.noted.append(("request", request.url)))
        context.on("response", lambda answer: self.answers.append(answer))  # noqa: PLW0108 - takes no builtin
        context.on("console", lambda message: self.noted.append(("console", message.text)))
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("pageerror", lambda error: self.noted.append(("error", str(error))))

    def walk(self, *starts, most=25):
        """Opens what is linked, breadth first; opens every fold; reads what has become of the page."""
        waiting = [*starts]
        while waiting and len(self.opened) < most:
            path = waiting.pop(0)
            if path in self.opened:
                continue
            self.opened.add(path)
            self.page.goto(self.site + path, wait_until="load")
            self.read()
            links = self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
            own = [urlsplit(link) for link in links if link.startswith(self.site)]
            waiting += [
                parts.path + (f"?{parts.query}" if parts.query else "")
                for parts in own
                if not parts.path.startswith(LEAVES)
            ]

    def read(self):
        self.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        self.page.wait_for_load_state("networkidle")
        where = urlsplit(self.page.url).path
        self.noted.append((f"page {where}", self.page.content()))
        self.noted.append((f"stores at {where}", self.page.evaluate(STORES)))

    def everything(self):
        """What passed, with each answer's address, headers and bytes. The server's own clock is no answer."""
        for answer in self.answers:
            headers = {k: v for k, v in answer.headers.items() if k != "date"}
            try:
                body = "" if "/static/" in answer.url else answer.body().decode("latin-1")
            except Error:  # a redirect has none, nor has what a later page pushed out
                body = ""
            yield f"answer {answer.url}", f"{headers} {body}"
        yield from self.noted


@pytest.fixture
def look(browser, site, cast, house, crawler):
    """Walks as somebody of the cast; gives what they met of the marks, and how many pages they saw."""
    leaks = []

    @contextmanager
    def window(who):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        secret = crawler(getattr(cast, who)).client.get_cookie("rh_session").value
        context.add_cookies([{"name": "rh_session", "value": secret, "url": site}])
        try:
            yield Window(context, site)
        finally:
            context.close()

    def as_one(state, who, viewer, *comments, numbers=False, act=None, but=()):
        starts = [start.format(submission=cast.story.id) for start in STARTS[viewer]]
        marks = {*house.hidden_from(who), *comments} - {*but}
        with window(who) as seen:
            seen.walk(*starts)
            if act is not None:
                act(seen)
            for where, text in seen.everything():
                low = text.lower()
                met = [mark for mark in marks if mark.lower() in low]
                if not numbers and (found := ATTEMPT.search(text.encode())):
                    met.append(found[0].decode())
                leaks.extend(f"{state}: {who} meets {mark!r} in {where}" for mark in met)
            assert len(seen.opened) >= 3, seen.opened
            return seen

    yield as_one
    assert not leaks, "\n".join(sorted(set(leaks)))


def _types(cast, person):
    """A level by its key and a comment, which save themselves."""

    def act(window):
        window.page.goto(f"{window.site}/reviews/{cast.review(person).public_id}")
        window.page.keyboard.press("3")
        window.page.locator("#draft-version[value='1']").wait_for(state="attached")
        window.page.keyboard.press("c")
        window.page.keyboard.insert_text("An own word.")
        window.page.locator("#draft-version[value='2']").wait_for(state="attached")
        window.read()

    return act


def _first_attempt(cast):
    cast.send()
    cast.hand_in(cast.ana, WEAK, FIRST[0])
    cast.hand_in(cast.ben, DIFFERENT, FIRST[1])
    cast.pass_undo()
    cast.hand_in(cast.lead, WEAK, BLIND[0])
    cast.hand_in(cast.lead, WEAK, FINAL[0])
    cast.pass_undo()
    cast.release()
    cast.again()
    cast.send()


def test_with_scripts_nobody_shows_keeps_or_fetches_more_than_they_may_know(house, look):
    cast = house.cast
    _first_attempt(cast)
    seen = look("scoring", "ana", Viewer.ASSESSOR, FIRST[1], *BLIND, *FINAL, act=_types(cast, cast.ana))
    assert any(what == "request" and "/draft" in url for what, url in seen.noted), "nothing saved itself"
    mine = next(alias.name for alias in house.rows(Alias) if alias.viewer_id == cast.ana.id)
    assert any(mine in text for what, text in seen.noted if what.startswith("page /reviews/"))
    assert any("/o/" in answer.url for answer in seen.answers), "no file was shown"
    look("scoring", "lead", Viewer.LEAD, numbers=True)
    look("scoring", "learner", Viewer.LEARNER, BLIND[0], numbers=True)
    cast.hand_in(cast.ana, MENDED, SECOND[0])
    cast.hand_in(cast.ben, STILL, SECOND[1])
    cast.pass_undo()
    cast.hand_in(cast.lead, MENDED, BLIND[1])
    look("deciding", "lead", Viewer.ADJUDICATOR, *FIRST, BLIND[0], FINAL[0])
    cast.hand_in(cast.lead, MENDED, FINAL[1])
    cast.pass_undo()
    after = ["quokkachange"]
    look("decided", "ben", Viewer.ASSESSOR, FIRST[0], SECOND[0], *BLIND, *FINAL, numbers=True, but=after)
    look("decided", "lead", Viewer.LEAD, numbers=True, but=after)
    said = (*FIRST, *SECOND, *BLIND, *FINAL)
    look("decided", "cora", Viewer.COORDINATOR, *said, numbers=True)
    look("decided", "learner", Viewer.LEARNER, *SECOND, *BLIND, FINAL[1], numbers=True)
