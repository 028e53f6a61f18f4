"""What issuers' code and rubrics cost: a call into the sandbox, a sync of many issuers, a replay of sheets.

Each figure stands beside a peer that was measured in the same run: a call of the same function in this
process, the start of a Python that imports what plugins may import, a call an issuer, the sheets' own JSON.
"""

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.report import Finding, table, write
from reviewhub.adapters.db import upgrade
from reviewhub.authoring.simulate import simulate
from reviewhub.bootstrap import build
from reviewhub.domain.agreement import Sheet, agree
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.simulation import Recorded
from reviewhub.host.ask import Call, ask
from reviewhub.plugin_api.files import rubrics_in
from reviewhub.services.sync import sync
from reviewhub.settings import Settings

SHIPPED = Path(__file__).parents[1] / "plugins" / "harbor_skills"
RULE = """
from reviewhub.plugin_api import Plugin, agree

class Rule(Plugin):
    def agree(self, rubric, sheets):
        return agree(rubric, sheets)
"""
COLD, BATCH = 5, 500
STARTS_AT_MOST = 8.0
"""A cold call may take so many starts of such a Python: it loads the plugin, and shuts itself in."""
CALLS_AT_MOST = 5.0
"""A sync may take so many cold calls an issuer: each plugin is asked twice in the sandbox, then stored."""
SHEETS_AT_MOST = 15.0
"""A replayed sheet may take so many times what its own JSON takes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How much of each."""

    issuers: int
    rubrics: int
    sheets: int


def plugins(wish: Wish) -> tuple[list[Finding], list[str]]:
    """All figures, and what is wrong with them."""
    with tempfile.TemporaryDirectory(prefix="reviewhub-bench-") as name:
        folder = Path(name)
        rubric = rubrics_in(SHIPPED)[0]
        found, cold = _calls(folder / "rule", rubric)
        found += [*_syncs(folder, wish, cold * wish.issuers), *_replay(rubric, wish.sheets)]
    wrong = [f"{one.what}: {one.ratio:.1f} times {one.against}" for one in found if _above(one)]
    return found, wrong


def _above(one: Finding) -> bool:
    limits = {
        "a cold call": STARTS_AT_MOST,
        "a first sync": CALLS_AT_MOST,
        "a replayed sheet": SHEETS_AT_MOST,
    }
    if one.what == "what an unchanged sync writes":
        return one.value > 0
    return one.ratio is not None and one.ratio > limits.get(one.what, float("inf"))


def _seconds(act: Callable[[], object], times: int = 1) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - begun) / times


def _sheets(rubric: Rubric) -> tuple[Sheet, Sheet]:
    met = {criterion.id: criterion.met_from for criterion in rubric.criteria}
    return Sheet("independent", met, 1), Sheet("independent", met, 2)


def _calls(folder: Path, rubric: Rubric) -> tuple[list[Finding], float]:
    """One call alone, each of many at once, the same in this process; and the seconds of a cold one."""
    shutil.copytree(SHIPPED, folder)
    (folder / "rule.py").write_text(RULE)
    manifest = (folder / "plugin.toml").read_text()
    (folder / "plugin.toml").write_text(f'code = "rule:Rule"\n{manifest}')
    sheets = _sheets(rubric)
    call = Call("agree", {"rubric": rubric, "sheets": sheets})

    def asked(times: int) -> None:
        replies = ask("bench", folder, [call] * times)
        assert not any(reply.fault for reply in replies), replies[0].fault

    asked(1)
    plain = _seconds(lambda: agree(rubric, sheets), 2_000)
    bare = _seconds(
        lambda: subprocess.run([sys.executable, "-I", "-c", "import reviewhub.plugin_api"], check=True), COLD
    )
    cold = _seconds(lambda: asked(1), COLD)
    batched = _seconds(lambda: asked(BATCH)) / BATCH
    per_batch = f"each of {BATCH} calls at once"
    return [
        Finding("a plain call", plain * 1e6, "µs"),
        Finding("a cold call", cold * 1e3, "ms", "the start of a Python with its types", cold / bare),
        Finding("a cold call, in plain ones", cold * 1e3, "ms", "a plain call", cold / plain),
        Finding(per_batch, batched * 1e6, "µs", "a plain call", batched / plain),
        Finding(f"{per_batch}, in cold ones", batched * 1e6, "µs", "a cold call", batched / cold),
    ], cold


