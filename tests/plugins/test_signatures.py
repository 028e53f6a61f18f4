"""A class that would silently not be asked is refused where it is defined."""

import pytest

from reviewhub.domain.errors import Invalid
from reviewhub.plugin_api import Plugin
from reviewhub.plugin_api.hooks import HOOKS


def refused(**methods):
    with pytest.raises(Invalid) as problem:
        type("Rule", (Plugin,), methods)
    (said,) = problem.value.problems
    return said.message


def test_a_method_that_is_nearly_a_hook_is_refused():
    for name, hook in {
        "decde": "decide",
        "agreed": "agree",
        "Resolve": "resolve",
        "rubric": "rubrics",
    }.items():
        said = refused(**{name: lambda self: None})
        assert (
            said == f"Rule.{name}: No hook has this name. Did you mean {hook}? A helper's name begins with _."
        )


def test_helpers_and_data_are_left_alone():
    helpers = {"_decde": len, "levels": len, "standing": len, "cut": len, "agreed": 3, "folder": None}
    assert type("Rule", (Plugin,), helpers)


def test_another_signature_is_refused_with_the_right_one():
    wanted = "Rule.agree: Write it as `def agree(self, rubric, sheets)`."
    assert refused(agree=lambda self, sheets, rubric: None) == wanted
    assert refused(agree=lambda self, rubric: None) == wanted
    assert refused(agree=lambda self, *given: None) == wanted
    assert refused(agree=staticmethod(lambda rubric, sheets: None)) == wanted
    assert refused(agree=3) == wanted


def test_every_problem_is_told_at_once():
    methods = {"decde": lambda self: None, "agree": 3}
    with pytest.raises(Invalid) as problem:
        type("Rule", (Plugin,), methods)
    assert [one.field for one in problem.value.problems] == ["Rule.agree", "Rule.decde"]


def test_what_a_class_inherits_from_elsewhere_is_heard_too():
    class Shared:
        def decide(self, rubric, resolution, history):
            return None

    class Rule(Shared, Plugin):
        pass

    assert Rule.decide is Shared.decide
    assert all(hasattr(getattr(Rule, hook), "reviewhub_impl") for hook in HOOKS)
