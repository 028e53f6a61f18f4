"""Nothing of who was erased is left in any table or in storage, and the record stays whole."""

import io
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlmodel import select

from reviewhub import jobs
from reviewhub.cli import main
from reviewhub.domain.access import SYSTEM
from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import (
    Artifact,
    CleanCopy,
    Feedback,
    Invitation,
    Issuer,
    LetterRow,
    Membership,
    Outbox,
    Person,
    Rating,
    Submission,
)
from reviewhub.services import erase_person as erase_person_module
from reviewhub.services import seal
from reviewhub.services.change_account import change_account
from reviewhub.services.erase_person import erase_person
from reviewhub.services.erase_person_files import erase_files
from reviewhub.services.export_audit import export_record
from reviewhub.services.export_audit_check import check_export
from reviewhub.services.invite import invite
from reviewhub.services.kit import Job
from reviewhub.services.ports import StorageDown
from reviewhub.services.sessions import open_session
from reviewhub.services.show_audit import show_chain
from reviewhub.services.upload import Announced, allow_upload
from reviewhub.services.verify_audit import verify_all, verify_new
from reviewhub.services.withdraw import withdraw
from reviewhub.web.session import COOKIE
from tests.audit import planted
from tests.audit.planted import CANARY, found
from tests.learner.story import WHY, Story, pdf, release, score
from tests.marks import BOTH

NAME, EMAIL = "Quintilla Quaver", "quintilla.quaver@people.example"
WHAT = "They asked for it by letter."
MET = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}


@pytest.fixture
def staff(world):
    micro = world.micro_credential()
    world.assessors(micro, "Ana Silva", "Ben Okafor")
    world.person("Cora Cord", "coordinator")
    return micro, world.person("Lena Lund", "lead")


@pytest.fixture
def learner(world):
    return world.person(NAME)


@pytest.fixture
def story(kit, world, staff, learner):
    """Met, with files, words, sheets, feedback and a sealed chain."""
    return tell(kit, world, staff, learner)


@pytest.fixture
def beside(kit, world, staff):
    """The same of somebody else, by the same people."""
    return tell(kit, world, staff, world.person("Otto Other"))


def tell(kit, world, staff, learner):
    micro, lead = staff
    story = Story.begin(kit, world.actor(learner), micro).arrive()
    score(kit, world, story, MET, MET)
    release(kit, world, story, lead)
    jobs.run_due(kit)
    while seal.seal(kit):
        pass
    return story


def erase(kit, email=EMAIL):
    """Erase and work off what follows, to the end."""
    erase_person(kit, email, WHAT)
    jobs.run_due(kit)
    kit.clock.move(hours=2)
    jobs.run_due(kit)


def one(kit, table, *where):
    with kit.read() as session:
        return session.exec(select(table).where(*where)).one()


def rows(kit, table, *where):
    with kit.read() as session:
        return session.exec(select(table).where(*where).order_by(table.id)).all()


def whole(kit):
    for verify in (verify_new, verify_all):
        result, said = verify(kit)
        assert result, said
    while seal.seal(kit):
        pass
    out = io.StringIO()
    export_record(kit, 0, out)
    assert check_export(kit.signer, out.getvalue().splitlines(), kit.signer.known())[0]
    assert verify_all(kit)[0]


# ---------------------------------------------------------------- everything goes


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


def test_a_file_that_comes_in_after_the_erasure_is_deleted_too(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0])
    allowed = allow_upload(kit, story.actor, story.id, Announced("plan", "plan.pdf", 4))
    key = one(kit, Artifact, Artifact.public_id == allowed.artifact).staging_key
    withdraw(kit, story.actor, story.id, "")
    erase_person(kit, EMAIL, WHAT)
    jobs.run_due(kit)
    kit.storage.put(key, b"late", media_type="application/pdf")  # through the address that still works
    kit.clock.move(hours=2)
    jobs.run_due(kit)
    assert kit.storage.head(key) is None
    assert rows(kit, Artifact)[0].staging_key is None


def test_a_check_that_is_under_way_keeps_nothing(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0])
    story.upload("plan", "plan.pdf", pdf())
    withdraw(kit, story.actor, story.id, "")
    erase(kit)
    assert not [path for path in (kit.settings.data / "files").rglob("*") if path.is_file()]


def test_an_outage_of_storage_is_waited_for(kit, story, monkeypatch):
    erase_person(kit, EMAIL, WHAT)
    (job,) = [row for row in rows(kit, Outbox) if row.job == "erase_files"]
    monkeypatch.setattr(type(kit.storage), "delete", lambda *_: (_ for _ in ()).throw(StorageDown))
    with pytest.raises(StorageDown):
        erase_files(kit, Job(job.id), **job.args)
    monkeypatch.undo()
    erase_files(kit, Job(job.id), **job.args)
    assert not [path for path in (kit.settings.data / "files").rglob("*") if path.is_file()]


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


# ---------------------------------------------------------------- staff


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


