"""What assessors and leads have asked a coordinator: concerns and reveals, as lists and one by one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Role
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow import attempt as attempt_table
from reviewhub.domain.workflow import submission as submission_table
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.step import open_actions
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    Concern,
    Membership,
    MicroCredential,
    Person,
    Reveal,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.queries.coordinator import Group, Waiting, coordinated, group
from reviewhub.services.answer_concern import FIRST
from reviewhub.services.coordinated import facts_of

_assessor = aliased(Person)


@dataclass(frozen=True, slots=True)
class ConcernPage:
    """One concern. `remedies` are the outcomes that are possible now, "clean_again" among them.

    `title`: the learner's name of the file. `again`: "", "made" while copies are made again, or "failed".
    """

    public_id: str
    submission: str
    learner: str
    name: str
    assessor: str
    role: str
    seat: int
    kind: str
    piece: str
    title: str
    note: str
    raised_at: datetime
    outcome: str
    reply: str
    mend: str
    answered_at: datetime | None
    again: str
    again_note: str
    remedies: frozenset[str]


@dataclass(frozen=True, slots=True)
class RevealPage:
    """What a lead asks. `others`: how many other leads could take what comes later."""

    public_id: str
    submission: str
    learner: str
    name: str
    lead: str
    case_ref: str
    reason: str
    asked_at: datetime
    state: str
    answer: str
    until_at: datetime | None
    others: int
    own: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One line on the page of a submission: "concern" or "reveal"."""

    what: str
    public_id: str
    kind: str
    who: str
    since: datetime
    open: bool
    outcome: str


def asked(session: Session, actor: Actor) -> tuple[Group, ...]:
    """Groups concerns (danger first) and reveals that wait for an answer, each in one statement."""
    return (
        group(session, "concerns", _concerns(actor), _concern),
        group(session, "reveals", _reveals(actor), _reveal),
    )


