"""An issuer's practice as one value: its calendar, its deadlines, its shares, and what they may be."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from reviewhub.domain.calendar import Calendar, calendar_problems
from reviewhub.domain.errors import Problem
from reviewhub.models import Issuer
from reviewhub.models.people import ASSIGNMENTS

NAME_MOST = 80
CALENDAR = ("zone", "week", "closed")
"""What a changed calendar is made of."""
LIMITS: Mapping[str, tuple[int, int]] = {
    "claim_hours": (1, 168),
    "grace_days": (0, 60),
    "idle_days": (0, 3650),
    "appeal_days": (1, 90),
    "audit_percent": (0, 100),
}
"""The least and the most of each number."""
IDLE_LEAST = 14
"""Work that may lapse is kept at least so long, so that its learner is told in time: a week before."""


@dataclass(frozen=True, slots=True, order=True)
class ClosedDay:
    """A day on which nobody works, and what it is called."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Practice:
    """How an issuer works; the fields are the columns of `Issuer`. `closed` ascends."""

    zone: str
    week: frozenset[int]
    closed: tuple[ClosedDay, ...]
    assignment: str
    claim_hours: int
    grace_days: int
    idle_days: int
    appeal_days: int
    audit_percent: int

    @property
    def calendar(self) -> Calendar:
        """Its working days. ValueError for a week without one."""
        return Calendar(self.week, frozenset(one.day for one in self.closed), self.zone)

    @property
    def stamp(self) -> str:
        """Tells this practice from every other; a form carries it, to see whether it was changed since."""
        return hashlib.sha256(json.dumps(in_columns(self), sort_keys=True).encode()).hexdigest()[:16]


def practice_of(issuer: Issuer) -> Practice:
    """The practice that an issuer has set."""
    closed = tuple(ClosedDay(date.fromisoformat(one["day"]), one["name"]) for one in issuer.closed)
    return Practice(
        issuer.zone,
        frozenset(issuer.week),
        closed,
        issuer.assignment,
        issuer.claim_hours,
        issuer.grace_days,
        issuer.idle_days,
        issuer.appeal_days,
        issuer.audit_percent,
    )


def in_columns(practice: Practice) -> dict[str, object]:
    """The values of the columns, as JSON holds them."""
    return asdict(practice) | {
        "week": sorted(practice.week),
        "closed": [{"day": one.day.isoformat(), "name": one.name} for one in practice.closed],
    }


def practice_problems(practice: Practice) -> list[Problem]:
    """What cannot be (fields as the columns), each with what to do."""
    problems = calendar_problems(practice.zone, practice.week, [one.day for one in practice.closed])
    problems += _closed_problems(practice)
    if practice.assignment not in ASSIGNMENTS:
        problems.append(Problem("assignment", "Choose how assessors get their reviews."))
    for name, (least, most) in LIMITS.items():
        value = getattr(practice, name)
        if not least <= value <= most:
            problems.append(Problem(name, f"Give a number from {least} to {most:,}.", str(value)))
    if 0 < practice.idle_days < IDLE_LEAST:
        message = f"Give 0 for never, or at least {IDLE_LEAST} days: learners are told before."
        problems.append(Problem("idle_days", message, str(practice.idle_days)))
    return problems


def _closed_problems(practice: Practice) -> list[Problem]:
    problems, seen = [], set()
    for one in practice.closed:
        if one.day in seen:
            message = f"{one.day.isoformat()} is there twice. Remove one of them."
            problems.append(Problem("closed", message, one.day.isoformat()))
        seen.add(one.day)
        if not one.name or len(one.name) > NAME_MOST:
            message = f"Name {one.day.isoformat()} in at most {NAME_MOST} characters, such as: Christmas Day."
            problems.append(Problem("closed", message, one.name))
    return problems
