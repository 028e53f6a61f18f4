"""The commands about the record: prove it, read it, hand it out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewhub.cli_kit import open_kit, read_settings

if TYPE_CHECKING:
    from reviewhub.services.ports import Signer


@click.group()
def audit() -> None:
    """The record of what was done."""


def _trusted(signer: Signer, keys: tuple[str, ...]) -> dict[str, str]:
    """Public keys to trust, by id: those that signed here, and those that were given."""
    try:
        return {**signer.known(), **{signer.id_of(key): key for key in keys}}
    except ValueError:
        raise click.BadParameter("A public key is 64 hex digits, as `reviewhub audit key` prints.") from None


@audit.command()
@click.option("--all", "everything", is_flag=True, help="From the first event on, not from the last run.")
@click.option("--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="An export.")
@click.option("--key", "keys", multiple=True, metavar="HEX", help="Trust this public key too.")
def verify(file: Path | None, keys: tuple[str, ...], *, everything: bool) -> None:
    """Prove the record, or name the first thing that does not fit; the exit code says which.

    Without --all: the checkpoints and chains that are new or have changed since the last run that found all
    whole, and that every other chain still ends as it was sealed. With --file: an export alone, without a
    database; on another machine with the --key that `audit key` printed.
    """
    from reviewhub.bootstrap import signer
    from reviewhub.services.export_audit_check import check_export
    from reviewhub.services.verify_audit import verify_all, verify_new

    if file:
        signing = signer(read_settings())
        with file.open() as lines:
            whole, text = check_export(signing, lines, _trusted(signing, keys))
    else:
        with open_kit() as kit:
            whole, text = (verify_all if everything else verify_new)(kit, keys=_trusted(kit.signer, keys))
    click.echo(text)
    sys.exit(0 if whole else 1)


@audit.command()
@click.argument("name", metavar="ID")
def show(name: str) -> None:
    """Print a chain: of a submission (its id or a case reference), or of an issuer (its short name)."""
    from reviewhub.services.show_audit import show_chain

    with open_kit() as kit:
        for line in show_chain(kit, name):
            click.echo(line)


@audit.command()
@click.option("--since", type=click.IntRange(0), default=0, help="Only what is sealed after this checkpoint.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path, *, since: int) -> None:
    """Write what is sealed to FILE: events, checkpoints and proofs, without anybody's words."""
    from reviewhub.services.export_audit import export_record

    fresh = file.with_name(f"{file.name}.part")
    try:
        with open_kit() as kit, fresh.open("w", encoding="utf-8") as out:
            said = export_record(kit, since, out)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    click.echo(said)


@audit.command()
def key() -> None:
    """Print the public key that signs the record's checkpoints, with its id."""
    with open_kit() as kit:
        click.echo(f"{kit.signer.key_id()} {kit.signer.public()}")
