"""Every form of the loop, sent twice at once by two processes: done once, and both get an answer."""

import pytest
from sqlmodel import col, select

from reviewhub.models import Event, Feedback, Issuer, Question
from tests.cases import sign_in
from tests.marks import BOTH
from tests.together.at_once import in_processes
from tests.together.people import WHY, WORDS, begun
from tests.together.results import GOOD, VAGUE
from tests.together.test_all_at_once import is_well
from tests.together.test_processes import GROUNDS, WINDOW, reviews
from tests.web.pages import forms_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), BOTH]
ANSWERS = {303, 404, 409, 422}
"""Done, or told why not: gone from here, changed meanwhile, not possible now."""
ATTESTED = {"attested-own": "yes", "attested-share": "yes", "attested-people": "yes"}


class House:
    """A learner who begins now, among others, and everybody's browser."""

    def __init__(self, people, app):
        self.people, self.app = people, app
        self.learner = people.world.person("Zoe Last")

    @property
    def root(self):
        return self.people.submission(self.learner)

    def twice(self, person, page, to, once, **typed):
        """Fill the form of a page that goes to `to`, or has a button that does, and press its button twice.

        `once` is the event of its effect, that is written once.
        """
        client = self.app.test_client()
        sign_in(client, self.people.kit, person)
        forms = forms_of(client.get(page))
        form = next((one for one in forms if one["action"].endswith(to)), None) or max(
            forms, key=lambda one: len(one["fields"])
        )
        before, data = self.events(once), {**form["fields"], **typed}
        found = in_processes(*[lambda: client.post(to, data=data).status_code] * 2)
        assert set(found) <= ANSWERS, (to, found)
        assert 303 in found, (to, found)
        assert self.events(once) == before + 1, (to, found)
        is_well(self.people)

    def events(self, action):
        rows = self.people.all(select(Event.id).where(Event.action == action))
        return len(rows)

    def person(self, review):
        return next(one for one in self.people.staff if one.id == review.assessor_id)

    def begin(self):
        """From the catalogue to evidence that is sent."""
        self.twice(self.learner, "/explore/harbor/small", "/explore/harbor/small/start", "submission.start")
        page = f"/work/{self.root.public_id}/evidence"
        words = {"text.why.0": WHY}
        self.twice(
            self.learner, page, page.replace("evidence", "submit"), "attempt.submit", **words, **ATTESTED
        )

    def score(self, levels):
        """Both sheets, of which one is taken back and handed in again."""
        first, second = reviews(self.people, self.root)
        for key in (first.id, second.id, first.id):
            (review,) = [one for one in reviews(self.people, self.root) if one.id == key]
            page, who = f"/reviews/{review.public_id}", self.person(review)
            sheet = {f"level-{cid}": level for cid, level in levels.items()}
            if review.state == "submitted":
                self.twice(who, page, f"{page}/undo", "review.undo")
            self.twice(who, page, f"{page}/submit", "review.submit", **sheet)
        self.people.kit.clock.move(seconds=WINDOW)
        self.people.work()

    def feedback(self):
        attempt = self.people.latest(self.learner)
        (row,) = self.people.all(select(Feedback).where(col(Feedback.attempt_id) == attempt.id))
        return row

    def coordinate(self, act, once):
        page = f"/coordinate/submissions/{self.root.public_id}/{act}"
        self.twice(self.people.cora, page, page, once, reason=WORDS)


@pytest.fixture
def house(kit, world, app):
    return House(begun(kit, world), app)


@pytest.mark.parametrize("last", ["next", "appeal"])
def test_the_whole_loop_by_double_clicks(house, last):
    house.begin()
    house.coordinate("hold", "submission.hold")
    house.coordinate("release-hold", "submission.release_hold")
    house.score(VAGUE)
    row = house.feedback()
    said = {f"{kind}-{item['criterion']}": "What to do." for item in row.items for kind in ("saw", "do")}
    page = f"/feedback/{row.public_id}"
    house.twice(house.people.lena, page, f"{page}/release", "attempt.release", summary="Thank you.", **said)
    mine = f"/work/{house.root.public_id}/feedback/1"
    house.twice(house.learner, mine, f"{mine}/question", "question.ask", question=GROUNDS)
    (question,) = house.people.all(select(Question))
    answer = f"{page}/answer/{question.public_id}"
    house.twice(house.people.lena, page, answer, "question.answer", answer=GROUNDS)
    if last == "next":
        to = f"/work/{house.root.public_id}/next"
        house.twice(house.learner, mine, to, "submission.start_attempt")
    else:
        house.twice(house.learner, mine, f"{mine}/appeal", "submission.appeal", grounds=GROUNDS)
    house.coordinate("withdraw", "submission.withdraw")


def test_claims_and_exits_by_double_clicks(house):
    people = house.people
    with people.kit.write() as tx:
        tx.session.exec(select(Issuer)).one().assignment = "pull"
    house.begin()
    ana = people.assessors[0]
    house.twice(ana, "/queue", "/queue/claim-next", "review.claim_next")
    review = people.review(ana, "claimed")
    page = f"/reviews/{review.public_id}"
    house.twice(ana, f"{page}/wrong", f"{page}/wrong", "review.raise_concern", kind="copying", note=WORDS)
    house.twice(ana, f"{page}/hand-back", f"{page}/hand-back", "review.hand_back", word=WORDS)


def test_saving_what_is_typed_by_double_clicks(house):
    house.begin()
    review = reviews(house.people, house.root)[0]
    page = f"/reviews/{review.public_id}"
    sheet = {f"level-{cid}": level for cid, level in GOOD.items()}
    house.twice(house.person(review), page, f"{page}/draft", "review.save", **sheet)
    (saved,) = [one for one in reviews(house.people, house.root) if one.id == review.id]
    assert {cid: one["level"] for cid, one in saved.draft.items()} == GOOD
    assert saved.draft_version == 1
