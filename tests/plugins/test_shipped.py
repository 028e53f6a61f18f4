"""The three issuers that ReviewHub ships, judged through the host as in production."""

from decimal import Decimal
from pathlib import Path

import pytest

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.decision import Locked
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.feedback import Comment
from reviewhub.domain.rubric_check import validate
from reviewhub.host.judge import PluginHost
from reviewhub.services.ports import CodeRef

PLUGINS = Path(__file__).parents[2] / "plugins"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    return PluginHost(tmp_path_factory.mktemp("plugins"))


@pytest.fixture(scope="module")
def shipped(host):
    return {found.issuer.slug: found for found in host.gather([PLUGINS])}


@pytest.fixture(scope="module")
def loomfield(shipped):
    return CodeRef("loomfield", shipped["loomfield"].digest)


def rubric(shipped, issuer, slug):
    return next(one for one in shipped[issuer].rubrics if one.slug == slug)


def full(rubric, **other):
    return {c.id: c.met_from for c in rubric.criteria} | other


def test_thirteen_micro_credentials_are_shipped_and_valid(shipped):
    assert {slug: (len(found.rubrics), found.has_code) for slug, found in shipped.items()} == {
        "harbor-skills": (4, False),
        "loomfield": (8, True),
        "tallyhouse": (1, False),
    }
    for found in shipped.values():
        assert not found.problems
        for one in found.rubrics:
            assert validate(one) == ()
            assert [part.name[:6] for part in one.parts] == ["Part 1", "Part 2", "Part 3"]
            assert all(2 <= len(c.levels) <= 4 for c in one.criteria)


def test_a_link_is_judged_by_the_capture_that_comes_with_it(shipped):
    linked = {}
    for found in shipped.values():
        for one in found.rubrics:
            for r in one.requirements:
                assert "capture" not in r.id
                if r.kind == "link":
                    linked[one.slug] = (r.minimum, r.maximum, r.accept)
                    assert "assessors judge what this capture shows" in " ".join(r.description.split())
                    assert any(r.id in c.requirements for c in one.criteria)
    assert linked == dict.fromkeys(
        (
            "social-media-marketing-basics",
            "marketing-with-facebook-pages",
            "marketing-with-instagram",
            "media-literacy",
        ),
        (1, 1, ("image/*", "application/pdf")),
    )


def test_no_text_was_left_unfinished(shipped):
    for found in shipped.values():
        for one in found.rubrics:
            for c in one.criteria:
                said = [c.description, *(level.description for level in c.levels)]
                assert all(text.endswith((".", "”.")) for text in said), (one.slug, c.id)
                assert len(set(said)) == len(said)


def test_the_basics_judge_five_things_in_part_two(shipped):
    basics = rubric(shipped, "harbor-skills", "social-media-marketing-basics")
    assert [c.name for c in basics.parts[1].criteria] == [
        "Audience",
        "Measurable goal",
        "Content that fits",
        "Reading the figures",
        "Respect for people shown",
    ]


def decide(host, code, rubric, levels, history=()):
    sheets = [Sheet("independent", levels, seat) for seat in (1, 2)]
    return host.decide(code, rubric, host.resolve(code, rubric, sheets), history)


def test_loomfield_forgives_one_nearly_but_never_debugging(host, shipped, loomfield):
    patterns = rubric(shipped, "loomfield", "computational-thinking-patterns")
    outcome = {
        name: decide(host, loomfield, patterns, full(patterns, **other)).outcome
        for name, other in {
            "all": {},
            "one nearly": {"task": "nearly"},
            "two nearly": {"task": "nearly", "concept": "nearly"},
            "one beginning": {"task": "beginning"},
            "debugging nearly": {"debugging": "nearly"},
            "no reflection": {"change": "no"},
        }.items()
    }
    assert outcome == {
        "all": "met",
        "one nearly": "met",
        "two nearly": "not_yet",
        "one beginning": "not_yet",
        "debugging nearly": "not_yet",
        "no reflection": "not_yet",
    }


def test_loomfield_locks_what_is_met_and_needs_only_the_rest(host, shipped, loomfield):
    data = rubric(shipped, "loomfield", "computational-thinking-data")
    first = decide(host, loomfield, data, full(data, debugging="nearly"))
    assert first.locked == tuple(c.id for c in data.criteria if c.id != "debugging")
    history = [Locked(cid, data.criterion(cid).met_from, 1) for cid in first.locked]
    second = decide(host, loomfield, data, {"debugging": "secure"}, history)
    assert (second.outcome, second.rule) == ("met", "loomfield: all met")


