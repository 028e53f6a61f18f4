"""The table of blindness against what is to be seen: each viewer, each field, before and after each moment.

What is expected is read from the table alone, so that neither can change without the other.
"""

from collections import defaultdict

import pytest
from sqlmodel import select

from reviewhub.domain.blinding import SEES, Field, Viewer, When, sees
from reviewhub.models import Reveal
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.decide_reveal import grant_reveal
from reviewhub.services.release import Said, release
from tests.hostile.cast import MENDED, STILL, WEAK
from tests.hostile.observed import GIVEN, SAID, Observer

FINAL, BLIND = When.AFTER_FINAL, When.AFTER_BLIND_SHEET
DECIDED, RELEASED = When.AFTER_DECISION, When.AFTER_RELEASE
NOT_SHOWN = {(Viewer.COORDINATOR, Field.FEEDBACK)}
"""What somebody might see, and no page shows."""


class Looks:
    """Everything that was observed, by viewer, field and whether the table allows it."""

    def __init__(self, cast, crawler):
        self.cast, self.observer = cast, Observer(cast, crawler)
        self.leaks, self.met = [], defaultdict(set)

    def look(self, state, name, viewer, *passed, earlier=()):
        """`earlier`: moments of the attempt before, which its levels go by for learners and leads."""
        met = self.observer.fields(name, viewer)
        for field in Field:
            may = sees(viewer, field, *passed, *(earlier if field is Field.EARLIER_LEVELS else ()))
            self.met[viewer, field, may].add(field in met)
            if field in met and not may:
                self.leaks.append(f"{state}: {name}, as {viewer}, meets: {field}")

    def everybody(self, state, seats=(), lead=(), adjudicator=None, learner=(), coordinator=()):
        """All five, with the moments that have passed for each."""
        for name in ("ana", "ben"):
            self.look(state, name, Viewer.ASSESSOR, *seats)
        # Whoever adjudicates the later attempt is kept from the earlier one until then (rule 16).
        seated = adjudicator is not None and FINAL not in adjudicator
        self.look(state, "lead", Viewer.LEAD, *lead, earlier=() if seated else (DECIDED,))
        if adjudicator is not None:
            self.look(state, "lead", Viewer.ADJUDICATOR, *adjudicator)
        self.look(state, "learner", Viewer.LEARNER, *learner, earlier=(RELEASED,))
        self.look(state, "cora", Viewer.COORDINATOR, *coordinator)


@pytest.fixture
def looks(cast, crawler):
    return Looks(cast, crawler)


def _first_attempt(cast, looks):
    cast.begin()
    cast.send()
    looks.look("first scoring", "lead", Viewer.LEAD)
    for person in (cast.ana, cast.ben):
        cast.hand_in(person, WEAK, "wren")
    cast.pass_undo()
    looks.look("first decided", "learner", Viewer.LEARNER)
    looks.look("first decided", "cora", Viewer.COORDINATOR, DECIDED)
    cast.release()
    cast.again()
    cast.send()


def _grant(cast, feedback):
    ask_reveal(cast.kit, cast.actor(cast.lead), feedback, "There was a fire.")
    with cast.kit.read() as session:
        asked = session.exec(select(Reveal.public_id)).one()
    grant_reveal(cast.kit, cast.actor(cast.cora), asked, 3, "The school asks as well.")


def _story(cast, looks):
    """Two who disagree about a second attempt, a lead who decides, a grant that ends, a release."""
    _first_attempt(cast, looks)
    looks.everybody("scoring")
    cast.hand_in(cast.ana, MENDED, *SAID["ana"])
    cast.hand_in(cast.ben, STILL, *SAID["ben"])
    looks.everybody("handed in")
    cast.pass_undo()
    assert cast.round_state() == "adjudicating"
    looks.everybody("adjudicating", (FINAL,), (), ())
    cast.hand_in(cast.lead, STILL, SAID["lead"][0])
    looks.everybody("deciding", (FINAL,), (), (BLIND,))
    cast.hand_in(cast.lead, MENDED, SAID["lead"][1])
    cast.pass_undo()
    looks.everybody("decided", (FINAL,), (DECIDED,), (BLIND, FINAL), (), (DECIDED,))
    feedback = cast.feedback()
    _grant(cast, feedback.public_id)
    looks.look("granted", "lead", Viewer.LEAD, DECIDED, When.AFTER_GRANT)
    cast.kit.clock.move(days=3)
    said = {one["criterion"]: Said(GIVEN, "Do more of it.") for one in feedback.items}
    release(cast.kit, cast.actor(cast.lead), feedback.public_id, feedback.version, said, GIVEN)
    cast.run()
    looks.everybody(
        "released", (FINAL,), (DECIDED,), (BLIND, FINAL), (RELEASED,), (DECIDED, RELEASED)
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("quiet_log")
def test_everybody_meets_what_the_table_says_and_nothing_else(cast, looks):
    _story(cast, looks)
    assert not looks.leaks, "\n".join(looks.leaks)
    for field, row in SEES.items():
        for viewer, when in row.items():
            if when is not When.NEVER:
                shown = (viewer, field) not in NOT_SHOWN
                assert (True in looks.met[viewer, field, True]) is shown, f"{viewer} never meets: {field}"
            if when is not When.ALWAYS:
                assert looks.met[viewer, field, False] == {False}, (
                    f"nobody looked as {viewer} before: {field}"
                )
