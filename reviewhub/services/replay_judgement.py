"""Judge a bundle's sheets again, with the steps of the server, and compare with what was recorded."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.bundle import Parts, Unsound
from reviewhub.domain.codec import decimal_text, decode
from reviewhub.domain.conditions import for_choices
from reviewhub.domain.decision import Locked
from reviewhub.domain.errors import DomainError
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.evidence_change import Before
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.round import BESIDE, RoundState
from reviewhub.services.judged import Dispute, Question, Verdict, judge
from reviewhub.services.ports import CodeRef, Judge


def judged_again(owner: Judge, code: CodeRef, parts: Parts) -> Iterator[str]:
    """What was found to be the same, a sentence each. Unsound for the first thing that is not."""
    by = f"the issuer's code {code.digest}" if code.digest else "the rubric's policies"
    sheets, disputed = counting(parts["sheets"]), tuple(parts["result"]["disputed"])
    adjudicated = any(sheet.role == "adjudicator" for sheet in sheets)
    independent = tuple(sheet for sheet in sheets if sheet.role == "independent")
    try:
        first = judge(owner, _question(code, parts, independent, RoundState.RESOLVING))
        found = first.disputed if isinstance(first, Dispute) else ()
        if found != (disputed if adjudicated else ()):
            raise Unsound(f"Agreement: {_list(found)}; recorded: {_list(disputed)}.")
        yield f"Agreement, by {by}: {len(independent)} sheets, {_list(found)}."
        if isinstance(first, Verdict):
            verdict = first
        else:
            again = judge(owner, _question(code, parts, sheets, RoundState.ADJUDICATING))
            assert isinstance(again, Verdict)
            verdict = again
    except DomainError as wrong:
        raise Unsound(f"Judgement: {wrong}") from wrong
    yield from _compared(parts, verdict)


def counting(sheets: list[Mapping[str, Any]]) -> tuple[Sheet, ...]:
    """Of each final review the sheet that counts: its newest; of an adjudicator never the blind one."""
    newest: dict[tuple[str, int], Mapping[str, Any]] = {}
    for one in sheets:
        blind = one["role"] == "adjudicator" and one["kind"] == "blind"
        if one["final"] and not one["undone"] and not blind:
            place = (one["role"], one["seat"])
            if place not in newest or one["sequence"] >= newest[place]["sequence"]:
                newest[place] = one
    return tuple(Sheet(_role(role), one["levels"], seat) for (role, seat), one in newest.items())


def _role(name: str) -> Literal["independent", "adjudicator"]:
    return "adjudicator" if name == "adjudicator" else "independent"


def _question(code: CodeRef, parts: Parts, sheets: tuple[Sheet, ...], state: RoundState) -> Question:
    evidence, locks = parts["evidence"], parts["locks"]
    before = evidence["before"] and Before(
        frozenset(evidence["before"]["met"]), decode(tuple[EvidenceFacts, ...], evidence["before"]["pieces"])
    )
    return Question(
        round_id=0,
        version=0,
        state=state,
        code=code,
        rubric=for_choices(from_json(parts["rubric"]), parts["about"].get("choices", {})),
        sheets=sheets,
        comments=(),
        history=decode(tuple[Locked, ...], locks["history"]),
        doubted=tuple(locks["doubted"]),
        before=before,
        evidence=decode(tuple[EvidenceFacts, ...], evidence["pieces"]),
    )


def _compared(parts: Parts, verdict: Verdict) -> Iterator[str]:
    told = parts["result"]
    results = {
        one.criterion_id: (one.level_id, decimal_text(one.value), one.rule)
        for one in verdict.resolution.results
    }
    recorded = {one["criterion"]: (one["level"], one["value"], one["rule"]) for one in told["criteria"]}
    if results != recorded:
        other = sorted(cid for cid in {*results, *recorded} if results.get(cid) != recorded.get(cid))
        raise Unsound(f"Resolution: another result for {_list(other)}.")
    yield f"Resolution: the same {len(results)} results, by " + ", ".join(
        sorted({rule for _, _, rule in results.values()})
    )
    decision = verdict.decision
    met = [cid for cid in decision.met if cid in results]
    if (decision.outcome, met, decision.rule) != tuple(
        told["decision"][n] for n in ("outcome", "met", "rule")
    ):
        raise Unsound(f"Decision: {decision.outcome} by {decision.rule}; recorded is another.")
    yield f"Decision: {decision.outcome}, by {decision.rule}, as recorded."
    _locks(parts, verdict)
    yield f"Locks: {len(decision.locked)} stay met, {len(verdict.lifted)} lifted, as recorded."


def _locks(parts: Parts, verdict: Verdict) -> None:
    ended = parts["locks"]["objections"]
    lifted = {one["criterion"] for one in ended if one["outcome"] == "lifted"}
    stands = {one["criterion"] for one in ended if one["outcome"] == "stands"}
    if not lifted <= set(verdict.lifted) or stands & set(verdict.lifted):
        raise Unsound("Locks: an objection ended otherwise.")
    if parts["about"]["kind"] in BESIDE:
        return
    at = parts["result"]["decision"]["decided_at"]
    events = [line["event"] for line in parts["chain"]]
    said = [e["facts"]["locked"] for e in events if e["action"] == "attempt.decide" and e["at"] == at]
    if not said or said[-1] != list(verdict.decision.locked):
        raise Unsound("Locks: the record tells of others.")


def _list(criteria: tuple[str, ...] | list[str]) -> str:
    return "to adjudicate: " + ", ".join(criteria) if criteria else "none disputed"
