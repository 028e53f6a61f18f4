"""Letters to assessors about a due day: alias, case, day; nothing of the learner or another seat, no hour."""

from datetime import date
from gettext import gettext as _

from reviewhub.models import Alias, Review
from reviewhub.services.letters.assessor import Words
from reviewhub.settings import Settings


def due_soon(settings: Settings, review: Review, alias: Alias, name: str) -> Words:
    """The day is near."""
    subject = _("Due %(day)s: %(name)s") % {"day": _day(review.due_on), "name": name}
    body = _("“%(alias)s” (case %(case)s), %(name)s, is due on %(day)s.\n\n")
    return "review_due_soon", subject, (body + _more_time()) % _facts(settings, review, alias, name)


def due_today(settings: Settings, review: Review, alias: Alias, name: str) -> Words:
    """The day is here."""
    subject = _("Due today: %(name)s") % {"name": name}
    body = _("“%(alias)s” (case %(case)s), %(name)s, is due today, %(day)s.\n\n")
    return "review_due_today", subject, (body + _more_time()) % _facts(settings, review, alias, name)


def late(settings: Settings, review: Review, alias: Alias, name: str, last: date | None) -> Words:
    """The day is past. `last`: the day after which the seat goes to somebody else; None: it does not."""
    subject = _("Past its day: %(name)s") % {"name": name}
    body = _("“%(alias)s” (case %(case)s), %(name)s, was due on %(day)s. Somebody waits for it.\n\n")
    if last is not None:
        body += _(
            "You have until the end of %(last)s. After that, where there is somebody else, it goes to them; "
            "what you wrote is kept, but does not count. There is no harm in that: sometimes there is too "
            "much else to do.\n\n"
        )
    facts = _facts(settings, review, alias, name) | {"last": _day(last) if last else ""}
    return "review_late", subject, (body + _more_time()) % facts


def extended(settings: Settings, review: Review, alias: Alias, name: str) -> Words:
    """A coordinator gave more time."""
    subject = _("New day, %(day)s: %(name)s") % {"day": _day(review.due_on), "name": name}
    body = _(
        "You have more time: “%(alias)s” (case %(case)s), %(name)s, is due on %(day)s.\n\nOpen it:\n%(url)s\n"
    )
    return "review_extended", subject, body % _facts(settings, review, alias, name)


def not_extended(settings: Settings, review: Review, alias: Alias, name: str) -> Words:
    """A coordinator let the day stand."""
    subject = _("Your day stays %(day)s: %(name)s") % {"day": _day(review.due_on), "name": name}
    body = _(
        "You asked for more time for “%(alias)s” (case %(case)s), %(name)s. We cannot give it: the day stays "
        "%(day)s. If you cannot do it by then, tell us as early as you can, so that somebody else can.\n\n"
        "Open it:\n%(url)s\n"
    )
    return "review_not_extended", subject, body % _facts(settings, review, alias, name)


def _more_time() -> str:
    return _("Open it, or ask there for more time:\n%(url)s\n")


def _facts(settings: Settings, review: Review, alias: Alias, name: str) -> dict[str, str]:
    return {
        "alias": alias.name,
        "case": alias.case_ref,
        "name": name,
        "day": _day(review.due_on),
        "url": f"{settings.public_url}/reviews/{review.public_id}",
    }


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
