import time

from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.wording import MOST_WORDS, Span, compare_words


def test_words_that_came_and_went_stand_in_their_place():
    assert compare_words("One clear goal, no date.", "One clear goal and a date.") == (
        Span("same", "One clear "),
        Span("removed", "goal, no "),
        Span("added", "goal and a "),
        Span("same", "date."),
    )
    assert compare_words("", "All new.") == (Span("added", "All new."),)
    assert compare_words("Same. ", "Same.") == (Span("same", "Same. "),)
    assert compare_words("", "") == ()


words = st.text(alphabet="ab \n", max_size=60)


@given(words, words)
def test_both_texts_can_be_read_from_the_difference(before, after):
    spans = compare_words(before, after)
    new = "".join(s.text for s in spans if s.kind != "removed")
    old = "".join(s.text for s in spans if s.kind != "added")
    assert new.split() == after.split()
    assert old.split() == before.split()


def test_texts_made_to_be_slow_to_compare_are_not():
    before, after = "a b " * (MOST_WORDS // 2), "b c a " * (MOST_WORDS // 3)
    started = time.perf_counter()
    compare_words(before, after)
    assert time.perf_counter() - started < 5
    spans = compare_words("x " + before * 20, "y " + after * 20)
    assert [s.kind for s in spans][:2] == ["removed", "added"]
