"""What a learner receives for one attempt: what is met and stays met, what to mend and how."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.errors import NotFound
from reviewhub.domain.objection import LIFTED, STANDS
from reviewhub.domain.points import enough, weighted
from reviewhub.domain.rubric import Code, Criterion, Level, Rubric
from reviewhub.models import Attempt, DecisionRow, Feedback, ResolutionRow
from reviewhub.queries.how_decided import HowDecided, how_decided
from reviewhub.queries.lock_rests import Rests, rests_of
from reviewhub.queries.locks import locks_before
from reviewhub.queries.own import Own, load_own
from reviewhub.queries.pinned import rubric_of_attempt
from reviewhub.queries.second_look import SecondLook, second_look
from reviewhub.queries.timeline import TimelineStep, timeline
from reviewhub.services.calendars import calendar_of

_MOST = 2
"""The latest feedback of an attempt, and the one before an appeal."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion: the level reached, the one needed, what was seen, what to do."""

    criterion: Criterion
    level: Level | Code
    needed: Level
    met: bool
    earlier: bool
    """Met in an earlier attempt and not scored this time."""
    lifted: bool
    """Met in an earlier attempt; an assessor doubted it, and a third found it not met."""
    saw: str
    do: str
    rests: Rests | None
    """What a criterion that stays met rests on."""
    points: Decimal
    """What it adds to the sum, with its weight; a mean may lie between two levels."""

    @property
    def apart(self) -> bool:
        """Whether it has no place in this work."""
        return self.criterion.has_code(self.level.id, "not_applicable")

    @property
    def place(self) -> int:
        """The level's place on its scale, from 1; 0 for a code."""
        return 0 if self.criterion.code(self.level.id) else self.criterion.index(self.level.id) + 1

    @property
    def needed_place(self) -> int:
        """The needed level's place, from 1."""
        return self.criterion.index(self.needed.id) + 1


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """One attempt's feedback, released."""

    own: Own
    attempt: Attempt
    outcome: str
    summary: str
    released_at: datetime | None
    to_mend: tuple[Judged, ...]
    met: tuple[Judged, ...]
    apart: tuple[Judged, ...]
    """What has no place in this work."""
    steps: tuple[TimelineStep, ...]
    look: SecondLook
    rubric: Rubric
    """The one that it was judged by; `moved` when the learner has moved to another since."""
    before: tuple[Judged, ...]
    """What was judged before an appeal; empty without one."""
    how: HowDecided

    @property
    def moved(self) -> bool:
        """Whether the learner works by another version of the rubric now."""
        return self.attempt.rubric_version_id is not None

    @property
    def needed(self) -> Decimal | None:
        """The points that are enough where this much applies; None where no points decide."""
        if self.rubric.policies.decision.cut is None:
            return None
        apart = {one.criterion.id for one in self.apart}
        return enough(self.rubric, [c for c in self.rubric.criteria if c.id not in apart])

    @property
    def latest(self) -> bool:
        """Whether no later attempt exists."""
        return self.attempt.id == self.own.attempt.id


def feedback_page(session: Session, actor: Actor, public_id: str, number: int, now: datetime) -> FeedbackPage:
    """The released feedback of the actor's own attempt; NotFound for others' and before the release."""
    own = load_own(session, actor, public_id)
    attempt = next((a for a in own.attempts if a.number == number), None)
    if attempt is None:
        raise NotFound
    found = session.exec(
        select(Feedback, DecisionRow.outcome, DecisionRow.rule)
        .join(DecisionRow, col(DecisionRow.round_id) == Feedback.round_id)
        .where(
            Feedback.attempt_id == attempt.id,
            Feedback.state == "released",
            col(DecisionRow.replaced_at).is_(None),
        )
        .order_by(col(Feedback.id).desc())
        .limit(_MOST)
    ).all()
    if not found or not sees(Viewer.LEARNER, Field.FEEDBACK, When.AFTER_RELEASE):
        raise NotFound
    (feedback, outcome, rule), earlier = found[0], found[1:]
    rubric = rubric_of_attempt(session, own.whole, attempt, actor.reads)
    judged = _judged(session, own, attempt, rubric, feedback)
    return FeedbackPage(
        own=own,
        attempt=attempt,
        outcome=outcome,
        summary=feedback.summary,
        released_at=feedback.released_at,
        to_mend=tuple(item for item in judged if not item.met and not item.apart),
        apart=tuple(item for item in judged if item.apart),
        met=tuple(item for item in judged if item.met),
        steps=timeline(session, own),
        look=second_look(session, calendar_of(own.issuer), own.submission, feedback, now),
        rubric=rubric,
        before=tuple(_judged(session, own, attempt, rubric, earlier[0][0])) if earlier else (),
        how=how_decided(session, feedback.round_id, rule),
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """A criterion's result, or the level of an earlier attempt's lock."""

    level_id: str
    rule: str = ""
    value: Decimal | None = None


def _judged(session: Session, own: Own, attempt: Attempt, rubric: Rubric, feedback: Feedback) -> list[Judged]:
    """Every criterion with its standing level: this round's result, else the lock of an attempt before."""
    rows = session.exec(
        select(ResolutionRow).where(
            ResolutionRow.round_id == feedback.round_id,
            col(ResolutionRow.replaced_at).is_(None),
            ResolutionRow.rule != STANDS,  # a doubt that came to nothing is nobody's news
        )
    ).all()
    results = {row.criterion_id: _Standing(row.level_id, row.rule, Decimal(row.value)) for row in rows}
    then = locks_before(session, attempt, own=True, at=feedback.composed_at)
    locks = {lock.criterion_id: _Standing(lock.level_id) for lock in then}
    rests = rests_of(session, own) if locks else {}
    words = {item["criterion"]: item for item in feedback.items}
    return [
        _one(
            criterion,
            standing,
            words.get(criterion.id, {}),
            rests.get(criterion.id),
            earlier=criterion.id not in results,
        )
        for criterion in rubric.criteria
        if (standing := results.get(criterion.id) or locks.get(criterion.id))
    ]


def _one(
    criterion: Criterion,
    standing: _Standing,
    words: dict[str, str],
    rests: Rests | None,
    *,
    earlier: bool,
) -> Judged:
    level = criterion.rating(standing.level_id)
    return Judged(
        criterion=criterion,
        level=level,
        needed=criterion.level(criterion.met_from),
        met=criterion.is_met(level.id),
        earlier=earlier,
        lifted=standing.rule == LIFTED,
        rests=rests if criterion.is_met(level.id) else None,
        points=weighted(criterion, criterion.points(level.id) if standing.value is None else standing.value),
        saw=words.get("saw", ""),
        do=words.get("do", ""),
    )
