"""Takes in what issuers ship: the plugins found now, against what was stored before.

Plugins are inspected outside of a transaction; one unit of work then writes what changed. Snapshots are
only ever added. What is gone stops intake and is otherwise left alone: running work goes on from the
stored code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Actor
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import IssuerInfo, Rubric
from reviewhub.domain.rubric_json import content_hash, structure_hash, to_json
from reviewhub.models import Issuer, MicroCredential, Plugin, RubricVersion
from reviewhub.queries.shipping import authored_name
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.ports import Gathered
from reviewhub.services.sync_stacks import write_stacks
from reviewhub.services.sync_stopped import in_quarantine, stopped_plugins


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A plugin that could not be taken in, and all reasons."""

    name: str
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class SyncReport:
    """What a sync did. Entries are `issuer/micro-credential version`; problems say what to do."""

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What works and will not for ever; by plugin, file and line."""

    @property
    def whole(self) -> bool:
        """Whether everything that was found was taken in."""
        return not self.refused and not self.quarantined


def sync(
    kit: Kit,
    places: Sequence[Path],
    *,
    actor: Actor = SYSTEM,
    others: bool = False,
) -> SyncReport:
    """Make the stored plugins those of these folders and wheels, and of the installed packages.

    What managers ship from the browser counts among them. With `others`, only these places are looked at, and
    what is not there stays. New micro-credentials begin live, those that managers ship as pilots, whoever
    syncs first; the state of the others is what their manager chose. Plugins
    of an issuer that an operator stopped are not looked at, and stay as they are. Raises Invalid for a place
    that is not there: a missing disk is no reason to retire anything.
    """
    missing = [str(place) for place in places if not (place.is_dir() or _is_wheel(place))]
    if missing:
        advice = "There is no folder and no wheel {}. Create it or correct the setting."
        raise Invalid(*(Problem("plugins", advice.format(name), name) for name in missing))
    with kit.read() as session:
        stopped = stopped_plugins(session)
    everywhere = places if others else (*places, *kit.authored.places())
    gathered = kit.plugins.gather(everywhere, without=set(stopped), installed=not others)
    report = SyncReport()
    with kit.write() as tx:
        for found in gathered:
            if found.name in stopped:
                report.quarantined.append(Quarantined(found.name, (stopped[found.name],)))
            elif not _overtaken(tx, kit, found, everywhere):
                _take_in(tx, found, report, actor)
        if not others:
            _retire_removed(tx, kit, {*stopped, *(found.name for found in gathered)}, report, actor)
    return report


def _overtaken(tx: Tx, kit: Kit, found: Gathered, looked_at: Sequence[Path]) -> bool:
    """Whether its manager has shipped since it was looked at: that is taken in by a sync of its own."""
    if found.issuer is None or not _authored(found):
        return False
    slug = found.issuer.slug
    tx.session.exec(select(Issuer.id).where(Issuer.slug == slug).with_for_update())
    return any(place.parent.name == slug and place not in looked_at for place in kit.authored.places())


def _authored(found: Gathered) -> bool:
    return found.issuer is not None and found.name == authored_name(found.issuer.slug)


def _is_wheel(place: Path) -> bool:
    return place.suffix == ".whl" and place.is_file()


def _take_in(tx: Tx, found: Gathered, report: SyncReport, actor: Actor) -> None:
    problems = found.problems or _foreign(tx, found)
    if problems or found.issuer is None:
        _quarantine(tx, found, problems, report)
        return
    report.notes += [f"{found.name}: {note}" for note in found.notes]
    changes = _Changes(begin_as="pilot" if _authored(found) else "live")
    issuer = _issuer(tx, found.issuer, changes)
    _plugin_row(tx, issuer, found, changes)
    for rubric in found.rubrics:
        _micro_credential(tx, issuer, rubric, found.digest if found.has_code else "", changes, report)
    _retire(tx, issuer, {rubric.slug for rubric in found.rubrics}, changes, report)
    changes.stacks = write_stacks(tx, issuer, found.issuer.stacks)
    if changes.any:
        locked = tx.lock(Issuer, changes.key)
        tx.event(locked, "plugin_synced", actor, facts=changes.facts(found))


@dataclass(slots=True)
class _Changes:
    """What one plugin's sync changed, for its event."""

    begin_as: str
    key: int = 0
    issuer: bool = False
    code: bool = False
    stacks: bool = False
    versions: list[dict[str, str]] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.issuer or self.code or self.stacks or self.versions or self.retired)

    def facts(self, found: Gathered) -> dict[str, Any]:
        """Names and hashes; nothing personal."""
        return {
            "plugin": found.name,
            "digest": found.digest,
            "versions": self.versions,
            "retired": self.retired,
        }


