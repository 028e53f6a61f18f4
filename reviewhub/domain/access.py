"""Who may do what: every permission is answered here, from one table.

Roles are relative to the thing at hand: the same person can be the learner of one submission and an
assessor of another. Whoever is the learner of a submission has no other role towards it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody is towards one thing."""

    LEARNER = "learner"
    ASSESSOR = "assessor"
    LEAD = "lead"
    COORDINATOR = "coordinator"
    MANAGER = "manager"
    SYSTEM = "system"


STAFF = frozenset({Role.ASSESSOR, Role.LEAD, Role.COORDINATOR, Role.MANAGER})
IDENTITY_ROLES = frozenset({Role.COORDINATOR, Role.MANAGER})
"""Memberships that see learners' names; whoever holds or held one may not score there (rule 4)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the memberships that hold now, or the system; anonymous has no person_id.

    `reads`: language tags, best first, in which this request's reader is shown rubrics.
    """

    person_id: int | None = None
    memberships: frozenset[tuple[int, Role]] = field(default_factory=frozenset)
    name: str = ""
    email: str = ""
    public_id: str = ""
    zone: str = "UTC"
    system: bool = False
    reads: tuple[str, ...] = ()

    @property
    def signed_in(self) -> bool:
        """Whether somebody is there."""
        return self.person_id is not None

    def issuers(self, *roles: Role) -> tuple[int, ...]:
        """Ids of the issuers where the actor holds one of the roles, ascending."""
        return tuple(sorted({issuer for issuer, role in self.memberships if role in roles}))

    def holds(self, *roles: Role) -> bool:
        """Whether the actor holds one of the roles anywhere."""
        return any(role in roles for _, role in self.memberships)


SYSTEM = Actor(system=True, name="ReviewHub")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a permission or a guard may depend on. Absent facts refuse."""

    issuer_id: int | None = None
    learner_id: int | None = None
    assessor_id: int | None = None
    complete: bool = False
    attested: bool = False
    undo_open: bool = False
    adjudicator: bool = False
    blind_sheet_given: bool = False
    submission_held: bool = False
    attempts_left: bool = True
    intake_open: bool = True
    appeal_open: bool = False
    correction_granted: bool = False
    from_pile: bool = False


def roles_of(actor: Actor, facts: Facts) -> frozenset[Role]:
    """The actor's roles towards the thing that the facts describe."""
    if actor.system:
        return frozenset({Role.SYSTEM})
    if actor.person_id is None:
        return frozenset()
    if actor.person_id == facts.learner_id:
        return frozenset({Role.LEARNER})
    held: set[Role] = {role for issuer, role in actor.memberships if issuer == facts.issuer_id}
    held.discard(Role.ASSESSOR)
    if actor.person_id == facts.assessor_id:
        held.add(Role.ASSESSOR)
    return frozenset(held)


