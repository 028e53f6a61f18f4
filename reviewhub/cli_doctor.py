"""The command that says what this machine contains of code that is not trusted, and which parts answer."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator

import click

from reviewhub import __version__
from reviewhub.cli_kit import read_settings


@click.command()
def doctor() -> None:
    """What of issuers' code and learners' files this machine contains, tried out; 1 if nothing can be run.

    Looks at database, queue and storage too, where the data folder is there already. Writes nothing.
    """
    from reviewhub.host.contained import ATTACKS, BrokenRunnerError, could
    from reviewhub.host.shield import close_memory

    close_memory()  # as the worker does
    for name, found in (*_machine(), *_parts()):
        click.echo(f"{name:<28}{found}")
    click.echo("\nTried from inside of the sandbox, as an issuer's code could:")
    try:
        succeeded = could()
    except BrokenRunnerError as broken:
        raise click.ClickException(
            f"The sandbox does not work here, so no plugin and no file can be taken in: {broken}"
        ) from broken
    for attack in ATTACKS:
        click.echo(f"  {'NOT CONTAINED' if attack in succeeded else 'contained':<15}{attack.words}")
    click.echo()
    for line in _verdict(faults=any(attack.fault for attack in succeeded), malice=bool(succeeded)):
        click.echo(line)


def _machine() -> Iterator[tuple[str, str]]:
    from reviewhub.host.ask import LIMITS
    from reviewhub.host.sandbox.confine import landlock_abi
    from reviewhub.host.shield import is_closed

    yield "ReviewHub", f"{__version__}, Python {platform.python_version()}"
    yield "System", f"{platform.system()} {platform.release()}, {platform.machine()}"
    abi = landlock_abi()
    yield "Landlock", f"yes, version {abi}" if abi else "no"
    yield "Another user for plugins", "no: there is no setting for one yet"
    yield "Runs as root", "yes: use a user of its own" if os.geteuid() == 0 else "no"
    yield "Memory closed to others", "yes" if is_closed() else "no"
    time = f"{LIMITS.cpu_seconds} s of processor time, {LIMITS.wall_seconds} s in all"
    size = f"{LIMITS.file_mb} MB a file, {LIMITS.output_mb} MB an answer"
    yield "Limits of one run", f"{time}, {LIMITS.memory_mb} MB of memory a process, {size}"


def _parts() -> Iterator[tuple[str, str]]:
    from reviewhub.bootstrap import build
    from reviewhub.services.readiness import readiness
    from reviewhub.supervise.folder import MARKER

    settings = read_settings()
    if not (settings.data / MARKER).exists():
        yield "Data folder", f"not there yet: {settings.data}"
        return
    kit = build(settings)
    try:
        for name, state in readiness(kit).items():
            embedded = name == "redis" and not settings.redis_url
            yield name.capitalize(), "embedded: `reviewhub serve` has one" if embedded else state
    finally:
        kit.db.close()


def _verdict(*, faults: bool, malice: bool) -> Iterator[str]:
    if faults:
        yield "This machine does not even contain faults: a plugin's mistake can take more than its share."
    elif malice:
        yield "This machine contains faults, not malice."
    else:
        yield "This machine contains faults and malice, as far as it was tried."
        return
    if sys.platform == "linux":
        yield "Use a kernel with Landlock (Linux 5.13 or later, `landlock` in /sys/kernel/security/lsm)."
    else:
        yield "Use Linux with Landlock for issuers whom you do not know."
    yield "Until then take plugins only from issuers that you trust as you trust ReviewHub itself."
