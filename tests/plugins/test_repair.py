"""What the issuer's code could not decide goes on with the repaired code, and nobody scores again."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlmodel import select

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import (
    Attempt,
    DecisionRow,
    Event,
    EventText,
    Hold,
    Issuer,
    MicroCredential,
    Rating,
    Review,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.services.arrive import arrive
from reviewhub.services.coordinated import facts_of
from reviewhub.services.hold import resume
from reviewhub.services.start import start
from reviewhub.services.sync import sync
from reviewhub.services.verify_audit import verify_all
from tests.assessor.desk import Desk
from tests.cases import sign_in
from tests.marks import BOTH
from tests.web.pages import forms_of

BROKEN = """
class Rule(Plugin):
    def decide(self, rubric, resolution, history):
        raise RuntimeError("no table for spring")
"""
MENDED = """
class Rule(Plugin):
    def decide(self, rubric, resolution, history):
        return Decision("met", met=("goal",), locked=("goal",), rule="{rule}")
"""
CLEAR, VAGUE = {"goal": "clear"}, {"goal": "vague"}


class Case(Desk):
    """A submission for a micro-credential of a real folder with code, seen from all sides."""

    def __init__(self, world, plugins, slug="harbor"):
        self.plugins, self.slug = plugins, slug
        self.bring(world.kit)
        with world.kit.read() as session:
            world._issuer = session.exec(select(Issuer)).one()
            micro = session.exec(select(MicroCredential)).one()
            self.first = session.exec(select(RubricVersion)).one().code_digest
        ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
        people = SimpleNamespace(ana=ana, ben=ben, lead=world.person("Lena Lund", "lead"))
        super().__init__(world, micro, world.person("Lee Learner"), people)
        self.coordinator = world.person("Cora Cord", "coordinator")

    def bring(self, kit):
        """How the plugin comes for the first time."""
        self.ship(BROKEN, kit)

    def ship(self, code, kit=None, **more):
        """The issuer changes the folder, and it is taken in."""
        self.plugins.write("harbor", code=code, **more)
        return sync(kit or self.kit, [self.plugins.path])

    def begin(self):
        """Started by the learner; nothing is sent."""
        pid = start(self.kit, self.actor(self.learner), self.slug, "small")
        self.submission = self.one(Submission, Submission.public_id == pid)

    def mend(self, rule="mended", **more):
        """Repaired code, taken in an hour later."""
        self.kit.clock.move(hours=1)
        return self.ship(MENDED.format(rule=rule), **more)

    def scored(self, *levels):
        """Started by the learner, scored by both; gives the round's id."""
        round_id = self.waits()
        for person, given in zip((self.people.ana, self.people.ben), levels or (CLEAR, CLEAR), strict=True):
            self.submit(person, given)
        self.pass_undo()
        return round_id

    def waits(self):
        """Started by the learner and sent; both have it, and nobody has scored."""
        self.begin()
        with self.kit.write() as tx:
            submission = tx.lock(Submission, self.submission.id)
            attempt = tx.session.exec(select(Attempt)).one()
            sent = replace(facts_of(submission), complete=True, attested=True)
            tx.move(submission, attempt, Action.SUBMIT, self.actor(self.learner), sent)
            tx.move(submission, attempt, Action.PASSED, SYSTEM, sent)
            rubric = from_json(tx.session.get_one(RubricVersion, submission.rubric_version_id).body)
            round_id = arrive(tx, submission, attempt, SYSTEM, rubric).id
        self.run()
        return round_id

    def resume(self):
        """The coordinator asks the rules again; what is due runs."""
        cora = self.actor(self.coordinator)
        resume(self.kit, cora, self.submission.public_id, "Harbor wrote that it is mended.")
        self.run()

    def pinned(self):
        """The code that judges the submission now, which is that of the snapshot it shows."""
        row = self.one(Submission)
        (snapshot,) = self.all(RubricVersion, RubricVersion.id == row.rubric_version_id)
        assert snapshot.code_digest == row.code_digest
        return row.code_digest

    def given(self):
        """Everything that people scored."""
        return [[row.model_dump() for row in self.all(table)] for table in (Scoresheet, Rating, Review)]

    def repairs(self):
        return self.all(Event, Event.action == "submission.repair")


