"""A lead makes the feedback theirs: keeps a draft, then confirms and releases it in one step."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Role, may
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.models import Attempt, DecisionRow, Feedback, Person, Submission
from reviewhub.queries.leads import led_by
from reviewhub.queries.pinned import rubric_of_attempt
from reviewhub.queries.revealed import composed_after_grant
from reviewhub.services.appeal import close_appeal
from reviewhub.services.coordinated import facts_of
from reviewhub.services.doubts import lifts_a_lock
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import staff
from reviewhub.services.names_in import flag_names, names_of
from reviewhub.services.open_concerns import concern_open
from reviewhub.services.own_work import rubric_of
from reviewhub.services.scope import stored
from reviewhub.services.watch_work import watch_again

TEXT_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Said:
    """What the lead writes for one criterion."""

    saw: str = ""
    do: str = ""


def save_draft(
    kit: Kit, actor: Actor, feedback_pid: str, version: int, said: Mapping[str, Said], summary: str
) -> int:
    """Keep what was typed so far; gives the new version. NotFound, Refused, Stale, Invalid."""
    with kit.write() as tx:
        submission, feedback, _ = _take(tx, actor, feedback_pid)
        _unchanged(feedback, version, said, summary)
        problems = _problems(feedback, said, summary)
        if problems:
            raise Invalid(*problems)
        _write(tx, submission, feedback, said, summary)
        return feedback.version


def release(
    kit: Kit, actor: Actor, feedback_pid: str, version: int, said: Mapping[str, Said], summary: str
) -> None:
    """Confirm the words and give them to the learner: attempt, submission, letter, in one commit.

    NotFound, Refused (released already, on hold, or a concern is open: code `concern`), Stale, Invalid
    (fields `saw-<criterion>`, `do-<criterion>`, `summary`).
    """
    with kit.write() as tx:
        submission, feedback, attempt = _take(tx, actor, feedback_pid)
        _unchanged(feedback, version, said, summary)
        if concern_open(tx.session, stored(submission.id)):
            raise Refused(
                "Something about this case is being looked into. It can be released after that.", "concern"
            )
        rubric = rubric_of_attempt(tx.session, rubric_of(tx, submission), attempt)
        met = _decision(tx, feedback).met
        problems = _problems(feedback, said, summary) or _missing(rubric, feedback, said, met)
        if problems:
            raise Invalid(*problems)
        _write(tx, submission, feedback, said, summary)
        give_to_learner(tx, actor, submission, attempt, feedback)


def give_to_learner(
    tx: Tx, actor: Actor, submission: Submission, attempt: Attempt, feedback: Feedback
) -> None:
    """Release a feedback as its words stand, with all that follows; part of a verb that locked the root."""
    rubric = rubric_of_attempt(tx.session, rubric_of(tx, submission), attempt)
    met = _decision(tx, feedback).outcome == "met"
    _finish(tx, actor, submission, attempt, feedback, met=met)
    if not met:
        watch_again(tx, submission)
    close_appeal(tx, submission, feedback)
    learner = tx.session.get_one(Person, submission.learner_id)
    words = staff.released(
        tx.settings,
        learner,
        submission,
        rubric.about.name,
        attempt.number,
        met=met,
        locks=rubric.policies.decision.locks and not lifts_a_lock(tx.session, feedback.round_id),
    )
    tx.letter(learner, *words)


def _decision(tx: Tx, feedback: Feedback) -> DecisionRow:
    return tx.session.exec(
        select(DecisionRow).where(
            DecisionRow.round_id == feedback.round_id, col(DecisionRow.replaced_at).is_(None)
        )
    ).one()


def _finish(
    tx: Tx, actor: Actor, submission: Submission, attempt: Attempt, feedback: Feedback, *, met: bool
) -> None:
    facts = facts_of(submission)
    feedback.state, feedback.author_id, feedback.released_at = "released", actor.person_id, tx.now
    tx.move(submission, attempt, Action.RELEASE, actor, facts)
    attempt.released_at = tx.now
    ending = Action.FINISH_MET if met else Action.FINISH_NOT_YET
    tx.move(submission, submission, ending, actor, facts, about={"attempt": attempt.public_id})
    if met:
        submission.ended_at = tx.now


def _take(tx: Tx, actor: Actor, feedback_pid: str) -> tuple[Submission, Feedback, Attempt]:
    """The feedback with its locked root, still a draft."""
    submission_id = tx.session.exec(
        select(Attempt.submission_id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .where(Feedback.public_id == feedback_pid, col(Feedback.issuer_id).in_(actor.issuers(Role.LEAD)))
    ).first()
    if submission_id is None:
        raise NotFound
    submission = tx.lock(Submission, submission_id)
    reach = (
        select(Submission.id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .where(Feedback.public_id == feedback_pid, ~composed_after_grant(actor), *led_by(actor))
    )
    led = tx.session.exec(reach).first() is not None
    if not led or not may(actor, Action.CONFIRM_FEEDBACK, facts_of(submission)):
        raise NotFound
    feedback, attempt = tx.session.exec(
        select(Feedback, Attempt)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .where(Feedback.public_id == feedback_pid)
    ).one()
    if feedback.state == "aside":
        raise NotFound
    if feedback.state == "replaced":
        raise Refused("This attempt is being judged again; its new feedback comes after that.", "state")
    if feedback.state != "draft":
        raise Refused("This feedback was released already.", "state")
    if attempt.state != AttemptState.DECIDED:
        raise Refused("This attempt was withdrawn; there is nothing to release.", "state")
    return submission, feedback, attempt


def _unchanged(feedback: Feedback, version: int, said: Mapping[str, Said], summary: str) -> None:
    """Stale when somebody saved other words since; the same words twice are no clash."""
    stored = {item["criterion"]: Said(item["saw"], item["do"]) for item in feedback.items}
    same = feedback.summary == summary.strip() and all(
        stored.get(cid) == Said(one.saw.strip(), one.do.strip()) for cid, one in said.items()
    )
    if feedback.version != version and not same:
        raise Stale


def _write(
    tx: Tx, submission: Submission, feedback: Feedback, said: Mapping[str, Said], summary: str
) -> None:
    items = [
        item | {"saw": said[item["criterion"]].saw.strip(), "do": said[item["criterion"]].do.strip()}
        if item["criterion"] in said
        else dict(item)
        for item in feedback.items
    ]
    feedback.items = flag_names(items, names_of(tx, submission))
    feedback.summary, feedback.releases_on = summary.strip(), None
    feedback.version += 1


def _problems(feedback: Feedback, said: Mapping[str, Said], summary: str) -> list[Problem]:
    """What could not be kept at all."""
    known = {item["criterion"] for item in feedback.items}
    problems = [
        Problem("", f"“{cid}” is not a criterion of this feedback. Load the page again.", cid)
        for cid in said
        if cid not in known
    ]
    texts = {f"{part}-{cid}": getattr(one, part) for cid, one in said.items() for part in ("saw", "do")}
    texts["summary"] = summary
    return problems + [
        Problem(name, f"Keep this under {TEXT_MOST:,} characters; it has {len(text):,}.", text)
        for name, text in texts.items()
        if len(text) > TEXT_MOST
    ]


def _missing(rubric: Rubric, feedback: Feedback, said: Mapping[str, Said], met: list[str]) -> list[Problem]:
    """For each criterion that is not met the learner must read what was seen and what to do."""
    problems = []
    for item in feedback.items:
        cid = item["criterion"]
        if cid in met or item.get("apart"):
            continue
        one, name = said.get(cid, Said()), rubric.criterion(cid).name
        if not one.saw.strip():
            problems.append(Problem(f"saw-{cid}", f"{name}: write what you saw in the evidence."))
        if not one.do.strip():
            problems.append(Problem(f"do-{cid}", f"{name}: write what to do to meet it."))
    return problems
