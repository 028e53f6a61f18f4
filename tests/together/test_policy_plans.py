"""Pages and jobs about new policies and audits start from an index, with as many statements for many."""

import pytest

from reviewhub.models import Issuer
from reviewhub.queries.audit_counts import audit_counts
from reviewhub.queries.audits import audits_page
from reviewhub.queries.policy_change import policy_page
from reviewhub.queries.running_policies import old_policies
from tests.assessor.desk import GOOD, WEAK
from tests.rounds.bench import Bench
from tests.rounds.shipping import TOLERANT, decide, ship
from tests.together.test_query_plans import scans


@pytest.fixture
def bench(world):
    made = Bench(world)
    with made.kit.write() as tx:
        tx.session.get_one(Issuer, made.micro.issuer_id).audit_percent = 100
    return made


def read_all(bench):
    """Every page of these, as its reader opens it."""
    lead = bench.actor(bench.people.lead)
    with bench.kit.read() as session:
        audits_page(session, lead, after=audits_page(session, lead).older)
        audit_counts(session, bench.cora, bench.micro.issuer_id)
        old_policies(session, bench.cora)
        return policy_page(session, bench.cora, bench.micro.public_id, "1.0")


def results(bench, *names):
    """A released and audited result for each, and one that is decided."""
    for name in names:
        round_id = bench.seated(learner=bench.world.person(name))
        bench.score(round_id, GOOD if "Good" in name else WEAK, WEAK if "Split" in name else GOOD)
        bench.run()


def test_each_statement_starts_from_an_index(bench):
    bench.released()
    (audit,) = [one for one in bench.rounds() if one.kind == "audit"]
    (review,) = bench.seats(audit.id, "audit")
    bench.submit(bench.person(review), WEAK, audit.id)
    bench.pass_undo()
    results(bench, "Good One", "Split Two")
    new = ship(bench, TOLERANT)
    with scans(bench.kit.db.engine) as found:
        read_all(bench)
        decide(bench, "recalculate", new)
        bench.run()
    assert not found, "\n\n".join(f"{line}\n{statement}" for line, statement in found.items())


def test_many_running_submissions_take_no_more_statements(bench, statements):
    results(bench, "Good One")
    ship(bench, TOLERANT)
    with statements() as few:
        assert read_all(bench).running == 1
    results(bench, "Good Two", "Split Three")
    with bench.kit.write() as tx:
        for row in bench.all(type(bench.submission)):
            tx.session.get_one(type(row), row.id).rubric_version_id = bench.submission.rubric_version_id
    with statements() as many:
        assert read_all(bench).running == 3
    assert len(many) == len(few)
