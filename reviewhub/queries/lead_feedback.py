"""One feedback as its lead confirms it: the result, what each seat wrote, the words for the learner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.conditions import for_choices
from reviewhub.domain.errors import NotFound
from reviewhub.domain.feedback import flags_now
from reviewhub.domain.objection import LIFTED
from reviewhub.domain.rubric import Criterion, Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import for_reader
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    CleanCopy,
    DecisionRow,
    Feedback,
    FeedbackReading,
    Person,
    Question,
    Rating,
    ResolutionRow,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.changes import ChangedRequirement, changed_evidence
from reviewhub.queries.lead import named_for, open_to
from reviewhub.queries.locks import locks_before
from reviewhub.queries.pinned import pinned
from reviewhub.queries.questions import question_about
from reviewhub.services.ask_correction import correction_open
from reviewhub.services.open_concerns import concern_open

_DECIDED = When.AFTER_DECISION


@dataclass(frozen=True, slots=True)
class Note:
    """What one seat chose and wrote. `role` independent or adjudicator, `seat` from 1."""

    role: str
    seat: int
    level: str
    met: bool
    comment: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion that was scored. `step` counts its level from 1; 0 for a code."""

    id: str
    name: str
    description: str
    level: str
    step: int
    needs: str
    met: bool
    apart: bool
    """It has no place in this work."""
    disputed: bool
    lifted: bool
    """Met before; it was doubted, and the adjudicator found it not met."""
    saw: str
    do: str
    flags: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One clean copy to look at: the requirement's name, page number, address part."""

    requirement: str
    number: int
    public_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """Everything on the lead's screen; no name of a learner, an assessor or a file."""

    public_id: str
    version: int
    released: bool
    withdrawn: bool
    held: bool
    looked_into: bool
    """An assessor's concern is open: nothing is released before a coordinator has answered it."""
    name: str
    alias: str
    case_ref: str
    attempt: int
    change_note: str
    outcome: str
    criteria: tuple[Judged, ...]
    locked: tuple[str, ...]
    total: int
    locks: bool
    """Whether what is met stays met in the next attempt."""
    summary: str
    promised_on: date | None
    author: str
    released_at: datetime | None
    releases_on: date | None
    evidence: tuple[Piece, ...]
    changes: tuple[ChangedRequirement, ...]
    """What changed in the evidence since the attempt before."""
    question: Question | None
    """What the learner asks about it, once it is released."""
    appealed: bool
    """The result of an appeal."""
    correcting: bool
    """An assessor has asked to correct a sheet of it, or may do so: after the release that counts no more."""


def feedback_page(session: Session, actor: Actor, public_id: str) -> FeedbackPage | None:
    """The page in eight statements at most. None for a first look: services.open_feedback goes before it.

    NotFound.
    """
    row = session.execute(
        columns(
            Feedback,
            Attempt,
            Submission,
            RubricVersion,
            DecisionRow,
            Alias,
            col(Person.name),
            col(FeedbackReading.read_at),
        )
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == pinned())
        .join(DecisionRow, col(DecisionRow.round_id) == Feedback.round_id)
        .outerjoin(Alias, named_for(actor))
        .outerjoin(Person, col(Person.id) == Feedback.author_id)
        .outerjoin(
            FeedbackReading,
            and_(
                col(FeedbackReading.feedback_id) == Feedback.id,
                col(FeedbackReading.person_id) == actor.person_id,
            ),
        )
        .where(col(Feedback.public_id) == public_id, col(DecisionRow.replaced_at).is_(None), *open_to(actor))
    ).first()
    if row is None or not sees(Viewer.LEAD, Field.FEEDBACK, _DECIDED):
        raise NotFound
    feedback, attempt, submission, version, decision, alias, author, read_at = row
    if alias is None or read_at is None:
        return None
    whole = for_reader(from_json(version.body), actor.reads)
    rubric = for_choices(whole, attempt.choices)
    return FeedbackPage(
        public_id=feedback.public_id,
        version=feedback.version,
        released=feedback.state == "released",
        withdrawn=attempt.state == "withdrawn",
        held=submission.state == SubmissionState.HELD,
        looked_into=concern_open(session, submission.id),
        name=rubric.about.name,
        alias=alias.name,
        case_ref=alias.case_ref,
        attempt=attempt.number,
        change_note=attempt.change_note,
        outcome=decision.outcome,
        criteria=_criteria(session, rubric, feedback, decision),
        locked=_locked(session, rubric, attempt, feedback),
        total=len(rubric.criteria),
        locks=rubric.policies.decision.locks,
        summary=feedback.summary,
        promised_on=attempt.promised_on,
        author=author or "",
        released_at=feedback.released_at,
        releases_on=feedback.releases_on,
        evidence=_evidence(session, rubric, attempt),
        changes=_changes(session, whole, attempt),
        question=question_about(session, feedback.id or 0) if feedback.state == "released" else None,
        appealed=session.get_one(Round, feedback.round_id).kind == "appeal",
        correcting=feedback.state == "draft" and correction_open(session, feedback.round_id),
    )


