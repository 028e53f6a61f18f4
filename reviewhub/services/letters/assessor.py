"""Letters to assessors: an alias, a case reference, a due day. No learner's name, no file names, no hour."""

from datetime import date
from gettext import gettext as _

from reviewhub.models import Alias, Review
from reviewhub.settings import Settings

Words = tuple[str, str, str]
"""Kind, subject, body."""


def review_offered(settings: Settings, review: Review, alias: Alias, micro_credential: str) -> Words:
    """Somebody was given a seat."""
    subject = _("To score by %(day)s: %(name)s") % {"day": _day(review.due_on), "name": micro_credential}
    body = _(
        "“%(alias)s” (case %(case)s) has sent evidence for %(name)s.\n"
        "Please score it by %(day)s.\n\n"
        "Open it:\n%(url)s\n\n"
        "If you know who this is, say so there with one click. Somebody else will score it then."
    )
    return "review_offered", subject, body % _facts(settings, review, alias, micro_credential)


def check_offered(settings: Settings, review: Review, alias: Alias, micro_credential: str) -> Words:
    """Somebody was asked to look whether everything is there."""
    subject = _("To look through by %(day)s: %(name)s") % {
        "day": _day(review.due_on),
        "name": micro_credential,
    }
    body = _(
        "“%(alias)s” (case %(case)s) has sent evidence for %(name)s.\n"
        "Please look by %(day)s whether all that is asked for is there. Others score it afterwards.\n\n"
        "Open it:\n%(url)s\n\n"
        "If you know who this is, say so there with one click. Somebody else will look then."
    )
    return "check_offered", subject, body % _facts(settings, review, alias, micro_credential)


def adjudication_offered(settings: Settings, review: Review, alias: Alias, micro_credential: str) -> Words:
    """Somebody was asked to adjudicate."""
    subject = _("To decide by %(day)s: %(name)s") % {"day": _day(review.due_on), "name": micro_credential}
    body = _(
        "What the assessors gave “%(alias)s” (case %(case)s), %(name)s, does not settle it.\n"
        "Please decide by %(day)s. You score it blind first, as they did; the page says what comes then.\n\n"
        "Open it:\n%(url)s\n\n"
        "If you know who this is, say so there with one click. Somebody else will decide then."
    )
    return "adjudication_offered", subject, body % _facts(settings, review, alias, micro_credential)


def review_over(settings: Settings, alias: Alias, micro_credential: str) -> Words:
    """A review is theirs no more, for whatever reason: the same words each time, so that they tell none."""
    subject = _("No longer to score: %(name)s") % {"name": micro_credential}
    body = _(
        "You need not score “%(alias)s” (case %(case)s), %(name)s, any more. What you wrote is kept, and "
        "nothing is left to do.\n\n"
        "What is yours now:\n%(url)s\n"
    )
    facts = {"alias": alias.name, "case": alias.case_ref, "name": micro_credential}
    return "review_over", subject, body % {**facts, "url": f"{settings.public_url}/queue"}


def claim_over(settings: Settings, alias: Alias, micro_credential: str) -> Words:
    """They claimed it and did not work on it: it lies in the pile again, and their draft is kept."""
    subject = _("Back in the pile: %(name)s") % {"name": micro_credential}
    body = _(
        "You claimed “%(alias)s” (case %(case)s), %(name)s, and did not work on it for some hours. So it "
        "went back to the pile, where others find it. There is no harm in that.\n\n"
        "What you wrote is kept. As long as nobody else has it, “Claim next” brings it back as you left it:\n"
        "%(url)s\n"
    )
    facts = {"alias": alias.name, "case": alias.case_ref, "name": micro_credential}
    return "claim_over", subject, body % {**facts, "url": f"{settings.public_url}/queue"}


def concern_answered(
    settings: Settings, alias: Alias, micro_credential: str, reply: str, review: str
) -> Words:
    """A coordinator's answer. `review`: the public id, or "" where it is not theirs any more."""
    subject = _("An answer about case %(case)s") % {"case": alias.case_ref}
    body = _(
        "You said that something is in the way with “%(alias)s” (case %(case)s), %(name)s. The answer:\n\n"
        "%(reply)s\n\n"
    )
    step = _("Go on here:\n%(url)s\n") if review else _("It is not yours to score any more.\n")
    return (
        "concern_answered",
        subject,
        (body + step)
        % {
            "alias": alias.name,
            "case": alias.case_ref,
            "name": micro_credential,
            "reply": reply,
            "url": f"{settings.public_url}/reviews/{review}",
        },
    )


def _facts(settings: Settings, review: Review, alias: Alias, micro_credential: str) -> dict[str, str]:
    return {
        "alias": alias.name,
        "case": alias.case_ref,
        "name": micro_credential,
        "day": _day(review.due_on),
        "url": f"{settings.public_url}/reviews/{review.public_id}",
    }


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
