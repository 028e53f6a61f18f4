"""The commands about one issuer."""

from __future__ import annotations

import click

from reviewhub.cli_kit import open_kit


@click.group()
def issuer() -> None:
    """One issuer."""


@issuer.command()
@click.argument("slug")
@click.argument("name")
@click.option("--manager", required=True, help="E-mail of the first manager.")
@click.option("--manager-name", prompt="Name of the first manager", help="Name of the first manager.")
def new(slug: str, name: str, manager: str, manager_name: str) -> None:
    """Make the issuer SLUG, called NAME, with its first manager, who then works in the browser.

    It needs no plugin yet. Where the issuer is there already, it gets the manager and keeps its name.
    """
    from reviewhub.adapters.db import upgrade as upgrade_schema
    from reviewhub.services.setup import first_manager

    with open_kit() as kit:
        upgrade_schema(kit.settings.database)
        address = first_manager(kit, slug, name, manager, manager_name)
        page = f"{kit.settings.public_url}/manage/{slug}"
    click.echo(f"{manager_name} manages {slug} and signs in with {manager}: {page}")
    if address:
        click.echo(f"To choose a password, within a day: {address}")
