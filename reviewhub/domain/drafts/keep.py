"""A table that is read again: what is there already keeps its ids, and what only the form can say."""

from typing import Any


def keep(parts: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a table, with the ids of parts, criteria and levels of the same name in the draft.

    What a table does not say (a weight, what a criterion looks at, codes) stays as it was; its other ids
    are made unlike those that were kept.
    """
    had = _by_name(one for part in before for one in part.get("criteria", []))
    kept = {str(one.get("id")) for one in had.values()}
    known = _by_name(before)
    for part in parts:
        old = known.get(_key(part), {})
        _take(part, old, {str(one.get("id")) for one in before})
        part["description"] = part["description"] or old.get("description", "")
        part["criteria"] = [_criterion(one, had.get(_key(one)), kept) for one in part["criteria"]]
    return parts


def _criterion(one: dict[str, Any], old: dict[str, Any] | None, kept: set[str]) -> dict[str, Any]:
    if old is None:
        _take(one, {}, kept)
        return one
    met = next((level for level in one["levels"] if level["id"] == one["met_from"]), None)
    levels = _by_name(old.get("levels", []))
    taken = {str(level.get("id")) for level in levels.values()}
    for level in one["levels"]:
        _take(level, levels.get(_key(level), {}), taken)
    said = {"levels": one["levels"], "met_from": met["id"] if met else old.get("met_from", "")}
    return {
        **old,
        "name": one["name"],
        "description": one["description"] or old.get("description", ""),
        **said,
    }


def _take(thing: dict[str, Any], old: dict[str, Any], kept: set[str]) -> None:
    """The id it had; else one of its own that no kept thing has."""
    if old.get("id"):
        thing["id"] = old["id"]
        return
    bare, number = thing["id"], 2
    while thing["id"] in kept:
        thing["id"], number = f"{bare}_{number}", number + 1


def _by_name(things: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401  # plain data of any shape
    found: dict[str, dict[str, Any]] = {}
    for thing in things:
        found.setdefault(_key(thing), thing)
    return found


def _key(thing: dict[str, Any]) -> str:
    return " ".join(str(thing.get("name", "")).split()).casefold()
