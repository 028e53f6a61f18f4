"""The commands about issuers' plugins."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reviewhub.cli_kit import open_kit


@click.group()
def plugins() -> None:
    """The issuers' plugins."""


@plugins.command()
@click.argument("places", nargs=-1, type=click.Path(path_type=Path, exists=True))
def sync(places: tuple[Path, ...]) -> None:
    """Make the stored plugins those of PLACES, or of REVIEWHUB_PLUGINS; 1 if any was not taken in.

    A place is a plugin's folder, a folder that holds several, or a wheel. What is not there takes no new
    learners.
    """
    from reviewhub.services.sync import sync as sync_plugins
    from reviewhub.supervise import sync_lines

    with open_kit() as kit:
        report = sync_plugins(kit, places or kit.settings.plugins)
    click.echo(sync_lines.short(report))
    faults = list(sync_lines.problems(report))
    for line in faults:
        click.echo(line, err=True)
    sys.exit(1 if faults else 0)
