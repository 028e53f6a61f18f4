"""The evidence has arrived safely: from here on it is immutable, and waits for its assessors."""

from sqlmodel import select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.rubric import Rubric
from reviewhub.models import Artifact, Attempt, Person, Round, Submission
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.coordinated import facts_of
from reviewhub.services.kit import Tx
from reviewhub.services.letters.learner import arrived
from reviewhub.services.open_round import open_round
from reviewhub.services.promise import promise


def arrive(tx: Tx, submission: Submission, attempt: Attempt, actor: Actor, rubric: Rubric) -> Round:
    """The submission is under review, a day is promised, the first round opens and asks for its assessors.

    The caller has locked the submission and moved the attempt (PASSED after the checks, GO_ON out of a hold).
    Everything here is in the same commit. Refused where the submission does not take it.
    """
    about = {"attempt": attempt.public_id}
    tx.move(submission, submission, Action.ARRIVE, actor, facts_of(submission), about=about)
    attempt.submitted_at = tx.now
    calendar = issuer_calendar(tx.session, submission.issuer_id)
    day = calendar.add_working_days(calendar.today(tx.now), rubric.promise_days)
    promise(tx, submission, attempt, day, "given_back" if attempt.promised_on else "arrived")
    kind = "completeness" if rubric.policies.eligibility.completeness else "initial"
    opened = open_round(tx, submission, attempt, kind)
    _tell(tx, submission, attempt, rubric)
    return opened


def _tell(tx: Tx, submission: Submission, attempt: Attempt, rubric: Rubric) -> None:
    assert attempt.promised_on is not None
    learner = tx.session.get_one(Person, submission.learner_id)
    pieces = len(tx.session.exec(select(Artifact.id).where(Artifact.attempt_id == attempt.id)).all())
    name, seats = rubric.about.name, rubric.policies.eligibility.seats
    words = arrived(tx.settings, submission.public_id, name, pieces, seats, attempt.promised_on)
    tx.letter(learner, *words)
