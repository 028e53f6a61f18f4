"""Words of a draft's pages: where a problem is, what the choices mean, what the recipes say."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.domain.codec import encode
from reviewhub.domain.drafts.body import section_of
from reviewhub.domain.errors import Problem
from reviewhub.domain.media import in_words
from reviewhub.domain.rubric import Policies

SECTIONS = {
    "about": _l("Texts"),
    "evidence": _l("Evidence"),
    "criteria": _l("Criteria"),
    "rules": _l("Rules"),
}
RECIPES = {
    "every": (
        _l("Every criterion is to be met"),
        _l("Both must give the very same level; else a third decides."),
    ),
    "same_side": (
        _l("Met or not is what counts"),
        _l("Every criterion is to be met. Two levels that are both met agree, and so do two that are not."),
    ),
    "forgiving": (
        _l("All but one"),
        _l("Every criterion is to be met, except that one may be one level short."),
    ),
    "points": (
        _l("Points with a cut"),
        _l("Levels bring points; the sum decides. Say below how many points are enough."),
    ),
}
ROLES = {
    "": _l("left out"),
    "part": _l("Part"),
    "criterion": _l("Criterion"),
    "description": _l("Its description"),
    "level": _l("A level"),
    "level_name": _l("Name of the level"),
    "level_text": _l("What the level looks like"),
    "points": _l("Points"),
    "met": _l("Counts as met (yes or no)"),
}
MEDIA = (
    "application/pdf",
    "image/*",
    "video/*",
    "audio/*",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "text/plain",
)
_FIELDS = {
    "name": _l("Name"),
    "summary": _l("Summary"),
    "description": _l("Description"),
    "version": _l("Version"),
    "languages": _l("Languages"),
    "accept": _l("Kinds of file"),
    "maximum": _l("At most"),
    "minimum": _l("At least"),
    "met_from": _l("Counts as met from"),
    "points": _l("Points"),
    "weight": _l("Weight"),
    "floor": _l("Never met below"),
    "promise_days": _l("Days until the result"),
    "cut": _l("Points that are enough"),
    "levels": _l("Levels"),
    "criteria": _l("Criteria"),
    "parts": _l("Criteria"),
    "requirements": _l("Evidence"),
    "min_words": _l("Words, at least"),
    "max_words": _l("Words, at most"),
    "seats": _l("Assessors"),
    "working_days": _l("Days for assessors"),
    "near_cut": _l("Near the cut"),
    "tolerance": _l("Criteria that may be short"),
    "attempts": _l("Attempts"),
    "release_after": _l("Feedback by itself"),
}
_STEP = re.compile(r"([a-z_]+)|\[(\d{1,4})\]")
_DEFAULTS: dict[str, Any] = {"policies": encode(Policies())}


def value(body: Mapping[str, Any], place: str, default: object = "") -> str:
    """What stands at a place, as a field shows it: lists one a line, yes or no, "" for nothing."""
    for whole in (body, _DEFAULTS):
        found = at(whole, place)
        if found is not None:
            break
    else:
        found = default
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, list):
        return "\n".join(str(one) for one in found)
    return str(found)


def at(plain: Any, place: str) -> Any:  # noqa: ANN401  # plain data of any shape
    """What stands at a place; None where nothing does."""
    try:
        for key, index in _STEP.findall(place):
            plain = plain[key] if key else plain[int(index)]
    except (KeyError, IndexError, TypeError):
        return None
    return plain


def where(body: Mapping[str, Any], place: str) -> str:
    """A place in words: the names of the things around it, and which field."""
    names, plain, last = [], body, ""
    for key, index in _STEP.findall(place):
        plain = at(plain, key or f"[{index}]")
        last = key or last
        if index:
            names.append(_named(plain, last, int(index)))
            last = ""
    if last:
        names.append(str(_FIELDS.get(last, "")))
    return " · ".join(name for name in names if name)


def _named(thing: Any, kind: str, n: int) -> str:  # noqa: ANN401  # plain data of any shape
    name = str(thing.get("name", "")).strip() if isinstance(thing, Mapping) else ""
    if name:
        return f"“{name}”"
    words = {
        "requirements": _("Evidence %(n)d", n=n + 1),
        "parts": _("Part %(n)d", n=n + 1),
        "criteria": _("Criterion %(n)d", n=n + 1),
        "levels": _("Level %(n)d", n=n + 1),
    }
    return str(words.get(kind, ""))


def media(accepted: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401  # what the draft holds
    """(media type, its words, "") of what is offered, and of what the draft accepts besides."""
    more = [one for one in accepted or () if isinstance(one, str) and one not in MEDIA]
    return [(one, in_words(one)[:1].upper() + in_words(one)[1:], "") for one in (*MEDIA, *more)]


def named(things: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401  # what the draft holds
    """(id, name, "") of each, for choices."""
    return [(key, name, "") for key, name in pairs(things)]


def pairs(things: Any) -> list[tuple[str, str]]:  # noqa: ANN401  # what the draft holds
    """(id, name) of each thing of a list, the id where there is no name."""
    return [(str(one.get("id", "")), str(one.get("name") or one.get("id", ""))) for one in things or ()]


def within(problems: Sequence[Problem], place: str) -> list[Problem]:
    """The problems of a thing and of all that is in it."""
    return [one for one in problems if one.field == place or one.field.startswith((f"{place}.", f"{place}["))]


def by_section(problems: tuple[Problem, ...]) -> dict[str, list[Problem]]:
    """The problems of each page of the form."""
    found: dict[str, list[Problem]] = {name: [] for name in SECTIONS}
    for problem in problems:
        found[section_of(problem)].append(problem)
    return found


def differences(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(where, mine, theirs) of each text that differs between two bodies."""
    own, other = dict(_flat(mine, "")), dict(_flat(theirs, ""))
    return [
        (where(mine if place in own else theirs, place) or place, own.get(place, ""), other.get(place, ""))
        for place in dict.fromkeys((*own, *other))
        if own.get(place, "") != other.get(place, "")
    ]


def _flat(plain: Any, place: str) -> Any:  # noqa: ANN401  # plain data of any shape
    if isinstance(plain, Mapping):
        for key, item in plain.items():
            yield from _flat(item, f"{place}.{key}" if place else str(key))
    elif isinstance(plain, list) and any(isinstance(one, Mapping) for one in plain):
        for n, item in enumerate(plain):
            yield from _flat(item, f"{place}[{n}]")
    elif not place.endswith(".id"):
        yield (
            place,
            "\n".join(map(str, plain)) if isinstance(plain, list) else "" if plain is None else str(plain),
        )
