"""Rule 7: a removed plugin takes nobody new; running work is judged on by its stored code."""

import pytest

from reviewhub.domain.errors import Refused
from reviewhub.models import DecisionRow
from reviewhub.services.move_rubric import move_rubric
from reviewhub.services.start import start
from reviewhub.services.sync import sync
from tests.plugins.test_repair import MENDED, VAGUE, Case

ELSEWHERE = "away"


def test_running_work_is_judged_by_the_code_of_a_removed_plugin(world, plugin_folder):
    case = Case(world, plugin_folder)
    case.ship(MENDED.format(rule="by Harbor's own rule"))
    act = case.submit

    def take_it_away(*given):
        """While the sheets come in, the folder goes."""
        folder = plugin_folder.path / "harbor"
        if folder.exists():
            folder.rename(plugin_folder.path.parent / ELSEWHERE)
            assert sync(case.kit, [plugin_folder.path]).retired == ["harbor/small"]
        return act(*given)

    case.submit = take_it_away
    round_id = case.scored(VAGUE, VAGUE)
    assert case.round(round_id).state == "resolved"
    assert case.one(DecisionRow).rule == "by Harbor's own rule"
    with pytest.raises(Refused):
        start(case.kit, case.actor(world.person("Nora New")), "harbor", "small")
    with pytest.raises(Refused):
        move_rubric(case.kit, case.actor(case.learner), case.submission.public_id, "x" * 26)
