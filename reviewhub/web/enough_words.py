"""What is enough to earn a micro-credential, in a sentence that the rubric's own policies give."""

from flask_babel import gettext as _
from flask_babel import ngettext

from reviewhub.domain.codec import decimal_text
from reviewhub.domain.points import highest, weighted
from reviewhub.domain.rubric import Code, Criterion, Level, Rubric


def enough(rubric: Rubric) -> str:
    """For whoever reads the rubric before they start."""
    policy = rubric.policies.decision
    if policy.cut is not None:
        needed = _(
            "To earn it, reach %(cut)s of %(most)s points, over all criteria together.",
            cut=decimal_text(policy.cut),
            most=decimal_text(highest(rubric.criteria)),
        )
        floors = _("No criterion may be below the level that is needed at least.")
        return f"{needed} {floors}" if any(c.floor for c in rubric.criteria) else needed
    if policy.tolerance:
        forgiven: str = ngettext(
            "To earn it, reach the level marked “met”; %(num)d criterion may be one level short.",
            "To earn it, reach the level marked “met”; %(num)d criteria may be one level short.",
            policy.tolerance,
        )
        return forgiven
    everything: str = _("To earn it, reach at least the level marked “met”.")
    return everything


def codes_of(criterion: Criterion) -> list[tuple[Code, str]]:
    """Each code of a criterion, with what follows from it."""
    follows = {
        "unscorable": _("It cannot be scored, and you are told what to mend."),
        "not_applicable": _("It is left out of the result."),
    }
    return [(code, follows[code.kind]) for code in criterion.codes]


def points_of(criterion: Criterion, level: Level) -> str:
    """What a level counts, with the criterion's weight in it."""
    points = weighted(criterion, level.points)
    said: str = ngettext("%(n)s point", "%(n)s points", 1 if points == 1 else 2, n=decimal_text(points))
    return said
