"""What goes wrong, in every way, as everybody: no error page tells what its reader may not know."""

import re
from collections import defaultdict

import pytest
from sqlmodel import update
from werkzeug.exceptions import Forbidden

from reviewhub.models import Feedback, Person, Review, Round, RubricVersion
from reviewhub.services.score import save_draft
from tests.assessor.desk import entries
from tests.hostile.cast import DIFFERENT, WEAK
from tests.hostile.crawl import HTMX
from tests.hostile.house import BLIND, FIRST
from tests.hostile.watch import ATTEMPT, told

INSIDE = ("ana", "ben", "lead", "cora", "learner")
SAID = {
    "ana": [FIRST[1], *BLIND],
    "ben": [FIRST[0], *BLIND],
    "cora": [*FIRST, *BLIND],
    "learner": [*FIRST, *BLIND],
}
"""Words of others, which stay theirs. The lead decides in the end, and reads them then."""
LEFT_OUT = re.compile(
    r"/(withdraw|exclude|hand-back|undo|end|end-others|hand-over|next|claim-next|fill|again|sign-\w+|password|account)$"
)
"""What would change the case for those who look next, or is nobody's case."""
STALE = {"version": "0", "draft_version": "0", "level-goal": "tested", "comment-goal": "own", "to": "x",
         "saw-goal": "own", "do-goal": "own", "was.text.why.0": "x", "text.why.0": "own",
         "Note": "own"}  # fmt: skip
"""A form that lay open for long; all that is typed in it is "own"."""
SMALL = 2_000


class Breaker:
    """Asks as everybody for what cannot be, and keeps what was answered."""

    def __init__(self, house, app, crawler):
        self.house, self.app = house, app
        self.leaks, self.statuses = [], defaultdict(set)
        app.testing = app.config["PROPAGATE_EXCEPTIONS"] = app.config["WTF_CSRF_ENABLED"] = False
        cast = house.cast
        self.people = {who: (who, crawler(getattr(cast, who))) for who in (*INSIDE, "idle")}
        for other in (cast.classmate, *cast.strangers[1:3], None):
            self.people[other.name if other else "nobody"] = (other, crawler(other))

    def posts(self):
        """Every address that takes a form, for every thing of the case that it could name."""
        house, story = self.house, self.house.cast.story.id
        things = {
            "<submission>": [story],
            "<review>": [row.public_id for row in house.rows(Review)],
            "<round_pid>": [row.public_id for row in house.rows(Round)],
            "/feedback/<public_id>": [f"/feedback/{row.public_id}" for row in house.rows(Feedback)],
            "/submissions/<public_id>": [f"/submissions/{story}"],
            "/people/<public_id>": [f"/people/{row.public_id}" for row in house.rows(Person)[:2]],
        }
        for rule in self.app.url_map.iter_rules():
            if "POST" in rule.methods and not LEFT_OUT.search(rule.rule):
                paths = [rule.rule.replace("<int:number>", "1").replace("<act>", "release-hold")]
                for name, values in things.items():
                    paths = [p.replace(name, v) for p in paths for v in (values if name in p else [name])]
                yield from (re.sub(r"<[^>]+>", "goal", path) for path in paths)

    def look(self, state, *asks):
        """Each asks all of it: (method, address, form)."""
        for name, (who, crawl) in self.people.items():
            marks = [*self.house.hidden_from(who), *SAID.get(name, ())]
            for method, path, form in asks:
                for extra in (None, HTMX) if form else (None,):
                    given = crawl.client.open(path, method=method, data=form, headers=extra)
                    answer = crawl.note(path, given)
                    if answer.status >= 400:
                        self.statuses[name].add(answer.status)
                        self._search(f"{state}: {method} by {name}", answer, marks, name)

    def _search(self, what, answer, marks, name):
        met = [mark for mark in told(answer, marks) if answer.holds(mark)]
        if name in {"ana", "ben"} and (found := ATTEMPT.search(answer.body)):
            met.append(found[0].decode())
        self.leaks += [f"{what} of {answer.url}: {answer.status} tells {mark!r}" for mark in met]

    def every_error(self, state):
        """A verb that is not there, nothing typed, what is stale, too much, and a fault that says it all."""
        guesses = self.house.guesses()
        posts = list(self.posts())
        self.look(state, *(("DELETE", path, None) for path in guesses))
        self.look(state, *(("POST", path, form) for path in posts for form in (None, STALE)))
        held = f"/coordinate/submissions/{self.house.cast.story.id}/release-hold"
        self.look(state, ("POST", held, {"reason": "There is no hold that this could end."}))
        most, self.app.config["MAX_CONTENT_LENGTH"] = self.app.config["MAX_CONTENT_LENGTH"], SMALL
        self.look(state, *(("POST", path, {"reason": "a" * SMALL}) for path in posts))
        self.app.config["MAX_CONTENT_LENGTH"] = most
        everything = " ".join([*self.house.everything(), *self.house.staff()])
        views, asks = dict(self.app.view_functions), [("GET", path, None) for path in guesses[:8]]
        for fault in (RuntimeError(everything), Forbidden(everything)):
            self.app.view_functions.update(dict.fromkeys(views, _raising(fault)))
            self.look(state, *asks, *(("POST", path, None) for path in posts[:8]))
        self.app.view_functions.update(views)