def _foreign(tx: Tx, found: Gathered) -> tuple[Problem, ...]:
    """A slug that another plugin ships, or whose issuer was stopped meanwhile, is not for the taking."""
    if found.issuer is None:
        return ()
    slug = found.issuer.slug
    issuer = tx.session.exec(select(Issuer).where(Issuer.slug == slug)).first()
    if issuer is not None and issuer.quarantine:
        return (in_quarantine(issuer),)
    owner = tx.session.exec(
        select(Plugin.name)
        .join(Issuer, col(Issuer.id) == col(Plugin.issuer_id))
        .where(Issuer.slug == slug, Plugin.state != "quarantined", Plugin.name != found.name)
        .limit(1)
    ).first()
    if owner is None:
        return ()
    message = f"issuer.slug: The issuer {slug!r} belongs to the plugin {owner!r}. Choose a slug of your own."
    return (Problem("issuer.slug", message, slug),)


def _quarantine(tx: Tx, found: Gathered, problems: tuple[Problem, ...], report: SyncReport) -> None:
    """Record why, once; what an earlier good version of the plugin shipped goes on."""
    report.quarantined.append(Quarantined(found.name, problems))
    reason = "\n".join(problem.message for problem in problems)
    last = tx.session.exec(
        select(Plugin).where(Plugin.name == found.name).order_by(col(Plugin.id).desc()).limit(1)
    ).first()
    if last and (last.state, last.code_digest, last.reason) == ("quarantined", found.digest, reason):
        return
    tx.session.add(
        Plugin(
            name=found.name,
            code_digest=found.digest,
            state="quarantined",
            reason=reason,
            synced_at=tx.now,
        )
    )
    tx.session.flush()


def _issuer(tx: Tx, info: IssuerInfo, changes: _Changes) -> Issuer:
    # Held to the end: a manager's choice of who may start waits for the sync, or the sync for it.
    issuer = tx.session.exec(select(Issuer).where(Issuer.slug == info.slug).with_for_update()).first()
    if issuer is None:
        issuer = Issuer(public_id=public_id(), slug=info.slug, name=info.name, created_at=tx.now)
        changes.issuer = True
    said = {"name": info.name, "contact_name": info.contact_name, "contact_email": info.contact_email}
    for column, value in said.items():
        if getattr(issuer, column) != value:
            setattr(issuer, column, value)
            changes.issuer = True
    tx.session.add(issuer)
    tx.session.flush()
    assert issuer.id is not None
    changes.key = issuer.id
    return issuer


def _plugin_row(tx: Tx, issuer: Issuer, found: Gathered, changes: _Changes) -> None:
    """One live row an issuer; the one before is kept as removed, and so is what was wrong until now."""
    for row in tx.session.exec(
        select(Plugin).where(Plugin.name == found.name, Plugin.state == "quarantined")
    ).all():
        row.state = "removed"
    live = tx.session.exec(select(Plugin).where(Plugin.issuer_id == issuer.id, Plugin.state == "live")).all()
    if [row.code_digest for row in live] == [found.digest]:
        return
    for row in live:
        row.state = "removed"
    tx.session.add(
        Plugin(
            name=found.name,
            issuer_id=issuer.id,
            code_digest=found.digest,
            state="live",
            synced_at=tx.now,
        )
    )
    changes.code = True


