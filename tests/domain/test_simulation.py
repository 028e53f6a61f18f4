from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.agreement import agree
from reviewhub.domain.simulation import Recorded, Replayed, replay_sheets
from tests.rubrics import ratings_of, rubrics, scored, sheet, small_rubric

GOOD = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}
WEAK = GOOD | {"goal": "vague"}
RUBRIC = small_rubric()


@given(scored(), st.data())
def test_a_third_is_asked_exactly_where_the_sheets_disagree(case, data):
    rubric, sheets = case
    third = sheet(9, "adjudicator", **data.draw(ratings_of(rubric)))
    alone, with_third = replay_sheets(rubric, sheets), replay_sheets(rubric, [*sheets, third])
    assert alone.third == with_third.third == (not agree(rubric, sheets).agreed)
    assert (alone.verdict == "third") == alone.third
    assert with_third.verdict in {"met", "not_yet"}


@given(rubrics(), st.data())
def test_it_does_not_depend_on_the_order_of_the_sheets(rubric, data):
    sheets = [sheet(n, **data.draw(ratings_of(rubric))) for n in (1, 2)]
    assert replay_sheets(rubric, sheets) == replay_sheets(rubric, sheets[::-1])


def test_where_they_agree_nobody_asks_what_a_third_found():
    third = sheet(3, "adjudicator", **WEAK)
    assert replay_sheets(RUBRIC, [sheet(1, **GOOD), sheet(2, **GOOD), third]) == Replayed("met", third=False)


def test_where_they_do_not_the_third_counts():
    two = [sheet(1, **GOOD), sheet(2, **WEAK)]
    assert replay_sheets(RUBRIC, two) == Replayed("third", third=True)
    assert replay_sheets(RUBRIC, [*two, sheet(3, "adjudicator", **WEAK)]) == Replayed("not_yet", third=True)


def test_sheets_of_something_else_fit_nothing():
    assert replay_sheets(RUBRIC, [sheet(1, goal="clear"), sheet(2, goal="clear")]) == Replayed(
        "no_fit", third=False
    )


def test_a_third_among_the_sheets_is_known_by_its_role():
    two = (sheet(1, **GOOD), sheet(2, **WEAK))
    assert not Recorded("s", two, "met").adjudicated
    assert Recorded("s", (*two, sheet(3, "adjudicator", **GOOD)), "met").adjudicated
