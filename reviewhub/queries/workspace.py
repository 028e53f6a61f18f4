"""The assessor's workspace: one review with its evidence, rubric and own sheet, in fixed statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Criterion, Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.review import SEATED, ReviewState
from reviewhub.models import (
    Alias,
    Attempt,
    Rating,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.assessor import shown_to
from reviewhub.queries.locks import locks_before
from reviewhub.queries.workspace_evidence import Exhibit, exhibits

_OPEN = frozenset({ReviewState.OFFERED, ReviewState.CLAIMED})
_GONE = (
    "This review was given to somebody else or is no longer needed. There is nothing left for you to do here."
)


class Phase(StrEnum):
    """Where the assessor stands. What the other seat does has no part in it."""

    SCORE = "score"
    SUBMITTED = "submitted"
    """In, and can still be taken back."""
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Entry:
    """A level (or "") and a comment."""

    level: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion that is scored this time. `evidence` numbers the exhibits that it names."""

    criterion: Criterion
    entry: Entry
    evidence: tuple[Exhibit, ...]
    others: tuple[Entry, ...]
    """For a deciding adjudicator: what each independent seat gave, by seat."""

    @property
    def differs(self) -> bool:
        """Whether the independent seats chose different levels."""
        return len({other.level for other in self.others}) > 1


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """A part of the rubric with what is scored of it."""

    name: str
    description: str
    scored: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Workspace:
    """All that the page shows."""

    review: str
    micro_credential: str
    alias: str
    case_ref: str
    due_on: date
    phase: Phase
    adjudicates: bool
    deciding: bool
    """An adjudicator whose blind sheet is in, and who therefore sees both sheets."""
    version: int
    saved_at: datetime | None
    undo_until: datetime | None
    parts: tuple[ScoredPart, ...]
    not_scored: tuple[str, ...]
    """Names of the criteria that stay met from before."""
    evidence: tuple[Exhibit, ...]

    @property
    def scored(self) -> tuple[Scored, ...]:
        """Every criterion of the sheet in order."""
        return tuple(one for part in self.parts for one in part.scored)

    @property
    def rated(self) -> int:
        """How many have a level."""
        return sum(1 for one in self.scored if one.entry.level)


def workspace(session: Session, actor: Actor, review_pid: str, now: datetime) -> Workspace:
    """One's own review. NotFound for everybody else's, and with a word of its own for one that was ended.

    Also NotFound for one of an earlier attempt while the actor scores a later one.
    """
    review, attempt, submission, version = _find(session, actor, review_pid, now)
    rubric = from_json(version.body)
    alias = session.exec(
        select(Alias).where(Alias.submission_id == submission.id, Alias.viewer_id == actor.person_id)
    ).one()
    locked = _locked(session, rubric, attempt)
    sheets = _sheets(session, review)
    own = sheets.get(review.id, {})
    blind_given = review.role == "adjudicator" and "blind" in own
    phase = _phase(review, now)
    viewer = Viewer.ADJUDICATOR if review.role == "adjudicator" else Viewer.ASSESSOR
    shown = exhibits(session, rubric, attempt) if sees(viewer, Field.CLEAN_COPY) else ()
    moments = (When.AFTER_BLIND_SHEET,) if blind_given else ()
    others = _independent(session, review, sheets) if sees(viewer, Field.OTHER_SHEETS, *moments) else ()
    return Workspace(
        review=review.public_id,
        micro_credential=rubric.about.name,
        alias=alias.name,
        case_ref=alias.case_ref,
        due_on=review.due_on,
        phase=phase,
        adjudicates=review.role == "adjudicator",
        deciding=blind_given,
        version=review.draft_version,
        saved_at=review.draft_saved_at,
        undo_until=review.undo_until if phase is Phase.SUBMITTED else None,
        parts=_parts(rubric, locked, _entries(review, own, phase), shown, others),
        not_scored=tuple(c.name for c in rubric.criteria if c.id in locked),
        evidence=shown,
    )


