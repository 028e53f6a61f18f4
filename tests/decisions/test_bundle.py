"""A decision as a file: it proves itself, judged again it is the same, and no byte of it can change."""

import json
import random
from base64 import b64encode

import pytest
from click.testing import CliRunner
from sqlmodel import select

from reviewhub.cli import main
from reviewhub.domain.bundle import PARTS, Unsound, digest_of, manifest_of, read, to_sign, write
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import AgreementPolicy, DecisionPolicy, Policies, ResolutionPolicy
from reviewhub.host.judge import PluginHost
from reviewhub.models import Artifact, Attempt, CleanCopy, Correction, DecisionRow, Issuer, Round
from reviewhub.services.appeal import appeal
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.export_decision import export_decision
from reviewhub.services.replay_decision import Bench as Replaying
from reviewhub.services.replay_decision import replay
from reviewhub.services.rescore import rescore
from reviewhub.services.rule_on_rescore import rule_on_rescore
from reviewhub.services.seal import seal
from reviewhub.services.supersede import supersede
from tests.assessor.desk import GOOD, WEAK, entries
from tests.assessor.doubting import DOUBT, both_clear, doubt, give, second_attempt
from tests.marks import BOTH
from tests.rubrics import small_rubric


@pytest.fixture
def bundle(kit):
    """The bundle of the newest round that has a decision; by round where there is one to name."""

    def make(desk, round_id=None, **more):
        name = desk.all(Round)[-1].public_id if round_id is None else desk.round(round_id).public_id
        return export_decision(kit, name, **more)

    return make


@pytest.fixture
def again(kit, tmp_path):
    """Replay as somebody would who has the file alone; gives the checks."""

    def run(data, key=""):
        host = PluginHost(tmp_path / "elsewhere")
        return list(replay(Replaying(kit.signer, host, host), data, key))

    return run


def corrected(bench, review, levels):
    """Its assessor asks to correct a final sheet, a lead consents, the sheet is superseded."""
    person = bench.actor(bench.person(review))
    ask_correction(bench.kit, person, review.public_id, "I pressed the wrong level.")
    asked, lead = bench.all(Correction)[-1], bench.actor(bench.people.other_lead)
    read_correction(bench.kit, lead, asked.public_id)
    decide_correction(bench.kit, lead, asked.public_id, agree=True, reason="The comment says so already.")
    supersede(bench.kit, person, review.public_id, entries(levels))
    bench.run()


def assert_whole(checks):
    assert all(check.fits is not False for check in checks), checks
    assert checks[-1].said.startswith("Locks: "), checks


def resigned(kit, data, part, change):
    """The file as a forger with the key would write it: hashes and signature fit, what it says does not."""
    parts = json.loads(data)["parts"]
    change(parts[part])
    key = kit.signer.public()
    return write(parts, key, kit.signer.sign(to_sign(digest_of(manifest_of(parts)), key)))


@BOTH
def test_what_was_agreed_is_judged_again_to_the_same(bench, bundle, again, kit):
    round_id = bench.decided()
    checks = again(bundle(bench, round_id))
    assert_whole(checks)
    assert [c.fits for c in checks].count(None) == 1, "not sealed yet"
    while seal(kit):
        pass
    sealed = again(bundle(bench, round_id), kit.signer.public())
    assert_whole(sealed)
    assert all(check.fits for check in sealed)
    assert any(check.said.startswith("Checkpoint 1: holds event") for check in sealed)


@BOTH
def test_what_was_adjudicated(bench, bundle, again):
    round_id = bench.disputed()
    bench.adjudicate(round_id, WEAK)
    checks = again(bundle(bench, round_id))
    assert_whole(checks)
    assert any("2 sheets, to adjudicate: goal" in check.said for check in checks)


def test_a_superseding_sheet_counts_and_the_first_is_there(bench, bundle, again):
    round_id = bench.decided(WEAK)
    first, second = bench.seats(round_id)
    corrected(bench, first, GOOD)
    corrected(bench, second, GOOD)
    data = bundle(bench, round_id)
    parts = read(data).parts
    assert [sheet["kind"] for sheet in parts["sheets"]] == ["blind", "superseding"] * 2
    assert [one["outcome"] for one in parts["result"]["replaced"]] == ["not_yet"]
    assert_whole(again(data))


@pytest.mark.parametrize("level", ["clear", "vague"])
def test_a_doubted_lock_that_stands_or_is_lifted(desk, bundle, again, level):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ana)
    both_clear(desk, round_id)
    for _ in range(2):
        desk.submit(desk.people.lead, {"goal": "clear", "audience": level}, audience="We looked.")
    desk.pass_undo()
    data = bundle(desk, round_id)
    assert_whole(again(data))
    assert read(data).parts["locks"]["doubted"] == ["audience"]


