"""An export proves itself without the database, and one changed byte does not."""

import io
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewhub.bootstrap import signer as make_signer
from reviewhub.domain.errors import NotFound
from reviewhub.services import export_audit, seal, verify_audit_chains
from reviewhub.services.export_audit import export_record
from reviewhub.services.export_audit_check import check_export
from reviewhub.settings import Settings
from tests.marks import BOTH


@pytest.fixture
def sealed(record, kit):
    """Three checkpoints; some chains are in all of them, and one event more is not sealed."""
    for root in record.all:
        record.grow(root, 3)
    record.seal()
    for root in (record.first, record.one):
        record.grow(root, 2)
    while seal.seal(kit, most=1):
        pass
    record.grow(record.second)
    return record


def export(kit, since=0):
    out = io.StringIO()
    export_record(kit, since, out)
    return out.getvalue().splitlines()


def check(kit, lines, keys=None):
    return check_export(kit.signer, lines, kit.signer.known() if keys is None else keys)


@BOTH
def test_what_was_sealed_is_proved_without_the_database(sealed, kit):
    assert check(kit, export(kit)) == (
        True,
        "Whole: 16 events follow from each other, and 3 checkpoints up to 3 are signed.",
    )


@BOTH
def test_the_part_after_a_checkpoint(sealed, kit):
    lines = export(kit, since=1)
    assert check(kit, lines) == (
        True,
        "Whole: 4 events after checkpoint 1 follow from each other, and 2 checkpoints up to 3 are signed.",
    )
    first = json.loads(export(kit)[1])
    assert json.loads(lines[0])["previous"] == json.loads(lines[1])["checkpoint"]["previous"]
    assert first["checkpoint"]["number"] == 1


@pytest.mark.parametrize("since", [3, 99])
def test_there_is_nothing_after_the_last_one(sealed, kit, since):
    with pytest.raises(NotFound):
        export(kit, since)


def test_nothing_is_sealed_yet(record, kit):
    with pytest.raises(NotFound):
        export(kit)


def test_nobodys_words_are_in_it(record, kit):
    record.grow(record.first, 2, words="Kim said so")
    record.seal()
    text = "\n".join(export(kit))
    assert "Kim" not in text
    assert "Lee" not in text


def test_small_pages_give_the_same(sealed, kit, monkeypatch):
    whole = export(kit)
    monkeypatch.setattr(export_audit, "BATCH", 1)
    monkeypatch.setattr(export_audit, "TREES", 1)
    monkeypatch.setattr(verify_audit_chains, "PAGE", 2)
    assert export(kit) == whole


def test_a_key_that_is_not_known_is_named(sealed, kit, tmp_path):
    stranger = make_signer(Settings(data=tmp_path / "elsewhere"))
    lines = export(kit)
    whole, said = check_export(stranger, lines, stranger.known())
    assert not whole
    assert f"the key {kit.signer.key_id()}, which is not known here" in said
    assert check_export(stranger, lines, {kit.signer.key_id(): kit.signer.public()})[0]
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_line_is_found_wherever_it_is(sealed, kit):
    lines = export(kit)
    for at in range(len(lines)):
        whole, said = check(kit, [*lines[:at], *lines[at + 1 :]])
        assert not whole, (lines[at], said)


def test_a_whole_chain_left_out_is_found(sealed, kit):
    lines = export(kit)
    starts = [n for n, line in enumerate(lines) if '"type":"chain"' in line]
    left = [*lines[: starts[1]], *lines[starts[2] :]]
    gone = sum('"type":"event"' in line for line in lines) - sum('"type":"event"' in line for line in left)
    left[-1] = re.sub(r'"events":\d+', f'"events":{16 - gone}', left[-1])
    whole, said = check(kit, left)
    assert not whole
    assert "chains of checkpoint 1 are missing" in said


def test_lines_that_changed_places_or_stand_twice_are_found(sealed, kit):
    lines = export(kit)
    for at in range(len(lines) - 1):
        assert not check(kit, [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])[0], lines[at]
        assert not check(kit, [*lines[: at + 1], *lines[at:]])[0], lines[at]


def values(node, path=()):
    """Every value in a line, with the way to it."""
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from values(inner, (*path, name))
    elif isinstance(node, list):
        for n, inner in enumerate(node):
            yield from values(inner, (*path, n))
    else:
        yield path, node


def changed(line, path, value):
    whole = json.loads(line)
    node = whole
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)


def another(value):
    match value:
        case bool() | None:
            return 7
        case int():
            return value + 1
        case "":
            return "x"
        case _:
            return ("0" if value[0] != "0" else "1") + value[1:]


def test_every_single_value_that_changes_is_found(sealed, kit):
    lines = export(kit)
    tried = 0
    for at, line in enumerate(lines):
        for path, value in values(json.loads(line)):
            if path[0] in {"public_id", "keys"}:
                continue  # for reading only
            other = [*lines[:at], changed(line, path, another(value)), *lines[at + 1 :]]
            whole, said = check(kit, other)
            assert not whole, (line, path, said)
            tried += 1
    assert tried > 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_what_is_no_export_is_said_to_be_none(kit, text):
    whole, said = check(kit, [*text.split("\n")])
    assert not whole
    assert said.startswith("Broken: line ")