def _concerns(actor: Actor) -> Select[str, str, str, Concern, str]:
    return (
        columns(
            col(Submission.public_id),
            col(Person.name),
            col(MicroCredential.name),
            Concern,
            col(_assessor.name),
        )
        .select_from(Concern)
        .join(Submission, col(Submission.id) == Concern.submission_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(Review, col(Review.id) == Concern.review_id)
        .join(_assessor, col(_assessor.id) == Review.assessor_id)
        .where(
            col(Concern.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
            col(Concern.answered_at).is_(None),
            coordinated(actor),
        )
        .order_by(col(Concern.kind) != "danger", col(Concern.id))
    )


def _concern(submission: str, learner: str, name: str, row: Concern, assessor: str) -> Waiting:
    return Waiting(
        submission,
        learner,
        name,
        since=row.raised_at,
        code=row.kind,
        detail=row.note,
        person=assessor,
        public_id=row.public_id,
    )


def _reveals(actor: Actor) -> Select[str, str, str, Reveal, str]:
    return (
        columns(
            col(Submission.public_id),
            col(Person.name),
            col(MicroCredential.name),
            Reveal,
            col(_assessor.name),
        )
        .select_from(Reveal)
        .join(Submission, col(Submission.id) == Reveal.submission_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .join(_assessor, col(_assessor.id) == Reveal.asked_by)
        .where(
            col(Reveal.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
            col(Reveal.state) == "asked",
            coordinated(actor),
        )
        .order_by(col(Reveal.id))
    )


def _reveal(submission: str, learner: str, name: str, row: Reveal, lead: str) -> Waiting:
    return Waiting(
        submission,
        learner,
        name,
        since=row.asked_at,
        detail=row.reason,
        person=lead,
        public_id=row.public_id,
    )


def asked_of(session: Session, submission_id: int) -> tuple[Asked, ...]:
    """Everything asked about a submission that the actor may see: open, danger, newest first."""
    concerns = session.execute(
        columns(Concern, col(Person.name))
        .join(Review, col(Review.id) == Concern.review_id)
        .join(Person, col(Person.id) == Review.assessor_id)
        .where(col(Concern.submission_id) == submission_id)
    ).all()
    reveals = session.execute(
        columns(Reveal, col(Person.name))
        .join(Person, col(Person.id) == Reveal.asked_by)
        .where(col(Reveal.submission_id) == submission_id)
    ).all()
    found = [
        *(
            Asked("concern", c.public_id, c.kind, who, c.raised_at, c.answered_at is None, c.outcome)
            for c, who in concerns
        ),
        *(
            Asked("reveal", r.public_id, "", who, r.asked_at, r.state == "asked", r.state)
            for r, who in reveals
        ),
    ]
    return tuple(sorted(found, key=lambda one: (one.open, one.kind == "danger", one.since), reverse=True))


def concern_page(session: Session, actor: Actor, public_id: str) -> ConcernPage:
    """In two statements. NotFound for another issuer's, and for one's own learning."""
    row = session.execute(
        columns(Concern, Submission, Review, Round, Attempt, col(Person.name), col(_assessor.name), Artifact)
        .select_from(Concern)
        .join(Submission, col(Submission.id) == Concern.submission_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(Review, col(Review.id) == Concern.review_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(_assessor, col(_assessor.id) == Review.assessor_id)
        .outerjoin(Artifact, col(Artifact.id) == Concern.artifact_id)
        .where(col(Concern.public_id) == public_id, coordinated(actor))
    ).first()
    if row is None:
        raise NotFound
    concern, submission, review, round_, attempt, learner, assessor, artifact = row
    rubric = from_json(session.get_one(RubricVersion, submission.rubric_version_id).body)
    names = {one.id: one.name for one in rubric.requirements}
    again = "" if concern.again_at is None else "failed" if concern.again_note else "made"
    return ConcernPage(
        public_id=public_id,
        submission=submission.public_id,
        learner=learner,
        name=rubric.about.name,
        assessor=assessor,
        role=review.role,
        seat=review.seat,
        kind=concern.kind,
        piece=names.get(artifact.requirement_id, "") if artifact else "",
        title=artifact.title if artifact else "",
        note=concern.note,
        raised_at=concern.raised_at,
        outcome=concern.outcome,
        reply=concern.reply,
        mend=concern.mend,
        answered_at=concern.answered_at,
        again=again,
        again_note=concern.again_note,
        remedies=_remedies(actor, concern, submission, round_, attempt, artifact),
    )


def _remedies(
    actor: Actor,
    concern: Concern,
    submission: Submission,
    round_: Round,
    attempt: Attempt,
    artifact: Artifact | None,
) -> frozenset[str]:
    """What the tables let the actor do now, and the kind of the round and of the piece make sense of."""
    facts = facts_of(submission)
    state = SubmissionState(submission.state)
    after_hold = concern.outcome == "held" and state is SubmissionState.HELD
    if after_hold:
        state = SubmissionState(submission.held_from or submission.state)
    found = set()
    sends_back = Action.SEND_BACK in open_actions(submission_table.TRANSITIONS, state, actor, facts)
    gives_back = Action.GIVE_BACK in open_actions(
        attempt_table.TRANSITIONS, AttemptState(attempt.state), actor, facts
    )
    if sends_back and gives_back and round_.kind in FIRST and round_.state != "void":
        found.add("given_back")
    if concern.answered_at is not None:
        return frozenset(found if concern.outcome == "held" else ())
    found.add("carry_on")
    if Action.HOLD in open_actions(submission_table.TRANSITIONS, state, actor, facts):
        found.add("held")
    if artifact is not None and artifact.key is not None and (concern.again_at is None or concern.again_note):
        found.add("clean_again")
    return frozenset(found)


def reveal_page(session: Session, actor: Actor, public_id: str) -> RevealPage:
    """In two statements. NotFound for another issuer's, and for one's own learning."""
    row = session.execute(
        columns(Reveal, Submission, col(Person.name), col(_assessor.name), col(MicroCredential.name), Alias)
        .select_from(Reveal)
        .join(Submission, col(Submission.id) == Reveal.submission_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(_assessor, col(_assessor.id) == Reveal.asked_by)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .outerjoin(
            Alias,
            (col(Alias.submission_id) == Submission.id) & (col(Alias.viewer_id) == Reveal.asked_by),
        )
        .where(col(Reveal.public_id) == public_id, coordinated(actor))
    ).first()
    if row is None:
        raise NotFound
    reveal, submission, learner, lead, name, alias = row
    others = session.exec(
        select(Membership.person_id).where(
            Membership.issuer_id == submission.issuer_id,
            Membership.role == Role.LEAD.value,
            col(Membership.ended_at).is_(None),
            col(Membership.person_id).not_in([reveal.asked_by, submission.learner_id]),
        )
    ).all()
    return RevealPage(
        public_id=public_id,
        submission=submission.public_id,
        learner=learner,
        name=name,
        lead=lead,
        case_ref=alias.case_ref if alias else "",
        reason=reveal.reason,
        asked_at=reveal.asked_at,
        state=reveal.state,
        answer=reveal.answer,
        until_at=reveal.until_at,
        others=len(others),
        own=reveal.asked_by == actor.person_id,
    )
