"""A claim asks what assignment asks: also what the list of a pile does not know."""

import pytest

from reviewhub.domain.errors import Refused
from reviewhub.domain.rubric import EligibilityPolicy, Policies
from tests.assessor.desk import WEAK
from tests.marks import BOTH
from tests.rubrics import small_rubric


@pytest.fixture
def rubric():
    return small_rubric(policies=Policies(eligibility=EligibilityPolicy(again="other")))


@BOTH
def test_who_scored_before_gets_nothing_where_the_rubric_asks_for_others(desk, pile):
    first = pile.lay()
    for person in (desk.people.ana, desk.people.ben):
        pile.claim(person)
        desk.submit(person, WEAK, first)
    desk.pass_undo()
    second = desk.arrive(number=2)
    desk.run()
    with pytest.raises(Refused) as refused:
        pile.claim(desk.people.ana)
    assert refused.value.code == "empty"
    assert pile.claim(desk.people.cleo).round_id == second
