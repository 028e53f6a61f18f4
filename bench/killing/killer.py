"""Kills one part after the other, at random but by a seed, and watches each come back."""

import contextlib
import random
import statistics
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import psutil
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from bench.killing.house import ROLES, RunningHouse
from reviewhub.supervise import valkey

WEIGHTS: dict[str, float] = {
    "web": 3,
    "worker": 2,
    "job": 8,
    "runner": 8,
    "ticker": 1.5,
    "storage": 1.5,
    "valkey": 1,
    "flush": 1,
    "guard": 0.7,
    "connection": 4,
    "house": 0.3,
}
WHAT = {
    "web": "web process",
    "worker": "worker",
    "job": "forked job child",
    "runner": "sandbox runner",
    "ticker": "ticker",
    "storage": "storage process",
    "valkey": "Valkey (comes back empty)",
    "flush": "Valkey emptied (FLUSHALL)",
    "guard": "guard of a process",
    "connection": "database connection",
    "house": "supervisor, started again",
}
CATCH_SECONDS = 0.4
"""How long to lie in wait for something short-lived before taking another kind."""
PATIENCE = 150
"""How often in all to lie in wait again for a kind that has not been killed yet."""
_POLL = 0.02


@dataclass(slots=True)
class Tally:
    """Kills by kind, and the seconds until as many of a role ran again."""

    kills: Counter[str] = field(default_factory=Counter)
    back: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def row(self, kind: str) -> tuple[object, ...]:
        """What is killed, how often, and how long it was away: median and longest."""
        away = self.back.get(kind, [])
        if not away:
            return WHAT[kind], self.kills[kind], "", ""
        return WHAT[kind], self.kills[kind], f"{statistics.median(away):.1f}", f"{max(away):.1f}"


class Killer:
    """`kill_one` until there were enough. PostgreSQL's connections only where there is PostgreSQL."""

    def __init__(self, house: RunningHouse, seed: int) -> None:
        self._house = house
        self._dice = random.Random(seed)
        self._kinds = [kind for kind in WEIGHTS if kind != "connection" or self._postgres]
        self._first = self._dice.sample(self._kinds, len(self._kinds))
        self._patience = PATIENCE
        self._missing: list[tuple[str, float]] = []
        self.tally = Tally()

    @property
    def _postgres(self) -> bool:
        return self._house.settings.database.startswith("postgresql")

    def gap(self, average: float) -> float:
        """Seconds until the next kill."""
        return self._dice.expovariate(1 / average)

    def kill_one(self) -> str:
        """Choose a kind, find one of it, kill it; the kind that it was in the end. First each kind once."""
        while True:
            self.look_around()
            chosen = self._dice.choices(self._kinds, [WEIGHTS[kind] for kind in self._kinds])[0]
            first = bool(self._first)
            if first:
                chosen = self._first.pop(0)
            if self._kill(chosen):
                self.tally.kills[chosen] += 1
                return chosen
            if first and self._patience > 0:
                self._patience -= 1
                self._first.append(chosen)

    def _kill(self, kind: str) -> bool:
        if kind == "flush":
            return self._flush()
        if kind == "connection":
            return self._terminate()
        if kind == "house":
            self._missing.clear()
            self._house.again()
            return True
        victim = self._find(kind)
        if victim is None:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
            if kind in ROLES:
                self._missing.append((kind, time.monotonic()))
            return True
        return False

    def _find(self, kind: str) -> psutil.Process | None:
        deadline = time.monotonic() + CATCH_SECONDS
        while time.monotonic() < deadline:
            found = self._house.processes().get(kind)
            if found:
                return self._dice.choice(found)
            time.sleep(_POLL)
        return None

    def look_around(self) -> None:
        """Note which roles are complete again."""
        if not self._missing:
            return
        now, found = time.monotonic(), self._house.processes()
        for kind, since in list(self._missing):
            if now - since > _POLL and len(found.get(kind, ())) >= ROLES[kind]:
                self._missing.remove((kind, since))
                self.tally.back[kind].append(now - since)

    def wait(self, seconds: float) -> None:
        """Let time pass, looking around."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.look_around()
            time.sleep(min(0.1, max(0.0, deadline - time.monotonic())))

    def all_back(self, within: float) -> bool:
        """Whether every role is complete, after at most so many seconds."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self.look_around()
            if self._house.whole():
                return True
            time.sleep(0.2)
        return False

    def _flush(self) -> bool:
        path = valkey.socket_path(self._house.settings.data / "run")
        with contextlib.suppress(RedisError), Redis(unix_socket_path=str(path)) as client:
            client.flushall()
            return True
        return False

    def _terminate(self) -> bool:
        engine = create_engine(self._house.settings.database, isolation_level="AUTOCOMMIT")
        others = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "ORDER BY (state = 'idle'), pid"
        )
        try:
            with engine.connect() as connection:
                pids = connection.execute(others).scalars().all()
                if not pids:
                    return False
                # Rather one that is in the middle of something.
                pid = pids[min(int(self._dice.expovariate(0.5)), len(pids) - 1)]
                return bool(
                    connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid}).scalar()
                )
        except DBAPIError:
            return False
        finally:
            engine.dispose()
