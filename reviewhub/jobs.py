"""Jobs: outbox rows worked off by rq workers, and the ticker that sends what is due.

rq only carries ids. What is done is what the outbox says; a job that runs twice finds its row done.
"""

import itertools
import logging
import random
import signal
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

from redis.exceptions import RedisError
from rq import Worker
from rq.serializers import JSONSerializer
from sqlalchemy import CursorResult, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, select

from reviewhub.adapters.queue import RedisQueue
from reviewhub.bootstrap import build
from reviewhub.domain.errors import DomainError, Stale
from reviewhub.host.shield import close_memory
from reviewhub.models import Outbox
from reviewhub.services.apply_policy import apply_policy
from reviewhub.services.assign import fill_seats
from reviewhub.services.change_policy import APPLY
from reviewhub.services.check import check_artifact
from reviewhub.services.check_attempt import check_attempt
from reviewhub.services.check_words import check_words
from reviewhub.services.clean_again import clean_again
from reviewhub.services.erase_person_files import ERASE_FILES, erase_files
from reviewhub.services.kit import LEASE, Job, Kit, Tx
from reviewhub.services.late_promise import check_promise, tell_promise
from reviewhub.services.morning_letter import MORNING_LETTER, WATCH_ISSUERS, morning_letter, watch_issuers
from reviewhub.services.ports import StorageDown
from reviewhub.services.promise import CHECK, TELL
from reviewhub.services.quarantine import LET_GO, let_issuer_go
from reviewhub.services.recount_days import recount_days
from reviewhub.services.release_by_rule import RELEASE, release_by_rule
from reviewhub.services.renewing import call_back, keep_going
from reviewhub.services.resolve import resolve_round
from reviewhub.services.seal import SEAL, seal_chains
from reviewhub.services.send_letter import send_letter
from reviewhub.services.set_practice import RECOUNT
from reviewhub.services.stuck_job import hold_job
from reviewhub.services.tidy_up import TIDY, tidy_up
from reviewhub.services.watch import WATCH_CLAIM, WATCH_FEEDBACK, WATCH_REVIEW, WATCH_WORK
from reviewhub.services.watch_claim import watch_claim
from reviewhub.services.watch_feedback import watch_feedback
from reviewhub.services.watch_review import watch_review
from reviewhub.services.watch_work import watch_work
from reviewhub.settings import Settings

JOBS: Mapping[str, Callable[..., None]] = {
    "send_letter": send_letter,
    "check_artifact": check_artifact,
    "check_words": check_words,
    "check_attempt": check_attempt,
    "clean_again": clean_again,
    "fill_seats": fill_seats,
    "resolve": resolve_round,
    LET_GO: let_issuer_go,
    RELEASE: release_by_rule,
    CHECK: check_promise,
    TELL: tell_promise,
    RECOUNT: recount_days,
    APPLY: apply_policy,
    SEAL: seal_chains,
    ERASE_FILES: erase_files,
    WATCH_REVIEW: watch_review,
    WATCH_CLAIM: watch_claim,
    WATCH_WORK: watch_work,
    WATCH_FEEDBACK: watch_feedback,
    WATCH_ISSUERS: watch_issuers,
    MORNING_LETTER: morning_letter,
    TIDY: tidy_up,
}
ALWAYS = (SEAL, WATCH_ISSUERS, TIDY)
"""Jobs of which a row waits at all times: the ticker sees to it."""
LOOKS = frozenset({*ALWAYS, WATCH_REVIEW, WATCH_CLAIM, WATCH_WORK, WATCH_FEEDBACK, "fill_seats", "resolve"})
"""Jobs that look whether there is something to do, and may do so at any time."""
MAX_TRIES = 8
BATCH = 200
TICK_SECONDS = 0.5
TICKS_A_LOOK = 120
"""How often the ticker sees that what renews itself is still there."""
SOON = timedelta(seconds=10)
"""When a row that the queue did not take is offered again."""
KILLED = "killed"
"""The last error of a row whose try began and has said nothing since, before the number of that try."""
log = logging.getLogger("reviewhub.jobs")
_kit: Kit | None = None


def run_job(kit: Kit, outbox_id: int) -> bool:
    """Run one outbox row unless it is done. True when its effect is recorded.

    A DomainError or any other failure is written to the row and tried again by the ticker, with back-off;
    past the limit the row is stuck and a Hold shows it to the coordinators. In an outage of mail, storage
    or network the Hold shows it as well, while it is tried each hour; it closes when the job is done.
    """
    with kit.read() as session:
        row = session.get(Outbox, outbox_id)
        if row is None or row.done_at is not None:
            return True
        name, args, tries = row.job, dict(row.args), row.tries
    if tries >= MAX_TRIES and not _begin_last(kit, outbox_id, tries):
        return False
    try:
        JOBS[name](kit, Job(outbox_id), **args)
    except Stale as beaten:
        if tries >= MAX_TRIES:
            # So often beaten: more likely something that can never be written. Somebody has to know.
            _record_failure(kit, outbox_id, beaten.code, last=True)
        return False
    except Exception as failed:  # noqa: BLE001  # whatever happens in one job, its row must say so
        code = failed.code if isinstance(failed, DomainError) else type(failed).__name__
        # Where it failed, and never the message: a mail server's refusal, for one, names the address.
        frames = "".join(traceback.format_tb(failed.__traceback__))
        log.warning("job %s o%d try %d: %s\n%s", name, outbox_id, tries, code, frames)
        _record_failure(kit, outbox_id, code, last=tries >= MAX_TRIES, outage=_is_outage(failed))
        return False
    return True


def _is_outage(failed: Exception) -> bool:
    """Whether the cause lies with a service that will be back: its work then goes on by itself."""
    if isinstance(failed, SMTPRecipientsRefused):
        return False
    return isinstance(failed, (OSError, StorageDown, OperationalError, InterfaceError))


