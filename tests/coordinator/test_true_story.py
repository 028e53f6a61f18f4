"""The pages over what the services really write: scored, disputed, adjudicated, confirmed, released."""

from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import text as sql

from reviewhub.cli import main
from reviewhub.domain.access import Action
from reviewhub.models import Feedback, Review
from reviewhub.queries.coordinator_record import _NOISE
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.verify_audit import verify_all
from reviewhub.web.coordinator_words import _EVENTS
from tests.assessor.desk import GOOD, WEAK, Desk
from tests.cases import sign_in
from tests.marks import BOTH
from tests.web.pages import forms_of


@pytest.fixture
def desk(house):
    people = SimpleNamespace(ana=house.ana, ben=house.ben, lead=house.lead)
    return Desk(house.world, house.micro, house.learner, people)


def seated(desk):
    """The two who were asked, whoever they are."""
    round_id = desk.seated()
    return round_id, [review.assessor_id for review in desk.all(Review, Review.round_id == round_id)]


def person_of(house, person_id):
    return next(p for p in (house.ana, house.ben, house.cleo, house.lead) if p.id == person_id)


def page(client, kit, person, url):
    sign_in(client, kit, person)
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


@BOTH
def test_from_arrival_to_release(client, kit, house, desk):
    _, (first, second) = seated(desk)
    one, other = person_of(house, first), person_of(house, second)
    case = f"/coordinate/submissions/{desk.submission.public_id}"
    seen = [page(client, kit, house.person, case)]
    desk.submit(one, GOOD)
    desk.submit(other, WEAK, goal="Secret word: there is no figure in it.", honest="Secret word, well said.")
    seen.append(page(client, kit, house.person, case))
    desk.pass_undo()
    seen.append(page(client, kit, house.person, case))
    assert "The seats disagree" in seen[-1]
    desk.submit(house.lead, WEAK, goal="Secret word from the adjudicator, no date.")
    desk.submit(house.lead, WEAK, goal="Secret word from the adjudicator, no date.")
    desk.pass_undo()
    seen.append(page(client, kit, house.person, case))
    for shown in seen:
        assert "Secret word" not in shown
        assert "Vague" not in shown
        assert ": " not in shown.split("What happened")[1].split("</ol>")[0].replace("Decided: ", "")

    feedback = desk.one(Feedback)
    url = f"/feedback/{feedback.public_id}"
    shown = page(client, kit, house.lead, url)
    for words in (
        "Adjudicator",
        "Seat A",
        "Seat B",
        "2 Vague → needs Clear",
        "from the adjudicator",
        "3 / 4",
    ):
        assert words in shown, words
    for name in ("Lee Learner", "Ana Silva", "Ben Okafor", "Cleo Marsh"):
        assert name not in shown
    form = next(f["fields"] for f in forms_of(client.get(url)) if f["action"].endswith("/release"))
    answer = client.post(
        f"{url}/release", data={**form, "saw-goal": "There is no figure.", "do-goal": "Choose one figure."}
    )
    assert answer.status_code == 303
    assert desk.one(type(desk.submission)).state == "revise"
    final = page(client, kit, house.person, case)
    for words in (
        "Feedback released",
        "Lena Lund",
        "Not yet met; the learner can try again",
        "Decided: not yet",
    ):
        assert words in final, words
    assert verify_all(kit)[0]


def test_a_conflict_after_the_dispute_starts_the_scoring_over(client, kit, house, desk):
    round_id, (first, second) = seated(desk)
    desk.submit(person_of(house, first), GOOD)
    desk.submit(person_of(house, second), WEAK)
    desk.pass_undo()
    assert desk.round(round_id).state == "adjudicating"
    cora = house.world.actor(house.person)
    record_conflict(kit, cora, desk.submission.public_id, person_of(house, first).public_id, "Cousins.")
    desk.run()
    assert desk.round(round_id).state == "scoring"
    shown = page(client, kit, house.person, f"/coordinate/submissions/{desk.submission.public_id}")
    assert "is excluded (Seat" in shown
    assert "Cousins." in shown
    assert verify_all(kit)[0]


def test_every_step_has_words():
    beside = {
        "review.open",
        "submission.open",
        "issuer.coordinate",
        "issuer.set_practice",
        "issuer.change_policy",
        "issuer.manage",
        "issuer.see_plugin",
        "issuer.ask_rules_again",
        "feedback.confirm",
        "qualification.grant",
        "membership.invite",
        "review.reassign",
    }
    steps = {action.value for action in Action} - beside - _NOISE - {"attempt.decide"}
    assert steps <= set(_EVENTS)


@BOTH
def test_the_command_proves_the_record_or_names_the_break(kit, house, desk, settings):
    desk.seated()
    (settings.data / ".reviewhub").touch()  # the mark of a data folder
    env = {"REVIEWHUB_DATA": str(settings.data), "REVIEWHUB_DATABASE_URL": settings.database}
    whole = CliRunner().invoke(main, ["audit", "verify"], env=env)
    assert whole.exit_code == 0, whole.output
    with kit.write() as tx:
        tx.session.execute(
            sql("UPDATE event SET to_state = 'met' WHERE aggregate = 'submission' AND seq = 1")
        )
    broken = CliRunner().invoke(main, ["audit", "verify"], env=env)
    assert broken.exit_code == 1
    assert f"submission {desk.submission.public_id}, event 1 " in broken.output
