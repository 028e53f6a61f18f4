"""The sheets of first attempts that were decided, to be judged again on paper: no names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from sqlmodel import Session, col, select

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.simulation import Recorded
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import (
    Attempt,
    DecisionRow,
    Issuer,
    MicroCredential,
    Rating,
    Review,
    Round,
    Scoresheet,
    Submission,
)
from reviewhub.services.scope import stored

BATCH = 500
"""Rounds a statement."""


def recorded_sheets(session: Session, issuer: str, slug: str) -> Iterator[Recorded]:
    """Of a micro-credential, oldest first: two statements for each BATCH.

    First attempts hold everything on their sheets; in later ones locks of other sheets count too.
    """
    after = 0
    while rows := _rounds(session, issuer, slug, after):
        sheets = _sheets(session, [stored(key) for key, *_ in rows])
        yield from (
            Recorded(case, tuple(sheets[stored(key)]), outcome, choices)
            for key, case, outcome, choices in rows
        )
        after = stored(rows[-1][0])


def _rounds(
    session: Session, issuer: str, slug: str, after: int
) -> Sequence[tuple[int | None, str, str, Mapping[str, str]]]:
    return session.exec(
        select(Round.id, Submission.public_id, DecisionRow.outcome, Attempt.choices)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(Issuer, col(Issuer.id) == MicroCredential.issuer_id)
        .join(DecisionRow, col(DecisionRow.round_id) == Round.id)
        .where(
            Issuer.slug == issuer,
            MicroCredential.slug == slug,
            Attempt.number == 1,
            Round.kind == "initial",
            col(DecisionRow.replaced_at).is_(None),
            col(Round.id) > after,
        )
        .order_by(col(Round.id))
        .limit(BATCH)
    ).all()


def _sheets(session: Session, round_ids: Sequence[int]) -> dict[int, list[Sheet]]:
    """By round one sheet a seat: its newest that was not taken back, an adjudicator's only when final."""
    rows = session.execute(
        select(Review.round_id, Review.role, Review.seat)
        .add_columns(col(Scoresheet.id), col(Rating.criterion_id), col(Rating.level_id))
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .where(
            col(Review.round_id).in_(round_ids),
            col(Review.state) == ReviewState.FINAL.value,
            col(Scoresheet.undone_at).is_(None),
        )
        .order_by(col(Scoresheet.id))
    )
    newest: dict[tuple[int, str, int], dict[str, str]] = {}
    sheet_of: dict[tuple[int, str, int], int] = {}
    for round_id, role, seat, sheet_id, criterion_id, level_id in rows:
        place = (round_id, role, seat)
        if sheet_of.get(place) != sheet_id:
            sheet_of[place], newest[place] = sheet_id, {}
        newest[place][criterion_id] = level_id
    found: dict[int, list[Sheet]] = defaultdict(list)
    for (round_id, role, seat), ratings in newest.items():
        who: Literal["independent", "adjudicator"] = "adjudicator" if role == "adjudicator" else "independent"
        found[round_id].append(Sheet(who, ratings, seat))
    return found
