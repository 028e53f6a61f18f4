"""The assessor's workspace: one review with its evidence, rubric and own sheet, in fixed statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.anchors import anchors_of
from reviewhub.domain.blinding import Field, Viewer, When, sees
from reviewhub.domain.conditions import chosen_options
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Criterion, Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import best_language, for_reader, languages_of
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
from reviewhub.queries.apart import apart
from reviewhub.queries.assessor import shown_to
from reviewhub.queries.locks import locks_before
from reviewhub.queries.pinned import pinned
from reviewhub.queries.round_rubric import scored_by
from reviewhub.queries.workspace_doubts import NotScored, own_doubts, reasons, rests_on
from reviewhub.queries.workspace_evidence import Exhibit, exhibits
from reviewhub.queries.workspace_past import Past, past
from reviewhub.services.candidates import CLAIM_OVER
from reviewhub.services.scope import doubted_on_sheet

_OPEN = frozenset({ReviewState.OFFERED, ReviewState.CLAIMED})
GONE = (
    "This review was given to somebody else or is no longer needed. There is nothing left for you to do here."
)
"""The same for all that is over: whether it was taken, is not needed, or they must not know."""
_BACK = (
    "Nobody worked on this review for some hours, so it went back to the pile. What you wrote is kept: as "
    "long as nobody else has the seat, “Claim next” in your queue brings it back as you left it."
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
    doubts: tuple[str, ...] = ()
    """For a deciding adjudicator: it was met before, and this is why the independent seats doubt it."""
    anchors: tuple[tuple[Exhibit | None, str], ...] = ()
    """Where the learner says to look: the first piece of that evidence, and their words."""
    absent: tuple[str, ...] = ()
    """Names of evidence that it looks at and that was not given."""

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
    checks: bool
    """Only looks whether everything is there; others score."""
    deciding: bool
    """An adjudicator whose blind sheet is in, and who therefore sees both sheets."""
    version: int
    saved_at: datetime | None
    undo_until: datetime | None
    claim_until: datetime | None
    """Until when it is kept if nobody works on it; None for what was given out, and once the sheet is in."""
    parts: tuple[ScoredPart, ...]
    not_scored: tuple[NotScored, ...]
    """Criteria that stay met from before."""
    may_doubt: bool
    """Whether an objection to one of these can be raised now."""
    may_take_back: bool
    evidence: tuple[Exhibit, ...]
    earlier: tuple[Exhibit, ...]
    """For an adjudicator: what a doubted criterion was met with, where this attempt holds it no more."""
    before: Past | None
    """What came before this attempt, once the own sheet is final."""
    language: str = ""
    """In which the rubric is shown, of the `languages` that it has."""
    languages: tuple[str, ...] = ()
    replaces: bool = False
    """An adjudicator whose blind sheet counts; they never see the others'."""
    choices: tuple[tuple[str, str], ...] = ()
    """What the learner chose: of each choice its name and the option's."""

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
    review, round_, attempt, submission, version = _find(session, actor, review_pid, now)
    whole = for_reader(from_json(version.body), actor.reads)
    rubric = scored_by(round_.kind, whole, attempt.choices)
    alias = session.exec(
        select(Alias).where(Alias.submission_id == submission.id, Alias.viewer_id == actor.person_id)
    ).one()
    doubted = doubted_on_sheet(round_, review.role)
    sheets = _sheets(session, review)
    own = sheets.get(review.id, {})
    blind_given = review.role == "adjudicator" and "blind" in own
    phase = _phase(review, now)
    entries = _entries(review, own, phase)
    locked = _locked(session, rubric, attempt, round_.kind) - doubted
    if phase is not Phase.SCORE:  # the sheet as it was given, whatever became of a lock since
        locked = {criterion.id for criterion in rubric.criteria} - set(entries)
    viewer = Viewer.ADJUDICATOR if review.role == "adjudicator" else Viewer.ASSESSOR
    shown = exhibits(session, rubric, attempt) if sees(viewer, Field.CLEAN_COPY) else ()
    moments = (When.AFTER_BLIND_SHEET,) if blind_given else ()
    others, doubts = tuple[Mapping[str, Entry], ...](), dict[str, tuple[str, ...]]()
    if sees(viewer, Field.OTHER_SHEETS, *moments):
        others, doubts = _independent(session, review, sheets), reasons(session, review)
    rests = rests_on(session, rubric, attempt, doubted, shown)
    mine = own_doubts(session, review)
    return Workspace(
        review=review.public_id,
        micro_credential=rubric.about.name,
        language=best_language(rubric, actor.reads),
        languages=languages_of(rubric),
        replaces=rubric.policies.resolution.rule == "third_replaces",
        choices=tuple((one.name, option) for one, option in chosen_options(rubric, attempt.choices)),
        alias=alias.name,
        case_ref=alias.case_ref,
        due_on=review.due_on,
        phase=phase,
        adjudicates=review.role == "adjudicator",
        checks=review.role == "completeness",
        deciding=blind_given,
        version=review.draft_version,
        saved_at=review.draft_saved_at,
        undo_until=review.undo_until if phase is Phase.SUBMITTED else None,
        claim_until=review.claim_until if phase is Phase.SCORE else None,
        parts=scored_parts(rubric, locked, entries, Beside(shown, others, doubts, rests, attempt.anchors)),
        not_scored=tuple(
            NotScored(c.id, c.name, mine.get(c.id, "")) for c in rubric.criteria if c.id in locked
        ),
        may_doubt=phase is Phase.SCORE and review.role not in ("adjudicator", "completeness"),
        may_take_back=phase is not Phase.FINAL,
        evidence=shown,
        earlier=_once(rests),
        before=_before(session, whole, review, attempt, phase),
    )


