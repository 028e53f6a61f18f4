"""Words that a coordinator passes on must not tell who somebody is; said once, and passed on if confirmed."""

from sqlmodel import col, select

from reviewhub.domain.errors import Problem
from reviewhub.domain.giveaway import given_away, marks_of_file, marks_of_person
from reviewhub.models import Alias, Artifact, Attempt, Person, Review, Round, Submission
from reviewhub.services.kit import Tx

GIVES_AWAY = "gives_away"
"""Field of the box that confirms it."""


def gives_away(field: str, words: str, marks: frozenset[str], reader: str) -> list[Problem]:
    """Nothing, or the problems of `field` and of the box with which its words are passed on anyhow."""
    found = ", ".join(f"“{mark}”" for mark in given_away(words, marks))
    if not found:
        return []
    text = (
        f"This may tell {reader} who somebody is: {found}. Change it, or confirm below that it tells nothing."
    )
    return [Problem(field, text, words), Problem(GIVES_AWAY, "Confirm that the words tell nobody who it is.")]


def marks_of_learner(tx: Tx, submission: Submission) -> frozenset[str]:
    """Name, address and file names."""
    learner = tx.session.get_one(Person, submission.learner_id)
    titles = tx.session.exec(
        select(Artifact.title)
        .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
        .where(Attempt.submission_id == submission.id, Artifact.title != "")
    )
    files = [mark for title in titles for mark in marks_of_file(title)]
    return marks_of_person(learner.name, learner.email) | frozenset(files)


def marks_of_staff(tx: Tx, submission: Submission) -> frozenset[str]:
    """Whoever scores here, and the names under which they speak of it."""
    people = tx.session.exec(
        select(Person)
        .join(Review, col(Review.assessor_id) == Person.id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .where(Attempt.submission_id == submission.id)
    )
    marks = {mark for person in people for mark in marks_of_person(person.name, person.email)}
    for alias in tx.session.exec(select(Alias).where(Alias.submission_id == submission.id)):
        marks |= {alias.name, alias.case_ref}
    return frozenset(marks)
