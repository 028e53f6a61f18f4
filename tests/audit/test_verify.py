"""What somebody with the database changes is found: in a whole run, and in one from the last run on."""

import pytest

from reviewhub.bootstrap import build
from reviewhub.services import verify_audit_chains
from reviewhub.services.verify_audit import verify_all, verify_new
from tests.marks import BOTH

EITHER = pytest.mark.parametrize("verify", [verify_all, verify_new], ids=["all", "new"])


@pytest.fixture
def sealed(record):
    """Two checkpoints, each over all four chains; then one event more that is not sealed yet."""
    for _ in range(2):
        for root in record.all:
            record.grow(root, 3)
        record.seal()
    record.grow(record.second)
    return record


def broken(verify, kit, *words):
    """Batches of one and of many agree, and the sentence has these words."""
    answers = {verify(kit, batch=batch) for batch in (1, 200)}
    assert len(answers) == 1
    whole, said = answers.pop()
    assert not whole
    for word in words:
        assert word in said
    return said


@BOTH
@EITHER
def test_what_nobody_touched_is_whole(sealed, kit, verify):
    for batch in (1, 2, 200):
        whole, said = verify(kit, batch=batch)
        assert whole, said
    assert "Checkpoint 2 of 2026-11-02 09:00 UTC holds; 1 chains have changed since." in said


@BOTH
def test_the_second_run_reads_only_what_changed(sealed, kit):
    assert verify_new(kit)[1].startswith("Whole: 25 events of 2 issuers and 2 submissions follow")
    said = verify_new(kit)[1]
    assert said.startswith("Whole since checkpoint 2: 7 events of 1 chains follow")
    assert "all 4 chains end as they were sealed" in said
    sealed.seal()
    assert "since checkpoint 2: 7 events of 1 chains" in verify_new(kit)[1]
    assert "since checkpoint 3: 0 events of 0 chains" in verify_new(kit)[1]
    assert verify_all(kit)[1].startswith("Whole: 25 events")


@BOTH
@EITHER
def test_a_cut_tail_that_the_row_forgot_too(sealed, kit, verify):
    sealed.cut(sealed.first, 5)
    broken(verify, kit, f"submission {sealed.first.public_id}, event 6 (", "checkpoint 2")


@BOTH
@EITHER
def test_a_cut_tail_whose_mark_was_moved_as_well(sealed, kit, verify):
    sealed.cut(sealed.one, 5, mark=True)
    broken(verify, kit, f"issuer {sealed.one.public_id}, event 6 (it is missing: checkpoint 2 has it)")


