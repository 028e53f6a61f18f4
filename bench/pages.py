"""Statements and milliseconds of the ten main pages, as the number of submissions grows.

Statements must not grow: a page that asks more questions of a larger database is a mistake, and the run
fails. Milliseconds are the median of several requests through the whole application, without a network.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text

from bench.filled import SECRET, Made, fill
from bench.report import Finding, table, write
from reviewhub.adapters.db import upgrade
from reviewhub.app import create_app
from reviewhub.bootstrap import build
from reviewhub.services.sync import sync
from reviewhub.settings import Settings

SIZES = (100, 1_000, 10_000)
REQUESTS = 9
LIMIT_MS = 300.0
"""What a page may take at the largest size and still feel immediate: told, not failed on; machines differ."""
PLUGINS = Path(__file__).parents[1] / "plugins"
_UNCOUNTED = ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, who opens it, and its address with what `Made` knows filled in."""

    name: str
    who: str
    path: str


PAGES = (
    Page("catalogue", "", "/explore"),
    Page("micro-credential", "", "/explore/{issuer}/{slug}"),
    Page("learner's work", "learner", "/work"),
    Page("submission", "learner", "/work/{submission-revise}"),
    Page("evidence form", "learner", "/work/{submission-draft}/evidence"),
    Page("assessor's queue", "assessor", "/queue"),
    Page("workspace", "assessor", "/reviews/{review-scoring}"),
    Page("lead's list", "lead", "/feedback"),
    Page("feedback to confirm", "lead", "/feedback/{feedback-decided}"),
    Page("coordinate", "coordinator", "/coordinate"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One page at one size."""

    statements: int
    milliseconds: float


def measure(settings: Settings, submissions: int, requests: int = REQUESTS) -> dict[str, Measure]:
    """Fill a migrated, empty database with this many submissions, and open every page."""
    kit = build(settings)
    sync(kit, (PLUGINS,))
    made = fill(kit, submissions)
    if kit.db.engine.dialect.name == "postgresql":
        with kit.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    kit.db.engine.dispose()
    app = create_app(settings)
    try:
        return {page.name: _open(app.test_client(), page, made, requests) for page in PAGES}
    finally:
        app.extensions["reviewhub"].db.engine.dispose()


def _open(client: FlaskClient, page: Page, made: Made, requests: int) -> Measure:
    path = page.path.format(issuer=made.issuer, slug=made.slug, **made.ids)
    if page.who:
        client.set_cookie("rh_session", SECRET.format(page.who))
    engine = client.application.extensions["reviewhub"].db.engine
    for _ in range(2):  # templates compiled, statements cached, the session's last use renewed
        answer = client.get(path)
        assert answer.status_code == 200, f"{page.name}: {answer.status_code} {path}"
    with counted(engine) as statements:
        client.get(path)
    times = []
    for _ in range(requests):
        began = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - began) * 1000)
    return Measure(len(statements), statistics.median(times))


@contextmanager
def counted(engine: object) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile, but for what opens and ends a transaction."""
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        if not statement.startswith(_UNCOUNTED):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def settings_for(folder: Path, database_url: str = "") -> Settings:
    """An installation in this folder, with an empty, migrated database."""
    settings = Settings(data=folder, database_url=database_url, rate_limits=False)
    upgrade(settings.database)
    return settings


@contextmanager
def _postgres(server: str) -> Iterator[str]:
    """A fresh database on this server, dropped afterwards."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"bench_{os.getpid()}_{os.urandom(3).hex()}"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def run(arguments: list[str]) -> int:
    """All sizes; 1 when a page sends more statements at a larger size."""
    parser = argparse.ArgumentParser(prog="python -m bench pages", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="numbers of submissions, ascending"
    )
    parser.add_argument("--requests", type=int, default=REQUESTS, help="requests a page; the median counts")
    parser.add_argument(
        "--postgres",
        metavar="URL",
        nargs="?",
        const=os.environ.get("REVIEWHUB_TEST_POSTGRES_URL", ""),
        default=None,
        help="on this server (default: REVIEWHUB_TEST_POSTGRES_URL) instead of SQLite",
    )
    chosen = parser.parse_args(arguments)
    if chosen.postgres == "":
        parser.error("--postgres needs an address, here or in REVIEWHUB_TEST_POSTGRES_URL")
    found = {}
    for size in chosen.sizes:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="reviewhub-bench-") as folder:
            if chosen.postgres:
                with _postgres(chosen.postgres) as url:
                    found[size] = measure(settings_for(Path(folder), url), size, chosen.requests)
            else:
                found[size] = measure(settings_for(Path(folder)), size, chosen.requests)
        print(f"{size:,} submissions: {time.perf_counter() - began:.1f} s")
    return _tell(found, "PostgreSQL" if chosen.postgres else "SQLite")


def _tell(found: dict[int, dict[str, Measure]], database: str) -> int:
    sizes = sorted(found)
    print(f"\n{database}; statements, and median milliseconds, by number of submissions\n")
    head = ("page", *(f"{size:,}" for size in sizes), *(f"{size:,} ms" for size in sizes), "ratio")
    rows: list[tuple[object, ...]] = []
    for page in PAGES:
        each = [found[size][page.name] for size in sizes]
        rows.append(
            (
                page.name,
                *(one.statements for one in each),
                *(f"{one.milliseconds:.1f}" for one in each),
                f"{each[-1].milliseconds / each[0].milliseconds:.2f}",
            )
        )
    table(head, rows)
    path = write("pages", _findings(found, database))
    grown = [
        page.name
        for page in PAGES
        if max(found[size][page.name].statements for size in sizes) > found[sizes[0]][page.name].statements
    ]
    slowest = max(found[sizes[-1]].values(), key=lambda one: one.milliseconds).milliseconds
    print(f"\nslowest at {sizes[-1]:,}: {slowest:.0f} ms (limit {LIMIT_MS:.0f} ms)\nwritten: {path}")
    if grown:
        print(f"FAILED: statements grow on {', '.join(grown)}")
    return 1 if grown else 0


def _findings(found: dict[int, dict[str, Measure]], database: str) -> list[Finding]:
    first, *_, last = sizes = sorted(found)
    findings = []
    for page in PAGES:
        base = found[first][page.name]
        for size in sizes:
            one = found[size][page.name]
            what = f"{page.name}, {size} submissions, {database}"
            findings.append(
                Finding(
                    what,
                    round(one.milliseconds, 2),
                    "ms",
                    f"{base.milliseconds:.2f} ms at {first} submissions",
                    round(one.milliseconds / base.milliseconds, 3),
                )
            )
            findings.append(
                Finding(
                    what,
                    one.statements,
                    "statements",
                    f"limit: {base.statements}, as at {first} submissions",
                    round(one.statements / base.statements, 3),
                )
            )
    slowest = max(found[last].values(), key=lambda one: one.milliseconds).milliseconds
    findings.append(
        Finding(
            f"slowest page, {last} submissions, {database}",
            round(slowest, 2),
            "ms",
            f"limit: {LIMIT_MS:.0f} ms",
            round(slowest / LIMIT_MS, 3),
        )
    )
    return findings
