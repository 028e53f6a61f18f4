"""The demo's front page and letters in words: what waits for each of the six, and links to follow."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from reviewhub.queries.demo import CAST, Task
from reviewhub.queries.tour import Tour
from reviewhub.web.forms import safe_next

STORY = ("assessor-a", "assessor-b", "lead", "learner", "coordinator", "manager")
"""Who acts when in the three minutes."""
_STEPS = {
    "assessor-a": {"a"},
    "assessor-b": {"b"},
    "lead": {"adjudicated", "confirmed"},
    "learner": {"resubmitted"},
}
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is, what they do, and what is theirs to do in the three minutes."""

    name: str
    does: str
    step: str


@dataclass(frozen=True, slots=True)
class Told:
    """A task in words: what it is, how far it is, where it leads."""

    task: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One of the six. `state`: done, now or next in the three minutes."""

    who: str
    name: str
    state: str
    role: Role
    told: Told


def cards(staged: Tour | None, waiting: Mapping[str, Task]) -> list[Card]:
    """The six in the order of the three minutes; the first whose part is not over is now."""
    done = staged.done if staged else frozenset()
    behind = {who for who, steps in _STEPS.items() if steps <= done}
    now = next((who for who in STORY if who not in behind), "")
    return [
        Card(
            who,
            CAST[who],
            "done" if who in behind else "now" if who == now else "next",
            roles()[who],
            _told(waiting.get(who, Task("none"))),
        )
        for who in STORY
    ]


def roles() -> dict[str, Role]:
    """The roles of the six."""
    return {
        "assessor-a": Role(
            _("Assessor A"),
            _("Scores against the rubric and sees no name, no date, no other score."),
            _("Press one key, submit"),
        ),
        "assessor-b": Role(
            _("Assessor B"),
            _("Scores the same evidence and does not know who else does."),
            _("Press another key, submit"),
        ),
        "lead": Role(
            _("Lead"),
            _("Scores blind where two assessors differ, then sees both sheets and decides."),
            _("Decide and confirm"),
        ),
        "learner": Role(
            _("Learner"),
            _("Submits real evidence, reads the feedback, mends. What is met stays met."),
            _("Read, mend, resubmit"),
        ),
        "coordinator": Role(
            _("Coordinator"),
            _("Sees what waits, why and since when, and what would help."),
            _("See who waits for what"),
        ),
        "manager": Role(
            _("Manager"),
            _("Writes rubrics, tries them in a pilot, goes live, retires. All in the browser."),
            _("Offer a rubric"),
        ),
    }


def _told(task: Task) -> Told:
    kinds: dict[str, Callable[[Task], Told]] = {
        "mend": _mend,
        "draft": _draft,
        "wait": _wait,
        "score": _score,
        "adjudicate": _adjudicate,
        "confirm": _confirm,
        "held": _held,
        "offer": _offer,
    }
    return kinds.get(task.kind, _nothing)(task)


def _mend(task: Task) -> Told:
    return Told(
        _("Feedback has come: mend “%(name)s”", name=task.about),
        _("%(done)d of %(most)d criteria met and locked", done=task.done, most=task.most),
        url_for("learner.feedback", submission=task.target, number=task.attempt),
    )


def _draft(task: Task) -> Told:
    return Told(
        _("Go on with “%(name)s”", name=task.about),
        _("Attempt %(n)d, a draft", n=task.attempt),
        url_for("learner.submission", submission=task.target),
    )


def _wait(task: Task) -> Told:
    return Told(
        _("See where “%(name)s” stands", name=task.about),
        _("Under review"),
        url_for("learner.submission", submission=task.target),
    )


def _score(task: Task) -> Told:
    url = url_for("assessor.open_review", review=task.target)
    if not task.done:
        return Told(_("Score “%(name)s”", name=task.about), _("%(n)d in the queue", n=task.waiting), url)
    one_left = task.most - task.done == 1
    return Told(
        _("Finish “%(name)s”", name=task.about),
        _("One criterion is left: one key, then submit")
        if one_left
        else _("%(done)d of %(most)d criteria rated", done=task.done, most=task.most),
        url,
    )


def _adjudicate(task: Task) -> Told:
    return Told(
        _("Adjudicate “%(name)s”", name=task.about),
        _("Two assessors differ"),
        url_for("assessor.open_review", review=task.target),
    )


def _confirm(task: Task) -> Told:
    return Told(
        _("Confirm the feedback for “%(name)s”", name=task.about),
        _("%(n)d wait in all", n=task.waiting),
        url_for("lead.feedback", public_id=task.target),
    )


def _held(task: Task) -> Told:
    return Told(
        _("Look after %(n)d that cannot go on by themselves", n=task.waiting),
        _("%(held)d on hold, %(seats)d without an assessor", held=task.done, seats=task.most),
        url_for("coordinator.overview"),
    )


def _offer(task: Task) -> Told:
    return Told(
        _("See what %(issuer)s offers", issuer=task.about),
        _("%(n)d micro-credentials", n=task.done),
        url_for("manager.issuer", issuer=task.target),
    )


def _nothing(_task: Task) -> Told:
    return Told(_("Nothing waits just now"), _("Look around"), url_for("auth.home_page"))


def loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine's own."""
    if not host or host == "localhost":
        return bool(host)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def linked(body: str) -> Markup:
    """A letter's text with its own links to follow; everything else escaped."""
    parts, at = [], 0
    for start, end, url in _links(body):
        parts += [escape(body[at:start]), Markup('<a href="{}">{}</a>').format(_path(url), url)]
        at = end
    return Markup("").join([*parts, escape(body[at:])])


def first_link(body: str) -> str:
    """Where a letter's first own link leads; empty without one."""
    return next((_path(url) for _start, _end, url in _links(body)), "")


def _links(body: str) -> Iterator[tuple[int, int, str]]:
    for found in _LINK.finditer(body):
        if _leads_here(found[0]):
            yield found.start(), found.end(), found[0]


def _leads_here(url: str) -> bool:
    try:
        return loopback(urlsplit(url).hostname)
    except ValueError:  # what only looks like an address stays text
        return False


def _path(url: str) -> str:
    """A link without its host: the demo may answer on another port today. Never to elsewhere."""
    parts = urlsplit(url)
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path, "/")
