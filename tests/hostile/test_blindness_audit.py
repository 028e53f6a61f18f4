"""`reviewhub blindness audit`: each kind of leak is found and not repeated; a clean house is found clean."""

import io
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import event
from sqlmodel import col, select

from reviewhub.blindness import standing
from reviewhub.blindness.audit import ALL, Audit, Wish
from reviewhub.blindness.copies import leaks_in
from reviewhub.blindness.look_only import look_only
from reviewhub.blindness.marks import Mark
from reviewhub.cli import main
from reviewhub.domain.blinding import Field
from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    CleanCopy,
    Conflict,
    LetterRow,
    Membership,
    Reveal,
    Review,
    Submission,
)
from reviewhub.services.ids import public_id
from tests.cases import Cases
from tests.hostile import evidence
from tests.hostile.cast import WEAK
from tests.hostile.scene import dump
from tests.marks import BOTH
from tests.rubrics import small_rubric

NAME, MAIL = evidence.NAME, "canarina.zebrowitz@people.example"


@pytest.fixture
def audit(settings, make_app):
    """Runs it; gives (who, field, where, at) of each finding, and the report."""

    def run(wish=ALL):
        report = Audit(make_app(settings), wish).audit()
        text = "\n".join(report.lines())
        for word in (*NAME.split(), MAIL, "Silva", "Okafor", "Lund", "canaryfile"):
            assert word.lower() not in text.lower(), "an audit tells nobody's name"
        return {(one.who, one.field, one.where, one.at.partition(" ")[0]) for one in report.findings}, report

    return run


@pytest.fixture
def scored(cast):
    """Scored by two, decided, waiting for its release."""
    cast.begin()
    cast.send()
    for person in (cast.ana, cast.ben):
        cast.hand_in(person, WEAK, f"What {person.public_id} saw, at some length, was this")
    return cast


@pytest.fixture
def decided(scored):
    scored.pass_undo()
    return scored


def change(cast, table, which, **values):
    with cast.kit.write() as tx:
        row = tx.session.exec(select(table).where(which).order_by(col(table.id))).first()
        for name, value in values.items():
            setattr(row, name, value)


def fields(found):
    return {field for _, field, _, _ in found}


def test_a_clean_house_is_found_clean_and_looked_at(decided, audit, app, kit):
    decided.run()
    found, report = audit()
    assert found == set()
    assert report.opened["assessor"] > 10
    assert report.opened["learner"] > 5
    assert report.opened["lead"] >= len(("desk", "released", "questions", "corrections"))
    assert report.copies >= 4
    assert report.letters >= 4
    assert list(report.lines())[-1] == "Nothing found that should not be there."


@BOTH
def test_it_writes_nothing_and_opens_no_transaction_that_could(decided, settings, make_app):
    app = make_app(settings)
    kit = app.extensions["reviewhub"]
    before, said = dump(decided.kit), []
    event.listen(kit.db.engine, "before_cursor_execute", lambda _c, _k, sql, *_: said.append(sql.strip()))
    Audit(app, ALL).audit()
    assert dump(decided.kit) == before
    assert len(said) > 100
    assert not [sql for sql in said if re.match("BEGIN IMMEDIATE|PRAGMA query_only=0|COMMIT", sql)]
    changing = [sql for sql in said if re.match("INSERT|UPDATE|DELETE", sql)]
    assert changing == []


@BOTH
def test_a_kit_that_looks_cannot_be_made_to_write(kit, world):
    world.person("Ada Adder")
    before, looking = dump(kit), look_only(kit)
    with looking.write() as tx:
        tx.session.add(Alias(submission_id=1, viewer_id=1, name="x", case_ref="x"))
        tx.session.flush()
    with pytest.raises(Exception, match=r"read-?only"), looking.write() as tx:
        tx.session.execute(Alias.__table__.delete())
    assert dump(kit) == before


def test_a_name_in_a_page_is_found_for_whoever_reads_it(scored, audit):
    change(scored, Artifact, Artifact.kind == "text", body=f"My name is {NAME}, and I planted beans.")
    found, _ = audit()
    assert (
        "assessor",
        Field.LEARNER_NAME.value,
        "body",
        f"/reviews/{scored.review(scored.ana).public_id}",
    ) in found
    assert "learner" not in {who for who, *_ in found}


@pytest.mark.slow
def test_one_word_of_a_name_and_an_address_are_found_as_well(scored, audit):
    for words in ("as Canarina says", f"write to {MAIL.upper()}"):
        change(scored, Artifact, Artifact.kind == "text", body=words)
        found, _ = audit()
        assert fields(found) == {Field.LEARNER_NAME.value}, words


