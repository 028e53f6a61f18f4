"""Make or renew ReviewHub's environment in .venv, hash-locked: `bootstrap.py run` or `bootstrap.py dev`.

Standard library only, for any Python that ReviewHub runs on. Does nothing when the environment was
made from the same locks and the same pyproject.toml.
"""

import contextlib
import hashlib
import os
import platform
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "reviewhub-environment"
REQUIREMENTS = ROOT / "requirements"
LOCKS = {"run": REQUIREMENTS / "run.lock", "dev": REQUIREMENTS / "dev.lock"}


class BootstrapError(Exception):
    """What is in the way, and the remedy."""


def digest() -> str:
    """One hash over everything that the environment is made from."""
    made_from = [ROOT / "pyproject.toml", *sorted(REQUIREMENTS.glob("*.lock"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()


def is_current(kind: str, wanted: str) -> bool:
    """Whether .venv was made from the present files; one for development also runs the demo."""
    try:
        made_kind, made_from = STAMP.read_text().split()
    except (OSError, ValueError):
        return False
    return made_from == wanted and made_kind in {kind, "dev"} and _runs(PYTHON)


def _runs(python: Path) -> bool:
    """Whether an interpreter runs and suits: where PYTHON was named, it must be of that version."""
    named = sys.version_info[:2] if os.environ.get("PYTHON") else None
    wanted = f"== {tuple(named)}" if named else "in [(3, 11), (3, 12), (3, 13), (3, 14)]"
    check = f"import sys; sys.exit(not sys.version_info[:2] {wanted})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def check_writable() -> None:
    """Raise BootstrapError when the checkout cannot hold an environment."""
    if not os.access(ROOT, os.W_OK | os.X_OK):
        raise BootstrapError(
            f"the folder {ROOT} is not writable, and the environment goes into its .venv.\n"
            "  Make it yours (chown), or clone ReviewHub into a folder of your own."
        )


def make_venv() -> None:
    """An empty environment, in place of one whose interpreter is gone or unsuited."""
    if VENV.exists() and _runs(PYTHON):
        return
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    except subprocess.CalledProcessError as error:
        raise BootstrapError(
            f"Python {platform.python_version()} cannot make a virtual environment.\n"
            "  Debian, Ubuntu:  apt install python3-venv\n"
            "  elsewhere:       install Python from python.org, or: make … PYTHON=/path/to/another/python3"
        ) from error
    except OSError as error:
        raise BootstrapError(
            f"cannot write {VENV}: {error.strerror}. Free some space, or make it yours."
        ) from error


def _run(*argv: str | Path) -> None:
    """Run quietly; what the program said becomes the error."""
    # The system's certificates, as pip uses them: a company's proxy signs with its own.
    uv = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1"}
    env = {**uv, **os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(argv, cwd=ROOT, env=env, text=True, capture_output=True, check=False)
    if done.returncode:
        said = "\n".join(f"  | {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-15:])
        raise BootstrapError(
            f"could not install what is locked.\n{said}\n"
            "  The first start needs a Python package index: "
            "check the network, a proxy (HTTPS_PROXY) or pip's settings."
        )


def _pip(*argv: str | Path) -> None:
    _run(PYTHON, "-m", "pip", "install", "--quiet", *argv)


def without(lock: str, name: str) -> str:
    """A lock's text without one package (each entry starts at the left margin)."""
    kept: list[str] = []
    skipping = False
    for line in lock.splitlines(keepends=True):
        if not line.startswith((" ", "#")):
            skipping = line.startswith(f"{name}==")
        if not skipping:
            kept.append(line)
    return "".join(kept)


def install_installer() -> bool:
    """What builds our package, and uv; without uv where it has no wheel (False)."""
    lock = REQUIREMENTS / "bootstrap.lock"
    try:
        _pip("--require-hashes", "-r", lock)
    except BootstrapError:
        reduced = VENV / "bootstrap-without-uv.lock"
        reduced.write_text(without(lock.read_text(), "uv"))
        _pip("--require-hashes", "-r", reduced)
        return False
    return True


def install_locked(kind: str, *, uv: bool) -> None:
    """Every dependency at its locked version, each checked by hash; by pip where uv cannot."""
    if uv:
        # uv reads other settings than pip: an index or a proxy may be known to pip alone.
        with contextlib.suppress(BootstrapError):
            _run(
                PYTHON,
                "-m",
                "uv",
                "pip",
                "install",
                "--python",
                PYTHON,
                "--require-hashes",
                "-r",
                LOCKS[kind],
            )
            return
    _pip("--require-hashes", "-r", LOCKS[kind])


def install_reviewhub() -> None:
    """The checkout itself, editable; its dependencies are there already."""
    _pip("--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)


def _step(name: str, work: Callable[[], object]) -> object:
    began = time.monotonic()
    print(f"  {name} ".ljust(46, "."), end=" ", flush=True)
    try:
        result = work()
    except BootstrapError:
        print("failed")
        raise
    print(f"{time.monotonic() - began:5.1f} s", flush=True)
    return result


def bootstrap(kind: str) -> None:
    """Bring .venv up to date for `run` or `dev`."""
    wanted = digest()
    if is_current(kind, wanted):
        return
    check_writable()
    print(f"Environment in {VENV} with Python {platform.python_version()}")
    _step("virtual environment", make_venv)
    STAMP.unlink(missing_ok=True)
    uv = bool(_step("installer", install_installer))
    packages = sum(1 for line in LOCKS[kind].read_text().splitlines() if "==" in line)
    _step(f"{packages} locked packages", lambda: install_locked(kind, uv=uv))
    _step("reviewhub", install_reviewhub)
    STAMP.write_text(f"{kind} {wanted}\n")


def main(argv: Iterable[str]) -> int:
    """The command line; the exit code."""
    words = list(argv)
    if len(words) != 1 or words[0] not in LOCKS:
        print("usage: bootstrap.py run|dev", file=sys.stderr)
        return 2
    try:
        bootstrap(words[0])
    except BootstrapError as error:
        print(f"ReviewHub: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