def test_an_appeal_adds_to_what_was_met(bench, bundle, again):
    first = bench.released()
    bench.kit.clock.move(minutes=1)
    learner = bench.actor(bench.learner)
    appeal(bench.kit, learner, bench.submission.public_id, "It is on page 2.")
    bench.run()
    fresh = bench.all(Round)[-1].id
    bench.score(fresh, {"goal": "clear"}, {"goal": "clear"})
    for round_id in (first, fresh):
        assert_whole(again(bundle(bench, round_id)))


@pytest.mark.parametrize(("again_levels", "kept"), [(WEAK, True), (GOOD, False)])
def test_what_was_scored_again(bench, bundle, again, again_levels, kept):
    """By a rescore: both rounds replay, whether the fresh one came to the same or was ruled to count."""
    first = bench.released()
    bench.kit.clock.move(minutes=1)
    name = bench.submission.public_id
    rescore(bench.kit, bench.cora, name, 1, "A conflict came to light.")
    bench.run()
    fresh = bench.all(Round)[-1]
    bench.score(fresh.id, again_levels, again_levels)
    if not kept:
        rule_on_rescore(bench.kit, bench.cora, fresh.public_id, "take_back", "The fresh ones are right.")
        bench.run()
    for round_id in (first, fresh.id):
        assert_whole(again(bundle(bench, round_id)))
    assert [one["kind"] for one in read(bundle(bench, first)).parts["result"]["rounds"]] == [
        "initial",
        "rescore",
    ]


def test_an_audit_leaves_the_decision_as_it_was_and_makes_none(bench, bundle, again, kit):
    with bench.kit.write() as tx:
        tx.session.get_one(Issuer, bench.micro.issuer_id).audit_percent = 100
    first = bench.released()
    before = read(bundle(bench, first)).parts["result"]["decision"]
    fresh = bench.all(Round)[-1]
    (review,) = bench.seats(fresh.id, "audit")
    bench.submit(bench.person(review), GOOD, fresh.id)
    bench.pass_undo()
    assert bench.round(fresh.id).state == "resolved"
    data = bundle(bench, first)
    assert_whole(again(data))
    assert read(data).parts["result"]["decision"] == before
    with pytest.raises(NotFound):
        export_decision(kit, fresh.public_id)


def test_it_names_what_assessors_were_shown(desk, bundle, again):
    round_id = desk.seated()
    give(desk, 1, why="Because it helps.", plan="a" * 64)
    with desk.kit.write() as tx:
        (copy,) = tx.session.exec(select(CleanCopy)).all()
        copy.sha256 = "b" * 64
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    data = bundle(desk, round_id)
    assert_whole(again(data))
    (shown,) = read(data).parts["evidence"]["copies"]
    assert (shown["requirement"], shown["of"], shown["sha256"]) == ("plan", "a" * 64, "b" * 64)


TOLERANT = Policies(
    agreement=AgreementPolicy("within", 1),
    resolution=ResolutionPolicy(adjacent="mean"),
    decision=DecisionPolicy(tolerance=1),
)
UNLOCKED = Policies(decision=DecisionPolicy(locks=False))


@pytest.mark.parametrize("rubric", [small_rubric(policies=TOLERANT)])
def test_tolerance_and_neighbouring_levels(desk, bundle, again):
    round_id = desk.seated()
    desk.submit(desk.people.ana, {**WEAK, "audience": "tested"})
    desk.submit(desk.people.ben, WEAK)
    desk.pass_undo()
    assert desk.one(DecisionRow).rule == "all_met+tolerance"
    checks = again(bundle(desk, round_id))
    assert_whole(checks)
    assert any("adjacent_mean, same" in check.said for check in checks)


def test_the_issuers_code_is_asked_again_from_the_file_alone(coded, bundle, again, kit, tmp_path):
    data = bundle(coded)
    assert coded.one(DecisionRow).rule.startswith("loomfield: one nearly there")
    assert_whole(again(data))
    left_out = again(bundle(coded, code=False))
    assert left_out[-1].fits is None
    assert "was left out" in left_out[-1].said

    def other_code(part):
        part["files"]["rule.py"] = b64encode(b"raise SystemExit").decode()

    assert again(resigned(kit, data, "code", other_code))[-1].said.startswith("Code: its files are not")

    def outside(part):
        part["files"]["../../here.py"] = ""

    refused = again(resigned(kit, data, "code", outside))[-1]
    assert (refused.fits, "is no name of a file" in refused.said) == (False, True)
    assert not (tmp_path / "here.py").exists()


