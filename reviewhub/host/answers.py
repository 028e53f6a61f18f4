"""Whether a plugin's answer fits the rubric. What does not fit is a fault, never repaired or guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reviewhub.domain.agreement import Agreement, Sheet, across_met, code_against, scored_criteria
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.evidence import Finding
from reviewhub.domain.feedback import FeedbackDraft
from reviewhub.domain.resolution import Resolution
from reviewhub.domain.rubric import Rubric

_LONGEST_RULE = 80
_LONGEST_TEXT = 20_000
_LONGEST_FINDINGS = 2_000


class Misfit(ValueError):
    """An answer that does not fit, in a sentence."""


def checked_agreement(rubric: Rubric, sheets: Sequence[Sheet], answer: Agreement) -> Agreement:
    """The verdicts in the rubric's order: one for each criterion, none across met."""
    wanted = [criterion.id for criterion in scored_criteria(rubric, sheets)]
    _exactly(wanted, [verdict.criterion_id for verdict in answer.verdicts])
    for verdict in answer.verdicts:
        _rule(verdict.why)
        levels = [s.ratings[verdict.criterion_id] for s in sheets if s.role == "independent"]
        criterion = rubric.criterion(verdict.criterion_id)
        if verdict.agreed and across_met(criterion, levels):
            raise Misfit(f"It lets levels on opposite sides of met agree on {verdict.criterion_id!r}.")
        if verdict.agreed and code_against(criterion, levels):
            raise Misfit(f"It lets a code agree with another rating on {verdict.criterion_id!r}.")
    return Agreement(tuple(sorted(answer.verdicts, key=lambda verdict: wanted.index(verdict.criterion_id))))


def checked_resolution(rubric: Rubric, sheets: Sequence[Sheet], answer: Resolution) -> Resolution:
    """The results in the rubric's order: one for each criterion, each with a level of its scale."""
    wanted = [criterion.id for criterion in scored_criteria(rubric, sheets)]
    _exactly(wanted, [result.criterion_id for result in answer.results])
    for result in answer.results:
        _rule(result.rule)
        if result.level_id not in {one.id for one in rubric.criterion(result.criterion_id).ratings}:
            raise Misfit(f"The criterion {result.criterion_id!r} has no level {result.level_id!r}.")
    return Resolution(tuple(sorted(answer.results, key=lambda result: wanted.index(result.criterion_id))))


def checked_decision(
    rubric: Rubric, resolution: Resolution, history: Sequence[Locked], answer: Decision
) -> Decision:
    """Known criteria in the rubric's order; what is locked is met, and what was locked stays locked.

    What was given a code is not met.
    """
    order = [criterion.id for criterion in rubric.criteria]
    _rule(answer.rule)
    _among(order, answer.met)
    results = resolution.results
    coded = {one.criterion_id for one in results if rubric.criterion(one.criterion_id).code(one.level_id)}
    if wrong := sorted(coded & set(answer.met)):
        raise Misfit(f"It calls met what was given no level: {', '.join(wrong)}.")
    _among(answer.met, answer.locked)
    before = {lock.criterion_id for lock in history} if rubric.policies.decision.locks else set()
    lost = sorted(before - set(answer.locked))
    if lost:
        raise Misfit(f"It unlocks what was met before: {', '.join(lost)}.")
    if answer.locked and not rubric.policies.decision.locks:
        raise Misfit("It locks criteria, but the rubric has no locks.")
    if answer.outcome == "not_yet" and len(answer.locked) == len(order):
        raise Misfit("It says not yet, but locks every criterion: nothing is left to score.")
    return replace(
        answer,
        met=tuple(sorted(answer.met, key=order.index)),
        locked=tuple(sorted(answer.locked, key=order.index)),
    )


def checked_feedback(resolution: Resolution, answer: FeedbackDraft) -> FeedbackDraft:
    """One item for each criterion that was scored, in the order of the results."""
    wanted = [result.criterion_id for result in resolution.results]
    _exactly(wanted, [item.criterion_id for item in answer.items])
    if len(answer.summary) + sum(len(item.saw) + len(item.do) for item in answer.items) > _LONGEST_TEXT:
        raise Misfit(f"The feedback is longer than {_LONGEST_TEXT} characters.")
    return replace(
        answer, items=tuple(sorted(answer.items, key=lambda item: wanted.index(item.criterion_id)))
    )


def checked_findings(answer: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that say something, together no longer than a learner would read."""
    if not all(finding.message.strip() for finding in answer):
        raise Misfit("A finding has no message.")
    if sum(len(finding.message) for finding in answer) > _LONGEST_FINDINGS:
        raise Misfit(f"The findings are longer than {_LONGEST_FINDINGS} characters.")
    return tuple(answer)


def _exactly(wanted: Sequence[str], given: Sequence[str]) -> None:
    _among(wanted, given)
    missing = [cid for cid in wanted if cid not in given]
    if missing:
        raise Misfit(f"It says nothing about {', '.join(missing)}.")


def _among(known: Iterable[str], given: Sequence[str]) -> None:
    strange = sorted(set(given) - set(known))
    if strange:
        raise Misfit(f"It names criteria that have no place there: {', '.join(strange)[:200]}.")
    if len(set(given)) != len(given):
        raise Misfit("It names a criterion twice.")


def _rule(text: str) -> None:
    if not text.strip() or len(text) > _LONGEST_RULE:
        raise Misfit(f"Every answer names its rule in 1 to {_LONGEST_RULE} characters.")
