import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from reviewhub.domain.errors import Invalid
from reviewhub.domain.rubric import (
    AgreementPolicy,
    DecisionPolicy,
    EligibilityPolicy,
    IssuerInfo,
    Policies,
    Stack,
)
from reviewhub.domain.rubric_check import validate, validate_issuer
from reviewhub.domain.rubric_json import (
    content_hash,
    criterion_structure_hash,
    from_json,
    structure_hash,
    to_json,
)
from tests.rubrics import criterion, rubrics, small_rubric


def reworded(rubric):
    part = rubric.parts[0]
    first = part.criteria[0]
    levels = tuple(
        replace(level, name=level.name + "!", description="Other words.") for level in first.levels
    )
    new = replace(first, name="Another name", description="Other words.", levels=levels)
    return replace(rubric, parts=(replace(part, criteria=(new, *part.criteria[1:])), *rubric.parts[1:]))


def places(rubric):
    return [problem.field for problem in validate(rubric)]


@given(rubrics())
def test_any_valid_rubric_survives_json_unchanged(rubric):
    assert validate(rubric) == ()
    again = from_json(json.loads(json.dumps(to_json(rubric))))
    assert again == rubric
    assert content_hash(again) == content_hash(rubric)
    assert structure_hash(again) == structure_hash(rubric)


@given(rubrics())
def test_wording_changes_the_content_hash_and_not_the_structure_hash(rubric):
    new = reworded(rubric)
    assert content_hash(new) != content_hash(rubric)
    assert structure_hash(new) == structure_hash(rubric)
    for old_criterion, new_criterion in zip(rubric.criteria, new.criteria, strict=True):
        assert criterion_structure_hash(old_criterion) == criterion_structure_hash(new_criterion)


@given(rubrics())
def test_another_cut_or_points_change_the_structure_hash(rubric):
    part = rubric.parts[0]
    first = part.criteria[0]
    top = first.levels[-1]
    richer = replace(first, levels=(*first.levels[:-1], replace(top, points=top.points + 1)))
    assert criterion_structure_hash(richer) != criterion_structure_hash(first)
    new = replace(rubric, parts=(replace(part, criteria=(richer, *part.criteria[1:])),))
    assert structure_hash(new) != structure_hash(rubric)


def test_equal_numbers_in_other_notation_hash_the_same():
    one = criterion("goal")
    levels = tuple(replace(level, points=Decimal(f"{level.points}.00")) for level in one.levels)
    assert criterion_structure_hash(replace(one, levels=levels)) == criterion_structure_hash(one)


def test_a_policy_belongs_to_the_structure():
    rubric = small_rubric()
    stricter = replace(rubric, policies=Policies(decision=DecisionPolicy(tolerance=1)))
    assert structure_hash(stricter) != structure_hash(rubric)


def test_a_criterion_knows_its_levels():
    goal = small_rubric().criterion("goal")
    assert [goal.is_met(level.id) for level in goal.levels] == [False, False, True, True]
    assert goal.level("vague").points == 2
    with pytest.raises(KeyError):
        goal.index("yes")
    with pytest.raises(KeyError):
        small_rubric().criterion("nothing")
    assert small_rubric().requirement("why").kind == "text"


def test_the_small_rubric_is_valid():
    assert validate(small_rubric()) == ()


def test_every_problem_is_reported_at_once_with_its_place_and_a_remedy():
    bad = replace(
        small_rubric(
            policies=Policies(
                eligibility=EligibilityPolicy(seats=1),
                agreement=AgreementPolicy("exact", 1),
                decision=DecisionPolicy(tolerance=9, attempts=0),
            ),
            criteria=(
                replace(criterion("goal", met_from="absent"), requirements=("nothing",)),
                criterion("goal", "no"),
            ),
        ),
        slug="Not A Slug",
        version="new",
        promise_days=0,
    )
    problems = validate(bad)
    assert [p.field for p in problems] == [
        "slug",
        "version",
        "promise_days",
        "parts.criteria",
        "parts[0].criteria[0].met_from",
        "parts[0].criteria[1].met_from",
        "criterion goal",
        "policies.eligibility.seats",
        "policies.eligibility.working_days",
        "policies.agreement.levels",
        "policies.decision.tolerance",
        "policies.decision.attempts",
    ]
    assert all(p.message.startswith(p.field) and p.message.endswith(".") for p in problems)


def test_levels_must_ascend():
    goal = criterion("goal")
    upside_down = replace(goal, levels=tuple(reversed(goal.levels)))
    assert "parts[0].criteria[0].levels[1].points" in places(small_rubric(criteria=(upside_down,)))


