"""How something was decided, in plain words."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.domain.codec import decimal_text

RULES = {
    "same": _l("both gave the same level"),
    "adjacent_lower": _l("both are close enough; the lower level counts"),
    "adjacent_higher": _l("both are close enough; the higher level counts"),
    "adjacent_mean": _l("both are close enough; the mean counts"),
    "expert_final": _l("the adjudicator decided"),
    "third_replaces": _l("the adjudicator decided, without seeing the others' sheets"),
    "majority": _l("what more than half of them gave counts"),
    "median": _l("the level in the middle counts"),
    "median_lower": _l("of the two levels in the middle the lower counts"),
    "median_higher": _l("of the two levels in the middle the higher counts"),
    "median_mean": _l("the mean of the two levels in the middle counts"),
    "mean": _l("the mean of all counts"),
    "closest_pair": _l("the adjudicator's level counts, together with the one closest to it"),
    "lock_stands": _l("met before; it was doubted, looked at, and stands"),
    "lock_lifted": _l("met before; it was doubted, looked at, and does not stand"),
}
THIRD = frozenset(
    {"expert_final", "third_replaces", "majority", "mean", "closest_pair"}
    | {"median", "median_lower", "median_higher", "median_mean"}
)
"""Rules by which an adjudicator's sheet counts, for whom how it stood at first is told too."""

FIRST = {
    "same": _l("at first they gave the same level"),
    "within": _l("at first they were close enough"),
    "same_side": _l("at first they were on the same side of met"),
    "near_cut": _l("at first the sum was close to the cut"),
    "differ": _l("at first they gave different levels"),
    "code": _l("at first not all of them gave a level"),
    "across_met": _l("at first one found it met and one did not"),
}
"""How the independent sheets stood to each other, where an adjudicator decided after them."""

BY_POINTS = frozenset({"points", "points+floor"})
DECIDED = {
    "all_met": _l("Everything has to be met."),
    "all_met+tolerance": _l("Everything has to be met; the rubric forgives what is one level short."),
    "holistic": _l("The work is judged as a whole."),
    "points": _l("The points of all criteria have to reach the cut."),
    "points+floor": _l("The points count, but a criterion is below the level that it must have."),
    "unscorable": _l("Something could not be scored, and nothing makes up for that."),
    "nothing_applies": _l("No criterion has a place in this work, so that there is nothing to meet."),
}
SHEETS = {"blind": _l("scored blind"), "final": _l("the final one"), "superseding": _l("corrected")}


def reached(rule: str, points: Iterable[Decimal], needed: Decimal | None, cut: Decimal | None) -> str:
    """How many points it came to, where points decided; else "". `needed`: the cut, of what applies."""
    if rule not in BY_POINTS or needed is None or cut is None:
        return ""
    total = decimal_text(sum(points, Decimal(0)))
    if needed == cut:
        said: str = _("%(sum)s points were reached; %(cut)s are enough.", sum=total, cut=decimal_text(cut))
    else:
        said = _(
            "%(sum)s points were reached; %(needed)s are enough, as not all criteria apply (else %(cut)s).",
            sum=total,
            needed=decimal_text(needed),
            cut=decimal_text(cut),
        )
    return said
