"""A manager ships a draft from the browser: into a folder of the issuer's, taken in as any plugin is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from reviewhub.domain import rubric as domain
from reviewhub.domain.access import Actor
from reviewhub.domain.drafts.body import look
from reviewhub.domain.drafts.folder import folder_files
from reviewhub.domain.errors import Invalid, Problem, Refused, Stale
from reviewhub.domain.next_version import as_numbers, next_version
from reviewhub.domain.rubric import IssuerInfo, Rubric
from reviewhub.domain.rubric_check import validate, validate_issuer
from reviewhub.domain.rubric_json import content_hash
from reviewhub.models import Issuer, MicroCredential, Plugin, RubricDraft, RubricVersion, Stack, StackItem
from reviewhub.queries.shipping import authored_name, draft_of, from_elsewhere, live_rubric
from reviewhub.services.kit import Kit
from reviewhub.services.scope import stored
from reviewhub.services.sync import SyncReport, sync


def ship(
    kit: Kit, actor: Actor, issuer_slug: str, draft_pid: str, seen: int, said: dict[str, str]
) -> SyncReport:
    """Take the draft in under `said["version"]`; what is new begins as a pilot that nobody was let into.

    `seen` is the draft's version that was looked at. `said` also holds `contact_name` and `contact_email`,
    whom learners ask. NotFound; Stale when the draft or the issuer's folder changed meanwhile; Invalid
    (version, contact_name, contact_email, or places in the rubric); Refused: the issuer's plugin comes from
    elsewhere (`elsewhere`), an operator has stopped it (`quarantine`), nothing differs (`same`), its folder
    is gone (`lost`).
    """
    with kit.read() as session:
        slug = draft_of(session, actor, issuer_slug, draft_pid)[0].slug
    with kit.authored.alone(slug):
        return _ship(kit, actor, issuer_slug, draft_pid, seen, said)


def _ship(
    kit: Kit, actor: Actor, issuer_slug: str, draft_pid: str, seen: int, said: dict[str, str]
) -> SyncReport:
    with kit.read() as session:
        issuer, draft = draft_of(session, actor, issuer_slug, draft_pid)
        if draft.version != seen:
            raise Stale("The draft was changed meanwhile. Look at it again before you ship it.")
        written = look(draft.body)
        if written.rubric is None or written.problems:
            raise Invalid(*written.problems)
        rubric = replace(written.rubric, version=said["version"])
        number, before = kit.authored.newest(issuer.slug)
        _may_ship(session, issuer, number)
        info = _info(session, issuer, said)
        _sound(session, issuer, info, rubric)
    files = {**before, **folder_files(info, [rubric])}
    place = kit.authored.write(issuer.slug, number + 1, authored_name(issuer.slug), files)
    try:
        report = sync(kit, [place], actor=actor, others=True)
    except BaseException:  # nothing was written: a later sync would take in what its manager saw fail
        kit.authored.take_back(issuer.slug, number + 1)
        raise
    if not report.whole:
        kit.authored.take_back(issuer.slug, number + 1)
        raise Invalid(*_of(report, authored_name(issuer.slug)))
    _note_version(kit, stored(draft.id), rubric.version)
    return report


def _may_ship(session: Session, issuer: Issuer, number: int) -> None:
    if issuer.quarantine:
        raise Refused(f"An operator has stopped this issuer's plugin: {issuer.quarantine}", "quarantine")
    other = from_elsewhere(session, issuer)
    if other:
        raise Refused(
            f"This issuer's rubrics come from the plugin “{other}”, which the operator takes in. Download "
            "the folder of your draft and hand it to them: two sources would overwrite each other.",
            "elsewhere",
        )
    taken = select(Plugin.id).where(Plugin.issuer_id == issuer.id, Plugin.state == "live")
    if not number and session.exec(taken).first() is not None:
        raise Refused(
            "The folder of what was shipped before is gone from the server. Ask the operator to restore it.",
            "lost",
        )


def _sound(session: Session, issuer: Issuer, info: IssuerInfo, rubric: Rubric) -> None:
    """Everything that a sync would refuse, told before anything is written."""
    problems = [
        Problem(one.field.removeprefix("issuer."), one.message, one.value) for one in validate_issuer(info)
    ]
    problems += validate(rubric)
    live = live_rubric(session, issuer, rubric.slug)
    if live is not None and not any(one.field == "version" for one in problems):
        if content_hash(replace(rubric, version=live.version)) == content_hash(live):
            raise Refused("This is what is live already: nothing differs.", "same")
        problems += _version_problems(session, issuer, live, rubric)
    if problems:
        raise Invalid(*problems)


def _version_problems(session: Session, issuer: Issuer, live: Rubric, rubric: Rubric) -> list[Problem]:
    """A change goes by a version of its own, above the live one."""
    used = session.exec(
        select(RubricVersion.rubric_version)
        .join(MicroCredential, col(MicroCredential.id) == RubricVersion.micro_credential_id)
        .where(MicroCredential.issuer_id == issuer.id, MicroCredential.slug == rubric.slug)
    ).all()
    newest = max(used, key=as_numbers)
    if as_numbers(rubric.version) > as_numbers(newest):
        return []
    proposed = next_version(replace(live, version=newest), rubric)
    message = (
        f"Learners rely on what version {newest} says. Give the change one above it, such as {proposed}."
    )
    return [Problem("version", message, rubric.version)]


def _info(session: Session, issuer: Issuer, said: dict[str, str]) -> IssuerInfo:
    rows = session.exec(
        select(Stack, MicroCredential.slug)
        .join(StackItem, col(StackItem.stack_id) == Stack.id)
        .join(MicroCredential, col(MicroCredential.id) == StackItem.micro_credential_id)
        .where(Stack.issuer_id == issuer.id)
        .order_by(col(Stack.id), col(StackItem.position))
    ).all()
    items: dict[str, list[str]] = {}
    for stack, slug in rows:
        items.setdefault(stack.slug, []).append(slug)
    about: dict[str, Any] = {stack.slug: stack for stack, _ in rows}
    return IssuerInfo(
        slug=issuer.slug,
        name=issuer.name,
        contact_name=said["contact_name"],
        contact_email=said["contact_email"],
        stacks=tuple(
            domain.Stack(slug, about[slug].name, about[slug].description, tuple(listed))
            for slug, listed in items.items()
        ),
    )


def _of(report: SyncReport, name: str) -> Sequence[Problem]:
    mine = [problem for one in report.quarantined if one.name == name for problem in one.problems]
    return [*report.refused, *mine]


def _note_version(kit: Kit, draft_id: int, version: str) -> None:
    """The draft goes on from what is live now."""
    with kit.write() as tx:
        draft = tx.lock(RubricDraft, draft_id)
        draft.body = {**draft.body, "version": version}
