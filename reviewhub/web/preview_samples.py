"""What the pages show of a rubric that nobody has used yet: a learner who begins, a seat that is empty."""

from datetime import UTC, date, datetime

from reviewhub.domain.evidence import word_count
from reviewhub.domain.rubric import IssuerInfo, Requirement, Rubric
from reviewhub.models import Attempt, Issuer, MicroCredential, Submission
from reviewhub.queries.catalogue import MicroCredentialPage, StackView, Step
from reviewhub.queries.evidence_page import EvidencePage, section_of
from reviewhub.queries.own import Own
from reviewhub.queries.workspace import Beside, Phase, Workspace, scored_parts
from reviewhub.queries.workspace_evidence import Exhibit
from reviewhub.services.completeness import still_missing

_ID = "preview"
_LONG_AGO = datetime(2000, 1, 3, tzinfo=UTC)
"""Stands where nothing is shown of it."""


def in_catalogue(rubric: Rubric, issuer: IssuerInfo) -> MicroCredentialPage:
    """As anybody reads it before they begin."""
    stacks = tuple(
        StackView(one.name, one.description, tuple(Step(slug, slug, None) for slug in one.items))
        for one in issuer.stacks
        if rubric.slug in one.items
    )
    return MicroCredentialPage(
        issuer_slug=issuer.slug,
        issuer=issuer.name,
        contact_name=issuer.contact_name,
        contact_email=issuer.contact_email,
        rubric=rubric,
        stacks=stacks,
        mine=None,
        intake=True,
    )


def evidence_to_give(rubric: Rubric, issuer: IssuerInfo) -> EvidencePage:
    """The form of somebody who has just begun."""
    own = _own(rubric, issuer)
    return EvidencePage(
        own=own,
        sections=tuple(section_of(own, requirement, []) for requirement in rubric.requirements),
        missing=still_missing(rubric, own.attempt, []),
        editable=True,
        busy=False,
        advice=(),
        locked=(),
        left=(),
    )


def _own(rubric: Rubric, issuer: IssuerInfo) -> Own:
    """Rows that are never stored: the page reads a few of their words."""
    shipped = Issuer(
        public_id=_ID,
        slug=issuer.slug,
        name=issuer.name,
        contact_name=issuer.contact_name,
        contact_email=issuer.contact_email,
        created_at=_LONG_AGO,
    )
    micro = MicroCredential(public_id=_ID, issuer_id=0, slug=rubric.slug, name=rubric.about.name)
    begun = Submission(
        public_id=_ID,
        issuer_id=0,
        learner_id=0,
        micro_credential_id=0,
        rubric_version_id=0,
        code_digest="",
        created_at=_LONG_AGO,
        active_at=_LONG_AGO,
    )
    first = Attempt(public_id=_ID, submission_id=0, number=1, created_at=_LONG_AGO)
    return Own(begun, (first,), rubric, micro, shipped, frozenset())


def to_score(rubric: Rubric, alias: str, words: str, due_on: date) -> Workspace:
    """The workspace of a first attempt with one piece for each requirement; `words` stand for its text."""
    shown = tuple(_exhibit(n, one, words) for n, one in enumerate(rubric.requirements, 1))
    return Workspace(
        review=_ID,
        micro_credential=rubric.about.name,
        alias=alias,
        case_ref="RH-0000",
        due_on=due_on,
        phase=Phase.SCORE,
        adjudicates=False,
        checks=False,
        deciding=False,
        version=0,
        saved_at=None,
        undo_until=None,
        claim_until=None,
        parts=scored_parts(rubric, set(), {}, Beside(shown, (), {}, {})),
        not_scored=(),
        may_doubt=False,
        may_take_back=False,
        evidence=shown,
        earlier=(),
        before=None,
    )


def _exhibit(number: int, requirement: Requirement, words: str) -> Exhibit:
    text = f"{words}\n\n{requirement.description}"
    return Exhibit(number, requirement.id, requirement.name, "text", "", text, word_count(text), ())
