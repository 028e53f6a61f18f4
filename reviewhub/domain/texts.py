"""A rubric's texts in another language: the same ids with other words. "" or nothing: not translated."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """A name and a description in another language."""

    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class RequirementWords:
    """A requirement's words, and the names of a choice's options by their ids."""

    name: str = ""
    description: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CriterionWords:
    """A criterion's words, and those of its levels and codes by their ids."""

    name: str = ""
    description: str = ""
    levels: Mapping[str, Words] = field(default_factory=dict)
    codes: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AboutWords:
    """The catalogue's words. `skills` and `audience` are translated as a whole, in the same order."""

    name: str = ""
    summary: str = ""
    description: str = ""
    skills: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    hours: str = ""
    judged: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """All words of one language, by the ids of what they name."""

    about: AboutWords = field(default_factory=AboutWords)
    requirements: Mapping[str, RequirementWords] = field(default_factory=dict)
    parts: Mapping[str, Words] = field(default_factory=dict)
    criteria: Mapping[str, CriterionWords] = field(default_factory=dict)
