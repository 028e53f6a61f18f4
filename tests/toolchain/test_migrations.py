import os

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlmodel import SQLModel

import reviewhub.models  # noqa: F401  # fills the metadata
from reviewhub.adapters.db import alembic_config, upgrade
from reviewhub.domain.errors import Refused

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    admin = create_engine(request.getfixturevalue("postgres_server"), isolation_level="AUTOCOMMIT")
    name = f"m{os.getpid()}_{os.urandom(4).hex()}"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        # Not by force: a connection that was left behind fails the test here.
        connection.execute(text(f'DROP DATABASE "{name}"'))
    admin.dispose()


def test_up_down_and_up_again(empty_url):
    config = alembic_config(empty_url)
    command.upgrade(config, "head")
    first = _tables(empty_url)
    command.downgrade(config, "base")
    assert _tables(empty_url) == {"alembic_version"}
    command.upgrade(config, "head")
    assert _tables(empty_url) == first
    assert first >= set(SQLModel.metadata.tables)


def test_the_migrations_make_what_the_models_say(empty_url):
    command.upgrade(alembic_config(empty_url), "head")
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert differences == []


def test_a_database_of_another_version_is_refused_in_a_sentence(empty_url):
    upgrade(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    engine.dispose()
    with pytest.raises(Refused, match="another version of ReviewHub") as refused:
        upgrade(empty_url)
    assert refused.value.code == "schema"


def _tables(url):
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()
