"""Claims, submits and resolutions a second on PostgreSQL, by 1, 2, 4 and 8 processes at once.

Everybody claims from one pile; the two sheets of a round come from two people, and the two jobs that resolve
it mostly from two processes. Against it the bare database: the very writes that were committed, transaction
by transaction, played by as many processes into a copy of the database as it was before, without a question,
a rule or a foreign key. The ratio is what rules, questions and their order cost.

Fails on a deadlock, on a record that does not prove itself, on a round without its one result, and where more
is tried in vain or written for one success than the limits say: a retry storm.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlmodel import col, func, select

from bench.at_once.acts import ASSESSORS_EACH, PHASES, Did, Order, work
from bench.at_once.databases import Databases, server
from bench.at_once.world import SEATS, SECRET, StillClock, fill
from bench.report import Finding, table, write
from reviewhub.adapters.db import upgrade
from reviewhub.bootstrap import build
from reviewhub.models import DecisionRow, Review
from reviewhub.services.sync import sync
from reviewhub.services.verify_audit import verify_all
from reviewhub.settings import Settings

PROCESSES = (1, 2, 4, 8)
ROUNDS = 60
IN_VAIN = 0.5
"""Tries in vain for one success, at most."""
COMMITS = {"claim": 2.0, "submit": 1.0, "resolve": 4.0}
"""Transactions that write for one success, at most. A resolution has two jobs: one closes, then records."""
PLUGINS = Path(__file__).parents[1] / "plugins"
WAIT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Measure:
    """One phase of all processes together."""

    done: int
    seconds: float
    bare_seconds: float
    commits: int
    in_vain: int
    deadlocks: int

    @property
    def rate(self) -> float:
        """Successes a second."""
        return self.done / self.seconds

    @property
    def bare_rate(self) -> float:
        """The same writes, a second."""
        return self.done / self.bare_seconds

    @property
    def ratio(self) -> float:
        """How many times as long as the bare writes."""
        return self.seconds / self.bare_seconds


def measure(
    databases: Databases, like: str, processes: int, folder: Path
) -> tuple[dict[str, Measure], list[str]]:
    """Each phase by so many processes on copies of one database; and what is wrong afterwards."""
    name, bare = databases.create(like), databases.create(like)
    databases.without_foreign_keys(bare)
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(processes), context.Queue()
    orders = [Order(n, processes, folder, databases.url(name), databases.url(bare)) for n in range(processes)]
    started = [context.Process(target=work, args=(order, gate, results), daemon=True) for order in orders]
    for process in started:
        process.start()
    did = dict(results.get(timeout=WAIT_SECONDS) for _ in started)
    for process in started:
        process.join()
    if broken := [one for one in did.values() if isinstance(one, str)]:
        raise RuntimeError(f"a process ended: {broken}")
    found, wrong = _look(_settings(folder, databases.url(name)))
    counts = {"resolve": found}
    return {phase: _sum(phase, [one[phase] for one in did.values()], counts) for phase in PHASES}, wrong


def _sum(phase: str, did: list[Did], counts: dict[str, int]) -> Measure:
    return Measure(
        done=counts.get(phase, sum(one.done for one in did)),
        seconds=max(one.ended for one in did) - min(one.began for one in did),
        bare_seconds=max(one.bare for one in did) - min(one.bare_began for one in did),
        commits=sum(one.commits for one in did),
        in_vain=sum(one.stale + one.serialization for one in did),
        deadlocks=sum(one.deadlocks for one in did),
    )


def _settings(folder: Path, url: str) -> Settings:
    return Settings(data=folder, database_url=url, secret=SECRET, rate_limits=False)


def _look(settings: Settings) -> tuple[int, list[str]]:
    """How many rounds are resolved, and what is wrong with them or with the record."""
    kit = build(settings, StillClock())
    with kit.read() as session:
        final = session.exec(select(func.count()).where(col(Review.state) == "final")).one()
        decided = session.exec(select(func.count()).select_from(DecisionRow)).one()
    whole, said = verify_all(kit)
    kit.db.close()
    wrong = [] if whole else [said]
    if final != SEATS * decided:
        wrong.append(f"{final} final reviews, {decided} results")
    return decided, wrong


def prepare(databases: Databases, folder: Path, rounds: int, processes: int) -> str:
    """A database with the plugins and the rounds; its name."""
    name = databases.create()
    upgrade(databases.url(name))
    kit = build(_settings(folder, databases.url(name)), StillClock())
    sync(kit, (PLUGINS,))
    fill(kit, rounds, processes * ASSESSORS_EACH)
    with kit.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    kit.db.close()
    return name


def run(arguments: list[str]) -> int:
    """All numbers of processes; 1 where a limit does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench concurrency", description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=PROCESSES)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds to claim twice, score and resolve")
    parser.add_argument(
        "--postgres",
        metavar="URL",
        default=os.environ.get("REVIEWHUB_TEST_POSTGRES_URL", ""),
        help="on this server instead of one started from the test extra's wheel",
    )
    chosen = parser.parse_args(arguments)
    found, wrong = concurrency(chosen.postgres, chosen.processes, chosen.rounds)
    return _tell(found, wrong, chosen.rounds)


