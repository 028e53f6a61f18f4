"""The hooks that an issuer's plugin may answer, with their types. This is the promise to issuers.

Every hook is asked of the rubric's owner alone. None from a judgement hook means: the rubric's declarative
policy. Inputs are frozen and carry no names.
"""

from collections.abc import Sequence
from typing import Any, get_type_hints

import pluggy

from reviewhub.domain.agreement import Agreement, Sheet
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.evidence import EvidenceFacts, Finding
from reviewhub.domain.feedback import Comment, FeedbackDraft
from reviewhub.domain.resolution import Resolution
from reviewhub.domain.rubric import IssuerInfo, Requirement, Rubric

API_VERSION = 1
"""Raised when a hook or a type changes so that older plugins would break."""

NAMESPACE = "reviewhub"
hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)


class HookSpecs:
    """Names, arguments and answers of all hooks. Bodies are empty: `Plugin` has the defaults."""

    @hookspec(firstresult=True)
    def issuer(self) -> IssuerInfo:
        """Who ships this plugin, and the stacks. Failure: the plugin is quarantined with the reason."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def rubrics(self) -> Sequence[Rubric]:
        """All rubrics, one version each. Failure: the plugin is quarantined with the reason."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def check_evidence(
        self, rubric: Rubric, requirement: Requirement, evidence: EvidenceFacts
    ) -> Sequence[Finding] | None:
        """What the learner should know about a piece of evidence. Failure: a finding "not checked"."""

    @hookspec(firstresult=True)
    def agree(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement | None:
        """Do the independent sheets agree, criterion by criterion? Failure: held.

        Levels on opposite sides of met are a disagreement under every rule; another answer is refused.
        """

    @hookspec(firstresult=True)
    def resolve(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Resolution | None:
        """The result for each criterion; an adjudicator's final sheet may be among them. Failure: held."""

    @hookspec(firstresult=True)
    def decide(self, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> Decision | None:
        """Met or not yet, and which criteria are now locked. Failure: held."""

    @hookspec(firstresult=True)
    def feedback(
        self, rubric: Rubric, resolution: Resolution, decision: Decision, comments: Sequence[Comment]
    ) -> FeedbackDraft | None:
        """A draft that a person confirms. Failure: the default composition."""


HOOKS = tuple(name for name in vars(HookSpecs) if not name.startswith("_"))


def argument_types(hook: str) -> dict[str, Any]:
    """The declared type of each argument of a hook."""
    hints = get_type_hints(getattr(HookSpecs, hook))
    return {name: kind for name, kind in hints.items() if name != "return"}


def answer_type(hook: str) -> Any:  # noqa: ANN401 - a type as annotations write it
    """The declared type of a hook's answer."""
    return get_type_hints(getattr(HookSpecs, hook))["return"]
