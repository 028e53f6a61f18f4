"""The commands for who writes rubrics: only `simulate` needs a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

import click

_PATH = click.Path(path_type=Path, exists=True)


@click.group()
def rubric() -> None:
    """Rubrics while they are written."""


@rubric.command()
@click.argument("path", type=_PATH)
def check(path: Path) -> None:
    """Name every problem of PATH, a rubric file or a plugin's folder or wheel; 1 if there is one.

    A plugin's code runs as on a server: in a process of its own, without network.
    """
    from reviewhub.authoring.check import check as look
    from reviewhub.authoring.notes import notes

    found = look(path)
    for fault in found.faults:
        click.echo(str(fault), err=True)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    if found.faults:
        click.echo(f"{len(found.faults)} to mend.", err=True)
        sys.exit(1)
    for one in found.rubrics:
        click.echo(f"{one.slug} {one.version}: {len(one.criteria)} criteria. Nothing to mend.")
        for note in notes(one):
            click.echo(f"  {note}")


@rubric.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
def diff(old: Path, new: Path) -> None:
    """Say what NEW changes against OLD, and for whom; 1 if a server would refuse it.

    Both are rubric files, or folders or wheels of a plugin.
    """
    from reviewhub.authoring.diff import diff as compare
    from reviewhub.authoring.diff_words import lines

    change = compare(old, new)
    for fault in change.faults:
        click.echo(str(fault), err=True)
    for line in lines(change):
        click.echo(line)
    sys.exit(1 if change.refused else 0)


@rubric.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--issuer", required=True, metavar="SLUG", help="Whose micro-credential it is.")
@click.option(
    "--minutes", type=click.IntRange(1, 600), default=30, show_default=True, help="A third's scoring takes."
)
def simulate(file: Path, issuer: str, minutes: int) -> None:
    """Judge recorded first attempts by the rubric in FILE: who would flip, and what it would cost.

    By its policies alone: an issuer's code is not asked. Nothing is written.
    """
    from reviewhub.authoring.simulate import lines
    from reviewhub.authoring.simulate import simulate as judge_all
    from reviewhub.cli_kit import open_kit
    from reviewhub.plugin_api.files import rubric_from_toml
    from reviewhub.queries.recorded_sheets import recorded_sheets

    proposed = rubric_from_toml(file)
    with open_kit() as kit, kit.read() as session:
        told = judge_all(proposed, recorded_sheets(session, issuer, proposed.slug))
    for line in lines(told, minutes):
        click.echo(line)


@rubric.command()
@click.argument("path", type=_PATH)
@click.option(
    "--port", type=click.IntRange(0, 65_000), default=8100, show_default=True, help="A taken port is avoided."
)
def preview(path: Path, port: int) -> None:
    """Show the rubrics of PATH as learners and assessors will see them, and anew whenever a file is saved.

    PATH is a rubric file, or a plugin's folder or wheel. On this machine alone; nothing is kept.
    """
    import signal
    import tempfile

    from reviewhub.authoring.preview import preview_app
    from reviewhub.receiving import serve
    from reviewhub.supervise.ports import free_port

    # The folder goes when the command is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="reviewhub-preview-") as scratch:
        app = preview_app(path.absolute(), Path(scratch))
        at = free_port(port)
        click.echo(f"http://127.0.0.1:{at}/  Ctrl-C ends it.")
        serve(app, host="127.0.0.1", port=at, ident="")


@rubric.command()
@click.argument("kind", type=click.Choice(["rubric", "plugin"]), default="rubric")
def schema(kind: str) -> None:
    """Print the JSON Schema of a rubric file, or of plugin.toml, for an editor."""
    from reviewhub.plugin_api.schema import plugin_schema, rubric_schema

    made = {"rubric": rubric_schema, "plugin": plugin_schema}[kind]()
    click.echo(json.dumps(made, indent=2, ensure_ascii=False))


@rubric.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--issuer", prompt="Your organisation")
@click.option("--contact-name", prompt="Who answers questions (name, office)")
@click.option("--contact-email", prompt="Their e-mail")
@click.option("--name", prompt="Name of the micro-credential")
@click.option("--evidence", prompt="What learners hand in", type=click.Choice(["file", "text", "link"]))
@click.option("--criteria", prompt="Criteria, with semicolons between", help="One; two; three")
@click.option("--levels", prompt="Levels, lowest first; the last is met", default="Not yet; Nearly; Met")
@click.option("--code/--no-code", prompt="A rule of your own in Python", help="Most need none.")
def new(
    folder: Path,
    *,
    issuer: str,
    contact_name: str,
    contact_email: str,
    name: str,
    evidence: Literal["file", "text", "link"],
    criteria: str,
    levels: str,
    code: bool,
) -> None:
    """Write a plugin to begin with into DIR: its files pass `check`, and it has a test that passes."""
    from reviewhub.authoring.new import Wish, write_new

    wish = Wish(
        issuer, contact_name, contact_email, name, evidence, _list(criteria), _list(levels), code=code
    )
    files = write_new(folder, wish)
    for place in files:
        click.echo(f"  {folder / place}")
    click.echo(f"Replace every text that begins with “Write”, then: reviewhub rubric check {folder}")
    click.echo(f"Its test, where pytest is installed: pytest {folder}")


def _list(text: str) -> list[str]:
    return [one.strip() for one in text.split(";") if one.strip()]
