"""An operator stops an issuer's code: nothing of it runs any more; released, what was held goes on."""

import pytest

from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.domain.evidence import NOT_CHECKED
from reviewhub.models import (
    Artifact,
    Attempt,
    DecisionRow,
    Event,
    EventText,
    Hold,
    Issuer,
    MicroCredential,
    Plugin,
)
from reviewhub.queries.shipped import shipped
from reviewhub.services.check_words import check_words
from reviewhub.services.quarantine import let_go, let_issuer_go, quarantine, release
from reviewhub.services.start import start
from reviewhub.services.sync import sync
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH
from tests.plugins.test_repair import MENDED, VAGUE, Case, page

WHY = "It prints what learners wrote."
FINE = MENDED.format(rule="as always")
TELLTALE = "open('/dev/shm/never', 'w')"


@pytest.fixture
def case(world, plugin_folder):
    made = Case(world, plugin_folder)
    made.ship(FINE)
    return made


def released(case):
    release(case.kit, "harbor")
    count = let_go(case.kit, "harbor")
    case.run()
    return count


@BOTH
def test_judging_is_held_with_the_reason_and_goes_on_by_one_act(case, client):
    quarantine(case.kit, "harbor", WHY)
    with pytest.raises(Refused):
        start(case.kit, case.actor(case.learner), "harbor", "small")
    release(case.kit, "harbor")
    case.begin()
    quarantine(case.kit, "harbor", WHY)
    round_id = case.scored(VAGUE, VAGUE)
    hold = case.one(Hold)
    assert (case.round(round_id).state, hold.code) == ("held", "quarantine")
    assert WHY in hold.detail
    assert case.all(DecisionRow) == []
    shown = page(case, client)
    assert "The operator has stopped the issuer" in shown
    assert WHY in shown

    assert released(case) == 1
    assert case.one(DecisionRow).rule == "as always"
    assert case.one(Hold).closed_at is not None
    assert released(case) == 0
    whole, said = verify_all(case.kit)
    assert whole, said


@BOTH
def test_both_are_on_the_issuers_chain_with_the_reason_beside_it(case):
    quarantine(case.kit, "harbor", WHY)
    release(case.kit, "harbor")
    release(case.kit, "harbor")
    events = case.all(Event, Event.aggregate == "issuer")[-2:]
    assert [event.action for event in events] == ["plugin_quarantined", "plugin_released"]
    assert all(WHY not in str(event.facts) for event in events)
    with case.kit.read() as session:
        assert session.get_one(EventText, events[0].id).text == WHY
    whole, said = verify_all(case.kit)
    assert whole, said


def test_asking_again_by_hand_is_held_again(case):
    case.begin()
    quarantine(case.kit, "harbor", WHY)
    round_id = case.scored(VAGUE, VAGUE)
    case.resume()
    assert case.round(round_id).state == "held"
    assert [hold.code for hold in case.all(Hold)] == ["quarantine", "quarantine"]
    assert released(case) == 1
    assert case.round(round_id).state == "resolved"


def test_mended_code_that_was_taken_in_before_judges_what_was_held(case):
    case.begin()
    quarantine(case.kit, "harbor", WHY)
    case.scored(VAGUE, VAGUE)
    release(case.kit, "harbor")
    case.mend("mended")
    assert let_go(case.kit, "harbor") == 1
    case.run()
    assert case.one(DecisionRow).rule == "mended"


def test_its_code_is_not_even_looked_at(case, monkeypatch):
    before = [row.model_dump() for row in case.all(Plugin)]
    quarantine(case.kit, "harbor", WHY)
    case.plugins.write("other")
    looked = []
    monkeypatch.setattr("reviewhub.host.gather.inspect", lambda name, _folder: looked.append(name) or (1, 2))
    with pytest.raises(AttributeError):
        case.ship("raise RuntimeError('seen')")
    assert looked == ["other"]
    monkeypatch.undo()
    report = case.ship("raise RuntimeError('seen')")
    (told,) = report.quarantined
    assert told.name == "harbor"
    assert WHY in told.problems[0].message
    assert "reviewhub plugins release harbor" in told.problems[0].message
    assert (report.added, report.retired) == (["other/small 1.0"], [])
    assert [row.model_dump() for row in case.all(Plugin, Plugin.name == "harbor")] == before
    case.plugins.write("harbor", code=MENDED.format(rule="better"))
    release(case.kit, "harbor")
    assert sync(case.kit, [case.plugins.path]).added == ["harbor/small 1.0"]


def test_stopped_between_looking_and_writing_nothing_is_written(case, monkeypatch):
    real = case.kit.plugins.gather

    def meanwhile(*places, **more):
        found = real(*places, **more)
        quarantine(case.kit, "harbor", WHY)
        return found

    monkeypatch.setattr(
        type(case.kit.plugins), "gather", lambda _self, *given, **more: meanwhile(*given, **more)
    )
    live = case.one(MicroCredential).rubric_version_id
    report = case.mend("newer")
    assert WHY in report.quarantined[0].problems[0].message
    assert case.one(MicroCredential).rubric_version_id == live


