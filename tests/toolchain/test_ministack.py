import urllib.request

import pytest

from reviewhub.supervise import ministack
from reviewhub.supervise.ports import free_port
from reviewhub.supervise.supervisor import Supervisor

pytestmark = [pytest.mark.slow, pytest.mark.s3, pytest.mark.timeout(300)]


def test_it_is_installed_once_from_its_lock_and_keeps_what_it_was_given(tmp_path, pytestconfig):
    lock = pytestconfig.rootpath / "config" / "ministack.lock"
    python = ministack.install(tmp_path / "env", lock)
    made = (tmp_path / "env" / "made-from").stat().st_mtime_ns
    assert ministack.install(tmp_path / "env", lock) == python
    assert (tmp_path / "env" / "made-from").stat().st_mtime_ns == made

    port = free_port(0)
    for method, path, body in (("PUT", "bucket", None), ("PUT", "bucket/key", b"value")):
        _run(python, tmp_path, port, method, path, body)
    assert _run(python, tmp_path, port, "GET", "bucket/key") == b"value"


def _run(python, folder, port, method, path, body=None):
    """Starts it, asks once, and stops it."""
    with Supervisor(folder / "logs", print) as supervisor:
        supervisor.start(ministack.child(python, folder / "data", port))
        request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", body, method=method)
        request.add_header(
            "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
