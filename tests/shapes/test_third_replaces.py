"""Where two differ, a third scores as blind as they did, and theirs counts."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewhub.domain.rubric import EligibilityPolicy
from reviewhub.domain.rubric_check import validate
from reviewhub.models import DecisionRow, LetterRow, ResolutionRow
from reviewhub.plugin_api import rubric_from_toml
from reviewhub.services.score import undo
from tests.cases import sign_in
from tests.rounds.bench import Bench

FILE = Path(__file__).parent / "third-replaces.toml"


@pytest.fixture
def bench(world):
    made = Bench(world, rubric_from_toml(FILE))
    made.first = made.disputed({"a": "yes", "b": "yes", "c": "yes"}, {"a": "yes", "b": "no", "c": "yes"})
    return made


def test_one_blind_sheet_decides_and_the_others_are_never_seen(bench, client):
    assert bench.round(bench.first).state == "adjudicating"
    (seat,) = bench.seats(bench.first, "adjudicator")
    sign_in(client, bench.kit, bench.person(seat))
    address = f"/reviews/{seat.public_id}"
    assert "without seeing their sheets: yours counts" in client.get(address).get_data(as_text=True)
    assert bench.submit(bench.person(seat), {"a": "yes", "b": "no", "c": "no"}, bench.first)
    undo(bench.kit, bench.actor(bench.person(seat)), seat.public_id)
    assert bench.submit(bench.person(seat), {"a": "yes", "b": "yes", "c": "yes"}, bench.first)
    assert "Seat A" not in client.get(address).get_data(as_text=True)
    bench.pass_undo()
    assert "Seat A" not in client.get(address).get_data(as_text=True)
    rules = {row.criterion_id: (row.level_id, row.rule) for row in bench.all(ResolutionRow)}
    assert rules["b"] == ("yes", "third_replaces")
    assert bench.one(DecisionRow).outcome == "met"


def test_the_learner_is_told_how_the_third_scored(bench, client):
    (seat,) = bench.seats(bench.first, "adjudicator")
    bench.submit(bench.person(seat), {"a": "yes", "b": "yes", "c": "yes"}, bench.first)
    bench.pass_undo()
    bench.release()
    sign_in(client, bench.kit, bench.learner)
    said = client.get(f"/work/{bench.submission.public_id}/feedback/1").get_data(as_text=True)
    assert "So a further person scored it, as blind as they did, and decided" in said
    assert "all sheets in view" not in said


def test_neither_letter_nor_queue_promises_a_look_at_the_others(bench, client):
    (seat,) = bench.seats(bench.first, "adjudicator")
    (letter,) = bench.all(LetterRow, LetterRow.kind == "adjudication_offered")
    sign_in(client, bench.kit, bench.person(seat))
    for said in (letter.body, client.get("/queue").get_data(as_text=True)):
        assert "does not settle it" in said or "do not settle it" in said
        assert "Then you see" not in said
        assert "then you see" not in said


def test_it_replaces_a_pair_and_no_panel():
    rubric = rubric_from_toml(FILE)
    panel = replace(rubric, policies=replace(rubric.policies, eligibility=EligibilityPolicy(seats=5)))
    assert [problem.field for problem in validate(panel)] == ["policies.resolution.rule"]
