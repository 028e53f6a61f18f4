"""Nothing of who was erased is left in any table or in storage, and the record stays whole."""

import re

import pytest
from sqlalchemy import text

from reviewhub.domain.access import SYSTEM
from reviewhub.models import Artifact, CleanCopy, Feedback, Membership, Person, Rating, Submission
from reviewhub.services.sessions import open_session
from reviewhub.services.show_audit import show_chain
from reviewhub.web.session import COOKIE
from tests.audit import planted
from tests.audit.erasing import EMAIL, NAME, WHAT, erase, one, rows, whole
from tests.audit.planted import CANARY, found
from tests.learner.story import WHY
from tests.marks import BOTH


@BOTH
def test_nothing_of_a_learner_is_left_in_any_table(kit, world, story, learner):
    """Every column of every table that may hold words is searched, also of tables that come later."""
    ana = one(kit, Person, Person.name == "Ana Silva")
    planted.fill_every_table(kit, learner_id=learner.id, person_id=learner.id, assessor_id=ana.id)
    planted.plant(kit, learner)
    with kit.write() as tx:
        tx.event(tx.lock(Submission, story.row.id), "thing.done", SYSTEM, text=f"{CANARY} said so")
    there = found(kit, CANARY)
    assert {f"{table}.{column.name}" for table, column in planted.wordy()} <= {
        *(hit.partition(":")[0] for hit in there),
        "person.email",
        "person.name",
        "invitation.email",
        "let_in.email",
    }
    erase(kit)
    assert found(kit, CANARY, NAME, EMAIL, "Quintilla", "quaver@", WHY, "plan.pdf") == []
    whole(kit)


def test_the_list_of_columns_without_words_names_only_what_is_there():
    there = {table.name: {column.name for column in planted.texts(table)} for table in planted.tables()}
    for table, columns in planted.NO_WORDS.items():
        assert columns <= there[table], table


@BOTH
def test_nothing_is_left_in_storage(kit, story):
    keys = [key for row in rows(kit, Artifact) for key in (row.key, row.staging_key) if key]
    keys += [row.key for row in rows(kit, CleanCopy)]
    assert len(keys) >= 3
    assert all(kit.storage.head(key) for key in keys)
    erase(kit)
    assert not any(kit.storage.head(key) for key in keys)
    assert not [path for path in (kit.settings.data / "files").rglob("*") if path.is_file()]
    assert rows(kit, CleanCopy) == []
    assert {(row.key, row.staging_key) for row in rows(kit, Artifact)} == {(None, None)}


@BOTH
def test_what_others_did_and_wrote_for_others_stays(kit, story, beside):
    before = {row.id: row.comment for row in rows(kit, Rating)}
    erase(kit)
    after = {row.id: row.comment for row in rows(kit, Rating)}
    assert {comment for comment in after.values() if comment} <= set(before.values())
    assert sum(bool(comment) for comment in after.values()) == len(before) / 2
    (kept,) = [row for row in rows(kit, Submission) if row.learner_id == beside.row.learner_id]
    files = [row.key for row in rows(kit, Artifact) if row.attempt_id == beside.attempt.id and row.key]
    assert files
    assert all(kit.storage.head(key) for key in files)
    assert kept.state == "met"
    assert found(kit, "Otto Other")


def test_the_row_its_ids_and_the_results_stay(kit, story, learner):
    before = one(kit, Submission, Submission.public_id == story.id)
    erase(kit)
    gone = one(kit, Person, Person.id == learner.id)
    assert (gone.public_id, gone.name, gone.email, gone.password_hash) == (
        learner.public_id,
        "Erased",
        None,
        None,
    )
    assert gone.erased_at is not None
    after = one(kit, Submission, Submission.id == before.id)
    assert (after.state, after.public_id, after.learner_id) == ("met", story.id, learner.id)
    assert [row.level_id for row in rows(kit, Rating)].count("clear") == 4


