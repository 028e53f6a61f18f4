"""What an audit of blindness looked at and found: places and fields, never the names themselves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One leak. `at` is an address or a thing by its public id."""

    submission: str
    who: str
    at: str
    where: str
    field: str


@dataclass(slots=True)
class Report:
    """Findings, and how much was looked at to find no more."""

    submissions: int = 0
    opened: Counter[str] = field(default_factory=Counter)
    """Answers by role."""
    closed: Counter[str] = field(default_factory=Counter)
    """Answers by role that are no page: not theirs any more, or it notes its first reader, and nobody was."""
    letters: int = 0
    copies: int = 0
    findings: set[Finding] = field(default_factory=set)

    def lines(self) -> Iterator[str]:
        """The report in words."""
        yield (
            f"Looked at {self.submissions:,} submissions, {self.letters:,} letters and "
            f"{self.copies:,} clean copies; at seats and aliases of all."
        )
        for who, count in sorted(self.opened.items()):
            yield f"  as {who}: {count:,} answers, and {self.closed[who]:,} that are not open to them"
        for one in sorted(self.findings):
            yield f"LEAK {one.submission} {one.who}: {one.field}, in the {one.where} of {one.at}"
        found = len(self.findings)
        yield f"{found:,} findings." if found else "Nothing found that should not be there."
