"""Words of the page on which a plugin's state stands."""

from flask_babel import lazy_gettext as _l

STATES = {"live": _l("live"), "quarantined": _l("not taken in"), "removed": _l("replaced or removed")}
"""Of a plugin's version."""
KINDS = {"live": "met", "quarantined": "stop", "removed": ""}
"""How a state's chip looks."""
