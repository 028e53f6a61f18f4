"""What was acknowledged against what is stored, and everything that must be there exactly once."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from bench.killing.journal import Acknowledged
from reviewhub.domain.errors import DomainError
from reviewhub.models import (
    Appeal,
    Artifact,
    Attempt,
    DecisionRow,
    Event,
    Feedback,
    Hold,
    LetterRow,
    Outbox,
    Rating,
    ResolutionRow,
    Review,
    Round,
    Scoresheet,
    Submission,
)
from reviewhub.services.kit import Kit
from reviewhub.services.ports import MissingObject
from reviewhub.services.verify_audit import verify_all

LETTERS = {"evidence_arrived": "submission.arrive", "feedback_released": "attempt.release"}
"""Each kind of letter to learners follows from one kind of event, once."""


@dataclass(slots=True)
class Count:
    """Numbers for the table, and every thing that is wrong, in words."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    stored: dict[str, int] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether nothing was lost, doubled or left, and no page showed a fault."""
        return not (self.lost or self.doubled or self.waiting or self.faults)


class _Stored:
    """All rows, once."""

    def __init__(self, session: Session) -> None:
        self.submissions = {row.public_id: row for row in session.exec(select(Submission))}
        self.attempts = list(session.exec(select(Attempt)))
        self.artifacts = list(session.exec(select(Artifact)))
        self.rounds = list(session.exec(select(Round)))
        self.appeals = Counter(session.exec(select(Appeal.attempt_id)))
        self.reviews = list(session.exec(select(Review)))
        self.feedback = {row.public_id: row for row in session.exec(select(Feedback))}
        self.letters = list(session.exec(select(LetterRow)))
        self.events = Counter(session.exec(select(Event.action)))
        self.sheets: dict[tuple[str, str], dict[int, bool]] = {}
        rows = session.exec(
            select(Review.public_id, Rating.comment, Scoresheet.id, Scoresheet.undone_at)
            .join(Scoresheet, col(Scoresheet.id) == Rating.scoresheet_id)
            .join(Review, col(Review.id) == Scoresheet.review_id)
        )
        for review, comment, sheet, undone in rows:
            word = comment.removeprefix("Seen: ").removesuffix(".")
            self.sheets.setdefault((review, word), {})[sheet or 0] = undone is not None
        self._numbers = {(a.submission_id, a.number): a for a in self.attempts}

    def attempt(self, submission: str, number: int) -> Attempt | None:
        root = self.submissions.get(submission)
        return self._numbers.get((root.id or 0, number)) if root else None

    def given(self, attempt: Attempt) -> list[Artifact]:
        return [row for row in self.artifacts if row.attempt_id == attempt.id]


def count(kit: Kit, said: Acknowledged, delivered: Counter[str]) -> Count:
    """Compare what clients were told with what is stored, after everything has settled."""
    found = Count(faults=[f"a page showed a fault: {line['path']}" for line in said.of("fault")])
    with kit.read() as session:
        stored = _Stored(session)
        found.doubled += _doubled(session, stored, delivered)
        found.waiting += left(session, kit)
    found.waiting += _broken(kit)
    for what, lost in _LOST.items():
        lines = said.of(what)
        found.acknowledged[what] = len(lines)
        found.lost += [f"{what}: {line}" for line in lines if lost(kit, stored, line)]
    found.doubled += [
        f"sheet {key} is stored {len(n)} times" for key, n in stored.sheets.items() if len(n) > 1
    ]
    found.stored = _numbers(stored, delivered)
    return found


# ---------------------------------------------------------------- what was acknowledged


