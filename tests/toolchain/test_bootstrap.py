import importlib.util
import os
import shutil
import subprocess

import pytest


@pytest.fixture
def bootstrap(pytestconfig, tmp_path, monkeypatch):
    """scripts/bootstrap.py as a module, at work on a folder of its own."""
    spec = importlib.util.spec_from_file_location(
        "bootstrap", pytestconfig.rootpath / "scripts" / "bootstrap.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "requirements" / "run.lock").write_text("one==1 \\\n    --hash=sha256:00\ntwo==2\n")
    (tmp_path / "requirements" / "dev.lock").write_text("three==3\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(module, "_runs", lambda _: True)
    return module


@pytest.fixture
def choose(pytestconfig, tmp_path):
    """Runs scripts/bootstrap.sh where only the given programs are called python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dirname").symlink_to(shutil.which("dirname"))

    def choose(env=None, **programs):
        for name, text in programs.items():
            path = folder / name.replace("_", ".")
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        script = pytestconfig.rootpath / "scripts" / "bootstrap.sh"
        return subprocess.run(
            ["/bin/sh", str(script), "run"],
            env={"PATH": str(folder), **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    return choose


OLD = 'case "$2" in *version_info*) exit 1;; esac'
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; esac'
FINE = 'case "$1" in -c) ;; *) echo "$0 $2";; esac'


def test_the_newest_that_suits_and_is_whole_is_taken(choose):
    done = choose(
        python3_14="exit 127", python3_13=WITHOUT_VENV, python3_12=FINE, python3_11=FINE, python3=FINE
    )
    assert done.stdout.endswith("python3.12 run\n"), done.stderr


def test_the_one_that_was_named_is_taken(choose, tmp_path):
    done = choose(env={"PYTHON": str(tmp_path / "bin" / "mine")}, mine=FINE, python3_12=FINE)
    assert done.stdout.endswith("mine run\n"), done.stderr


@pytest.mark.parametrize("programs", [{}, {"python3": OLD}])
def test_no_interpreter_is_named_with_its_remedy(choose, programs):
    done = choose(**programs)
    assert done.returncode == 1
    for words in (
        "3.11, 3.12, 3.13 or 3.14",
        "apt install python3 python3-venv",
        "brew install python",
        "PYTHON=",
    ):
        assert words in done.stderr


def test_a_missing_venv_module_is_named_with_its_remedy(choose):
    done = choose(python3_12=WITHOUT_VENV)
    assert done.returncode == 1
    assert "python3.12 (3.12) lacks them" in done.stderr
    assert "apt install python3-venv   (or python3.12-venv)" in done.stderr


def test_a_folder_that_cannot_be_written_is_named_with_its_remedy(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert bootstrap.main(["run"]) == 1
    said = capsys.readouterr().err
    assert f"the folder {bootstrap.ROOT} is not writable" in said
    assert "chown" in said


def test_an_index_out_of_reach_is_told_with_what_pip_said(bootstrap):
    with pytest.raises(bootstrap.BootstrapError, match=r"(?s)\| no route\n.*HTTPS_PROXY"):
        bootstrap._run("/bin/sh", "-c", "echo no route >&2; exit 1")


def test_nothing_is_done_while_the_files_are_the_same(bootstrap):
    wanted = bootstrap.digest()
    assert not bootstrap.is_current("run", wanted)
    bootstrap.STAMP.write_text(f"dev {wanted}\n")
    assert bootstrap.is_current("run", wanted)
    assert bootstrap.is_current("dev", wanted)
    bootstrap.STAMP.write_text(f"run {wanted}\n")
    assert not bootstrap.is_current("dev", wanted)
    (bootstrap.REQUIREMENTS / "run.lock").write_text("one==1.1\n")
    assert not bootstrap.is_current("run", bootstrap.digest())


def test_a_lock_can_do_without_one_package(bootstrap):
    lock = "# made by\none==1 \\\n    --hash=sha256:00\n    # via x\nuv==2 \\\n    --hash=sha256:01\nuvx==3\n"
    assert (
        bootstrap.without(lock, "uv") == "# made by\none==1 \\\n    --hash=sha256:00\n    # via x\nuvx==3\n"
    )
