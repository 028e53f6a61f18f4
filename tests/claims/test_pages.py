"""The button in the queue, the page that says until when, and what is said when it is too late."""

import re
from datetime import timedelta

import pytest

from reviewhub.models import Person, Review, Round
from tests.assessor.desk import GOOD
from tests.cases import sign_in
from tests.deadlines.days import day


@pytest.fixture
def ana(client, kit, desk, pile):
    return sign_in(client, kit, desk.people.ana)


def page_of(client, path):
    return client.get(path).get_data(as_text=True)


def post(client, path, page=None, **fields):
    """Send a form of the page, and follow."""
    text = page if page is not None else page_of(client, "/queue")
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
    return client.post(path, data={"csrf_token": token, **fields})


def seen(page):
    return re.search(r'name="seen" value="([^"]*)"', page)[1]


def test_the_queue_says_how_many_and_gives_one(client, ana, desk, pile):
    assert "Nothing that you may score waits there now." in page_of(client, "/queue")
    pile.lay()
    pile.lay("Noor Learner")
    queue = page_of(client, "/queue")
    assert "2 reviews wait for whoever has time." in queue
    answer = post(client, "/queue/claim-next", queue, seen=seen(queue))
    review = desk.review(ana)
    assert (answer.status_code, answer.location) == (303, f"/reviews/{review.public_id}")
    assert "Kept for you until 2 Nov, 17:00" in page_of(client, answer.location)
    again = post(client, "/queue/claim-next", queue, seen=seen(queue))
    assert again.location == answer.location
    assert len(desk.all(Review)) == 1
    assert "1 review waits" in page_of(client, "/queue")


def test_the_queue_tells_nothing_of_what_waits(client, ana, desk, pile):
    pile.lay()
    queue = page_of(client, "/queue")
    assert desk.submission.public_id not in queue
    assert "Small" not in re.search(r'id="pile".*?</section>', queue, re.DOTALL)[0]


def test_whoever_was_slower_is_told_kindly(client, ana, desk, pile):
    pile.lay()
    queue = page_of(client, "/queue")
    pile.claim(desk.people.ben)
    pile.claim(desk.people.cleo)
    answer = post(client, "/queue/claim-next", queue, seen=seen(queue))
    assert (answer.status_code, answer.location) == (303, "/queue")
    assert "others were faster" in page_of(client, "/queue")


def test_where_reviews_are_given_out_there_is_no_button(client, kit, desk):
    sign_in(client, kit, desk.people.ana)
    assert "Claim next" not in page_of(client, "/queue")


def test_full_and_away_are_said_instead_of_a_button(client, ana, desk, pile):
    pile.lay()
    with desk.kit.write() as tx:
        tx.session.get_one(Person, ana.id).load_cap = 0
    queue = page_of(client, "/queue")
    assert "as much open work as you may have" in queue
    assert "Claim next" not in queue


def test_the_time_is_over_and_the_address_says_what_can_be_done(client, ana, desk, pile):
    pile.lay()
    review = pile.claim(ana)
    page = page_of(client, f"/reviews/{review.public_id}")
    desk.kit.clock.move(hours=9)
    desk.run()
    gone = client.get(f"/reviews/{review.public_id}")
    assert gone.status_code == 404
    assert "went back to the pile" in gone.get_data(as_text=True)
    fields = {f"level-{cid}": level for cid, level in GOOD.items()}
    saved = post(client, f"/reviews/{review.public_id}/draft", page, draft_version="0", **fields)
    assert saved.status_code == 303
    assert "Kept for you until 3 Nov, 02:00" in page_of(client, f"/reviews/{review.public_id}")