def _no_submission(_kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    return line["submission"] not in stored.submissions


def _no_attempt(_kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    return stored.attempt(str(line["submission"]), int(str(line["number"]))) is None


def _no_file(kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    """Bytes that arrived are there: in the attempt, and in the storage with the same hash."""
    attempt = stored.attempt(str(line["submission"]), int(str(line["number"])))
    if attempt is None:
        return True
    rows = [row for row in stored.given(attempt) if row.sha256 == line["sha256"]]
    return not rows or not all(row.key and _same_bytes(kit, row.key, row.sha256) for row in rows)


def _not_sent(kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    attempt = stored.attempt(str(line["submission"]), int(str(line["number"])))
    if attempt is None or attempt.state == "draft" or attempt.submitted_at is None:
        return True
    rows = stored.given(attempt)
    words = any(str(line["word"]) in row.body for row in rows if row.kind == "text")
    files = [row for row in rows if row.kind == "file"]
    return (
        not words or not files or not all(row.key and _same_bytes(kit, row.key, row.sha256) for row in files)
    )


def _no_sheet(_kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    return (str(line["review"]), str(line["word"])) not in stored.sheets


def _not_undone(_kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    return not all(stored.sheets.get((str(line["review"]), str(line["word"])), {0: False}).values())


def _not_appealed(_kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    attempt = stored.attempt(str(line["submission"]), int(str(line["number"])))
    return attempt is None or stored.appeals[attempt.id or 0] == 0


def _not_released(_kit: Kit, stored: _Stored, line: dict[str, object]) -> bool:
    row = stored.feedback.get(str(line["feedback"]))
    return row is None or row.state != "released"


_LOST: dict[str, Callable[[Kit, _Stored, dict[str, object]], bool]] = {
    "started": _no_submission,
    "file": _no_file,
    "sent": _not_sent,
    "sheet": _no_sheet,
    "undone": _not_undone,
    "released": _not_released,
    "appealed": _not_appealed,
    "next": _no_attempt,
}


def _same_bytes(kit: Kit, key: str, sha256: str) -> bool:
    try:
        with kit.storage.open(key) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except MissingObject:
        return False


# ---------------------------------------------------------------- what must be there once


def _more_than_once(what: str, things: Iterable[object]) -> Iterator[str]:
    for thing, times in Counter(things).items():
        if times > 1:
            yield f"{what} {thing}: {times} times"


def _doubled(session: Session, stored: _Stored, delivered: Counter[str]) -> Iterator[str]:
    yield from _more_than_once("decision of round", session.exec(select(DecisionRow.round_id)))
    results = session.exec(select(ResolutionRow.round_id, ResolutionRow.criterion_id)).all()
    yield from _more_than_once("resolution of round", [tuple(row) for row in results])
    yield from _more_than_once("feedback of round", [row.round_id for row in stored.feedback.values()])
    yield from _more_than_once("round of attempt", [(row.attempt_id, row.kind) for row in stored.rounds])
    seats = [(r.round_id, r.role, r.seat) for r in stored.reviews if r.state not in {"released", "excluded"}]
    yield from _more_than_once("seat", seats)
    releases = session.exec(select(Event).where(Event.action == "attempt.release")).all()
    released = Counter(event.facts["attempt"] for event in releases)
    for attempt in session.exec(select(Attempt)):
        if released[attempt.public_id] > 1 + stored.appeals[attempt.id or 0]:
            yield f"release of attempt {attempt.public_id}: {released[attempt.public_id]} times"
    kinds = Counter(letter.kind for letter in stored.letters)
    for kind, action in LETTERS.items():
        if kinds[kind] != stored.events[action]:
            yield f"{kinds[kind]} letters {kind} for {stored.events[action]} events {action}"
    if kinds["review_offered"] + kinds["adjudication_offered"] != len(stored.reviews):
        yield f"{kinds} letters for {len(stored.reviews)} reviews"
    unknown = delivered.keys() - {letter.message_id for letter in stored.letters}
    if unknown:
        yield f"{len(unknown)} letters were delivered under another Message-ID than the stored one"


# ---------------------------------------------------------------- what must not be left


def left(session: Session, kit: Kit, *, everything: bool = False) -> Iterator[str]:
    """What should have gone on by itself and has not; `everything`: or that still waits for a person."""
    now = kit.clock.now()
    for row in session.exec(select(Outbox).where(col(Outbox.done_at).is_(None))):
        if row.stuck_at is not None or row.due_at <= now:
            yield f"job {row.id} {row.job}{row.args} is open after {row.tries} tries: {row.last_error}"
    for hold in session.exec(select(Hold).where(col(Hold.closed_at).is_(None))):
        yield f"hold {hold.code} on {hold.subject} {hold.subject_id}: {hold.detail}"
    for attempt in session.exec(
        select(Attempt).where(col(Attempt.state).in_(["checking", "held", "needs_fix"]))
    ):
        yield f"attempt {attempt.id} is {attempt.state}"
    for round_ in session.exec(select(Round).where(Round.state != "resolved")):
        seats = session.exec(select(Review.state).where(Review.round_id == round_.id)).all()
        asked = {"offered", "claimed"} & {*seats}
        if everything or not asked or round_.state in {"resolving", "held"}:
            yield f"round {round_.id} is {round_.state} with reviews {seats}"

    if everything and session.exec(select(Feedback.id).where(Feedback.state == "draft")).first():
        yield "feedback waits"


def _broken(kit: Kit) -> Iterator[str]:
    try:
        whole, words = verify_all(kit)
    except DomainError as broken:
        whole, words = False, broken.message
    if not whole:
        yield words


def _numbers(stored: _Stored, delivered: Counter[str]) -> dict[str, int]:
    return {
        "attempts sent": sum(row.sent_at is not None for row in stored.attempts),
        "sheets": len(stored.sheets),
        "rounds resolved": sum(row.state == "resolved" for row in stored.rounds),
        "of these appeals": sum(r.kind == "appeal" and r.state == "resolved" for r in stored.rounds),
        "of these audits": sum(r.kind == "audit" and r.state == "resolved" for r in stored.rounds),
        "feedback released": sum(row.state == "released" for row in stored.feedback.values()),
        "letters": len(stored.letters),
        "letters that came": len(delivered),
        "letters that came again, with the same Message-ID": sum(1 for n in delivered.values() if n > 1),
    }
