"""Begin to work towards a micro-credential."""

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import NotFound, Refused, Stale
from reviewhub.domain.workflow.submission import ENDED, SubmissionState
from reviewhub.models import Attempt, Issuer, MicroCredential, RubricVersion, Submission
from reviewhub.queries.intake import let_in, takes_learners
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.watch import watch


def start(kit: Kit, actor: Actor, issuer_slug: str, slug: str) -> str:
    """The public id of the actor's open submission for this micro-credential; made where there is none.

    Pins the live rubric version and its code. Refused: nobody is signed in (code `role`), no intake now
    (`intake`), already met (`met`), too much begun (`drafts`). NotFound, also for a pilot that the
    actor was not let into. Two starts at once give one submission.
    """
    if not actor.signed_in:
        raise Refused("Sign in first; then you can start.", "role")
    try:
        with kit.write() as tx:
            return _start(tx, actor, issuer_slug, slug)
    except (Stale, IntegrityError):
        # The other of two clicks was faster: its submission is the one.
        with kit.read() as session:
            found = _open(session, actor, _micro_credential(session, issuer_slug, slug))
        if found is None:
            raise
        return found


def _start(tx: Tx, actor: Actor, issuer_slug: str, slug: str) -> str:
    micro_credential = _micro_credential(tx.session, issuer_slug, slug)
    found = _open(tx.session, actor, micro_credential)
    if found:
        return found
    if not let_in(tx.session, actor, micro_credential):
        raise NotFound
    version = _live_version(tx.session, micro_credential)
    _not_met_before(tx.session, actor, micro_credential)
    _not_too_many(tx, actor)
    assert actor.person_id is not None
    assert micro_credential.id is not None
    assert version.id is not None
    submission = Submission(
        public_id=public_id(),
        issuer_id=micro_credential.issuer_id,
        learner_id=actor.person_id,
        micro_credential_id=micro_credential.id,
        rubric_version_id=version.id,
        code_digest=version.code_digest,
        created_at=tx.now,
        active_at=tx.now,
    )
    tx.session.add(submission)
    tx.session.flush()
    assert submission.id is not None
    watch(tx, submission, tx.now + timedelta(days=1))
    attempt = Attempt(public_id=public_id(), submission_id=submission.id, number=1, created_at=tx.now)
    tx.session.add(attempt)
    tx.event(
        submission,
        "submission.start",
        actor,
        after=submission.state,
        facts={
            "attempt": attempt.public_id,
            "rubric_version": version.public_id,
            "code": version.code_digest,
        },
    )
    return submission.public_id


def _micro_credential(session: Session, issuer_slug: str, slug: str) -> MicroCredential:
    found = session.exec(
        select(MicroCredential)
        .join(Issuer, col(Issuer.id) == MicroCredential.issuer_id)
        .where(Issuer.slug == issuer_slug, MicroCredential.slug == slug)
    ).first()
    if found is None:
        raise NotFound
    return found


def _open(session: Session, actor: Actor, micro_credential: MicroCredential) -> str | None:
    return session.exec(
        select(Submission.public_id).where(
            Submission.learner_id == actor.person_id,
            Submission.micro_credential_id == micro_credential.id,
            col(Submission.state).not_in([state.value for state in ENDED]),
        )
    ).first()


def _not_met_before(session: Session, actor: Actor, micro_credential: MicroCredential) -> None:
    met = session.exec(
        select(Submission.id).where(
            Submission.learner_id == actor.person_id,
            Submission.micro_credential_id == micro_credential.id,
            Submission.state == SubmissionState.MET.value,
        )
    ).first()
    if met is not None:
        raise Refused("You have met this micro-credential already.", "met")


def _not_too_many(tx: Tx, actor: Actor) -> None:
    begun = select(Submission.id).where(
        Submission.learner_id == actor.person_id, Submission.state == SubmissionState.OPEN.value
    )
    most = tx.settings.open_drafts
    if len(tx.session.exec(begun.limit(most)).all()) >= most:
        message = (
            f"You have begun {most} and not sent them. Send one, or withdraw it, before you start another."
        )
        raise Refused(message, "drafts")


def _live_version(session: Session, micro_credential: MicroCredential) -> RubricVersion:
    """The version that takes new submissions; Refused while its plugin is quarantined or removed."""
    version = session.get(RubricVersion, micro_credential.rubric_version_id or 0)
    if version is None or not takes_learners(session, micro_credential, version):
        raise Refused("This micro-credential takes no new learners at the moment.", "intake")
    return version
