from dataclasses import replace
from pathlib import Path

from reviewhub.domain.anchors import anchors_of, missing_anchors
from reviewhub.plugin_api import rubric_from_toml

RUBRIC = rubric_from_toml(Path(__file__).parents[1] / "shapes" / "anchors.toml")


def places(given):
    return [(one.criterion.id, one.requirement.id, one.words) for one in anchors_of(RUBRIC, given)]


def test_every_place_that_is_asked_for_in_order():
    assert places({}) == [("a", "report", ""), ("a", "log", "")]
    assert places({"a": {"log": "Page 2"}, "b": {"report": "Page 1"}}) == [
        ("a", "report", ""),
        ("a", "log", "Page 2"),
    ]


def test_one_place_is_enough_and_blanks_are_none():
    (missing,) = missing_anchors(RUBRIC, {"a": {"log": "  "}})
    assert (missing.requirement_id, missing.code) == ("report", "no_anchor")
    assert missing.message == "Report: say where to look for “First”."
    assert list(missing_anchors(RUBRIC, {"a": {"log": "Page 2"}})) == []


def test_each_criterion_that_asks_is_told():
    part = RUBRIC.parts[0]
    both = replace(
        RUBRIC, parts=(replace(part, criteria=tuple(replace(c, anchors=True) for c in part.criteria)),)
    )
    asked = [(one.criterion.id, one.requirement.id) for one in anchors_of(both, {})]
    assert asked == [("a", "report"), ("a", "log"), ("b", "report")]
    assert [one.message for one in missing_anchors(both, {})] == [
        "Report: say where to look for “First”.",
        "Report: say where to look for “Second”.",
    ]
