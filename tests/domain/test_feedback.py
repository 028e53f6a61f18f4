from decimal import Decimal

from reviewhub.domain.decision import Locked, decide
from reviewhub.domain.feedback import Comment, compose, flags_now, text_flags
from reviewhub.domain.resolution import Resolution, Resolved
from tests.rubrics import small_rubric

LEVELS = {"goal": "vague", "audience": "tested", "respect": "yes", "honest": "yes"}


def items(*comments, levels=LEVELS):
    rubric = small_rubric()
    found = Resolution(tuple(Resolved(cid, level, Decimal(0), "same") for cid, level in levels.items()))
    draft = compose(rubric, found, decide(rubric, found, ()), comments)
    return {item.criterion_id: item for item in draft.items}


def test_what_was_seen_comes_from_the_comments_that_fit_the_result():
    goal = items(
        Comment("goal", "vague", "The goal has no date yet.", 2),
        Comment("goal", "vague", "You name no figure for the goal.", 1),
        Comment("goal", "absent", "There is no goal at all.", 3),
    )["goal"]
    assert goal.saw == "You name no figure for the goal.\n\nThe goal has no date yet."
    assert goal.do == "Clear: What Clear looks like."
    assert goal.flags == ()


def test_the_adjudicators_final_word_stands_alone():
    goal = items(
        Comment("goal", "vague", "You name no figure for the goal.", 1),
        Comment("goal", "vague", "A reader cannot tell when this is reached.", 3, final=True),
    )["goal"]
    assert goal.saw == "A reader cannot tell when this is reached."


def test_what_is_met_has_nothing_to_do():
    audience = items(Comment("audience", "tested", "Two groups, both tried out.", 1))["audience"]
    assert (audience.saw, audience.do, audience.flags) == ("Two groups, both tried out.", "", ())


def test_a_judgement_across_the_cut_is_flagged_and_its_text_left_out():
    goal = items(
        Comment("goal", "clear", "The goal is clear and measurable.", 1),
        Comment("goal", "vague", "The goal cannot be measured yet.", 2),
    )["goal"]
    assert goal.saw == "The goal cannot be measured yet."
    assert goal.flags == ("contradiction",)


def test_silence_and_empty_advice_are_flagged_only_where_something_is_to_mend():
    found = items(Comment("goal", "vague", "  "), Comment("audience", "tested", ""))
    assert found["goal"].flags == ("no_comment",)
    assert found["audience"].flags == ()
    assert items(Comment("goal", "vague", "Not good."))["goal"].flags == ("thin",)


def test_what_looks_like_an_address_is_flagged():
    for text in (
        "Write to ada@example.org about it.",
        "Ask @ada_l for the figures.",
        "Call 0171 234 56 78 for this.",
    ):
        assert "contact" in items(Comment("goal", "vague", text))["goal"].flags
    assert items(Comment("goal", "vague", "Reach rose from 1,200 to 3,400 in 2026."))["goal"].flags == ()


def test_only_scored_criteria_are_in_the_draft_and_in_the_rubrics_order():
    assert list(items()) == ["goal", "audience", "respect", "honest"]


def test_the_same_comment_twice_is_said_once():
    twice = [Comment("goal", "vague", "There is no figure in it.", seat) for seat in (1, 2)]
    assert items(*twice)["goal"].saw == "There is no figure in it."


def test_what_was_locked_and_not_scored_this_time_is_not_in_it():
    rubric = small_rubric()
    found = Resolution((Resolved("goal", "vague", Decimal(0), "same"),))
    locked = [Locked(cid, level, 1) for cid, level in LEVELS.items() if cid != "goal"]
    draft = compose(rubric, found, decide(rubric, found, locked), [Comment("audience", "tested", "Fine.")])
    assert [item.criterion_id for item in draft.items] == ["goal"]


def test_empty_words_of_a_seat_add_nothing():
    assert items(Comment("goal", "vague", " \n"), Comment("goal", "vague", "No date is named."))[
        "goal"
    ].saw == ("No date is named.")
    assert Comment("goal", "vague", "").seat == 1


def test_four_words_are_enough_and_three_are_few():
    assert text_flags("Name a date.", met=False) == ("thin",)
    assert text_flags("Name the exact date.", met=False) == ()
    assert text_flags("Fine.", met=True) == text_flags("", met=True) == ()
    assert text_flags("Fine: ada@example.org", met=True) == ("contact",)


def test_flags_follow_the_text_and_others_stay():
    stored = ("no_comment", "contradiction", "thin", "contact", "issuers_own")
    kept = ("contradiction", "issuers_own")
    assert flags_now(stored, "Name the exact date, please.", met=False) == kept
    assert flags_now(stored, "", met=False) == ("no_comment", *kept)
    assert flags_now(stored, "", met=True) == kept
