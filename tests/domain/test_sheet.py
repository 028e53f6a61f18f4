import re

import pytest

from reviewhub.domain.alias_words import ADJECTIVES, BIRDS
from reviewhub.domain.errors import Invalid
from reviewhub.domain.sheet import clean_entries, require_complete
from tests.rubrics import small_rubric

RUBRIC = small_rubric()


def test_entries_are_complete_in_the_rubrics_order():
    given = {"honest": {"level": "yes"}, "goal": {"comment": "  Say by when.  "}}
    assert clean_entries(RUBRIC.criteria, given) == {
        "goal": {"level": "", "comment": "Say by when."},
        "audience": {"level": "", "comment": ""},
        "respect": {"level": "", "comment": ""},
        "honest": {"level": "yes", "comment": ""},
    }


def test_everything_wrong_is_named_at_once():
    given = {"goal": {"level": "yes", "comment": "x" * 5001}, "gone": {"level": "yes"}}
    with pytest.raises(Invalid) as bad:
        clean_entries(RUBRIC.criteria, given)
    assert [(p.field, p.value) for p in bad.value.problems] == [
        ("level-gone", "gone"),
        ("level-goal", "yes"),
        ("comment-goal", ""),
    ]


def test_a_comment_of_five_thousand_characters_is_the_longest():
    longest = {"goal": {"comment": "x" * 5000}}
    assert clean_entries(RUBRIC.criteria, longest)["goal"]["comment"] == "x" * 5000


def test_what_is_not_rated_is_named_by_its_criterion():
    with pytest.raises(Invalid) as bad:
        require_complete(RUBRIC, clean_entries(RUBRIC.criteria, {"goal": {"level": "clear"}}))
    assert [p.message for p in bad.value.problems] == [
        "Audience: choose a level.",
        "Respect: choose a level.",
        "Honest: choose a level.",
    ]


def test_aliases_are_many_and_made_of_plain_words():
    for words in (ADJECTIVES, BIRDS):
        assert len(words) == len(set(words)) >= 60
        assert all(re.fullmatch(r"[A-Z][a-z]{2,14}", word) for word in words)
    # Words that are also given names would read as somebody.
    assert not {"Amber", "Robin", "Martin", "Jay", "Wren", "Ruby", "Violet", "Rosy"} & {*ADJECTIVES, *BIRDS}
