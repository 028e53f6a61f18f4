"""Two versions between which only the rules around the scoring differ."""

from dataclasses import replace

import pytest

from reviewhub.domain.rubric import AgreementPolicy, DecisionPolicy, EligibilityPolicy, Policies
from reviewhub.domain.rubric_diff import policies_only
from tests.rubrics import small_rubric

OLD = small_rubric()
LENIENT = Policies(agreement=AgreementPolicy("within", 1))


def _reworded(rubric):
    first, *rest = rubric.parts
    return replace(rubric, parts=(replace(first, description="In other words."), *rest))


def _stricter(rubric):
    (first, *rest), more = rubric.parts[0].criteria, rubric.parts[1:]
    part = replace(rubric.parts[0], criteria=(replace(first, met_from="tested"), *rest))
    return replace(rubric, parts=(part, *more))


@pytest.mark.parametrize(
    "policies",
    [
        LENIENT,
        Policies(eligibility=EligibilityPolicy(seats=3)),
        Policies(decision=DecisionPolicy(tolerance=1)),
        Policies(decision=DecisionPolicy(release_after=2)),
    ],
)
def test_another_policy_is_one_and_may_come_with_other_words(policies):
    after = replace(OLD, version="2.0", policies=policies)
    assert policies_only(OLD, after)
    assert policies_only(OLD, _reworded(after))


def test_other_words_alone_are_no_other_policy():
    assert not policies_only(OLD, replace(OLD, version="2.0"))
    assert not policies_only(OLD, _reworded(OLD))


def test_where_something_else_is_judged_no_sheet_fits_both():
    assert not policies_only(OLD, _stricter(replace(OLD, policies=LENIENT)))
    parts = (OLD.parts[0],)
    assert not policies_only(OLD, replace(OLD, policies=LENIENT, parts=parts))
    asked = OLD.requirements[:1]
    assert not policies_only(OLD, replace(OLD, policies=LENIENT, requirements=asked))
