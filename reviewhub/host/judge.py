"""The owner's judgement: the stored code that a submission pins, or the rubric's own policies."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from reviewhub.domain import agreement, decision, feedback, resolution
from reviewhub.domain.agreement import Agreement, Sheet
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.errors import PluginFault
from reviewhub.domain.evidence import NOT_CHECKED, EvidenceFacts, Finding
from reviewhub.domain.feedback import Comment, FeedbackDraft
from reviewhub.domain.resolution import Resolution
from reviewhub.domain.rubric import Requirement, Rubric
from reviewhub.host.answers import (
    Misfit,
    checked_agreement,
    checked_decision,
    checked_feedback,
    checked_findings,
    checked_resolution,
)
from reviewhub.host.ask import Call, Reply, ask, ask_twice
from reviewhub.host.gather import gather
from reviewhub.host.store import digest, files_of, lay_out, stored
from reviewhub.plugin_api.hooks import answer_type
from reviewhub.services.ports import CodeRef, Gathered

T = TypeVar("T")

_log = logging.getLogger(__name__)
_NO_JUDGEMENT = ("check_evidence", "feedback")


class PluginHost:
    """Implements the ports Judge and Plugins on a folder of unpacked code, `<issuer>/<digest>/`.

    An empty digest means that the issuer ships no code: the policies of the rubric judge, and no process is
    started. Code that is missing or was changed is a PluginFault; nothing else is ever asked in its place.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._proved: set[CodeRef] = set()

    def gather(
        self, places: Sequence[Path], without: Collection[str] = (), *, installed: bool = True
    ) -> tuple[Gathered, ...]:
        """Find, unpack and inspect the plugins in these folders and wheels, and those that are installed."""
        return gather(self._folder, places, without, installed=installed)

    def files(self, code: CodeRef) -> Mapping[str, bytes] | None:
        """The stored files of this code by relative path; None when it is not there as it was checked."""
        folder = stored(self._folder, code.issuer, code.digest)
        if not folder.is_dir() or digest(folder) != code.digest:
            return None
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_of(folder)}

    def take(self, code: CodeRef, files: Mapping[str, bytes]) -> None:
        """Store files that came from elsewhere as this code. Invalid for a path that leads out.

        Whether they are that code is asked before they are run, as always.
        """
        lay_out(self._folder, code.issuer, code.digest, files)

    def check_evidence(
        self, code: CodeRef, rubric: Rubric, requirement: Requirement, evidence: EvidenceFacts
    ) -> tuple[Finding, ...]:
        """What the issuer's own check finds; a fault becomes the finding `not_checked`."""
        if not code.digest:
            return ()
        call = Call("check_evidence", {"rubric": rubric, "requirement": requirement, "evidence": evidence})
        try:
            reply = self._ask(code, call)[0]
            found: Sequence[Finding] | None = _read(reply)
            return _fitting(reply, lambda: checked_findings(found or ()))
        except PluginFault as fault:
            _log.warning("evidence not checked: %s", _named(fault))
            return (NOT_CHECKED,)

    def agree(self, code: CodeRef, rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement:
        """Whether the sheets agree. Raises PluginFault, and Invalid for sheets that do not fit."""
        if not code.digest:
            return agreement.agree(rubric, sheets)
        reply = self._ask(code, Call("agree", {"rubric": rubric, "sheets": sheets}))[0]
        return _agreement(reply, rubric, sheets)

    def resolve(self, code: CodeRef, rubric: Rubric, sheets: Sequence[Sheet]) -> Resolution:
        """The result for each criterion. Raises PluginFault; Invalid for a dispute without adjudicator."""
        if not code.digest:
            return resolution.resolve(rubric, sheets)
        args = {"rubric": rubric, "sheets": sheets}
        agreed, resolved = self._ask(code, Call("agree", args), Call("resolve", args))
        answer: Resolution | None = _read(resolved)
        if answer is None:
            return resolution.resolve(rubric, sheets, _agreement(agreed, rubric, sheets))
        return _fitting(resolved, lambda: checked_resolution(rubric, sheets, answer))

    def decide(
        self, code: CodeRef, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]
    ) -> Decision:
        """Met or not yet. Raises PluginFault, and Invalid where a criterion has no result."""
        if not code.digest:
            return decision.decide(rubric, resolution, history)
        args = {"rubric": rubric, "resolution": resolution, "history": history}
        reply = self._ask(code, Call("decide", args))[0]
        answer: Decision | None = _read(reply)
        if answer is None:
            return decision.decide(rubric, resolution, history)
        return _fitting(reply, lambda: checked_decision(rubric, resolution, history, answer))

    def feedback(
        self,
        code: CodeRef,
        rubric: Rubric,
        resolution: Resolution,
        decision: Decision,
        comments: Sequence[Comment],
    ) -> FeedbackDraft:
        """The draft for the person who confirms; a fault falls back to the default composition."""
        default = feedback.compose(rubric, resolution, decision, comments)
        if not code.digest:
            return default
        args = {"rubric": rubric, "resolution": resolution, "decision": decision, "comments": comments}
        try:
            reply = self._ask(code, Call("feedback", args))[0]
            answer: FeedbackDraft | None = _read(reply)
            if answer is None:
                return default
            return _fitting(reply, lambda: checked_feedback(resolution, answer))
        except PluginFault as fault:
            _log.warning("feedback composed by default: %s", _named(fault))
            return default

    def _ask(self, code: CodeRef, *calls: Call) -> tuple[Reply, ...]:
        folder = stored(self._folder, code.issuer, code.digest)
        if code not in self._proved:
            if not folder.is_dir():
                raise PluginFault(
                    code.issuer, calls[0].hook, "The code that this work is pinned to is not stored."
                )
            if digest(folder) != code.digest:
                raise PluginFault(
                    code.issuer, calls[0].hook, "The stored code was changed since it was checked."
                )
            self._proved.add(code)
        asked = ask if calls[0].hook in _NO_JUDGEMENT else ask_twice
        return asked(code.issuer, folder, calls)


def _named(fault: PluginFault) -> str:
    """Which fault it was, without its words: they may repeat evidence or comments, which no log may hold."""
    return f"{fault.plugin}: {fault.hook}: {fault.reason.partition(':')[0]}"


def _read(reply: Reply) -> Any:  # noqa: ANN401 - the hook's declared answer type
    return reply.read(answer_type(reply.hook))


def _agreement(reply: Reply, rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement:
    answer: Agreement | None = _read(reply)
    if answer is None:
        return agreement.agree(rubric, sheets)
    return _fitting(reply, lambda: checked_agreement(rubric, sheets, answer))


def _fitting(reply: Reply, check: Callable[[], T]) -> T:
    try:
        return check()
    except Misfit as misfit:
        raise PluginFault(reply.plugin, reply.hook, str(misfit)) from misfit