def test_every_changed_byte_is_found(bench, bundle, again, kit):
    round_id = bench.decided()
    while seal(kit):
        pass
    data = bundle(bench, round_id)
    assert_whole(again(data))
    places = set(random.Random(1).sample(range(len(data)), 500))
    for name in (*PARTS, "manifest", "digest", "key", "signature", "format"):
        start = data.index(f'"{name}":'.encode())
        places |= {start + step for step in range(len(name) + 30)}
    for place in sorted(places):
        for bit in (1, 32, 128):
            changed = bytearray(data)
            changed[place] ^= bit
            assert not _passes(kit, bytes(changed)), (place, bit, data[place - 20 : place + 20])
    for shorter in (data[:-1], data + b"\n", b"", b"[]\n", data[len(data) // 2 :]):
        assert not _passes(kit, shorter)


def _passes(kit, data):
    """Whether hashes and signature fit; the checks that come after only make it stricter."""
    try:
        found = read(data)
    except Unsound:
        return False
    return kit.signer.verifies(found.key, to_sign(found.digest, found.key), found.signature)


def _level(part):
    part[0]["levels"]["goal"] = "clear"


def _both_levels(part):
    for sheet in part:
        sheet["levels"]["goal"] = "clear"


def _outcome(part):
    part["decision"]["outcome"] = "met"


def _event(part):
    part[0]["event"]["actor"] = 99


def _rubric(part):
    part["policies"]["decision"]["tolerance"] = 1


def _head(part):
    part["leaf"][3] = "0" * 64


def _root(part):
    part["checkpoint"]["root"] = "0" * 64


def _number(part):
    part["checkpoint"]["sealed_at"] = "2020-01-01"


def _shape(part):
    part.clear()


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("sheets", _level, "Agreement: to adjudicate: goal"),
        ("sheets", _both_levels, "Resolution: another result"),
        ("sheets", _shape, "Judgement: "),
        ("result", _outcome, "Record: it tells of another outcome"),
        ("chain", _event, "Chain: event 1"),
        ("chain", _shape, "Record: "),
        ("rubric", _rubric, "Rubric: it is not"),
        ("rubric", _shape, "A part has not the shape"),
        ("about", _shape, "A part has not the shape"),
        ("seal", _head, "Checkpoint 1: it sealed another"),
        ("seal", _root, "Checkpoint 1: the chain is not in it"),
        ("seal", _number, "Checkpoint 1: its signature"),
    ],
)
def test_whoever_has_the_key_cannot_make_it_fit_either(bench, bundle, again, kit, part, change, said):
    round_id = bench.decided()
    while seal(kit):
        pass
    last = again(resigned(kit, bundle(bench, round_id), part, change))[-1]
    assert last.fits is False
    assert last.said.startswith(said), last.said


def test_another_key_is_not_trusted(bench, bundle, again):
    last = again(bundle(bench, bench.decided()), "00" * 32)[-1]
    assert (last.fits, last.said) == (False, "Signature: it is not valid for this key.")


@pytest.mark.parametrize("rubric", [small_rubric(policies=UNLOCKED)])
def test_what_falls_on_the_same_evidence_and_nobodys_words_are_in_it(desk, bundle, again, kit):
    """Without locks a criterion that falls on the same words is adjudicated: hashes are enough to tell."""
    first = desk.seated()
    give(desk, 1, why="CANARY my grandmother", plan="a" * 64)
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK, goal="CANARY comment")
    desk.pass_undo()
    with kit.write() as tx:
        for attempt in desk.all(Attempt):
            tx.session.get_one(Attempt, attempt.id).words_salt = "5a"
        for piece in desk.all(Artifact):
            tx.session.get_one(Artifact, piece.id).title = "CANARY.pdf"
    data = bundle(desk, first)
    assert_whole(again(data))
    assert b"a" * 64 in data
    text = data.decode()
    for canary in ("CANARY", "Lee", "Ana", "Ben", "Silva", "Okafor", "@people", DOUBT):
        assert canary not in text, canary


def test_only_a_round_with_a_decision_has_one(bench, kit):
    round_id = bench.disputed()
    for name in (bench.round(round_id).public_id, "nothing"):
        with pytest.raises(NotFound):
            export_decision(kit, name)


def test_the_commands(coded, kit, tmp_path):
    (kit.settings.data / ".reviewhub").touch()
    name = coded.one(Round).public_id
    file = tmp_path / "one.json"
    env = kit.settings.to_env()
    done = CliRunner().invoke(main, ["decision", "export", name, "-o", str(file)], env=env)
    assert done.exit_code == 0, done.output
    assert file.read_bytes() == export_decision(kit, name), "the same decision is the same file"
    elsewhere = {
        "REVIEWHUB_DATA": str(tmp_path / "elsewhere"),
        "REVIEWHUB_DATABASE_URL": "postgresql://no/no",
    }
    done = CliRunner().invoke(
        main, ["decision", "replay", str(file), "--key", kit.signer.public()], env=elsewhere
    )
    assert done.exit_code == 0, done.output
    assert "ok           Decision: met, by loomfield" in done.output
    assert not (tmp_path / "elsewhere").exists()
    file.write_bytes(file.read_bytes().replace(b'"seat":1', b'"seat":2', 1))
    done = CliRunner().invoke(main, ["decision", "replay", str(file)], env=elsewhere)
    assert done.exit_code == 1
    assert done.output.startswith("DIFFERS")
