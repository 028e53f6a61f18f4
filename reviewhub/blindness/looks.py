"""Who is to look at what: each role of a submission, and what must be nowhere that they reach."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from reviewhub.blindness import marks
from reviewhub.blindness.marks import Mark
from reviewhub.domain.access import Role
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    CleanCopy,
    DecisionRow,
    Feedback,
    Membership,
    Person,
    Rating,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)


@dataclass(frozen=True, slots=True)
class Look:
    """One person in one role at one submission: the page that belongs to it, and what must not be there."""

    submission: str
    person_id: int
    viewer: Viewer
    page: str
    """Its address; what is linked below it belongs to it too."""
    marks: frozenset[Mark]


@dataclass(frozen=True, slots=True)
class Copies:
    """A submission's clean copies, the newest first, and what of the learner must not be in them."""

    submission: str
    copies: tuple[CleanCopy, ...]
    marks: frozenset[Mark]


@dataclass(frozen=True, slots=True)
class _Case:
    now: datetime
    submission: Submission
    learner: Person
    attempts: tuple[Attempt, ...]
    rounds: tuple[Round, ...]
    reviews: tuple[Review, ...]
    people: dict[int, Person]
    files: tuple[Artifact, ...]
    copies: tuple[CleanCopy, ...]
    aliases: tuple[Alias, ...]
    comments: dict[int, frozenset[str]]
    """By review: the comments of its sheets and of its draft."""
    blind: frozenset[int]
    """Reviews whose blind sheet is in."""
    words: frozenset[str]
    """Of the rubric, which everybody reads."""


