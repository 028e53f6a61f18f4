"""A house in which everybody who scores again doubts what was met: the invariants hold all the same."""

import pytest
from sqlmodel import select

from reviewhub.models import CriterionLock, Objection
from tests.together.results import GOOD
from tests.together.test_interleavings import Interleavings

WEAK = {**GOOD, "goal": "vague"}
DOUBTED = {**WEAK, "audience": "absent"}


@pytest.mark.parametrize("decides", [WEAK, DOUBTED], ids=["the lock stands", "the lock is lifted"])
def test_doubts_in_three_attempts(migrated_sqlite, tmp_path, decides):
    house = Interleavings(migrated_sqlite, tmp_path / "house")
    house.open_the_house(again="any", tolerance=0)
    learner = house.learners[0]
    for sheet in (WEAK, decides, decides):
        house._forward(learner, False, [sheet] * 6, doubts=True)
        house.all_is_well()
        for _ in range(2):  # whoever was asked to decide since: blind, then final
            for person in house.staff:
                house.people.hand_in(person, sheet)
            house.kit.clock.move(seconds=300)
            house.people.work()
            house.all_is_well()
    with house.kit.read() as session:
        outcomes = {one.outcome for one in session.exec(select(Objection))}
        lifted = {one.criterion_id for one in session.exec(select(CriterionLock)) if one.lifted_at}
    house.teardown()
    # Other locks are doubted as well, by chance; those stand.
    wanted = ({"lifted"}, {"audience"}) if decides is DOUBTED else ({"stands"}, set())
    assert (outcomes - ({"stands"} if decides is DOUBTED else set()), lifted) == wanted