@BOTH
@EITHER
def test_a_cut_tail_found_by_the_next_run(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.cut(sealed.first, 5, mark=True)
    broken(verify, kit, f"submission {sealed.first.public_id}, event 6 (")


@EITHER
def test_a_cut_tail_that_grew_again(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.cut(sealed.first, 5, mark=True)
    sealed.grow(sealed.first, 2)
    broken(verify, kit, f"submission {sealed.first.public_id}, event 6 (it is not the one that checkpoint 2")


@BOTH
@EITHER
def test_a_chain_rewritten_and_hashed_afresh(sealed, kit, verify):
    sealed.rewrite(sealed.first, 2)
    broken(verify, kit, f"submission {sealed.first.public_id}, event 3 (it is not the one that checkpoint 1")


@BOTH
@EITHER
def test_a_chain_rewritten_after_it_was_proved(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.rewrite(sealed.first, 2)
    broken(verify, kit, f"submission {sealed.first.public_id}, event ", "it is not the one that checkpoint")


@EITHER
def test_a_chain_rewritten_and_sealed_again(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.rewrite(sealed.first, 2)
    sealed.grow(sealed.first)
    sealed.seal()
    broken(verify, kit, f"submission {sealed.first.public_id}, event 3 (it is not the one that checkpoint 1")


@BOTH
@EITHER
def test_a_changed_event(sealed, kit, verify):
    sealed.sql("UPDATE event SET to_state = 'met' WHERE aggregate = 'issuer' AND seq = 2")
    broken(verify, kit, "issuer", "event 2 (it does not follow from the one before)")


@BOTH
@EITHER
def test_a_deleted_event(sealed, kit, verify):
    (gone,) = [event.id for event in sealed.chain(sealed.second) if event.seq == 2]
    sealed.sql("DELETE FROM event_text WHERE event_id = :id", id=gone)
    sealed.sql("DELETE FROM event WHERE id = :id", id=gone)
    broken(verify, kit, f"submission {sealed.second.public_id}, event 2 (")


@EITHER
def test_a_change_before_the_last_run_in_a_chain_that_has_grown_since(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.grow(sealed.one)
    sealed.sql("UPDATE event SET actor_id = 9 WHERE aggregate = 'issuer' AND seq = 1")
    broken(verify, kit, f"issuer {sealed.one.public_id}, event 1 (")


def test_a_change_in_a_chain_that_has_not_grown_takes_a_whole_run(sealed, kit):
    assert verify_new(kit)[0]
    sealed.sql("UPDATE event SET actor_id = 9 WHERE aggregate = 'issuer' AND seq = 1")
    assert verify_new(kit)[0]
    broken(verify_all, kit, "event 1 (")


@BOTH
@EITHER
def test_an_event_beside_the_record(sealed, kit, verify):
    sealed.sql(
        "INSERT INTO event (aggregate, aggregate_id, seq, at, action, from_state, to_state, facts, "
        "commitment, previous, hash) "
        "VALUES ('submission', :id, 8, '2026-01-01', 'x', '', '', '{}', '', '', '')",
        id=sealed.second.id,
    )
    broken(verify, kit, f"submission {sealed.second.public_id}, event 8 (it is not on record")


def test_an_event_written_while_it_is_read_is_no_break(sealed, kit, monkeypatch):
    read = verify_audit_chains.events_of

    def meanwhile(*asked):
        sealed.grow(sealed.first)
        sealed.grow(sealed.one)
        yield from read(*asked)

    monkeypatch.setattr(verify_audit_chains, "events_of", meanwhile)
    assert verify_all(kit)[0]


@BOTH
@EITHER
def test_a_checkpoint_taken_out_of_the_middle(sealed, kit, verify):
    sealed.seal()
    sealed.sql("DELETE FROM checkpoint_leaf WHERE checkpoint = 2")
    sealed.sql("DELETE FROM checkpoint WHERE number = 2")
    broken(verify, kit, "checkpoint 2 is missing")


@BOTH
@EITHER
def test_the_last_checkpoint_taken_away(sealed, kit, verify):
    sealed.sql("DELETE FROM checkpoint_leaf WHERE checkpoint = 2")
    sealed.sql("DELETE FROM checkpoint WHERE number = 2")
    broken(verify, kit, "event 3 (the row was sealed up to 6, and checkpoint 1 says otherwise)")


@EITHER
def test_every_checkpoint_taken_away(sealed, kit, verify):
    sealed.sql("DELETE FROM checkpoint_leaf")
    sealed.sql("DELETE FROM checkpoint")
    broken(verify, kit, "it was sealed, and no checkpoint has it")


@BOTH
@EITHER
def test_a_checkpoint_proved_before_that_is_gone_without_a_trace(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.sql("DELETE FROM checkpoint_leaf WHERE checkpoint = 2")
    sealed.sql("DELETE FROM checkpoint WHERE number = 2")
    for root in sealed.all:
        sealed.set_root(root, sealed_seq=3)
    broken(verify, kit, "checkpoint 2 is missing: it was proved before")


@EITHER
def test_a_checkpoint_proved_before_that_was_sealed_anew(sealed, kit, clock, verify):
    assert verify_new(kit)[0]
    sealed.sql("DELETE FROM checkpoint_leaf WHERE checkpoint = 2")
    sealed.sql("DELETE FROM checkpoint WHERE number = 2")
    for root in sealed.all:
        sealed.set_root(root, sealed_seq=3)
    clock.move(hours=1)
    sealed.rewrite(sealed.first, 5)
    sealed.seal()
    broken(verify, kit, "checkpoint 2 is not the one that was proved before")


def test_an_old_checkpoint_taken_away_later(sealed, kit):
    assert verify_new(kit)[0]
    sealed.sql("DELETE FROM checkpoint_leaf WHERE checkpoint = 1")
    sealed.sql("DELETE FROM checkpoint WHERE number = 1")
    broken(verify_new, kit, "1 of the checkpoints up to 2 are missing")
    broken(verify_all, kit, "checkpoint 1 is missing")


@BOTH
@EITHER
def test_a_forged_signature(sealed, kit, verify):
    sealed.sql("UPDATE checkpoint SET signature = :other WHERE number = 2", other="ab" * 64)
    broken(verify, kit, "checkpoint 2 has a signature that is not valid")


@EITHER
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("signature = ''", "signature that is not valid"),
        ("root = previous", "signature that is not valid"),
        ("sealed_at = '2026-01-01 00:00:00.000000'", "signature that is not valid"),
        ("leaves = 5", "signature that is not valid"),
        ("previous = root", "does not follow from the one before"),
        ("key_id = '0123456789abcdef'", "which is not known here"),
    ],
)
def test_a_forged_checkpoint(sealed, kit, verify, change, said):
    sealed.sql(f"UPDATE checkpoint SET {change} WHERE number = 2")
    broken(verify, kit, "checkpoint 2", said)


@EITHER
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE checkpoint_leaf SET head = :other WHERE checkpoint = 2 AND position = 1",
        "UPDATE checkpoint_leaf SET seq = 5 WHERE checkpoint = 2 AND position = 1",
        "DELETE FROM checkpoint_leaf WHERE checkpoint = 2 AND position = 3",
        "INSERT INTO checkpoint_leaf VALUES (2, 4, 'issuer', 1, 1, :other)",
    ],
)
def test_leaves_that_were_not_signed(sealed, kit, verify, change):
    values = {"other": "ab" * 32} if ":other" in change else {}
    sealed.sql(change, **values)
    broken(verify, kit, "checkpoint 2 does not have the leaves that it signed")


@EITHER
def test_a_chain_and_its_leaves_rewritten_together(sealed, kit, verify):
    sealed.rewrite(sealed.first, 2)
    for event in sealed.chain(sealed.first):
        where = "aggregate = 'submission' AND aggregate_id = :id AND seq = :seq"
        sealed.sql(
            f"UPDATE checkpoint_leaf SET head = :head WHERE {where}",
            head=event.hash,
            id=sealed.first.id,
            seq=event.seq,
        )
    broken(verify, kit, "checkpoint 1 does not have the leaves that it signed")


@BOTH
@EITHER
def test_a_whole_chain_taken_away_with_its_row(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.cut(sealed.first, 1)
    sealed.sql("DELETE FROM attempt WHERE submission_id = :id", id=sealed.first.id)
    sealed.sql("DELETE FROM submission WHERE id = :id", id=sealed.first.id)
    broken(verify, kit, f"submission number {sealed.first.id} is gone, its event 3 is left on record")


@EITHER
def test_a_head_on_the_row_that_is_another(sealed, kit, verify):
    assert verify_new(kit)[0]
    sealed.set_root(sealed.one, audit_head="ab" * 32)
    broken(verify, kit, f"issuer {sealed.one.public_id}, event ")


def test_a_run_that_finds_a_break_is_not_noted(sealed, kit):
    sealed.sql("UPDATE event SET to_state = 'met' WHERE aggregate = 'issuer' AND seq = 2")
    assert not verify_all(kit)[0]
    assert not (kit.settings.data / "audit-verified").exists()


def test_erased_words_break_nothing(sealed, kit):
    sealed.sql("DELETE FROM event_text")
    assert verify_all(kit)[0]


def test_what_another_key_signed_is_trusted_when_it_is_named(sealed, kit):
    (kit.settings.data / "audit-key").write_text("ab" * 32)
    (kit.settings.data / "audit-keys").rename(kit.settings.data / "elsewhere")
    public = (kit.settings.data / "elsewhere").read_text().strip()
    key_id = sealed.checkpoints()[0].key_id
    other = build(kit.settings, kit.clock)
    broken(verify_all, other, "checkpoint 1 is signed with the key " + key_id)
    assert verify_all(other, keys={key_id: public})[0]
    other.db.close()


def test_statements_grow_with_batches_and_not_with_events(sealed, kit, statements):
    with statements() as few:
        verify_all(kit)
    for root in sealed.all:
        sealed.grow(root, 10)
    with statements() as more:
        verify_all(kit)
    assert len(more) == len(few)


def test_a_long_chain_is_read_in_pages(sealed, kit, monkeypatch):
    sealed.grow(sealed.one, 10)
    monkeypatch.setattr(verify_audit_chains, "PAGE", 3)
    assert verify_all(kit)[0]
    sealed.sql("UPDATE event SET to_state = 'met' WHERE aggregate = 'issuer' AND seq = 14")
    broken(verify_all, kit, "event 14 (it does not follow")
