"""What a scoring service stands on: the locked submission with attempt, round and rubric."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Facts, Role
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Criterion, Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import is_beside
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import (
    Attempt,
    CriterionLock,
    Issuer,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.queries.pinned import pinned
from reviewhub.queries.round_rubric import rubric_of_round
from reviewhub.services.kit import Tx
from reviewhub.services.ports import CodeRef

_OWN_ROLE = frozenset({"completeness", "audit"})


@dataclass(frozen=True, slots=True)
class Scope:
    """One round with everything above it; ids are set because the rows are stored."""

    submission: Submission
    attempt: Attempt
    round: Round
    rubric: Rubric
    code: CodeRef
    whole: Rubric
    """The rubric without regard to what the learner chose, or to the kind of round."""

    @property
    def round_id(self) -> int:
        """The round's key."""
        return stored(self.round.id)

    @property
    def submission_id(self) -> int:
        """The submission's key."""
        return stored(self.submission.id)

    @property
    def attempt_id(self) -> int:
        """The attempt's key."""
        return stored(self.attempt.id)

    @property
    def role(self) -> str:
        """Which seats the round has beside an adjudicator's."""
        return self.round.kind if self.round.kind in _OWN_ROLE else "independent"

    @property
    def seats(self) -> int:
        """How many of them."""
        return 1 if self.round.kind in _OWN_ROLE else self.rubric.policies.eligibility.seats

    @property
    def appeal(self) -> bool:
        """Whether what this attempt has met already stays met, and only the rest is scored afresh."""
        return self.round.kind == "appeal"

    @property
    def beside(self) -> bool:
        """Whether the round stands beside the attempt's result, and changes nothing by itself."""
        return is_beside(self.round.kind, self.round.ruling)

    @property
    def stopped(self) -> bool:
        """Whether nobody is seated and nothing judged here now; what stands beside a result goes on."""
        state = SubmissionState(self.submission.state)
        if state is SubmissionState.MET and self.beside:
            return False
        return state in ENDED or state is SubmissionState.HELD


def stored(key: int | None) -> int:
    """The key of a row that is in the database."""
    assert key is not None
    return key


def lock_round(tx: Tx, round_id: int) -> Scope:
    """Lock the round's submission, then read the round as it is now. NotFound without one."""
    found = tx.session.exec(
        select(Attempt.submission_id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .where(Round.id == round_id)
    ).first()
    if found is None:
        raise NotFound
    tx.lock(Submission, found)
    return read_round(tx.session, round_id)


def read_round(session: Session, round_id: int) -> Scope:
    """The round and everything above it, in two statements. NotFound without one."""
    row = session.exec(
        select(Submission, Attempt, Round, RubricVersion)
        .select_from(Round)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(RubricVersion, col(RubricVersion.id) == pinned())
        .where(Round.id == round_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    submission, attempt, round_, version = row
    issuer = session.get_one(Issuer, submission.issuer_id)
    moved_on = attempt.rubric_version_id is not None
    code = CodeRef(issuer.slug, version.code_digest if moved_on else submission.code_digest)
    rubric = rubric_of_round(round_.kind, version.body, attempt.choices)
    return Scope(submission, attempt, round_, rubric, code, from_json(version.body))


def lock_review(tx: Tx, actor: Actor, review_public_id: str) -> tuple[Scope, Review]:
    """Lock the actor's own review. NotFound for somebody else's, and for whoever has left the issuer."""
    found = tx.session.exec(
        select(Review.id, Review.round_id, Submission.issuer_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Review.public_id == review_public_id, Review.assessor_id == actor.person_id)
    ).first()
    if found is None or found[2] not in actor.issuers(Role.ASSESSOR, Role.LEAD):
        raise NotFound
    scope = lock_round(tx, found[1])
    review = tx.session.exec(
        select(Review).where(Review.id == found[0]).execution_options(populate_existing=True)
    ).one()
    return scope, review


def about_seat(round_: Round, review: Review) -> dict[str, str | int]:
    """What an event says of the seat, beside the review's own name."""
    return {"round": round_.public_id, "role": review.role, "seat": review.seat}


def review_facts(
    submission: Submission, review: Review, now: datetime, *, blind_given: bool = False
) -> Facts:
    """What the review's table asks for. `blind_given`: an adjudicator's blind sheet is in."""
    return Facts(
        issuer_id=submission.issuer_id,
        learner_id=submission.learner_id,
        assessor_id=review.assessor_id,
        undo_open=bool(
            review.state == ReviewState.SUBMITTED
            and review.undo_until is not None
            and now < review.undo_until
        ),
        adjudicator=review.role == "adjudicator",
        blind_sheet_given=blind_given,
    )


def sheets_of(session: Session, review_id: int) -> list[Scoresheet]:
    """The review's sheets that stand (not undone), oldest first."""
    return list(
        session.exec(
            select(Scoresheet)
            .where(Scoresheet.review_id == review_id, col(Scoresheet.undone_at).is_(None))
            .order_by(col(Scoresheet.sequence))
        ).all()
    )


def blind_given(session: Session, review: Review) -> bool:
    """Whether an adjudicator has scored blind already, and so may see the other sheets."""
    return any(sheet.kind == "blind" for sheet in sheets_of(session, stored(review.id)))


def doubted_on_sheet(round_: Round, role: str = "adjudicator") -> frozenset[str]:
    """What an adjudicator scores although it may be locked: what they are asked about; others, nothing."""
    return frozenset(round_.disputed if role == "adjudicator" else ())


def on_sheet(
    rubric: Rubric, locks: list[CriterionLock], doubted: frozenset[str] = frozenset()
) -> tuple[Criterion, ...]:
    """The criteria that are scored this time, in the rubric's order: not locked, or doubted (rule 15)."""
    if not rubric.policies.decision.locks:
        return rubric.criteria
    locked = {lock.criterion_id for lock in locks} - doubted
    return tuple(criterion for criterion in rubric.criteria if criterion.id not in locked)
