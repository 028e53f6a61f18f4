"""A rule that was meant well: its hook has one letter too few, and is refused instead of passed over."""

from collections.abc import Sequence

from reviewhub.plugin_api import Decision, Locked, Plugin, Resolution, Rubric, standing_levels


class Knots(Plugin):
    """Who ties the knot has met it all."""

    def decde(self, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> Decision | None:
        """What `decide` should have been."""
        standing = standing_levels(rubric, resolution, history)
        met = tuple(one.id for one in rubric.criteria if one.is_met(standing[one.id]))
        return Decision("met" if "knot" in met else "not_yet", met=met, locked=met, rule="the knot decides")
