"""Identifiers made from names that people write."""

import keyword
import re
import unicodedata
from collections.abc import Collection, Sequence

_NOT_FREE = ("rubric", "without")
"""Arguments of `sheet` in plugin_api.testing, by the side of which ids of criteria are given."""
_LONGEST = 50


def unique_ids(names: Sequence[str], joint: str, fallback: str, taken: Collection[str] = ()) -> list[str]:
    """An id for each name, unlike each other and what is `taken`: small letters and digits around `joint`.

    Where nothing is left of a name it is the `fallback`. With "_" an id is a name in Python too.
    """
    found: list[str] = []
    used, numbers = set(taken), dict[str, int]()
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        one = joint.join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST].strip(joint) or fallback
        if joint == "_" and (one[0].isdigit() or keyword.iskeyword(one) or one in _NOT_FREE):
            one = f"{fallback}_{one}"
        whole, number = one, numbers.get(one, 2)
        while whole in used:
            whole, number = f"{one}{joint}{number}", number + 1
        numbers[one] = number
        used.add(whole)
        found.append(whole)
    return found
