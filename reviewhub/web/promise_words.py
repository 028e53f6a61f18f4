"""The promised day and its history in words, for learners and coordinators."""

from collections.abc import Sequence

from flask_babel import gettext as _

from reviewhub.queries.promises import Promised
from reviewhub.services.letters.promise import WHY
from reviewhub.web.locale import day


def why(reason: str) -> str:
    """Why a day was moved, as the end of a sentence."""
    return str(_(WHY[reason]))


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
    return str(_("Moved to %(day)s: %(why)s.", day=day(one.day), why=why(one.reason)))