def _criteria(
    session: Session, rubric: Rubric, feedback: Feedback, decision: DecisionRow
) -> tuple[Judged, ...]:
    rows = session.exec(
        select(ResolutionRow).where(
            ResolutionRow.round_id == feedback.round_id, col(ResolutionRow.replaced_at).is_(None)
        )
    ).all()
    levels = {row.criterion_id: (row.level_id, row.rule) for row in rows}
    notes = _notes(session, rubric, feedback.round_id)
    return tuple(
        _judged(rubric.criterion(item["criterion"]), item, levels, decision.met, notes)
        for item in feedback.items
    )


def _judged(
    criterion: Criterion,
    item: Mapping[str, Any],
    levels: Mapping[str, tuple[str, str]],
    met: list[str],
    notes: Mapping[str, tuple[Note, ...]],
) -> Judged:
    (level_id, rule), own = levels[criterion.id], notes.get(criterion.id, ())
    is_met, apart = criterion.id in met, bool(item.get("apart"))
    return Judged(
        id=criterion.id,
        name=criterion.name,
        description=criterion.description,
        level=criterion.rating(level_id).name,
        step=0 if criterion.code(level_id) else criterion.index(level_id) + 1,
        needs=criterion.level(criterion.met_from).name,
        met=is_met,
        apart=apart,
        disputed=any(note.role == "adjudicator" for note in own),
        lifted=rule == LIFTED,
        saw=item["saw"],
        do=item["do"],
        flags=flags_now(item["flags"], item["saw"], met=is_met or apart),
        notes=own,
    )


def _notes(session: Session, rubric: Rubric, round_id: int) -> dict[str, tuple[Note, ...]]:
    """Per criterion what each final seat gave: of an adjudicator the sheet after seeing the others'."""
    if not sees(Viewer.LEAD, Field.OTHER_SHEETS, _DECIDED):
        return {}
    rows = session.execute(
        select(Review.role, Review.seat, Rating)
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .where(
            Review.round_id == round_id,
            Review.state == ReviewState.FINAL.value,
            col(Scoresheet.undone_at).is_(None),
            (col(Review.role) != "adjudicator") | (col(Scoresheet.kind) != "blind"),
        )
        .order_by(col(Review.role).desc(), col(Review.seat), col(Scoresheet.sequence))
    ).all()
    newest: dict[tuple[str, str, int], Note] = {}
    for role, seat, rating in rows:
        criterion = rubric.criterion(rating.criterion_id)
        given = criterion.rating(rating.level_id)
        note = Note(role, seat, given.name, criterion.is_met(given.id), rating.comment)
        newest[criterion.id, role, seat] = note
    notes: dict[str, tuple[Note, ...]] = {}
    for (cid, _, _), note in newest.items():
        notes[cid] = (*notes.get(cid, ()), note)
    return notes


def _locked(session: Session, rubric: Rubric, attempt: Attempt, feedback: Feedback) -> tuple[str, ...]:
    """Names of the criteria that were met before, in the rubric's order: not scored this time."""
    if not rubric.policies.decision.locks:
        return ()
    then = locks_before(session, attempt, own=True, at=feedback.composed_at)
    locked = {lock.criterion_id for lock in then}
    locked -= {item["criterion"] for item in feedback.items}
    return tuple(c.name for c in rubric.criteria if c.id in locked)


def _changes(session: Session, whole: Rubric, attempt: Attempt) -> tuple[ChangedRequirement, ...]:
    if attempt.number == 1 or not sees(Viewer.LEAD, Field.CHANGE_NOTE, _DECIDED):
        return ()
    before = session.exec(
        select(Attempt).where(
            Attempt.submission_id == attempt.submission_id, Attempt.number == attempt.number - 1
        )
    ).one()
    return changed_evidence(session, [whole], before, attempt)


def _evidence(session: Session, rubric: Rubric, attempt: Attempt) -> tuple[Piece, ...]:
    if not sees(Viewer.LEAD, Field.CLEAN_COPY):
        return ()
    rows = session.exec(
        select(Artifact.requirement_id, CleanCopy.public_id, CleanCopy.kind)
        .join(Artifact, col(Artifact.id) == CleanCopy.artifact_id)
        .where(Artifact.attempt_id == attempt.id)
        .order_by(
            col(Artifact.requirement_id), col(Artifact.position), col(Artifact.id), col(CleanCopy.position)
        )
    ).all()
    names = {requirement.id: requirement.name for requirement in rubric.requirements}
    pieces, counts = [], dict.fromkeys(names, 0)
    for requirement_id, public_id, kind in rows:
        if requirement_id not in names:  # set aside when the learner moved to another version
            continue
        counts[requirement_id] += 1
        pieces.append(Piece(names[requirement_id], counts[requirement_id], public_id, kind))
    return tuple(pieces)
