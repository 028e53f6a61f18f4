"""Words of the manager's pages."""

from flask_babel import lazy_gettext as _l

STATES = {"live": _l("live"), "retired": _l("retired")}
"""Of a micro-credential."""
KINDS = {"live": "met", "retired": ""}
"""How a state's chip looks."""