@pytest.mark.slow
def test_a_file_name_and_an_id_in_a_page_are_found(scored, audit):
    change(scored, Artifact, Artifact.kind == "text", body="See canaryfile zebrowitz plan.pdf.")
    assert Field.FILE_NAME.value in fields(audit()[0])
    change(scored, Artifact, Artifact.kind == "text", body=f"See /work/{scored.story.id}.")
    assert fields(audit()[0]) == {Field.LEARNER_NAME.value}


@pytest.mark.slow
def test_what_the_other_seat_said_is_found(scored, audit):
    ben = scored.review(scored.ben).public_id
    words = f"What {scored.ana.public_id} saw, at some length, was this on goal."
    change(scored, Artifact, Artifact.kind == "text", body=words)
    found, _ = audit()
    assert ("assessor", Field.OTHER_SHEETS.value, "body", f"/reviews/{ben}") in found
    assert Field.ASSESSOR_NAMES.value in fields(found)


def test_a_letter_is_looked_at_with_its_subject(decided, audit):
    decided.run()
    change(decided, LetterRow, LetterRow.person_id == decided.ben.id, subject=f"About {NAME}")
    assert audit()[0] == {("assessor", Field.LEARNER_NAME.value, "headers", "letter")}


def test_an_assessors_name_in_a_learners_letter_is_found(decided, audit):
    decided.run()
    change(decided, LetterRow, LetterRow.person_id == decided.learner.id, body="Ben Okafor liked it.")
    assert audit()[0] == {("learner", Field.ASSESSOR_NAMES.value, "body", "letter")}


@pytest.mark.slow
def test_an_alias_in_a_learners_letter_is_found(decided, audit):
    decided.run()
    with decided.kit.read() as session:
        ref = session.exec(select(Alias.case_ref)).first()
    change(decided, LetterRow, LetterRow.person_id == decided.learner.id, body=f"Your case is {ref}.")
    assert audit()[0] == {("learner", Field.ALIAS.value, "body", "letter")}


@pytest.fixture
def seats(cast):
    """A case whose two sheets are in, as rows; what `seats_that_know` says of it."""
    made = Cases(cast.world).scoring(cast.learner, cast.micro, cast.ana, cast.ben, state="submitted")

    def known():
        with cast.kit.read() as session:
            found = list(standing.seats_that_know(session))
        assert {one.submission for one in found} <= {made.submission.public_id}
        return [one.why for one in found]

    assert known() == []
    return known


@pytest.mark.parametrize("role", ["coordinator", "manager"])
@pytest.mark.parametrize("ended", [False, True])
def test_a_seat_of_whoever_had_an_identity_role_is_found(cast, seats, role, ended):
    now = cast.kit.clock.now()
    cast.world.add(
        Membership(person_id=cast.ana.id, issuer_id=cast.micro.issuer_id, role=role,
                   granted_at=now.replace(year=2025), ended_at=now if ended else None)
    )  # fmt: skip
    assert seats() == ["holds or held a role that sees learners' names"]


def test_a_sheet_that_was_given_before_the_role_stands_and_a_draft_does_not(cast, seats):
    cast.kit.clock.move(hours=1)
    for person in (cast.ana, cast.ben):
        cast.world.add(
            Membership(person_id=person.id, issuer_id=cast.micro.issuer_id, role="coordinator",
                       granted_at=cast.kit.clock.now())
        )  # fmt: skip
    assert seats() == []
    change(cast, Review, Review.assessor_id == cast.ana.id, state="claimed", submitted_at=None)
    assert len(seats()) == 1


def test_roles_at_another_issuer_are_no_finding(cast, seats):
    cast.world.add(
        Membership(person_id=cast.ana.id, issuer_id=cast.elsewhere.id, role="coordinator",
                   granted_at=cast.kit.clock.now().replace(year=2025))
    )  # fmt: skip
    assert seats() == []


@pytest.mark.parametrize("ended", [False, True])
def test_a_seat_of_whoever_is_kept_apart_is_found(cast, seats, ended):
    now = cast.kit.clock.now().replace(year=2025)
    cast.world.add(
        Conflict(issuer_id=cast.micro.issuer_id, assessor_id=cast.ana.id, kind="recorded", recorded_at=now,
                 learner_id=cast.learner.id, recorded_by=cast.cora.id, ended_at=now if ended else None)
    )  # fmt: skip
    assert seats() == ([] if ended else ["is kept apart from the learner"])


@pytest.mark.parametrize("state", ["granted", "asked"])
def test_a_seat_of_whoever_was_told_the_name_is_found_whatever_submission_the_grant_named(cast, seats, state):
    now = cast.kit.clock.now().replace(year=2025)
    other = Cases(cast.world).open(cast.learner, cast.world.micro_credential(small_rubric()))
    cast.world.add(
        Reveal(public_id=public_id(), issuer_id=cast.micro.issuer_id, submission_id=other.submission.id,
               reason="x", asked_by=cast.ana.id, state=state, asked_at=now, decided_at=now)
    )  # fmt: skip
    assert seats() == (["was told who the learner is"] if state == "granted" else [])


