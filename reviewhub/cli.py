"""The command `reviewhub`. Each command imports what it needs."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from reviewhub import __version__
from reviewhub.cli_audit import audit
from reviewhub.cli_blindness import blindness
from reviewhub.cli_decision import decision
from reviewhub.cli_doctor import doctor
from reviewhub.cli_issuer import issuer as issuer_commands
from reviewhub.cli_kit import open_kit, read_settings
from reviewhub.cli_person import person
from reviewhub.cli_plugins import plugins
from reviewhub.cli_rubric import rubric
from reviewhub.domain.errors import DomainError, Invalid
from reviewhub.supervise.folder import FolderError, mark
from reviewhub.supervise.ministack import InstallError
from reviewhub.supervise.supervisor import ChildFailedError
from reviewhub.supervise.valkey import NoServerError

TELLING = (DomainError, FolderError, InstallError, ChildFailedError, NoServerError)


class Commands(click.Group):
    """Errors that are meant for a person are told as one line, without a trace."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Invalid as error:
            lines = [f"{problem.field}: {problem.message}" for problem in error.problems]
            raise click.ClickException("\n  ".join(lines)) from error
        except TELLING as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="reviewhub")
def main() -> None:
    """ReviewHub: blind double scoring of evidence for micro-credentials.

    Settings are environment variables, REVIEWHUB_DATA and so on: config/example.env names them all.
    """


def _begin() -> None:
    """What each process does first: closes its memory to issuers' code, and logs lines of JSON to stderr.

    The supervisor keeps them in data/logs.
    """
    from reviewhub.host.shield import close_memory
    from reviewhub.web.log import JsonLines

    close_memory()

    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


# ---------------------------------------------------------------- everything at once


@main.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="Where everything is kept.",
)
@click.option(
    "--port", type=click.IntRange(0, 65_000), default=8000, show_default=True, help="A taken port is avoided."
)
@click.option("--fresh", is_flag=True, help="Empty the data folder first.")
@click.option("--s3", is_flag=True, help="Keep files in an S3-compatible server instead of a folder.")
def demo(data: Path, port: int, *, fresh: bool, s3: bool) -> None:
    """Run everything on this machine with a demo world. Loopback only."""
    from reviewhub.supervise import house

    house.demo(house.DemoWish(data, port, fresh=fresh, s3=s3))


@main.command()
def serve() -> None:
    """Run everything for one small real server, as the variables say."""
    from reviewhub.supervise import house

    house.serve(read_settings())


# ---------------------------------------------------------------- one process each


@main.command()
def web() -> None:
    """Answer the pages, on the loopback address."""
    from reviewhub.app import create_app
    from reviewhub.receiving import serve as receive

    _begin()
    settings = read_settings()
    # waitress ends its threads on SystemExit.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Behind a web server with TLS the visitor's address comes from its header; the demo has none before it.
    proxy: dict[str, Any] = (
        {}
        if settings.demo
        else {
            "trusted_proxy": "127.0.0.1",
            "trusted_proxy_headers": {"x-forwarded-for"},
            "clear_untrusted_proxy_headers": True,
        }
    )
    receive(
        create_app(settings),
        host="127.0.0.1",
        port=settings.port,
        threads=8,
        ident="",
        url_scheme=urlsplit(settings.public_url).scheme,
        # Above what any page takes, so that the page itself can say what was too large.
        max_request_body_size=5 * settings.upload_bytes,
        **proxy,
    )


@main.command()
def worker() -> None:
    """Work off jobs; any number of these may run."""
    from reviewhub import jobs

    _begin()
    jobs.work(read_settings())


@main.command()
def ticker() -> None:
    """Send what is due to the workers; one or more may run."""
    from reviewhub import jobs

    _begin()
    jobs.tick(read_settings())


@main.command()
def storage() -> None:
    """Take and show files from the data folder, on an origin of their own."""
    from reviewhub.adapters.storage.server import serve as serve_files

    _begin()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve_files(read_settings())


# ---------------------------------------------------------------- by hand


@main.command()
@click.option("--issuer", prompt="Issuer (its short name)", help="The short name, as in its plugin.")
@click.option("--email", prompt="E-mail of the first coordinator")
@click.option("--name", prompt="Name of the first coordinator")
@click.option("--password", help="Asked for when neither this nor --link is given.")
@click.option(
    "--link", is_flag=True, help="Print a link with which they choose their password, good for a day."
)
def init(issuer: str, email: str, name: str, password: str | None, *, link: bool) -> None:
    """Make the first coordinator of an issuer, in a database that is made if need be."""
    from reviewhub.adapters.db import upgrade as upgrade_schema
    from reviewhub.services.setup import first_coordinator

    if password is None and not link:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with open_kit() as kit:
        upgrade_schema(kit.settings.database)
        address = first_coordinator(kit, issuer, email, name, password)
    click.echo(f"{name} coordinates {issuer} and signs in with {email}.")
    if address:
        click.echo(f"To choose a password, within a day: {address}")


main.add_command(audit)
main.add_command(blindness)
main.add_command(decision)
main.add_command(doctor)
main.add_command(issuer_commands)
main.add_command(person)
main.add_command(rubric)
main.add_command(plugins)


@main.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the schema to the newest version."""
    from reviewhub.adapters.db import upgrade as upgrade_schema

    settings = read_settings()
    mark(settings.data)
    upgrade_schema(settings.database)
    click.echo("The database is up to date.")
