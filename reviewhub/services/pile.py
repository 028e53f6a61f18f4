"""The pile of an issuer whose assessors claim their reviews: what lies in it, and for how long."""

from dataclasses import dataclass
from datetime import datetime

from reviewhub.domain.assignment import Candidate, bars
from reviewhub.domain.claim import pile_ends
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Issuer
from reviewhub.services.calendars import calendar_of
from reviewhub.services.kit import Tx
from reviewhub.services.scope import Scope


@dataclass(frozen=True, slots=True)
class Pile:
    """Empty seats that lie there: since when, and from when on that is long."""

    since: datetime
    ends: datetime
    gives_out: bool
    """Whether what lies there too long is given out (assignment `both`)."""

    def is_old(self, now: datetime) -> bool:
        """Whether it has lain long."""
        return now >= self.ends


def put_in_pile(tx: Tx, scope: Scope) -> Pile | None:
    """Lay the empty seats of a locked waiting round into the issuer's pile; None where it gives them out."""
    round_ = scope.round
    issuer = tx.session.get_one(Issuer, scope.submission.issuer_id)
    if issuer.assignment == "push" or round_.state != RoundState.WAITING:
        take_off_pile(scope)
        return None
    calendar = calendar_of(issuer)
    if round_.pile is None or round_.piled_at is None:
        round_.pile, round_.piled_at = issuer.id, tx.now
        round_.version += 1
    if round_.urgent_on is None:
        days = scope.rubric.policies.eligibility.working_days
        round_.urgent_on = scope.attempt.promised_on or calendar.add_working_days(
            calendar.today(tx.now), days
        )
    return Pile(round_.piled_at, pile_ends(calendar, round_.piled_at), issuer.assignment == "both")


def take_off_pile(scope: Scope) -> None:
    """Nothing of the round lies in a pile any more. How urgent it is stays: it may come back."""
    scope.round.pile, scope.round.piled_at = None, None


def nobody_claims(seats: int, candidates: tuple[Candidate, ...], again: str) -> str:
    """That empty seats have lain long although people may take them, in words for the coordinator."""
    able = sum(1 for one in candidates if not bars(one, again=again))
    lies = "1 seat lies" if seats == 1 else f"{seats} seats lie"
    people = "1 person may claim" if able == 1 else f"{able} people may claim"
    return f"{lies} in the pile, and nobody has claimed so far: {people}."
