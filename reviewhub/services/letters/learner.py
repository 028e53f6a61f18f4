"""What learners are told by e-mail: short, one next step."""

from datetime import date
from gettext import gettext as _

from reviewhub.settings import Settings

Words = tuple[str, str, str]
"""Kind, subject, body."""

_SEATS = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}
"""As many as a rubric may ask for."""


def work_url(settings: Settings, submission: str) -> str:
    """The learner's page of one submission."""
    return f"{settings.public_url}/work/{submission}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def arrived(settings: Settings, submission: str, name: str, pieces: int, seats: int, promised: date) -> Words:
    """Everything passed the checks; `seats` assessors score it, the result is promised by a day."""
    count = _("1 piece of evidence") if pieces == 1 else _("{n} pieces of evidence").format(n=pieces)
    body = _(
        "{count} for “{name}” arrived safely.\n\n"
        "{seats} assessors now score it, each without seeing another's result and without your name. "
        "You get the result by {day}. You need do nothing until then.\n\n"
        "Where it stands: {url}\n"
    ).format(
        count=count,
        name=name,
        seats=_(_SEATS[seats]),
        day=_day(promised),
        url=work_url(settings, submission),
    )
    return "evidence_arrived", _("Arrived safely: {name}").format(name=name), body


def needs_fix(settings: Settings, submission: str, name: str, findings: list[str]) -> Words:
    """A check found something that the learner has to change."""
    body = _(
        "Something in your evidence for “{name}” needs mending before it can be scored:\n\n{what}\n\n"
        "Nothing else is lost. Change it and send it again: {url}/evidence\n"
    ).format(name=name, what="\n".join(f"- {f}" for f in findings), url=work_url(settings, submission))
    return "evidence_needs_fix", _("Please mend: {name}").format(name=name), body


def given_back(settings: Settings, submission: str, name: str, mend: str) -> Words:
    """A coordinator asks for something to be mended before it is scored; nothing is used up."""
    body = _(
        "Something in your evidence for “{name}” has to be mended before it can be scored:\n\n{mend}\n\n"
        "Everything that you gave is still there, and this does not count as an attempt. "
        "Change it and send it again: {url}/evidence\n"
    ).format(name=name, mend=mend, url=work_url(settings, submission))
    return "evidence_given_back", _("Please mend: {name}").format(name=name), body


def withdrawn(settings: Settings, name: str) -> Words:
    """The submission has ended without a result."""
    body = _(
        "“{name}” is withdrawn. It has no result, and nobody scores it any more. "
        "You can start again whenever you like: {url}\n"
    ).format(name=name, url=f"{settings.public_url}/explore")
    return "submission_withdrawn", _("Withdrawn: {name}").format(name=name), body


def attempt_allowed(settings: Settings, submission: str, name: str) -> Words:
    """The attempts were used up; a coordinator allows one more."""
    body = _(
        "You can try “{name}” once more. The feedback says what to mend; everything from before is kept.\n\n"
        "Start here: {url}\n"
    ).format(name=name, url=work_url(settings, submission))
    return "attempt_allowed", _("One more attempt: {name}").format(name=name), body
