"""From a table and its reading to the parts of a rubric, as plain data; what has no place is named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reviewhub.domain.drafts.mapping import Reading, name_and_points
from reviewhub.domain.drafts.table import Rows, letters, place
from reviewhub.domain.errors import Problem
from reviewhub.domain.naming import unique_ids

_YES = frozenset({"x", "yes", "y", "true", "1", "met", "✓", "✔", "ja", "wahr"})
_NO = frozenset({"", "no", "n", "false", "0", "-", "nein", "falsch", "not met"})
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,4})?")


@dataclass(slots=True)
class _Level:
    name: str
    text: str
    points: str
    met: bool


@dataclass(slots=True)
class _Criterion:
    name: str
    row: int
    description: str = ""
    levels: list[_Level] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    name: str
    criteria: list[_Criterion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Built:
    """The parts as plain data (`Rubric.parts`), and each cell that has no place in them."""

    parts: list[dict[str, Any]]
    problems: tuple[Problem, ...]


def build(rows: Rows, reading: Reading, evidence: tuple[str, ...] = ()) -> Built:
    """The parts that the table describes; every criterion is judged on the `evidence` (ids).

    Cells of a mapped column are in the parts, or a problem (field `table`) names their row and column.
    """
    builder = _Builder(rows, reading)
    builder.read()
    return Built(list(builder.plain(evidence)), tuple(builder.problems))


class _Builder:
    """One walk down the rows. A part, and in the long shape a criterion, holds until the next is named."""

    def __init__(self, rows: Rows, reading: Reading) -> None:
        self.problems: list[Problem] = []
        self._rows, self._reading = rows, reading
        self._parts: list[_Part] = []
        self._at = {role: n for n, role in enumerate(reading.columns) if role and role != "level"}

    def read(self) -> None:
        if "criterion" not in self._at:
            self.problems.append(Problem("table", "Say which column names the criteria."))
            return
        for n, role in enumerate(self._reading.columns):
            if role and role != "level" and self._at[role] != n:
                read = letters(self._at[role])
                why = f"Column {letters(n)} is said to be the same as column {read}, which is read."
                self.problems.append(Problem("table", f"{why} Say what it is, or leave it out."))
        for n in range(self._reading.header + 1, len(self._rows)):
            if any(self._rows[n]):
                self._row(n)

    def _row(self, n: int) -> None:
        if self._cell(n, "part"):
            self._part(self._cell(n, "part"))
        if self._reading.shape == "wide":
            self._wide(n)
        else:
            self._long(n)

    def _cell(self, n: int, role: str) -> str:
        column = self._at.get(role)  # type: ignore[call-overload]  # any text may be asked for
        return self._rows[n][column] if column is not None and column < len(self._rows[n]) else ""

    def _part(self, name: str) -> _Part:
        known = next((part for part in self._parts if part.name == name), None)
        part = known or _Part(name)
        if known:  # it is gone on with: the rows below belong to it
            self._parts.remove(known)
        self._parts.append(part)
        return part

    def _lost(self, n: int, role: str, why: str) -> None:
        self._lost_at(n, self._at[role], why)  # type: ignore[index]  # a role that the reading has

    def _lost_at(self, n: int, column: int, why: str) -> None:
        where = place(n, column)
        self.problems.append(Problem("table", f"R{where[1:]}: {why}", self._rows[n][column][:80]))

    def _wide(self, n: int) -> None:
        name, row = self._cell(n, "criterion"), self._rows[n]
        heads = self._rows[self._reading.header]
        columns = [c for c, role in enumerate(self._reading.columns) if role == "level" and c < len(row)]
        filled = [c for c in columns if row[c]]
        if name and not filled and columns and "part" not in self._at and not self._cell(n, "description"):
            self._part(name)  # a heading between the criteria
        elif name:
            criterion = self._criterion(name, n)
            criterion.description = self._cell(n, "description")
            for c in filled:
                level, points = name_and_points(heads[c])
                criterion.levels.append(_Level(level, row[c], points, met=level == self._reading.met_from))
        else:
            self._no_criterion(n, ["description"], filled)

    def _no_criterion(self, n: int, roles: list[str], columns: list[int]) -> None:
        given = [self._at[role] for role in roles if self._cell(n, role)]  # type: ignore[index]  # it has a cell
        for column in sorted({*given, *columns}):
            self._lost_at(n, column, "This row names no criterion. Name it, or join it to the row above.")

    def _criterion(self, name: str, n: int) -> _Criterion:
        part = self._parts[-1] if self._parts else self._part("")
        part.criteria.append(_Criterion(name, n))
        return part.criteria[-1]

    def _long(self, n: int) -> None:
        criterion = self._current(n)
        roles = ["description", "level_name", "level_text", "points", "met"]
        if criterion is None:
            self._no_criterion(n, roles, [])
            return
        said = self._cell(n, "description")
        if said and criterion.description and said != criterion.description:
            self._lost(n, "description", "The criterion is described already, in other words.")
        criterion.description = criterion.description or said
        self._level(criterion, n)

    def _current(self, n: int) -> _Criterion | None:
        name = self._cell(n, "criterion")
        part = self._parts[-1] if self._parts else None
        if not name:
            return part.criteria[-1] if part and part.criteria else None
        known = next((one for one in part.criteria if one.name == name), None) if part else None
        return known or self._criterion(name, n)

    def _level(self, criterion: _Criterion, n: int) -> None:
        name = self._cell(n, "level_name")
        known = next((level for level in criterion.levels if level.name == name), None)
        if not name or known:
            why = "This level is there already." if known else "The level has no name."
            for role in ("level_name", "level_text", "points", "met"):
                if self._cell(n, role):
                    self._lost(n, role, why)
            return
        level = _Level(name, self._cell(n, "level_text"), self._points(n), met=self._is_met(n, name))
        criterion.levels.append(level)

    def _points(self, n: int) -> str:
        points = self._cell(n, "points")
        if points and not _NUMBER.fullmatch(points):
            self._lost(n, "points", "This is no number of points, such as 2 or 2.5.")
            return ""
        return points.replace(",", ".")

    def _is_met(self, n: int, name: str) -> bool:
        mark = self._cell(n, "met")
        if mark.lower() not in _YES | _NO:
            self._lost(n, "met", "Mark with yes the levels that count as met.")
        return mark.lower() in _YES or ("met" not in self._at and name == self._reading.met_from)

    def plain(self, evidence: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        parts = [part for part in self._parts if part.name or part.criteria]
        names = [part.name or "Criteria" for part in parts]
        every = [criterion for part in parts for criterion in part.criteria]
        ids = iter(unique_ids([one.name for one in every], "_", "criterion"))
        for part, name, part_id in zip(parts, names, unique_ids(names, "_", "part"), strict=True):
            criteria = [self._plain(one, next(ids), evidence) for one in part.criteria]
            yield {"id": part_id, "name": name, "description": "", "criteria": criteria}

    def _plain(self, one: _Criterion, key: str, evidence: tuple[str, ...]) -> dict[str, Any]:
        levels = one.levels if self._reading.lowest_first else one.levels[::-1]
        keys = unique_ids([level.name for level in levels], "_", "level")
        return {
            "id": key,
            "name": one.name,
            "description": one.description,
            "levels": [
                {"id": level_id, "name": level.name, "description": level.text, "points": points}
                for level_id, level, points in zip(keys, levels, self._ascending(one, levels), strict=True)
            ],
            "met_from": next((k for k, level in zip(keys, levels, strict=True) if level.met), ""),
            "requirements": list(evidence),
        }

    def _ascending(self, one: _Criterion, levels: list[_Level]) -> list[str]:
        """The points that are given where they ascend; else those of counting from 1."""
        given = [level.points for level in levels]
        numbers = [float(points) for points in given if points]
        if len(numbers) == len(levels) and numbers == sorted(set(numbers)):
            return given
        if numbers:
            shown = ", ".join(points or "none" for points in given)
            why = (
                f"The points of “{one.name}” do not ascend with its levels, or one has none. Counted from 1."
            )
            self.problems.append(Problem("table", f"Row {one.row + 1}: {why}", shown))
        return [str(n) for n in range(1, len(levels) + 1)]
