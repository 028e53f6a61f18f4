"""How a decision came about: on one page for its coordinator, and for nobody else."""

import html
import shutil
from datetime import timedelta

import pytest

from reviewhub.domain.errors import NotFound
from reviewhub.models import DecisionRow, Round
from reviewhub.queries.decision_page import decision_for_lead, decision_page
from reviewhub.services.appeal import appeal
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.seal import seal
from tests.assessor.desk import WEAK
from tests.assessor.doubting import both_clear, give
from tests.cases import sign_in
from tests.marks import BOTH


def page_of(bench, round_id, actor=None):
    with bench.kit.read() as session:
        name = bench.round(round_id).public_id
        return decision_page(session, actor or bench.cora, bench.submission.public_id, name)


@BOTH
def test_it_says_who_and_by_which_rule_and_where_it_is_on_record(bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    while seal(bench.kit):
        pass
    page = page_of(bench, round_id)
    assert [(row.criterion, row.rule, row.first) for row in page.results if row.disputed] == [
        ("Goal", "expert_final", "across_met")
    ]
    assert {row.first for row in page.results if not row.disputed} == {"same"}
    assert {row.rule for row in page.results} == {"expert_final"}
    assert [(one.role, one.kind) for one in page.sheets] == [
        ("independent", "blind"),
        ("independent", "blind"),
        ("adjudicator", "blind"),
        ("adjudicator", "final"),
    ]
    assert (page.outcome, page.rule, page.released, page.recorded.sealed) == ("not_yet", "all_met", False, 1)
    assert page.recorded.event
    assert len(page.recorded.head) == 64
    bench.release()
    assert page_of(bench, round_id).author == "Lena Lund"


def test_nobody_else_and_nothing_before_the_decision(bench):
    round_id = bench.disputed()
    with pytest.raises(NotFound):
        page_of(bench, round_id)
    bench.adjudicate(round_id, WEAK)
    for person in (bench.people.lead, bench.learner, bench.assessors[0]):
        with pytest.raises(NotFound):
            page_of(bench, round_id, bench.actor(person))


def test_a_fixed_number_of_statements(bench, statements):
    round_id = bench.released()
    name = bench.round(round_id).public_id
    with bench.kit.read() as session, statements() as asked:
        decision_page(session, bench.cora, bench.submission.public_id, name)
    assert len(asked) == 11
    feedback, lead = opened(bench), bench.actor(bench.people.lead)
    with bench.kit.read() as session, statements() as asked:
        decision_for_lead(session, lead, feedback)
    assert len(asked) == 10


def opened(bench):
    """The newest feedback, opened by the lead, who has a name for it from then on."""
    name = bench.feedback()[-1].public_id
    open_feedback(bench.kit, bench.actor(bench.people.lead), name)
    return name


@BOTH
def test_a_lead_reads_it_without_names_and_times(bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    lead = bench.actor(bench.people.other_lead)
    name = bench.feedback()[-1].public_id
    with bench.kit.read() as session, pytest.raises(NotFound):
        decision_for_lead(session, lead, name)
    open_feedback(bench.kit, lead, name)
    with bench.kit.read() as session:
        page = decision_for_lead(session, lead, name)
    told = repr(page)
    for person in (*bench.assessors, bench.learner, bench.people.lead):
        assert person.name not in told
    assert "datetime.datetime" not in told
    assert [row.first for row in page.results if row.disputed] == ["across_met"]
    for person in (bench.assessors[0], bench.learner, bench.people.cora):
        with bench.kit.read() as session, pytest.raises(NotFound):
            decision_for_lead(session, bench.actor(person), name)


def test_what_stood_beside_it(bench):
    """A hold, an appeal, and what the locks of an earlier attempt rest on."""
    round_id = bench.seated()
    bench.kit.clock.move(minutes=1)
    hold(bench.kit, bench.cora, bench.submission.public_id, "A question to the learner's school.")
    bench.kit.clock.move(days=1)
    release_hold(bench.kit, bench.cora, bench.submission.public_id, "It was answered.")
    bench.score(round_id, WEAK, WEAK)
    bench.release()
    (held,) = page_of(bench, round_id).held
    assert held.code == "coordinator"
    assert held.closed_at - held.opened_at == timedelta(days=1)
    bench.kit.clock.move(minutes=1)
    appeal(bench.kit, bench.actor(bench.learner), bench.submission.public_id, "It is on page 2.")
    bench.run()
    fresh = bench.all(Round)[-1].id
    assert [(one.kind, one.outcome) for one in page_of(bench, round_id).beside] == [("appeal", "")]
    bench.score(fresh, {"goal": "clear"}, {"goal": "clear"})
    assert [(one.kind, one.outcome) for one in page_of(bench, round_id).beside] == [("appeal", "met")]
    page = page_of(bench, fresh)
    assert [(one.kind, one.outcome) for one in page.beside] == [("initial", "not_yet")]
    assert {row.rule for row in page.results} == {"same", "locked"}


def test_a_lock_says_what_it_rests_on(desk):
    first = desk.seated()
    give(desk, 1, why="Because it helps.", plan="a" * 64)
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK, first)
    desk.pass_undo()
    round_id = desk.seated(number=2)
    both_clear(desk, round_id)
    cora = desk.world.actor(desk.world.person("Cora Cord", "coordinator"))
    name = desk.round(round_id).public_id
    with desk.kit.read() as session:
        page = decision_page(session, cora, desk.submission.public_id, name)
    locked = {row.criterion: row.rests for row in page.results if row.rule == "locked"}
    assert locked == {"Audience": ("Plan",), "Respect": ("Plan",), "Honest": ("Why",)}


def test_code_that_is_gone_is_named(app, coded):
    cora = coded.world.person("Cora Cord", "coordinator")
    client = app.test_client()
    sign_in(client, coded.kit, cora)
    name = coded.one(Round).public_id
    path = f"/coordinate/submissions/{coded.submission.public_id}/decision/{name}"
    assert "no longer stored" not in client.get(path).text
    for folder in (coded.kit.settings.data).rglob(coded.one(DecisionRow).code_digest):
        shutil.rmtree(folder)
    assert "no longer stored" in client.get(path).text


def test_the_leads_page_and_the_learners_words(app, bench):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    bench.release()
    name = opened(bench)
    lead = app.test_client()
    sign_in(lead, bench.kit, bench.people.lead)
    assert f"/feedback/{name}/decision" in lead.get(f"/feedback/{name}").text
    page = lead.get(f"/feedback/{name}/decision").text
    assert "at first one found it met and one did not; the adjudicator decided" in page
    for person in (*bench.assessors, bench.learner):
        assert person.name not in page
    learner = app.test_client()
    sign_in(learner, bench.kit, bench.learner)
    told = html.unescape(learner.get(f"/work/{bench.submission.public_id}/feedback/1").text)
    assert "Two assessors scored it, each alone" in told
    assert "They agreed on 3 of 4 criteria." in told
    assert "Everything has to be met." in told


def test_the_page_shows_the_id_of_the_bundle(bench, client):
    round_id = bench.decided()
    sign_in(client, bench.kit, bench.people.cora)
    own = f"/coordinate/submissions/{bench.submission.public_id}"
    name = bench.round(round_id).public_id
    assert f"{own}/decision/{name}" in client.get(own).text
    page = client.get(f"{own}/decision/{name}")
    assert page.status_code == 200
    assert name in page.text
    assert "both gave the same level" in page.text
    assert "Event" in page.text
