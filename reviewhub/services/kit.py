"""The services' tools: what bootstrap.build gives, and the one unit of work with its one commit."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from reviewhub.domain.access import Action, Actor, Facts
from reviewhub.domain.audit import GENESIS, Link, commit_to, digest
from reviewhub.domain.errors import NotFound, Stale
from reviewhub.domain.workflow import attempt, review, submission
from reviewhub.domain.workflow import round as rounds
from reviewhub.domain.workflow.step import take
from reviewhub.models import (
    Attempt,
    Event,
    EventText,
    Hold,
    Issuer,
    LetterRow,
    Outbox,
    Person,
    Review,
    Round,
    Submission,
)
from reviewhub.services.ids import public_id
from reviewhub.services.ports import (
    Authored,
    Clock,
    Converter,
    Hasher,
    Judge,
    Mail,
    Plugins,
    Queue,
    Sheets,
    Signer,
    Storage,
)
from reviewhub.settings import Settings

LEASE = timedelta(seconds=30)
"""How long a row that was handed to the queue is left alone before the ticker sends it again."""

_COLUMN_BITS = 31
"""Of a version, without its sign."""

Row = TypeVar("Row", bound=SQLModel)
Thing = Submission | Attempt | Round | Review
_TABLES = {
    Submission: (submission.SubmissionState, submission.TRANSITIONS),
    Attempt: (attempt.AttemptState, attempt.TRANSITIONS),
    Round: (rounds.RoundState, rounds.TRANSITIONS),
    Review: (review.ReviewState, review.TRANSITIONS),
}
_LEARNERS_TURN = frozenset({"open", "revise", "needs_fix"})
"""States of a submission or an attempt that give its learner something to do."""


class Database(Protocol):
    """Where sessions come from."""

    def reading(self) -> AbstractContextManager[Session]:
        """A session that refuses to write."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """A session in a write transaction that the caller commits."""
        ...

    def ready(self) -> None:
        """Raise when the database does not answer."""
        ...

    def close(self) -> None:
        """End every connection; for a process that goes on without the database."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """The outbox row that a job works for."""

    id: int


@dataclass(slots=True)
class Tx:
    """One unit of work: rows, events, letters and later work, written together by one commit."""

    session: Session
    now: datetime
    settings: Settings
    due: list[Outbox] = field(default_factory=list)

    def lock(self, table: type[Row], row_id: int, version: int | None = None) -> Row:
        """Take an aggregate's root first: raises its version and so holds its row on every database.

        With `version`, compare-and-set: Stale when it is no longer that one. NotFound when there is no row.
        """
        key, stamp = table.id, table.version  # type: ignore[attr-defined]  # every root has both
        query = update(table).where(key == row_id).values(version=stamp + 1)
        if version is not None:
            if version.bit_length() > _COLUMN_BITS:  # no page gave it: no database holds it
                raise Stale
            query = query.where(stamp == version)
        result: CursorResult[Any] = self.session.execute(query)  # type: ignore[assignment]  # an UPDATE gives one
        if result.rowcount == 0:
            raise NotFound if version is None else Stale
        return self.session.exec(
            select(table).where(key == row_id).execution_options(populate_existing=True)
        ).one()

    def move(
        self,
        root: Submission,
        thing: Thing,
        action: Action,
        actor: Actor,
        facts: Facts,
        *,
        about: Mapping[str, Any] | None = None,
        text: str = "",
    ) -> str:
        """Take one step of the workflow with `thing`, the locked `root` or what hangs on it; write the event.

        Gives the state before. The event names an attempt, a round or a review by its public id, beside
        `about`. A step into `held` keeps where it came from, a step back returns there. Refused.
        """
        before = thing.state
        states, table = _TABLES[type(thing)]
        step = take(table, states(before), action, actor, facts)
        if isinstance(thing, (Submission, Round)):
            thing.state = step.to.value if step.to else thing.held_from or before
            thing.held_from = before if thing.state == "held" else None
        else:
            assert step.to is not None
            thing.state = step.to.value
        if thing.state in _LEARNERS_TURN:
            root.active_at = self.now
        if not isinstance(thing, Submission):  # the root's version went up when it was locked
            thing.version += 1
        named = {} if thing is root else {type(thing).__name__.lower(): thing.public_id}
        self.event(
            root,
            action.value,
            actor,
            before=before,
            after=thing.state,
            facts={**named, **(about or {})},
            text=text,
        )
        return before

    def event(
        self,
        root: Submission | Issuer,
        action: str,
        actor: Actor,
        *,
        before: str = "",
        after: str = "",
        facts: Mapping[str, Any] | None = None,
        text: str = "",
    ) -> None:
        """Append to the chain of a locked root. Personal words go into `text` only, never into `facts`."""
        assert root.id is not None
        salt = secrets.token_hex(16) if text else ""
        link = Link(
            aggregate="submission" if isinstance(root, Submission) else "issuer",
            aggregate_id=root.id,
            seq=root.audit_seq + 1,
            at=self.now,
            actor_id=actor.person_id,
            action=action,
            from_state=before,
            to_state=after,
            facts=dict(facts or {}),
            commitment=commit_to(text, salt) if text else "",
            previous=root.audit_head if root.audit_seq else GENESIS,
        )
        row = Event(
            aggregate=link.aggregate,
            aggregate_id=link.aggregate_id,
            seq=link.seq,
            at=link.at,
            actor_id=link.actor_id,
            action=link.action,
            from_state=link.from_state,
            to_state=link.to_state,
            facts=dict(link.facts),
            commitment=link.commitment,
            previous=link.previous,
            hash=digest(link),
        )
        self.session.add(row)
        root.audit_seq, root.audit_head = link.seq, row.hash
        if text:
            self.session.flush()
            assert row.id is not None
            self.session.add(EventText(event_id=row.id, salt=salt, text=text))

    def later(
        self, job: str, *, due_at: datetime | None = None, dedup: str | None = None, **args: int | str
    ) -> None:
        """Ask for a job after the commit, or at `due_at`; for the same `dedup` key only once, ever."""
        if dedup and self.session.exec(select(Outbox.id).where(Outbox.dedup_key == dedup)).first():
            return
        due = due_at or self.now
        row = Outbox(
            job=job,
            args=dict(args),
            dedup_key=dedup,
            created_at=self.now,
            due_at=due,
            next_try_at=due if due > self.now else self.now + LEASE,
        )
        self.session.add(row)
        if due <= self.now:
            self.due.append(row)

    def letter(self, person: Person, kind: str, subject: str, body: str) -> None:
        """Write a letter to a person and ask for it to be sent; nothing for an erased address."""
        if not person.email:
            return
        host = self.settings.public_url.partition("://")[2].partition(":")[0].partition("/")[0]
        row = LetterRow(
            message_id=f"<{public_id()}@{host}>",
            person_id=person.id,
            to=person.email,
            kind=kind,
            subject=subject,
            body=body,
            created_at=self.now,
        )
        self.session.add(row)
        self.session.flush()
        assert row.id is not None
        self.later("send_letter", letter_id=row.id)

    def done(self, job: Job) -> None:
        """Record that the job's effect is in this commit; Stale when another worker was first.

        A hold that showed it as failing has nothing to show any more.
        """
        result: CursorResult[Any] = self.session.execute(  # type: ignore[assignment]  # an UPDATE gives one
            update(Outbox)
            .where(col(Outbox.id) == job.id, col(Outbox.done_at).is_(None))
            .values(done_at=self.now, stuck_at=None)
        )
        if result.rowcount == 0:
            raise Stale("This job was already done.")
        self.session.execute(
            update(Hold)
            .where(col(Hold.subject) == "job", col(Hold.subject_id) == job.id, col(Hold.closed_at).is_(None))
            .values(closed_at=self.now)
        )


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything a service may use. Built by bootstrap.build, and nowhere else."""

    settings: Settings
    db: Database
    clock: Clock
    storage: Storage
    queue: Queue
    mail: Mail
    judge: Judge
    plugins: Plugins
    authored: Authored
    converter: Converter
    sheets: Sheets
    hasher: Hasher
    signer: Signer

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that cannot write."""
        with self.db.reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """The one commit site. A broken unique index means that somebody was faster: Stale."""
        with self.db.writing() as session:
            tx = Tx(session, self.clock.now(), self.settings)
            try:
                yield tx
                session.commit()
            except IntegrityError as broken:
                raise Stale from broken
        for row in tx.due:
            assert row.id is not None
            if not self.queue.send(row.id, 0):
                break  # out of reach: each more would wait for an answer; the ticker sends them all