def test_it_is_an_event_with_its_reason_where_they_were_known(kit, story, learner):
    erase(kit)
    for name in (story.id, "harbor"):
        lines = list(show_chain(kit, name))
        assert any(f"person.erased  by ReviewHub  person={learner.public_id}" in line for line in lines)
        assert f"       “{WHAT}”" in lines
    assert f"by Erased ({learner.public_id})" in "\n".join(show_chain(kit, story.id))
    whole(kit)


@BOTH
def test_an_assessor_goes_and_what_they_scored_stays(kit, world, story, staff):
    ana = one(kit, Person, Person.name == "Ana Silva")
    cora = one(kit, Person, Person.name == "Cora Cord")
    planted.fill_every_table(kit, learner_id=story.row.learner_id, person_id=ana.id, assessor_id=ana.id)
    with kit.write() as tx:
        for table, column in (("concern", "note"), ("objection", "reason"), ("correction", "reason")):
            hers = "(SELECT id FROM review WHERE assessor_id = :ana)"
            words = f"SET review_id = {hers}, {column} = 'Typed by her: {CANARY}'"
            tx.session.execute(text(f"UPDATE {table} {words}"), {"ana": ana.id})
        root = tx.lock(Submission, story.row.id)
        tx.event(root, "thing.done", world.actor(ana), text=f"Typed by her: {CANARY}")
        tx.event(
            root, "thing.done", world.actor(cora), facts={"assessor_id": ana.id}, text=f"Of her: {CANARY}"
        )
        tx.event(root, "thing.done", world.actor(cora), text="ana.silva@people.example asked me")
        tx.event(root, "thing.done", world.actor(cora), text="I asked Ana Silva twice.")
        tx.event(root, "thing.done", world.actor(cora), text="Silvan words stay.")
        tx.letter(cora, "note", "About Ana Silva", "Write to ana.silva@people.example today.")
    comments = [row.comment for row in rows(kit, Rating)]
    erase(kit, "ana.silva@people.example")
    assert found(kit, CANARY, "Ana Silva", "ana.silva@") == []
    assert found(kit, "Silvan words stay.")
    assert [row.comment for row in rows(kit, Rating)] == comments
    assert found(kit, WHY, NAME)
    assert one(kit, Membership, Membership.person_id == ana.id).ended_at is not None
    whole(kit)


@pytest.mark.parametrize("who", ["cora.cord", "lena.lund", "ana.silva"])
def test_whoever_looks_at_what_is_left_gets_a_page(kit, world, story, client, who):
    """Every link on their pages answers, and none tells who it was."""
    with kit.write() as tx:
        tx.session.execute(text("UPDATE alias SET name = 'Amber Heron'"))
    erase(kit)
    person = one(kit, Person, Person.email == f"{who}@people.example")
    with kit.write() as tx:
        secret = open_session(tx, tx.session.get_one(Person, person.id), "test")
    client.set_cookie(COOKIE, secret)
    feedback = one(kit, Feedback).public_id
    theirs = {
        "cora.cord": f"/coordinate/submissions/{story.id}",
        "lena.lund": f"/feedback/{feedback}",
        "ana.silva": "/reviews",
    }
    seen, todo = set(), ["/", theirs[who]]
    while todo:
        path = todo.pop()
        seen.add(path)
        page = client.get(path)
        assert page.status_code in {200, 302, 303, 304}, path
        text_ = page.get_data(as_text=True) if "text/html" in page.content_type else ""
        for word in (NAME, "Quintilla", EMAIL, WHY, "plan.pdf", "Amber Heron"):
            assert word not in text_, path
        links = re.findall(r'href="(/[^"#?]*)', text_) + re.findall(
            "^(/.*)", page.headers.get("Location", "")
        )
        todo += [link for link in links if link not in {*seen, *todo} and not link.startswith("/static")]
        if path == theirs[who]:
            assert page.status_code == 200
    assert theirs[who] in seen
