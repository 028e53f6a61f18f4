"""A learner's states, steps and results in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.queries.feedback_page import FeedbackPage
from reviewhub.queries.own import Own
from reviewhub.queries.promises import Promised
from reviewhub.queries.timeline import TimelineStep
from reviewhub.web.decision_words import DECIDED, reached
from reviewhub.web.locale import day, moment
from reviewhub.web.promise_words import history

_COUNTS = (
    _l("No"), _l("One"), _l("Two"), _l("Three"), _l("Four"), _l("Five"), _l("Six"), _l("Seven"), _l("Eight"),
    _l("Nine"), _l("Ten"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a submission stands: a chip's words and kind, and the one next step ("" where there is none)."""

    label: str
    kind: str
    next_step: str = ""


def standing(code: str) -> Standing:
    """The words for a code of queries.own.standing."""
    return {
        "fill": Standing(_("Started"), "now", _("Go on with your evidence")),
        "mend": Standing(_("Something needs mending"), "stop", _("Mend it and send it again")),
        "checking": Standing(_("Being checked"), "now"),
        "copy": Standing(_("A file waits for a clean copy"), "mend"),
        "scoring": Standing(_("Being scored"), "now"),
        "confirming": Standing(_("Scored; feedback is on its way"), "now"),
        "revise": Standing(_("Your turn"), "mend", _("Read the feedback")),
        "met": Standing(_("Met"), "met", _("Read the feedback")),
        "withdrawn": Standing(_("Withdrawn"), ""),
        "lapsed": Standing(_("Lapsed"), ""),
        "held": Standing(_("On hold"), "mend"),
    }[code]


def decided(page: FeedbackPage) -> list[str]:
    """How the result came about, sentence by sentence: how many looked, never who gave what."""
    how = page.how
    said = [
        _(
            "%(n)s assessors scored it, each alone: they did not know whose it is, nor what the other gave.",
            n=count(how.seats),
        )
    ]
    if how.differed:
        agreed = how.scored - how.differed
        said.append(_("They agreed on %(same)d of %(n)d criteria.", same=agreed, n=how.scored))
        alone = page.rubric.policies.resolution.rule == "third_replaces"
        said.append(
            _("So a further person scored it, as blind as they did, and decided.")
            if alone
            else _("So a further person scored it blind as well, and decided then with all sheets in view.")
        )
    elif how.scored:
        said.append(_("They agreed on every criterion that was scored."))
    said.append(str(DECIDED.get(how.rule) or _("The issuer's own rule made the result of it.")))
    points = (one.points for one in (*page.met, *page.to_mend))
    said.append(reached(how.rule, points, page.needed, page.rubric.policies.decision.cut))
    said.append(_("It was judged by version %(v)s of the rubric.", v=page.rubric.version))
    return [sentence for sentence in said if sentence]


@dataclass(frozen=True, slots=True)
class Line:
    """A step as the timeline macro shows it."""

    state: str
    title: str
    detail: str


def lines(own: Own, steps: Iterable[TimelineStep], promises: Sequence[Promised] = ()) -> list[Line]:
    """The timeline in words; under the promised day what was said before, and why it moved."""
    said = history(promises)
    return [
        Line(
            step.state,
            _title(own, step),
            _detail(own, step) + (f". {said}" if said and _promised(step) else ""),
        )
        for step in steps
    ]


def _title(own: Own, step: TimelineStep) -> str:
    words = {
        "started": _("Started"),
        "sent": _("Sent"),
        "scored": _("Scored twice, blind"),
        "once_more": _("Looked at once more, to be sure"),
        "feedback": _("Feedback"),
        "result": _("Result"),
        "fill": _("Your evidence"),
        "revise": _("Your turn"),
    }
    title = words.get(step.code) or standing(step.code).label
    if own.attempt.number == 1 and step.attempt == 1:
        return title
    several = {"sent", "fill", "result", "feedback"}
    return _("%(step)s · attempt %(n)d", step=title, n=step.attempt) if step.code in several else title


def _promised(step: TimelineStep) -> bool:
    return step.code in {"scoring", "confirming"} and step.day is not None


def _detail(own: Own, step: TimelineStep) -> str:
    when = moment(step.at) or day(step.day)
    if step.code == "sent" and step.files:
        return f"{when} · {_arrived(step.files)}"
    if _promised(step):
        return str(_("result promised by %(day)s", day=when))
    if step.code in {"fill", "revise"} and own.kept_until:
        return str(_("kept until %(day)s", day=day(own.kept_until)))
    words = {
        "result": _("within %(n)d working days of sending it", n=own.rubric.promise_days),
        "fill": _("no deadline; everything you save stays"),
        "revise": _("no deadline"),
        "copy": _("%(who)s has it in hand; you need do nothing", who=contact(own)),
        "held": _("%(who)s has it in hand; you need do nothing", who=contact(own)),
    }
    return str(words.get(step.code, when))


def _arrived(files: int) -> str:
    return str(ngettext("%(num)d file arrived safely", "%(num)d files arrived safely", files))


def contact(own: Own) -> str:
    """Who answers for the issuer."""
    return own.issuer.contact_name or own.issuer.name


def headline(page: FeedbackPage) -> str:
    """In a sentence or two: “Three criteria met. Mend these two.”."""
    met, open_ = len(page.met), len(page.to_mend)
    if page.outcome == "met" and page.apart and not open_:
        return str(_("Everything that applies is met."))
    if page.outcome == "met":
        return str(
            _("Met. Congratulations!") if open_ else _("All %(n)s criteria met.", n=count(met).lower())
        )
    if page.apart and not met and not open_:
        return str(_("Not yet: nothing that is asked for applies to this work."))
    first = _("Nothing is met yet.")
    if met:
        first = ngettext("%(n)s criterion met.", "%(n)s criteria met.", met, n=count(met))
    second = ngettext("Mend this one.", "Mend these %(n)s.", open_, n=count(open_).lower())
    return f"{first} {second}"


def count(number: int) -> str:
    """Small numbers in words, with a capital."""
    return str(_COUNTS[number]) if number < len(_COUNTS) else str(number)


def language_names(tags: Iterable[str]) -> str:
    """Language tags as a reader calls them: “English, Portuguese (Brazil)”; an unknown tag stays as it is."""
    return ", ".join(_language(tag) for tag in tags)


def own_name(tag: str) -> str:
    """A language as its readers call it: “Deutsch”; an unknown tag stays as it is."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:]


def _language(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_locale() or "en") or tag
    except (UnknownLocaleError, ValueError):
        return tag
