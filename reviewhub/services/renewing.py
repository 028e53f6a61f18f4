"""Jobs that go on for ever: each row asks for the one after it, so there is always exactly one."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select, update

from reviewhub.domain.errors import Stale
from reviewhub.models import Outbox
from reviewhub.services.kit import Kit, Tx

CHAINED = ":after:"
"""In the key of every row that follows another: once that one is done, nobody asks for this one again."""
_HOUR = timedelta(hours=1)
_FAR = timedelta(hours=2)
"""Further ahead than any back-off."""


def ask_again(tx: Tx, name: str, after: int | None, due_at: datetime, **args: int | str) -> None:
    """Ask for the row that comes after this one, by its id; twice gives one.

    After a row, not at a time: a clock that is put back would find its hours and days taken.
    """
    tx.later(name, due_at=due_at, dedup=f"{name}{CHAINED}{after}", **args)


def keep_going(kit: Kit, names: Iterable[str]) -> None:
    """See that a row of each of these jobs waits: the ticker's first one, or one in the place of a lost one.

    Where the last row is stuck, the next is asked for in an hour. Two tickers ask for the same one.
    """
    for name in names:
        with kit.read() as session:
            waiting = select(Outbox.id).where(
                Outbox.job == name, col(Outbox.done_at).is_(None), col(Outbox.stuck_at).is_(None)
            )
            if session.exec(waiting.limit(1)).first() is not None:
                continue
            last = session.exec(
                select(Outbox).where(Outbox.job == name).order_by(col(Outbox.id).desc()).limit(1)
            ).first()
        if last is not None and last.done_at is None and last.stuck_at is None:
            continue  # another ticker asked for it between the two looks
        with suppress(Stale), kit.write() as tx:
            stuck = last is not None and last.stuck_at is not None
            ask_again(tx, name, last.id if last else 0, next_hour(tx.now) if stuck else tx.now)


def call_back(kit: Kit, names: Iterable[str]) -> None:
    """Bring rows of these jobs to the present that were asked for in a future that did not come.

    A clock that ran ahead and was set right has put their next look as far ahead. They look at once, and
    then when they should: looking too early does nothing. Of every job, what was due when it was asked for
    and what is tried again do not wait for that future either; days that were promised stay.
    """
    with kit.write() as tx:
        tx.session.execute(
            update(Outbox)
            .where(
                col(Outbox.done_at).is_(None),
                col(Outbox.stuck_at).is_(None),
                col(Outbox.created_at) > tx.now + _HOUR,
                col(Outbox.job).in_(list(names)),
            )
            .values(created_at=tx.now, due_at=tx.now, next_try_at=tx.now)
        )
        tx.session.execute(
            update(Outbox)
            .where(
                col(Outbox.done_at).is_(None),
                col(Outbox.stuck_at).is_(None),
                col(Outbox.next_try_at) > tx.now + _FAR,
                or_(col(Outbox.due_at) <= tx.now, col(Outbox.due_at) <= col(Outbox.created_at)),
            )
            .values(next_try_at=tx.now)
        )


def next_hour(now: datetime) -> datetime:
    """The beginning of the next hour."""
    return now.replace(minute=0, second=0, microsecond=0) + _HOUR