def test_the_learners_own_seat_is_found(cast, seats):
    change(cast, Review, Review.assessor_id == cast.ana.id, assessor_id=cast.learner.id)
    assert seats() == ["it is the learner's own work"]


def test_a_seat_that_was_left_is_no_finding(cast, seats):
    change(cast, Review, Review.assessor_id == cast.ana.id, assessor_id=cast.learner.id, state="excluded")
    assert seats() == []


def test_two_viewers_with_one_alias_are_found(cast, seats):
    change(cast, Alias, Alias.viewer_id == cast.ana.id, name="Azure Finch")
    with cast.kit.read() as session:
        assert list(standing.shared_names(session)) == []
    change(cast, Alias, Alias.viewer_id == cast.ben.id, name="Azure Finch")
    with cast.kit.read() as session:
        assert len(list(standing.shared_names(session))) == 1


@pytest.mark.slow
def test_what_the_tables_tell_is_in_the_report(scored, audit):
    change(scored, Review, Review.assessor_id == scored.ana.id, assessor_id=scored.learner.id)
    change(scored, Alias, Alias.viewer_id == scored.ana.id, name="Azure Finch")
    change(scored, Alias, Alias.viewer_id == scored.ben.id, name="Azure Finch")
    assert {"it is the learner's own work", "the same alias"} <= fields(audit()[0])


def _replace_copy(cast, kind, data, **values):
    key = f"clean/{public_id()}"
    cast.kit.storage.put(key, data, media_type="application/octet-stream")
    change(cast, CleanCopy, CleanCopy.kind == kind, key=key, **values)


def _picture(form, **more):
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, form, **more)
    return out.getvalue()


def test_a_copy_with_the_learners_name_in_its_bytes_is_found(scored, audit):
    exif = Image.Exif()
    exif[0x013B] = NAME
    _replace_copy(scored, "image", _picture("JPEG", exif=exif))
    found, _ = audit()
    assert {("whoever scores", f, "bytes", "clean") for f in (Field.LEARNER_NAME.value, "metadata")} <= found


def _exif():
    exif = Image.Exif()
    exif[0x010E] = "garden"
    return exif


@pytest.mark.parametrize(
    ("form", "more"),
    [
        ("PNG", {"exif": _exif()}),
        ("WEBP", {"exif": _exif()}),
        ("WEBP", {"xmp": b"<x/>"}),
        ("JPEG", {"comment": b"garden"}),
        ("JPEG", {"exif": _exif()}),
    ],
)
def test_metadata_are_found_whatever_they_say(kit, form, more):
    for carried, data in ((True, _picture(form, **more)), (False, _picture(form))):
        key = f"clean/{public_id()}"
        kit.storage.put(key, data, media_type="image/x")
        copy = CleanCopy(
            public_id="x", artifact_id=1, position=0, kind="image", media_type="", key=key, size=1
        )
        assert (leaks_in(kit.storage, copy, [Mark("f", "Zebrowitz")]) == {"metadata"}) is carried


def test_an_object_that_is_gone_tells_nothing(kit):
    copy = CleanCopy(
        public_id="x", artifact_id=1, position=0, kind="image", media_type="", key="clean/no", size=1
    )
    assert leaks_in(kit.storage, copy, []) == frozenset()


@pytest.mark.slow
def test_a_sample_is_bounded_and_all_looks_at_what_has_ended(scored, audit):
    change(scored, Submission, Submission.public_id == scored.story.id, state="withdrawn")
    assert audit(Wish())[1].submissions == 0
    assert audit()[1].submissions == 1


def test_the_command_ends_with_1_where_it_finds_something_and_names_the_place(scored):
    kit = scored.kit
    (kit.settings.data / ".reviewhub").touch()
    run = lambda *more: CliRunner().invoke(  # noqa: E731 - read twice below
        main, ["blindness", "audit", *more], env=replace(kit.settings, undo_seconds=300).to_env()
    )
    clean = run("--most", "3")
    assert clean.exit_code == 0, clean.output
    assert "Looked at 1 submissions" in clean.output
    change(scored, Attempt, Attempt.number == 1, change_note="")
    change(scored, Artifact, Artifact.kind == "text", body=f"I am {NAME}.")
    done = run()
    assert done.exit_code == 1
    assert (
        f"LEAK {scored.story.id} assessor: learner's name and address, in the body of /reviews/"
        in done.output
    )
    assert NAME.split()[1] not in done.output
