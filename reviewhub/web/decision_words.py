"""How something was decided, in plain words."""

from flask_babel import lazy_gettext as _l

RULES = {
    "same": _l("both gave the same level"),
    "adjacent_lower": _l("both are close enough; the lower level counts"),
    "adjacent_higher": _l("both are close enough; the higher level counts"),
    "adjacent_mean": _l("both are close enough; the mean counts"),
    "expert_final": _l("the adjudicator decided"),
    "lock_stands": _l("met before; it was doubted, looked at, and stands"),
    "lock_lifted": _l("met before; it was doubted, looked at, and does not stand"),
}
FIRST = {
    "same": _l("at first they gave the same level"),
    "within": _l("at first they were close enough"),
    "differ": _l("at first they gave different levels"),
    "across_met": _l("at first one found it met and one did not"),
}
"""How the independent sheets stood to each other, where an adjudicator decided after them."""

DECIDED = {
    "all_met": _l("Everything has to be met."),
    "all_met+tolerance": _l("Everything has to be met; the rubric forgives what is one level short."),
}
SHEETS = {"blind": _l("scored blind"), "final": _l("after seeing both"), "superseding": _l("corrected")}
