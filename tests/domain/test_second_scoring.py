"""A second scoring beside the result, against what is written here."""

import pytest

from reviewhub.domain.second_scoring import Matched, match, share
from tests.assessor.desk import GOOD, WEAK
from tests.rubrics import small_rubric

RUBRIC = small_rubric()


@pytest.mark.parametrize(
    ("given", "found", "matched"),
    [
        (GOOD, GOOD, (4, 0, 0)),
        (GOOD, {**GOOD, "audience": "tested"}, (3, 1, 0)),
        (GOOD, WEAK, (3, 0, 1)),
        (WEAK, {**WEAK, "goal": "absent", "honest": "no"}, (2, 1, 1)),
        ({"goal": "vague"}, GOOD, (0, 0, 1)),
        (GOOD, {"goal": "clear"}, (1, 0, 0)),
        ({}, GOOD, (0, 0, 0)),
    ],
)
def test_each_criterion_is_the_same_or_differs_or_lies_across(given, found, matched):
    assert match(RUBRIC, given, found) == Matched(*matched)


@pytest.mark.parametrize(
    ("equal", "pairs", "audits", "percent"),
    [(0, 0, 0, None), (8, 8, 4, None), (10, 10, 5, 100), (5, 10, 5, 50), (2, 3, 5, 66), (0, 10, 5, 0)],
)
def test_nothing_is_said_of_too_few(equal, pairs, audits, percent):
    assert share(equal, pairs, audits) == percent
