"""Words of the manager's pages."""

from flask_babel import lazy_gettext as _l

STATES = {"live": _l("live"), "pilot": _l("pilot"), "retired": _l("retired")}
"""Of a micro-credential."""
KINDS = {"live": "met", "pilot": "now", "retired": ""}
"""How a state's chip looks."""
MEANS = {
    "live": _l("It stands in the catalogue, and everybody can start it."),
    "pilot": _l("Only learners whom you let in can find and start it. It is not in the catalogue."),
    "retired": _l("Nobody can start it any more. What was begun goes on to its end."),
}
CHOOSE = {"live": _l("Go live"), "pilot": _l("Offer as a pilot"), "retired": _l("Retire")}
"""The buttons."""
WILL = {
    "live": _l("It goes into the catalogue, and everybody with an account can start it from this moment on."),
    "pilot": _l("Only learners whom you let in will find and start it, by their address or by a link."),
    "retired": _l(
        "It leaves the catalogue and takes no new learners. Nothing is deleted, and you can offer it again."
    ),
}
DONE = {
    "live": _l("It is live: everybody can start it."),
    "pilot": _l("It is a pilot: let your learners in."),
    "retired": _l("It is retired: nobody can start it any more, and what was begun goes on."),
}
