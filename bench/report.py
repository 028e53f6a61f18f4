"""What every benchmark ends with: a table on the screen and a list of findings in a file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure and what it is held against; `ratio` is value over that, None with nothing to compare."""

    what: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None


def write(name: str, findings: list[Finding]) -> Path:
    """bench/results/<name>.json."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps([asdict(finding) for finding in findings], indent=1) + "\n")
    return path


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print columns, the first to the left and the others to the right."""
    texts = [tuple(str(cell) for cell in row) for row in (head, *rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(head))]
    for number, row in enumerate(texts):
        rest = "  ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        print(f"{row[0].ljust(widths[0])}  {rest}")
        if number == 0:
            print("-" * (sum(widths) + 2 * (len(widths) - 1)))
