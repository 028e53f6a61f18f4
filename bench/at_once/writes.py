"""Notes what a connection writes, by transaction, and plays it into another database without a rule."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, create_engine, event

Statement = tuple[str, Any]
Transaction = list[Statement]


@dataclass(slots=True)
class Noted:
    """What was committed since `take`, in order. For a process with one connection at a time."""

    committed: list[Transaction] = field(default_factory=list)
    _open: Transaction = field(default_factory=list)

    def listen(self, engine: Engine) -> None:
        """Note everything that this engine's connections write."""
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._commit)
        event.listen(engine, "rollback", self._rollback)

    def take(self) -> list[Transaction]:
        """What was noted so far; forgotten here."""
        noted, self.committed = self.committed, []
        return noted

    def _statement(self, _c: object, _k: object, statement: str, values: Any, *_more: object) -> None:  # noqa: ANN401
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            self._open.append((statement, values))

    def _commit(self, _connection: object) -> None:
        if self._open:
            self.committed.append(self._open)
        self._open = []

    def _rollback(self, _connection: object) -> None:
        self._open = []


class Player:
    """Plays transactions into a database through the bare driver."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._connection = self._engine.raw_connection()

    def play(self, transactions: Iterable[Transaction]) -> None:
        """Each in a commit of its own, as it was."""
        cursor = self._connection.cursor()
        for transaction in transactions:
            for statement, values in transaction:
                if isinstance(values, list):
                    cursor.executemany(statement, values)
                else:
                    cursor.execute(statement, values)
            self._connection.commit()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
        self._engine.dispose()
