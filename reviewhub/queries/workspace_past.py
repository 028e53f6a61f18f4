"""What came before an attempt, for an assessor whose own sheet is final (rule 16): never a word earlier."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.conditions import for_choices
from reviewhub.domain.giveaway import given_away, marks_of_file, marks_of_person
from reviewhub.domain.rubric import Rubric
from reviewhub.models import Artifact, Attempt, Feedback, Person, ResolutionRow, Submission
from reviewhub.queries.changes import ChangedRequirement, changed_evidence


@dataclass(frozen=True, slots=True)
class EarlierLevel:
    """A criterion's level in the attempt before, as it was released."""

    name: str
    level: str
    met: bool


@dataclass(frozen=True, slots=True)
class Past:
    """The attempt's number, what the learner says changed, what did change, and the levels before.

    `note_kept`: the note names its writer or a file, and so is not passed on.
    """

    attempt: int
    note: str = ""
    note_kept: bool = False
    levels: tuple[EarlierLevel, ...] = ()
    changes: tuple[ChangedRequirement, ...] = ()


def past(session: Session, whole: Rubric, attempt: Attempt) -> Past:
    """In six statements, one for a first attempt. `whole`: the rubric with what the learner's choices hide.

    The caller has asked whether the viewer may see it.
    """
    before = session.exec(
        select(Attempt).where(
            Attempt.submission_id == attempt.submission_id, Attempt.number == attempt.number - 1
        )
    ).first()
    if before is None:
        return Past(attempt.number)
    kept = _gives_away(session, attempt)
    return Past(
        attempt.number,
        "" if kept else attempt.change_note,
        kept,
        _levels(session, for_choices(whole, attempt.choices), before),
        changed_evidence(session, [whole], before, attempt),
    )


def _gives_away(session: Session, attempt: Attempt) -> bool:
    """Whether the note holds the learner's name or address, or a file's name."""
    person = session.exec(
        select(Person)
        .join(Submission, col(Submission.learner_id) == Person.id)
        .where(Submission.id == attempt.submission_id)
    ).one()
    titles = session.exec(
        select(Artifact.title)
        .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
        .where(Attempt.submission_id == attempt.submission_id)
    ).all()
    marks = set(marks_of_person(person.name, person.email))
    marks.update(mark for title in titles for mark in marks_of_file(title))
    return bool(given_away(attempt.change_note, marks))


def _levels(session: Session, rubric: Rubric, before: Attempt) -> tuple[EarlierLevel, ...]:
    """Of the feedback that was released last for that attempt."""
    newest = (
        select(Feedback.round_id)
        .where(Feedback.attempt_id == before.id, Feedback.state == "released")
        .order_by(col(Feedback.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    levels = dict(
        session.exec(
            select(ResolutionRow.criterion_id, ResolutionRow.level_id).where(
                ResolutionRow.round_id == newest, col(ResolutionRow.replaced_at).is_(None)
            )
        ).all()
    )
    return tuple(
        EarlierLevel(c.name, c.rating(levels[c.id]).name, c.is_met(levels[c.id]))
        for c in rubric.criteria
        if levels.get(c.id) in {one.id for one in c.ratings}
    )
