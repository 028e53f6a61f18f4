"""The first lines that run in the child: confine, then hand over to the wanted script or module.

Started as `python -I boot.py '{"answer": …, "limits": …}' script.py …` or `… -m module …`.
"""

import json
import os
import runpy
import signal
import sys
from pathlib import Path

ANSWER = 3
_HOME = Path(__file__).resolve().parents[3]
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
)


def _readable(wanted: list[str]) -> list[str]:
    """The interpreter, the libraries it loads, our own package, and what the caller names."""
    python = {path for path in (sys.prefix, sys.base_prefix) if path != "/"}
    return [*_SYSTEM, *sorted(python), str(_HOME / "reviewhub"), *wanted]


def main() -> None:
    """Confine this process and run what the arguments say in it."""
    orders, target = json.loads(sys.argv[1]), sys.argv[2:]
    if orders["answer"] != ANSWER:
        os.dup2(orders["answer"], ANSWER)
        os.close(orders["answer"])
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(_HOME))
    from reviewhub.host.sandbox import confine  # noqa: PLC0415 - importable from here on

    # the caller kills at the wall time; this is for the case that the caller is gone
    signal.alarm(orders["wall_seconds"] + 5)
    confine.limit_resources(**orders["limits"])
    confine.close_off(readable=_readable(orders["readable"]), writable=os.getcwd())  # noqa: PTH109
    if target[0] == "-m":
        sys.argv = target[1:]
        runpy.run_module(target[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = target
        runpy.run_path(target[0], run_name="__main__")


if __name__ == "__main__":
    main()
