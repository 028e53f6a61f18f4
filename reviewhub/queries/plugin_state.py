"""How an issuer's plugin stands: its versions with every reason, and what is held because of it.

For managers and coordinators. Counts alone: no learner, no assessor, no submission.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import NotFound
from reviewhub.models import Hold, Issuer, Plugin, RubricVersion, Submission
from reviewhub.queries.shipping import authored_name

MOST = 20
"""Versions that are shown, and kinds of faults."""


@dataclass(frozen=True, slots=True)
class PluginVersion:
    """One version that was found. `reasons`: why it was not taken in, each with its place and the remedy."""

    name: str
    digest: str
    state: str
    reasons: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """What rules could not answer: plugin, hook and reason in one, and how many rounds wait for it."""

    said: str
    rounds: int
    since: datetime


@dataclass(frozen=True, slots=True)
class PluginState:
    """The page. `stopped` is an operator's reason, "" where the code runs."""

    slug: str
    name: str
    managed: bool
    """Whether the actor manages the issuer, and so has its pages."""
    stopped: str
    versions: tuple[PluginVersion, ...]
    faults: tuple[Fault, ...]
    waiting: int
    """Rounds that wait for the operator to end the stop."""
    repaired: int
    """Of the rounds of `faults`, those for which newer code of the same rubric is there."""

    @property
    def held(self) -> int:
        """Rounds that failing rules hold."""
        return sum(fault.rounds for fault in self.faults)


def own_plugins(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """(slug, name) of the issuers whose plugin the actor may look at."""
    rows = session.exec(
        select(Issuer.slug, Issuer.name)
        .where(col(Issuer.id).in_(actor.issuers(Role.MANAGER, Role.COORDINATOR)))
        .order_by(Issuer.name)
    )
    return tuple((slug, name) for slug, name in rows)


def plugin_state(session: Session, actor: Actor, slug: str) -> PluginState:
    """Five statements. NotFound for another's issuer."""
    issuer = session.exec(select(Issuer).where(Issuer.slug == slug)).first()
    if issuer is None or not may(actor, Action.SEE_PLUGIN, Facts(issuer_id=issuer.id)):
        raise NotFound
    return PluginState(
        slug=issuer.slug,
        name=issuer.name,
        managed=may(actor, Action.MANAGE, Facts(issuer_id=issuer.id)),
        stopped=issuer.quarantine,
        versions=_versions(session, issuer),
        faults=_faults(session, issuer),
        waiting=_waiting(session, issuer),
        repaired=_repaired(session, issuer),
    )


def _versions(session: Session, issuer: Issuer) -> tuple[PluginVersion, ...]:
    """Newest first. One that was never taken in has no issuer: it is known by the name of those that were."""
    named = select(Plugin.name).where(Plugin.issuer_id == issuer.id)
    rows = session.exec(
        select(Plugin)
        .where(
            or_(
                col(Plugin.issuer_id) == issuer.id,
                col(Plugin.issuer_id).is_(None)
                & (col(Plugin.name).in_(named) | (col(Plugin.name) == authored_name(issuer.slug))),
            )
        )
        .order_by(col(Plugin.id).desc())
        .limit(MOST)
    )
    return tuple(
        PluginVersion(row.name, row.code_digest, row.state, tuple(row.reason.splitlines()), row.synced_at)
        for row in rows
    )


def _faults(session: Session, issuer: Issuer) -> tuple[Fault, ...]:
    rows = session.exec(
        select(Hold.detail, func.count(), func.min(Hold.opened_at))
        .where(Hold.issuer_id == issuer.id, Hold.code == "plugin_fault", col(Hold.closed_at).is_(None))
        .group_by(Hold.detail)
        .order_by(func.count().desc(), col(Hold.detail))
        .limit(MOST)
    )
    return tuple(Fault(said, count, since) for said, count, since in rows)


def _waiting(session: Session, issuer: Issuer) -> int:
    query = (
        select(func.count())
        .select_from(Hold)
        .where(Hold.issuer_id == issuer.id, Hold.code == "quarantine", col(Hold.closed_at).is_(None))
    )
    return session.exec(query).one()


def _repaired(session: Session, issuer: Issuer) -> int:
    """Submissions with a held round that would move to other code: as queries/repaired.py, counted."""
    pinned, newer = aliased(RubricVersion), aliased(RubricVersion)
    there = (
        select(newer.id)
        .join(Plugin, col(Plugin.code_digest) == newer.code_digest)
        .where(
            Plugin.issuer_id == issuer.id,
            Plugin.state == "live",
            newer.micro_credential_id == pinned.micro_credential_id,
            newer.rubric_version == pinned.rubric_version,
            newer.content_hash == pinned.content_hash,
            newer.code_digest != Submission.code_digest,
        )
        .exists()
    )
    return session.exec(
        select(func.count(func.distinct(Submission.id)))
        .join(Hold, col(Hold.submission_id) == Submission.id)
        .join(pinned, col(pinned.id) == Submission.rubric_version_id)
        .where(
            Hold.issuer_id == issuer.id,
            Hold.code == "plugin_fault",
            col(Hold.closed_at).is_(None),
            there,
        )
    ).one()
