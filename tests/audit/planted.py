"""A row in every table, a word in every column that may hold one, and a search through all of them."""

import re
from datetime import UTC, date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, Integer, String, cast, insert, select, true, update
from sqlmodel import AutoString, SQLModel

from reviewhub.models.base import Moment

CANARY = "Xanthippe"
"""What is planted: a word that stands nowhere by itself."""

OF_THE_ISSUER = frozenset(
    {
        "issuer",
        "micro_credential",
        "plugin",
        "rubric_draft",
        "rubric_version",
        "stack",
        "checkpoint",
        "checkpoint_leaf",
        "stack_item",
    }
)
"""Tables that say nothing of a person: what an issuer ships, and what is signed."""

NO_WORDS = {
    "alias": {"case_ref"},
    "artifact": {"key", "media_type", "requirement_id", "sha256", "staging_key"},
    "clean_copy": {"key", "media_type"},
    "correction": {"read_by"},
    "criterion_lock": {"criterion_id", "level_id", "lifted_because", "structure_hash"},
    "decision": {"code_digest", "locked", "met", "rule"},
    "event": {"action", "commitment", "facts", "from_state", "hash", "previous", "to_state"},
    "event_text": {"salt", "text"},  # planted by an event: a text that was changed breaks its chain
    "hold": {"back_to", "code"},
    "invitation": {"token_hash"},
    "letter": {"kind", "message_id"},
    "outbox": {"args", "dedup_key", "job", "last_error"},
    "person": {"zone"},
    "policy_change": {"version_after", "version_before"},
    "qualification": {"standard"},
    "rating": {"criterion_id", "level_id"},
    "resolution": {"criterion_id", "level_id", "rule", "value"},
    "review": {"end_reason", "why"},
    "attempt": {"choices"},
    "round": {"disputed", "held_from", "waits_for"},
    "session": {"token_hash"},
    "submission": {"audit_head", "code_digest", "held_from"},
    "token": {"token_hash"},
}
"""Columns with keys, codes, hashes, and sentences that ReviewHub wrote itself. A test names a new column that
is neither here nor erased: think which it is. `public_id` and what has a CHECK is never listed."""


def texts(table):
    """The columns that could hold words: strings without a list of values, and JSON."""
    listed = set(checks(table))
    for column in table.columns:
        if is_text(column) and column.name not in listed | {"public_id"}:
            yield column


def is_text(column):
    return isinstance(column.type, AutoString | String | JSON)


def checks(table):
    """The allowed values of each column that has a list of them."""
    found = {}
    for one in table.constraints:
        if isinstance(one, CheckConstraint):
            name, values = re.fullmatch(r"(\w+) IN \((.*)\)", str(one.sqltext)).groups()
            found[name] = re.findall(r"'([^']*)'", values)
    return found


def tables():
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in OF_THE_ISSUER]


def wordy():
    """(table, column) of everything that has to be empty after an erasure."""
    return [
        (table, column)
        for table in tables()
        for column in texts(table)
        if column.name not in NO_WORDS.get(table.name, ())
    ]


def fill_every_table(kit, **people):
    """One row where a table has none, hanging on the first rows of the tables that it refers to."""
    for table in tables():
        if table.name == "event_text":
            continue  # words that an event did not commit to would break its chain
        with kit.write() as tx:
            if tx.session.execute(select(table)).first() is None:
                tx.session.execute(insert(table).values(_row(tx, table, people)))


def _row(tx, table, people):
    values = {}
    for column in table.columns:
        keys = list(column.foreign_keys)
        if keys:
            other = keys[0].column
            first = select(other).order_by(other).limit(1)
            values[column.name] = people.get(column.name) or tx.session.execute(first).scalar()
        elif not column.primary_key and not (column.nullable and column.name != "staging_key"):
            values[column.name] = _value(table, column)
    return values


def _value(table, column):
    if column.name in checks(table):
        return checks(table)[column.name][0]
    match column.type:
        case Moment():
            return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
        case Date():
            return date(2026, 11, 2)
        case Integer():
            return 1
        case JSON():
            return {}
        case _:
            return f"a {table.name}"[: column.type.length or 99]


def plant(kit, person):
    """The canary into every column that may hold words: of the person, and of all about their work."""
    with kit.write() as tx:
        for table, column in wordy():
            if (table.name, column.name) in {
                ("person", "email"),
                ("person", "name"),
                ("invitation", "email"),
                ("let_in", "email"),
            }:
                continue  # by these they are found
            value = {"x": f"{CANARY} {column}"} if isinstance(column.type, JSON) else f"{CANARY} {column}"
            if (table.name, column.name) == ("feedback", "items"):
                value = [{"criterion": "goal", "saw": CANARY, "do": CANARY, "flags": [CANARY]}]
            whose = {"person": table.c.get("id"), "letter": table.c.get("person_id")}.get(table.name)
            where = whose == person.id if whose is not None else true()
            tx.session.execute(update(table).where(where).values({column.name: value}))


def found(kit, *words):
    """Where any of these words stands, in any table: ["table.column: what stands there"]."""
    hits = []
    with kit.read() as session:
        for table in SQLModel.metadata.sorted_tables:
            for column in table.columns:
                if is_text(column):
                    for (value,) in session.execute(select(cast(column, String))):
                        hits += [
                            f"{table.name}.{column.name}: {value}" for word in words if word in (value or "")
                        ]
    return hits
