"""Who may start a micro-credential: everybody (live), whom its manager let in (pilot), nobody (retired).

Nothing is ever deleted: what was begun goes on to its end with its version and code, whatever is chosen.
"""

from collections.abc import Mapping

OFFERING: Mapping[str, tuple[str, ...]] = {
    "pilot": ("live", "retired"),
    "live": ("retired",),
    "retired": ("pilot", "live"),
}
"""What a manager may choose next, by what is chosen now. What learners could find is not hidden again as a
pilot: it is retired, with the reason on record."""
