"""The commands about the record, as an operator types them."""

import re

import pytest

from reviewhub.models import Alias
from reviewhub.services.show_audit import show_chain
from tests.marks import BOTH


@pytest.fixture
def sealed(record):
    for root in record.all:
        record.grow(root, 2)
    record.seal()
    return record


@BOTH
def test_verify_reads_what_is_new_and_with_all_everything(sealed, run):
    assert run("audit", "verify").output.startswith("Whole: 8 events")
    again = run("audit", "verify")
    assert (again.exit_code, again.output[:28]) == (0, "Whole since checkpoint 1: 0 ")
    assert run("audit", "verify", "--all").output.startswith("Whole: 8 events")


def test_verify_ends_with_1_where_something_does_not_fit(sealed, run):
    sealed.cut(sealed.first, 2)
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert done.output.startswith("Broken: submission ")


def test_an_export_is_proved_from_its_file_alone(sealed, run, tmp_path):
    file = tmp_path / "record.jsonl"
    done = run("audit", "export", str(file))
    assert done.output == "8 events and the checkpoints 1 to 1.\n"
    key_id, public = run("audit", "key").output.split()
    # Somebody else's machine: no database, another data folder, which stays as it was.
    elsewhere = {
        "REVIEWHUB_DATA": str(tmp_path / "elsewhere"),
        "REVIEWHUB_DATABASE_URL": "postgresql://no/no",
    }
    alone = run("audit", "verify", "--file", str(file), "--key", public, env=elsewhere)
    assert (alone.exit_code, alone.output[:14]) == (0, "Whole: 8 event")
    unknown = run("audit", "verify", "--file", str(file), env=elsewhere)
    assert unknown.exit_code == 1
    assert key_id in unknown.output
    file.write_text(file.read_text().replace('"thing.done"', '"thing.gone"', 1))
    assert run("audit", "verify", "--file", str(file)).exit_code == 1
    assert not (tmp_path / "elsewhere").exists()


def test_a_later_export_holds_what_was_sealed_since(sealed, run, tmp_path):
    sealed.grow(sealed.one)
    sealed.seal()
    assert run("audit", "export", "--since", "1", str(tmp_path / "b")).output.startswith("1 events and")
    assert run("audit", "verify", "--file", str(tmp_path / "b")).exit_code == 0
    nothing = run("audit", "export", "--since", "2", str(tmp_path / "c"))
    assert (nothing.exit_code, "Nothing was sealed" in nothing.output) == (1, True)
    assert not [*tmp_path.glob("c*")]


def test_a_key_that_is_none_is_refused(sealed, run):
    for key in ("zz", "ab" * 31):
        done = run("audit", "verify", "--key", key)
        assert done.exit_code == 2
        assert "64 hex digits" in done.output


# ---------------------------------------------------------------- show


@BOTH
def test_a_chain_reads_as_lines(sealed, kit):
    lines = list(show_chain(kit, sealed.first.public_id))
    assert lines[0] == f"submission {sealed.first.public_id}: 2 events, sealed up to 2"
    assert re.fullmatch(r"    1  2026-11-02 09:00:00 UTC  thing.done  by ReviewHub  n=0", lines[1])
    assert lines[2] == "       “Because 0”"
    assert lines[-1] == "       sealed in checkpoint 1"


def test_it_is_found_by_the_issuers_name_and_by_a_case_reference(sealed, kit, world):
    assert f"issuer {sealed.one.public_id}" in next(show_chain(kit, "north"))
    world.add(
        Alias(
            submission_id=sealed.second.id,
            viewer_id=world.person("Ana Silva").id,
            name="Amber Heron",
            case_ref="K7-204X",
        )
    )
    assert sealed.second.public_id in next(show_chain(kit, "k7-204x"))


def test_who_did_it_is_named(sealed, kit, world):
    cora = world.person("Cora Cord", "coordinator", issuer=sealed.one)
    with kit.write() as tx:
        tx.event(
            tx.lock(type(sealed.one), sealed.one.id), "thing.held", world.actor(cora), before="a", after="b"
        )
    assert f"thing.held  a → b  by Cora Cord ({cora.public_id})" in list(show_chain(kit, "north"))[-1]


def test_erased_words_are_said_to_be_erased(sealed, kit):
    sealed.sql("DELETE FROM event_text")
    assert "       (words erased)" in list(show_chain(kit, "north"))


def test_words_cannot_steer_the_terminal(record, kit):
    record.grow(record.one, words="\x1b]0;owned\x07\nsecond line\u202e")
    lines = list(show_chain(kit, "north"))
    assert all(c.isprintable() for line in lines for c in line)
    assert "       “second line� 0”" in lines


def test_what_is_not_there_is_said_in_a_sentence(kit, run):
    done = run("audit", "show", "nothing")
    assert (done.exit_code, "“nothing” is no submission" in done.output) == (1, True)
