"""The promised day on a learner's pages: what was said, why it moved, and plainly when it is late."""

from datetime import date

import pytest

from reviewhub.models import Attempt, Issuer, Submission
from reviewhub.models.work import PROMISE_REASONS
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.letters.promise import WHY
from reviewhub.services.promise import promise
from tests.cases import Cases, sign_in


@pytest.fixture
def case(world):
    """One learner, whose evidence two assessors score; promised for Fri 20 Nov."""
    micro = world.micro_credential()
    ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
    learner = world.person("Lee Learner")
    made = Cases(world).scoring(learner, micro, ana, ben)
    made.learner = learner
    return made


def move(kit, case, day, reason):
    with kit.write() as tx:
        submission = tx.lock(Submission, case.submission.id)
        promise(tx, submission, tx.session.get_one(Attempt, case.attempt.id), day, reason)


def pages(client, kit, case):
    """The list of own work, and the page of this one."""
    sign_in(client, kit, case.learner)
    found = [client.get(url) for url in ("/work", f"/work/{case.submission.public_id}")]
    assert [one.status_code for one in found] == [200, 200]
    return [one.get_data(as_text=True) for one in found]


def test_one_day_needs_no_history(client, kit, case):
    for page in pages(client, kit, case):
        assert "by Fri 20 Nov" in page
        assert "First said" not in page
        assert "late" not in page.lower().replace("translate", "").replace("later", "").replace("latest", "")


def test_under_the_day_stands_what_was_said_before_and_why(client, kit, case):
    move(kit, case, date(2026, 11, 25), "adjudication")
    move(kit, case, date(2026, 11, 30), "people")
    for page in pages(client, kit, case):
        assert "by Mon 30 Nov" in page
        assert (
            "First said: Fri 20 Nov. Moved to Wed 25 Nov: the assessors differed, a third decides. "
            "Moved to Mon 30 Nov: somebody else had to be asked to score it." in page
        )


def test_a_new_count_is_told_from_its_own_beginning(client, kit, case):
    move(kit, case, date(2026, 11, 27), "appeal")
    assert "First said: Fri 20 Nov. For the appeal: Fri 27 Nov." in pages(client, kit, case)[1]
    move(kit, case, date(2026, 11, 24), "again")
    assert "Moved forward to Tue 24 Nov." in pages(client, kit, case)[1]


def test_a_broken_promise_is_said_plainly_with_whom_to_ask(client, kit, clock, case):
    clock.move(days=19)
    listed, page = pages(client, kit, case)
    assert "late: it was promised by Fri 20 Nov" in listed
    assert "This is late." in page
    assert '<a href="mailto:contact@harbor.example">Ask Dana Field</a>' in page
    move(kit, case, date(2026, 12, 4), "late")
    listed, page = pages(client, kit, case)
    assert "late; now promised by Fri 4 Dec" in listed
    assert "You get the result by Fri 4 Dec." in page
    assert "This is late." in page


def test_it_is_late_when_the_day_is_past_where_the_issuer_is(client, kit, world, clock, case):
    clock.move(days=18, hours=2)  # Friday 20 November, 11:00 by UTC
    assert "This is late." not in pages(client, kit, case)[1]
    with kit.write() as tx:
        tx.session.get_one(Issuer, world.main_issuer.id).zone = "Pacific/Kiritimati"
    assert "This is late." in pages(client, kit, case)[1]


def test_on_hold_the_day_is_said_to_move_and_does(client, kit, world, clock, case):
    cora = world.actor(world.person("Cora Cord", "coordinator"))
    hold(kit, cora, case.submission.public_id, "The learner asked us to wait.")
    page = pages(client, kit, case)[1]
    assert "That day moves on by the working days that the hold takes." in page
    assert "asked us" not in page
    clock.move(days=2)
    release_hold(kit, cora, case.submission.public_id, "They are back.")
    assert "First said: Fri 20 Nov. Moved to Tue 24 Nov: it was on hold." in pages(client, kit, case)[1]


def test_every_reason_has_words():
    assert set(WHY) == set(PROMISE_REASONS) - {"arrived"}
