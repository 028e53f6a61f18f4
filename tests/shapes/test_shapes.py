"""Rubrics of every shape, from evidence that arrived to a decision, by their policies alone."""

from pathlib import Path

import pytest

from reviewhub.models import Attempt, DecisionRow, ResolutionRow
from reviewhub.plugin_api import rubric_from_toml
from reviewhub.services.verify_audit import verify_all
from tests.rounds.bench import Bench

FILES = {path.stem: path for path in Path(__file__).parent.glob("*.toml")}

# the sheets, then the adjudicator's where one is asked; which rule decides, and what it makes
STORIES = {
    "gate, and a third says what is met": (
        "gate",
        ["clear clear clear", "tested clear vague"],
        "clear clear clear",
        ("met", "all_met", {"context": "clear"}),
    ),
    "gate, one part missed": (
        "gate",
        ["clear clear vague", "clear clear vague"],
        "",
        ("not_yet", "all_met", {"insight": "vague"}),
    ),
    "one short and forgiven": (
        "tolerance",
        ["clear clear vague", "tested clear vague"],
        "",
        ("met", "all_met+tolerance", {"a": "clear", "c": "vague"}),
    ),
    "two short": (
        "tolerance",
        ["clear vague vague", "clear vague absent"],
        "",
        ("not_yet", "all_met", {"b": "vague", "c": "absent"}),
    ),
    "strong makes up for weak": (
        "floors",
        ["clear vague", "clear vague"],
        "",
        ("met", "points", {"b": "vague"}),
    ),
    "below a floor": ("floors", ["tested absent", "tested absent"], "", ("not_yet", "points+floor", {})),
    "far from the cut nobody else is asked": (
        "near-cut",
        ["best best", "good best"],
        "",
        ("met", "points", {"a": "best"}),
    ),
    "near the cut a third is": ("near-cut", ["good good", "good good"], "good good", ("met", "points", {})),
    "near the cut, and not enough": (
        "near-cut",
        ["good good", "good good"],
        "fair good",
        ("met", "points", {"a": "good"}),
    ),
    "what cannot be scored is not met, however good the rest": (
        "codes",
        ["silent best", "silent best"],
        "",
        ("not_yet", "unscorable", {"a": "silent", "b": "best"}),
    ),
    "only one could score it, and a third can": (
        "codes",
        ["silent best", "good best"],
        "good best",
        ("met", "points", {"a": "good"}),
    ),
    "what does not apply is left out, and the cut with it": (
        "codes",
        ["apart good", "apart good"],
        "",
        ("met", "points", {"a": "apart", "b": "good"}),
    ),
    "nothing applies": ("codes", ["apart apart", "apart apart"], "", ("not_yet", "nothing_applies", {})),
    "three of five": (
        "raters",
        ["clear clear", "clear vague", "vague clear", "clear clear"],
        "vague clear",
        ("met", "all_met", {"a": "clear", "b": "clear"}),
    ),
    "reached or beyond is the same side": (
        "single-point",
        ["reached beyond", "beyond reached"],
        "",
        ("met", "all_met", {"a": "reached", "b": "reached"}),
    ),
    "a thing is not there": (
        "checklist",
        ["yes yes no", "yes no no"],
        "yes yes no",
        ("not_yet", "all_met", {"b": "yes", "c": "no"}),
    ),
    "the whole, close enough": (
        "holistic",
        ["proficient", "outstanding"],
        "",
        ("met", "holistic", {"whole": "proficient"}),
    ),
    "said in two languages": (
        "languages",
        ["clear clear", "clear clear"],
        "",
        ("met", "all_met", {"order": "clear", "people": "clear"}),
    ),
    "the whole, and a third decides": (
        "holistic",
        ["developing", "outstanding"],
        "proficient",
        ("met", "holistic", {"whole": "proficient"}),
    ),
}


def levels(rubric, words):
    return {c.id: level for c, level in zip(rubric.criteria, words.split(), strict=True)}


def arrived(bench, rubric):
    """Evidence that may be scored; gives the round's id."""
    first = bench.seated()
    if not rubric.policies.eligibility.completeness:
        return first
    (review,) = bench.seats(first, "completeness")
    bench.submit(bench.person(review), {r.id: "there" for r in rubric.requirements}, first)
    bench.pass_undo()
    return bench.rounds()[-1].id


@pytest.mark.parametrize("story", STORIES)
def test_from_evidence_to_a_decision(world, story):
    shape, sheets, third, (outcome, rule, results) = STORIES[story]
    rubric = rubric_from_toml(FILES[shape])
    bench = Bench(world, rubric)
    round_id = arrived(bench, rubric)
    seats = bench.seats(round_id)
    for review, words in zip(seats, sheets, strict=True):
        made = levels(rubric, words)
        bench.submit(bench.person(review), made, round_id, **dict.fromkeys(made, "Seen on the first page."))
    bench.pass_undo()
    assert bench.round(round_id).state == ("adjudicating" if third else "resolved")
    if third:
        bench.adjudicate(round_id, levels(rubric, third))
    decision = bench.one(DecisionRow)
    assert (decision.outcome, decision.rule) == (outcome, rule)
    found = {row.criterion_id: row.level_id for row in bench.all(ResolutionRow)}
    assert {cid: found[cid] for cid in results} == results
    assert bench.one(Attempt).state == "decided"
    assert verify_all(bench.kit)[0]


def test_every_shape_has_a_story():
    told_elsewhere = {"anchors", "conditions", "third-replaces"}  # in a file of their own
    assert {shape for shape, *_ in STORIES.values()} | told_elsewhere == set(FILES)