def test_evidence_that_nobody_judges_is_named():
    rubric = small_rubric()
    assert places(replace(rubric, parts=rubric.parts[:1])) == ["requirement why"]


def test_a_requirement_is_checked():
    rubric = small_rubric()
    plan, why = rubric.requirements
    bad = (
        replace(plan, accept=("pdf",), minimum=3, maximum=2, min_words=5),
        replace(why, maximum=2, accept=("text/plain",), min_words=50, max_words=10),
    )
    assert places(replace(rubric, requirements=bad)) == [
        "requirements[0]",
        "requirements[0].accept[0]",
        "requirements[0]",
        "requirements[1].maximum",
        "requirements[1].accept",
        "requirements[1]",
    ]
    assert "requirements[0].accept" in places(replace(rubric, requirements=(replace(plan, accept=()), why)))


def test_an_empty_rubric_says_what_to_add():
    empty = replace(small_rubric(), requirements=(), parts=())
    assert places(empty)[:2] == ["requirements", "parts"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.pop("version"), "version"),
        (lambda d: d.update(extra=1), "extra"),
        (lambda d: d.update(parts="none"), "parts"),
        (lambda d: d["policies"]["agreement"].update(rule="sometimes"), "policies.agreement.rule"),
        (
            lambda d: d["parts"][0]["criteria"][0]["levels"][0].update(points="NaN"),
            "parts[0].criteria[0].levels[0].points",
        ),
        (
            lambda d: d["parts"][0]["criteria"][0]["levels"][0].update(points="1e999999"),
            "parts[0].criteria[0].levels[0].points",
        ),
        (
            lambda d: d["parts"][0]["criteria"][0]["levels"][0].update(points=1.5),
            "parts[0].criteria[0].levels[0].points",
        ),
        (lambda d: d["parts"][0]["criteria"][0].update(name=7), "parts[0].criteria[0].name"),
        (lambda d: d["policies"]["decision"].update(locks=1), "policies.decision.locks"),
        (lambda d: d["policies"]["decision"].update(tolerance=True), "policies.decision.tolerance"),
        (lambda d: d["about"].update(name="a\x00b"), "about.name"),
        (lambda d: d.update(about=[]), "about"),
    ],
)
def test_misshapen_json_is_refused_with_the_place(change, place):
    data = to_json(small_rubric())
    change(data)
    with pytest.raises(Invalid) as refused:
        from_json(data)
    assert [p.field for p in refused.value.problems] == [place]
    assert place in refused.value.message
    assert "{" not in refused.value.message


def test_several_misshapen_values_are_refused_together():
    data = to_json(small_rubric()) | {"slug": None, "promise_days": "two"}
    with pytest.raises(Invalid) as refused:
        from_json(data)
    assert [p.field for p in refused.value.problems] == ["slug", "promise_days"]


@pytest.mark.parametrize("data", [None, [], "rubric", 3])
def test_what_is_no_table_is_no_rubric(data):
    with pytest.raises(Invalid):
        from_json(data)


def test_topics_and_the_address_have_their_longest():
    """A topic is a way to filter the catalogue; a mail server takes no longer address."""
    good = small_rubric()

    def topics(*some):
        about = replace(good.about, topics=some)
        return [p.field for p in validate(replace(good, about=about))]

    assert topics(*("t" * 60 for _ in range(12))) == []
    assert topics(*("t" for _ in range(13))) == ["about.topics"]
    assert topics("t" * 61, "", "t") == ["about.topics[0]", "about.topics[1]"]

    def address(length):
        mail = f"{'a' * (length - len('@example.org'))}@example.org"
        return [p.message for p in validate_issuer(IssuerInfo("harbor", "Harbor", "Ada", mail))]

    assert address(254) == []
    assert address(255) == ["issuer.contact_email: Shorten this to 254 characters."]


def test_an_issuer_is_checked():
    good = IssuerInfo("harbor", "Harbor", "Ada", "ada@example.org", (Stack("all", "All", "", ("a", "b")),))
    assert validate_issuer(good) == ()
    bad = IssuerInfo(
        "Harbor!", "", "Ada", "nowhere", (Stack("all", "All", "", ("a", "a")), Stack("x", "X", "", ()))
    )
    assert [p.field for p in validate_issuer(bad)] == [
        "issuer.slug",
        "issuer.name",
        "issuer.contact_email",
        "issuer.stacks[0].items",
        "issuer.stacks[1].items",
    ]
