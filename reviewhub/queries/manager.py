"""What a manager sees of an issuer: its micro-credentials, and how many are at work on each."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import NotFound
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.models import Hold, Issuer, MicroCredential, RubricVersion, Submission


@dataclass(frozen=True, slots=True)
class Managed:
    """One micro-credential. `version` is "" until a snapshot is stored, `running` counts submissions."""

    slug: str
    name: str
    state: str
    version: str
    running: int


@dataclass(frozen=True, slots=True)
class IssuerPage:
    """An issuer as its manager sees it."""

    slug: str
    name: str
    stopped: str
    """Why an operator has stopped its plugin; "" where it runs."""
    held: int
    """Rounds that its rules, or that stop, hold."""
    micro_credentials: tuple[Managed, ...]


def managed(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """(slug, name) of the issuers that the actor manages."""
    rows = session.exec(
        select(Issuer.slug, Issuer.name)
        .where(col(Issuer.id).in_(actor.issuers(Role.MANAGER)))
        .order_by(Issuer.name)
    )
    return tuple((slug, name) for slug, name in rows)


def managed_issuer(session: Session, actor: Actor, slug: str) -> Issuer:
    """The issuer with this slug, in one statement; NotFound where the actor does not manage it."""
    issuer = session.exec(select(Issuer).where(Issuer.slug == slug)).first()
    if issuer is None or not may(actor, Action.MANAGE, Facts(issuer_id=issuer.id)):
        raise NotFound
    return issuer


def issuer_page(session: Session, actor: Actor, slug: str) -> IssuerPage:
    """Three statements. NotFound for another's issuer."""
    issuer = managed_issuer(session, actor, slug)
    running = (
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.micro_credential_id == MicroCredential.id,
            col(Submission.state).not_in([state.value for state in ENDED]),
        )
        .correlate(MicroCredential)
        .scalar_subquery()
    )
    rows = session.exec(
        select(MicroCredential, RubricVersion.rubric_version, running)
        .outerjoin(RubricVersion, col(RubricVersion.id) == col(MicroCredential.rubric_version_id))
        .where(MicroCredential.issuer_id == issuer.id)
        .order_by(col(MicroCredential.name), col(MicroCredential.id))
    )
    held = (
        select(func.count())
        .select_from(Hold)
        .where(Hold.issuer_id == issuer.id, Hold.subject == "round", col(Hold.closed_at).is_(None))
    )
    return IssuerPage(
        slug=issuer.slug,
        name=issuer.name,
        stopped=issuer.quarantine,
        held=session.exec(held).one(),
        micro_credentials=tuple(
            Managed(row.slug, row.name, row.state, version or "", count) for row, version, count in rows
        ),
    )
