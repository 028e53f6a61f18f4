"""What each choice about new policies would touch, counted for the coordinator before it is made."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import NotFound
from reviewhub.domain.policy_change import Choice, against, effect_on, takes_away
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import Difference, compare_rubrics, policies_only
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import (
    Attempt,
    CriterionLock,
    Feedback,
    MicroCredential,
    PolicyChange,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.queries.running_policies import running, versions_named

CHOICES: tuple[Choice, ...] = get_args(Choice)
UNDER_WAY = (AttemptState.SUBMITTED.value, AttemptState.DECIDED.value)
"""States of an attempt that has rounds; with a result that was never released, they can be judged anew."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What one choice does. `against` says why it cannot be made; then the rest is 0."""

    choice: Choice
    against: str = ""
    submissions: int = 0
    """That would be judged by the new policies from then on."""
    stayed: int = 0
    judged_again: int = 0
    starts_over: int = 0
    void: int = 0
    sheets: int = 0
    """Sheets in rounds that become void."""
    seats: int = 0
    """Reviews that are taken from somebody who has not handed in."""
    drafts: int = 0
    """Drafts of feedback that are composed anew, or dropped."""


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Both versions, how they differ, and what each choice touches. `to` is the newer one's public id."""

    micro_credential: str
    name: str
    before: str
    after: str
    to: str
    differences: tuple[Difference, ...]
    other_code: bool
    running: int
    choices: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An older version with running submissions, and the live one; both say what is judged alike."""

    micro_credential: MicroCredential
    olds: tuple[RubricVersion, ...]
    live: RubricVersion
    before: Rubric
    after: Rubric

    @property
    def keys(self) -> list[int | None]:
        """The keys of the older version's snapshots."""
        return [one.id for one in self.olds]


@dataclass(frozen=True, slots=True)
class Running:
    """One submission with its newest attempt."""

    submission_id: int
    attempt_id: int
    needed: int
    """The number of the attempt that goes on, or of the next one."""
    extra: int
    under_way: bool
    """Its attempt has rounds, and no result of it was ever released."""


def find_pair(session: Session, actor: Actor, micro_pid: str, version: str) -> Pair:
    """The live version beside this one, where the actor may decide about it.

    NotFound elsewhere, where it was decided already, and where more than the policies differs.
    """
    micro = session.exec(
        select(MicroCredential).where(
            MicroCredential.public_id == micro_pid,
            col(MicroCredential.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
        )
    ).first()
    if micro is None or not may(actor, Action.CHANGE_POLICY, Facts(issuer_id=micro.issuer_id)):
        raise NotFound
    live = session.get(RubricVersion, micro.rubric_version_id or 0)
    olds = versions_named(session, micro.id or 0, version)
    if live is None or not olds:
        raise NotFound
    decided = session.exec(
        select(PolicyChange.id).where(
            PolicyChange.micro_credential_id == micro.id,
            PolicyChange.version_before == version,
            PolicyChange.version_after == live.rubric_version,
        )
    ).first()
    before, after = from_json(olds[0].body), from_json(live.body)
    if decided is not None or not policies_only(before, after):
        raise NotFound
    return Pair(micro, tuple(olds), live, before, after)


def policy_page(session: Session, actor: Actor, micro_pid: str, version: str) -> PolicyPage:
    """The page, in nine statements at most. NotFound as in `find_pair`."""
    pair = find_pair(session, actor, micro_pid, version)
    found = running_ones(session, pair, actor)
    stay = _staying(session, pair, found)
    rounds = _rounds(session, pair, actor, {one.attempt_id for one in found if one.under_way} - stay)
    return PolicyPage(
        micro_credential=micro_pid,
        name=pair.after.about.name,
        before=pair.before.version,
        after=pair.after.version,
        to=pair.live.public_id,
        differences=compare_rubrics(pair.before, pair.after),
        other_code=any(old.code_digest != pair.live.code_digest for old in pair.olds),
        running=len(found),
        choices=tuple(_touched(choice, pair, len(found), len(stay), rounds) for choice in CHOICES),
    )


def running_ones(session: Session, pair: Pair, actor: Actor) -> list[Running]:
    """The submissions that the decision is about: not the actor's own learning."""
    rows = session.exec(
        select(Submission, Attempt)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .where(*_about(pair, actor), col(Attempt.number) == _newest())
    ).all()
    return [_running(submission, attempt) for submission, attempt in rows]


def needed_attempt(submission: Submission, attempt: Attempt) -> int:
    """The number of the attempt that goes on, or of the next one where it is the learner's turn."""
    turn = SubmissionState.REVISE.value in (submission.state, submission.held_from)
    return attempt.number + turn


def is_under_way(attempt: Attempt) -> bool:
    """Whether it is scored or decided, and no result of it was ever released: an appeal keeps its rubric."""
    return attempt.state in UNDER_WAY and attempt.released_at is None


def _running(submission: Submission, attempt: Attempt) -> Running:
    assert submission.id is not None
    assert attempt.id is not None
    return Running(
        submission.id,
        attempt.id,
        needed_attempt(submission, attempt),
        submission.extra_attempts,
        is_under_way(attempt),
    )


def _about(pair: Pair, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Submission.rubric_version_id).in_(pair.keys),
        running(),
        col(Submission.learner_id) != actor.person_id,
    )


