"""Which columns hold words of or about somebody, and how they are taken out. Keys, states and figures stay.

A new column that people's words can get into belongs into one of these tables: a test asks for every one.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import SQLModel, col, or_, select

from reviewhub.models import (
    Alias,
    Appeal,
    Artifact,
    Attempt,
    Concern,
    Correction,
    Event,
    EventText,
    Extension,
    Feedback,
    Hold,
    LetterRow,
    Objection,
    Outbox,
    Question,
    Rating,
    Reveal,
    Review,
    Round,
    Scoresheet,
)
from reviewhub.services.kit import Job, Tx

ERASED = "Erased"
"""In the place of a name or an alias, so that no screen shows a blank."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Words:
    """Text columns of a table, and the column by which its rows hang on what they are about."""

    table: type[SQLModel]
    hangs_on: str
    columns: tuple[str, ...]


OF_SUBMISSION = (
    Words(Attempt, "submission_id", ("change_note", "words_salt")),
    Words(Hold, "submission_id", ("detail",)),
    Words(Concern, "submission_id", ("note", "reply", "mend", "again_note")),
    Words(Reveal, "submission_id", ("reason", "answer")),
)
OF_ATTEMPT = (
    Words(Artifact, "attempt_id", ("title", "body", "url", "finding", "clean_note")),
    Words(Appeal, "attempt_id", ("grounds",)),
    Words(Feedback, "attempt_id", ("summary",)),
)
OF_REVIEW = (
    Words(Objection, "review_id", ("reason",)),
    Words(Correction, "review_id", ("reason", "answer")),
    Words(Extension, "review_id", ("reason",)),
)
OF_FEEDBACK = (Words(Question, "feedback_id", ("text", "answer")),)
OF_SHEET = (Words(Rating, "scoresheet_id", ("comment",)),)
TYPED_IN_REVIEW = (
    Words(Concern, "review_id", ("note", "again_note")),
    Words(Objection, "review_id", ("reason",)),
    Words(Correction, "review_id", ("reason",)),
    Words(Extension, "review_id", ("reason",)),
)
"""What an assessor typed beside the sheet. Comments and feedback stay: they are the learner's result."""


def blank_evidence(tx: Tx, submissions: Sequence[int]) -> None:
    """Everything that was typed in these submissions, by whomever, and what it was called."""
    attempts = _ids(tx, select(Attempt.id).where(col(Attempt.submission_id).in_(submissions)))
    rounds = _ids(tx, select(Round.id).where(col(Round.attempt_id).in_(attempts)))
    reviews = _ids(tx, select(Review.id).where(col(Review.round_id).in_(rounds)))
    feedback = _ids(tx, select(Feedback.id).where(col(Feedback.attempt_id).in_(attempts)))
    sheets = _ids(tx, select(Scoresheet.id).where(col(Scoresheet.review_id).in_(reviews)))
    _blank(tx, OF_SUBMISSION, submissions)
    _blank(tx, OF_ATTEMPT, attempts)
    _blank(tx, OF_REVIEW, reviews)
    _blank(tx, OF_FEEDBACK, feedback)
    _blank(tx, OF_SHEET, sheets)
    _empty_lists(tx, attempts, reviews, feedback)
    _forget_aliases(tx, submissions)
    # A check that is still to come, or under way, drops a file that is not expected any more.
    tx.session.execute(
        update(Artifact)
        .where(col(Artifact.attempt_id).in_(attempts), col(Artifact.state).in_(("expected", "arrived")))
        .values(state="refused")
    )
    _close(tx, submissions, reviews, feedback)


def blank_typed(tx: Tx, person_id: int) -> None:
    """What somebody typed about others' submissions, beside the sheets."""
    reviews = _ids(tx, select(Review.id).where(Review.assessor_id == person_id))
    _blank(tx, TYPED_IN_REVIEW, reviews)
    _update(tx, Reveal, col(Reveal.asked_by) == person_id, reason="")
    _update(tx, Reveal, col(Reveal.decided_by) == person_id, answer="")
    _update(tx, Correction, col(Correction.decided_by) == person_id, answer="")
    _refuse(tx, Reveal, col(Reveal.asked_by) == person_id)
    for some in _chunks(reviews):
        _refuse(tx, Correction, col(Correction.review_id).in_(some))


