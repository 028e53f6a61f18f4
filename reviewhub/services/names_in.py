"""Names of a submission's learner and assessors in words that somebody is to read without knowing them."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import col, or_, select

from reviewhub.domain.giveaway import given_away, marks_of_person
from reviewhub.models import Attempt, Person, Review, Round, Submission
from reviewhub.services.kit import Tx

FLAG = "name"


def names_of(tx: Tx, submission: Submission) -> frozenset[str]:
    """What would tell who the learner is, or who scored, in whatever round."""
    scorers = (
        select(Review.assessor_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .where(Attempt.submission_id == submission.id)
    )
    people = tx.session.exec(
        select(Person).where(or_(col(Person.id) == submission.learner_id, col(Person.id).in_(scorers)))
    )
    return frozenset(mark for person in people for mark in marks_of_person(person.name, person.email))


def flag_names(items: Iterable[dict[str, Any]], marks: frozenset[str]) -> list[dict[str, Any]]:
    """The items of a feedback with the flag `name` on those in whose words one of the marks stands."""
    return [
        item
        | {
            "flags": [
                *(flag for flag in item["flags"] if flag != FLAG),
                *([FLAG] if given_away(f"{item['saw']}\n{item['do']}", marks) else []),
            ]
        }
        for item in items
    ]
