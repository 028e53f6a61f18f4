"""A learner's own submission: what every page about it begins with."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Facts
from reviewhub.domain.conditions import for_choices
from reviewhub.domain.deadlines import kept_until
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import for_reader
from reviewhub.domain.workflow import attempt as attempts_table
from reviewhub.domain.workflow import submission as submission_table
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.step import open_actions
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import Attempt, Issuer, MicroCredential, RubricVersion, Submission
from reviewhub.services.calendars import calendar_of
from reviewhub.services.own_work import attempts_left


@dataclass(frozen=True, slots=True)
class Own:
    """The submission with its attempts (first to last), pinned rubric, and what its learner may do now."""

    submission: Submission
    attempts: tuple[Attempt, ...]
    whole: Rubric
    """The pinned rubric; `rubric` is what of it holds for the latest attempt, by what was chosen there."""
    micro_credential: MicroCredential
    issuer: Issuer
    actions: frozenset[Action]

    @property
    def rubric(self) -> Rubric:
        """What is asked for and judged in the latest attempt."""
        return for_choices(self.whole, self.attempt.choices)

    @property
    def attempt(self) -> Attempt:
        """The latest."""
        return self.attempts[-1]

    @property
    def standing(self) -> str:
        """In one word where it stands, see `standing()`."""
        return standing(self.submission.state, self.attempt.state)

    @property
    def kept_until(self) -> date | None:
        """While it is the learner's turn: the last day on which it is kept if nobody touches it."""
        if not self.issuer.idle_days or self.standing not in {"fill", "mend", "revise"}:
            return None
        return kept_until(calendar_of(self.issuer), self.submission.active_at, self.issuer.idle_days)

    @property
    def used_up(self) -> bool:
        """Whether there is something to mend and no attempt left for it."""
        return self.standing == "revise" and not attempts_left(
            self.rubric, self.submission, self.attempt.number
        )


def standing(submission: str, attempt: str) -> str:
    """One word for a learner's list and pages.

    fill: write and upload; mend: a check found something; checking; copy: a file waits for a clean copy;
    scoring; confirming: scored, the feedback is being confirmed; revise: feedback is there; met; withdrawn;
    lapsed; held.
    """
    if submission != SubmissionState.OPEN:
        if submission == SubmissionState.UNDER_REVIEW:
            return "confirming" if attempt == AttemptState.DECIDED else "scoring"
        return submission
    return {
        AttemptState.DRAFT.value: "fill",
        AttemptState.NEEDS_FIX.value: "mend",
        AttemptState.CHECKING.value: "checking",
        AttemptState.HELD.value: "copy",
    }.get(attempt, "scoring")


def load_own(session: Session, actor: Actor, public_id: str) -> Own:
    """The actor's own submission, in two statements; NotFound for anybody else's."""
    found = session.exec(
        select(Submission, RubricVersion, Issuer, MicroCredential)
        .join(RubricVersion, col(RubricVersion.id) == Submission.rubric_version_id)
        .join(Issuer, col(Issuer.id) == Submission.issuer_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .where(Submission.public_id == public_id, Submission.learner_id == actor.person_id)
    ).first()
    if found is None:
        raise NotFound
    submission, version, issuer, micro_credential = found
    attempts = session.exec(
        select(Attempt).where(Attempt.submission_id == submission.id).order_by(col(Attempt.number))
    ).all()
    rubric = for_reader(from_json(version.body), actor.reads)
    return Own(
        submission,
        tuple(attempts),
        rubric,
        micro_credential,
        issuer,
        _actions(actor, submission, attempts[-1], rubric),
    )


def _actions(actor: Actor, submission: Submission, attempt: Attempt, rubric: Rubric) -> frozenset[Action]:
    facts = Facts(
        issuer_id=submission.issuer_id,
        learner_id=submission.learner_id,
        submission_held=submission.state == SubmissionState.HELD,
        attempts_left=attempts_left(rubric, submission, attempt.number),
        complete=True,
        attested=True,
    )
    return frozenset(
        (
            *open_actions(submission_table.TRANSITIONS, SubmissionState(submission.state), actor, facts),
            *open_actions(attempts_table.TRANSITIONS, AttemptState(attempt.state), actor, facts),
        )
    )
