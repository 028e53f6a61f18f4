"""An objection to a lock: its words reach whoever decides, after their blind sheet, and nobody else ever."""

import pytest

from reviewhub.models import LetterRow
from reviewhub.services.object_to_lock import object_to_lock
from tests.hostile.cast import MENDED
from tests.hostile.crawl import STARTS
from tests.hostile.test_later_attempts import first_attempt

MARK = "kestreldoubt"
BOTH_LEVELS = {**MENDED, "audience": "vague"}


@pytest.fixture
def meets(cast, crawler):
    """Whose pages hold the mark, of everybody's."""

    def who():
        people = ("ana", "ben", "idle", "lead", "cora", "learner", "classmate")
        pids = [cast.review(person).public_id for person in (cast.ana, cast.ben)]
        starts = [*STARTS, *(f"/reviews/{pid}" for pid in pids), f"/work/{cast.story.id}"]
        found = set()
        for name in people:
            if any(answer.holds(MARK) for answer in crawler(getattr(cast, name)).crawl(*starts)):
                found.add(name)
        return found

    return who


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_words_of_a_doubt_reach_only_the_adjudicator_after_the_blind_sheet(cast, meets):
    first_attempt(cast, differ=False)
    pid = cast.review(cast.ana).public_id
    object_to_lock(cast.kit, cast.actor(cast.ana), pid, "audience", f"Nobody was asked, {MARK}.")
    assert meets() == {"ana"}
    for person in (cast.ana, cast.ben):
        cast.hand_in(person, MENDED, "robin")
    cast.pass_undo()
    assert cast.round_state() == "adjudicating"
    assert meets() == {"ana"}
    cast.hand_in(cast.lead, BOTH_LEVELS, "stork-blind")
    assert meets() == {"ana", "lead"}
    cast.hand_in(cast.lead, BOTH_LEVELS, "stork-final")
    cast.pass_undo()
    cast.release()
    assert meets() <= {"ana", "lead"}
    with cast.kit.read() as session:
        letters = session.exec(LetterRow.__table__.select()).all()
    assert not [row for row in letters if MARK in row.body or "doubt" in row.body.lower()]
