"""What a rubric is: parts, criteria, levels, and the four policies by which sheets become a decision.

Everything here is frozen, nameless and free of I/O. Identifiers are what hashes, translations and
stored ratings hang on; names and descriptions are for people and may be reworded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from reviewhub.domain.texts import Translation


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a criterion's scale. `points` only orders and adds up; the id is the identity."""

    id: str
    name: str
    description: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Code:
    """A rating that is no level, with its reason; it has no points, not even none.

    `unscorable`: it could not be judged, such as a recording without sound; the whole is not met before it
    can. `not_applicable`: it has no place in this work, and is left out of what decides.
    """

    id: str
    name: str
    description: str
    kind: Literal["unscorable", "not_applicable"] = "unscorable"


@dataclass(frozen=True, slots=True)
class When:
    """A condition: what it stands on is there where the learner chose one of these options."""

    requirement: str
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is judged. Levels ascend; `met_from` is the lowest level that counts as met.

    A rating is the id of a level, or of one of the `codes`. Where points decide: `weight` multiplies them,
    and below the level `floor` no sum is enough ("": none).
    """

    id: str
    name: str
    description: str
    levels: tuple[Level, ...]
    met_from: str
    requirements: tuple[str, ...] = ()
    weight: Decimal = Decimal(1)
    floor: str = ""
    codes: tuple[Code, ...] = ()
    when: When | None = None
    anchors: bool = False
    """Whether the learner says where in the evidence it is shown: a page, a minute, a heading."""

    def index(self, level_id: str) -> int:
        """Position of a level from the bottom, 0-based. KeyError for a level of another scale."""
        for position, level in enumerate(self.levels):
            if level.id == level_id:
                return position
        raise KeyError(level_id)

    def level(self, level_id: str) -> Level:
        """The level with this id. KeyError for a level of another scale."""
        return self.levels[self.index(level_id)]

    @property
    def ratings(self) -> tuple[Level | Code, ...]:
        """All that may be given: the levels, lowest first, then the codes."""
        return (*self.levels, *self.codes)

    def rating(self, rating_id: str) -> Level | Code:
        """The level or code with this id. KeyError for one of another criterion."""
        return self.code(rating_id) or self.level(rating_id)

    def code(self, rating_id: str) -> Code | None:
        """The code with this id; None where it is a level's."""
        return next((code for code in self.codes if code.id == rating_id), None)

    def has_code(self, rating_id: str, kind: Literal["unscorable", "not_applicable"]) -> bool:
        """Whether this rating is a code of that kind."""
        code = self.code(rating_id)
        return code is not None and code.kind == kind

    def points(self, rating_id: str) -> Decimal:
        """A level's points; 0 for a code, which nothing may add up."""
        return Decimal(0) if self.code(rating_id) else self.level(rating_id).points

    def is_met(self, rating_id: str) -> bool:
        """Whether this is a level, `met_from` or above."""
        return self.code(rating_id) is None and self.index(rating_id) >= self.index(self.met_from)


@dataclass(frozen=True, slots=True)
class Part:
    """A group of criteria that a reader takes in together, such as overview, artifacts, reflection."""

    id: str
    name: str
    description: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers of a choice."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """A piece of evidence that the learner has to give, or a choice on which something else depends.

    `minimum` and `maximum` count artifacts. `accept` holds media types (`image/*` is allowed) for
    files. Word limits hold for texts; 0 means no limit. `options` are those of a choice.
    """

    id: str
    name: str
    description: str
    kind: Literal["file", "link", "text", "choice"]
    minimum: int = 1
    maximum: int = 1
    accept: tuple[str, ...] = ()
    min_words: int = 0
    max_words: int = 0
    options: tuple[Option, ...] = ()
    when: When | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What the catalogue says about the micro-credential. `judged` says in a sentence who decides and how."""

    name: str
    summary: str
    description: str
    skills: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    hours: str = ""
    judged: str = ""


