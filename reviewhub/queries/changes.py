"""What changed in the evidence between two attempts, by name for its learner, nameless for everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.conditions import hidden_requirements
from reviewhub.domain.errors import NotFound
from reviewhub.domain.evidence_change import PieceChange, What, compare_evidence
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.wording import Span
from reviewhub.models import Artifact, Attempt
from reviewhub.queries.own import Own, load_own
from reviewhub.queries.pinned import whole_of_attempt
from reviewhub.services.completeness import facts_of_artifact


@dataclass(frozen=True, slots=True)
class ChangedPiece:
    """One piece of evidence. `before` and `after` are its names, "" where it is not there or has none to see.

    `before_id` and `after_id` open the learner's own files. `words` is the difference of a text answer.
    """

    what: What
    kind: str
    before: str = ""
    after: str = ""
    before_id: str = ""
    after_id: str = ""
    words: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedRequirement:
    """A requirement with what became of its evidence."""

    name: str
    what: What
    pieces: tuple[ChangedPiece, ...]


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What a learner changed from the attempt before to this one, and what they say about it."""

    own: Own
    attempt: Attempt
    changes: tuple[ChangedRequirement, ...]


def changes_page(session: Session, actor: Actor, public_id: str, number: int) -> ChangesPage:
    """For the actor's own submission, before and after sending. NotFound for others', and for attempt 1."""
    own = load_own(session, actor, public_id)
    attempts = {attempt.number: attempt for attempt in own.attempts}
    before, after = attempts.get(number - 1), attempts.get(number)
    if before is None or after is None:
        raise NotFound
    rubrics = [whole_of_attempt(session, own.whole, one, actor.reads) for one in (after, before)]
    return ChangesPage(own, after, changed_evidence(session, rubrics, before, after, named=True))


def changed_evidence(
    session: Session, rubrics: Sequence[Rubric], before: Attempt, after: Attempt, *, named: bool = False
) -> tuple[ChangedRequirement, ...]:
    """Requirement by requirement, in two statements. `named`: with file names, addresses and links to open.

    `rubrics` are whole: that of the attempt after, and of the one before where it had another. What an
    attempt's choices hide was not sent with it, and is not there. In the order of the first of the rubrics,
    then what only another asks for; else under the id.
    """
    old, new = _evidence(session, rubrics[-1], before), _evidence(session, rubrics[0], after)
    names: dict[str, str] = {}
    for requirement in (one for rubric in rubrics for one in rubric.requirements):
        names.setdefault(requirement.id, requirement.name)
    order = dict.fromkeys([*names, *(row.requirement_id for row in (*old, *new))])
    found = compare_evidence(
        order, [facts_of_artifact(row) for row in old], [facts_of_artifact(row) for row in new]
    )
    return tuple(
        ChangedRequirement(
            names.get(one.requirement_id, one.requirement_id),
            one.what,
            tuple(_piece(piece, old, new, named=named) for piece in one.pieces),
        )
        for one in found
    )


def _evidence(session: Session, whole: Rubric, attempt: Attempt) -> Sequence[Artifact]:
    hidden = hidden_requirements(whole, attempt.choices)
    rows = session.exec(
        select(Artifact)
        .where(Artifact.attempt_id == attempt.id, Artifact.state == "checked")
        .order_by(col(Artifact.position), col(Artifact.id))
    ).all()
    return [row for row in rows if row.requirement_id not in hidden]


def _piece(
    change: PieceChange, old: Sequence[Artifact], new: Sequence[Artifact], *, named: bool
) -> ChangedPiece:
    was = None if change.before is None else old[change.before]
    now = None if change.after is None else new[change.after]
    row = now or was
    kind = row.kind if row else ""
    if not named:
        return ChangedPiece(change.what, kind, words=change.words)
    return ChangedPiece(
        change.what, kind, _name(was), _name(now), _opens(was), _opens(now), words=change.words
    )


def _name(row: Artifact | None) -> str:
    if row is None or row.kind == "text":
        return ""
    return row.url if row.kind == "link" else row.title


def _opens(row: Artifact | None) -> str:
    return row.public_id if row is not None and row.key else ""
