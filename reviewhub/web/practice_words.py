"""The fields of an issuer's practice in plain words: what each is called, and what it does."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reviewhub.services.practice import Practice, in_columns

NUMBERS = ("0", "1", "2", "3", "4", "5", "6")
DAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"),
)  # fmt: skip

FIELDS: Mapping[str, tuple[object, object]] = {
    "zone": (
        _l("Time zone"),
        _l("Here the days begin and end: due days, promised days and what “today” is."),
    ),
    "week": (_l("Working days of the week"), _l("Only these are counted when days are given or promised.")),
    "closed": (
        _l("Closed days"),
        _l("On these days nobody is expected to work: every count steps over them."),
    ),
    "grace_days": (
        _l("Patience with overdue reviews, in working days"),
        _l("So long after its due day an overdue review goes to somebody else. 0: it never does."),
    ),
    "idle_days": (
        _l("Days until untouched work lapses"),
        _l("Work that its learner does not touch for so long ends, after two letters. 0: it never does."),
    ),
    "appeal_days": (
        _l("Time for an appeal, in working days"),
        _l("For so long after a result its learner may ask once that others score it afresh."),
    ),
    "audit_percent": (
        _l("Results that are scored once more, in percent"),
        _l("So many, chosen by chance, are scored again by others. What the learner got never changes."),
    ),
    "assignment": (_l("How assessors get their reviews"), ""),
    "claim_hours": (
        _l("Hours that a claimed review is kept"),
        _l("It goes back if its assessor does nothing for so long. Any work on it begins the time anew."),
    ),
}
"""By column: its name, and in a sentence what it does."""


ASSIGNMENTS: Mapping[str, tuple[object, object]] = {
    "push": (_l("They are given out"), _l("Each goes to whoever may score it and has the least to do.")),
    "pull": (
        _l("Assessors claim the next one"),
        _l("When they have time; the most urgent comes first, and nobody can choose."),
    ),
    "both": (
        _l("Both"),
        _l("Assessors claim; what nobody has claimed after a whole working day is given out."),
    ),
}


def days_given(promises: int, due: int) -> str:
    """What a changed calendar could move: “3 promised days and 5 due days”."""
    most = 1_000
    one = ngettext("%(n)s promised day", "%(n)s promised days", promises, n=_capped(promises, most))
    two = ngettext("%(n)s due day", "%(n)s due days", due, n=_capped(due, most))
    return str(_("%(promised)s and %(due)s", promised=one, due=two))


def _capped(count: int, most: int) -> str:
    return f"{most:,}+" if count > most else f"{count:,}"


def no_day(day: str, name: str) -> str:
    """What to do about a line whose day cannot be read."""
    if not day:
        return str(_("Give the day of “%(name)s”.", name=name))
    return str(_("“%(day)s” is no day. Write it as year-month-day, such as 2026-12-25.", day=day))


def clash(now: Practice, wanted: Practice) -> str:
    """Somebody else was faster: where what was typed differs from what is set now."""
    is_set, typed = in_columns(now), in_columns(wanted)
    differ = ", ".join(str(FIELDS[name][0]) for name in FIELDS if is_set[name] != typed[name])
    told = _("Somebody changed this while you were looking at it. Nothing was overwritten.")
    if not differ:
        return str(told)
    more = _("What you typed is still here, and differs from what is set now in: %(fields)s.", fields=differ)
    return f"{told} {more}"