@pytest.fixture
def case(world, plugin_folder):
    return Case(world, plugin_folder)


def page(case, client, rest=""):
    sign_in(client, case.kit, case.coordinator)
    answer = client.get(f"/coordinate/submissions/{case.submission.public_id}{rest}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def press_resume(case, client):
    url = f"/coordinate/submissions/{case.submission.public_id}/resume"
    form = next(f["fields"] for f in forms_of(client.get(url)) if f["action"] == "" and f["fields"])
    return client.post(url, data={**form, "reason": "Harbor wrote that it is mended."})


@BOTH
def test_from_a_broken_rule_to_a_decision_without_scoring_again(case, client):
    round_id = case.scored()
    assert case.round(round_id).state == "held"
    detail = case.one(Hold).detail
    for words in ("harbor", "decide", "no table for spring"):
        assert words in detail, words
    assert case.all(DecisionRow) == []
    for shown in (page(case, client), page(case, client, "/resume")):
        assert "No newer version" in shown
        assert "A repaired version" not in shown
    broken, given = case.pinned(), case.given()

    assert case.mend().added == ["harbor/small 1.0"]
    assert case.pinned() == broken, "taking code in changes nothing that runs"
    for shown in (page(case, client), page(case, client, "/resume")):
        assert "A repaired version of harbor was taken in on 2 Nov, 10:05" in shown
        assert "No newer version" not in shown
    assert press_resume(case, client).status_code == 303
    case.run()

    mended = case.pinned()
    decision = case.one(DecisionRow)
    assert mended != broken
    assert (decision.outcome, decision.rule, decision.code_digest) == ("met", "mended", mended)
    assert case.round(round_id).state == "resolved"
    assert case.given() == given
    (event,) = case.repairs()
    assert event.actor_id == case.coordinator.id
    assert (event.facts["code_before"], event.facts["code_after"]) == (broken, mended)
    with case.kit.read() as session:
        text = session.get_one(EventText, event.id).text
    for words in ("harbor", "2026-11-02 10:05 UTC", mended[:12], broken[:12]):
        assert words in text, words
    shown = page(case, client)
    assert "Moved to a repaired version of the issuer&#39;s rules" in shown
    assert "No newer version" not in shown
    whole, said = verify_all(case.kit)
    assert whole, said


def test_without_newer_code_the_same_is_asked_again(case, client):
    round_id = case.scored()
    broken = case.pinned()
    case.resume()
    assert case.round(round_id).state == "held"
    assert len(case.all(Hold)) == 2
    assert (case.pinned(), case.repairs()) == (broken, [])


@BOTH
def test_a_fault_that_has_passed_is_decided_by_the_code_it_began_with(case, settings):
    """The machine failed, not the rule: for a while the stored code was out of reach."""
    case.ship(MENDED.format(rule="from the start"))
    (digest,) = {row.code_digest for row in case.all(RubricVersion)} - {case.first}
    stored = settings.data / "plugins" / "harbor" / digest
    away = stored.rename(stored.parent / "away")
    round_id = case.scored()
    assert case.round(round_id).state == "held"
    assert "not stored" in case.one(Hold).detail
    away.rename(stored)
    case.resume()
    assert case.one(DecisionRow).code_digest == case.pinned() == digest
    assert case.repairs() == []


@BOTH
def test_the_newest_code_for_the_rubric_counts_although_the_issuer_has_gone_on(case):
    """Two repairs, then another version of the rubric with code of its own, then nothing any more."""
    case.scored()
    case.mend("first repair")
    case.mend("second repair")
    newest = case.all(RubricVersion)[-1]
    case.mend("another rubric", version="2.0", description="Other words.")
    case.plugins.path.joinpath("harbor").rename(case.plugins.path.parent / "away")
    sync(case.kit, [case.plugins.path])
    case.resume()
    decision = case.one(DecisionRow)
    assert (decision.rule, decision.code_digest) == ("second repair", newest.code_digest)
    assert case.one(Submission).rubric_version_id == newest.id


def test_code_for_another_version_of_the_rubric_is_no_repair(case, client):
    round_id = case.scored()
    broken = case.pinned()
    case.mend(version="2.0", description="Other words.")
    assert "No newer version" in page(case, client)
    case.resume()
    assert (case.round(round_id).state, case.pinned(), case.repairs()) == ("held", broken, [])


def test_a_changed_rubric_under_the_same_version_brings_no_repair(case):
    round_id = case.scored()
    broken = case.pinned()
    assert case.mend(description="Moved goalposts.").refused
    case.resume()
    assert (case.round(round_id).state, case.pinned()) == ("held", broken)


def test_code_that_was_set_aside_is_no_repair(case, client):
    round_id = case.scored()
    broken = case.pinned()
    assert case.ship("raise RuntimeError('worse than before')").quarantined
    assert "No newer version" in page(case, client)
    case.resume()
    assert (case.round(round_id).state, case.pinned()) == ("held", broken)


def test_dropping_the_code_is_no_repair(case, client):
    """No other rule takes the place of the issuer's own: the policies would be one."""
    round_id = case.scored()
    broken = case.pinned()
    assert case.ship("").added == ["harbor/small 1.0"]
    assert "No newer version" in page(case, client)
    case.resume()
    assert (case.round(round_id).state, case.pinned()) == ("held", broken)


def test_going_back_to_earlier_code_is_a_change_of_code_too(case, client):
    """The issuer tries something, and takes it back: what began in between goes on with what is live."""
    case.ship(MENDED.format(rule="as always"))
    good = case.all(RubricVersion)[-1].code_digest
    case.ship(BROKEN + "# again\n")
    case.scored()
    assert case.pinned() not in {good, case.first}
    case.mend("as always")
    assert "taken in on 2 Nov, 10:05" in page(case, client), "when it came back, not when it first came"
    case.resume()
    assert case.one(DecisionRow).code_digest == case.pinned() == good


def test_code_that_was_taken_back_is_no_repair(case, client):
    round_id = case.scored()
    broken = case.pinned()
    case.mend()
    case.ship(BROKEN)
    assert "No newer version" in page(case, client)
    case.resume()
    assert (case.round(round_id).state, case.pinned()) == ("held", broken)


def test_what_an_adjudicator_decided_stands_too(case):
    round_id = case.scored(CLEAR, VAGUE)
    case.submit(case.people.lead, CLEAR)
    case.submit(case.people.lead, CLEAR)
    case.pass_undo()
    assert (case.round(round_id).state, case.round(round_id).held_from) == ("held", "adjudicating")
    given = case.given()
    case.mend()
    case.resume()
    assert case.round(round_id).state == "resolved"
    assert case.one(DecisionRow).code_digest == case.pinned()
    assert case.given() == given


def test_a_repair_that_fails_too_is_held_and_mended_again(case):
    round_id = case.scored()
    case.ship(BROKEN.replace("spring", "autumn"))
    case.resume()
    assert case.round(round_id).state == "held"
    assert "autumn" in case.all(Hold)[-1].detail
    case.mend()
    case.resume()
    assert case.round(round_id).state == "resolved"
    codes = [(event.facts["code_before"], event.facts["code_after"]) for event in case.repairs()]
    assert codes[0][1] == codes[1][0]
    assert codes[1][1] == case.one(DecisionRow).code_digest


def test_what_is_not_held_keeps_its_code(case):
    """Only the coordinator's own act moves a submission."""
    case.ship(MENDED.format(rule="as begun"))
    case.scored()
    begun = case.pinned()
    case.mend("newer")
    assert (case.pinned(), case.one(DecisionRow).code_digest) == (begun, begun)