class Action(StrEnum):
    """What can be asked for. The workflow's actions are those of its four tables."""

    # submission
    ARRIVE = "submission.arrive"
    FINISH_MET = "submission.finish_met"
    FINISH_NOT_YET = "submission.finish_not_yet"
    WITHDRAW = "submission.withdraw"
    LAPSE = "submission.lapse"
    HOLD = "submission.hold"
    RELEASE_HOLD = "submission.release_hold"
    START_ATTEMPT = "submission.start_attempt"
    APPEAL = "submission.appeal"
    SEND_BACK = "submission.send_back"
    TAKE_BACK = "submission.take_back"
    OPEN_AGAIN = "submission.open_again"
    # attempt
    EDIT = "attempt.edit"
    SUBMIT = "attempt.submit"
    PASSED = "attempt.passed"
    FAILED = "attempt.failed"
    HOLD_ATTEMPT = "attempt.hold"
    GO_ON = "attempt.go_on"
    RETURN = "attempt.return_to_learner"
    DECIDE = "attempt.decide"
    RELEASE = "attempt.release"
    DROP = "attempt.drop"
    GIVE_BACK = "attempt.give_back"
    REOPEN = "attempt.reopen"
    # round
    SEATED = "round.seated"
    UNSEATED = "round.unseated"
    ALL_IN = "round.all_in"
    AGREED = "round.agreed"
    DISAGREED = "round.disagreed"
    ADJUDICATED = "round.adjudicated"
    FAULTED = "round.faulted"
    RESUME = "round.resume"
    VOID = "round.void"
    COMPLETE = "round.complete"
    REFILL = "round.refill"
    JUDGE_AGAIN = "round.judge_again"
    CLEAR = "round.clear"
    # review
    CLAIM_NEXT = "review.claim_next"
    SAVE = "review.save"
    SUBMIT_BLIND = "review.submit_blind"
    SUBMIT_SHEET = "review.submit"
    UNDO = "review.undo"
    CLOSE = "review.close"
    TAKE_AWAY = "review.release"
    EXCLUDE = "review.exclude"
    EXPIRE = "review.expire"
    HAND_BACK = "review.hand_back"
    RAISE_CONCERN = "review.raise_concern"
    OBJECT = "review.object"
    SUPERSEDE = "review.supersede"
    # beside the workflow
    OPEN_REVIEW = "review.open"
    OPEN_SUBMISSION = "submission.open"
    COORDINATE = "issuer.coordinate"
    MANAGE = "issuer.manage"
    SEE_PLUGIN = "issuer.see_plugin"
    ASK_RULES_AGAIN = "issuer.ask_rules_again"
    CONFIRM_FEEDBACK = "feedback.confirm"
    GRANT_QUALIFICATION = "qualification.grant"
    RECORD_CONFLICT = "conflict.record"
    INVITE = "membership.invite"
    REASSIGN = "review.reassign"
    EXTEND = "review.extend"
    ASK_EXTENSION = "review.ask_extension"
    ALLOW_ATTEMPT = "submission.allow_attempt"
    ASK_CORRECTION = "correction.ask"
    DECIDE_CORRECTION = "correction.decide"
    ANSWER_CONCERN = "concern.answer"
    ASK_QUESTION = "question.ask"
    ANSWER_QUESTION = "question.answer"
    MOVE_RUBRIC = "submission.move_rubric"
    ASK_REVEAL = "reveal.ask"
    DECIDE_REVEAL = "reveal.decide"
    SET_PRACTICE = "issuer.set_practice"
    CHANGE_POLICY = "issuer.change_policy"
    RULE_ON_RESCORE = "round.rule"
    RESCORE = "submission.rescore"


_LEARNER = frozenset({Role.LEARNER})
_SEAT = frozenset({Role.ASSESSOR})
_SYSTEM = frozenset({Role.SYSTEM})
_LEAD = frozenset({Role.LEAD})
_COORDINATOR = frozenset({Role.COORDINATOR})
_MANAGER = frozenset({Role.MANAGER})

PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    Action.ARRIVE: _SYSTEM | _COORDINATOR,
    Action.FINISH_MET: frozenset({Role.LEAD, Role.SYSTEM}),
    Action.FINISH_NOT_YET: frozenset({Role.LEAD, Role.SYSTEM}),
    Action.WITHDRAW: _LEARNER | _COORDINATOR,
    Action.LAPSE: _SYSTEM,
    Action.HOLD: _COORDINATOR,
    Action.RELEASE_HOLD: _COORDINATOR,
    Action.START_ATTEMPT: _LEARNER,
    Action.EDIT: _LEARNER,
    Action.SUBMIT: _LEARNER,
    Action.PASSED: _SYSTEM,
    Action.FAILED: _SYSTEM,
    Action.HOLD_ATTEMPT: _SYSTEM,
    Action.GO_ON: _COORDINATOR,
    Action.RETURN: _COORDINATOR,
    Action.DECIDE: _SYSTEM,
    Action.RELEASE: frozenset({Role.LEAD, Role.SYSTEM}),
    Action.DROP: _LEARNER | _COORDINATOR | _SYSTEM,
    Action.SEATED: _SYSTEM | _COORDINATOR,
    Action.UNSEATED: _SYSTEM | _COORDINATOR | _SEAT,
    Action.ALL_IN: _SYSTEM,
    Action.AGREED: _SYSTEM,
    Action.DISAGREED: _SYSTEM,
    Action.ADJUDICATED: _SYSTEM,
    Action.FAULTED: _SYSTEM,
    Action.RESUME: _COORDINATOR | _SYSTEM,
    Action.VOID: _LEARNER | _COORDINATOR | _SYSTEM,
    Action.CLAIM_NEXT: _SEAT,
    Action.SAVE: _SEAT,
    Action.SUBMIT_BLIND: _SEAT,
    Action.SUBMIT_SHEET: _SEAT,
    Action.UNDO: _SEAT,
    Action.CLOSE: _SYSTEM,
    Action.TAKE_AWAY: _COORDINATOR | _LEARNER | _SYSTEM,
    Action.EXCLUDE: _COORDINATOR | _SEAT,
    Action.EXPIRE: _SYSTEM,
    Action.OPEN_REVIEW: _SEAT,
    Action.OPEN_SUBMISSION: _LEARNER | _COORDINATOR,
    Action.COORDINATE: _COORDINATOR,
    Action.MANAGE: _MANAGER,
    Action.SEE_PLUGIN: _COORDINATOR | _MANAGER,
    Action.ASK_RULES_AGAIN: _COORDINATOR | _MANAGER,
    Action.CONFIRM_FEEDBACK: frozenset({Role.LEAD}),
    Action.GRANT_QUALIFICATION: _COORDINATOR,
    Action.RECORD_CONFLICT: _COORDINATOR,
    Action.INVITE: _COORDINATOR | _MANAGER,
    Action.REASSIGN: _COORDINATOR,
    Action.APPEAL: _LEARNER,
    Action.SEND_BACK: _SYSTEM | _COORDINATOR,
    Action.TAKE_BACK: _COORDINATOR,
    Action.OPEN_AGAIN: _COORDINATOR,
    Action.GIVE_BACK: _SYSTEM | _COORDINATOR,
    Action.REOPEN: _SYSTEM,
    Action.COMPLETE: _SYSTEM,
    Action.REFILL: _SYSTEM,
    Action.JUDGE_AGAIN: _SYSTEM,
    Action.CLEAR: _SYSTEM,
    Action.HAND_BACK: _SEAT,
    Action.RAISE_CONCERN: _SEAT,
    Action.OBJECT: _SEAT,
    Action.SUPERSEDE: _SEAT,
    Action.EXTEND: _COORDINATOR,
    Action.ASK_EXTENSION: _SEAT,
    Action.ALLOW_ATTEMPT: _COORDINATOR,
    Action.ASK_CORRECTION: _SEAT,
    Action.DECIDE_CORRECTION: _LEAD,
    Action.ANSWER_CONCERN: _COORDINATOR,
    Action.ASK_QUESTION: _LEARNER,
    Action.ANSWER_QUESTION: _LEAD,
    Action.MOVE_RUBRIC: _LEARNER,
    Action.ASK_REVEAL: _LEAD,
    Action.DECIDE_REVEAL: _COORDINATOR,
    Action.SET_PRACTICE: _COORDINATOR,
    Action.CHANGE_POLICY: _COORDINATOR,
    Action.RULE_ON_RESCORE: _COORDINATOR,
    Action.RESCORE: _COORDINATOR,
}


def may(actor: Actor, action: Action, facts: Facts) -> bool:
    """Whether the actor's role towards this thing allows the action at all, in whatever state."""
    return bool(roles_of(actor, facts) & PERMISSIONS[action])