def _micro_credential(
    tx: Tx, issuer: Issuer, rubric: Rubric, digest: str, changes: _Changes, report: SyncReport
) -> None:
    label = f"{issuer.slug}/{rubric.slug} {rubric.version}"
    row = tx.session.exec(
        select(MicroCredential).where(
            MicroCredential.issuer_id == issuer.id, MicroCredential.slug == rubric.slug
        )
    ).first()
    if row is None:
        row = MicroCredential(
            public_id=public_id(),
            issuer_id=changes.key,
            slug=rubric.slug,
            name=rubric.about.name,
            chosen=changes.begin_as,
        )
        tx.session.add(row)
        tx.session.flush()
    same = tx.session.exec(
        select(RubricVersion).where(
            RubricVersion.micro_credential_id == row.id, RubricVersion.rubric_version == rubric.version
        )
    ).all()
    content = content_hash(rubric)
    if any(version.content_hash != content for version in same):
        report.refused.append(unversioned(label, rubric))
        return
    stored = next((version for version in same if version.code_digest == digest), None)
    if stored and row.rubric_version_id == stored.id and row.shipped:
        report.unchanged.append(label)
        return
    _go_live(tx, row, rubric, stored or _snapshot(tx, row, rubric, content, digest))
    changes.versions.append({"slug": rubric.slug, "version": rubric.version, "content_hash": content})
    report.added.append(label)


def unversioned(label: str, rubric: Rubric) -> Problem:
    """The refusal of a rubric that changed under its version. `label`: issuer/micro-credential version."""
    message = (
        f"{label}: The rubric changed, but its version is still {rubric.version}. "
        "Learners rely on what a version says: give the change a version of its own."
    )
    return Problem(label, message, rubric.version)


def _snapshot(tx: Tx, row: MicroCredential, rubric: Rubric, content: str, digest: str) -> RubricVersion:
    assert row.id is not None
    version = RubricVersion(
        public_id=public_id(),
        micro_credential_id=row.id,
        rubric_version=rubric.version,
        content_hash=content,
        structure_hash=structure_hash(rubric),
        code_digest=digest,
        body=to_json(rubric),
        stored_at=tx.now,
    )
    tx.session.add(version)
    tx.session.flush()
    return version


def _go_live(tx: Tx, row: MicroCredential, rubric: Rubric, version: RubricVersion) -> None:
    """New submissions pin this version from now on; running ones keep theirs. Who may start: as chosen."""
    row.rubric_version_id = version.id
    row.shipped, row.state = True, row.chosen
    row.name, row.summary, row.topics = rubric.about.name, rubric.about.summary, list(rubric.about.topics)
    row.version += 1
    tx.session.add(row)


def _retire(tx: Tx, issuer: Issuer, shipped: set[str], changes: _Changes, report: SyncReport) -> None:
    before = select(MicroCredential).where(
        MicroCredential.issuer_id == issuer.id, col(MicroCredential.shipped).is_(True)
    )
    for row in tx.session.exec(before):
        if row.slug not in shipped:
            row.shipped, row.state = False, "retired"
            row.version += 1
            changes.retired.append(row.slug)
            report.retired.append(f"{issuer.slug}/{row.slug}")


def _retire_removed(tx: Tx, kit: Kit, names: set[str], report: SyncReport, actor: Actor) -> None:
    """Plugins that are no longer there stop intake."""
    gone = select(Plugin).where(Plugin.state != "removed", col(Plugin.name).not_in(sorted(names)))
    rows = tx.session.exec(gone).all()
    shipped = {authored_name(place.parent.name) for place in kit.authored.places()}
    for row in rows:
        if row.name in shipped:  # for the first time, since the folders were looked at
            continue
        if row.issuer_id is None:  # it was never taken in
            row.state = "removed"
            continue
        issuer = tx.session.get_one(Issuer, row.issuer_id, with_for_update=True)
        changes = _Changes("", key=issuer.id or 0)
        row.state = "removed"
        _retire(tx, issuer, set(), changes, report)
        locked = tx.lock(Issuer, changes.key)
        facts = {"plugin": row.name, "digest": row.code_digest, "retired": changes.retired}
        tx.event(locked, "plugin_removed", actor, facts=facts)