def _before(session: Session, whole: Rubric, review: Review, attempt: Attempt, phase: Phase) -> Past | None:
    """Nothing for who looked whether everything is there: they may be asked to score it next."""
    viewer = Viewer.ADJUDICATOR if review.role == "adjudicator" else Viewer.ASSESSOR
    moments = (When.AFTER_FINAL,) if phase is Phase.FINAL and review.role != "completeness" else ()
    seen = (Field.ATTEMPT_NUMBER, Field.CHANGE_NOTE, Field.EARLIER_LEVELS)
    if not all(sees(viewer, field, *moments) for field in seen):
        return None
    return past(session, whole, attempt)


def _once(rests: Mapping[str, tuple[Exhibit, ...]]) -> tuple[Exhibit, ...]:
    every = {one.number: one for pieces in rests.values() for one in pieces}
    return tuple(every[number] for number in sorted(every))


def _find(
    session: Session, actor: Actor, review_pid: str, now: datetime
) -> tuple[Review, Round, Attempt, Submission, RubricVersion]:
    row = session.execute(
        columns(Review, Round, Attempt, Submission, RubricVersion)
        .select_from(Review)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == pinned())
        .where(
            col(Review.public_id) == review_pid,
            col(Review.assessor_id) == actor.person_id,
            col(Submission.issuer_id).in_(actor.issuers(Role.ASSESSOR, Role.LEAD)),
            *shown_to(actor, now),
        )
    ).first()
    if row is None:
        raise _not_found(session, actor, review_pid)
    if ReviewState(row[0].state) not in SEATED:
        raise NotFound(_BACK if row[0].end_reason == CLAIM_OVER else GONE)
    review, round_, attempt, submission, version = row
    return review, round_, attempt, submission, version


def _not_found(session: Session, actor: Actor, review_pid: str) -> NotFound:
    """With a word for one's own review of a learner whom one knows by now, whatever became of the review."""
    own = (
        select(Review.id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Review.public_id == review_pid, Review.assessor_id == (actor.person_id or 0), apart(actor))
    )
    return NotFound() if session.exec(own).first() is None else NotFound(GONE)


def _phase(review: Review, now: datetime) -> Phase:
    """Past its undo window a sheet is final for its assessor, whether or not the round has closed it."""
    if ReviewState(review.state) in _OPEN:
        return Phase.SCORE
    undo = review.state == ReviewState.SUBMITTED and review.undo_until is not None and now < review.undo_until
    return Phase.SUBMITTED if undo else Phase.FINAL


def _locked(session: Session, rubric: Rubric, attempt: Attempt, kind: str) -> set[str]:
    """Criteria met before; by the rubric's policy they are not scored again."""
    if not rubric.policies.decision.locks:
        return set()
    return {lock.criterion_id for lock in locks_before(session, attempt, own=kind == "appeal")}


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
    return tuple(_newest(sheets[seat], "blind") for seat in seats if "blind" in sheets.get(seat, {}))


def _newest(own: Kinds, kind: str) -> Mapping[str, Entry]:
    """The sheet of this kind, or what took its place."""
    return own.get("superseding") or own.get(kind, {})


def _entries(review: Review, own: Kinds, phase: Phase) -> Mapping[str, Entry]:
    if phase is not Phase.SCORE:
        return _newest(own, "final" if review.role == "adjudicator" else "blind")
    return {cid: Entry(entry["level"], entry["comment"]) for cid, entry in review.draft.items()}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the criteria: evidence, others' sheets, and doubts with what the locks rest on."""

    shown: tuple[Exhibit, ...]
    others: tuple[Mapping[str, Entry], ...]
    doubts: Mapping[str, tuple[str, ...]]
    rests: Mapping[str, tuple[Exhibit, ...]]
    anchors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def places(self, rubric: Rubric, criterion: Criterion) -> tuple[tuple[Exhibit | None, str], ...]:
        """Where the learner says that it is shown, with the first piece of that evidence."""
        return tuple(
            (next((s for s in self.shown if s.requirement == one.requirement.id), None), one.words)
            for one in anchors_of(rubric, self.anchors)
            if one.criterion.id == criterion.id and one.words
        )

    def absent(self, rubric: Rubric, criterion: Criterion) -> tuple[str, ...]:
        """Names of what it looks at and nothing was given for."""
        there = {one.requirement for one in self.shown}
        asked = [one for one in rubric.requirements if one.id in criterion.requirements]
        return tuple(one.name for one in asked if one.id not in there)

    def evidence(self, criterion: Criterion) -> tuple[Exhibit, ...]:
        """What the criterion looks at, first that with which it was met before."""
        named = tuple(one for one in self.shown if one.requirement in criterion.requirements)
        return (*self.rests.get(criterion.id, ()), *named)


def scored_parts(
    rubric: Rubric, locked: set[str], entries: Mapping[str, Entry], beside: Beside
) -> tuple[ScoredPart, ...]:
    """The rubric without what is locked: each criterion with its entry and what stands beside it."""
    parts = []
    for part in rubric.parts:
        scored = tuple(
            Scored(
                criterion,
                entries.get(criterion.id, Entry()),
                beside.evidence(criterion),
                tuple(sheet[criterion.id] for sheet in beside.others if criterion.id in sheet),
                beside.doubts.get(criterion.id, ()),
                beside.places(rubric, criterion),
                beside.absent(rubric, criterion),
            )
            for criterion in part.criteria
            if criterion.id not in locked
        )
        if scored:
            parts.append(ScoredPart(part.name, part.description, scored))
    return tuple(parts)
