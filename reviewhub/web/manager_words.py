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
CHANGES = {
    "new": _l("A new micro-credential"),
    "same": _l("Nothing differs from what is live"),
    "wording": _l("Wording only"),
    "policies": _l("Other policies"),
    "structure": _l("It is judged otherwise"),
}
"""What a draft changes."""
TOUCHES = {
    "new": _l("It begins as a pilot that nobody was let into yet: try it with a few learners, then go live."),
    "same": _l("There is nothing to ship."),
    "wording": _l(
        "Levels, points, cuts and evidence stay as they are. New learners begin with the new words. Whoever "
        "has begun keeps the version they began with. They may move to the new words by choice, and lose "
        "nothing by it."
    ),
    "policies": _l(
        "The same is asked for and scored, and judged by other policies. New learners begin with these. "
        "Whoever has begun keeps the old ones until a coordinator decides what the change means for them."
    ),
    "structure": _l(
        "New learners begin with the new version. Whoever has begun keeps theirs, and may move by "
        "choice after seeing the difference: what they have met stays met only where it is judged as before."
    ),
}
DONE = {
    "live": _l("It is live: everybody can start it."),
    "pilot": _l("It is a pilot: let your learners in."),
    "retired": _l("It is retired: nobody can start it any more, and what was begun goes on."),
}
