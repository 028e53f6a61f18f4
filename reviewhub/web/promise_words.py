"""The promised day and its history in words, for learners and coordinators."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from reviewhub.queries.promises import Promised
from reviewhub.services.letters.promise import WHY
from reviewhub.web.locale import day


def moved(reason: str) -> str:
    """Why a day was moved, for a list: “moved: it was on hold”."""
    return str(_("moved: %(why)s", why=_(WHY[reason])))


def made(on: date | None, reason: str) -> str:
    """One promise in a record: “Promised for Mon 9 Mar: it was on hold”."""
    said = _("Promised for %(day)s", day=day(on))
    return f"{said}: {_(WHY[reason])}" if reason in WHY else str(said)


def history(promises: Sequence[Promised]) -> str:
    """“First said: Wed 4 Mar. Moved to Mon 9 Mar: the assessors differed, a third decides.”; "" for one day.

    A count that began anew (the evidence came once more, an appeal) is told from its own beginning.
    """
    if len(promises) == 1 and promises[0].reason == "arrived":
        return ""
    return " ".join(_said(at, one, promises) for at, one in enumerate(promises))


def _said(at: int, one: Promised, promises: Sequence[Promised]) -> str:
    if one.reason == "arrived":
        return str(_("First said: %(day)s.", day=day(one.day)))
    words = {
        "appeal": _("For the appeal: %(day)s."),
        "given_back": _("Sent again, so: %(day)s."),
        "taken_back": _("For the new result: %(day)s."),
    }
    if one.reason in words:
        return str(words[one.reason]) % {"day": day(one.day)}
    if at and one.day < promises[at - 1].day:
        return str(_("Moved forward to %(day)s.", day=day(one.day)))
    return str(_("Moved to %(day)s: %(why)s.", day=day(one.day), why=_(WHY[one.reason])))
