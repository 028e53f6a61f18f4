from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewhub.domain.drafts.acts import RECIPES, act
from reviewhub.domain.drafts.body import look, new_body, section_of
from reviewhub.domain.drafts.form import read_form
from reviewhub.domain.paragraphs import join_lines
from reviewhub.domain.rubric_json import to_json
from tests.drafts.filled import filled
from tests.rubrics import rubrics, small_rubric


def draft(**typed):
    body = to_json(small_rubric())
    return read_form(body, {**filled(body), **{key.replace("__", "."): [v] for key, v in typed.items()}})


def with_typed(body, name, value):
    return read_form(body, {**filled(body), name: [value]})


def places(body):
    return {problem.field for problem in look(body).problems}


@settings(max_examples=25, deadline=None)
@given(rubrics())
def test_a_form_sent_as_it_came_changes_nothing(rubric):
    body = join_lines(to_json(rubric))
    assert read_form(body, filled(body)) == body


def test_what_the_form_does_not_hold_stays():
    body = to_json(small_rubric())
    body["parts"][0]["criteria"][0]["codes"] = [
        {"id": "n", "name": "N", "description": "", "kind": "unscorable"}
    ]
    body["translations"] = {"pt": {"about": {"name": "Pequeno"}}}
    again = read_form(
        body, {k: v for k, v in filled(body).items() if "codes" not in k and k != "translations"}
    )
    assert again == body


def test_a_new_draft_names_everything_that_is_to_be_written():
    assert places(new_body("aid", "Aid")) == {
        "about.summary", "about.description", "requirements[0].name", "requirements[0].description",
        "parts", "requirements[0]"}  # fmt: skip
    assert look(to_json(small_rubric())).problems == ()


def test_problems_of_shape_and_of_sense_are_told_together():
    body = with_typed(to_json(small_rubric()), "promise_days", "soon")
    body = with_typed(body, "parts[0].criteria[1].met_from", "dear")
    body = with_typed(body, "about.summary", "")
    body = with_typed(body, "parts[0].criteria[0].levels[1].points", "many")
    seen = look(body)
    assert {problem.field for problem in seen.problems} == {
        "promise_days", "parts[0].criteria[1].met_from", "about.summary",
        "parts[0].criteria[0].levels[1].points"}  # fmt: skip
    assert not seen.showable
    assert body["promise_days"] == "soon", "kept as it was typed"
    assert {section_of(problem) for problem in seen.problems} == {"about", "rules", "criteria"}


def test_problems_that_name_an_id_are_told_at_its_place():
    body = with_typed(to_json(small_rubric()), "parts[0].criteria[2].weight", "2,5")
    assert places(body) == {"parts[0].criteria[2].weight"}
    body = to_json(small_rubric())
    body["parts"][1]["criteria"][0]["requirements"] = []
    assert places(body) == {"parts[1].criteria[0]", "requirements[1]"}


def test_a_number_is_read_as_people_write_it():
    body = with_typed(to_json(small_rubric()), "policies.decision.cut", "8,5")
    body = with_typed(body, "policies.decision.rule", "points")
    assert look(body).rubric.policies.decision.cut == Decimal("8.5")
    assert with_typed(body, "policies.decision.cut", "")["policies"]["decision"]["cut"] is None


def test_things_are_known_by_their_ids_when_they_move():
    body = to_json(small_rubric())
    moved = act(body, "down:parts[0].criteria[0]")
    assert [c["id"] for c in moved["parts"][0]["criteria"]] == ["audience", "goal", "respect"]
    assert act(moved, "up:parts[0].criteria[1]") == body
    assert len(act(body, "remove:parts[0].criteria[0].levels[3]")["parts"][0]["criteria"][0]["levels"]) == 3


def test_a_new_criterion_has_the_levels_of_the_one_before():
    made = act(to_json(small_rubric()), "add:parts[0].criteria")["parts"][0]["criteria"][-1]
    assert [(level["name"], level["description"]) for level in made["levels"]] == [("No", ""), ("Yes", "")]
    assert made["met_from"] == "yes"


def test_a_recipe_makes_rules_that_can_be_kept():
    for name in RECIPES:
        body = act(to_json(small_rubric()), f"recipe:{name}")
        assert {problem.field for problem in look(body).problems} <= {"policies.decision.cut"}, name


@given(st.text(max_size=60))
def test_an_unknown_button_does_nothing(wanted):
    body = new_body("aid", "Aid")
    assert act(body, wanted) == body


for_places = st.sampled_from(sorted(filled(to_json(small_rubric()))))


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(for_places, st.text(max_size=20), max_size=8))
def test_whatever_is_typed_is_kept_or_read_and_can_be_looked_at(typed):
    body = to_json(small_rubric())
    made = read_form(body, {**filled(body), **{name: [text] for name, text in typed.items()}})
    seen = look(made)
    assert seen.rubric or seen.problems
    assert read_form(made, filled(made)) == made
