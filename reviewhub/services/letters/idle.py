"""What learners are told before work that nobody touches lapses, and when it has."""

from datetime import date
from gettext import gettext as _

from reviewhub.models import Issuer, Submission
from reviewhub.services.letters.learner import Words, work_url
from reviewhub.services.letters.promise import contact_of, day_in_words
from reviewhub.settings import Settings


def kept_until(
    settings: Settings, submission: Submission, issuer: Issuer, name: str, day: date, *, used_up: bool
) -> Words:
    """A notice. `used_up`: there is no attempt left, so only a coordinator can let it go on."""
    if used_up:
        step = _("All attempts that it allows are used. One more may be possible: ask {contact}.")
    elif submission.state == "revise":
        step = _("Your feedback is there, and you can try again. Any change moves that day on.")
    else:
        step = _("You have begun and not sent it yet. Any change moves that day on.")
    body = _(
        "“{name}” waits for you. It is kept until {day}.\n\n{step}\n\n"
        "After that day it ends without a result, which is not a bad result: you can still read what you "
        "wrote, and start again.\n\n"
        "Go on here: {url}\n\nQuestions? {contact}\n"
    )
    facts = {"name": name, "day": day_in_words(day), "url": work_url(settings, submission.public_id)}
    contact = contact_of(issuer)
    body = body.format(step=step.format(contact=contact), contact=contact, **facts)
    return "work_kept_until", _("Kept until {day}: {name}").format(**facts), body


def lapsed(settings: Settings, submission: Submission, issuer: Issuer, name: str, slug: str) -> Words:
    """It has ended because nothing happened for so long."""
    body = _(
        "Nothing happened with “{name}” for a long time, so it has ended. It has no result, which is not a "
        "bad result.\n\n"
        "You can still read what you wrote: {url}\n\n"
        "You can start again whenever you like: {again}\n\nQuestions? {contact}\n"
    ).format(
        name=name,
        url=work_url(settings, submission.public_id),
        again=f"{settings.public_url}/explore/{issuer.slug}/{slug}",
        contact=contact_of(issuer),
    )
    return "work_lapsed", _("Ended: {name}").format(name=name), body
