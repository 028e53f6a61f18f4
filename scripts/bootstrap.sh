#!/bin/sh
# Finds a Python that ReviewHub runs on and hands over to bootstrap.py. Used by the Makefile.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))'
complete='import ensurepip, venv'
kind=${1:?run or dev}
incomplete=

# Run, not only looked for: a version manager may answer to a name that it cannot run.
consider() {
    "$1" -c "$suits" >/dev/null 2>&1 || return 0
    if "$1" -c "$complete" >/dev/null 2>&1; then
        exec "$1" "$here/bootstrap.py" "$kind"
    fi
    incomplete=${incomplete:-$1}
}

if [ -n "${PYTHON:-}" ]; then
    consider "$PYTHON"
else
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        consider "$name"
    done
fi

if [ -n "$incomplete" ]; then
    version=$("$incomplete" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "ReviewHub needs Python's modules venv and ensurepip, and $incomplete ($version) lacks them." >&2
    echo "  Debian, Ubuntu:  apt install python3-venv   (or python$version-venv)" >&2
    echo "  elsewhere:       install Python from python.org, or name another one: make … PYTHON=/path/to/python3" >&2
else
    echo "ReviewHub needs Python 3.11, 3.12, 3.13 or 3.14, and ${PYTHON:-none of python3.14 … python3} is one." >&2
    echo "  Debian, Ubuntu:  apt install python3 python3-venv" >&2
    echo "  Fedora:          dnf install python3" >&2
    echo "  macOS:           brew install python, or the installer from python.org" >&2
    echo "  Another one:     make … PYTHON=/path/to/python3" >&2
fi
exit 1
