"""Who sits where, in words for the tests of this folder."""

from reviewhub.models import Artifact, Attempt, Concern, LetterRow, Review
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.ids import public_id
from reviewhub.services.raise_concern import Said, raise_concern

OVER = {"released", "excluded", "expired"}


def seated(desk, round_id):
    """State by person, of those who hold a seat."""
    rows = desk.all(Review, Review.round_id == round_id)
    return {row.assessor_id: row.state for row in rows if row.state not in OVER}


def two(desk, round_id):
    """The two persons in the seats, then the third."""
    taken = seated(desk, round_id)
    people = [desk.people.ana, desk.people.ben, desk.people.cleo]
    return [*(p for p in people if p.id in taken), *(p for p in people if p.id not in taken)]


def piece(desk, title="holiday-lee.pdf", **more):
    """A file of the newest attempt, as its check has left it."""
    attempt = desk.all(Attempt, Attempt.submission_id == desk.submission.id)[-1]
    now = desk.kit.clock.now()
    values = {
        "public_id": public_id(),
        "attempt_id": attempt.id,
        "requirement_id": "plan",
        "kind": "file",
        "state": "checked",
        "title": title,
        "clean_state": "clean",
        "created_at": now,
    }
    return desk.world.add(Artifact(**{**values, **more}))


def concern(desk, person, round_id, kind="copying", note="The same garden stood in a book.", **more):
    """The person says that something is wrong; gives the stored concern."""
    review = desk.review(person, round_id)
    raise_concern(desk.kit, desk.actor(person), review.public_id, Said(kind, note, **more))
    return desk.all(Concern)[-1]


def carry_on(desk, cora, said, reply="Score it as it is, please.", **more):
    """The coordinator answers that it is to be scored all the same."""
    answer_concern(desk.kit, cora, said.public_id, Answer("carry_on", reply, **more))


def letters(desk, kind):
    return desk.all(LetterRow, LetterRow.kind == kind)
