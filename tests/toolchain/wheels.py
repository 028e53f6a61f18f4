"""The package as it ships: the built wheel, and a fresh environment that holds it and what is locked."""

import subprocess
import sys


def run(*argv, cwd, **more):
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(root, folder):
    """The wheel of the checkout at `root`, made in `folder`."""
    code = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
    run(sys.executable, "-c", code, str(folder), cwd=root)
    (made,) = folder.glob("*.whl")
    return made


def install(root, wheel, env):
    """A new environment at `env` with what is locked and this wheel; gives its folder of commands."""
    run(sys.executable, "-m", "venv", "--without-pip", str(env), cwd=env.parent)
    uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(env / "bin" / "python"))
    lock = root / "requirements" / "run.lock"
    run(*uv, "--require-hashes", "-r", str(lock), cwd=env.parent)
    run(*uv, "--no-deps", "--no-index", str(wheel), cwd=env.parent)
    return env / "bin"
