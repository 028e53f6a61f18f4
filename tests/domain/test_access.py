from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.access import (
    IDENTITY_ROLES,
    PERMISSIONS,
    STAFF,
    SYSTEM,
    Action,
    Actor,
    Facts,
    Role,
    may,
    roles_of,
)
from reviewhub.domain.workflow.diagram import DRAWN

HERE = 1
ROLES = [role for role in Role if role not in {Role.LEARNER, Role.SYSTEM}]

actors = st.builds(
    Actor,
    person_id=st.integers(1, 4),
    memberships=st.frozensets(st.tuples(st.integers(1, 3), st.sampled_from(ROLES)), max_size=5),
)
facts = st.builds(
    Facts,
    issuer_id=st.one_of(st.none(), st.integers(1, 3)),
    learner_id=st.one_of(st.none(), st.integers(1, 4)),
    assessor_id=st.one_of(st.none(), st.integers(1, 4)),
)

BESIDE_THE_WORKFLOW = """
correction.ask          assessor
correction.decide       lead
concern.answer          coordinator
conflict.record         coordinator
feedback.confirm        lead
issuer.ask_rules_again  coordinator manager
issuer.change_policy    coordinator
issuer.coordinate       coordinator
issuer.manage           manager
issuer.see_plugin       coordinator manager
issuer.set_practice     coordinator
membership.invite       coordinator manager
qualification.grant     coordinator
question.answer         lead
question.ask            learner
reveal.ask              lead
reveal.decide           coordinator
review.ask_extension    assessor
review.extend           coordinator
review.open             assessor
review.reassign         coordinator
round.rule              coordinator
submission.allow_attempt coordinator
submission.move_rubric  learner
submission.open         learner coordinator
submission.rescore      coordinator
"""
"""Who may do what is no step of a table, in words. Steps stand in test_workflow_walk.py."""


def test_every_action_has_somebody_who_may():
    assert set(PERMISSIONS) == set(Action)
    assert all(PERMISSIONS.values())


def test_beside_the_workflow_the_table_says_what_is_written():
    written = {action: set(roles) for action, *roles in map(str.split, BESIDE_THE_WORKFLOW.split("\n")[1:-1])}
    steps = {action for drawn in DRAWN for _, action in drawn.table}
    found = {
        action.value: {one.value for one in PERMISSIONS[action]} for action in Action if action not in steps
    }
    assert found == written


def test_the_staff_and_who_of_them_sees_names():
    assert {role.value for role in STAFF} == {"assessor", "lead", "coordinator", "manager"}
    assert {role.value for role in IDENTITY_ROLES} == {"coordinator", "manager"}


def test_a_fact_that_nobody_gives_refuses_but_for_what_is_so_unless_it_is_said():
    taken = {one.name for one in fields(Facts) if one.default}
    assert taken == {"attempts_left", "intake_open"}


@given(actors, facts, st.sampled_from(Action))
def test_only_whoever_holds_a_role_towards_the_thing_may(actor, facts, action):
    here = {role for issuer, role in actor.memberships if issuer == facts.issuer_id}
    learner = actor.person_id == facts.learner_id
    allowed = PERMISSIONS[action]
    expected = (
        Role.LEARNER in allowed
        if learner
        else bool(allowed & (here - {Role.ASSESSOR}))
        or (Role.ASSESSOR in allowed and actor.person_id == facts.assessor_id)
    )
    assert may(actor, action, facts) == expected


@given(facts, st.sampled_from(Action))
def test_nobody_may_nothing(facts, action):
    assert not may(Actor(), action, facts)
    assert not may(Actor(memberships=frozenset({(1, Role.COORDINATOR)})), action, facts)


@given(actors, st.sampled_from(Action))
def test_without_facts_a_person_has_no_role(actor, action):
    assert not may(actor, action, Facts())


@given(actors, facts)
def test_the_learner_has_no_other_role_towards_their_own_submission(actor, facts):
    if actor.person_id == facts.learner_id:
        assert roles_of(actor, facts) == {Role.LEARNER}


@pytest.mark.parametrize("action", Action)
def test_the_system_does_what_the_table_gives_it_and_nothing_else(action):
    assert may(SYSTEM, action, Facts(issuer_id=HERE)) == (Role.SYSTEM in PERMISSIONS[action])


def test_names_of_learners_are_nobodys_but_the_coordinators_to_act_upon():
    """Whoever scores may not do what needs an identity."""
    for action in (Action.WITHDRAW, Action.RECORD_CONFLICT, Action.GRANT_QUALIFICATION, Action.REASSIGN):
        assert not PERMISSIONS[action] & {Role.ASSESSOR, Role.LEAD}


def test_an_actor_knows_where_a_role_is_held():
    actor = Actor(person_id=1, memberships=frozenset({(8, Role.LEAD), (1, Role.ASSESSOR), (3, Role.LEAD)}))
    assert actor.issuers(Role.LEAD) == (3, 8)
    assert actor.issuers(Role.ASSESSOR, Role.LEAD) == (1, 3, 8)
    assert actor.holds(Role.ASSESSOR)
    assert not actor.holds(Role.MANAGER)
    assert actor.signed_in
    assert not SYSTEM.signed_in


def test_nobody_in_particular_and_the_system():
    assert (Actor().zone, Actor().system, Actor().memberships) == ("UTC", False, frozenset())
    assert (SYSTEM.name, SYSTEM.system, SYSTEM.person_id) == ("ReviewHub", True, None)
