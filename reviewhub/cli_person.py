"""The commands about one person."""

from __future__ import annotations

import click

from reviewhub.cli_kit import open_kit


@click.group()
def person() -> None:
    """One person."""


@person.command()
@click.argument("email")
@click.option("--reason", required=True, help="Why; kept on record, so without their name.")
@click.option("--yes", is_flag=True, help="Do not ask whether this is meant.")
def erase(email: str, reason: str, *, yes: bool) -> None:
    """Erase whoever has this address: name, sign-in, words and files. There is no way back."""
    from reviewhub.services.erase_person import erase_person, known

    with open_kit() as kit:
        who = known(kit, email)
        if not yes:
            what = f"{who.submissions} submissions, {who.roles} roles"
            click.confirm(f"Erase {who.name} <{who.email}> ({what}) for good?", abort=True)
        erase_person(kit, email, reason)
    click.echo("Erased. The files are deleted by the workers as soon as they run.")
