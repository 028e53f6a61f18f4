"""The public promise to issuers: subclass `Plugin`, answer hooks with these types.

    from reviewhub.plugin_api import Agreement, Plugin, Rubric, Sheet

Nothing else of ReviewHub is for plugins to import.
"""

import warnings

from reviewhub.domain.agreement import Agreement, Sheet, Verdict, across_met, agree
from reviewhub.domain.decision import Decision, Locked, decide, one_level_short, standing_levels
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.evidence import EvidenceFacts, Finding
from reviewhub.domain.feedback import Comment, FeedbackDraft, FeedbackItem, compose
from reviewhub.domain.resolution import Resolution, Resolved, resolve
from reviewhub.domain.rubric import (
    About,
    AgreementPolicy,
    Code,
    Criterion,
    DecisionPolicy,
    EligibilityPolicy,
    IssuerInfo,
    Level,
    Option,
    Part,
    Policies,
    Requirement,
    ResolutionPolicy,
    Rubric,
    Stack,
    When,
)
from reviewhub.domain.rubric_check import validate
from reviewhub.domain.texts import AboutWords, CriterionWords, RequirementWords, Translation, Words
from reviewhub.domain.translation import in_language
from reviewhub.plugin_api.files import rubric_from_toml, rubrics_in
from reviewhub.plugin_api.hooks import API_VERSION, hookimpl
from reviewhub.plugin_api.plugin import Plugin
from reviewhub.plugin_api.versions import DEPRECATED

__all__ = [
    "API_VERSION",
    "About",
    "AboutWords",
    "Agreement",
    "AgreementPolicy",
    "Code",
    "Comment",
    "Criterion",
    "CriterionWords",
    "Decision",
    "DecisionPolicy",
    "EligibilityPolicy",
    "EvidenceFacts",
    "FeedbackDraft",
    "FeedbackItem",
    "Finding",
    "Invalid",
    "IssuerInfo",
    "Level",
    "Locked",
    "Option",
    "Part",
    "Plugin",
    "Policies",
    "Problem",
    "Requirement",
    "RequirementWords",
    "Resolution",
    "ResolutionPolicy",
    "Resolved",
    "Rubric",
    "Sheet",
    "Stack",
    "Translation",
    "Verdict",
    "When",
    "Words",
    "across_met",
    "agree",
    "compose",
    "decide",
    "hookimpl",
    "in_language",
    "one_level_short",
    "resolve",
    "rubric_from_toml",
    "rubrics_in",
    "standing_levels",
    "validate",
]


def __getattr__(name: str) -> object:
    """What is on its way out still works, and says so."""
    if name not in DEPRECATED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(DEPRECATED[name].said(name), DeprecationWarning, stacklevel=2)
    return DEPRECATED[name].value
