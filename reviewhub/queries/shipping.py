"""A draft before it is shipped: what differs from what is live, and whom it touches."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.drafts.body import look
from reviewhub.domain.errors import NotFound, Problem
from reviewhub.domain.next_version import as_numbers, next_version, wording_only
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import Difference, compare_about, compare_rubrics, policies_only
from reviewhub.domain.rubric_json import content_hash, from_json
from reviewhub.domain.translation_diff import compare_translations
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.models import Issuer, MicroCredential, Plugin, RubricDraft, RubricVersion, Submission
from reviewhub.queries.manager import managed_issuer


@dataclass(frozen=True, slots=True)
class Shipping:
    """What the manager looks at before shipping. `kind`: new, same, wording, policies or structure.

    `problems` are those of a draft that cannot be shipped yet; then kind and proposal are "". `elsewhere`
    names the plugin that the issuer's rubrics come from, where it is not this browser's.
    """

    issuer_slug: str
    issuer: str
    draft: str
    seen: int
    slug: str
    name: str
    kind: str
    before: str
    proposed: str
    running: tuple[tuple[str, int], ...]
    """(version, running submissions), of every version with any."""
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    elsewhere: str
    stopped: str
    contact_name: str
    contact_email: str


def authored_name(issuer_slug: str) -> str:
    """The name of the plugin that an issuer's managers ship from the browser."""
    return f"authored-{issuer_slug}"


def draft_of(session: Session, actor: Actor, issuer_slug: str, draft_pid: str) -> tuple[Issuer, RubricDraft]:
    """The draft, in two statements. NotFound where the actor does not manage its issuer."""
    issuer = managed_issuer(session, actor, issuer_slug)
    draft = session.exec(
        select(RubricDraft).where(RubricDraft.public_id == draft_pid, RubricDraft.issuer_id == issuer.id)
    ).first()
    if draft is None:
        raise NotFound
    return issuer, draft


def from_elsewhere(session: Session, issuer: Issuer) -> str:
    """The plugin that owns the issuer's slug, where it is not the browser's; "" where managers may ship.

    One that was removed owns it too: its rules may be in code, which no draft holds.
    """
    found = session.exec(
        select(Plugin.name).where(
            Plugin.issuer_id == issuer.id,
            Plugin.state != "quarantined",
            Plugin.name != authored_name(issuer.slug),
        )
    ).first()
    return found or ""


def live_rubric(session: Session, issuer: Issuer, slug: str) -> Rubric | None:
    """What new learners of the micro-credential with this slug begin with; None where it is new."""
    body = session.exec(
        select(RubricVersion.body)
        .join(MicroCredential, col(MicroCredential.rubric_version_id) == RubricVersion.id)
        .where(MicroCredential.issuer_id == issuer.id, MicroCredential.slug == slug)
    ).first()
    return from_json(body) if body else None


def shipping(session: Session, actor: Actor, issuer_slug: str, draft_pid: str) -> Shipping:
    """Five statements. NotFound."""
    issuer, draft = draft_of(session, actor, issuer_slug, draft_pid)
    live = live_rubric(session, issuer, draft.slug)
    kind, proposed, differences, problems = _against(live, draft.body)
    return Shipping(
        issuer_slug=issuer.slug,
        issuer=issuer.name,
        draft=draft.public_id,
        seen=draft.version,
        slug=draft.slug,
        name=str((draft.body.get("about") or {}).get("name") or draft.slug),
        kind=kind,
        before=live.version if live else "",
        proposed=proposed,
        running=_running(session, issuer, draft.slug),
        differences=differences,
        problems=problems,
        elsewhere=from_elsewhere(session, issuer),
        stopped=issuer.quarantine,
        contact_name=issuer.contact_name or actor.name,
        contact_email=issuer.contact_email or actor.email,
    )


def _against(
    live: Rubric | None, body: dict[str, Any]
) -> tuple[str, str, tuple[Difference, ...], tuple[Problem, ...]]:
    seen = look(body)
    rubric = seen.rubric
    if rubric is None or seen.problems:
        return "", "", (), seen.problems
    if live is None:
        return "new", rubric.version, (), ()
    if content_hash(replace(rubric, version=live.version)) == content_hash(live):
        return "same", live.version, (), ()
    differences = (
        *compare_rubrics(live, rubric),
        *compare_about(live, rubric),
        *compare_translations(live, rubric),
    )
    if wording_only(live, rubric):
        kind = "wording"
    else:
        kind = "policies" if policies_only(live, rubric) else "structure"
    above = as_numbers(rubric.version) > as_numbers(live.version)
    return kind, rubric.version if above else next_version(live, rubric), differences, ()


def _running(session: Session, issuer: Issuer, slug: str) -> tuple[tuple[str, int], ...]:
    rows = session.exec(
        select(RubricVersion.rubric_version, func.count())
        .join(Submission, col(Submission.rubric_version_id) == RubricVersion.id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .where(
            MicroCredential.issuer_id == issuer.id,
            MicroCredential.slug == slug,
            col(Submission.state).not_in([state.value for state in ENDED]),
        )
        .group_by(RubricVersion.rubric_version)
        .order_by(RubricVersion.rubric_version)
    )
    return tuple(rows)
