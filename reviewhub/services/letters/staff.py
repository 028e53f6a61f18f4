"""Letters that follow from what a lead or a coordinator does: each gives (kind, subject, body)."""

from datetime import date
from gettext import gettext as _

from reviewhub.models import Person, Submission
from reviewhub.settings import Settings

Words = tuple[str, str, str]


def released(
    settings: Settings,
    learner: Person,
    submission: Submission,
    name: str,
    number: int,
    *,
    met: bool,
    locks: bool,
) -> Words:
    """To the learner: the result of an attempt is there. `locks`: what is met stays met."""
    if met:
        subject = _("You have met {name}").format(name=name)
        lead = _("Well done: {name} is met.")
    else:
        subject = _("Your feedback for {name} is here").format(name=name)
        lead = _("Your attempt at {name} was scored.") + " "
        lead += (
            _("What is met stays met; the rest says what to do.")
            if locks
            else _("The feedback says what is met, and what to do for the rest.")
        )
    link = f"{settings.public_url}/work/{submission.public_id}/feedback/{number}"
    return "feedback_released", subject, _letter(learner, lead.format(name=name), _("Read it here:"), link)


def returned(settings: Settings, learner: Person, submission: Submission, reason: str) -> Words:
    """To the learner: something cannot be shown to assessors as it is."""
    link = f"{settings.public_url}/work/{submission.public_id}/evidence"
    text = _("some of your evidence cannot be shown to the assessors as it is:") + f"\n\n{reason}"
    return (
        "evidence_returned",
        _("Your evidence needs another form"),
        _letter(learner, text, _("Nothing is lost. Replace it here and send it again:"), link),
    )


def feedback_waits(settings: Settings, lead: Person, name: str, promised: date | None) -> Words:
    """To a lead: feedback is ready to be confirmed. Says nothing of whose it is."""
    text = _("feedback for {name} waits to be read and released.").format(name=name)
    if promised:
        day = f"{promised:%A} {promised.day} {promised:%B}"
        text += " " + _("The learner was promised it for {day}.").format(day=day)
    return (
        "feedback_waits",
        _("Feedback waits for you: {name}").format(name=name),
        _letter(lead, text, _("The most urgent stands first:"), f"{settings.public_url}/feedback"),
    )


def danger(settings: Settings, coordinator: Person, submission: Submission) -> Words:
    """To a coordinator: an assessor fears for somebody. What they saw stands behind the link alone."""
    link = f"{settings.public_url}/coordinate/submissions/{submission.public_id}"
    text = _("an assessor has seen something in a submission that may mean danger to somebody.")
    return (
        "concern_danger",
        _("Please look at once: somebody may be in danger"),
        _letter(coordinator, text, _("It stands first on your list. What they saw is here:"), link),
    )


def reveal_decided(
    settings: Settings, lead: Person, case_ref: str, feedback: str, answer: str, until: date | None
) -> Words:
    """To a lead: whether they are told who a learner is. The name itself is in no letter."""
    link = f"{settings.public_url}/feedback/{feedback}"
    if until is None:
        text = _("you are not told who is behind case {case}. The coordinator says:").format(case=case_ref)
        return (
            "reveal_refused",
            _("Case {case}: not granted").format(case=case_ref),
            _letter(lead, f"{text}\n\n{answer}", _("The case:"), link),
        )
    day = f"{until:%A} {until.day} {until:%B}"
    text = _(
        "you may see who is behind case {case} until {day}. From now on you do not score this learner's work."
    ).format(case=case_ref, day=day)
    return (
        "reveal_granted",
        _("Case {case}: granted").format(case=case_ref),
        _letter(lead, text, _("Each look is recorded. It is here:"), f"{link}/identity"),
    )


def _letter(person: Person, text: str, step: str, link: str) -> str:
    return _("Hello {name},").format(name=person.name) + f"\n\n{text}\n\n{step}\n\n{link}\n"