def _syncs(folder: Path, wish: Wish, calls: float) -> list[Finding]:
    """Plugins of files alone on an empty SQLite database: taken in, then looked at again."""
    places = _write(folder / "issuers", wish)
    settings = Settings(data=folder / "data", secret="of a benchmark", plugins=(places,))  # noqa: S106  # of nothing
    settings.data.mkdir()
    upgrade(settings.database)
    kit = build(settings)
    count = wish.issuers * wish.rubrics

    def taken_in() -> None:
        report = sync(kit, [places])
        assert report.whole, report.quarantined[0].problems

    first = _seconds(taken_in)
    with sqlite3.connect(settings.data / "reviewhub.sqlite") as looking:
        before = _written(looking)
        again = _seconds(taken_in)
        changed = int(_written(looking) != before)
    kit.db.close()
    return [
        Finding("a first sync", first, f"s for {count} rubrics", "a cold call an issuer", first / calls),
        Finding("an unchanged sync", again, f"s for {count} rubrics", "a first sync", again / first),
        Finding("what an unchanged sync writes", changed, "commits that changed the file", "nothing"),
    ]


def _write(folder: Path, wish: Wish) -> Path:
    source = next(iter(sorted((SHIPPED / "rubrics").glob("*.toml")))).read_text()
    slug = tomllib.loads(source)["slug"]
    for n in range(wish.issuers):
        rubrics = folder / f"issuer_{n}" / "rubrics"
        rubrics.mkdir(parents=True)
        (rubrics.parent / "plugin.toml").write_text(
            f'[issuer]\nslug = "issuer-{n}"\nname = "Issuer {n}"\n'
            'contact_name = "Ada Field"\ncontact_email = "ada@example.org"\n'
        )
        for m in range(wish.rubrics):
            text = source.replace(f'slug = "{slug}"', f'slug = "rubric-{m}"', 1)
            (rubrics / f"rubric-{m}.toml").write_text(text)
    return folder


def _written(looking: sqlite3.Connection) -> tuple[int, int]:
    """Another pair whenever another connection has changed the database: SQLite's count, and all events."""
    (version,) = looking.execute("PRAGMA data_version").fetchone()
    (events,) = looking.execute("SELECT count(*) FROM event").fetchone()
    return version, events


def _replay(rubric: Rubric, count: int) -> list[Finding]:
    sheets = _sheets(rubric)
    low = Sheet("independent", {c.id: c.levels[0].id for c in rubric.criteria}, 2)
    recorded = [
        Recorded(f"s{n}", (sheets[0], low if n % 5 == 0 else sheets[1]), "met") for n in range(count // 2)
    ]
    peer = _seconds(lambda: [json.loads(json.dumps(s.ratings)) for one in recorded for s in one.sheets])
    took = _seconds(lambda: simulate(rubric, recorded))
    return [
        Finding("a replayed sheet", took / count * 1e6, "µs", "its own JSON", took / peer),
        Finding(f"{count:,} sheets replayed", took, "s"),
    ]


def run(words: list[str]) -> int:
    """Measure, print, keep; 1 where a limit does not hold."""
    reading = argparse.ArgumentParser(prog="bench plugins")
    reading.add_argument("--issuers", type=int, default=100)
    reading.add_argument("--rubrics", type=int, default=8)
    reading.add_argument("--sheets", type=int, default=100_000)
    found, wrong = plugins(Wish(**vars(reading.parse_args(words))))
    table(
        ("what", "value", "unit", "ratio", "to"),
        [
            (one.what, f"{one.value:,.2f}", one.unit, f"{one.ratio:,.2f}" if one.ratio else "", one.against)
            for one in found
        ],
    )
    print(*wrong or ("All limits hold.",), sep="\n")
    print(write("plugins", found))
    return 1 if wrong else 0
