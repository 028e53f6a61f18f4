"""`python -m bench NAME [options]`: runs bench/NAME.py; the exit code says whether its limits hold."""

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem not in {"report", "rows"}
)


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print(f"Which benchmark? python -m bench {' | '.join(NAMES)}")
        return 2
    return int(import_module(f"bench.{sys.argv[1]}").run(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
