"""Rubrics to test with: one written by hand, and any rubric that is valid."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.rubric import (
    About,
    AgreementPolicy,
    Code,
    Criterion,
    DecisionPolicy,
    EligibilityPolicy,
    Level,
    Part,
    Policies,
    Requirement,
    ResolutionPolicy,
    Rubric,
)


def scale(*names):
    return tuple(
        Level(name.lower(), name, f"What {name} looks like.", Decimal(n)) for n, name in enumerate(names, 1)
    )


def criterion(cid, met_from="clear", names=("Absent", "Vague", "Clear", "Tested")):
    return Criterion(cid, cid.title(), f"About {cid}.", scale(*names), met_from, ("plan",))


def small_rubric(*, policies=None, criteria=None):
    """Two graded criteria on four levels and one that is yes or no."""
    return Rubric(
        slug="small",
        version="1.0",
        about=About("Small", "A small one.", "For tests."),
        requirements=(
            Requirement("plan", "Plan", "The plan as a PDF.", "file", accept=("application/pdf",)),
            Requirement("why", "Why", "In your own words.", "text", min_words=10, max_words=100),
        ),
        parts=(
            Part(
                "artifacts",
                "Artifacts",
                "What you made.",
                criteria
                or (criterion("goal"), criterion("audience"), criterion("respect", "yes", ("No", "Yes"))),
            ),
            Part(
                "reflection",
                "Reflection",
                "",
                (Criterion("honest", "Honest", "Says what failed.", scale("No", "Yes"), "yes", ("why",)),),
            ),
        ),
        policies=policies or Policies(),
    )


def sheet(seat=1, role="independent", **ratings):
    return Sheet(role, ratings, seat)


CODES = (
    Code("silent", "No sound", "Record it again."),
    Code("apart", "Does not apply", "Nobody else took part.", "not_applicable"),
)


@st.composite
def criteria(draw, cid, *, points=False):
    size = draw(st.integers(2, 5))
    steps = draw(st.lists(st.integers(1, 300), min_size=size, max_size=size))
    levels, total = [], 0
    for n, step in enumerate(steps):
        total += step
        levels.append(Level(f"l{n}", f"Level {n}", draw(words), Decimal(total) / 4))
    met_from = draw(st.integers(1, size - 1))
    codes = tuple(draw(st.sets(st.sampled_from(CODES), max_size=2)))
    made = Criterion(cid, draw(words), draw(words), tuple(levels), f"l{met_from}", ("plan",), codes=codes)
    if not points:
        return made
    floor = draw(st.integers(0, met_from))
    weight = Decimal(draw(st.integers(1, 40))) / 4
    return replace(made, weight=weight, floor=f"l{floor}" if floor else "")


words = st.sampled_from(["Good", "Zwölf Äpfel", "语言", "A — b", "“quoted”", "line\nbreak"])


@st.composite
def agreements(draw, *, near):
    within = draw(st.integers(0, 3))
    rule = "within" if within else draw(st.sampled_from(["exact", "same_side"]))
    near_cut = Decimal(draw(st.integers(0, 8))) / 2 if near and draw(st.booleans()) else None
    return AgreementPolicy(rule, within, near_cut)


def cuts(made):
    """More than everybody has, and at most what whoever meets every criterion has, in sixteenths."""
    bottom = sum(16 * c.weight * c.levels[0].points for c in made)
    met = sum(16 * c.weight * c.level(c.met_from).points for c in made)
    return st.integers(int(bottom) + 1, int(met)).map(lambda sixteenths: Decimal(sixteenths) / 16)


@st.composite
def rubrics(draw):
    ids = [f"c{n}" for n in range(draw(st.integers(1, 5)))]
    points, locks = draw(st.booleans()), draw(st.booleans())
    made = [draw(criteria(cid, points=points)) for cid in ids]
    if len(made) == 1:  # what is judged as a whole always applies
        made = [replace(made[0], codes=())]
    policies = Policies(
        eligibility=EligibilityPolicy(seats=draw(st.integers(2, 4))),
        agreement=draw(agreements(near=points and not locks)),
        resolution=ResolutionPolicy(
            rule=draw(st.sampled_from(["expert_final", "majority", "median", "mean", "closest_pair"])),
            adjacent=draw(st.sampled_from(["lower", "higher", "mean"])),
            rounding=draw(st.sampled_from(["half_up", "half_down", "half_even"])),
        ),
        decision=DecisionPolicy(
            "points" if points else "all_met",
            tolerance=0 if points else draw(st.integers(0, len(ids) - 1)),
            cut=draw(cuts(made)) if points else None,
            locks=locks,
        ),
    )
    return Rubric(
        slug="any",
        version="1.0",
        about=About(draw(words), draw(words), draw(words), skills=tuple(draw(st.lists(words, max_size=2)))),
        requirements=(Requirement("plan", draw(words), draw(words), "file", accept=("image/*",)),),
        parts=(Part("only", draw(words), draw(words), tuple(made)),),
        policies=policies,
    )


def levels_of(rubric):
    """A level id for every criterion."""
    return st.fixed_dictionaries({c.id: st.sampled_from([lv.id for lv in c.levels]) for c in rubric.criteria})


def ratings_of(rubric):
    """A level or a code for every criterion."""
    return st.fixed_dictionaries({c.id: st.sampled_from([r.id for r in c.ratings]) for c in rubric.criteria})


@st.composite
def scored(draw):
    """A rubric and a complete sheet for each of its seats."""
    rubric = draw(rubrics())
    seats = range(1, rubric.policies.eligibility.seats + 1)
    return rubric, [Sheet("independent", draw(ratings_of(rubric)), seat) for seat in seats]
