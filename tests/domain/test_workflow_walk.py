"""Every state × action × role of the four tables, against what is written here in words.

The text below is not made from the tables: it is the workflow as the design tells it. A line is
`state  action  roles  goal  [when condition]`; what has no line is refused to everybody.
"""

from itertools import product
from pathlib import Path

import pytest

from reviewhub.domain.access import Action, Actor, Facts, Role
from reviewhub.domain.errors import Refused
from reviewhub.domain.workflow import attempt, diagram, review, submission
from reviewhub.domain.workflow import round as rounds
from reviewhub.domain.workflow.step import open_actions, take

SUBMISSION = """
open          submission.arrive          system coordinator   under_review
open          submission.withdraw        learner coordinator  withdrawn
open          submission.hold            coordinator          held
open          submission.lapse           system               lapsed
under_review  submission.finish_met      lead system          met
under_review  submission.finish_not_yet  lead system          revise
under_review  submission.withdraw        learner coordinator  withdrawn
under_review  submission.hold            coordinator          held
under_review  submission.send_back       system coordinator   open
revise        submission.start_attempt   learner              open          when attempts_left
revise        submission.withdraw        learner coordinator  withdrawn
revise        submission.hold            coordinator          held
revise        submission.lapse           system               lapsed
revise        submission.appeal          learner              under_review when appeal_open
revise        submission.take_back       coordinator          under_review
met           submission.take_back       coordinator          under_review
met           submission.open_again      coordinator          revise
held          submission.release_hold    coordinator          back
held          submission.withdraw        learner coordinator  withdrawn
"""

ATTEMPT = """
draft      attempt.edit               learner              draft     when not submission_held
draft      attempt.submit  learner  checking  when complete and attested and not submission_held
draft      attempt.drop               learner coordinator system  withdrawn
checking   attempt.passed             system               submitted
checking   attempt.failed             system               needs_fix
checking   attempt.hold               system               held
checking   attempt.drop               learner coordinator system  withdrawn
needs_fix  attempt.edit               learner              needs_fix when not submission_held
needs_fix  attempt.submit  learner  checking  when complete and attested and not submission_held
needs_fix  attempt.drop               learner coordinator system  withdrawn
held       attempt.go_on              coordinator          submitted when not submission_held
held       attempt.return_to_learner  coordinator          needs_fix
held       attempt.drop               learner coordinator system  withdrawn
submitted  attempt.decide             system               decided
submitted  attempt.give_back          system coordinator   needs_fix
submitted  attempt.drop               learner coordinator system  withdrawn
decided    attempt.release            lead system          released  when not submission_held
decided    attempt.drop               learner coordinator system  withdrawn
decided    attempt.reopen             system               submitted
released   attempt.reopen             system               submitted
"""


ROUND = """
waiting       round.seated       system coordinator           scoring
waiting       round.unseated     system coordinator assessor  waiting
waiting       round.void         learner coordinator system   void
scoring       round.unseated     system coordinator assessor  waiting
scoring       round.all_in       system                       resolving
scoring       round.void         learner coordinator system   void
resolving     round.agreed       system                       resolved
resolving     round.disagreed    system                       adjudicating
resolving     round.faulted      system                       held
resolving     round.complete     system                       resolved
resolving     round.unseated     system coordinator assessor  waiting
resolving     round.void         learner coordinator system   void
adjudicating  round.adjudicated  system                       resolved
adjudicating  round.faulted      system                       held
adjudicating  round.unseated     system coordinator assessor  waiting
adjudicating  round.void         learner coordinator system   void
adjudicating  round.judge_again  system                       resolving
resolved      round.refill       system                       waiting
resolved      round.judge_again  system                       resolving
resolved      round.clear        system                       void
held          round.resume       coordinator system           back
held          round.void         learner coordinator system   void
"""

