"""Give an attempt back to its learner before it has a result: something is to mend, nothing is used up."""

from reviewhub.domain.access import Action, Actor
from reviewhub.models import Attempt, MicroCredential, Person, Submission
from reviewhub.services.coordinated import facts_of
from reviewhub.services.kit import Tx
from reviewhub.services.letters.learner import given_back
from reviewhub.services.seats import open_rounds, void_round


def give_back(tx: Tx, actor: Actor, submission: Submission, attempt: Attempt, mend: str) -> None:
    """To the learner, as the same attempt, with a letter that says what to mend.

    Part of a verb that locked the submission. What was scored so far ends without a result.
    """
    for open_round in open_rounds(tx, submission):
        void_round(tx, submission, open_round, actor, "given_back")
    facts = facts_of(submission)
    tx.move(submission, attempt, Action.GIVE_BACK, actor, facts, text=mend)
    about = {"attempt": attempt.public_id}
    tx.move(submission, submission, Action.SEND_BACK, actor, facts, about=about)
    attempt.submitted_at = None
    submission.active_at = tx.now
    learner = tx.session.get_one(Person, submission.learner_id)
    name = tx.session.get_one(MicroCredential, submission.micro_credential_id).name
    tx.letter(learner, *given_back(tx.settings, submission.public_id, name, mend))
