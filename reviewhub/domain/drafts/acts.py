"""What a button of a draft's form does to it: add, take out, move up, move down, take a recipe."""

import copy
import re
from collections.abc import Mapping
from typing import Any

_LIST = r"requirements|parts(?:\[\d{1,4}\]\.criteria(?:\[\d{1,4}\]\.levels)?)?"
_ADD = re.compile(rf"add:({_LIST})")
_ONE = re.compile(rf"(remove|up|down):({_LIST})\[(\d{{1,4}})\]")
_STEP = re.compile(r"([a-z_]+)|\[(\d+)\]")

RECIPES: Mapping[str, Mapping[str, Any]] = {
    "every": {"agreement": {"rule": "exact"}, "decision": {"rule": "all_met"}},
    "same_side": {"agreement": {"rule": "same_side"}, "decision": {"rule": "all_met"}},
    "forgiving": {"agreement": {"rule": "exact"}, "decision": {"rule": "all_met", "tolerance": 1}},
    "points": {"agreement": {"rule": "exact"}, "decision": {"rule": "points"}},
}
"""Policies that begin a set of rules; what they leave out holds its default."""


def act(body: dict[str, Any], wanted: str) -> dict[str, Any]:
    """The draft after the button; the same where the button is not known or its thing is gone."""
    made = copy.deepcopy(body)
    add, one = _ADD.fullmatch(wanted), _ONE.fullmatch(wanted)
    kind, _, name = wanted.partition(":")
    try:
        if add:
            things = _things(made, add[1])
            things.append(_new(add[1], things, made))
        elif one:
            _change(_things(made, one[2]), one[1], int(one[3]))
        elif kind == "recipe" and name in RECIPES:
            made["policies"] = {**made.get("policies", {}), **copy.deepcopy(dict(RECIPES[name]))}
    except (KeyError, IndexError, TypeError):
        return body
    return made


def _things(body: Any, place: str) -> list[dict[str, Any]]:  # noqa: ANN401 - plain data of any shape
    for key, index in _STEP.findall(place):
        body = body[key] if key else body[int(index)]
    if not isinstance(body, list):
        raise TypeError(place)
    return body


def _change(things: list[dict[str, Any]], how: str, n: int) -> None:
    thing = things.pop(n)
    if how != "remove":
        things.insert(max(0, n - 1) if how == "up" else n + 1, thing)


def _new(place: str, things: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
    """An empty thing; a criterion begins with the levels of the one before it, without their descriptions."""
    kind = place.rpartition(".")[2]
    ids = {str(one.get("id")) for one in things}
    bare = {"id": _free(kind, ids if kind != "criteria" else _criteria(body)), "name": "", "description": ""}
    if kind == "requirements":
        return {**bare, "kind": "file", "accept": ["application/pdf", "image/*"]}
    if kind == "parts":
        return {**bare, "criteria": []}
    if kind == "levels":
        return {**bare, "points": str(1 + max((_number(one.get("points")) for one in things), default=0))}
    levels = [{**level, "description": ""} for level in things[-1]["levels"]] if things else []
    evidence = [str(one.get("id")) for one in body.get("requirements", [])]
    met_from = things[-1].get("met_from", "") if things else ""
    return {**bare, "levels": levels, "met_from": met_from, "requirements": evidence}


def _criteria(body: dict[str, Any]) -> set[str]:
    return {str(one.get("id")) for part in body.get("parts", []) for one in part.get("criteria", [])}


def _free(kind: str, taken: set[str]) -> str:
    stem = {"requirements": "evidence", "parts": "part", "criteria": "criterion", "levels": "level"}[kind]
    return next(f"{stem}_{n}" for n in range(1, len(taken) + 2) if f"{stem}_{n}" not in taken)


def _number(points: object) -> int:
    try:
        return int(float(str(points)))
    except (ValueError, OverflowError):
        return 0