def blank_reasons(tx: Tx, submissions: Sequence[int], events: Sequence[int]) -> None:
    """The words of these events, and of all events of these submissions. Their commitments stay."""
    for some in _chunks(submissions):
        on_chain = select(Event.id).where(Event.aggregate == "submission", col(Event.aggregate_id).in_(some))
        tx.session.execute(delete(EventText).where(col(EventText.event_id).in_(on_chain)))
    for some in _chunks(events):
        tx.session.execute(delete(EventText).where(col(EventText.event_id).in_(some)))


def blank_letters(tx: Tx, person_id: int, email: str) -> None:
    """Letters to somebody, an invitation too: nothing is left of them, and what was not sent is not sent."""
    to_them = or_(col(LetterRow.person_id) == person_id, col(LetterRow.to) == email)
    mine = set(_ids(tx, select(LetterRow.id).where(to_them)))
    _update(tx, LetterRow, to_them, to="", subject="", body="")
    waiting = tx.session.exec(
        select(Outbox).where(Outbox.job == "send_letter", col(Outbox.done_at).is_(None))
    ).all()
    for row in waiting:
        if row.args["letter_id"] in mine and row.id is not None:
            tx.done(Job(row.id))


def _blank(tx: Tx, tables: Iterable[Words], ids: Sequence[int]) -> None:
    for words in tables:
        for some in _chunks(ids):
            where = words.table.__table__.c[words.hangs_on].in_(some)  # type: ignore[attr-defined]
            _update(tx, words.table, where, **dict.fromkeys(words.columns, ""))


def _empty_lists(tx: Tx, attempts: Sequence[int], reviews: Sequence[int], feedback: Sequence[int]) -> None:
    """Drafts and the items of feedback are JSON: which criterion and level stays, without words and flags."""
    for some in _chunks(attempts):
        _update(tx, Attempt, col(Attempt.id).in_(some), anchors={})
    for some in _chunks(reviews):
        _update(tx, Review, col(Review.id).in_(some), draft={})
    for some in _chunks(feedback):
        for row in tx.session.exec(select(Feedback).where(col(Feedback.id).in_(some))):
            row.items = [item | {"saw": "", "do": "", "flags": []} for item in row.items]


def _forget_aliases(tx: Tx, submissions: Sequence[int]) -> None:
    for some in _chunks(submissions):
        for row in tx.session.exec(select(Alias).where(col(Alias.submission_id).in_(some))):
            row.name, row.case_ref = ERASED, secrets.token_hex(8)


def _close(tx: Tx, submissions: Sequence[int], reviews: Sequence[int], feedback: Sequence[int]) -> None:
    """Nobody is to answer what has no words any more."""
    for some in _chunks(submissions):
        open_concern = col(Concern.submission_id).in_(some) & col(Concern.answered_at).is_(None)
        _update(tx, Concern, open_concern, answered_at=tx.now)
        _refuse(tx, Reveal, col(Reveal.submission_id).in_(some))
    for some in _chunks(reviews):
        _refuse(tx, Correction, col(Correction.review_id).in_(some))
    for some in _chunks(feedback):
        asked = col(Question.feedback_id).in_(some) & col(Question.answered_at).is_(None)
        _update(tx, Question, asked, answered_at=tx.now)


def _refuse(tx: Tx, table: type[Reveal] | type[Correction], where: ColumnElement[bool]) -> None:
    _update(tx, table, where & col(table.state).in_(("asked", "granted")), state="refused", decided_at=tx.now)


def _update(tx: Tx, table: type[SQLModel], where: ColumnElement[bool], **values: Any) -> None:  # noqa: ANN401  # of any column
    tx.session.execute(update(table).where(where).values(**values))


def _ids(tx: Tx, query: Any) -> list[int]:  # noqa: ANN401  # a select of ids; sqlmodel has a type for each
    return list(tx.session.exec(query).all())


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    """So many parameters a statement as every database takes."""
    return [ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK)]
