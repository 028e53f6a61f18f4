"""The stage: many stories told at once, in the order of time; jobs are worked off between their steps."""

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from sqlmodel import col, select

from reviewhub.demo.clock import ScriptClock
from reviewhub.jobs import run_due
from reviewhub.models import Outbox
from reviewhub.services.kit import Kit

_SATURDAY = 5
_SHORTEST = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long until a story goes on, in days. Whoever works keeps to weekdays and office hours."""

    days: float
    at_work: bool = False


Story = Generator[Wait, None, None]


@dataclass(slots=True)
class Stage:
    """One clock for all stories. `ends` is the moment of the first start: nothing happens after it."""

    kit: Kit
    clock: ScriptClock
    dice: Random
    ends: datetime
    told: Callable[[float], None]
    _turns: "count[int]" = field(default_factory=count)

    def play(self, stories: Iterable[tuple[datetime, Story]]) -> None:
        """Tell all stories to their end; `told` hears from time to time which part of the days is over."""
        waiting = [(begins, next(self._turns), story) for begins, story in stories]
        heapq.heapify(waiting)
        first = waiting[0][0]
        while waiting:
            at, _, story = heapq.heappop(waiting)
            self._live_until(at)
            wait = next(story, None)
            run_due(self.kit)
            if wait is not None:
                heapq.heappush(waiting, (self._moment(at, wait), next(self._turns), story))
            self.told((at - first) / (self.ends - first))
        self._live_until(self.ends)

    def _live_until(self, at: datetime) -> None:
        """Work off what falls due on the way there, each at its own time: letters come in the morning."""
        while (due := self._next_due()) is not None and due <= at:
            self.clock.move_to(due)
            run_due(self.kit)
        self.clock.move_to(at)
        run_due(self.kit)

    def _next_due(self) -> datetime | None:
        with self.kit.read() as session:
            return session.exec(
                select(Outbox.due_at)
                .where(
                    col(Outbox.done_at).is_(None),
                    col(Outbox.stuck_at).is_(None),
                    col(Outbox.due_at) > self.clock.now(),
                )
                .order_by(col(Outbox.due_at))
                .limit(1)
            ).first()

    def _moment(self, after: datetime, wait: Wait) -> datetime:
        """When the next step happens: at a believable hour, after the last step, and before the end."""
        at = after + timedelta(days=wait.days)
        opens, closes = (8, 18) if wait.at_work else (7, 23)
        if not opens <= at.hour < closes:
            at += timedelta(days=at.hour >= closes)
            at = at.replace(hour=self.dice.randrange(opens, opens + 4), minute=self.dice.randrange(60))
        while wait.at_work and at.weekday() >= _SATURDAY:
            at += timedelta(days=1)
        latest = self.ends - timedelta(minutes=self.dice.randrange(3, 90))
        return min(self.ends, max(after + _SHORTEST, min(at, latest)))
