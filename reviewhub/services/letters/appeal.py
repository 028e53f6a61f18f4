"""Letters about an appeal, and about the one question that can be asked before it."""

from datetime import date
from gettext import gettext as _

from reviewhub.models import Submission
from reviewhub.services.letters.learner import work_url
from reviewhub.settings import Settings

Words = tuple[str, str, str]
"""Kind, subject, body."""


def received(settings: Settings, submission: Submission, name: str, promised: date) -> Words:
    """To the learner: the appeal is in."""
    body = _(
        "Your appeal for “{name}” is in. Other assessors now score what was not met, afresh: they see "
        "nothing of the first result, and not your reasons either. What you have met stays met.\n\n"
        "You get the result by {day}.\n\nWhere it stands: {url}\n"
    ).format(
        name=name,
        day=f"{promised:%A} {promised.day} {promised:%B %Y}",
        url=work_url(settings, submission.public_id),
    )
    return "appeal_received", _("Your appeal is in: {name}").format(name=name), body


def to_coordinator(settings: Settings, submission: Submission, name: str) -> Words:
    """To a coordinator: somebody appeals. Who and why stands behind the link alone."""
    body = _(
        "A learner appeals against a result for {name}. A fresh round looks for assessors by itself.\n\n"
        "The reasons: {url}\n"
    ).format(name=name, url=f"{settings.public_url}/coordinate/submissions/{submission.public_id}")
    return "appeal_opened", _("An appeal: {name}").format(name=name), body


def question_came(settings: Settings, name: str) -> Words:
    """To a lead: a learner asks about a feedback."""
    body = _(
        "A learner has a question about their feedback for {name}. Your answer goes without your name.\n\n"
        "It waits here: {url}\n"
    ).format(name=name, url=f"{settings.public_url}/feedback?show=questions")
    return "question_came", _("A question about feedback: {name}").format(name=name), body


def question_answered(settings: Settings, submission: Submission, name: str, number: int) -> Words:
    """To the learner: the answer is there."""
    body = _("Your question about the feedback for “{name}” is answered.\n\nRead it here: {url}\n").format(
        name=name, url=f"{work_url(settings, submission.public_id)}/feedback/{number}#second-look"
    )
    return "question_answered", _("Your question is answered: {name}").format(name=name), body
