import os
import stat

import pytest

from reviewhub.supervise import folder
from reviewhub.supervise.folder import FolderError


def test_a_new_folder_is_marked_private_and_locked(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "WAIT_SECONDS", 0.0)
    data = tmp_path / "new" / "data"
    lock = folder.claim(data)
    assert (data / ".reviewhub").exists()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    with pytest.raises(FolderError, match="already runs"):
        folder.claim(data)
    os.close(lock)
    os.close(folder.claim(data))


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FolderError, match="not a ReviewHub folder"):
        folder.claim(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_place_that_cannot_be_written_is_named_with_its_remedy(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FolderError, match=r"cannot write to .*--data"):
        folder.claim(tmp_path / "file" / "data")


def test_empty_keeps_only_the_mark(tmp_path):
    lock = folder.claim(tmp_path / "data")
    (tmp_path / "outside").write_text("stays")
    (tmp_path / "data" / "files" / "deep").mkdir()
    (tmp_path / "data" / "link").symlink_to(tmp_path)
    (tmp_path / "data" / "secret").write_text("old")
    folder.empty(tmp_path / "data")
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        ".lock",
        ".reviewhub",
        "authored",
        "files",
        "logs",
        "plugins",
        "run",
    ]
    assert not (tmp_path / "data" / "files" / "deep").exists()
    assert (tmp_path / "outside").read_text() == "stays"
    os.close(lock)