def test_words_written_between_the_look_and_the_erasure_go_too(kit, world, story, learner, monkeypatch):
    look = erase_person_module.look

    def and_then(*asked):
        found_before = look(*asked)
        with kit.write() as tx:
            root = tx.lock(Issuer, world.main_issuer.id)
            tx.event(root, "thing.done", SYSTEM, text=f"{NAME} called.")
            tx.event(root, "thing.done", world.actor(learner), text=CANARY)
        return found_before

    monkeypatch.setattr(erase_person_module, "look", and_then)
    erase(kit)
    assert found(kit, NAME, CANARY) == []
    whole(kit)


def test_letters_to_them_that_wait_are_not_sent(kit, world, story, learner):
    with kit.write() as tx:
        tx.letter(tx.session.get_one(Person, learner.id), "note", "To you", "Words for you")
    erase(kit)
    letters = rows(kit, LetterRow, LetterRow.person_id == learner.id)
    assert {(row.to, row.subject, row.body) for row in letters} == {("", "", "")}
    assert letters[-1].sent_at is None
    assert all(row.done_at for row in rows(kit, Outbox) if row.job == "send_letter")


def test_an_invitation_that_waits_cannot_be_taken_up(kit, world, story):
    cora = one(kit, Person, Person.name == "Cora Cord")
    invite(kit, world.actor(cora), world.main_issuer.id, EMAIL, "assessor")
    erase(kit)
    offer = one(kit, Invitation)
    assert offer.email == ""
    assert offer.expires_at <= kit.clock.now()
    assert found(kit, EMAIL) == []


def test_the_address_is_free_again_for_somebody_new(kit, world, story):
    erase(kit)
    assert world.person(NAME).email == EMAIL


def test_a_name_that_is_on_its_way_comes_too_late(kit, world, story, learner):
    actor = world.actor(learner)
    erase(kit)
    with pytest.raises(NotFound):
        change_account(kit, actor, NAME, "UTC")


# ---------------------------------------------------------------- what stands in the way


def test_running_work_is_to_be_withdrawn_first(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0])
    with pytest.raises(Refused, match=f"Withdraw it first: {story.id}"):
        erase_person(kit, EMAIL, WHAT)
    withdraw(kit, story.actor, story.id, "")
    erase(kit)
    assert found(kit, NAME, EMAIL) == []


def test_seats_are_to_be_given_to_others_first(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0]).arrive()
    jobs.run_due(kit)
    with pytest.raises(Refused, match=f"They hold seats. Give them to others first: {story.id}"):
        erase_person(kit, "ana.silva@people.example", WHAT)
    assert one(kit, Person, Person.name == "Ana Silva")


def test_the_last_coordinator_is_not_erased(kit, world, staff):
    with pytest.raises(Refused, match="last coordinator of harbor"):
        erase_person(kit, "cora.cord@people.example", WHAT)
    world.person("Dora Dean", "coordinator")
    erase(kit, "cora.cord@people.example")
    assert found(kit, "Cora Cord") == []


@pytest.mark.parametrize("reason", ["", " ", f"{NAME} wrote to us", "quintilla wrote", f"see {EMAIL}"])
def test_the_reason_is_needed_and_names_nobody(kit, story, reason):
    with pytest.raises(Invalid) as caught:
        erase_person(kit, EMAIL, reason)
    assert [problem.field for problem in caught.value.problems] == ["reason"]


def test_an_address_that_nobody_has(kit, story):
    for address in ("nobody@people.example", ""):
        with pytest.raises(NotFound):
            erase_person(kit, address, WHAT)
    erase(kit, f" {EMAIL.upper()} ")
    with pytest.raises(NotFound):
        erase_person(kit, EMAIL, WHAT)


# ---------------------------------------------------------------- the command, and what is left to look at


@pytest.fixture
def run(kit):
    (kit.settings.data / ".reviewhub").touch()
    env = kit.settings.to_env()
    return lambda *words, **more: CliRunner().invoke(main, words, env=env, **more)


def test_the_command_asks_before_it_erases(kit, story, run):
    asked = run("person", "erase", EMAIL, "--reason", WHAT, input="n\n")
    assert f"Erase {NAME} <{EMAIL}> (1 submissions, 0 roles) for good?" in asked.output
    assert asked.exit_code == 1
    assert found(kit, NAME)
    done = run("person", "erase", EMAIL, "--reason", WHAT, "--yes")
    assert (done.exit_code, NAME in done.output) == (0, False)
    jobs.run_due(kit)
    assert found(kit, NAME) == []


def test_the_command_says_what_stands_in_the_way(kit, staff, run):
    done = run("person", "erase", "cora.cord@people.example", "--reason", WHAT, "--yes")
    assert done.exit_code == 1
    assert "Make somebody else one first." in done.output
    assert "Traceback" not in done.output


def test_logs_say_nothing_of_them(kit, story, run, caplog):
    with caplog.at_level("DEBUG"):
        run("person", "erase", EMAIL, "--reason", WHAT, "--yes")
        jobs.run_due(kit)
    for word in (NAME, EMAIL, WHY):
        assert word not in caplog.text


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
