"""What `make bench NAME=pages` shows at length, at two small sizes: no page asks more as data grow."""

from bench.pages import PAGES, measure
from bench.report import Finding, write
from reviewhub.settings import Settings

MOST = 25
"""Statements of a page. The coordinators' overview asks once for each kind of thing that waits."""


def measured(tmp_path, migrated_sqlite, submissions):
    data = tmp_path / str(submissions)
    data.mkdir()
    (data / "reviewhub.sqlite").write_bytes(migrated_sqlite.read_bytes())
    settings = Settings(data=data, secret="a secret for tests, never used elsewhere", rate_limits=False)
    return measure(settings, submissions, requests=1)


def test_the_statements_of_a_page_do_not_grow(tmp_path, migrated_sqlite):
    few, many = (measured(tmp_path, migrated_sqlite, size) for size in (40, 400))
    assert {name: one.statements for name, one in few.items()} == {
        name: one.statements for name, one in many.items()
    }
    assert len(few) == len(PAGES) == 10
    assert {name: one.statements for name, one in many.items() if one.statements > MOST} == {}


def test_findings_are_written_as_a_list(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.report.RESULTS", tmp_path)
    path = write("one", [Finding("a page", 3, "statements", "limit: 3", 1.0)])
    assert path.read_text().startswith("[")
    assert '"ratio": 1.0' in path.read_text()
