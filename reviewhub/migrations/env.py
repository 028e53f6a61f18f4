"""Alembic's entry: one migration run on one connection, with SQLite's batch mode."""

from alembic import context
from sqlmodel import SQLModel

import reviewhub.models  # noqa: F401  # fills the metadata
from reviewhub.adapters.db import connect

config = context.config
engine = connect(config.get_main_option("sqlalchemy.url") or "").execution_options(writing=True)

try:
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
finally:
    # A refused database (another version) must not leave a connection behind either.
    engine.dispose()
