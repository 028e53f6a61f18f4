"""What a learner is told when the promised day moves: the day before, the new one, and why."""

from collections.abc import Mapping
from datetime import date
from gettext import gettext as _

from reviewhub.models import Issuer, Submission
from reviewhub.services.letters.learner import Words, work_url
from reviewhub.settings import Settings

WHY: Mapping[str, str] = {
    "hold": _("it was on hold"),
    "people": _("somebody else had to be asked to score it"),
    "adjudication": _("the assessors differed, a third decides"),
    "extended": _("somebody who scores it was given more time"),
    "again": _("it has to be judged once more"),
    "late": _("it could not be finished in time"),
    "calendar": _("the days on which the issuer works have changed"),
    "given_back": _("you sent it again, and the count began anew"),
    "taken_back": _("others scored it once more, and their result counts"),
    "appeal": _("you appealed, and others score it afresh"),
}
"""Why a day moved, as the end of a sentence. A learner reads nothing here of who, or of what was found."""


def day_in_words(day: date) -> str:
    """Such as “Monday 9 March 2026”."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def promise_moved(
    settings: Settings, submission: Submission, issuer: Issuer, name: str, old: date, new: date, reason: str
) -> Words:
    """The result comes later than was said."""
    sorry = " " + _("We are late, and we are sorry.") if reason == "late" else ""
    body = _(
        "We said that you get the result for “{name}” by {old}. It is now {new}: {why}.{sorry}\n\n"
        "You need do nothing, and nothing is lost. Where it stands: {url}\n\n"
        "Questions? {contact}\n"
    ).format(
        name=name,
        old=day_in_words(old),
        new=day_in_words(new),
        why=_(WHY[reason]),
        sorry=sorry,
        url=work_url(settings, submission.public_id),
        contact=contact_of(issuer),
    )
    return "promise_moved", _("A later day: {name}").format(name=name), body


def contact_of(issuer: Issuer) -> str:
    """Whom to ask, with an address where there is one."""
    who = ", ".join(part for part in (issuer.contact_name, issuer.name) if part)
    return f"{who}, {issuer.contact_email}" if issuer.contact_email else who
