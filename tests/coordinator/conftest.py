from contextlib import contextmanager

import pytest
from sqlalchemy import event


@pytest.fixture
def statements(kit):
    """Collects the SELECTs that run inside a with block."""

    @contextmanager
    def collect():
        seen = []

        def note(_connection, _cursor, statement, *_):
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                seen.append(statement)

        event.listen(kit.db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(kit.db.engine, "before_cursor_execute", note)

    return collect
