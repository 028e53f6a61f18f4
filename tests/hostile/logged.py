"""What no line of a log may hold of what is stored (docs/operators/watching.md)."""

import re

from sqlmodel import SQLModel, select

from reviewhub.models import Alias, Artifact, CleanCopy, Person
from reviewhub.web.log import JsonLines

_PUBLIC_ID = re.compile(r"\b[a-z2-7]{26}\b")
_SECRET = re.compile(r"(?:choose-password|invitation)/(?!<secret>)|(?<![\w-])[\w-]{43}(?![\w-])")
_OURS = {"", "a test", "Learner", "Assessor", "Lead", "Coordinator", "Manager"}
"""Words of our own addresses, that a person's name in a test is as well."""
_NOT_OF_PEOPLE = {"rubric_version", "plugin", "checkpoint", "alembic_version"}


def lines(records):
    """Whole lines, as every process writes them."""
    return [JsonLines().format(record) for record in records]


def leaks(kit, records):
    """What the lines tell: public ids, secrets, names, addresses, titles, words, aliases."""
    text = "\n".join(lines(records)).lower()
    found = [f"the log holds {m[0]!r}" for what in (_PUBLIC_ID, _SECRET) for m in what.finditer(text)]
    return found + [f"the log holds {mark!r}" for mark in sorted(_marks(kit)) if mark.lower() in text]


def _marks(kit):
    """Names of people, files and cases, and every sentence that any table holds."""
    with kit.read() as session:
        marks = {mark for p in session.exec(select(Person)) for mark in (p.name, p.name.split()[-1], p.email)}
        marks |= {mark for row in session.exec(select(Alias)) for mark in (row.name, row.case_ref)}
        marks |= {m for row in session.exec(select(Artifact)) for m in (row.title, row.url, row.key) if m}
        marks |= {row.key for row in session.exec(select(CleanCopy)) if row.key}
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in _NOT_OF_PEOPLE:
                for row in session.execute(table.select()):
                    marks |= {said for value in row for said in _sentences(value)}
    return marks - _OURS


def _sentences(value):
    """Texts of three words and more, in whatever JSON they stand."""
    if isinstance(value, str):
        return {value.strip()} if len(value.split()) >= 3 else set()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {said for one in inner for said in _sentences(one)}
