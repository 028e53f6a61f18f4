"""The commands about issuers' plugins."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewhub.cli_kit import open_kit

if TYPE_CHECKING:
    from reviewhub.services.sync import SyncReport

_SHORT = 12
"""Characters of a digest that people compare."""


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

    with open_kit() as kit:
        report = sync_plugins(kit, places or kit.settings.plugins)
    _tell(report)
    sys.exit(0 if report.whole else 1)


def _tell(report: SyncReport) -> None:
    from reviewhub.supervise import sync_lines

    click.echo(sync_lines.short(report))
    for line in sync_lines.problems(report):
        click.echo(line, err=True)


@plugins.command("list")
def list_() -> None:
    """Every plugin: its name, issuer, digest and state, the rubrics that take learners, what is wrong."""
    from reviewhub.queries.shipped import shipped

    with open_kit() as kit, kit.read() as session:
        found = shipped(session)
    for one in found:
        click.echo(f"{one.name}  {one.issuer or '-'}  {one.digest[:_SHORT] or '-'}  {one.state}")
        for rubric in one.rubrics:
            click.echo(f"    {rubric}")
        for problem in one.problems:
            click.echo(f"    ! {problem}")
    if not found:
        click.echo("No plugin was taken in yet.")


@plugins.command()
@click.argument("issuer")
@click.option("--reason", required=True, help="Why; coordinators read it, and it is kept on record.")
def quarantine(issuer: str, reason: str) -> None:
    """Run none of ISSUER's code from now on. What waits for it is held, and goes on after a release."""
    from reviewhub.services.quarantine import quarantine as put

    with open_kit() as kit:
        put(kit, issuer, reason)
    click.echo(f"{issuer} is in quarantine. `reviewhub plugins release {issuer}` ends it.")


@plugins.command()
@click.argument("issuer")
@click.option(
    "--sync", "first", is_flag=True, help="Take in what REVIEWHUB_PLUGINS holds now, before it goes on."
)
def release(issuer: str, *, first: bool) -> None:
    """End ISSUER's quarantine, and let everything go on that it held; 1 if a sync left anything out."""
    from reviewhub.services.quarantine import let_go
    from reviewhub.services.quarantine import release as end
    from reviewhub.services.sync import sync as sync_plugins

    with open_kit() as kit:
        end(kit, issuer)
        report = sync_plugins(kit, kit.settings.plugins) if first else None
        held = let_go(kit, issuer)
    if report:
        _tell(report)
    click.echo(f"{issuer} is released. {held} held rounds go on as soon as the workers run.")
    sys.exit(0 if report is None or report.whole else 1)


@plugins.command("try")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="The data folder of the demo that runs.",
)
def try_(folder: Path, data: Path) -> None:
    """Take the plugin in FOLDER (or a wheel) into the demo that runs, and print the pages to look at.

    The demo's other plugins stay. A demo that is started again knows only its own.
    """
    from reviewhub.services.sync import sync as sync_plugins
    from reviewhub.supervise.trying import demo_kit

    with demo_kit(data) as kit:
        report = sync_plugins(kit, [folder], others=True)
    _tell(report)
    for label in sorted(report.added + report.unchanged):
        click.echo(f"  {kit.settings.public_url}/explore/{label.partition(' ')[0]}")
    sys.exit(0 if report.whole else 1)
