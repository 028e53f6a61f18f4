"""What an issuer's code subclasses. Most issuers need no code: plugin.toml and rubric files suffice."""

from collections.abc import Sequence
from pathlib import Path

from reviewhub.domain.agreement import Agreement, Sheet
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.errors import Invalid
from reviewhub.domain.evidence import EvidenceFacts, Finding
from reviewhub.domain.feedback import Comment, FeedbackDraft
from reviewhub.domain.resolution import Resolution
from reviewhub.domain.rubric import IssuerInfo, Requirement, Rubric
from reviewhub.plugin_api.files import issuer_from_toml, rubrics_in
from reviewhub.plugin_api.hooks import hookimpl
from reviewhub.plugin_api.signatures import answered, problems


class Plugin:
    """Override the hooks that the declarative policies do not cover; all others keep their default.

    A subclass's hooks are marked for pluggy by themselves. A type checker holds them to these signatures, and
    so does the definition of the class: Invalid for another one, and for a method that is nearly a hook.
    `folder` is where plugin.toml lies, to read files of your own from.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        wrong = tuple(problems(cls, dir(Plugin)))
        if wrong:
            raise Invalid(*wrong)
        for function in answered(cls).values():
            hookimpl(function)

    @hookimpl
    def issuer(self) -> IssuerInfo:
        """Who ships this plugin: from plugin.toml."""
        return issuer_from_toml(self.folder)

    @hookimpl
    def rubrics(self) -> Sequence[Rubric]:
        """All rubrics: from rubric.toml and rubrics/*.toml."""
        return rubrics_in(self.folder)

    @hookimpl
    def check_evidence(
        self, rubric: Rubric, requirement: Requirement, evidence: EvidenceFacts
    ) -> Sequence[Finding] | None:
        """Nothing to say beyond the requirement's own limits."""
        return None

    @hookimpl
    def agree(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement | None:
        """By the agreement policy."""
        return None

    @hookimpl
    def resolve(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Resolution | None:
        """By the resolution policy."""
        return None

    @hookimpl
    def decide(self, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> Decision | None:
        """By the decision policy."""
        return None

    @hookimpl
    def feedback(
        self, rubric: Rubric, resolution: Resolution, decision: Decision, comments: Sequence[Comment]
    ) -> FeedbackDraft | None:
        """By the default composition."""
        return None
