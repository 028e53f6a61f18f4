"""States from events: continued, kept through a stop, and compared with rows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviewhub.domain.audit import GENESIS, Link
from reviewhub.domain.replay import Replay, held_from, unexplained

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def link(action, before="", after="", **facts):
    return Link("submission", 7, 1, AT, None, action, before, after, facts, "", GENESIS)


def played(*links):
    """States and complaints of these events."""
    replay = Replay()
    return replay.states, [said for one in links if (said := replay.take(one))]


BEGUN = link("submission.start", "", "open", attempt="a")


def test_beginnings_and_steps():
    states, wrong = played(
        BEGUN,
        link("attempt.submit", "draft", "checking", attempt="a"),
        link("round.open", "", "waiting", round="r", attempt="a"),
        link("review.offer", "", "offered", review="v", round="r"),
        link("review.save", "offered", "claimed", review="v", round="r"),
        link("submission.start_attempt", "open", "open", attempt="b", copied_from="a"),
    )
    assert wrong == []
    assert states == {
        ("submission", ""): "open",
        ("attempt", "a"): "checking",
        ("attempt", "b"): "draft",
        ("round", "r"): "waiting",
        ("review", "v"): "claimed",
    }


@pytest.mark.parametrize(
    "beside",
    [
        link("artifact.checked", "arrived", "checked", artifact="x"),
        link("review.extend", review="v"),
        link("round.rule", round="r"),
    ],
)
def test_what_moves_nothing_is_passed_over(beside):
    assert played(BEGUN, beside) == played(BEGUN)
    assert Replay().take(beside) == ""


def test_an_event_that_does_not_continue_is_named_and_believed():
    states, wrong = played(BEGUN, link("submission.finish_met", "under_review", "met"))
    assert wrong == ["it says that this submission was under_review, and it was open"]
    assert states["submission", ""] == "met"


def test_what_never_began_is_named():
    _, wrong = played(BEGUN, link("review.save", "offered", "claimed", review="v"))
    assert wrong == ["it says that this review was offered, and it was new"]
    _, wrong = played(
        BEGUN, link("round.open", "", "waiting", round="r"), link("round.open", "", "waiting", round="r")
    )
    assert wrong == ["it says that this round was new, and it was waiting"]


def test_a_stop_keeps_where_it_came_from_until_it_ends():
    hold = link("submission.hold", "open", "held")
    states, wrong = played(BEGUN, hold)
    assert (states["submission", ""], wrong) == ("held from open", [])
    states, wrong = played(BEGUN, hold, link("submission.release_hold", "held", "open"))
    assert (states["submission", ""], wrong) == ("open", [])


def test_a_stop_may_be_led_elsewhere_and_an_attempts_leads_nowhere_by_itself():
    opened = link("round.open", "", "waiting", round="r")
    fault = link("round.faulted", "waiting", "held", round="r")
    led = link("round.back_to", "held", "held", round="r", back_to="resolving")
    states, wrong = played(BEGUN, opened, fault, led, link("round.touched", "held", "held", round="r"))
    assert (states["round", "r"], wrong) == ("held from resolving", [])
    states, _ = played(BEGUN, link("attempt.hold", "draft", "held", attempt="a"))
    assert states["attempt", "a"] == "held"


def test_a_chain_that_does_not_begin_with_the_start_accounts_for_nothing():
    replay = Replay()
    assert [replay.take(one) for one in (link("submission.finish_met", "under_review", "met"),)] == [""]
    assert not replay.begun
    late = replace(BEGUN, seq=2)
    assert replay.take(late) == ""
    assert not replay.begun
    assert replay.take(BEGUN) == "it says that this submission was new, and it was open"
    assert replay.begun


def test_what_rows_say_and_events_do_not():
    states = {("attempt", "a"): "draft", ("review", "v"): "claimed", ("round", "r"): "waiting"}
    assert list(unexplained(states, dict(states))) == []
    rows = {("attempt", "a"): "released", ("round", "r"): "waiting", ("review", "w"): "final"}
    assert list(unexplained(states, rows)) == [
        (("attempt", "a"), "it is released; by its events it is draft"),
        (("review", "v"), "it is gone; by its events it is claimed"),
        (("review", "w"), "it is final; no event says so"),
    ]


def test_where_a_stop_leads_is_part_of_what_is_compared():
    assert held_from("held", "open") == "held from open"
    assert held_from("open", None) == "open"
