"""What other policies do to a running round, against what is written here."""

from dataclasses import replace

import pytest

from reviewhub.domain.policy_change import against, effect_on, takes_away
from reviewhub.domain.rubric import DecisionPolicy, EligibilityPolicy, Policies
from reviewhub.domain.workflow.round import RoundState
from tests.rubrics import small_rubric

OLD = small_rubric()
CHECKED = replace(OLD, policies=Policies(eligibility=EligibilityPolicy(completeness=True)))

# choice       kind          state          back_to        adjudicated  effect
EFFECTS = """
keep         initial       resolved       -              no           goes_on
keep         initial       adjudicating   -              no           goes_on
recalculate  initial       waiting        -              no           goes_on
recalculate  initial       scoring        -              no           goes_on
recalculate  initial       resolving      -              no           goes_on
recalculate  initial       adjudicating   -              no           starts_over
recalculate  initial       adjudicating   -              yes          judged_again
recalculate  initial       resolved       -              no           judged_again
recalculate  initial       resolved       -              yes          judged_again
recalculate  initial       held           resolving      no           goes_on
recalculate  initial       held           adjudicating   no           starts_over
recalculate  initial       held           adjudicating   yes          goes_on
recalculate  initial       void           -              no           goes_on
recalculate  audit         resolved       -              no           goes_on
recalculate  completeness  resolved       -              no           goes_on
recalculate  completeness  scoring        -              no           goes_on
clear        initial       waiting        -              no           void
clear        initial       scoring        -              no           void
clear        initial       resolving      -              no           void
clear        initial       adjudicating   -              no           void
clear        initial       resolved       -              yes          void
clear        initial       held           resolving      no           void
clear        initial       void           -              no           goes_on
clear        audit         scoring        -              no           void
clear        audit         resolved       -              no           void
clear        completeness  scoring        -              no           void
clear        completeness  resolved       -              no           goes_on
"""


@pytest.mark.parametrize("line", EFFECTS.strip().splitlines())
def test_each_round_meets_what_is_written(line):
    choice, kind, state, back_to, adjudicated, effect = line.split()
    found = effect_on(
        choice,
        kind,
        RoundState(state),
        back_to="" if back_to == "-" else back_to,
        adjudicated=adjudicated == "yes",
        after=OLD,
    )
    assert found == effect


def test_a_check_that_the_other_policies_want_goes_on():
    for state in RoundState:
        assert effect_on("clear", "completeness", state, adjudicated=False, after=CHECKED) == "goes_on"


@pytest.mark.parametrize(("seats", "refused"), [(2, False), (3, True)])
def test_sheets_of_two_are_never_judged_as_if_another_number_had_been_wanted(seats, refused):
    after = replace(OLD, policies=Policies(eligibility=EligibilityPolicy(seats=seats)))
    assert bool(against("recalculate", OLD, after)) is refused
    assert bool(against("recalculate", after, OLD)) is refused
    assert against("clear", OLD, after) == ""
    assert against("keep", OLD, after) == ""


def _decides(**policy):
    return replace(OLD, policies=Policies(decision=DecisionPolicy(**policy)))


@pytest.mark.parametrize(
    ("before", "after", "locks", "needed", "extra", "taken"),
    [
        ({}, {"locks": False}, True, 1, 0, True),
        ({}, {"locks": False}, False, 1, 0, False),
        ({"locks": False}, {}, True, 1, 0, False),
        ({"locks": False}, {"locks": False}, True, 1, 0, False),
        ({}, {}, True, 1, 0, False),
        ({}, {"attempts": 2}, False, 2, 0, False),
        ({}, {"attempts": 2}, False, 3, 0, True),
        ({}, {"attempts": 2}, False, 3, 1, False),
        ({"attempts": 3}, {"attempts": 2}, False, 3, 0, True),
        ({"attempts": 3}, {"attempts": 2}, False, 4, 0, False),
        ({"attempts": 2}, {"attempts": 1}, False, 3, 1, True),
        ({"attempts": 2}, {}, False, 3, 0, False),
    ],
)
def test_what_a_learner_has_is_not_taken(before, after, locks, needed, extra, taken):
    found = takes_away(_decides(**before), _decides(**after), locks=locks, needed=needed, extra=extra)
    assert found is taken
