import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.access import PERMISSIONS, SYSTEM, Action, Actor, Facts, Role, may, roles_of

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


def test_every_action_has_somebody_who_may():
    assert set(PERMISSIONS) == set(Action)
    assert all(PERMISSIONS.values())


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
    actor = Actor(person_id=1, memberships=frozenset({(3, Role.LEAD), (1, Role.ASSESSOR), (2, Role.LEAD)}))
    assert actor.issuers(Role.LEAD) == (2, 3)
    assert actor.issuers(Role.ASSESSOR, Role.LEAD) == (1, 2, 3)
    assert actor.holds(Role.ASSESSOR)
    assert not actor.holds(Role.MANAGER)
    assert actor.signed_in
    assert not SYSTEM.signed_in
