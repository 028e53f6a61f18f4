"""A draft as the fields of its form hold it."""


def filled(value, place=""):
    if value is None:
        return {place: [""]}
    if isinstance(value, bool):
        return {place: ["yes" if value else "no"]}
    if isinstance(value, dict):
        found = {}
        for key, item in value.items():
            found |= filled(item, f"{place}.{key}" if place else key)
        return found
    if isinstance(value, list) and all(isinstance(one, dict) for one in value) and _of_things(place):
        found = {place: ["list"]}
        for n, item in enumerate(value):
            found |= filled(item, f"{place}[{n}]")
        return found
    if isinstance(value, list):
        return {place: ["\n".join(value)]}
    return {place: [str(value)]}


def _of_things(place):
    return place.rpartition(".")[2] in {"requirements", "parts", "criteria", "levels", "codes"} and not (
        place.endswith(".requirements")
    )
