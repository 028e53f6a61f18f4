"""MiniStack, an S3-compatible server in Python, for `reviewhub demo --s3` alone: it lets everybody in.

It pins an older botocore than ours, so it lives in an environment of its own in the data folder,
installed from a lock at its first use.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path

from reviewhub.supervise.ports import LOOPBACK, answers
from reviewhub.supervise.supervisor import Child

KEY = "test"  # the only account that it knows


class InstallError(Exception):
    """MiniStack could not be installed; the text is the remedy."""


def install(home: Path, lock: Path) -> Path:
    """The interpreter of an environment with what the lock names; made anew when the lock changed."""
    python, stamp = home / "bin" / "python", home / "made-from"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(home)
    done = subprocess.run(  # noqa: S603  # our own words
        [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", lock],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise InstallError(
            f"MiniStack could not be installed ({last}). --s3 needs a Python package index once."
        )
    stamp.write_text(wanted)
    return python


def child(python: Path, data: Path, port: int) -> Child:
    """The server on the loopback address, with buckets and state kept under `data`."""
    env: Mapping[str, str] = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(data),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": "localhost",
        "SERVICES": "s3",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data / "s3"),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(data / "state"),
    }
    argv = (str(python), "-I", "-m", "ministack")
    return Child("ministack", argv, env, lambda: answers(port), ready_within=60)
