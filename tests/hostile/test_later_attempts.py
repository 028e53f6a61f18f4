"""Whoever scores a later attempt meets nothing of the earlier one until their own sheet is final."""

import pytest

from tests.hostile.cast import DIFFERENT, MENDED, WEAK


@pytest.fixture
def pages(crawler):
    """What somebody can open from their own lists, as one text."""

    def read(person, *more):
        seen = crawler(person).crawl("/queue", "/reviews", "/feedback", "/feedback?show=released", *more)
        return b"\n".join(answer.body for answer in seen).decode("utf-8", "replace")

    return read


def first_attempt(cast, *, differ):
    cast.begin()
    cast.send()
    cast.hand_in(cast.ana, WEAK, "wren-ana")
    cast.hand_in(cast.ben, DIFFERENT if differ else WEAK, "wren-ben")
    cast.pass_undo()
    if differ:
        cast.hand_in(cast.lead, WEAK, "heron-blind")
        cast.hand_in(cast.lead, WEAK, "heron-final")
        cast.pass_undo()
    old = {p.name: cast.review(p).public_id for p in (cast.ana, cast.ben, cast.lead) if cast.review(p)}
    cast.release()
    cast.again()
    cast.send()
    return old


def test_an_assessor_does_not_meet_their_own_earlier_sheet(cast, pages, crawler):
    old = first_attempt(cast, differ=False)[cast.ana.name]
    assert old != cast.review(cast.ana).public_id, "the same assessor scores again"
    assert "wren" not in pages(cast.ana)
    answer = crawler(cast.ana).get(f"/reviews/{old}")
    assert answer.status == 404
    assert not answer.holds("wren")
    cast.hand_in(cast.ana, MENDED, "robin")
    assert "wren" not in pages(cast.ana), "the sheet can still be taken back"


def test_the_earlier_sheet_is_back_when_the_own_one_is_final_whatever_the_other_seat_does(cast, pages):
    old = first_attempt(cast, differ=False)[cast.ana.name]
    cast.hand_in(cast.ana, MENDED, "robin")
    cast.pass_undo()
    assert cast.round_state() == "scoring"
    assert "wren-ana" in pages(cast.ana, f"/reviews/{old}")


def test_an_adjudicator_meets_neither_their_own_nor_the_others_earlier_sheets(cast, pages, crawler):
    old = first_attempt(cast, differ=True)[cast.lead.name]
    cast.hand_in(cast.ana, {"goal": "clear"}, "robin-ana")
    cast.hand_in(cast.ben, {"goal": "vague"}, "robin-ben")
    cast.pass_undo()
    assert cast.round_state() == "adjudicating"
    for mark in ("wren", "heron"):
        assert mark not in pages(cast.lead)
        assert not crawler(cast.lead).get(f"/reviews/{old}").holds(mark)
    cast.hand_in(cast.lead, {"goal": "clear"}, "stork-blind")
    assert "heron" not in pages(cast.lead)
    cast.hand_in(cast.lead, {"goal": "clear"}, "stork-final")
    cast.pass_undo()
    assert "heron-final" in pages(cast.lead)


def test_number_change_note_and_earlier_levels_come_with_the_own_final_sheet_and_not_before(cast, pages):
    first_attempt(cast, differ=False)
    mine = f"/reviews/{cast.review(cast.ana).public_id}"
    marks = ("quokkachange", "attempt 2", "What came before", "Levels of the attempt before")
    for step in (lambda: None, lambda: cast.hand_in(cast.ana, MENDED, "robin")):
        step()
        text = pages(cast.ana, mine)
        assert not [mark for mark in marks if mark in text]
    cast.pass_undo()
    assert cast.round_state() == "scoring", "the other seat has not begun"
    text = pages(cast.ana, mine)
    assert not [mark for mark in marks if mark not in text]
    text = pages(cast.ben, f"/reviews/{cast.review(cast.ben).public_id}")
    assert not [mark for mark in marks if mark in text]


def test_an_adjudicator_learns_what_came_before_only_from_the_final_sheet_on(cast, pages):
    first_attempt(cast, differ=False)
    cast.hand_in(cast.ana, {"goal": "clear"}, "robin-ana")
    cast.hand_in(cast.ben, {"goal": "vague"}, "robin-ben")
    cast.pass_undo()
    mine = f"/reviews/{cast.review(cast.lead).public_id}"
    for comment in ("stork-blind", "stork-final"):
        assert "quokkachange" not in pages(cast.lead, mine)
        cast.hand_in(cast.lead, {"goal": "clear"}, comment)
    assert "quokkachange" not in pages(cast.lead, mine), "it can still be taken back"
    cast.pass_undo()
    assert "quokkachange" in pages(cast.lead, mine)
