"""A claim asks what assignment asks: also what the rubric asks of whoever scored an earlier attempt."""

from datetime import timedelta

import pytest

from reviewhub.domain.errors import Refused
from reviewhub.domain.rubric import EligibilityPolicy, Policies
from reviewhub.models import Round
from reviewhub.services import claim_next
from reviewhub.services.claims import why_not
from reviewhub.services.scope import lock_round
from tests.marks import BOTH
from tests.rubrics import small_rubric


@pytest.fixture
def rubric():
    return small_rubric(policies=Policies(eligibility=EligibilityPolicy(again="other")))


@BOTH
def test_who_scored_before_gets_nothing_where_the_rubric_asks_for_others(desk, pile):
    second = pile.lay_again()
    with pytest.raises(Refused) as refused:
        pile.claim(desk.people.ana)
    assert refused.value.code == "empty"
    assert pile.claim(desk.people.cleo).round_id == second


def test_a_list_that_is_a_moment_old_gives_nobody_what_they_may_not_score(desk, pile, monkeypatch):
    """Between the list and the lock somebody may have lost their right to it: the rules are asked again."""
    second = pile.lay_again()

    def listed_before(_session, _actor, _now, passed, *, wait):
        return None if second in passed else second

    monkeypatch.setattr(claim_next, "most_urgent", listed_before)
    with pytest.raises(Refused) as refused:
        pile.claim(desk.people.ana)
    assert refused.value.code == "empty"
    assert pile.claim(desk.people.cleo).round_id == second


@BOTH
@pytest.mark.parametrize("kind", ["initial", "completeness", "audit"])
def test_the_list_and_the_rules_say_the_same_of_a_second_attempt(desk, pile, kind):
    second = pile.lay_again()
    with desk.kit.write() as tx:
        tx.session.get_one(Round, second).kind = kind
    for person, scored in ((desk.people.ana, True), (desk.people.cleo, False)):
        with desk.kit.write() as tx:
            against = why_not(tx, lock_round(tx, second), person.id)
        assert bool(against) == (scored and kind == "initial")
        assert pile.waiting(person).count == (not against)


def test_what_they_may_not_score_hides_nothing_that_they_may(desk, pile, monkeypatch):
    monkeypatch.setattr(claim_next, "LOOKS", 1)
    monkeypatch.setattr(claim_next, "WAITS", 1)
    for name in ("Lee Learner", "Noor Learner", "Kim Learner"):
        pile.lay_again(name)
    desk.kit.clock.move(hours=1)
    other = pile.lay("Olu Learner")
    with desk.kit.write() as tx:
        tx.session.get_one(Round, other).urgent_on = desk.kit.clock.now().date() + timedelta(60)
    assert pile.waiting(desk.people.ana).count == 1
    assert pile.claim(desk.people.ana).round_id == other
