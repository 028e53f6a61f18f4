"""What a learner receives for one attempt: what is met and stays met, what to mend and how."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Criterion, Level
from reviewhub.models import Attempt, DecisionRow, Feedback, ResolutionRow
from reviewhub.queries.locks import locks_before
from reviewhub.queries.own import Own, load_own
from reviewhub.queries.second_look import SecondLook, second_look
from reviewhub.queries.timeline import TimelineStep, timeline
from reviewhub.services.calendars import calendar_of

_MOST = 2
"""The latest feedback of an attempt, and the one before an appeal."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion: the level reached, the one needed, what was seen, what to do."""

    criterion: Criterion
    level: Level
    needed: Level
    met: bool
    earlier: bool
    """Met in an earlier attempt and not scored this time."""
    saw: str
    do: str

    @property
    def place(self) -> int:
        """The level's place on its scale, from 1."""
        return self.criterion.index(self.level.id) + 1

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
    steps: tuple[TimelineStep, ...]
    look: SecondLook
    before: tuple[Judged, ...]
    """What was judged before an appeal; empty without one."""

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
        select(Feedback, DecisionRow.outcome)
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
    (feedback, outcome), earlier = found[0], found[1:]
    judged = _judged(session, own, attempt, feedback)
    return FeedbackPage(
        own=own,
        attempt=attempt,
        outcome=outcome,
        summary=feedback.summary,
        released_at=feedback.released_at,
        to_mend=tuple(item for item in judged if not item.met),
        met=tuple(item for item in judged if item.met),
        steps=timeline(session, own),
        look=second_look(session, calendar_of(own.issuer), own.submission, feedback, now),
        before=tuple(_judged(session, own, attempt, earlier[0][0])) if earlier else (),
    )


def _judged(session: Session, own: Own, attempt: Attempt, feedback: Feedback) -> list[Judged]:
    """Every criterion with its standing level: this round's result, else the lock of an attempt before."""
    results = dict(
        session.exec(
            select(ResolutionRow.criterion_id, ResolutionRow.level_id).where(
                ResolutionRow.round_id == feedback.round_id, col(ResolutionRow.replaced_at).is_(None)
            )
        ).all()
    )
    locks = {lock.criterion_id: lock.level_id for lock in locks_before(session, attempt, own=True)}
    words = {item["criterion"]: item for item in feedback.items}
    return [
        _one(criterion, level_id, words.get(criterion.id, {}), earlier=criterion.id not in results)
        for criterion in own.rubric.criteria
        if (level_id := results.get(criterion.id) or locks.get(criterion.id))
    ]


def _one(criterion: Criterion, level_id: str, words: dict[str, str], *, earlier: bool) -> Judged:
    return Judged(
        criterion=criterion,
        level=criterion.level(level_id),
        needed=criterion.level(criterion.met_from),
        met=criterion.is_met(level_id),
        earlier=earlier,
        saw=words.get("saw", ""),
        do=words.get("do", ""),
    )
