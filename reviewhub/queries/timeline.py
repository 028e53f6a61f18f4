"""A submission's way so far and what is promised next, as its learner may see it.

Nothing of who scored, when each did, or why something is held.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from reviewhub.domain.conditions import hidden_requirements
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Artifact, Attempt, Event, Feedback
from reviewhub.queries.own import Own
from reviewhub.services.calendars import calendar_of

_NOW = {
    "fill": "now",
    "mend": "stop",
    "checking": "now",
    "copy": "now",
    "scoring": "now",
    "confirming": "now",
    "revise": "now",
    "held": "stop",
}
_RESULT_AFTER = frozenset({"fill", "mend", "checking", "copy", "revise"})


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step: `code` names it, `state` is done, now, next or stop; with a moment or a promised day.

    Codes: started, sent, scored, once_more, feedback, result, and those of queries.own.standing.
    """

    code: str
    state: str
    attempt: int
    at: datetime | None = None
    day: date | None = None
    files: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows say beside the attempts themselves."""

    files: Mapping[int, int]
    looked_again: tuple[datetime, ...]
    released: frozenset[int]


def timeline(session: Session, own: Own) -> tuple[TimelineStep, ...]:
    """All steps, oldest first, in three statements."""
    known = _Known(_files(session, own), _looked_again(session, own), _released(session, own))
    steps = [TimelineStep("started", "done", 1, at=own.submission.created_at)]
    for attempt in own.attempts:
        steps.extend(_past(own, attempt, known))
    steps.extend(_present(own))
    return tuple(steps)


def _files(session: Session, own: Own) -> Mapping[int, int]:
    """By attempt, without those that its choices hide: they were not sent."""
    rows = session.exec(
        select(Artifact.attempt_id, Artifact.requirement_id, func.count())
        .where(col(Artifact.attempt_id).in_([a.id for a in own.attempts]), col(Artifact.key).is_not(None))
        .group_by(col(Artifact.attempt_id), col(Artifact.requirement_id))
    ).all()
    hidden = {a.id: hidden_requirements(own.whole, a.choices) for a in own.attempts}
    found = Counter[int]()
    for attempt_id, requirement_id, count in rows:
        found[attempt_id] += count if requirement_id not in hidden[attempt_id] else 0
    return found


def _looked_again(session: Session, own: Own) -> tuple[datetime, ...]:
    return tuple(
        session.exec(
            select(Event.at).where(
                Event.aggregate == "submission",
                Event.aggregate_id == own.submission.id,
                Event.action == "round.disagreed",
            )
        ).all()
    )


def _released(session: Session, own: Own) -> frozenset[int]:
    return frozenset(
        session.exec(
            select(Feedback.attempt_id).where(
                col(Feedback.attempt_id).in_([a.id for a in own.attempts]), Feedback.state == "released"
            )
        ).all()
    )


def _past(own: Own, attempt: Attempt, known: _Known) -> list[TimelineStep]:
    """What an attempt has behind it."""
    n, steps = attempt.number, []
    if attempt.submitted_at is not None or attempt.state == AttemptState.HELD:
        files = known.files.get(attempt.id or 0, 0)
        steps.append(TimelineStep("sent", "done", n, at=attempt.sent_at, files=files))
    if attempt.decided_at is not None:
        steps.append(TimelineStep("scored", "done", n))
        again = _within(known.looked_again, attempt)
        if again:
            day = calendar_of(own.issuer).today(attempt.decided_at)
            steps.append(TimelineStep("once_more", "done", n, day=day))
    if attempt.id in known.released:
        steps.append(TimelineStep("feedback", "done", n, at=attempt.released_at))
    return steps


def _within(moments: tuple[datetime, ...], attempt: Attempt) -> bool:
    """Whether one of the moments lies between the attempt's arrival and its decision."""
    start, end = attempt.submitted_at, attempt.decided_at
    return start is not None and any(start <= at and (end is None or at <= end) for at in moments)


def _present(own: Own) -> list[TimelineStep]:
    """Where it stands, and what comes next."""
    attempt, stands = own.attempt, own.standing
    if stands not in _NOW:
        return [TimelineStep(stands, "done", attempt.number, at=own.submission.ended_at)]
    scored = stands in {"scoring", "confirming"}
    at = attempt.sent_at if stands == "checking" else None
    day = attempt.promised_on if scored else None
    steps = [TimelineStep(stands, _NOW[stands], attempt.number, at=at, day=day)]
    if stands in _RESULT_AFTER and not own.used_up:
        steps.append(TimelineStep("result", "next", attempt.number + (stands == "revise")))
    return steps
