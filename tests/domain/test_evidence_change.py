from dataclasses import replace

import pytest

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.evidence_change import Before, compare_evidence, fallen, unchanged, without_place
from reviewhub.domain.rubric import DecisionPolicy, Policies
from tests.rubrics import criterion, small_rubric

PLAN = EvidenceFacts("plan", "file", "application/pdf", 10, sha256="aa")
OTHER = replace(PLAN, sha256="bb")
WHY = EvidenceFacts("why", "text", text="Because it helps.")
LINK = EvidenceFacts("page", "link", sha256="cc", url="https://a.example")
OPEN = small_rubric(policies=Policies(decision=DecisionPolicy(locks=False)))
MET = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}


def kinds(before, after, *requirements):
    return [
        (one.requirement_id, one.what, [p.what for p in one.pieces])
        for one in compare_evidence(requirements or ("plan", "why", "page"), before, after)
    ]


def test_each_requirement_says_what_became_of_it():
    assert kinds([PLAN, WHY], [PLAN, WHY]) == [("plan", "same", ["same"]), ("why", "same", ["same"])]
    assert kinds([PLAN], [OTHER]) == [("plan", "replaced", ["replaced"])]
    assert kinds([], [LINK]) == [("page", "added", ["added"])]
    assert kinds([LINK], []) == [("page", "removed", ["removed"])]
    assert kinds([PLAN], [OTHER, PLAN]) == [("plan", "replaced", ["added", "same"])]


def test_a_changed_text_is_shown_word_by_word():
    (change,) = compare_evidence(["why"], [WHY], [replace(WHY, text="Because it really helps.")])
    assert [(s.kind, s.text) for s in change.pieces[0].words] == [
        ("same", "Because it "),
        ("added", "really "),
        ("same", "helps."),
    ]


def test_a_link_is_the_same_only_with_its_address_and_its_capture():
    page = criterion("goal")
    page = replace(page, requirements=("page",))
    assert unchanged(page, [LINK, PLAN], [LINK, OTHER])
    assert not unchanged(page, [LINK], [replace(LINK, url="https://b.example")])
    assert not unchanged(page, [LINK], [replace(LINK, sha256="dd")])


def test_a_criterion_that_names_no_evidence_rests_on_all_of_it():
    any_of = replace(criterion("goal"), requirements=())
    assert unchanged(any_of, [PLAN, WHY], [WHY, PLAN])
    assert not unchanged(any_of, [PLAN, WHY], [PLAN])


def sheets(**levels):
    return [Sheet("independent", MET | levels, seat) for seat in (1, 2)]


def test_met_to_not_met_on_the_same_evidence_is_a_fall():
    before = Before(frozenset({"goal", "honest"}), (PLAN, WHY))
    assert fallen(OPEN, before, [PLAN, WHY], sheets(goal="vague")) == ("goal",)
    assert fallen(OPEN, before, [OTHER, WHY], sheets(goal="vague", honest="no")) == ("honest",)


@pytest.mark.parametrize(
    ("rubric", "before", "levels"),
    [
        (small_rubric(), Before(frozenset({"goal"}), (PLAN, WHY)), {"goal": "vague"}),
        (OPEN, None, {"goal": "vague"}),
        (OPEN, Before(frozenset(), (PLAN, WHY)), {"goal": "vague"}),
        (OPEN, Before(frozenset({"goal"}), (PLAN, WHY)), {"goal": "tested"}),
        (OPEN, Before(frozenset({"goal"}), (OTHER, WHY)), {"goal": "vague"}),
    ],
    ids=["the rubric locks", "first attempt", "not met before", "still met", "evidence changed"],
)
def test_nothing_else_is_a_fall(rubric, before, levels):
    assert fallen(rubric, before, [PLAN, WHY], sheets(**levels)) == ()


def test_what_a_rubric_does_not_ask_for_has_no_place():
    pieces = {"a": PLAN, "b": WHY, "c": LINK, "d": replace(LINK, requirement_id="plan")}
    assert without_place(pieces, small_rubric()) == ["c", "d"]


def test_pieces_stand_as_they_are_now_and_what_is_gone_comes_last():
    a, b, c, d, e = (replace(PLAN, sha256=name) for name in "abcde")
    (change,) = compare_evidence(["plan"], [a, b, c, e], [c, d])
    assert [(p.what, p.before, p.after) for p in change.pieces] == [
        ("same", 2, 0),
        ("replaced", 0, 1),
        ("removed", 1, None),
        ("removed", 3, None),
    ]


def test_the_same_thing_given_for_something_else_or_as_something_else_is_a_change():
    any_of = replace(criterion("goal"), requirements=())
    assert not unchanged(any_of, [PLAN], [replace(PLAN, requirement_id="page")])
    assert not unchanged(any_of, [PLAN], [replace(PLAN, kind="link")])
    assert unchanged(any_of, [WHY], [replace(WHY, text=" Because it helps.\n")])


def test_one_sheet_is_enough_for_a_fall_and_an_adjudicators_is_none():
    before = Before(frozenset({"goal"}), (PLAN, WHY))
    met, low = Sheet("independent", MET, 1), Sheet("independent", MET | {"goal": "vague"}, 2)
    assert fallen(OPEN, before, [PLAN, WHY], [met, low]) == ("goal",)
    adjudicated = Sheet("adjudicator", MET | {"goal": "vague"}, 3)
    without = Sheet("independent", {"honest": "yes"}, 2)
    assert fallen(OPEN, before, [PLAN, WHY], [met, without, adjudicated]) == ()
