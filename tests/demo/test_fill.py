from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlmodel import func, select

from reviewhub.demo import fill, remarks
from reviewhub.demo.people import PASSWORD
from reviewhub.domain.errors import Refused
from reviewhub.domain.rubric_json import from_json
from reviewhub.host.ask import Call, ask
from reviewhub.host.store import stored
from reviewhub.models import (
    Artifact,
    Attempt,
    CleanCopy,
    Event,
    Feedback,
    Hold,
    Issuer,
    LetterRow,
    MicroCredential,
    Outbox,
    Person,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.queries.actor import load_actor
from reviewhub.queries.demo import CAST, address
from reviewhub.queries.pile import waiting
from reviewhub.services.completeness import facts_of_artifact
from reviewhub.services.ids import public_id
from reviewhub.services.sign_in import sign_in
from reviewhub.services.verify_audit import verify_all

pytestmark = pytest.mark.timeout(400)  # the first of them fills the demo, the others wait for it

EXPECTED = {
    Submission: {"open", "under_review", "revise", "met", "withdrawn", "held", "lapsed"},
    Attempt: {"draft", "needs_fix", "held", "submitted", "decided", "released", "withdrawn"},
    Round: {"waiting", "scoring", "adjudicating", "resolved", "void", "held"},
    Review: {"offered", "claimed", "submitted", "final", "released", "excluded", "expired"},
    Artifact: {"checked", "refused"},
    Feedback: {"draft", "released", "aside"},
}
"""Every state that lasts: checking and resolving pass."""


def states(kit, table):
    with kit.read() as session:
        return Counter(session.exec(select(table.state)).all())


def counts(kit):
    tables = (
        Issuer,
        Person,
        MicroCredential,
        Submission,
        Attempt,
        Artifact,
        CleanCopy,
        Review,
        LetterRow,
        Event,
    )
    with kit.read() as session:
        return {
            table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in tables
        }


def test_the_world_has_its_size(demo):
    found = counts(demo)
    assert (found["Issuer"], found["MicroCredential"], found["Submission"]) == (3, 13, 123)
    with demo.read() as session:
        learners = session.exec(select(Submission.learner_id).distinct()).all()
        assert len(learners) == 40
        for name in CAST.values():
            assert session.exec(select(Person).where(Person.email == address(name))).one().name == name


@pytest.mark.parametrize("table", EXPECTED, ids=lambda table: table.__name__)
def test_every_state_that_lasts_is_there(demo, table):
    assert set(states(demo, table)) == EXPECTED[table]


def test_every_kind_of_hold_is_there_and_later_attempts_are_everywhere(demo):
    with demo.read() as session:
        open_holds = session.exec(select(Hold.code).where(Hold.closed_at.is_(None))).all()
        later = session.exec(select(Attempt.state).where(Attempt.number > 1)).all()
        adjudicators = session.exec(select(Review.state).where(Review.role == "adjudicator")).all()
    assert set(open_holds) == {"coordinator", "no_clean_copy", "plugin_fault"}
    assert {"draft", "submitted", "decided", "released"} <= set(later)
    assert {"offered", "claimed", "final"} <= set(adjudicators)


def test_rounds_that_nobody_may_score_say_why(demo):
    with demo.read() as session:
        waiting = session.exec(
            select(Round.waits_for).where(Round.state == "waiting", Round.waits_for != "")
        ).all()
    assert len(waiting) >= 3
    assert all("not qualified" in text for text in waiting)


def test_the_assessors_of_the_cards_find_something_to_claim(demo):
    with demo.read() as session:
        for card in ("assessor-a", "assessor-b"):
            person = session.exec(select(Person).where(Person.email == address(CAST[card]))).one()
            found = waiting(session, load_actor(session, person.id), demo.clock.now())
            assert found.count >= 2
            assert not found.full


def test_the_record_is_whole_and_the_work_is_done(demo):
    whole, text = verify_all(demo)
    assert whole, text
    now, ends = demo.clock.now(), datetime.fromisoformat((demo.settings.data / "filled-at").read_text())
    with demo.read() as session:
        moments = session.exec(select(Event.at)).all()
        left = session.exec(select(Outbox.job).where(Outbox.done_at.is_(None), Outbox.due_at <= ends)).all()
        unsent = session.exec(select(LetterRow.id).where(LetterRow.sent_at.is_(None))).all()
    assert max(moments) <= now
    assert timedelta(days=29) < max(moments) - min(moments) < timedelta(days=31)
    assert left == []
    assert unsent == []


def test_evidence_can_be_opened(demo):
    with demo.read() as session:
        keys = session.exec(select(CleanCopy.key)).all()
        kinds = set(session.exec(select(CleanCopy.kind)).all())
    assert kinds >= {"image", "page", "text"}
    assert all(demo.storage.head(key) for key in keys)


def test_a_second_start_finds_the_same(demo):
    before = counts(demo)
    fill(demo, lambda _: pytest.fail("nothing to do"))
    assert counts(demo) == before


def test_people_can_also_sign_in_by_the_form(demo):
    assert sign_in(demo, address(CAST["lead"]), PASSWORD, "a test")


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def stop_at(word):
    def progress(text):
        if text.startswith(word):
            raise Stopped

    return progress


def test_a_filling_that_was_interrupted_starts_afresh(empty):
    with pytest.raises(Stopped):
        fill(empty, stop_at("day"))
    assert counts(empty)["Person"] > 50
    with pytest.raises(Stopped):
        fill(empty, stop_at("people"))
    assert counts(empty)["Person"] == 0


def test_somebodys_own_data_are_left_alone(empty):
    now = empty.clock.now()
    with empty.write() as tx:
        tx.session.add(Person(public_id=public_id(), email="own@people.example", created_at=now))
    with pytest.raises(Refused, match="no demo"):
        fill(empty, lambda _: None)
    assert counts(empty)["Person"] == 1


def test_issuers_would_have_nothing_to_say_of_the_evidence(demo):
    query = (
        select(Artifact, Submission.code_digest, RubricVersion.body, Issuer.slug)
        .join(Attempt, Attempt.id == Artifact.attempt_id)
        .join(Submission, Submission.id == Attempt.submission_id)
        .join(RubricVersion, RubricVersion.id == Submission.rubric_version_id)
        .join(Issuer, Issuer.id == Submission.issuer_id)
        .where(Artifact.issuer_check == "clear")
    )
    calls = {}
    with demo.read() as session:
        for artifact, digest, body, issuer in session.exec(query):
            rubric = from_json(body)
            args = {"rubric": rubric, "requirement": rubric.requirement(artifact.requirement_id)}
            call = Call("check_evidence", {**args, "evidence": facts_of_artifact(artifact)})
            calls.setdefault((issuer, digest), []).append(call)
    assert sum(map(len, calls.values())) > 100
    for (issuer, digest), batch in calls.items():
        replies = ask(issuer, stored(demo.settings.data / "plugins", issuer, digest), batch)
        assert [(reply.value, reply.fault) for reply in replies] == [(None, "")] * len(batch)


def test_every_criterion_has_words_of_its_own(demo):
    with demo.read() as session:
        bodies = session.exec(select(RubricVersion.body)).all()
    criteria = {c["id"] for body in bodies for part in body["parts"] for c in part["criteria"]}
    assert criteria <= set(remarks._MET)
    assert criteria <= set(remarks._NOT)