@dataclass(frozen=True, slots=True)
class EligibilityPolicy:
    """Who may score: how many seats, whether a qualification is needed, whom the next attempt goes to.

    `working_days` is the time that an assessor has from being assigned. With `completeness`, one assessor
    first looks whether everything asked for is really there; what is not goes back without using an attempt.
    """

    seats: int = 2
    qualification: bool = True
    again: Literal["same", "other", "any"] = "any"
    working_days: int = 7
    completeness: bool = False


@dataclass(frozen=True, slots=True)
class AgreementPolicy:
    """When independent sheets agree on a criterion: the same level, at most `levels` apart, or the same side.

    Levels on opposite sides of `met_from` disagree under every rule. Where points decide, `near_cut` sends
    everything to a third where a sheet's sum is that near the cut, or the sums lie on both sides of it.
    """

    rule: Literal["exact", "within", "same_side"] = "exact"
    levels: int = 0
    near_cut: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ResolutionPolicy:
    """How a criterion's result is made.

    Where an adjudicator decided, `rule` says what the final level is: theirs; the one that more than half of
    all gave, else theirs; the median or the mean of all; or the mean of theirs and the one closest to it
    (theirs where two are as close). By `third_replaces` it is theirs as well, from their blind sheet: they
    never see the others'. Where the sheets agree, `adjacent` says which of their levels counts,
    which also breaks the tie of an even median.
    """

    rule: Literal["expert_final", "third_replaces", "majority", "median", "mean", "closest_pair"] = (
        "expert_final"
    )
    adjacent: Literal["lower", "higher", "mean"] = "lower"
    rounding: Literal["half_up", "half_down", "half_even"] = "half_up"


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """When the whole is met: every criterion, except that `tolerance` of them may be one level short.

    Or by points: no criterion below its floor, and the weighted sum of all points is `cut` or more.
    Or holistic: one criterion stands for the whole, and is judged anew each time.

    With `locks`, a criterion once met stays met in later attempts. `attempts` limits them (None: no limit).
    `release_after`: where all agreed and nothing is flagged, the feedback releases itself after so many
    working days (None: a lead releases all).
    """

    rule: Literal["all_met", "points", "holistic"] = "all_met"
    tolerance: int = 0
    cut: Decimal | None = None
    locks: bool = True
    attempts: int | None = None
    release_after: int | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """The four policies, kept apart so that each can be said in one sentence."""

    eligibility: EligibilityPolicy = field(default_factory=EligibilityPolicy)
    agreement: AgreementPolicy = field(default_factory=AgreementPolicy)
    resolution: ResolutionPolicy = field(default_factory=ResolutionPolicy)
    decision: DecisionPolicy = field(default_factory=DecisionPolicy)


@dataclass(frozen=True, slots=True)
class Rubric:
    """One immutable version. `promise_days` is what the learner is told: working days to a result.

    `translations` holds the same texts in other languages, by language tag.
    """

    slug: str
    version: str
    about: About
    requirements: tuple[Requirement, ...]
    parts: tuple[Part, ...]
    policies: Policies = field(default_factory=Policies)
    promise_days: int = 14
    translations: Mapping[str, Translation] = field(default_factory=dict, hash=False)

    @property
    def language(self) -> str:
        """The language that it is written in: the first of `about.languages`, "" where none is named."""
        return self.about.languages[0] if self.about.languages else ""

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the parts."""
        return tuple(criterion for part in self.parts for criterion in part.criteria)

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion with this id. KeyError if the rubric has none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def requirement(self, requirement_id: str) -> Requirement:
        """The requirement with this id. KeyError if the rubric has none."""
        for requirement in self.requirements:
            if requirement.id == requirement_id:
                return requirement
        raise KeyError(requirement_id)


@dataclass(frozen=True, slots=True)
class Stack:
    """Micro-credentials (`items`, slugs of the same issuer) that together earn one more."""

    slug: str
    name: str
    description: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IssuerInfo:
    """The organisation behind a plugin, and its stacks."""

    slug: str
    name: str
    contact_name: str
    contact_email: str
    stacks: tuple[Stack, ...] = ()
