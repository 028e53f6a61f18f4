"""Judges in this process, by a plugin's hooks and the policies, as the host does: for an issuer's own tests.

An exception in a hook stays an exception here, so that a test shows where it comes from.
"""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reviewhub.domain.agreement import Agreement, Sheet
from reviewhub.domain.codec import decode, encode
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.errors import PluginFault
from reviewhub.domain.evidence import EvidenceFacts, Finding
from reviewhub.domain.feedback import Comment, FeedbackDraft, compose
from reviewhub.domain.rubric import Rubric
from reviewhub.host.answers import checked_feedback, checked_findings
from reviewhub.host.ask import Call, Reply
from reviewhub.host.child import load
from reviewhub.host.judge import PluginHost
from reviewhub.plugin_api import Resolution
from reviewhub.plugin_api.files import manifest
from reviewhub.plugin_api.hooks import answer_type, argument_types
from reviewhub.plugin_api.plugin import Plugin
from reviewhub.services.ports import CodeRef


@contextmanager
def loaded(home: Path) -> Iterator[Plugin]:
    """The plugin in this folder, in this process; its modules are forgotten again: others have a `rule` too.

    Raises what its code raises, and Invalid for a manifest that is wrong.
    """
    before, path = set(sys.modules), list(sys.path)
    if str(manifest(home).get("code", "")).startswith(f"{home.name}."):
        sys.path.insert(0, str(home.parent))  # a package, which imports itself by its name
    try:
        yield load(home)
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").is_relative_to(home):
                del sys.modules[name]


_HERE = CodeRef("this plugin", "in this process")


def sheet(rubric: Rubric, *, without: Collection[str] = (), **levels: str) -> Sheet:
    """An assessor's sheet: every criterion just met, but for the levels that are named (criterion=level).

    `without` names criteria that are not scored this time: those that an earlier attempt locked.
    """
    ratings = {c.id: c.met_from for c in rubric.criteria if c.id not in without}
    return Sheet("independent", ratings | levels)


def third(**levels: str) -> Sheet:
    """The sheet of a third, who decides on these criteria (criterion=level)."""
    return Sheet("adjudicator", levels)


class Judge:
    """Asks one plugin. Sheets are numbered as seats in the order in which they are given.

    An answer that a server would hold the work for raises PluginFault: one that does not fit the rubric, or
    that differs when the same is asked twice.
    """

    def __init__(self, plugin: Plugin) -> None:
        self._host = _Here(plugin)

    def __call__(self, rubric: Rubric, *sheets: Sheet, history: Sequence[Locked] = ()) -> Decision:
        """From sheets to met or not yet. Raises Invalid where they disagree and no third decides."""
        return self._host.decide(_HERE, rubric, self.resolve(rubric, *sheets), history)

    def agree(self, rubric: Rubric, *sheets: Sheet) -> Agreement:
        """Whether the sheets agree; `disputed` names the criteria that a third decides."""
        return self._host.agree(_HERE, rubric, _seated(sheets))

    def resolve(self, rubric: Rubric, *sheets: Sheet) -> Resolution:
        """The result for each criterion on the sheets."""
        return self._host.resolve(_HERE, rubric, _seated(sheets))

    def feedback(
        self,
        rubric: Rubric,
        *sheets: Sheet,
        comments: Sequence[Comment] = (),
        history: Sequence[Locked] = (),
    ) -> FeedbackDraft:
        """The draft that a lead would get. Here an answer that does not fit raises Misfit."""
        results = self.resolve(rubric, *sheets)
        decision = self._host.decide(_HERE, rubric, results, history)
        args = {"rubric": rubric, "resolution": results, "decision": decision, "comments": comments}
        answer: FeedbackDraft | None = self._host.answer(Call("feedback", args)).read(answer_type("feedback"))
        if answer is None:
            return compose(rubric, results, decision, comments)
        return checked_feedback(results, answer)

    def check_evidence(self, rubric: Rubric, evidence: EvidenceFacts) -> tuple[Finding, ...]:
        """What the learner would be told about this evidence. An answer that does not fit raises Misfit."""
        requirement = rubric.requirement(evidence.requirement_id)
        args = {"rubric": rubric, "requirement": requirement, "evidence": evidence}
        answer: Sequence[Finding] | None = self._host.answer(Call("check_evidence", args)).read(
            answer_type("check_evidence")
        )
        return checked_findings(answer or ())


class _Here(PluginHost):
    """The host, with the plugin in this process instead of a process of its own."""

    def __init__(self, plugin: Plugin) -> None:
        super().__init__(Path())
        self._plugin = plugin

    def answer(self, call: Call) -> Reply:
        """What the hook says to copies of the arguments, which it may change without effect."""
        kinds = argument_types(call.hook)
        first, again = (
            encode(
                getattr(self._plugin, call.hook)(
                    **{name: decode(kinds[name], encode(value), name) for name, value in call.args.items()}
                )
            )
            for _ in range(2)
        )
        if first != again:
            raise PluginFault(_HERE.issuer, call.hook, "It answered differently when it was asked twice.")
        return Reply(_HERE.issuer, call.hook, value=first)

    def _ask(self, code: CodeRef, *calls: Call) -> tuple[Reply, ...]:
        return tuple(self.answer(call) for call in calls)


def _seated(sheets: Sequence[Sheet]) -> list[Sheet]:
    return [replace(one, seat=seat) for seat, one in enumerate(sheets, 1)]
