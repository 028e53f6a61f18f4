"""Letters and pages about days: what was typed about them reaches nobody else, and no hour is told."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from reviewhub import jobs
from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.models import Alias, Event, LetterRow, Outbox, Person
from reviewhub.services.allow_attempt import allow_attempt
from reviewhub.services.extend import ask_extension, decline, extend
from reviewhub.services.renewing import keep_going
from tests.cases import sign_in
from tests.hostile import evidence
from tests.hostile.cast import WEAK, rich_rubric

pytestmark = pytest.mark.usefixtures("quiet_log")
ASKED, GIVEN = "quokkaasked since I know the bakery", "quokkagiven because Zebrowitz wrote to us"


@pytest.fixture
def late(cast, kit, world):
    """Reminders, requests and answers; then weeks in which nobody does anything, until the work lapses."""
    cast.begin()
    cast.send()
    world.qualify(world.person("Cleo Third", "assessor"), cast.micro)
    keep_going(kit, jobs.ALWAYS)
    cora = cast.actor(cast.cora)
    review = cast.review(cast.ana)
    for person, answer in ((cast.ana, extend), (cast.ben, decline)):
        own = cast.review(person)
        ask_extension(kit, cast.actor(person), own.public_id, own.due_on + timedelta(7), ASKED)
        words = (own.due_on + timedelta(7), GIVEN) if answer is extend else (GIVEN,)
        answer(kit, cora, own.public_id, *words)
    for _ in range(40):
        kit.clock.move(days=1)
        cast.run()
    return review


def letters(kit, *people):
    addresses = {person.email for person in people}
    with kit.read() as session:
        rows = session.exec(LetterRow.__table__.select()).all()
        return [row for row in rows if row.to in addresses]


def who_scores_reads_alias_and_day_and_nothing_else(cast, kit):
    mine = letters(kit, cast.ana, cast.ben)
    kinds = {row.kind for row in mine}
    assert kinds >= {
        "review_due_soon",
        "review_late",
        "review_extended",
        "review_not_extended",
        "review_over",
    }
    with kit.read() as session:
        names = {row.viewer_id: row for row in session.exec(Alias.__table__.select()).all()}
        staff = session.exec(Person.__table__.select()).all()
    for row in mine:
        text = f"{row.message_id} {row.subject} {row.body}".lower()
        for mark in (*evidence.NAME.split(), *evidence.HIDDEN, "quokka", "bakery", "people.example"):
            assert mark.lower() not in text, (row.kind, mark)
        for person in staff:
            if person.id != row.person_id:
                assert person.name.lower() not in text, row.kind
        for viewer, alias in names.items():
            if viewer != row.person_id:
                assert alias.name.lower() not in text
                assert alias.case_ref.lower() not in text
        assert not re.search(r"\b\d{1,2}:\d{2}\b|attempt \d|sent on", row.body), row.body


def learners_and_coordinators_read_no_words_that_were_typed(cast, kit):
    for row in letters(kit, cast.learner, cast.cora, cast.lead):
        text = f"{row.subject} {row.body}".lower()
        assert "quokka" not in text
        assert "bakery" not in text
        for name in ("silva", "okafor"):
            assert name not in text, row.kind
    assert {row.kind for row in letters(kit, cast.cora)} >= {"what_waits"}
    for row in letters(kit, cast.cora):
        for mark in (*evidence.NAME.split(), *evidence.HIDDEN):
            assert mark.lower() not in f"{row.subject} {row.body}".lower()


def events_and_jobs_hold_no_words(cast, kit):
    with kit.read() as session:
        rows = [*session.exec(Event.__table__.select()), *session.exec(Outbox.__table__.select())]
    for row in rows:
        assert "quokka" not in str(row).lower()
        assert evidence.NAME.split()[0].lower() not in str(row).lower()


def the_answers_words_are_on_no_page_of_the_assessor_and_the_lead(app, cast, kit, late):
    for person, start in ((cast.ana, "/queue"), (cast.ben, "/queue"), (cast.lead, "/feedback")):
        client = app.test_client()
        sign_in(client, kit, person)
        for page in (start, "/reviews", f"/reviews/{late.public_id}", f"/reviews/{late.public_id}/more-time"):
            assert "quokkagiven" not in client.get(page).get_data(as_text=True), page
    learner = app.test_client()
    sign_in(learner, kit, cast.learner)
    assert "quokka" not in learner.get(f"/work/{cast.story.id}").get_data(as_text=True).replace(
        "quokkasaying", ""
    )


def test_weeks_in_which_nobody_does_anything_tell_nobody_what_was_typed(app, cast, kit, late):
    """One story: those weeks take as long as all that is asked of them."""
    who_scores_reads_alias_and_day_and_nothing_else(cast, kit)
    learners_and_coordinators_read_no_words_that_were_typed(cast, kit)
    events_and_jobs_hold_no_words(cast, kit)
    the_answers_words_are_on_no_page_of_the_assessor_and_the_lead(app, cast, kit, late)


def test_a_reason_for_one_more_attempt_stays_with_the_coordinators(cast, kit, world):
    policies = Policies(decision=DecisionPolicy(attempts=1))
    cast.micro = world.micro_credential(replace(rich_rubric(), slug="once", policies=policies))
    for person in (cast.ana, cast.ben):
        world.qualify(person, cast.micro)
    cast.begin()
    cast.send()
    for person in (cast.ana, cast.ben):
        cast.hand_in(person, WEAK, "Fine")
    cast.pass_undo()
    cast.release()
    allow_attempt(kit, cast.actor(cast.cora), cast.story.id, GIVEN)
    cast.run()
    told = [row for row in letters(kit, cast.learner) if row.kind == "attempt_allowed"]
    assert len(told) == 1
    with kit.read() as session:
        for row in session.exec(LetterRow.__table__.select()):
            assert "quokkagiven" not in row.body
