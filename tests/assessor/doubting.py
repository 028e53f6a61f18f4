"""Steps of a story in which a lock is doubted: the first attempt met all but the goal."""

from reviewhub.models import Artifact, Attempt, CleanCopy
from reviewhub.services.ids import public_id
from reviewhub.services.object_to_lock import object_to_lock
from tests.assessor.desk import WEAK

DOUBT = "The plan names nobody who was asked."


def second_attempt(desk):
    """Attempt 1 met all but the goal; both seats of attempt 2 are filled; gives its round's id."""
    desk.seated()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    return desk.seated(number=2)


def doubt(desk, person, criterion="audience", reason=DOUBT):
    object_to_lock(desk.kit, desk.actor(person), desk.review(person).public_id, criterion, reason)


def both_clear(desk, round_id, level="clear"):
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, {"goal": level}, round_id)
    desk.pass_undo()


def give(desk, number, **contents):
    """The attempt's evidence, as it would have been checked: requirement=content; files with a clean page."""
    attempt = desk.one(Attempt, Attempt.number == number, Attempt.submission_id == desk.submission.id)
    more = {"attempt_id": attempt.id, "state": "checked", "clean_state": "clean"}
    for requirement, content in contents.items():
        text = requirement == "why"
        piece = desk.world.add(
            Artifact(
                public_id=public_id(), requirement_id=requirement, kind="text" if text else "file",
                sha256="" if text else content, body=content if text else "",
                title="" if text else "holiday-plan.pdf", created_at=desk.kit.clock.now(), **more,
            )
        )  # fmt: skip
        if not text:
            desk.world.add(
                CleanCopy(
                    public_id=public_id(), artifact_id=piece.id, position=0, kind="page",
                    media_type="image/webp", key=f"clean/{requirement}-{attempt.id}", size=5,
                )
            )  # fmt: skip
    return attempt
