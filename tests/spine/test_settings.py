import stat
from pathlib import Path

import pytest

from reviewhub.domain.errors import Invalid
from reviewhub.settings import Settings, kept_secret


def test_everything_wrong_is_named_at_once_with_its_value():
    with pytest.raises(Invalid) as caught:
        Settings.from_env(
            {"REVIEWHUB_PORT": "eighty", "REVIEWHUB_DEMO": "perhaps", "REVIEWHUB_STORAGE": "tape"}
        )
    assert {(p.field, p.value) for p in caught.value.problems} == {
        ("REVIEWHUB_DEMO", "perhaps"),
        ("REVIEWHUB_PORT", "eighty"),
        ("REVIEWHUB_STORAGE", "tape"),
    }


def test_settings_survive_the_way_to_a_child_process(tmp_path):
    settings = Settings(data=tmp_path, demo=True, undo_seconds=5, plugins=(tmp_path / "a", tmp_path / "b"))
    assert Settings.from_env(settings.to_env()) == settings


def test_secrets_are_not_in_the_representation():
    settings = Settings(secret="swordfish", s3_secret_key="swordfish", smtp_url="smtp://a:swordfish@b")
    assert "swordfish" not in repr(settings)


def test_the_kept_secret_is_made_once_and_for_its_owner_alone(tmp_path):
    settings = Settings(data=tmp_path / "data")
    first = kept_secret(settings)
    assert len(first) > 40
    assert kept_secret(settings) == first
    path = Path(tmp_path / "data" / "secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