def chosen(session: Session, day: date, most: int) -> tuple[int, ...]:
    """`most` running submissions that were sent once, others on another day; 0 for all, ended ones too."""
    query = (
        select(Submission.id, Submission.public_id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .where(col(Attempt.sent_at).is_not(None))
        .distinct()
    )
    if most:
        query = query.where(col(Submission.state).not_in([state.value for state in ENDED]))
    rows = session.exec(query).all()

    def shuffled(row: tuple[int | None, str]) -> bytes:
        return hashlib.sha256(f"{day} {row[1]}".encode()).digest()

    found = [key for key, _ in sorted(rows, key=shuffled) if key is not None]
    return tuple(found[:most] if most else found)


def looks_at(session: Session, submission_id: int, leads: int, now: datetime) -> tuple[Look, ...]:
    """Everybody who has or had a seat, `leads` of the leads (0 for all), and the learner."""
    case = _case(session, submission_id, now)
    return (*_seats(case), *_leads(session, case, leads), *_learner(case))


def copies_of(session: Session, submission_id: int, now: datetime) -> Copies:
    """What whoever scores may open."""
    case = _case(session, submission_id, now)
    hidden = {Field.LEARNER_NAME.value, Field.FILE_NAME.value}
    found = frozenset(mark for mark in _about_learner(case) if mark.field in hidden)
    return Copies(
        case.submission.public_id, tuple(reversed(case.copies)), marks.without_words(found, case.words)
    )


# ---------------------------------------------------------------- who looks


def _seats(case: _Case) -> Iterator[Look]:
    for review in case.reviews:
        viewer = Viewer.ADJUDICATOR if review.role == "adjudicator" else Viewer.ASSESSOR
        final, blind = _is_final(review, case.now), review.id in case.blind
        passed = ((When.AFTER_FINAL,) if final else ()) + ((When.AFTER_BLIND_SHEET,) if blind else ())
        yield _look(case, review.assessor_id, viewer, f"/reviews/{review.public_id}", passed, review)


def _is_final(review: Review, now: datetime) -> bool:
    """Also from the end of the undo window on, before the job that says so has run."""
    over = review.undo_until is not None and review.undo_until <= now
    return review.state == ReviewState.FINAL or (review.state == ReviewState.SUBMITTED and over)


def _leads(session: Session, case: _Case, most: int) -> Iterator[Look]:
    """Each with every feedback; whoever is kept from one is told that there is nothing."""
    query = (
        select(Membership.person_id)
        .where(
            Membership.issuer_id == case.submission.issuer_id,
            Membership.role == Role.LEAD.value,
            col(Membership.ended_at).is_(None),
            Membership.person_id != case.learner.id,
        )
        .order_by(col(Membership.person_id))
    )
    people = session.exec(query.limit(most) if most else query).all()
    decided = session.exec(
        select(Feedback.public_id)
        .join(DecisionRow, col(DecisionRow.round_id) == Feedback.round_id)
        .where(col(Feedback.attempt_id).in_([one.id for one in case.attempts]))
        .distinct()
    ).all()
    for person_id in people:
        for feedback in decided:
            yield _look(case, person_id, Viewer.LEAD, f"/feedback/{feedback}", (When.AFTER_DECISION,))


def _learner(case: _Case) -> Iterator[Look]:
    assert case.learner.id is not None
    page = f"/work/{case.submission.public_id}"
    yield _look(case, case.learner.id, Viewer.LEARNER, page, (When.AFTER_RELEASE,))


def _look(
    case: _Case,
    person_id: int,
    viewer: Viewer,
    page: str,
    passed: tuple[When, ...],
    review: Review | None = None,
) -> Look:
    hidden = {field.value for field in Field if not sees(viewer, field, *passed)}
    every = {*_about_learner(case), *_about_scorers(case, person_id, review)}
    mine = case.people.get(person_id)
    known = {mark.words for mark in _name(Field.ALIAS, mine)} if mine else set()
    words = case.words
    if viewer is Viewer.LEARNER:
        typed = " ".join(f"{one.title} {one.body} {one.url}" for one in case.files)
        words |= marks.words_of(f"{typed} {' '.join(one.change_note for one in case.attempts)}")
    if sees(viewer, Field.ALIAS):  # their own; never those that others go by
        hidden.add(Field.ALIAS.value)
        known |= {
            word for one in case.aliases if one.viewer_id == person_id for word in (one.name, one.case_ref)
        }
    kept = frozenset(mark for mark in every if mark.field in hidden and mark.words not in known)
    return Look(case.submission.public_id, person_id, viewer, page, marks.without_words(kept, words))


# ---------------------------------------------------------------- what must not be met


def _name(field: Field, person: Person) -> frozenset[Mark]:
    return marks.of_person(field, person.name, person.email, person.public_id)


def _about_learner(case: _Case) -> frozenset[Mark]:
    found = set(_name(Field.LEARNER_NAME, case.learner))
    found |= marks.of_ids(Field.LEARNER_NAME.value, [case.submission.public_id])
    for one in case.files:
        found |= marks.of_file(one.title)
        found |= marks.of_ids(Field.ORIGINAL.value, [one.key, one.staging_key, one.sha256])
        found |= marks.of_ids(Field.ORIGINAL.value, [one.public_id])
    found |= marks.of_words(Field.CHANGE_NOTE, (one.change_note for one in case.attempts))
    times = [at for one in case.attempts for at in (one.sent_at, one.submitted_at) if at]
    found |= marks.of_ids(Field.EXACT_TIME.value, [f"{at:%Y-%m-%dT%H:%M}" for at in times])
    return frozenset(found)


def _about_scorers(case: _Case, viewer_id: int, review: Review | None) -> frozenset[Mark]:
    """Their names, the names that they go by for the learner, and what the others of one round gave."""
    found: set[Mark] = set()
    for person_id, person in case.people.items():
        if person_id != viewer_id:
            found |= _name(Field.ASSESSOR_NAMES, person)
    found |= marks.of_ids(
        Field.ALIAS.value, [word for one in case.aliases for word in (one.name, one.case_ref)]
    )
    if review is not None:
        own: frozenset[str] = frozenset().union(
            *(case.comments.get(one.id or 0, ()) for one in case.reviews if one.assessor_id == viewer_id)
        )
        others = [
            comment
            for one in case.reviews
            if one.round_id == review.round_id and one.assessor_id != viewer_id
            for comment in case.comments.get(one.id or 0, frozenset()) - own
        ]
        found |= marks.of_words(Field.OTHER_SHEETS, others)
    return frozenset(found)


# ---------------------------------------------------------------- what is stored


def _case(session: Session, submission_id: int, now: datetime) -> _Case:
    submission = session.get_one(Submission, submission_id)
    attempts = session.exec(
        select(Attempt).where(Attempt.submission_id == submission_id).order_by(col(Attempt.id))
    ).all()
    numbers = [one.id for one in attempts]
    rounds = session.exec(
        select(Round).where(col(Round.attempt_id).in_(numbers)).order_by(col(Round.id))
    ).all()
    reviews = session.exec(
        select(Review).where(col(Review.round_id).in_([one.id for one in rounds])).order_by(col(Review.id))
    ).all()
    people = session.exec(
        select(Person).where(col(Person.id).in_([one.assessor_id for one in reviews]))
    ).all()
    files = session.exec(
        select(Artifact).where(col(Artifact.attempt_id).in_(numbers)).order_by(col(Artifact.id))
    ).all()
    copies = session.exec(
        select(CleanCopy)
        .where(col(CleanCopy.artifact_id).in_([one.id for one in files]))
        .order_by(col(CleanCopy.id))
    ).all()
    bodies = session.exec(
        select(RubricVersion.body).where(
            col(RubricVersion.id).in_(
                [submission.rubric_version_id, *(a.rubric_version_id for a in attempts)]
            )
        )
    ).all()
    return _Case(
        now=now,
        submission=submission,
        learner=session.get_one(Person, submission.learner_id),
        attempts=tuple(attempts),
        rounds=tuple(rounds),
        reviews=tuple(reviews),
        people={one.id: one for one in people if one.id is not None},
        files=tuple(files),
        copies=tuple(copies),
        aliases=tuple(session.exec(select(Alias).where(Alias.submission_id == submission_id)).all()),
        comments=_comments(session, reviews),
        blind=frozenset(session.exec(select(Scoresheet.review_id).where(*_given(reviews))).all()),
        words=frozenset().union(*(marks.words_of(str(body)) for body in bodies)),
    )


def _given(reviews: Iterable[Review]) -> tuple[ColumnElement[bool], ...]:
    """Blind sheets of these reviews that were not taken back."""
    return (
        col(Scoresheet.review_id).in_([one.id for one in reviews]),
        col(Scoresheet.kind) == "blind",
        col(Scoresheet.undone_at).is_(None),
    )


def _comments(session: Session, reviews: Iterable[Review]) -> dict[int, frozenset[str]]:
    listed = list(reviews)
    found: dict[int, set[str]] = {}
    rows = session.exec(
        select(Scoresheet.review_id, Rating.comment)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .where(col(Scoresheet.review_id).in_([one.id for one in listed]))
    ).all()
    for review_id, comment in rows:
        found.setdefault(review_id, set()).add(comment)
    for one in listed:
        assert one.id is not None
        found.setdefault(one.id, set()).update(str(e.get("comment", "")) for e in one.draft.values())
    return {review_id: frozenset(comments) for review_id, comments in found.items()}
