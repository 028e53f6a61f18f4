"""What the issuers ship now, for the operator: somebody at the terminal, who has no account."""

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.models import Issuer, MicroCredential, Plugin, RubricVersion


@dataclass(frozen=True, slots=True)
class Shipped:
    """A plugin by its name. `rubrics` are `micro-credential version`: those that take learners, or some.

    `problems`: why an operator stopped it, or its newest version was not taken in, one a line.
    """

    name: str
    issuer: str
    digest: str
    state: str
    rubrics: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def shipped(session: Session) -> tuple[Shipped, ...]:
    """Every plugin by name: what is there now, and what was removed after it had been taken in.

    Two statements. `quarantined`: an operator stopped its issuer, or no version of it was ever taken in.
    """
    rows = session.exec(
        select(Plugin, Issuer)
        .outerjoin(Issuer, col(Issuer.id) == col(Plugin.issuer_id))
        .order_by(col(Plugin.name), col(Plugin.id))
    ).all()
    named: dict[str, list[tuple[Plugin, Issuer | None]]] = defaultdict(list)
    for plugin, issuer in rows:
        named[plugin.name].append((plugin, issuer))
    rubrics = _rubrics(session)
    found = (_one(name, versions, rubrics) for name, versions in named.items())
    return tuple(one for one in found if one.issuer or one.problems)


def _one(name: str, versions: list[tuple[Plugin, Issuer | None]], rubrics: dict[int, list[str]]) -> Shipped:
    taken = [version for version in versions if version[1] is not None]
    plugin, issuer = next((one for one in taken if one[0].state == "live"), (taken or versions)[-1])
    newest = versions[-1][0]
    problems = newest.reason.splitlines() if newest.state == "quarantined" else []
    if issuer is None or issuer.id is None:
        return Shipped(name, "", plugin.code_digest, plugin.state, (), tuple(problems))
    if issuer.quarantine:
        problems = [f"An operator has stopped {issuer.slug}: {issuer.quarantine}", *problems]
    return Shipped(
        name=name,
        issuer=issuer.slug,
        digest=plugin.code_digest,
        state="quarantined" if issuer.quarantine else plugin.state,
        rubrics=tuple(rubrics[issuer.id]) if plugin.state == "live" else (),
        problems=tuple(problems),
    )


def _rubrics(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for issuer_id, slug, version in session.exec(
        select(MicroCredential.issuer_id, MicroCredential.slug, RubricVersion.rubric_version)
        .join(RubricVersion, col(RubricVersion.id) == col(MicroCredential.rubric_version_id))
        .where(MicroCredential.state != "retired")
        .order_by(MicroCredential.slug)
    ):
        found[issuer_id].append(f"{slug} {version}")
    return found