def test_removing_its_folder_changes_nothing_meanwhile(case):
    quarantine(case.kit, "harbor", WHY)
    case.plugins.path.joinpath("harbor").rename(case.plugins.path.parent / "away")
    assert sync(case.kit, [case.plugins.path]).retired == []
    assert case.one(MicroCredential).state == "live"


def test_evidence_is_not_checked_and_does_not_stop(case):
    case.ship(
        """
        class Rule(Plugin):
            def check_evidence(self, rubric, requirement, evidence):
                return [Finding("no", "Never good enough.")]
        """
    )
    case.begin()
    (attempt,) = case.all(Attempt)
    row = case.world.add(
        Artifact(
            public_id="p" * 26,
            attempt_id=attempt.id,
            requirement_id="plan",
            kind="text",
            body="Words.",
            issuer_check="asked",
            created_at=case.kit.clock.now(),
        )
    )
    quarantine(case.kit, "harbor", WHY)
    check_words(case.kit, case.job("check_words", artifact_id=row.id), row.id)
    checked = case.one(Artifact)
    assert (checked.issuer_check, checked.finding) == ("warn", NOT_CHECKED.message)


def test_rubrics_without_code_and_other_issuers_go_on(case, world):
    case.ship("", version="2.0", description="No code.")
    quarantine(case.kit, "harbor", WHY)
    with pytest.raises(Refused) as refused:
        start(case.kit, case.actor(case.learner), "harbor", "small")
    assert refused.value.code == "intake"
    release(case.kit, "harbor")
    case.begin()
    quarantine(case.kit, "harbor", WHY)
    round_id = case.scored()
    assert case.round(round_id).state == "resolved"


def test_a_release_between_reading_and_holding_leaves_nothing_behind(case, monkeypatch):
    """The job finds itself beaten and comes again: no hold stays that no release looks for."""
    case.begin()
    quarantine(case.kit, "harbor", WHY)
    real = __import__("reviewhub.services.resolve", fromlist=["x"])
    monkeypatch.setattr(real, "quarantined", lambda *_: WHY)
    release(case.kit, "harbor")
    with pytest.raises(Stale):
        case.scored(VAGUE, VAGUE)
    monkeypatch.undo()
    case.run()
    assert (case.all(Hold), case.one(DecisionRow).rule) == ([], "as always")


def test_the_job_may_run_twice_and_stops_where_the_issuer_was_stopped_again(case):
    case.begin()
    quarantine(case.kit, "harbor", WHY)
    round_id = case.scored(VAGUE, VAGUE)
    release(case.kit, "harbor")
    let_go(case.kit, "harbor")
    quarantine(case.kit, "harbor", "Once more.")
    case.run()
    assert case.round(round_id).state == "held"
    release(case.kit, "harbor")
    let_go(case.kit, "harbor")
    (issuer,) = case.all(Issuer)
    let_issuer_go(case.kit, case.job("let_issuer_go", issuer_id=issuer.id), issuer.id)
    case.run()
    assert case.round(round_id).state == "resolved"
    assert len(case.all(DecisionRow)) == 1


def test_what_makes_no_sense_is_refused(case):
    with pytest.raises(NotFound):
        quarantine(case.kit, "nobody", WHY)
    with pytest.raises(NotFound):
        release(case.kit, "nobody")
    with pytest.raises(Invalid):
        quarantine(case.kit, "harbor", " ")
    quarantine(case.kit, "harbor", WHY)
    with pytest.raises(Refused):
        quarantine(case.kit, "harbor", WHY)


def listed(case):
    with case.kit.read() as session:
        return {one.name: one for one in shipped(session)}


@BOTH
def test_the_list_says_what_is_there_and_what_is_wrong(case, statements):
    case.plugins.write("bad", code="raise RuntimeError('not today')")
    case.plugins.write("plain", rubrics=("one", "two"))
    sync(case.kit, [case.plugins.path])
    with statements() as seen:
        all_ = listed(case)
    assert len(seen) == 2
    assert sorted(all_) == ["bad", "harbor", "plain"]
    assert (all_["bad"].state, all_["bad"].issuer, all_["bad"].rubrics) == ("quarantined", "", ())
    assert "not today" in all_["bad"].problems[0]
    assert (all_["plain"].state, all_["plain"].rubrics) == ("live", ("one 1.0", "two 1.0"))
    quarantine(case.kit, "harbor", WHY)
    assert listed(case)["harbor"].state == "quarantined"
    assert WHY in listed(case)["harbor"].problems[0]
    assert listed(case)["harbor"].digest == all_["harbor"].digest


def test_a_problem_is_listed_until_it_is_mended_also_where_nothing_else_changed(case):
    good = listed(case)["harbor"]
    case.ship("raise RuntimeError('not today')")
    broken = listed(case)["harbor"]
    assert (broken.state, broken.digest, broken.rubrics) == ("live", good.digest, good.rubrics)
    assert "not today" in broken.problems[0]
    case.ship(FINE)
    assert listed(case)["harbor"] == good
    case.plugins.write("bad", code="raise RuntimeError('no')")
    sync(case.kit, [case.plugins.path])
    case.plugins.path.joinpath("bad").rename(case.plugins.path.parent / "gone")
    sync(case.kit, [case.plugins.path])
    assert sorted(listed(case)) == ["harbor"]
