"""Work that comes after a claim has ended: the answer tells of no learner, and no words are lost."""

import re
from html import unescape

import pytest

from reviewhub.domain.errors import Refused
from reviewhub.models import Person, Reveal
from reviewhub.queries.workspace import GONE
from reviewhub.services.hold import hold
from reviewhub.services.ids import public_id
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.score import save_draft
from reviewhub.services.set_away import set_away
from tests.assessor.desk import GOOD, entries
from tests.cases import sign_in
from tests.claims.test_pages import page_of, post
from tests.marks import BOTH


@pytest.fixture
def ana(client, kit, desk, pile):
    return sign_in(client, kit, desk.people.ana)


def claimed(desk, pile):
    pile.lay()
    return pile.claim(desk.people.ana)


def lapse(desk, pile, review):
    """Nobody works on it, and it goes back to the pile."""
    desk.kit.clock.move(hours=9)
    desk.run()
    assert pile.now(review).state == "expired"


def in_conflict(desk, pile):
    cora = desk.actor(desk.people.cora)
    who = desk.people.ana.public_id
    record_conflict(desk.kit, cora, desk.submission.public_id, who, "They are neighbours.")


def told_the_name(desk, pile):
    now = desk.kit.clock.now()
    reveal = Reveal(
        public_id=public_id(),
        issuer_id=desk.micro.issuer_id,
        submission_id=desk.submission.id,
        asked_by=desk.people.ana.id,
        reason="Why.",
        asked_at=now,
        state="granted",
        decided_at=now,
    )
    desk.world.add(reveal)


def taken(desk, pile):
    for person in (desk.people.ben, desk.people.cleo):
        pile.claim(person)


def held(desk, pile):
    hold(desk.kit, desk.actor(desk.people.cora), desk.submission.public_id, "Something to look at.")


def full(desk, pile):
    with desk.kit.write() as tx:
        tx.session.get_one(Person, desk.people.ana.id).load_cap = 0


def away(desk, pile):
    set_away(desk.kit, desk.actor(desk.people.ana), desk.kit.clock.now().date())


ALIKE = [in_conflict, told_the_name, taken, held]
OWN = {full: "as much open work as you may have", away: "You are away."}


@BOTH
@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case.__name__)
def test_a_late_save_is_refused_alike_whatever_bars_it(desk, pile, case):
    review = claimed(desk, pile)
    lapse(desk, pile, review)
    case(desk, pile)
    with pytest.raises(Refused) as refused:
        save_draft(desk.kit, desk.actor(desk.people.ana), review.public_id, entries(GOOD), 0)
    assert (refused.value.message, refused.value.code) == ("This cannot be claimed now.", "claim_over")


@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case.__name__)
def test_a_late_autosave_says_the_same_as_the_page_of_whoever_knows_the_learner(
    client, ana, desk, pile, case
):
    review = claimed(desk, pile)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page_of(client, "/queue"))[1]
    lapse(desk, pile, review)
    case(desk, pile)
    data = {"csrf_token": token, "draft_version": "0", "level-goal": "clear"}
    answer = client.post(f"/reviews/{review.public_id}/draft", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    said = unescape(answer.get_data(as_text=True))
    assert GONE in said
    assert "conflict" not in said.lower()


def test_who_is_excluded_reads_the_same_as_who_is_not_needed(client, ana, desk, pile):
    review = claimed(desk, pile)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page_of(client, "/queue"))[1]
    in_conflict(desk, pile)
    assert pile.now(review).state == "excluded"
    data = {"csrf_token": token, "draft_version": "0", "level-goal": "clear"}
    answer = client.post(f"/reviews/{review.public_id}/draft", data=data, headers={"HX-Request": "true"})
    said = unescape(answer.get_data(as_text=True))
    assert (answer.status_code, GONE in said, "excluded" in said) == (409, True, False)


@pytest.mark.parametrize("case", OWN, ids=lambda case: case.__name__)
def test_what_they_can_change_themselves_is_said(client, ana, desk, pile, case):
    review = claimed(desk, pile)
    page = page_of(client, f"/reviews/{review.public_id}")
    lapse(desk, pile, review)
    case(desk, pile)
    fields = {"draft_version": "0", "level-goal": "clear", "comment-goal": "Half a thought."}
    answer = post(client, f"/reviews/{review.public_id}/draft", page, **fields)
    said = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert OWN[case] in said
    assert "Half a thought." in said


@pytest.mark.parametrize("act", ["draft", "submit"])
@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case.__name__)
def test_what_cannot_be_kept_can_be_copied(client, ana, desk, pile, case, act):
    review = claimed(desk, pile)
    page = page_of(client, f"/reviews/{review.public_id}")
    lapse(desk, pile, review)
    case(desk, pile)
    fields = {"draft_version": "0", "level-goal": "clear", "comment-goal": "Half a thought."}
    answer = post(client, f"/reviews/{review.public_id}/{act}", page, **fields)
    said = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert GONE in said
    assert "Half a thought." in said
    assert said.count("<textarea") == len(["level", "comment"])


def test_a_late_sheet_with_a_level_missing_is_theirs_again_with_all_that_was_typed(client, ana, desk, pile):
    review = claimed(desk, pile)
    page = page_of(client, f"/reviews/{review.public_id}")
    lapse(desk, pile, review)
    fields = {"draft_version": "0", "level-goal": "clear", "comment-goal": "Half a thought."}
    answer = post(client, f"/reviews/{review.public_id}/submit", page, **fields)
    assert answer.status_code == 422
    assert "Half a thought." in answer.get_data(as_text=True)
    assert 'id="sheet"' in answer.get_data(as_text=True)
    assert pile.now(review).state == "claimed"


def test_a_stale_tab_that_comes_late_shows_both(client, ana, desk, pile):
    review = claimed(desk, pile)
    page = page_of(client, f"/reviews/{review.public_id}")
    save_draft(desk.kit, desk.actor(ana), review.public_id, entries(GOOD, goal="Saved."), 0)
    lapse(desk, pile, review)
    fields = {"draft_version": "0", "level-goal": "vague", "comment-goal": "Typed."}
    answer = post(client, f"/reviews/{review.public_id}/draft", page, **fields)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Saved." in said
    assert "Typed." in said
    assert pile.now(review).draft["goal"]["comment"] == "Saved."


def test_another_s_review_is_as_if_it_were_not_there(client, kit, desk, pile):
    review = claimed(desk, pile)
    sign_in(client, kit, desk.people.cleo)
    fields = {"draft_version": "0", "comment-goal": "Half a thought."}
    for act in ("draft", "submit"):
        answer = post(client, f"/reviews/{review.public_id}/{act}", **fields)
        assert answer.status_code == 404
