"""What a learner is told when a result that was given does not stand any more, in plain and kind words."""

from collections.abc import Sequence
from datetime import date
from gettext import gettext as _

from reviewhub.models import Issuer, Submission
from reviewhub.services.letters.learner import Words, work_url
from reviewhub.services.letters.promise import contact_of, day_in_words
from reviewhub.settings import Settings


def taken_back(
    settings: Settings, submission: Submission, issuer: Issuer, name: str, promised: date, *, better: bool
) -> Words:
    """The result that was given counts no more; new feedback comes. `better`: more is met than before."""
    found = (
        _("They found more of it met than the first time, and their result counts.")
        if better
        else _(
            "They came to another result than the first time, and theirs counts. So what we told you before "
            "does not stand any more. We are sorry: this is our mistake and not yours."
        )
    )
    body = _(
        "We had your evidence for “{name}” scored once more, by other assessors. {found}\n\n"
        "You get the new feedback by {day}. It says what is met, and what to do for the rest. "
        "Nothing that you sent is lost, and you need do nothing until then.\n\n"
        "Where it stands: {url}\n\nQuestions? {contact}\n"
    ).format(
        name=name,
        found=found,
        day=day_in_words(promised),
        url=work_url(settings, submission.public_id),
        contact=contact_of(issuer),
    )
    return "result_taken_back", _("A second look at {name}").format(name=name), body


def opened_again(
    settings: Settings, submission: Submission, issuer: Issuer, name: str, criteria: Sequence[str]
) -> Words:
    """Criteria that were met in an earlier attempt are open again."""
    body = _(
        "We had earlier evidence of yours for “{name}” scored once more, by other assessors. "
        "They did not find this met, which we had told you was:\n\n{criteria}\n\n"
        "It is scored with your next attempt. We are sorry: this is our mistake and not yours. "
        "Nothing that you sent is lost.\n\n"
        "Where it stands: {url}\n\nQuestions? {contact}\n"
    ).format(
        name=name,
        criteria="\n".join(f"- {one}" for one in criteria),
        url=work_url(settings, submission.public_id),
        contact=contact_of(issuer),
    )
    return "criteria_opened_again", _("A second look at {name}").format(name=name), body
