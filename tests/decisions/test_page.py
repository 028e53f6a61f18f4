"""How a decision came about: on one page for its coordinator, and for nobody else."""

import pytest

from reviewhub.domain.errors import NotFound
from reviewhub.queries.decision_page import decision_page
from reviewhub.services.seal import seal
from tests.assessor.desk import WEAK
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
    assert [(row.criterion, row.rule, row.disputed) for row in page.results if row.disputed] == [
        ("Goal", "expert_final", True)
    ]
    assert {row.rule for row in page.results} == {"expert_final"}
    assert [(one.role, one.kind) for one in page.sheets] == [
        ("independent", "blind"),
        ("independent", "blind"),
        ("adjudicator", "blind"),
        ("adjudicator", "final"),
    ]
    assert (page.outcome, page.rule, page.released, page.sealed) == ("not_yet", "all_met", False, 1)
    assert page.event
    assert len(page.head) == 64
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


def test_always_eight_statements(bench, statements):
    round_id = bench.decided()
    name = bench.round(round_id).public_id
    with bench.kit.read() as session, statements() as asked:
        decision_page(session, bench.cora, bench.submission.public_id, name)
    assert len(asked) == 8


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
