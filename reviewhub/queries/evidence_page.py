"""The page on which a learner gives evidence: every requirement, what is there, what is missing."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.anchors import Anchor, anchors_of
from reviewhub.domain.evidence import Missing, word_count
from reviewhub.domain.rubric import Criterion, Requirement
from reviewhub.models import Artifact, Attempt, CriterionLock, Feedback
from reviewhub.queries.lock_rests import Rests, rests_of
from reviewhub.queries.own import Own, load_own
from reviewhub.services.completeness import asked_for, being_checked, is_for, still_missing


@dataclass(frozen=True, slots=True)
class Slot:
    """One field or file of a requirement. `state`: empty, waiting (for a capture), or an artifact's state."""

    position: int
    state: str
    public_id: str = ""
    title: str = ""
    size: int = 0
    sha256: str = ""
    finding: str = ""
    issuer_check: str = "none"
    body: str = ""
    url: str = ""
    clean_state: str = "none"
    clean_note: str = ""
    copied: bool = False
    """It comes from the attempt before, as it was sent then."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A requirement with what is there for it. `room` files or links may still be added."""

    requirement: Requirement
    slots: tuple[Slot, ...]
    room: int
    words: int
    judged_by: tuple[str, ...]
    """Names of the criteria that look at it."""
    anchors: tuple[Anchor, ...] = ()
    """Where in it the criteria that ask for that are shown."""


@dataclass(frozen=True, slots=True)
class Advice:
    """From the feedback of the attempt before: what to mend."""

    criterion: Criterion
    saw: str
    do: str


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """Everything on the page. `editable` False: it was sent, or is on hold."""

    own: Own
    sections: tuple[Section, ...]
    missing: tuple[Missing, ...]
    editable: bool
    busy: bool
    """Something is on its way or being checked: the page looks again in a moment."""
    advice: tuple[Advice, ...]
    locked: tuple[tuple[str, Rests | None], ...]
    """Names of the criteria that are met and not scored again, each with what that rests on."""
    left: tuple[Slot, ...]
    """What the rubric does not ask for any more, since the learner moved to another version."""


def evidence_page(session: Session, actor: Actor, public_id: str) -> EvidencePage:
    """The page of the actor's own submission's latest attempt, in five statements."""
    own = load_own(session, actor, public_id)
    artifacts = list(
        session.exec(
            select(Artifact)
            .where(Artifact.attempt_id == own.attempt.id)
            .order_by(col(Artifact.position), col(Artifact.id))
        ).all()
    )
    locked = _locked(session, own)
    rests = rests_of(session, own) if locked else {}
    placed = asked_for(own.whole, artifacts)
    return EvidencePage(
        own=own,
        sections=tuple(section_of(own, requirement, artifacts) for requirement in own.rubric.requirements),
        missing=still_missing(own.rubric, own.attempt, artifacts),
        editable=Action.EDIT in own.actions,
        busy=any(being_checked(artifact) for artifact in artifacts),
        advice=_advice(session, own, locked),
        locked=tuple((c.name, rests.get(c.id)) for c in own.rubric.criteria if c.id in locked),
        left=tuple(_slot(row) for row in artifacts if row not in placed),
    )


def section_of(own: Own, requirement: Requirement, artifacts: list[Artifact]) -> Section:
    """The requirement with those of the artifacts that were given for it."""
    rows = [artifact for artifact in artifacts if is_for(artifact, requirement)]
    slots = tuple(_slot(row) for row in rows)
    if requirement.kind == "text" and not slots:
        slots = (Slot(0, "empty"),)
    if requirement.kind == "choice":
        slots = (Slot(0, "chosen", body=own.attempt.choices.get(requirement.id, "")),)
    if requirement.kind == "link":
        slots = _with_empty(requirement, slots)
    taken = sum(1 for row in rows if row.state != "refused")
    return Section(
        requirement=requirement,
        slots=slots,
        room=max(0, requirement.maximum - taken),
        words=sum(word_count(row.body) for row in rows),
        anchors=tuple(
            one for one in anchors_of(own.rubric, own.attempt.anchors) if one.requirement.id == requirement.id
        ),
        judged_by=tuple(c.name for c in own.rubric.criteria if requirement.id in c.requirements),
    )


def _with_empty(requirement: Requirement, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """A free field after those that are used, while the requirement has room for it."""
    taken = {slot.position for slot in slots}
    free = next((n for n in range(requirement.maximum) if n not in taken), None)
    return slots if free is None else (*slots, Slot(free, "empty"))


def _slot(row: Artifact) -> Slot:
    waiting = row.kind == "link" and row.state == "expected" and row.staging_key is None
    return Slot(
        position=row.position,
        state="waiting" if waiting else row.state,
        public_id=row.public_id,
        title=row.title,
        size=row.size,
        sha256=row.sha256,
        finding=row.finding,
        issuer_check=row.issuer_check,
        body=row.body,
        url=row.url,
        clean_state=row.clean_state,
        clean_note=row.clean_note,
        copied=row.copied_from_id is not None,
        at=row.created_at,
    )


def _locked(session: Session, own: Own) -> frozenset[str]:
    found = session.exec(
        select(CriterionLock.criterion_id).where(
            CriterionLock.submission_id == own.submission.id, col(CriterionLock.lifted_at).is_(None)
        )
    ).all()
    return frozenset(found) if own.rubric.policies.decision.locks else frozenset()


def _advice(session: Session, own: Own, locked: frozenset[str]) -> tuple[Advice, ...]:
    """What the newest released feedback asks for, without what is met."""
    items = session.exec(
        select(Feedback.items)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .where(Attempt.submission_id == own.submission.id, Feedback.state == "released")
        .order_by(col(Attempt.number).desc())
        .limit(1)
    ).first()
    known = {criterion.id: criterion for criterion in own.rubric.criteria}
    return tuple(
        Advice(known[item["criterion"]], item.get("saw", ""), item.get("do", ""))
        for item in items or ()
        if item["criterion"] in known and item["criterion"] not in locked and item.get("do")
    )
