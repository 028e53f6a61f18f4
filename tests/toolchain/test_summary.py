import subprocess
import sys

import pytest

THREE = """
import pytest

def test_runs():
    pass

@pytest.mark.browser
def test_cannot():
    pytest.skip("no Chromium")

@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    assert False
"""


@pytest.fixture
def run(tmp_path, pytestconfig):
    (tmp_path / "test_three.py").write_text(THREE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs Chromium\n")

    def run(**env):
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "tests._summary",
                "-p",
                "no:cacheprovider",
                "--rootdir",
                ".",
                ".",
            ],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(pytestconfig.rootpath), **env},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_what_could_not_run_is_named_with_the_way_to_get_it(run):
    done = run()
    assert done.returncode == 0
    assert "could not run" in done.stdout
    assert "1  no Chromium" in done.stdout
    assert "to get it: Chromium: apt install chromium" in done.stdout
    assert "1 passed, 1 skipped, 1 xfailed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("env", [{"CI": "true"}, {"REVIEWHUB_REQUIRE_ALL": "1"}])
def test_where_nothing_may_be_missing_a_skip_is_a_failure(run, env):
    done = run(**env)
    assert done.returncode == 1
    assert "here that is a failure" in done.stdout
