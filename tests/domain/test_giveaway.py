import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.giveaway import given_away, marks_of_file, marks_of_person

LEE = marks_of_person("Lee José O’Learner", "lee.learner@people.example")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please ask Lee again.", ("Lee",)),
        ("it is JOSE's own work", ("José",)),
        ("Write to lee.learner@people.example.", ("Lee", "lee.learner", "lee.learner@people.example")),
        ("O’Learner's plan", ("O’Learner",)),
        ("Sleep well, and feel free to go on.", ()),
        ("", ()),
    ],
)
def test_a_name_is_found_as_a_word_of_its_own(text, found):
    assert given_away(text, LEE) == found


def test_what_is_found_comes_sorted():
    words = [f"word{chr(97 + n)}" for n in range(20)]
    assert given_away(" ".join(reversed(words)), words) == tuple(words)


def test_short_parts_are_no_marks():
    assert marks_of_person("Al de Xi", None) == frozenset()
    assert marks_of_file("a.b") == {"a.b"}


def test_a_file_is_found_with_and_without_its_ending():
    marks = marks_of_file("holiday-lee.pdf")
    assert given_away("Open holiday-lee.pdf once more", marks) == ("holiday-lee", "holiday-lee.pdf")
    assert given_away("the file HOLIDAY-LEE is empty", marks) == ("holiday-lee",)
    assert given_away("the holiday pictures", marks) == ()


@given(st.text(), st.text(min_size=3).filter(lambda t: t.strip() == t and t.isalnum()))
def test_whatever_is_typed_around_it(text, name):
    assert name in given_away(f"{text} {name} {text}", [name])
