"""What changed between the evidence of two attempts, and whether a fall from met has a reason in it.

Content is compared, never names: a file by its SHA-256, a text by its words, a link by its address and
its capture.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.rubric import Criterion, Rubric
from reviewhub.domain.wording import Span, compare_words

What = Literal["same", "replaced", "added", "removed"]


@dataclass(frozen=True, slots=True)
class PieceChange:
    """One piece: its places in the sequences that were compared, None where it is not there.

    `words` is the difference of a text answer that was changed.
    """

    what: What
    before: int | None
    after: int | None
    words: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """What became of one requirement's evidence as a whole, and piece by piece."""

    requirement_id: str
    what: What
    pieces: tuple[PieceChange, ...]


def compare_evidence(
    requirements: Iterable[str], before: Sequence[EvidenceFacts], after: Sequence[EvidenceFacts]
) -> tuple[RequirementChange, ...]:
    """Requirement by requirement, in the given order; those without evidence in either attempt are left out.

    Equal pieces are found wherever they stand; what is left over is paired in order as replaced.
    """
    changes = []
    for requirement_id in requirements:
        old = [n for n, piece in enumerate(before) if piece.requirement_id == requirement_id]
        new = [n for n, piece in enumerate(after) if piece.requirement_id == requirement_id]
        pieces = tuple(_pieces(before, after, old, new))
        if pieces:
            changes.append(RequirementChange(requirement_id, _whole(old, new, pieces), pieces))
    return tuple(changes)


def _pieces(
    before: Sequence[EvidenceFacts], after: Sequence[EvidenceFacts], old: list[int], new: list[int]
) -> list[PieceChange]:
    found = []
    gone = list(old)
    for n in new:
        twin = next((m for m in gone if _mark(before[m]) == _mark(after[n])), None)
        if twin is not None:
            gone.remove(twin)
            found.append(PieceChange("same", twin, n))
    came = [n for n in new if n not in {one.after for one in found}]
    for m, n in zip(gone, came, strict=False):
        words = compare_words(before[m].text, after[n].text) if after[n].kind == "text" else ()
        found.append(PieceChange("replaced", m, n, words))
    pairs = min(len(gone), len(came))
    found += [PieceChange("removed", m, None) for m in gone[pairs:]]
    found += [PieceChange("added", None, n) for n in came[pairs:]]
    return sorted(found, key=lambda one: (one.after is None, one.after or 0))


def _whole(old: list[int], new: list[int], pieces: tuple[PieceChange, ...]) -> What:
    if all(piece.what == "same" for piece in pieces):
        return "same"
    if not old:
        return "added"
    return "replaced" if new else "removed"


def _mark(piece: EvidenceFacts) -> tuple[str, ...]:
    """What two equal pieces have in common."""
    if piece.kind == "text":
        return ("text", piece.text.strip())
    return (piece.kind, piece.sha256, piece.url if piece.kind == "link" else "")


def unchanged(criterion: Criterion, before: Sequence[EvidenceFacts], after: Sequence[EvidenceFacts]) -> bool:
    """Whether the evidence that the criterion names is the same in both; a criterion that names none: all."""
    return _marks(criterion, before) == _marks(criterion, after)


def _marks(criterion: Criterion, pieces: Sequence[EvidenceFacts]) -> list[tuple[str, ...]]:
    wanted = criterion.requirements
    return sorted(
        (piece.requirement_id, *_mark(piece))
        for piece in pieces
        if not wanted or piece.requirement_id in wanted
    )


@dataclass(frozen=True, slots=True)
class Before:
    """What the attempt before had: which criteria it met, and its evidence."""

    met: frozenset[str]
    evidence: tuple[EvidenceFacts, ...]


def fallen(
    rubric: Rubric, before: Before | None, now: Sequence[EvidenceFacts], sheets: Sequence[Sheet]
) -> tuple[str, ...]:
    """Criteria met in the attempt before that a sheet now calls not met, on the very same evidence (rule 15).

    Two assessors may both be stricter than the two before them; the learner did nothing worse. In the
    rubric's order; empty where the rubric locks what is met, and for a first attempt.
    """
    if before is None or rubric.policies.decision.locks:
        return ()
    return tuple(
        criterion.id
        for criterion in rubric.criteria
        if criterion.id in before.met
        and _falls(criterion, sheets)
        and unchanged(criterion, before.evidence, now)
    )


def _falls(criterion: Criterion, sheets: Sequence[Sheet]) -> bool:
    levels = [
        s.ratings[criterion.id] for s in sheets if s.role == "independent" and criterion.id in s.ratings
    ]
    return any(not criterion.is_met(level_id) for level_id in levels)


def without_place(pieces: Mapping[str, EvidenceFacts], rubric: Rubric) -> Collection[str]:
    """The keys of the pieces that this rubric does not ask for, or asks for in another kind."""
    kinds = {requirement.id: requirement.kind for requirement in rubric.requirements}
    return [key for key, piece in pieces.items() if kinds.get(piece.requirement_id) != piece.kind]
