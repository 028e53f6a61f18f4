"""The commands about one decision: hand it out as a file, judge it again from the file alone."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from reviewhub.cli_kit import open_kit, read_settings


@click.group()
def decision() -> None:
    """A decision that explains and proves itself."""


@decision.command("export")
@click.argument("name", metavar="ID")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; else ID.decision.json."
)
@click.option(
    "--without-code", is_flag=True, help="Leave the issuer's code out: nothing is judged again then."
)
def export_(name: str, out: Path | None, *, without_code: bool) -> None:
    """Write the decision of round ID, as its page shows it, to a file without names and words."""
    from reviewhub.services.export_decision import export_decision

    with open_kit() as kit:
        data = export_decision(kit, name, code=not without_code)
    file = out or Path(f"{name}.decision.json")
    file.write_bytes(data)
    click.echo(f"{file}: {len(data):,} bytes.")


@decision.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", metavar="HEX", default="", help="The public key to trust, as `audit key` prints it.")
def replay(file: Path, key: str) -> None:
    """Check FILE and judge it again, without a database and without a network; 1 when something differs."""
    from reviewhub.bootstrap import signer
    from reviewhub.host.judge import PluginHost
    from reviewhub.services.replay_decision import Bench
    from reviewhub.services.replay_decision import replay as judge_again

    whole = True
    with tempfile.TemporaryDirectory(prefix="reviewhub-replay-") as folder:
        host = PluginHost(Path(folder))
        for check in judge_again(Bench(signer(read_settings()), host, host), file.read_bytes(), key):
            whole = whole and check.fits is not False
            mark = {True: "ok", False: "DIFFERS", None: "not checked"}[check.fits]
            click.echo(f"{mark:<12} {check.said}")
    sys.exit(0 if whole else 1)