def _newest() -> ColumnElement[int]:
    other = Attempt.__table__.alias("other")  # type: ignore[attr-defined]
    newest = columns(func.max(other.c.number)).where(other.c.submission_id == col(Submission.id))
    return newest.correlate(Submission).scalar_subquery()


def released_locks() -> tuple[ColumnElement[bool], ...]:
    """For a statement that selects from CriterionLock and Attempt: what stays met by a released result."""
    return (col(CriterionLock.lifted_at).is_(None), col(Attempt.released_at).is_not(None))


def _staying(session: Session, pair: Pair, found: list[Running]) -> set[int]:
    """The attempts, by key, of those that keep the old policies whatever is chosen."""
    with_locks = set(
        session.exec(
            select(CriterionLock.submission_id)
            .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
            .join(Submission, col(Submission.id) == CriterionLock.submission_id)
            .where(col(Submission.rubric_version_id).in_(pair.keys), running(), *released_locks())
            .distinct()
        )
    )
    return {
        one.attempt_id
        for one in found
        if takes_away(
            pair.before,
            pair.after,
            locks=one.submission_id in with_locks,
            needed=one.needed,
            extra=one.extra,
        )
    }


@dataclass(frozen=True, slots=True)
class _Round:
    kind: str
    state: RoundState
    back_to: str
    reviews: Mapping[tuple[str, str], int]
    """{(role, state): how many}"""
    drafts: int

    @property
    def adjudicated(self) -> bool:
        return bool(self.reviews.get(("adjudicator", "final")))

    def count(self, *states: str, role: str = "") -> int:
        return sum(n for (at, state), n in self.reviews.items() if state in states and role in ("", at))


def _rounds(session: Session, pair: Pair, actor: Actor, attempts: set[int]) -> list[_Round]:
    """The rounds of these attempts that are not void."""
    reach = (*_about(pair, actor), col(Attempt.state).in_(UNDER_WAY), col(Attempt.released_at).is_(None))
    rows = session.exec(
        select(Round, Attempt.id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(*reach, Round.state != RoundState.VOID.value)
    ).all()
    reviews: dict[int, Counter[tuple[str, str]]] = {}
    for key, role, state, count in session.exec(
        select(Review.round_id, Review.role, Review.state, func.count())
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(*reach)
        .group_by(col(Review.round_id), col(Review.role), col(Review.state))
    ):
        reviews.setdefault(key, Counter())[role, state] += count
    drafts = Counter(
        session.exec(
            select(Feedback.round_id)
            .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
            .join(Submission, col(Submission.id) == Attempt.submission_id)
            .where(*reach, Feedback.state == "draft")
        )
    )
    return [
        _Round(
            one.kind,
            RoundState(one.state),
            one.held_from or "",
            reviews.get(one.id or 0, {}),
            drafts[one.id or 0],
        )
        for one, attempt_id in rows
        if attempt_id in attempts
    ]


def _touched(choice: Choice, pair: Pair, found: int, stay: int, rounds: list[_Round]) -> Touched:
    no = against(choice, pair.before, pair.after)
    if no or choice == "keep":
        return Touched(choice, no, stayed=0 if no else found)
    effects = [
        (
            one,
            effect_on(
                choice,
                one.kind,
                one.state,
                back_to=one.back_to,
                adjudicated=one.adjudicated,
                after=pair.after,
            ),
        )
        for one in rounds
    ]
    counted = Counter(effect for _, effect in effects)
    void = [one for one, effect in effects if effect == "void"]
    over = [one for one, effect in effects if effect == "starts_over"]
    anew = [one for one, effect in effects if effect != "goes_on"]
    open_seats = ("offered", "claimed")
    return Touched(
        choice,
        submissions=found - stay,
        stayed=stay,
        judged_again=counted["judged_again"] + counted["starts_over"],
        starts_over=len(over),
        void=len(void),
        sheets=sum(one.count("submitted", "final") for one in void),
        seats=sum(one.count(*open_seats) for one in void)
        + sum(one.count(*open_seats, "submitted", role="adjudicator") for one in over),
        drafts=sum(one.drafts for one in anew),
    )
