"""Rounds that wait in a pile, and the assessors who may claim them."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from bench.rows import Rows
from reviewhub import models
from reviewhub.domain.access import Actor, Role
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SEATS = 2
SECRET = "for a benchmark"  # noqa: S105  # signs nobody in
_FIRST_LEARNER = 10_000
_ZERO = "0" * 64


class StillClock:
    """A clock that is moved by hand: undo windows end when the run says so."""

    def __init__(self) -> None:
        self._now = BEGIN

    def now(self) -> datetime:
        """Aware UTC."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Let time go by."""
        self._now += by


def fill(kit: Kit, rounds: int, assessors: int) -> None:
    """Into a database that holds the plugins alone: so many waiting rounds, and who may score all of them.

    Judged by the rubric's policies: an owner's code would be measured with its sandbox, and not the database.
    """
    with kit.write() as tx:
        rows = Rows(tx.session, kit)
        micro, version = _micro(tx.session)
        issuer = tx.session.get_one(models.Issuer, micro.issuer_id)
        issuer.assignment, issuer.audit_percent = "pull", 0
        tx.session.flush()
        for key in range(1, assessors + 1):
            _person(rows, key, load_cap=100_000)
            rows.add(
                models.Membership,
                person_id=key,
                issuer_id=micro.issuer_id,
                role="assessor",
                granted_at=BEGIN - timedelta(days=9),
            )
            rows.add(
                models.Qualification,
                person_id=key,
                micro_credential_id=micro.id,
                standard="agreed",
                from_at=BEGIN - timedelta(days=9),
            )
        for number in range(rounds):
            _person(rows, _FIRST_LEARNER + number)
            _round(rows, _FIRST_LEARNER + number, micro, version)
        rows.flush()


def _micro(session: Session) -> tuple[models.MicroCredential, models.RubricVersion]:
    return session.exec(
        select(models.MicroCredential, models.RubricVersion)
        .join(models.RubricVersion, col(models.RubricVersion.id) == models.MicroCredential.rubric_version_id)
        .order_by(models.MicroCredential.slug)
        .limit(1)
    ).one()


def _person(rows: Rows, key: int, **more: object) -> None:
    rows.add(
        models.Person,
        id=key,
        email=f"p{key}@people.example",
        name=f"Person {key}",
        verified_at=BEGIN,
        created_at=BEGIN,
        **more,
    )


def _round(rows: Rows, learner: int, micro: models.MicroCredential, version: models.RubricVersion) -> None:
    day = (BEGIN + timedelta(days=20)).date()
    submission = rows.add(
        models.Submission,
        public_id=public_id(),
        issuer_id=micro.issuer_id,
        learner_id=learner,
        micro_credential_id=micro.id,
        rubric_version_id=version.id,
        code_digest="",
        state="under_review",
        created_at=BEGIN,
        active_at=BEGIN,
        audit_head=_ZERO,
    )
    attempt = rows.add(
        models.Attempt,
        submission_id=submission,
        number=1,
        state="submitted",
        created_at=BEGIN,
        sent_at=BEGIN,
        submitted_at=BEGIN,
        attested_at=BEGIN,
        promised_on=day,
    )
    rows.add(models.Promise, attempt_id=attempt, day=day, reason="arrived", made_at=BEGIN, told_at=BEGIN)
    rows.add(
        models.Round,
        attempt_id=attempt,
        created_at=BEGIN,
        pile=micro.issuer_id,
        piled_at=BEGIN,
        urgent_on=day,
    )


def actor(issuer_id: int, key: int) -> Actor:
    """An assessor as somebody who is signed in."""
    return Actor(person_id=key, memberships=frozenset({(issuer_id, Role.ASSESSOR)}))