def _find(
    session: Session, actor: Actor, review_pid: str, now: datetime
) -> tuple[Review, Attempt, Submission, RubricVersion]:
    row = session.exec(
        select(Review, Attempt, Submission, RubricVersion)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
        .where(
            Review.public_id == review_pid,
            Review.assessor_id == actor.person_id,
            col(Submission.issuer_id).in_(actor.issuers(Role.ASSESSOR, Role.LEAD)),
            *shown_to(actor, now),
        )
    ).first()
    if row is None:
        raise NotFound
    if ReviewState(row[0].state) not in SEATED:
        raise NotFound(_GONE)
    return row


def _phase(review: Review, now: datetime) -> Phase:
    """Past its undo window a sheet is final for its assessor, whether or not the round has closed it."""
    if ReviewState(review.state) in _OPEN:
        return Phase.SCORE
    undo = review.state == ReviewState.SUBMITTED and review.undo_until is not None and now < review.undo_until
    return Phase.SUBMITTED if undo else Phase.FINAL


def _locked(session: Session, rubric: Rubric, attempt: Attempt) -> set[str]:
    """Criteria met in earlier attempts; by the rubric's policy they are not scored again."""
    if not rubric.policies.decision.locks:
        return set()
    return {lock.criterion_id for lock in locks_before(session, attempt)}


Kinds = Mapping[str, Mapping[str, Entry]]
"""By kind of sheet: entries by criterion id."""


def _sheets(session: Session, review: Review) -> dict[int | None, dict[str, dict[str, Entry]]]:
    """By review, by kind: the entries of the sheets that stand. Others' only for an adjudicator."""
    whole = review.role == "adjudicator"
    rows = session.exec(
        select(Scoresheet, Rating, Review.id)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .join(Review, col(Review.id) == Scoresheet.review_id)
        .where(
            Review.round_id == review.round_id,
            col(Scoresheet.undone_at).is_(None),
            col(Review.state).in_([state.value for state in SEATED]),
            True if whole else Review.id == review.id,
        )
        .order_by(col(Scoresheet.id), col(Rating.id))
    ).all()
    found: dict[int | None, dict[str, dict[str, Entry]]] = {}
    for sheet, rating, review_id in rows:
        entry = Entry(rating.level_id, rating.comment)
        found.setdefault(review_id, {}).setdefault(sheet.kind, {})[rating.criterion_id] = entry
    return found


def _independent(
    session: Session, review: Review, sheets: Mapping[int | None, Kinds]
) -> tuple[Mapping[str, Entry], ...]:
    """The independent seats' sheets in order of seat, nameless."""
    seats = session.exec(
        select(Review.id)
        .where(
            Review.round_id == review.round_id,
            Review.role == "independent",
            col(Review.state).in_([state.value for state in SEATED]),
        )
        .order_by(col(Review.seat))
    ).all()
    return tuple(sheets[seat]["blind"] for seat in seats if "blind" in sheets.get(seat, {}))


def _entries(review: Review, own: Kinds, phase: Phase) -> Mapping[str, Entry]:
    if phase is not Phase.SCORE:
        return own.get("final" if review.role == "adjudicator" else "blind", {})
    return {cid: Entry(entry["level"], entry["comment"]) for cid, entry in review.draft.items()}


def _parts(
    rubric: Rubric,
    locked: set[str],
    entries: Mapping[str, Entry],
    shown: Iterable[Exhibit],
    others: tuple[Mapping[str, Entry], ...],
) -> tuple[ScoredPart, ...]:
    shown = tuple(shown)
    parts = []
    for part in rubric.parts:
        scored = tuple(
            Scored(
                criterion,
                entries.get(criterion.id, Entry()),
                tuple(one for one in shown if one.requirement in criterion.requirements),
                tuple(sheet.get(criterion.id, Entry()) for sheet in others),
            )
            for criterion in part.criteria
            if criterion.id not in locked
        )
        if scored:
            parts.append(ScoredPart(part.name, part.description, scored))
    return tuple(parts)
