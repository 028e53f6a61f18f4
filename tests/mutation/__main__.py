"""`make mutate`: everything that is wrong must be told by a test. Exit code 1 if anything survives.

make mutate                              the domain, then the named mutations
make mutate ARGS="domain access review"  modules of the domain, by the end of their names
make mutate ARGS="named undo"            named mutations with a word in their name
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutation import domain, named

SKIPPED = shutil.ignore_patterns(
    ".git", ".venv", "data", "build", "dist", ".*_cache", "__pycache__", ".hypothesis"
)
IN_A_COPY = "REVIEWHUB_MUTATE_IN_A_COPY"


def in_a_copy(words: list[str]) -> int:
    """Runs this again in a copy of the tree: mutants are never written where somebody works."""
    with tempfile.TemporaryDirectory(prefix="reviewhub-mutate-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(domain.ROOT, copy, ignore=SKIPPED, symlinks=True)
        # The order of sets is the same in each run, or a mutant could survive by luck.
        env = os.environ | {IN_A_COPY: "1", "PYTHONPATH": str(copy), "PYTHONHASHSEED": "0"}
        return subprocess.run(
            [sys.executable, "-m", "tests.mutation", *words], cwd=copy, env=env, check=False
        ).returncode


def main(words: list[str]) -> int:
    parts = {"domain": domain.run, "named": named.run}
    chosen = [words[0]] if words else list(parts)
    if not set(chosen) <= set(parts):
        print(__doc__)
        return 2
    begun, wrong = time.monotonic(), 0
    for part in chosen:
        wrong += parts[part](words[1:])
    print(f"{'Nothing survives' if not wrong else f'{wrong} to look at'} ({time.monotonic() - begun:.0f} s).")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if os.environ.get(IN_A_COPY) else in_a_copy(sys.argv[1:]))