def _begin_last(kit: Kit, outbox_id: int, tries: int) -> bool:
    """Note that a try past the limit begins. One that finds an earlier note has a job that kills its worker.

    Finding its own note, it is a double of what runs now: a long queue may hold a row several times.
    """
    with kit.write() as tx:
        row = _open_row(tx, outbox_id)
        if row is None:
            return False
        note, _, began = row.last_error.partition(" ")
        if note == KILLED:
            if began != str(tries):
                hold_job(tx, row, KILLED)
            return False
        row.last_error = f"{KILLED} {tries}"
        return True


def _record_failure(kit: Kit, outbox_id: int, code: str, *, last: bool, outage: bool = False) -> None:
    with kit.write() as tx:
        row = _open_row(tx, outbox_id)
        if row is None:  # it failed after its commit, or another worker was faster
            return
        row.last_error = code
        if last:
            hold_job(tx, row, code, goes_on=outage)


def _open_row(tx: Tx, outbox_id: int) -> Outbox | None:
    return tx.session.exec(
        select(Outbox)
        .where(Outbox.id == outbox_id, col(Outbox.done_at).is_(None), col(Outbox.stuck_at).is_(None))
        .with_for_update()
    ).first()


def back_off(tries: int) -> timedelta:
    """The wait after the n-th try: the lease, doubled each time, at most an hour, spread by a fifth."""
    base = min(LEASE * 2 ** min(max(0, tries - 1), 10), timedelta(hours=1))
    spread: timedelta = base * random.uniform(0.9, 1.1)  # noqa: S311  # spreads load, guards nothing
    return spread


def tick_once(kit: Kit) -> int:
    """Send every open row whose time has come, each by compare-and-set; returns how many were sent."""
    now = kit.clock.now()
    with kit.read() as session:
        due = session.exec(
            select(Outbox.id, Outbox.tries, Outbox.next_try_at)
            .where(
                col(Outbox.done_at).is_(None), col(Outbox.stuck_at).is_(None), col(Outbox.next_try_at) <= now
            )
            .order_by(col(Outbox.next_try_at), col(Outbox.id))
            .limit(BATCH)
        ).all()
    sent = 0
    for outbox_id, tries, next_try_at in due:
        assert outbox_id is not None
        with kit.write() as tx:
            won: CursorResult[Any] = tx.session.execute(  # type: ignore[assignment]  # an UPDATE gives one
                update(Outbox)
                .where(
                    col(Outbox.id) == outbox_id,
                    col(Outbox.next_try_at) == next_try_at,
                    col(Outbox.done_at).is_(None),
                )
                .values(next_try_at=now + back_off(tries + 1), tries=tries + 1)
            )
        if won.rowcount == 0:
            continue
        if not kit.queue.send(outbox_id, tries + 1):
            _take_back(kit, outbox_id, tries + 1)
            break  # out of reach: each more would wait for an answer
        sent += 1
    return sent


def _take_back(kit: Kit, outbox_id: int, tries: int) -> None:
    """A try that nobody was handed is none: an outage of the queue must not use up tries and patience."""
    with kit.write() as tx:
        tx.session.execute(
            update(Outbox)
            .where(col(Outbox.id) == outbox_id, col(Outbox.tries) == tries, col(Outbox.done_at).is_(None))
            .values(tries=tries - 1, next_try_at=tx.now + SOON)
        )


def run_due(kit: Kit, limit: int = 10_000) -> int:
    """Work off what is due, here and now, in order of time; for commands, the demo's filling and tests.

    Returns how many rows ran. Raises the job's error, so that nothing fails silently.
    """
    ran = 0
    while ran < limit:
        with kit.read() as session:
            outbox_id = _next_due(session, kit)
            if outbox_id is None:
                return ran
            row = session.get_one(Outbox, outbox_id)
            name, args = row.job, dict(row.args)
        JOBS[name](kit, Job(outbox_id), **args)
        ran += 1
    return ran


def _next_due(session: Session, kit: Kit) -> int | None:
    return session.exec(
        select(Outbox.id)
        .where(
            col(Outbox.done_at).is_(None),
            col(Outbox.stuck_at).is_(None),
            col(Outbox.due_at) <= kit.clock.now(),
        )
        .order_by(col(Outbox.due_at), col(Outbox.id))
        .limit(1)
    ).first()


def run(outbox_id: int) -> None:
    """What rq calls in a worker process."""
    assert _kit is not None, "the worker builds the kit before it forks"
    run_job(_kit, outbox_id)


def work(settings: Settings) -> None:
    """The worker's main loop: one forked child a job, so that a crash takes one job with it.

    Issuers' code is started from here: first of all, nothing of this process is to be read by others.
    """
    global _kit  # noqa: PLW0603  # rq passes no context to a job; a worker process has one kit
    close_memory()
    _kit = build(settings)
    queue = _kit.queue
    assert isinstance(queue, RedisQueue), "a worker needs REVIEWHUB_REDIS_URL"
    Worker([queue.rq], connection=queue.redis, serializer=JSONSerializer).work(logging_level="WARNING")


def tick(settings: Settings) -> None:
    """The ticker's main loop, until SIGTERM or SIGINT. A failed round is logged and tried again."""
    kit = build(settings)
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    for number in itertools.count():
        if stop.wait(TICK_SECONDS):
            return
        try:
            if number % TICKS_A_LOOK == 0:
                keep_going(kit, ALWAYS)
                call_back(kit, LOOKS)
            tick_once(kit)
        except (OSError, RedisError, DomainError, OperationalError, InterfaceError) as failed:
            log.warning("tick: %s", type(failed).__name__)
        except Exception:
            log.exception("tick failed")
