"""Rows in any number, with their tables' defaults, inserted in batches."""

from collections import defaultdict
from functools import cache

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit

_AFTER_SYNC = 1_000
"""Keys below this belong to what the plugins' sync has written."""


class Rows:
    """Collects rows by table and inserts them in batches, parents first."""

    def __init__(self, session: Session, kit: Kit) -> None:
        self._session = session
        self._rows: dict[type[SQLModel], list[dict[str, object]]] = defaultdict(list)
        self._keys: dict[type[SQLModel], int] = defaultdict(lambda: _AFTER_SYNC)
        self.now = kit.clock.now()

    def add(self, table: type[SQLModel], **values: object) -> int:
        """Remember a row with the table's defaults filled in; its key."""
        self._keys[table] += 1
        row: dict[str, object] = {**_defaults(table), **values}
        if "public_id" in table.model_fields and "public_id" not in values:
            row["public_id"] = public_id()
        if "id" in table.model_fields:
            row["id"] = values.get("id", self._keys[table])
        self._rows[table].append(row)
        return self._keys[table]

    def flush(self) -> None:
        """Insert what was collected."""
        for table in SQLModel.metadata.sorted_tables:
            for model, rows in self._rows.items():
                if model.__tablename__ == table.name and rows:
                    self._session.execute(insert(table), rows)
        self._rows.clear()


@cache
def _defaults(table: type[SQLModel]) -> dict[str, object]:
    """What the table fills in by itself. Lists and dicts are shared between rows, which nobody changes."""
    fields = table.model_fields.items()
    return {n: f.get_default(call_default_factory=True) for n, f in fields if not f.is_required()}
