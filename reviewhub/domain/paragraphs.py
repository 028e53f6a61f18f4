"""Texts as a rubric's file can say them: wrapped lines of a paragraph are one line."""

import re
from typing import Any

_WRAP = re.compile(r"(?<!\n)[ \t]*\n[ \t]*(?!\n|[-*•] |\d+[.)] )")


def join_lines(value: Any) -> Any:  # noqa: ANN401 - plain data of any shape
    """The same plain data with line breaks inside of paragraphs taken out; list items keep their lines."""
    if isinstance(value, dict):
        return {key: join_lines(item) for key, item in value.items()}
    if isinstance(value, list):
        return [join_lines(item) for item in value]
    return _joined(value) if isinstance(value, str) else value


def _joined(text: str) -> str:
    """Until nothing changes any more: what is read once and written again is read as the same."""
    once = _WRAP.sub(" ", text).strip()
    return once if once == text else _joined(once)
