"""What came of audits, for leads: nameless, of released results alone, and originals alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.second_scoring import Matched, match, share
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import (
    Alias,
    Attempt,
    Feedback,
    MicroCredential,
    Rating,
    ResolutionRow,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.lead import named_for, open_to
from reviewhub.queries.pinned import pinned

PAGE = 25
NEWEST = 500
"""Over how many audits the summary goes."""
FIRST = aliased(Round)
"""The scoring that an audit stands beside."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One audit. `feedback` is that of the result; `alias` is "" until the lead has a name for the case."""

    public_id: str
    feedback: str
    name: str
    alias: str
    case_ref: str
    matched: Matched


@dataclass(frozen=True, slots=True)
class Agreed:
    """One criterion: of `audits` second scorings, how many percent chose a first scorer's very level.

    None where there are too few. Each is compared with each first sheet, as both were first given.
    """

    criterion: str
    audits: int
    percent: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A micro-credential's criteria, in the order of its live rubric."""

    name: str
    criteria: tuple[Agreed, ...]


@dataclass(frozen=True, slots=True)
class AuditsPage:
    """A page of audits, newest first; `older` starts the next."""

    items: tuple[Audited, ...]
    older: str
    summaries: tuple[Summary, ...]


def is_audited() -> ColumnElement[bool]:
    """For a statement that selects from Round: finished audits, as their index has it."""
    return and_(
        col(Round.kind) == literal_column("'audit'"), col(Round.state) == literal_column("'resolved'")
    )


def beside_first() -> ColumnElement[bool]:
    """Joins FIRST to the Attempt of an audit."""
    return and_(
        col(FIRST.attempt_id) == Attempt.id,
        col(FIRST.kind) == "initial",
        col(FIRST.state) == RoundState.RESOLVED.value,
    )