REVIEW = """
offered    review.claim_next    assessor                    claimed     when from_pile
offered    review.save          assessor                    claimed
offered    review.release       learner coordinator system  released
offered    review.exclude       assessor coordinator        excluded
offered    review.expire        system                      expired
offered    review.hand_back     assessor                    released
offered    review.raise_concern assessor                    offered
offered    review.object        assessor                    offered
claimed    review.save          assessor                    claimed
claimed    review.submit_blind  assessor  claimed  when adjudicator and not blind_sheet_given
claimed    review.submit  assessor  submitted  when blind_sheet_given or not adjudicator
claimed    review.release       learner coordinator system  released
claimed    review.exclude       assessor coordinator        excluded
claimed    review.expire        system                      expired
claimed    review.hand_back     assessor                    released
claimed    review.raise_concern assessor                    claimed
claimed    review.object        assessor                    claimed
submitted  review.undo          assessor                    claimed    when undo_open
submitted  review.close         system                      final      when not undo_open
submitted  review.release       learner coordinator system  released
submitted  review.exclude       assessor coordinator        excluded
final      review.exclude       assessor coordinator        excluded
final      review.supersede     assessor                    final       when correction_granted
final      review.expire        system                      expired     when adjudicator
expired    review.claim_next    assessor                    claimed     when from_pile
"""

TABLES = {
    "submission": (SUBMISSION, submission.SubmissionState, submission.TRANSITIONS),
    "attempt": (ATTEMPT, attempt.AttemptState, attempt.TRANSITIONS),
    "round": (ROUND, rounds.RoundState, rounds.TRANSITIONS),
    "review": (REVIEW, review.ReviewState, review.TRANSITIONS),
}
FLAGS = {
    "submission": ("attempts_left", "appeal_open"),
    "attempt": ("complete", "attested", "submission_held"),
    "round": (),
    "review": ("adjudicator", "blind_sheet_given", "undo_open", "correction_granted", "from_pile"),
}
"""The facts that conditions speak of: all their combinations are walked."""

REFUSALS = {"role", "state", "guard"}
HERE, THERE, LEARNER, ASSESSOR = 1, 2, 10, 20
OF = {"issuer_id": HERE, "learner_id": LEARNER, "assessor_id": ASSESSOR}


def member(person_id, role, issuer=HERE):
    return Actor(person_id=person_id, memberships=frozenset({(issuer, role)}))


ACTORS = {
    "learner": (Actor(person_id=LEARNER), "learner"),
    "the assessor in the seat": (member(ASSESSOR, Role.ASSESSOR), "assessor"),
    "another assessor": (member(21, Role.ASSESSOR), None),
    "lead": (member(30, Role.LEAD), "lead"),
    "coordinator": (member(40, Role.COORDINATOR), "coordinator"),
    "manager": (member(50, Role.MANAGER), "manager"),
    "coordinator of another issuer": (member(41, Role.COORDINATOR, THERE), None),
    "lead of another issuer": (member(31, Role.LEAD, THERE), None),
    "learner who coordinates": (member(LEARNER, Role.COORDINATOR), "learner"),
    "nobody": (Actor(), None),
    "the system": (Actor(system=True), "system"),
}


def lines(text):
    """{(state, action): (roles, goal, condition)} from the words above."""
    found = {}
    for line in text.strip().splitlines():
        step, _, condition = line.partition(" when ")
        state, action, *roles, goal = step.split()
        assert (state, action) not in found
        found[state, action] = (set(roles), goal, condition.strip() or "True")
    return found


def outcome(table, state, action, actor, facts):
    try:
        step = take(table, state, action, actor, facts)
    except Refused as refused:
        return refused.code
    return step.to.value if step.to else "back"


@pytest.mark.parametrize("name", TABLES)
def test_every_state_action_and_role_does_what_is_written(name):
    (text, states, table), flags = TABLES[name], FLAGS[name]
    wanted = lines(text)
    who = {}
    for (_, action), (roles, _, _) in wanted.items():
        who.setdefault(action, set()).update(roles)
    walked = 0
    for values in product((True, False), repeat=len(flags)):
        known = dict(zip(flags, values, strict=True))
        facts = Facts(**OF, **known)
        for state, action, (actor, role) in product(states, Action, ACTORS.values()):
            roles, goal, condition = wanted.get((state.value, action.value), (set(), "", "False"))
            got = outcome(table, state, action, actor, facts)
            if role in roles and eval(condition, {}, known):
                expected = {goal}
            elif role in roles:
                expected = {"guard"}
            elif role in who.get(action.value, ()):
                expected = {"state"}
            else:
                # Actions of other tables: whoever may do them elsewhere is told that it is not the time.
                expected = {"role"} if action.value in who else {"role", "state"}
            assert got in expected, (state, action, role, known)
            walked += 1
    assert walked == 2 ** len(flags) * len(states) * len(Action) * len(ACTORS)


