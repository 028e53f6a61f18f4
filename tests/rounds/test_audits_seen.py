"""What came of audits: a lead's nameless list, shares of originals alone, and a coordinator's counts."""

import pytest
from sqlmodel import col, select

from reviewhub.models import Alias, Issuer, Rating, Review, Round, Scoresheet
from reviewhub.queries import audits as query
from reviewhub.queries.audit_counts import audit_counts
from reviewhub.services.rescore import rescore
from tests.assessor.desk import GOOD, WEAK
from tests.cases import sign_in
from tests.marks import BOTH


@pytest.fixture
def audited(bench):
    """Everything is audited."""
    with bench.kit.write() as tx:
        tx.session.get_one(Issuer, bench.micro.issuer_id).audit_percent = 100
    return bench


def one_more(bench, levels=GOOD, found=GOOD, name="Lee Learner", *, release=True):
    """A result with a finished audit; gives the audit's round."""
    learner = bench.learner if name == "Lee Learner" else bench.world.person(name)
    round_id = bench.seated(learner=learner)
    bench.score(round_id, levels, levels)
    bench.run()
    if release:
        bench.release()
    (audit,) = [r for r in bench.rounds() if r.kind == "audit" and r.state == "scoring"]
    (review,) = bench.seats(audit.id, "audit")
    bench.submit(bench.person(review), found, audit.id)
    bench.pass_undo()
    return audit


def page(bench, person=None, after=""):
    with bench.kit.read() as session:
        return query.audits_page(session, bench.actor(person or bench.people.lead), after)


def counts(bench):
    with bench.kit.read() as session:
        return audit_counts(session, bench.cora, bench.micro.issuer_id)


@BOTH
def test_a_lead_reads_how_many_criteria_are_the_same_differ_or_lie_across(audited):
    one_more(audited, found={**WEAK, "audience": "tested"})
    (one,) = page(audited).items
    assert (one.matched.same, one.matched.differ, one.matched.across) == (2, 1, 1)
    assert one.feedback == audited.feedback("released")[0].public_id


@BOTH
def test_an_audit_is_not_shown_before_the_result_is_released(audited):
    one_more(audited, release=False)
    assert page(audited).items == ()
    assert counts(audited).results == 0
    audited.release()
    assert len(page(audited).items) == 1
    assert (counts(audited).results, counts(audited).audited, counts(audited).across) == (1, 1, 0)


@BOTH
def test_no_share_of_fewer_than_five_audits_and_then_of_originals_alone(audited):
    for n in range(5):
        found = WEAK if n == 0 else GOOD
        one_more(audited, found=found, name=f"Learner {n}")
        (summary,) = page(audited).summaries
        shares = {one.criterion: (one.audits, one.percent) for one in summary.criteria}
        assert shares["Goal"] == (n + 1, None if n < 4 else 80)
    with audited.kit.write() as tx:  # a corrected sheet of each first scoring says something else
        firsts = tx.session.exec(select(Review).where(Review.role == "independent"))
        for review in firsts.all():
            sheet = Scoresheet(
                review_id=review.id, sequence=2, kind="superseding", submitted_at=audited.kit.clock.now()
            )
            tx.session.add(sheet)
            tx.session.flush()
            tx.session.add(Rating(scoresheet_id=sheet.id, criterion_id="goal", level_id="absent"))
    (summary,) = page(audited).summaries
    assert {one.criterion: one.percent for one in summary.criteria}["Goal"] == 80


def test_only_leads_of_the_issuer_and_never_of_whom_they_are_kept_apart(audited):
    one_more(audited)
    far = audited.world.issuer("far", "Far Away")
    for person in (
        audited.learner,
        audited.assessors[0],
        audited.people.cora,
        audited.world.person("Far Lead", "lead", issuer=far),
    ):
        assert page(audited, person).items == ()
        assert page(audited, person).summaries == ()


def test_the_list_comes_in_pages_with_as_many_statements_for_many(audited, statements, monkeypatch):
    monkeypatch.setattr(query, "PAGE", 2)
    one_more(audited, name="Learner 0")
    with statements() as few:
        page(audited)
    for n in range(1, 5):
        one_more(audited, name=f"Learner {n}")
    with statements() as many:
        first = page(audited)
    assert len(many) == len(few)
    second = page(audited, after=first.older)
    third = page(audited, after=second.older)
    found = [one.public_id for one in (*first.items, *second.items, *third.items)]
    newest = audited.all(Round, col(Round.kind) == "audit")[::-1]
    assert found == [one.public_id for one in newest]
    assert third.older == ""


def test_the_leads_page_names_nobody(audited, client):
    one_more(audited, found={**WEAK, "audience": "tested"})
    sign_in(client, audited.kit, audited.people.lead)
    html = client.get("/feedback/audits").get_data(as_text=True)
    for words in ("2 the same", "1 differs", "1 on the other side of met", "too few so far"):
        assert words in html
    (alias,) = audited.all(Alias, Alias.viewer_id == audited.people.lead.id)
    assert alias.name in html
    assert alias.case_ref in html
    names = [person.name for person in audited.assessors]
    for secret in ("Lee Learner", *names):
        assert secret not in html
    assert "Scored again" in client.get("/feedback").get_data(as_text=True)


def test_a_coordinator_reads_counts_and_can_have_it_scored_again(audited, client):
    one_more(audited)
    one_more(audited, found=WEAK, name="Noor Learner")
    sign_in(client, audited.kit, audited.people.cora)
    html = client.get("/coordinate/practice/harbor").get_data(as_text=True)
    assert "Of 2 results 2 were audited. In one of these a criterion is on the other side of met." in html
    assert "change no single result until all of these are looked at" in html
    assert 'href="#f-audit_percent"' in html
    assert 'id="f-audit_percent"' in html
    address = f"/coordinate/submissions/{audited.submission.public_id}/attempts/1/rescore"
    assert html.count("Have it scored again") == 1
    assert address in html
    for level in ("vague", "Vague", "Goal"):
        assert level not in html
    assert client.get(address).status_code == 200
    rescore(audited.kit, audited.cora, audited.submission.public_id, 1, "The audit differs.")
    assert address not in client.get("/coordinate/practice/harbor").get_data(as_text=True)
    assert (counts(audited).across, counts(audited).to_act) == (1, ())


def test_without_an_audit_it_says_so(bench, client):
    bench.released()
    sign_in(client, bench.kit, bench.people.cora)
    assert "No audit of a released result is finished yet." in client.get(
        "/coordinate/practice/harbor"
    ).get_data(as_text=True)