def concurrency(
    postgres: str, processes: list[int], rounds: int
) -> tuple[dict[int, dict[str, Measure]], list[str]]:
    """What was measured by number of processes, and every limit that does not hold."""
    found: dict[int, dict[str, Measure]] = {}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reviewhub-bench-") as folder, server(postgres) as address:
        databases = Databases(address)
        try:
            like = prepare(databases, Path(folder), rounds, max(processes))
            for count in processes:
                found[count], said = measure(databases, like, count, Path(folder))
                wrong += [f"{count} processes: {one}" for one in (*said, *_over(found[count], rounds))]
        finally:
            databases.drop_all()
    return found, wrong


def _over(found: dict[str, Measure], rounds: int) -> list[str]:
    """The limits that one run does not keep."""
    wanted = {"claim": SEATS * rounds, "submit": SEATS * rounds, "resolve": rounds}
    lines = []
    for phase, one in found.items():
        if one.done != wanted[phase]:
            lines.append(f"{one.done} of {wanted[phase]} × {phase}")
        if one.deadlocks:
            lines.append(f"{one.deadlocks} deadlocks in {phase}")
        if one.in_vain > IN_VAIN * one.done:
            lines.append(f"{one.in_vain} tries in vain for {one.done} × {phase}")
        if one.commits > COMMITS[phase] * one.done:
            lines.append(f"{one.commits} transactions for {one.done} × {phase}")
    return lines


def _tell(found: dict[int, dict[str, Measure]], wrong: list[str], rounds: int) -> int:
    print(f"\nPostgreSQL, {os.cpu_count()} cores, {rounds} rounds; bare: the same writes and nothing else\n")
    head = (
        "processes",
        "a second",
        "bare",
        "times as long",
        "writing transactions each",
        "in vain",
        "deadlocks",
    )
    rows: list[tuple[object, ...]] = []
    for count, phases in found.items():
        for phase, one in phases.items():
            figures = (
                f"{one.rate:.0f}",
                f"{one.bare_rate:.0f}",
                f"{one.ratio:.1f}",
                f"{one.commits / one.done:.2f}",
            )
            rows.append((f"{count}, {phase}", *figures, one.in_vain, one.deadlocks))
    table(head, rows)
    path = write("concurrency", _findings(found))
    print(f"\nwritten: {path}")
    for line in wrong:
        print(f"FAILED: {line}")
    return 1 if wrong else 0


def _findings(found: dict[int, dict[str, Measure]]) -> list[Finding]:
    findings = []
    for count, phases in found.items():
        for phase, one in phases.items():
            what = f"{phase}, {count} processes"
            bare = f"{one.bare_rate:.1f} a second: the same writes and nothing else"
            share = one.in_vain / one.done
            findings += [
                Finding(what, round(one.rate, 1), "a second", bare, round(one.rate / one.bare_rate, 3)),
                Finding(f"deadlocks, {what}", one.deadlocks, "count", "limit: 0"),
                Finding(f"tried in vain, {what}", round(share, 3), "for one success", f"limit: {IN_VAIN}"),
            ]
    return findings


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
