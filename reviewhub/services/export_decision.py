"""A decision as a bundle that proves itself and can be judged again elsewhere (domain/bundle.py).

Nobody's words and no names are in it: sheets by role and seat, evidence by hashes, words by salted hashes,
events as they are hashed. docs/operators/decisions.md describes the parts.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from reviewhub.domain.audit import body_of, tree_over
from reviewhub.domain.bundle import digest_of, manifest_of, to_sign, write
from reviewhub.domain.codec import encode
from reviewhub.domain.conditions import hidden_requirements
from reviewhub.domain.errors import NotFound
from reviewhub.domain.evidence_change import Before
from reviewhub.domain.merkle import proof
from reviewhub.domain.rubric_json import content_hash
from reviewhub.models import (
    Artifact,
    Checkpoint,
    CheckpointLeaf,
    CleanCopy,
    DecisionRow,
    Feedback,
    MicroCredential,
    ResolutionRow,
    Round,
)
from reviewhub.services.earlier_attempt import attempt_before, evidence_of
from reviewhub.services.export_decision_sheets import locks_part, nameless, sheets_part
from reviewhub.services.kit import Kit
from reviewhub.services.ports import CodeRef
from reviewhub.services.scope import Scope, read_round
from reviewhub.services.seal import seal_of, sealed_as
from reviewhub.services.verify_audit_chains import events_of, link_of


@dataclass(frozen=True, slots=True)
class Decided:
    """A round and the decision that stands for it."""

    scope: Scope
    decision: DecisionRow


def export_decision(kit: Kit, name: str, *, code: bool = True) -> bytes:
    """The bundle of the decision that stands for the round with this public id. NotFound without one.

    Without `code`, the owner's code is left out: what it answered can then not be asked again.
    """
    with kit.read() as session:
        found = _find(session, name)
        scope, at = found.scope, found.decision.decided_at
        before = attempt_before(session, scope)
        parts: dict[str, Any] = {
            "about": _about(session, scope),
            "rubric": encode(scope.whole),
            "evidence": _evidence(session, scope, before),
            "sheets": sheets_part(session, scope, at),
            "locks": locks_part(session, scope, at),
            "result": _result(session, found),
        }
    parts["code"] = _code(kit, CodeRef(scope.code.issuer, found.decision.code_digest), wanted=code)
    parts["chain"] = [
        {"event": body_of(link_of(event)), "hash": event.hash}
        for event in events_of(kit, "submission", [scope.submission_id])
    ]
    parts["seal"] = _seal(kit, scope, _decided_in(parts["chain"], scope, at))
    key = kit.signer.public()
    signature = kit.signer.sign(to_sign(digest_of(manifest_of(parts)), key))
    return write(parts, key, signature)


def _find(session: Session, name: str) -> Decided:
    row = session.exec(
        select(DecisionRow)
        .join(Round, col(Round.id) == DecisionRow.round_id)
        .where(Round.public_id == name, col(DecisionRow.replaced_at).is_(None))
    ).first()
    if row is None:
        raise NotFound(f"“{name}” is no round with a decision.")
    return Decided(read_round(session, row.round_id), row)


def _about(session: Session, scope: Scope) -> dict[str, Any]:
    micro = session.get_one(MicroCredential, scope.submission.micro_credential_id)
    return {
        "issuer": scope.code.issuer,
        "micro_credential": micro.slug,
        "rubric_version": scope.rubric.version,
        "rubric_hash": content_hash(scope.whole),
        "submission": scope.submission.public_id,
        "attempt": scope.attempt.public_id,
        "number": scope.attempt.number,
        "round": scope.round.public_id,
        "kind": scope.round.kind,
        "choices": scope.attempt.choices,
    }


def _code(kit: Kit, code: CodeRef, *, wanted: bool) -> dict[str, Any]:
    """The owner's code. `files` is None where there is none, or `why` says why it is not here."""
    told: dict[str, Any] = {"issuer": code.issuer, "digest": code.digest, "files": None, "why": ""}
    if not code.digest:
        return {**told, "why": "none"}
    if not wanted:
        return {**told, "why": "left_out"}
    files = kit.plugins.files(code)
    if files is None:
        return {**told, "why": "not_stored"}
    return {**told, "files": {place: b64encode(content).decode() for place, content in files.items()}}