def _raising(fault):
    def fails(**_given):
        raise fault

    return fails


@pytest.fixture
def breaker(house, app, crawler):
    return Breaker(house, app, crawler)


def _seated(breaker):
    """Both have begun; the first has typed more than once, so that a window of theirs may be stale."""
    cast = breaker.house.cast
    cast.send()
    for person, said in ((cast.ana, FIRST[0]), (cast.ben, FIRST[1])):
        review = cast.review(person)
        sheet = entries({"goal": "clear"}, goal=said)
        save_draft(cast.kit, cast.actor(person), review.public_id, sheet, review.draft_version)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("quiet_log")
def test_no_error_page_tells_anybody_more_than_they_may_know(breaker, kit):
    cast = breaker.house.cast
    _seated(breaker)
    breaker.every_error("scoring")
    cast.hand_in(cast.ana, WEAK, FIRST[0])
    cast.hand_in(cast.ben, DIFFERENT, FIRST[1])
    cast.pass_undo()
    cast.hand_in(cast.lead, WEAK, BLIND[0])
    breaker.every_error("deciding")
    cast.hand_in(cast.lead, WEAK, BLIND[1])
    cast.pass_undo()
    breaker.every_error("decided")
    assert not breaker.leaks, "\n".join(sorted(set(breaker.leaks))[:60])
    for name in INSIDE:
        assert breaker.statuses[name] >= {403, 404, 405, 409, 413, 422, 500}, (name, breaker.statuses[name])
    for name in set(breaker.people) - set(INSIDE):
        assert breaker.statuses[name] >= {403, 405, 500}, name


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("quiet_log")
def test_a_broken_row_is_a_fault_that_tells_nothing(breaker, kit):
    """A rubric that cannot be read is refused, a draft of another form is a fault; neither is quoted."""
    _seated(breaker)
    pages = [("GET", path, None) for path in breaker.house.guesses() if not path.startswith("/files")]
    with kit.write() as tx:
        tx.session.execute(update(Review).values(draft=[FIRST[0]]))
    breaker.look("a broken draft", *pages)
    assert {name for name, statuses in breaker.statuses.items() if 500 in statuses} == {"ana", "ben"}
    with kit.write() as tx:
        tx.session.execute(update(RubricVersion).values(body={"slug": FIRST[0]}))
    breaker.look("a broken rubric", *pages)
    assert all(422 in breaker.statuses[name] for name in ("ana", "ben", "learner", "cora"))
    assert not breaker.leaks, "\n".join(sorted(set(breaker.leaks)))
