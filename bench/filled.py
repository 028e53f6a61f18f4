"""A world of any size by direct inserts: what the services would have left behind, without their work."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from bench.one_case import ASSESSOR, COORDINATOR, FIRST_LEARNER, LEAD, OTHER, Case
from bench.rows import Rows
from reviewhub import models
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.services.ids import fingerprint
from reviewhub.services.kit import Kit

WHO = {"learner": FIRST_LEARNER, "assessor": ASSESSOR, "lead": LEAD, "coordinator": COORDINATOR}
SECRET = "bench-{}"  # noqa: S105  # signs its four people in
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Made:
    """Where the pages are: public ids by name, and the issuer with its first micro-credential."""

    ids: dict[str, str]
    issuer: str
    slug: str


def fill(kit: Kit, submissions: int) -> Made:
    """Fill a database that holds the plugins and nothing else. About 35 rows a submission."""
    with kit.write() as tx:
        rows = Rows(tx.session, kit)
        micros, issuer = _micros(tx.session)
        _people(rows, issuer.id or 0, submissions)
        ids: dict[str, str] = {}
        for number in range(submissions):
            micro, version, rubric = micros[number % len(micros)]
            Case(rows, number, micro, version, rubric).write(ids)
            if number % _BATCH == _BATCH - 1:
                rows.flush()
        rows.flush()
    return Made(ids, issuer.slug, micros[0][0].slug)


def _micros(
    session: Session,
) -> tuple[list[tuple[models.MicroCredential, models.RubricVersion, Rubric]], models.Issuer]:
    issuer = session.exec(select(models.Issuer).order_by(models.Issuer.slug)).first()
    assert issuer is not None
    found = session.exec(
        select(models.MicroCredential, models.RubricVersion)
        .join(models.RubricVersion, col(models.RubricVersion.id) == models.MicroCredential.rubric_version_id)
        .where(models.MicroCredential.issuer_id == issuer.id)
        .order_by(models.MicroCredential.slug)
    ).all()
    return [(micro, version, from_json(version.body)) for micro, version in found], issuer


def _people(rows: Rows, issuer: int, submissions: int) -> None:
    roles = {ASSESSOR: "assessor", OTHER: "assessor", LEAD: "lead", COORDINATOR: "coordinator"}
    for key in range(1, FIRST_LEARNER + submissions // 4 + 2):
        rows.add(
            models.Person,
            id=key,
            email=f"p{key}@people.example",
            name=f"Person {key}",
            verified_at=rows.now,
            created_at=rows.now,
        )
        if key in roles:
            rows.add(models.Membership, person_id=key, issuer_id=issuer, role=roles[key], granted_at=rows.now)
    for who, key in WHO.items():
        rows.add(
            models.Session,
            token_hash=fingerprint(SECRET.format(who)),
            person_id=key,
            created_at=rows.now,
            seen_at=rows.now,
            expires_at=rows.now + timedelta(days=10),
        )