def _evidence(session: Session, scope: Scope, before: Before | None) -> dict[str, Any]:
    salt = scope.attempt.words_salt
    earlier = before and {
        "met": sorted(before.met),
        "pieces": encode([nameless(piece, salt) for piece in before.evidence]),
    }
    pieces = encode([nameless(piece, salt) for piece in evidence_of(session, scope.whole, scope.attempt)])
    return {"pieces": pieces, "copies": _copies(session, scope), "before": earlier}


def _copies(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """What whoever scored was shown: the clean copies by the hash of the file that they were made of."""
    hidden = hidden_requirements(scope.whole, scope.attempt.choices)
    rows = session.exec(
        select(CleanCopy, Artifact)
        .join(Artifact, col(Artifact.id) == CleanCopy.artifact_id)
        .where(Artifact.attempt_id == scope.attempt.id, Artifact.state == "checked")
        .order_by(
            col(Artifact.requirement_id), col(Artifact.position), col(Artifact.id), col(CleanCopy.position)
        )
    ).all()
    return [
        {
            "requirement": piece.requirement_id,
            "of": piece.sha256,
            "page": copy.position,
            "media_type": copy.media_type,
            "size": copy.size,
            "sha256": copy.sha256,
        }
        for copy, piece in rows
        if piece.requirement_id not in hidden
    ]


def _result(session: Session, found: Decided) -> dict[str, Any]:
    scope, decision = found.scope, found.decision
    rounds = session.exec(
        select(Round).where(Round.attempt_id == scope.attempt_id).order_by(col(Round.number))
    ).all()
    rows = session.exec(
        select(ResolutionRow)
        .where(ResolutionRow.round_id == scope.round_id, col(ResolutionRow.replaced_at).is_(None))
        .order_by(col(ResolutionRow.id))
    ).all()
    replaced = session.exec(
        select(DecisionRow)
        .where(DecisionRow.round_id == scope.round_id, col(DecisionRow.replaced_at).is_not(None))
        .order_by(col(DecisionRow.id))
    ).all()
    feedback = session.exec(
        select(Feedback).where(Feedback.round_id == scope.round_id, Feedback.state != "replaced")
    ).first()
    by = "nobody" if feedback is None or feedback.state != "released" else "rule"
    return {
        "rounds": [{"number": one.number, "kind": one.kind, "ruling": one.ruling} for one in rounds],
        "disputed": list(scope.round.disputed),
        "criteria": [
            {"criterion": row.criterion_id, "level": row.level_id, "value": row.value, "rule": row.rule}
            for row in rows
        ],
        "decision": _told(decision),
        "replaced": [{**_told(row), "replaced_at": moment(row.replaced_at)} for row in replaced],
        "feedback": "lead" if feedback is not None and feedback.author_id else by,
    }


def _told(row: DecisionRow) -> dict[str, Any]:
    return {"outcome": row.outcome, "met": row.met, "rule": row.rule, "decided_at": moment(row.decided_at)}


def moment(at: datetime | None) -> str:
    """As events write it."""
    return at.isoformat(timespec="microseconds") if at else ""


def _decided_in(chain: list[dict[str, Any]], scope: Scope, at: datetime) -> int:
    """The number of the event with which the round was resolved."""
    return max(
        (
            line["event"]["seq"]
            for line in chain
            if line["event"]["facts"].get("round") == scope.round.public_id
            and line["event"]["at"] == moment(at)
        ),
        default=0,
    )


def _seal(kit: Kit, scope: Scope, seq: int) -> dict[str, Any] | None:
    """The first checkpoint that holds the decision, with the proof; None while there is none."""
    with kit.read() as session:
        leaf = session.exec(
            select(CheckpointLeaf)
            .where(
                CheckpointLeaf.aggregate == "submission",
                CheckpointLeaf.aggregate_id == scope.submission_id,
                col(CheckpointLeaf.seq) >= seq,
            )
            .order_by(col(CheckpointLeaf.seq))
            .limit(1)
        ).first()
        if leaf is None:
            return None
        checkpoint = session.get_one(Checkpoint, leaf.checkpoint)
        leaves = session.exec(
            select(CheckpointLeaf)
            .where(CheckpointLeaf.checkpoint == leaf.checkpoint)
            .order_by(col(CheckpointLeaf.position))
        ).all()
    path = proof(tree_over(sealed_as(one) for one in leaves), leaf.position)
    return {
        "checkpoint": seal_of(checkpoint).body(),
        "signature": checkpoint.signature,
        "key": kit.signer.known().get(checkpoint.key_id, ""),
        "leaf": sealed_as(leaf).body(),
        "position": leaf.position,
        "proof": [step.hex() for step in path],
    }
