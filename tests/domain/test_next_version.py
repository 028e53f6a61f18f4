"""Which version a changed rubric is proposed."""

from dataclasses import replace

import pytest

from reviewhub.domain.next_version import as_numbers, next_version, wording_only
from tests.rubrics import criterion, small_rubric


def of_version(version):
    return replace(small_rubric(), version=version)


def reworded(rubric):
    return replace(rubric, about=replace(rubric.about, name="Another name"))


def restructured(rubric):
    part = replace(rubric.parts[0], criteria=(criterion("goal"),))
    return replace(rubric, parts=(part, *rubric.parts[1:]))


@pytest.mark.parametrize(
    ("before", "wording", "structure"),
    [("1", "1.0.1", "1.1"), ("2.1", "2.1.1", "2.2"), ("2.1.9", "2.1.10", "2.2"), ("0.9.3", "0.9.4", "0.10")],
)
def test_wording_moves_the_last_number_and_structure_the_one_before(before, wording, structure):
    rubric = of_version(before)
    assert wording_only(rubric, reworded(rubric))
    assert next_version(rubric, reworded(rubric)) == wording
    assert not wording_only(rubric, restructured(rubric))
    assert next_version(rubric, restructured(rubric)) == structure


def test_versions_compare_as_numbers():
    assert as_numbers("1.10") > as_numbers("1.9")
    assert as_numbers("1.0") == as_numbers("1") == as_numbers("1.0.0")
    assert as_numbers("1.0.1") > as_numbers("1")
    assert as_numbers("0") == ()
