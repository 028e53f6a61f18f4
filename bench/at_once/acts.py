"""What one process does: claims, submits and resolves, then plays its writes into a bare database."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from bench.at_once.world import SECRET, StillClock, actor
from bench.at_once.writes import Noted, Player
from reviewhub.bootstrap import build
from reviewhub.domain.errors import Refused, Stale
from reviewhub.domain.rubric_json import from_json
from reviewhub.jobs import JOBS
from reviewhub.models import Issuer, Outbox, Review, RubricVersion, Submission
from reviewhub.services.claim_next import claim_next
from reviewhub.services.kit import Job, Kit
from reviewhub.services.score import submit
from reviewhub.settings import Settings

PHASES = ("claim", "submit", "resolve")
MOST_TRIES = 50
DEADLOCK, SERIALIZATION = "40P01", "40001"
ASSESSORS_EACH = 2
"""Each process acts for so many people, one after the other."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one process is told."""

    number: int
    of: int
    folder: Path
    url: str
    bare_url: str


@dataclass(slots=True)
class Did:
    """One phase of one process; moments of the machine's one monotonic clock."""

    began: float = 0.0
    ended: float = 0.0
    done: int = 0
    commits: int = 0
    stale: int = 0
    serialization: int = 0
    deadlocks: int = 0
    bare: float = 0.0
    bare_began: float = 0.0


@dataclass(slots=True)
class Actor:
    """A process at work."""

    kit: Kit
    order: Order
    clock: StillClock
    did: Did = field(default_factory=Did)

    def claim(self) -> Iterator[Callable[[], object]]:
        """Claims of its people in turn, until nothing is left for any of them."""
        first = self.order.number * ASSESSORS_EACH + 1
        left = list(range(first, first + ASSESSORS_EACH))
        issuer = self._issuer()
        while left:
            person = left.pop(0)
            found: list[str] = []
            yield lambda person=person, found=found: found.append(claim_next(self.kit, actor(issuer, person)))
            if found:
                left.append(person)

    def submit(self) -> Iterator[Callable[[], object]]:
        """A sheet for each review that its people have claimed."""
        first = self.order.number * ASSESSORS_EACH + 1
        people = range(first, first + ASSESSORS_EACH)
        with self.kit.read() as session:
            mine = session.exec(
                select(Review).where(col(Review.assessor_id).in_(people)).order_by(col(Review.id))
            ).all()
            version = session.exec(
                select(RubricVersion).join(Submission, col(Submission.rubric_version_id) == RubricVersion.id)
            ).first()
        assert version is not None
        rubric = from_json(version.body)
        sheet = {c.id: {"level": c.met_from, "comment": "Seen on page 2."} for c in rubric.criteria}
        issuer = self._issuer()
        for review in mine:
            yield lambda review=review: submit(
                self.kit, actor(issuer, review.assessor_id), review.public_id, sheet, review.draft_version
            )

    def resolve(self) -> Iterator[Callable[[], object]]:
        """Its share of the jobs that the sheets asked for: two a round, mostly met by two processes."""
        self.clock.move(timedelta(minutes=10))
        with self.kit.read() as session:
            rows = session.exec(
                select(Outbox).where(Outbox.job == "resolve").order_by(col(Outbox.due_at), col(Outbox.id))
            ).all()
        for row in rows[self.order.number :: self.order.of]:
            yield lambda row=row: JOBS["resolve"](self.kit, Job(row.id), **row.args)

    def _issuer(self) -> int:
        with self.kit.read() as session:
            found = session.exec(select(Issuer.id).where(Issuer.assignment == "pull")).one()
        assert found is not None
        return found

    def act(self, call: Callable[[], object]) -> None:
        """Until it is done or refused; counts what was in the way."""
        for _ in range(MOST_TRIES):
            try:
                call()
            except Stale:
                self.did.stale += 1
            except Refused:
                return
            except DBAPIError as error:
                self._count(error)
            else:
                self.did.done += 1
                return
        raise RuntimeError(f"{MOST_TRIES} tries were not enough")

    def _count(self, error: DBAPIError) -> None:
        state = getattr(error.orig, "sqlstate", None)
        if state == DEADLOCK:
            self.did.deadlocks += 1
        elif state == SERIALIZATION:
            self.did.serialization += 1
        else:
            raise error


def work(order: Order, gate: Barrier, results: Any) -> None:  # noqa: ANN401  # a queue of the spawn context
    """The process: every phase by the services, then every phase again as bare writes."""
    try:
        results.put((order.number, _work(order, gate)))
    except BaseException as broken:
        gate.abort()
        results.put((order.number, repr(broken)))
        raise


def _work(order: Order, gate: Barrier) -> dict[str, Did]:
    clock, noted = StillClock(), Noted()
    settings = Settings(data=order.folder, database_url=order.url, secret=SECRET, rate_limits=False)
    kit = build(settings, clock)
    noted.listen(kit.db.engine)
    acting = Actor(kit, order, clock)
    did, writes = {}, {}
    for phase in PHASES:
        acting.did = did[phase] = Did()
        gate.wait()
        acting.did.began = time.perf_counter()
        for call in getattr(acting, phase)():
            acting.act(call)
        acting.did.ended = time.perf_counter()
        writes[phase] = noted.take()
        acting.did.commits = len(writes[phase])
    kit.db.close()
    player = Player(order.bare_url)
    for phase in PHASES:
        gate.wait()
        did[phase].bare_began = time.perf_counter()
        player.play(writes[phase])
        did[phase].bare = time.perf_counter()
    player.close()
    return did
