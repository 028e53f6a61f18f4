"""The command that looks whether everybody is as blind as was promised."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace

import click

from reviewhub.cli_kit import read_settings


@click.group()
def blindness() -> None:
    """Who sees what, and whether that is so."""


@blindness.command("audit")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="How many submissions.")
@click.option("--all", "everything", is_flag=True, help="All of them, ended ones too, and all their copies.")
def audit(most: int, *, everything: bool) -> None:
    """Look as learners, assessors and leads at what they can reach; 1 when something gives somebody away.

    Reads the database and the storage, and writes to neither. Findings name the place, never the person.
    """
    from reviewhub.app import create_app
    from reviewhub.blindness.audit import ALL, Audit, Wish
    from reviewhub.bootstrap import build

    # What pages say of themselves in the log is not for this command's reader.
    logging.getLogger("reviewhub").addHandler(logging.NullHandler())
    settings = read_settings()
    # A demo's own bar names everybody on every page: there it is looked at without, by the demo's clock.
    looking = replace(settings, rate_limits=False, redis_url="", demo=False)
    app = create_app(looking, build(settings).clock)
    kit = app.extensions["reviewhub"]
    try:
        report = Audit(app, ALL if everything else Wish(submissions=most)).audit()
    finally:
        kit.db.close()
    for line in report.lines():
        click.echo(line)
    sys.exit(1 if report.findings else 0)
