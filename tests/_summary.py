"""What a run could not show: skipped tests by reason, with the way to get them.

Where nothing may be missing (CI, REVIEWHUB_REQUIRE_ALL=1), a skip is a failure.
"""

import os
from collections import Counter

import pytest

REMEDIES = {
    "browser": "Chromium: apt install chromium, or brew install --cask chromium, "
    "or REVIEWHUB_CHROMIUM=/path/to/it",
    "postgres": "PostgreSQL: a wheel of the test extra brings it where there is one; "
    "else REVIEWHUB_TEST_POSTGRES_URL=postgresql://user:password@host/database",
    "s3": "an S3-compatible server: one network access to a package index, "
    "or REVIEWHUB_TEST_S3_ENDPOINT and its keys",
}


def nothing_may_be_missing():
    return os.environ.get("CI", "").lower() in {"1", "true"} or os.environ.get("REVIEWHUB_REQUIRE_ALL") == "1"


class Summary:
    def __init__(self):
        self.skipped = Counter()
        self.left_out = 0

    def _note(self, report):
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        marks = tuple(name for name in REMEDIES if name in getattr(report, "keywords", {}))
        self.skipped[(reason.removeprefix("Skipped: "), marks)] += 1

    def pytest_runtest_logreport(self, report):
        self._note(report)

    def pytest_collectreport(self, report):
        self._note(report)

    def pytest_deselected(self, items):
        self.left_out += len(items)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if self.skipped and nothing_may_be_missing() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.left_out:
            terminalreporter.write_line(
                f"Left out as asked: {self.left_out} (slow tests run with make test-all)."
            )
        if not self.skipped:
            return
        bad = nothing_may_be_missing()
        terminalreporter.section(
            "could not run" + (", and here that is a failure" if bad else ""), red=bad, yellow=True
        )
        for (reason, marks), count in sorted(self.skipped.items()):
            terminalreporter.write_line(f"{count:4d}  {reason}")
            for mark in marks:
                terminalreporter.write_line(f"      to get it: {REMEDIES[mark]}")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):  # with xdist the first process counts for all
        config.pluginmanager.register(Summary(), "reviewhub-summary")
