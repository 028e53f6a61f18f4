"""Which running submissions are judged by older policies than new ones, and whether that was decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal_column
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.rubric_diff import policies_only
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import MicroCredential, PolicyChange, RubricVersion, Submission

SHOWN = 50
_LOOKED_AT = 200
"""So many pairs of versions are compared: where more than policies differs, there is nothing to decide."""
_ENDED: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in ("met", "withdrawn", "lapsed")]
"""In the order in which the index has them: only so the database knows that they are the same."""


@dataclass(frozen=True, slots=True)
class OldPolicies:
    """Running submissions that still use older policies; `change` names a decision that is carried out."""

    micro_credential: str
    name: str
    before: str
    after: str
    count: int
    done: int = 0
    change: str = ""


def running() -> ColumnElement[bool]:
    """For a statement that selects from Submission: those that have not ended, as their index has it."""
    return col(Submission.state).not_in(_ENDED)


def old_policies(session: Session, actor: Actor) -> tuple[OldPolicies, ...]:
    """What waits for a decision, and what is being carried out, in three statements.

    The actor's own learning is not theirs to decide on, and is not counted.
    """
    return (*_undecided(session, actor), *_carried_out(session, actor))


def versions_named(session: Session, micro_credential_id: int, version: str) -> list[RubricVersion]:
    """The snapshots of one version: more than one where its code was repaired."""
    query = select(RubricVersion).where(
        RubricVersion.micro_credential_id == micro_credential_id, RubricVersion.rubric_version == version
    )
    return list(session.exec(query.order_by(col(RubricVersion.id))))


def _undecided(session: Session, actor: Actor) -> list[OldPolicies]:
    before, live = RubricVersion.__table__.alias("before"), RubricVersion.__table__.alias("live")  # type: ignore[attr-defined]
    rows = session.execute(
        columns(
            col(MicroCredential.public_id),
            col(MicroCredential.name),
            before.c.rubric_version,
            live.c.rubric_version,
            func.min(before.c.id),
            live.c.id,
            func.count(),
        )
        .select_from(MicroCredential)
        .join(live, live.c.id == col(MicroCredential.rubric_version_id))
        .join(
            before,
            and_(
                before.c.micro_credential_id == col(MicroCredential.id),
                before.c.structure_hash != live.c.structure_hash,
            ),
        )
        .join(Submission, and_(col(Submission.rubric_version_id) == before.c.id, running()))
        .outerjoin(
            PolicyChange,
            and_(
                col(PolicyChange.micro_credential_id) == col(MicroCredential.id),
                col(PolicyChange.version_before) == before.c.rubric_version,
                col(PolicyChange.version_after) == live.c.rubric_version,
            ),
        )
        .where(
            col(MicroCredential.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
            col(Submission.learner_id) != actor.person_id,
            col(PolicyChange.id).is_(None),
        )
        .group_by(
            col(MicroCredential.public_id),
            col(MicroCredential.name),
            before.c.rubric_version,
            live.c.rubric_version,
            live.c.id,
        )
        .order_by(col(MicroCredential.name), before.c.rubric_version)
        .limit(_LOOKED_AT)
    ).all()
    bodies = _bodies(session, [key for row in rows for key in row[4:6]])
    found = [
        OldPolicies(pid, name, old, new, count)
        for pid, name, old, new, old_key, new_key, count in rows
        if policies_only(from_json(bodies[old_key]), from_json(bodies[new_key]))
    ]
    return found[:SHOWN]


def _bodies(session: Session, keys: Sequence[int]) -> dict[int | None, object]:
    rows = session.exec(select(RubricVersion.id, RubricVersion.body).where(col(RubricVersion.id).in_(keys)))
    return dict(rows.all())


def _carried_out(session: Session, actor: Actor) -> list[OldPolicies]:
    rows = session.exec(
        select(PolicyChange, MicroCredential)
        .join(MicroCredential, col(MicroCredential.id) == PolicyChange.micro_credential_id)
        .where(
            col(MicroCredential.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
            col(PolicyChange.ended_at).is_(None),
        )
        .order_by(col(PolicyChange.id))
        .limit(SHOWN)
    ).all()
    return [
        OldPolicies(
            micro.public_id,
            micro.name,
            change.version_before,
            change.version_after,
            max(change.submissions, change.moved + change.stayed),
            change.moved + change.stayed,
            change.public_id,
        )
        for change, micro in rows
    ]