def audits_page(session: Session, actor: Actor, after: str = "") -> AuditsPage:
    """Finished audits of results that the lead may see, in six statements.

    Only where the result is released: nobody who has still to confirm or to decide it is to be led by them.
    """
    query = _finished(
        actor,
        col(Round.public_id),
        col(Round.id),
        col(FIRST.id),
        col(Feedback.public_id),
        col(MicroCredential.name),
        Alias,
        pinned(),
    )
    if after:
        query = query.where(
            col(Round.id) < select(Round.id).where(Round.public_id == after).scalar_subquery()
        )
    rows = session.execute(query.order_by(col(Round.id).desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    found = audit_levels(session, [row[1] for row in shown])
    given = first_levels(session, [row[2] for row in shown])
    rubrics = rubrics_of(session, {row[6] for row in shown})
    items = tuple(
        Audited(
            public_id,
            feedback,
            name,
            alias.name if alias else "",
            alias.case_ref if alias else "",
            match(rubrics[version], given.get(first, {}), found.get(audit, {})),
        )
        for public_id, audit, first, feedback, name, alias, version in shown
    )
    older = shown[-1][0] if len(rows) > PAGE else ""
    return AuditsPage(items, older, _summaries(session, actor))


def _finished(actor: Actor, *wanted: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns of any table
    return (
        columns(*wanted)
        .select_from(Round)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(FIRST, beside_first())
        .join(Feedback, and_(col(Feedback.attempt_id) == Attempt.id, col(Feedback.round_id) == col(FIRST.id)))
        .outerjoin(Alias, named_for(actor))
        .where(
            is_audited(),
            col(Attempt.state) == AttemptState.RELEASED.value,
            *open_to(actor),
        )
    )


def audit_levels(session: Session, audits: list[int]) -> dict[int, dict[str, str]]:
    """By audit what was found: {criterion id: level id}, of the sheet as it was first given."""
    rows = session.execute(
        columns(col(Review.round_id), col(Rating.criterion_id), col(Rating.level_id))
        .select_from(Review)
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .where(col(Review.round_id).in_(audits), *_original(Review, Scoresheet, "audit"))
    )
    return _by_round(rows)


def first_levels(session: Session, firsts: list[int]) -> dict[int, dict[str, str]]:
    """By round what it came to: {criterion id: level id}."""
    rows = session.execute(
        columns(col(ResolutionRow.round_id), col(ResolutionRow.criterion_id), col(ResolutionRow.level_id))
        .where(col(ResolutionRow.round_id).in_(firsts), col(ResolutionRow.replaced_at).is_(None))
    )  # fmt: skip
    return _by_round(rows)


def rubrics_of(session: Session, versions: set[int]) -> dict[int, Rubric]:
    """The rubrics of these snapshots."""
    rows = session.exec(
        select(RubricVersion.id, RubricVersion.body).where(col(RubricVersion.id).in_(versions))
    )
    return {key: from_json(body) for key, body in rows if key is not None}


def _by_round(rows: Iterable[Any]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for round_id, criterion, level in rows:
        found.setdefault(round_id, {})[criterion] = level
    return found


def _original(review: Any, sheet: Any, role: str) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - a table or its alias
    """The sheet as it was first given: not one that was taken back, nor one that corrects it."""
    return (
        col(review.role) == role,
        col(review.state) == ReviewState.FINAL.value,
        col(sheet.kind) == "blind",
        col(sheet.undone_at).is_(None),
    )


def _summaries(session: Session, actor: Actor) -> tuple[Summary, ...]:
    newest = (
        _finished(
            actor,
            col(Round.id).label("audit"),
            col(FIRST.id).label("first"),
            col(MicroCredential.id).label("micro"),
        )
        .order_by(col(Round.id).desc())
        .limit(NEWEST)
        .subquery()
    )
    second, first = (aliased(Review), aliased(Review))
    second_sheet, first_sheet = aliased(Scoresheet), aliased(Scoresheet)
    found, given = aliased(Rating), aliased(Rating)
    equal = case((col(found.level_id) == col(given.level_id), 1), else_=0)
    rows = session.execute(
        columns(
            newest.c.micro,
            col(found.criterion_id),
            func.count(newest.c.audit.distinct()),
            func.count(),
            func.sum(equal),
        )
        .select_from(newest)
        .join(second, col(second.round_id) == newest.c.audit)
        .join(second_sheet, col(second_sheet.review_id) == second.id)
        .join(found, col(found.scoresheet_id) == second_sheet.id)
        .join(first, col(first.round_id) == newest.c.first)
        .join(first_sheet, col(first_sheet.review_id) == first.id)
        .join(
            given,
            and_(
                col(given.scoresheet_id) == first_sheet.id,
                col(given.criterion_id) == col(found.criterion_id),
            ),
        )
        .where(*_original(second, second_sheet, "audit"), *_original(first, first_sheet, "independent"))
        .group_by(newest.c.micro, col(found.criterion_id))
    ).all()
    counts: dict[int, dict[str, tuple[int, int, int]]] = {}
    for micro, criterion, audits, pairs, same in rows:
        counts.setdefault(micro, {})[criterion] = (audits, pairs, same)
    return _named(session, counts)


def _named(session: Session, counts: Mapping[int, Mapping[str, tuple[int, int, int]]]) -> tuple[Summary, ...]:
    """In the words of the live rubrics; what these do not have any more is left out."""
    rows = session.exec(
        select(MicroCredential.id, MicroCredential.name, RubricVersion.body)
        .join(RubricVersion, col(RubricVersion.id) == MicroCredential.rubric_version_id)
        .where(col(MicroCredential.id).in_(list(counts)))
        .order_by(MicroCredential.name)
    )
    return tuple(
        Summary(
            name,
            tuple(
                Agreed(criterion.name, here[criterion.id][0], share(*_parts(here[criterion.id])))
                for criterion in from_json(body).criteria
                if criterion.id in here
            ),
        )
        for key, name, body in rows
        for here in [counts[key or 0]]
    )


def _parts(counted: tuple[int, int, int]) -> tuple[int, int, int]:
    audits, pairs, equal = counted
    return equal, pairs, audits
