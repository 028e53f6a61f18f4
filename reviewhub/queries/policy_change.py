"""What each choice about new policies would touch, counted for the coordinator before it is made."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import func
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.policy_change import Choice, against, effect_on, takes_away
from reviewhub.domain.rubric_diff import Difference, compare_rubrics
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, CriterionLock, Feedback, Review, Round, Submission
from reviewhub.queries.policy_pair import (
    UNDER_WAY,
    Pair,
    Running,
    about,
    find_pair,
    released_locks,
    running_ones,
)
from reviewhub.queries.running_policies import running

CHOICES: tuple[Choice, ...] = get_args(Choice)


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
    reach = (*about(pair, actor), col(Attempt.state).in_(UNDER_WAY), col(Attempt.released_at).is_(None))
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
        return Touched(choice, no)
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
