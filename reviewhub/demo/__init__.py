"""The demo: its world and what it shows. Only `reviewhub demo` comes here."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import SQLModel, select

from reviewhub.demo.clock import ScriptClock
from reviewhub.demo.quick import quick_kit
from reviewhub.demo.shelf import distinct
from reviewhub.demo.world import DAYS, build
from reviewhub.domain.errors import Refused
from reviewhub.models import MicroCredential, Person
from reviewhub.services.kit import Kit

_FILLING, _FILLED = "filling", "filled"


def fill(kit: Kit, progress: Callable[[str], None]) -> None:
    """Fill the demo's world at the first start; a later start finds it and changes nothing.

    data/demo says how far it is: a filling that was interrupted starts afresh. Refused (code `not_a_demo`)
    where there are people and no such file: that is somebody's data. No worker may run meanwhile.
    """
    mark = kit.settings.data / "demo"
    state = mark.read_text() if mark.exists() else ""
    anybody = _anybody(kit)
    if state == _FILLED and anybody:
        return
    if not state and anybody:
        raise Refused(
            f"{kit.settings.data} holds a ReviewHub that is no demo. Choose another folder.", "not_a_demo"
        )
    _write(mark, _FILLING)
    clock = ScriptClock(kit.clock.now() - timedelta(days=DAYS))
    with (
        tempfile.TemporaryDirectory(prefix="reviewhub-demo-") as folder,
        quick_kit(kit, clock, Path(folder), distinct()) as quick,
    ):
        _empty(quick)
        build(quick, clock, progress)
    _write(mark, _FILLED)


def _anybody(kit: Kit) -> bool:
    with kit.read() as session:
        return session.exec(select(Person.id).limit(1)).first() is not None


def _empty(kit: Kit) -> None:
    """Take out every row: those of a filling that was interrupted, and plugins that were synced just now."""
    with kit.write() as tx:
        tx.session.execute(update(MicroCredential).values(rubric_version_id=None))
        for table in reversed(SQLModel.metadata.sorted_tables):
            tx.session.execute(delete(table))


def _write(mark: Path, state: str) -> None:
    fresh = mark.with_suffix(".new")
    fresh.write_text(state)
    fresh.replace(mark)
