"""Who is asked to score: eligibility first, then load, then a lottery that no order of input changes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Bar(StrEnum):
    """Why somebody may not score one attempt."""

    INACTIVE = "not active"
    AWAY = "away"
    UNQUALIFIED = "not qualified for this micro-credential"
    CONFLICT = "a conflict with this learner is recorded"
    IDENTITY = "may know who the learner is"
    LEARNER = "is the learner"
    SEATED = "has or had a seat in this round"
    EARLIER = "scored an earlier attempt, and the rubric asks for others"
    READ = "knows an earlier result of this submission"
    FULL = "has as much work as the cap allows"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What assignment knows of a person towards one attempt. `load` counts open reviews."""

    person_id: int
    load: int = 0
    cap: int = 20
    active: bool = True
    away: bool = False
    qualified: bool = True
    conflict: bool = False
    knows_identity: bool = False
    is_learner: bool = False
    seated: bool = False
    scored_before: bool = False
    read_before: bool = False
    """Has read or released a feedback of this submission, of this round or another."""


def bars(candidate: Candidate, *, again: str = "any") -> tuple[Bar, ...]:
    """Every reason against a candidate; empty if eligible.

    `again` "other" excludes earlier assessors; "unread", for an adjudicator, whoever knows an earlier result.
    """
    checks = (
        (not candidate.active, Bar.INACTIVE),
        (candidate.away, Bar.AWAY),
        (candidate.is_learner, Bar.LEARNER),
        (not candidate.qualified, Bar.UNQUALIFIED),
        (candidate.knows_identity, Bar.IDENTITY),
        (candidate.conflict, Bar.CONFLICT),
        (candidate.seated, Bar.SEATED),
        (again == "other" and candidate.scored_before, Bar.EARLIER),
        (again == "unread" and knows_a_result(candidate), Bar.READ),
        (candidate.load >= candidate.cap, Bar.FULL),
    )
    return tuple(bar for bad, bar in checks if bad)


def knows_a_result(candidate: Candidate) -> bool:
    """Whether they know an earlier result, from scoring an attempt or from its feedback (rules 10, 16)."""
    return candidate.read_before or candidate.scored_before


def adjudicators_rule(candidates: Iterable[Candidate]) -> str:
    """`again` for an adjudicator's seat: "unread" as long as anybody is left by it, else "any"."""
    return "unread" if any(not bars(one, again="unread") for one in candidates) else "any"


def choose(
    candidates: Iterable[Candidate], seats: int, *, lottery: str, again: str = "any"
) -> tuple[int, ...]:
    """Person ids for up to `seats` empty seats: least loaded first, equals by a hash of `lottery` and person.

    With `again` "same", earlier assessors come first. Fewer ids than seats: nobody else is eligible.
    """

    def price(one: Candidate) -> tuple[bool, int, bytes]:
        draw = hashlib.sha256(f"{lottery}:{one.person_id}".encode()).digest()
        return (again == "same" and not one.scored_before, one.load, draw)

    eligible = sorted((c for c in candidates if not bars(c, again=again)), key=price)
    return tuple(c.person_id for c in eligible[:seats])


def explain(candidates: Iterable[Candidate], *, again: str = "any") -> dict[Bar, int]:
    """For an attempt that nobody can score: how many people each bar excludes (a person can count twice)."""
    counts: dict[Bar, int] = {}
    for candidate in candidates:
        for bar in bars(candidate, again=again):
            counts[bar] = counts.get(bar, 0) + 1
    return counts
