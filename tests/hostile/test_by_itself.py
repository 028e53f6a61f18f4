"""What happens without a lead, and a move to a newer rubric: everybody looks, at once and later."""

from dataclasses import replace

import pytest

from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.domain.rubric_json import content_hash, structure_hash, to_json
from reviewhub.models import (
    Artifact,
    Attempt,
    CleanCopy,
    Feedback,
    MicroCredential,
    RubricVersion,
    Submission,
)
from reviewhub.services.ids import public_id
from reviewhub.services.move_rubric import move_rubric
from tests.hostile.cast import MENDED, WEAK, rich_rubric
from tests.hostile.house import FIRST, SECOND

PLAIN = ("wren-first", "tern-second")
"""Said without anybody's name in it, which would be flagged and left to a lead."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.usefixtures("quiet_log")]


def publish(cast, rubric):
    """The issuer's next version goes live; gives its public id."""
    made = cast.world.add(
        RubricVersion(
            public_id=public_id(),
            micro_credential_id=cast.micro.id,
            rubric_version=rubric.version,
            content_hash=content_hash(rubric),
            structure_hash=structure_hash(rubric),
            code_digest="",
            body=to_json(rubric),
            stored_at=cast.kit.clock.now(),
        )
    )
    with cast.kit.write() as tx:
        tx.session.get_one(MicroCredential, cast.micro.id).rubric_version_id = made.id
    return made.public_id


def _move(watch, to):
    cast = watch.cast
    move_rubric(cast.kit, cast.story.actor, cast.story.id, to)
    cast.run()


def _both(cast, levels, said):
    cast.hand_in(cast.ana, levels, said[0])
    cast.hand_in(cast.ben, levels, said[1])


def _look(watch, state, said, *, decided=False, released=False, final=False):
    """Everybody. `said`: by Ana and by Ben; what is released holds words of both, without their names."""
    for viewer, other in (("ana", said[1]), ("ben", said[0])):
        watch.seat(f"{state} {viewer}", viewer, other, final=final, guess=True)
    watch.lead(state, *(() if decided else said), numbers=not decided, guess=True)
    watch.coordinator(state, *said)
    watch.learner(state, *(() if released else said))
    watch.outsiders(state)


def _nothing_leaked(watch):
    watch.letters()
    watch.kept()
    assert not watch.leaks, "\n".join(sorted(set(watch.leaks)))


def _dropped(house):
    """Clean copies of what the second draft held and the newer rubric does not ask for."""
    newest = house.rows(Attempt)[-1].id
    aside = {a.id for a in house.rows(Artifact) if a.attempt_id == newest and a.requirement_id == "notes"}
    copies = [row.public_id for row in house.rows(CleanCopy) if row.artifact_id in aside]
    assert copies
    return copies


def test_feedback_that_releases_itself_tells_nobody_more(watch):
    """Both agree and say something of each criterion; days later it goes out, and no lead has touched it."""
    cast = watch.cast
    policies = Policies(decision=DecisionPolicy(release_after=1))
    _move(watch, publish(cast, replace(rich_rubric(), version="1.1", policies=policies)))
    cast.send()
    _both(cast, WEAK, PLAIN)
    cast.pass_undo()
    assert cast.feedback().releases_on is not None
    _look(watch, "waiting to release itself", PLAIN, decided=True)
    cast.kit.clock.move(days=4)
    cast.run()
    (feedback,) = watch.house.rows(Feedback)
    assert (feedback.state, feedback.author_id) == ("released", None)
    _look(watch, "released by itself", PLAIN, decided=True, released=True)
    cast.kit.clock.move(days=10)
    cast.run()
    _look(watch, "later", PLAIN, decided=True, released=True)
    _nothing_leaked(watch)


def test_a_move_to_a_newer_rubric_is_known_to_the_learner_alone(watch):
    """In a second draft: what the newer one does not ask for reaches nobody who scores."""
    cast = watch.cast
    cast.send()
    _both(cast, WEAK, FIRST)
    cast.pass_undo()
    cast.release()
    cast.again()
    old = rich_rubric()
    kept = tuple(one for one in old.requirements if one.id != "notes")
    to = publish(cast, replace(old, version="2.0", requirements=kept))
    _look(watch, "a newer version", FIRST, decided=True, released=True)
    _move(watch, to)
    _look(watch, "moved", FIRST, decided=True, released=True)
    cast.send()
    dropped = _dropped(watch.house)
    for viewer in ("ana", "ben"):
        watch.seat("scoring after the move", viewer, *FIRST, *dropped, guess=True)
    watch.lead("scoring after the move", *SECOND, *dropped)
    _both(cast, MENDED, SECOND)
    cast.pass_undo()
    with cast.kit.read() as session:
        version = session.get_one(Submission, 1).rubric_version_id
        assert session.get_one(RubricVersion, version).public_id == to
    watch.lead("decided after the move")
    watch.learner("decided after the move", *SECOND)
    watch.coordinator("decided after the move", *FIRST, *SECOND)
    watch.outsiders("decided after the move")
    _nothing_leaked(watch)