@pytest.mark.parametrize("name", TABLES)
def test_a_role_that_is_written_for_one_state_holds_for_all_states_of_its_action(name):
    """Who may do something does not depend on the state: one row of PERMISSIONS says it."""
    who = {}
    for (_, action), (roles, _, _) in lines(TABLES[name][0]).items():
        who.setdefault(action, roles)
        assert who[action] == roles


@pytest.mark.parametrize("name", TABLES)
def test_buttons_are_exactly_what_would_succeed(name):
    (_, states, table), flags = TABLES[name], FLAGS[name]
    for values in product((True, False), repeat=len(flags)):
        facts = Facts(**OF, **dict(zip(flags, values, strict=True)))
        for state, (actor, _) in product(states, ACTORS.values()):
            offered = open_actions(table, state, actor, facts)
            works = [
                a for a in Action if outcome(table, state, a, actor, facts) not in {"role", "state", "guard"}
            ]
            assert set(offered) == set(works)
            assert len(offered) == len(set(offered))


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached_and_left_or_is_an_end(name):
    text, states, _ = TABLES[name]
    wanted = lines(text)
    reached = {goal for _, goal, _ in wanted.values()} | {next(iter(states)).value}
    assert reached - {"back"} == {state.value for state in states}
    ends = {state.value for state in states} - {state for state, _ in wanted}
    assert (
        ends
        == {
            "submission": {"withdrawn", "lapsed"},
            "attempt": {"withdrawn"},
            "round": {"void"},
            "review": {"released", "excluded"},
        }[name]
    )


def test_the_groups_of_states_are_what_their_names_say():
    editable = {state for state, action in attempt.TRANSITIONS if action is Action.EDIT}
    assert set(attempt.EDITABLE) == editable
    assert {state.value for state in review.SEATED} == {"offered", "claimed", "submitted", "final"}
    assert {state.value for state in submission.ENDED} == {"met", "withdrawn", "lapsed"}


def test_a_rescore_and_an_audit_stand_beside_the_result_until_it_is_taken_back():
    assert set(rounds.BESIDE) == {"rescore", "audit"}
    for kind in ("initial", "appeal", "completeness"):
        assert not rounds.is_beside(kind, "")
    for kind in rounds.BESIDE:
        assert rounds.is_beside(kind, "")
        assert rounds.is_beside(kind, "confirmed")
        assert not rounds.is_beside(kind, "take_back")


def test_a_refusal_names_the_action_and_the_state_in_words():
    with pytest.raises(Refused) as refused:
        take(
            attempt.TRANSITIONS,
            attempt.AttemptState.NEEDS_FIX,
            Action.HOLD_ATTEMPT,
            Actor(system=True),
            Facts(),
        )
    assert refused.value.message == "“hold” is not possible now: this is needs fix."
    with pytest.raises(Refused) as refused:
        take(rounds.TRANSITIONS, rounds.RoundState.VOID, Action.ALL_IN, Actor(system=True), Facts())
    assert refused.value.message == "“all in” is not possible now: this is void."


def test_without_facts_everything_is_refused_but_to_the_system():
    for (_, _, table), (actor, role) in product(TABLES.values(), ACTORS.values()):
        for state, action in table:
            if role != "system":
                assert outcome(table, state, action, actor, Facts()) == "role"


@pytest.mark.parametrize("drawn", diagram.DRAWN, ids=lambda d: d.title)
def test_the_diagram_draws_every_step_that_is_written(drawn):
    picture = diagram.mermaid(drawn)
    for (state, action), (_, goal, _) in lines(TABLES[drawn.title.lower()][0]).items():
        arrow = next(line for line in picture.splitlines() if line.strip().startswith(f"{state} --> {goal}:"))
        assert action.partition(".")[2].replace("_", " ") in arrow.partition(": ")[2].split(", ")


def test_the_docs_are_what_the_tables_say():
    written = (Path(__file__).parents[2] / "docs" / "workflow.md").read_text()
    assert written == "\n\n".join(diagram.document()) + "\n"
