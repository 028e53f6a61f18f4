"""A rubric as JSON, and the hashes that pin it.

The content hash covers everything; the structure hash ignores wording, so that a corrected typo
leaves it alone while a new level, another cut or another limit changes it. Locks move between two versions
only where the criterion's own structure hash is the same. What holds its default is not hashed, so that a
later ReviewHub, whose rubrics can say more, finds the hashes of older ones unchanged.
"""

import hashlib
import json
from functools import lru_cache
from typing import Any

from reviewhub.domain.codec import decode, encode
from reviewhub.domain.rubric import Criterion, Rubric


def to_json(rubric: Rubric) -> dict[str, Any]:
    """The rubric as plain JSON values; `from_json` gives the equal rubric back."""
    result: dict[str, Any] = encode(rubric)
    return result


def from_json(data: object) -> Rubric:
    """The rubric from plain JSON values. Raises Invalid with every misshapen value.

    Only the shape is checked here; `rubric_check.validate` says whether it makes sense.
    """
    try:
        return _decoded(json.dumps(data))
    except (TypeError, RecursionError):  # no JSON at all: let the decoder say where
        return decode(Rubric, data)


@lru_cache(maxsize=1_000)
def _decoded(text: str) -> Rubric:
    """Snapshots never change and every page asks for them: each is decoded once (2 ms), frozen, shared."""
    return decode(Rubric, json.loads(text))


def canonical(data: object) -> bytes:
    """One byte sequence for equal data: sorted keys, no blanks, UTF-8."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _sha256(data: object) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()


def content_hash(rubric: Rubric) -> str:
    """SHA-256 (hex) of everything: any change of wording, structure or version shows."""
    return _sha256(encode(rubric, defaults=False))


def structure_hash(rubric: Rubric) -> str:
    """SHA-256 (hex) of what judgement depends on: ids, order, points, cuts, limits and policies."""
    return _sha256(_structure(rubric))


def criterion_structure_hash(criterion: Criterion) -> str:
    """SHA-256 (hex) of one criterion without its wording."""
    return _sha256(_criterion(criterion))


def _structure(rubric: Rubric) -> dict[str, Any]:
    whole = encode(rubric, defaults=False)
    return {
        "slug": rubric.slug,
        "requirements": [_requirement(item) for item in whole["requirements"]],
        "parts": [
            {"id": part.id, "criteria": [_criterion(c) for c in part.criteria]} for part in rubric.parts
        ],
        "policies": whole.get("policies", {}),
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    plain = _without_wording(encode(criterion, defaults=False))
    for scale in {"levels", "codes"} & plain.keys():
        plain[scale] = [_without_wording(one) for one in plain[scale]]
    return plain


def _requirement(item: dict[str, Any]) -> dict[str, Any]:
    plain = _without_wording(item)
    if "options" in plain:
        plain["options"] = [_without_wording(option) for option in plain["options"]]
    return plain


def _without_wording(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in ("name", "description")}