def test_loomfield_asks_a_third_for_every_difference_on_debugging(host, shipped, loomfield):
    patterns = rubric(shipped, "loomfield", "computational-thinking-patterns")

    def disputed(one, two):
        sheets = [
            Sheet("independent", full(patterns, **levels), seat) for seat, levels in enumerate((one, two), 1)
        ]
        return host.agree(loomfield, patterns, sheets).disputed

    assert disputed({"task": "beginning"}, {"task": "nearly"}) == ()
    assert disputed({"debugging": "beginning"}, {"debugging": "nearly"}) == ("debugging",)
    assert disputed({"task": "nearly"}, {"task": "secure"}) == ("task",)


def test_loomfield_counts_the_lower_level_with_points_between(host, shipped, loomfield):
    patterns = rubric(shipped, "loomfield", "computational-thinking-patterns")
    levels = [full(patterns, task="beginning"), full(patterns, task="nearly")]
    sheets = [Sheet("independent", one, seat) for seat, one in enumerate(levels, 1)]
    task, concept = (
        next(one for one in host.resolve(loomfield, patterns, sheets).results if one.criterion_id == cid)
        for cid in ("task", "concept")
    )
    assert (task.level_id, task.value, task.rule) == ("beginning", Decimal("1.5"), "adjacent_lower")
    assert (concept.level_id, concept.value, concept.rule) == ("secure", Decimal(3), "same")


def test_loomfield_suggests_a_next_step(host, shipped, loomfield):
    patterns = rubric(shipped, "loomfield", "computational-thinking-patterns")
    levels = full(patterns, debugging="beginning")
    resolution = host.resolve(loomfield, patterns, [Sheet("independent", levels, seat) for seat in (1, 2)])
    decision = host.decide(loomfield, patterns, resolution, ())
    comments = [Comment("debugging", "beginning", "The teacher mends every mistake on page two.", 1)]
    draft = host.feedback(loomfield, patterns, resolution, decision, comments)
    item = next(item for item in draft.items if item.criterion_id == "debugging")
    assert item.saw == comments[0].text
    assert item.do.startswith("Secure: ")
    assert item.do.endswith("what could we rule out?")


def test_loomfield_warns_of_addresses(host, shipped, loomfield):
    patterns = rubric(shipped, "loomfield", "computational-thinking-patterns")
    requirement = patterns.requirement("reflection")

    def codes(text):
        facts = EvidenceFacts("reflection", "text", text=text)
        return [f.code for f in host.check_evidence(loomfield, patterns, requirement, facts)]

    assert codes("Write to ada@school.example for more.") == ["address"]
    assert codes("They predicted the next number.") == []


READING = {
    "all met, just": ({}, "met", "points"),
    "the sum makes up for a busy picture": ({"picture": "misleads"}, "met", "points"),
    "one point too few": ({"checked": "trusted"}, "not_yet", "points"),
    "a loose conclusion is below its floor": (
        {"question": "sharp", "checked": "tested", "compared": "exact", "follows": "loose"},
        "not_yet",
        "points+floor",
    ),
    "what cannot be read is not met, however good the rest": (
        {"checked": "unreadable", "follows": "firm", "compared": "exact"},
        "not_yet",
        "unscorable",
    ),
    "nothing to compare with": ({"compared": "alone"}, "met", "points"),
}


@pytest.mark.parametrize("story", READING)
def test_tallyhouse_decides_by_points(host, shipped, story):
    """The cut is 20 of 33 points; met just everywhere is 22."""
    other, outcome, rule = READING[story]
    reading = rubric(shipped, "tallyhouse", "reading-figures")
    code = CodeRef("tallyhouse", "")
    levels = full(reading, **other)
    sheets = [Sheet("independent", levels, 1), Sheet("independent", levels, 2), Sheet("adjudicator", levels)]
    made = host.decide(code, reading, host.resolve(code, reading, sheets), ())
    assert (made.outcome, made.rule, made.locked) == (outcome, rule, ())


def test_tallyhouse_asks_a_third_near_the_cut_and_takes_the_level_in_the_middle(host, shipped):
    reading, code = rubric(shipped, "tallyhouse", "reading-figures"), CodeRef("tallyhouse", "")
    near, far = full(reading), full(reading, follows="firm", compared="exact")

    def sheets(levels):
        return [Sheet("independent", levels, seat) for seat in (1, 2)]

    assert {v.why for v in host.agree(code, reading, sheets(near)).verdicts} == {"near_cut"}
    assert host.agree(code, reading, sheets(far)).agreed
    third = Sheet("adjudicator", full(reading, follows="loose"))
    made = host.resolve(code, reading, [*sheets(near), third])
    assert {(one.level_id, one.rule) for one in made.results} == {("sound", "median")}
