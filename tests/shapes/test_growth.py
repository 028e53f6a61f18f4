"""A shape that no policy covers: growth in pairs, by a rule in code, from evidence to a decision."""

from pathlib import Path

import pytest

from reviewhub.models import DecisionRow, RubricVersion, Submission
from reviewhub.services.verify_audit import verify_all
from tests.rounds.bench import Bench

FOLDER = Path(__file__).with_name("growth")
BOTH_GREW = {"before-thread": "none", "after-thread": "some", "before-voice": "some", "after-voice": "clear"}

STORIES = {
    "a step up in each": ({}, "met", 4),
    "at the top before and after": ({"before-thread": "clear", "after-thread": "clear"}, "met", 4),
    "no step in one": ({"before-thread": "some"}, "not_yet", 2),
    "down from the top": ({"before-voice": "clear", "after-voice": "some"}, "not_yet", 2),
}


@pytest.fixture
def bench(world, kit):
    """The plugin's folder is taken in like any other, and its code judges."""
    (found,) = kit.plugins.gather([FOLDER])
    assert found.problems == ()
    world.issuer(found.issuer.slug, found.issuer.name)
    made = Bench(world, found.rubrics[0])
    made.digest = found.digest
    return made


@pytest.mark.parametrize("story", STORIES)
def test_from_evidence_to_a_decision(bench, story):
    other, outcome, met = STORIES[story]
    round_id = bench.seated()
    with bench.kit.write() as tx:
        tx.session.get_one(Submission, bench.submission.id).code_digest = bench.digest
        tx.session.get_one(RubricVersion, bench.micro.rubric_version_id).code_digest = bench.digest
    bench.score(round_id, BOTH_GREW | other, BOTH_GREW | other)
    made = bench.one(DecisionRow)
    assert (made.outcome, made.rule, len(made.met)) == (outcome, "growth: a step up in each pair", met)
    assert made.code_digest == bench.digest
    assert verify_all(bench.kit)[0]
