"""What the columns of a table of criteria are: guessed from its headers, corrected by a person.

Two shapes are read. `wide`: a row for each criterion, and a column for each level, whose header is the
level's name. `long`: a row for each criterion and level.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewhub.domain.drafts.table import Rows

Shape = Literal["wide", "long"]
Role = Literal["", "part", "criterion", "description", "level", "level_name", "level_text", "points", "met"]
SHAPES: Mapping[Shape, tuple[Role, ...]] = {
    "wide": ("part", "criterion", "description", "level"),
    "long": ("part", "criterion", "description", "level_name", "level_text", "points", "met"),
}
"""What a column may be; "" is left out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read. `header` is the row of the headers, from 0; `columns` says of each what it is.

    `met_from` names the level from which a criterion counts as met.
    """

    shape: Shape
    header: int
    columns: tuple[Role, ...]
    lowest_first: bool = True
    met_from: str = ""


_LEVEL = re.compile(r"(levels?|ratings?|grades?|scale|step|performance level)( names?)?")
_HEADERS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        "level_text",
        re.compile(
            r".*((level|rating|grade) (descri|text|defin)|descriptor|performance descri|looks? like).*"
        ),
    ),
    ("level_name", _LEVEL),
    ("points", re.compile(r"points?|scores?|marks?|values?")),
    ("met", re.compile(r"(counts? as )?met( from)?\??|pass(es|ing)?\??|meets\??")),
    ("description", re.compile(r".*(descri|defin|guid|explan|look for|question|note|detail).*")),
    ("part", re.compile(r"(part|section|area|group|domain|theme|module|unit)s?\b.*")),
    (
        "criterion",
        re.compile(r".*(criteri|indicator|competenc|standard|element|dimension|skill|outcome).*|name|title"),
    ),
)
_NUMBERING = re.compile(r"#|no\.?|nr\.?|number|id|code")
_POINTS = re.compile(
    r"(?P<before>\d+(?:[.,]\d+)?)\s*(?:(?:points?|pts?)\s*)?[-–—:.)=]\s*(?P<name>.*\D.*)"
    r"|(?P<named>.*\S)\s*[(\[]\s*(?P<after>\d+(?:[.,]\d+)?)\s*(?:(?:points?|pts?|p)\s*)?[)\]]",
    re.IGNORECASE | re.DOTALL,
)
_LOW = re.compile(
    r"\b(not|no|none|never|absent|missing|in(sufficient|adequate|complete)|un(satisfactory|acceptable)|begin|novice"
    r"|emerging|weak|poor|fail|below|limited|rare)"
)
_HIGH = re.compile(
    r"\b(excell|exempl|advanced|outstand|expert|master|exceed|strong|distin|superior|always|yes|met\b|full)"
)
_MET = re.compile(
    r"\b(proficien|meets?\b|met\b|clear|satisf|competent|good|adequate|sufficient|pass|yes|achiev|accomplish|secure)"
)
_ALMOST = re.compile(r"\b(not|partial|nearly|almost|approach|part)\b|\bapproach|\bpartial|\b(un|in|dis)\w+$")


def guess(rows: Rows) -> Reading:
    """The reading that the headers speak for; a person looks at it before anything is made of it."""
    filled = [sum(map(bool, row)) for row in rows]  # a title above the headers fills a cell or two
    header = next((n for n, count in enumerate(filled) if count > 1 and 2 * count >= max(filled)), 0)
    heads = [head.lower() for head in rows[header]]
    shape: Shape = "long" if any(_LEVEL.fullmatch(head) for head in heads) else "wide"
    columns = _columns(heads, shape)
    first = Reading(shape, header, columns)
    names = level_names(rows, first)
    lowest_first = _lowest_first(names, rows, first)
    ascending = names if lowest_first else names[::-1]
    bare = [name_and_points(name)[0] for name in ascending]
    return Reading(shape, header, columns, lowest_first, _met_from(bare))


def _columns(heads: Sequence[str], shape: Shape) -> tuple[Role, ...]:
    """Each role is taken once, but for levels; what no header names as a criterion is in the first column."""
    otherwise: Role = "level" if shape == "wide" else ""
    roles: list[Role] = []
    for n, head in enumerate(heads):
        role = "" if not head or (not n and _NUMBERING.fullmatch(head)) else _role(head, shape) or otherwise
        roles.append(otherwise if role in roles else role)
    if "criterion" not in roles:
        first = next((n for n, role in enumerate(roles) if role == otherwise and heads[n]), 0)
        roles[first] = "criterion"
    return tuple(roles)


def _role(head: str, shape: Shape) -> Role:
    for role, pattern in _HEADERS:
        if role in SHAPES[shape] and pattern.fullmatch(head):
            return role
    return ""


def level_names(rows: Rows, reading: Reading) -> tuple[str, ...]:
    """The names of levels in the order of the table, each once."""
    if reading.shape == "wide":
        heads = rows[reading.header] if reading.header < len(rows) else ()
        names = [head for head, role in zip(heads, reading.columns, strict=False) if role == "level"]
    else:
        named = reading.columns.index("level_name") if "level_name" in reading.columns else None
        names = [row[named] for row in rows[reading.header + 1 :]] if named is not None else []
    return tuple(dict.fromkeys(name for name in names if name))


def name_and_points(head: str) -> tuple[str, str]:
    """A level's name without the points written with it, and these: `4 - Good`, `Good (4 points)`."""
    found = _POINTS.fullmatch(head)
    if not found:
        return head, ""
    name = found["name"] or found["named"]
    return name.strip(), (found["before"] or found["after"]).replace(",", ".")


def _lowest_first(names: Sequence[str], rows: Rows, reading: Reading) -> bool:
    points = [name_and_points(name)[1] for name in names]
    if "points" in reading.columns:
        points = _first_points(rows, reading)
    numbers = [float(one) for one in points if re.fullmatch(r"\d+(\.\d+)?", one)]
    if len(numbers) > 1 and numbers[0] != numbers[-1]:
        return numbers[0] < numbers[-1]
    low = [bool(_LOW.search(name.lower())) for name in names]
    high = [bool(_HIGH.search(name.lower())) and not bad for name, bad in zip(names, low, strict=True)]
    return not names or not (high[0] or (low[-1] and not low[0]))


def _first_points(rows: Rows, reading: Reading) -> list[str]:
    """What stands under points in the rows of the first criterion."""
    column, named = (reading.columns.index(role) for role in ("points", "criterion"))
    found: list[str] = []
    first = ""
    for row in rows[reading.header + 1 :]:
        first = first or row[named]
        if row[named] not in ("", first):
            break
        found.append(row[column].replace(",", "."))
    return found


def _met_from(names: Sequence[str]) -> str:
    """The lowest that sounds like enough; else the one in the middle. Never the lowest of all."""
    if len(names) < 2:  # noqa: PLR2004 - one level has nothing below it
        return ""
    for name in names[1:]:
        if _MET.search(name.lower()) and not _ALMOST.search(name.lower()):
            return name
    return names[len(names) // 2]