def test_work_that_is_not_saved_keeps_it_too(client, ana, desk, pile):
    pile.lay()
    review = pile.claim(ana)
    page = page_of(client, f"/reviews/{review.public_id}")
    desk.kit.clock.move(hours=3)
    assert post(client, f"/reviews/{review.public_id}/at-work", page).status_code == 303
    assert pile.now(review).claim_until == desk.kit.clock.now() + timedelta(hours=8)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    told = client.post(
        f"/reviews/{review.public_id}/at-work", data={"csrf_token": token}, headers={"HX-Request": "true"}
    ).get_data(as_text=True)
    assert told.strip() == "Kept for you until 2 Nov, 20:00"
    desk.kit.clock.move(hours=9)
    desk.run()
    lost = client.post(
        f"/reviews/{review.public_id}/at-work", data={"csrf_token": token}, headers={"HX-Request": "true"}
    )
    assert "Saving brings it back" in lost.get_data(as_text=True)
    assert post(client, f"/reviews/{review.public_id}/at-work", page).location == "/queue"


@pytest.mark.parametrize("state", ["submitted", "released", "excluded"])
def test_only_what_went_back_to_the_pile_is_said_to_come_back(client, ana, desk, pile, state):
    pile.lay()
    review = pile.claim(ana)
    page = page_of(client, f"/reviews/{review.public_id}")
    with desk.kit.write() as tx:
        tx.session.get_one(Review, review.id).state = state
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    lost = client.post(
        f"/reviews/{review.public_id}/at-work", data={"csrf_token": token}, headers={"HX-Request": "true"}
    ).get_data(as_text=True)
    assert "There is nothing to keep" in lost
    assert "pile" not in lost


def test_a_coordinator_sees_what_lies_in_the_pile_and_gives_it_out(client, kit, desk, pile):
    pile.lay()
    sign_in(client, kit, desk.people.cora)
    path = f"/coordinate/submissions/{desk.submission.public_id}"
    page = page_of(client, path)
    assert "In the pile since 2 Nov, 09:00: whoever has time claims it." in page
    assert "Give it out now" in page
    post(client, f"{path}/fill", page)
    desk.run()
    page = page_of(client, path)
    assert "In the pile" not in page
    assert page.count("was asked to score") == 2
    assert {one.claim_until for one in desk.all(Review)} == {None}


def test_the_record_names_who_claimed(client, kit, desk, pile):
    pile.lay()
    pile.claim(desk.people.ana)
    sign_in(client, kit, desk.people.cora)
    page = page_of(client, f"/coordinate/submissions/{desk.submission.public_id}")
    assert "Ana Silva claimed it from the pile (Seat A)" in page


def test_what_nobody_claims_can_be_given_out_from_the_overview(client, kit, desk, days, pile):
    pile.lay()
    days.pass_to(day("2026-11-04"), 8)
    sign_in(client, kit, desk.people.cora)
    page = page_of(client, "/coordinate")
    assert "2 seats lie in the pile, and nobody has claimed so far: 3 people may claim." in page
    path = f"/coordinate/submissions/{desk.submission.public_id}"
    assert f'action="{path}/fill"' in page
    assert "Give it out now" in page


def test_nothing_tells_what_becomes_of_the_other_seat(client, ana, desk, pile):
    def pages():
        both = page_of(client, "/queue") + page_of(client, f"/reviews/{mine.public_id}")
        token = re.search(r'name="csrf_token" value="([^"]+)"', both)[1].partition(".")[0]
        return re.sub(rf'"{re.escape(token)}\.[^"]+"', "", both)

    pile.lay()
    mine = pile.claim(ana)
    before = pages()
    other = pile.claim(desk.people.ben)
    assert pages() == before
    desk.submit(desk.people.ben, GOOD, other.round_id)
    assert pages() == before
    with desk.kit.write() as tx:
        tx.session.get_one(Review, other.id).end_reason = "claim_over"
        tx.session.get_one(Review, other.id).state = "expired"
        tx.session.get_one(Round, other.round_id).state = "waiting"
        tx.session.get_one(Round, other.round_id).pile = desk.micro.issuer_id
    assert pages() == before
