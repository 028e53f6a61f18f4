"""Judge a bundled decision again, offline: no database, no network, only the file and a public key."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reviewhub.domain.audit import GENESIS, canonical
from reviewhub.domain.bundle import Bundle, Unsound, chain_head, read, to_sign
from reviewhub.domain.errors import DomainError
from reviewhub.domain.merkle import leaf_hash, proves
from reviewhub.domain.rubric_json import content_hash, from_json
from reviewhub.domain.workflow.round import BESIDE
from reviewhub.services.ports import CodeRef, Judge, Plugins, Signer
from reviewhub.services.replay_judgement import judged_again

_MISSHAPEN = (KeyError, TypeError, ValueError, IndexError, AttributeError, OSError)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked. `fits` is None where it could not be."""

    fits: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class Bench:
    """What a replay needs: keys to check with, and a place of its own for the owner's code."""

    signer: Signer
    judge: Judge
    plugins: Plugins


def replay(bench: Bench, data: bytes, key: str = "") -> Iterator[Check]:
    """Each check as it is made, in order; the first that does not fit is the last.

    `key` is a public key that whoever checks trusts; without it the one inside is used, which says only that
    nothing changed since somebody signed it.
    """
    try:
        bundle = read(data)
        yield Check(fits=True, said=f"Hashes: every part is what was written; the whole is {bundle.digest}.")
        yield _signature(bench.signer, bundle, key)
        yield _rubric(bundle)
        yield _chain(bundle)
        yield _told(bundle)
        yield _sealed(bench.signer, bundle, key)
        code = _code(bench.plugins, bundle)
        if isinstance(code, Check):
            yield code
            return
        for said in judged_again(bench.judge, code, bundle.parts):
            yield Check(fits=True, said=said)
    except Unsound as wrong:
        yield Check(fits=False, said=str(wrong))
    except DomainError as wrong:
        yield Check(fits=False, said=f"A part has not the shape that was expected: {wrong}")
    except _MISSHAPEN as wrong:
        yield Check(fits=False, said=f"A part has not the shape that was expected: {type(wrong).__name__}.")


def _signature(signer: Signer, bundle: Bundle, key: str) -> Check:
    trusted = key or bundle.key
    if not signer.verifies(trusted, to_sign(bundle.digest, bundle.key), bundle.signature):
        raise Unsound("Signature: it is not valid for this key.")
    which = "the key that was given" if key else "the key inside, which anybody could have put there"
    return Check(fits=True, said=f"Signature: valid for {which}: {signer.id_of(trusted)}.")


def _rubric(bundle: Bundle) -> Check:
    rubric, about = from_json(bundle.parts["rubric"]), bundle.parts["about"]
    if content_hash(rubric) != about["rubric_hash"] or rubric.version != about["rubric_version"]:
        raise Unsound("Rubric: it is not the one that was hashed.")
    return Check(fits=True, said=f"Rubric: {rubric.slug} {rubric.version}, {about['rubric_hash']}.")


def _chain(bundle: Bundle) -> Check:
    chain = bundle.parts["chain"]
    try:
        head = chain_head(chain, GENESIS)
    except Unsound as wrong:
        raise Unsound(f"Chain: {wrong}.") from None
    return Check(fits=True, said=f"Chain: {len(chain):,} events follow from each other up to {head}.")


def _told(bundle: Bundle) -> Check:
    """The record tells the same decision, at the same moment."""
    about, decision = bundle.parts["about"], bundle.parts["result"]["decision"]
    events = [line["event"] for line in bundle.parts["chain"]]
    resolved = [
        at
        for at, event in enumerate(events)
        if event["action"] in {"round.agreed", "round.adjudicated"}
        and event["facts"].get("round") == about["round"]
        and event["at"] == decision["decided_at"]
    ]
    if not resolved:
        raise Unsound("Record: it does not tell of this decision.")
    seq = events[resolved[-1]]["seq"]
    if about["kind"] not in BESIDE:
        after = [e for e in events[resolved[-1] :] if e["action"] == "attempt.decide"]
        if not after or after[0]["facts"]["outcome"] != decision["outcome"]:
            raise Unsound("Record: it tells of another outcome.")
    return Check(fits=True, said=f"Record: event {seq} tells of this decision.")


def _sealed(signer: Signer, bundle: Bundle, key: str) -> Check:
    seal = bundle.parts["seal"]
    if seal is None:
        return Check(fits=None, said="Checkpoint: the decision was not sealed yet when this was written.")
    body, leaf = seal["checkpoint"], seal["leaf"]
    name = f"Checkpoint {body['number']}"
    chain = bundle.parts["chain"]
    aggregate, root, seq, head = leaf
    event = chain[seq - 1]
    if event["hash"] != head or (event["event"]["aggregate"], event["event"]["aggregate_id"]) != (
        aggregate,
        root,
    ):
        raise Unsound(f"{name}: it sealed another chain.")
    path = [bytes.fromhex(step) for step in seal["proof"]]
    hashed = leaf_hash(canonical(leaf))
    if not proves(hashed, seal["position"], body["leaves"], path, bytes.fromhex(body["root"])):
        raise Unsound(f"{name}: the chain is not in it.")
    # An older key may have signed it: then the one inside is named, and whoever checks has to know it.
    keys = {signer.id_of(one): one for one in (key or bundle.key, seal["key"]) if one}
    if body["key"] not in keys or not signer.verifies(keys[body["key"]], canonical(body), seal["signature"]):
        raise Unsound(f"{name}: its signature is not valid.")
    return Check(
        fits=True,
        said=f"{name}: holds event {seq} of the chain, of {body['sealed_at']}, signed by {body['key']}.",
    )


def _code(plugins: Plugins, bundle: Bundle) -> CodeRef | Check:
    told: dict[str, Any] = bundle.parts["code"]
    code = CodeRef(told["issuer"], told["digest"])
    if told["files"] is not None:
        plugins.take(code, {place: b64decode(body, validate=True) for place, body in told["files"].items()})
        if plugins.files(code) is None:
            raise Unsound("Code: its files are not those with this digest.")
    elif code.digest:
        why = "was left out" if told["why"] == "left_out" else "was not stored any more"
        said = f"Judgement: not made again: the issuer's code {code.digest} {why}."
        return Check(fits=None, said=said)
    return code
