"""An assessor says that something cannot be opened, or is wrong; a coordinator looks after it (rule 12)."""

from dataclasses import dataclass

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Role
from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.models import Artifact, Concern, Submission
from reviewhub.models.asking import CONCERN_KINDS
from reviewhub.queries.workspace_evidence import shown_artifacts
from reviewhub.services.evidence import tidy
from reviewhub.services.exclude import leave, seats_of_learner
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import staff
from reviewhub.services.scope import Scope, about_seat, blind_given, lock_review, review_facts, stored
from reviewhub.services.staff_of import staff_of

NOTE_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """What the assessor says. `piece`: the number of the exhibit, 0 for the whole.

    `knows`: with a name shown, they know now who it is, and step aside in the same commit.
    """

    kind: str
    note: str
    piece: int = 0
    knows: bool = False


def raise_concern(kit: Kit, actor: Actor, review_pid: str, said: Said) -> None:
    """Give it to the coordinators; until they answer, the due day stands still and nothing is resolved.

    NotFound; Refused (the sheet is in, or the same was said before: code `already`); Invalid (kind, piece,
    note).
    """
    with kit.write() as tx:
        seats = seats_of_learner(tx, actor, review_pid) if said.knows else ()
        scope, review = lock_review(tx, actor, review_pid)
        artifact, note = _checked(tx, scope, said)
        artifact_id = artifact.id if artifact else None
        _not_twice(tx, stored(review.id), said.kind, artifact_id)
        concern = Concern(
            public_id=public_id(),
            issuer_id=scope.submission.issuer_id,
            submission_id=scope.submission_id,
            review_id=stored(review.id),
            artifact_id=artifact_id,
            kind=said.kind,
            note=note,
            raised_at=tx.now,
        )
        tx.session.add(concern)
        given = review.role == "adjudicator" and blind_given(tx.session, review)
        facts = review_facts(scope.submission, review, tx.now, blind_given=given)
        about = {**about_seat(scope.round, review), "concern": concern.public_id, "kind": said.kind}
        tx.move(scope.submission, review, Action.RAISE_CONCERN, actor, facts, about=about, text=note)
        if said.kind == "danger":
            _tell_all(tx, scope.submission)
        if said.knows:
            leave(tx, actor, scope, review, seats)


def _checked(tx: Tx, scope: Scope, said: Said) -> tuple[Artifact | None, str]:
    note, problems = tidy(said.note).strip(), []
    shown = shown_artifacts(tx.session, scope.rubric, scope.attempt)
    piece = shown[said.piece - 1] if 0 < said.piece <= len(shown) else None
    if said.kind not in CONCERN_KINDS:
        problems.append(Problem("kind", "Say what is wrong.", said.kind))
    if piece is None and (said.piece or said.kind == "cannot_open"):
        problems.append(Problem("piece", "Say which piece it is.", str(said.piece)))
    if not note:
        problems.append(Problem("note", "Say in a sentence what happens or what you saw."))
    elif len(note) > NOTE_MOST:
        problems.append(Problem("note", f"Say it in at most {NOTE_MOST:,} characters.", note))
    if problems:
        raise Invalid(*problems)
    return piece, note


def _not_twice(tx: Tx, review_id: int, kind: str, artifact_id: int | None) -> None:
    same = select(Concern.id).where(
        Concern.review_id == review_id,
        Concern.kind == kind,
        col(Concern.artifact_id).is_not_distinct_from(artifact_id),
        col(Concern.answered_at).is_(None),
    )
    if tx.session.exec(same).first() is not None:
        raise Refused("You have said this already. A coordinator looks after it and answers you.", "already")


def _tell_all(tx: Tx, submission: Submission) -> None:
    """Somebody may be in danger: all coordinators are told at once, not when they next look at their list."""
    for person in staff_of(tx, submission.issuer_id, Role.COORDINATOR, without=submission.learner_id):
        tx.letter(person, *staff.danger(tx.settings, person, submission))
