from __future__ import annotations

import json
from pathlib import Path

import pytest

from remotelens.config.developer import load_developer
from remotelens.config.paths import CONFIG_VARIABLE, developer_file
from remotelens.errors import ConfigError
from remotelens.protocol.wifi.auth import RUBBER_DUCK

OWN = {
    "developerName": "A Name",
    "developerID": "11111111-1111-1111-1111-111111111111",
    "key": "0123",
    "methods": "camera/setExposureMode:camera/actFormatStorage",
}


def test_without_a_file_the_published_registration_is_used(tmp_path: Path) -> None:
    assert load_developer(tmp_path / "developer.json") is RUBBER_DUCK


def test_the_users_own_registration_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path))
    assert developer_file() == tmp_path / "developer.json"
    developer_file().write_text(json.dumps(OWN))
    read = load_developer()
    assert (read.developer_name, read.key) == ("A Name", "0123")
    assert read.methods == ("camera/setExposureMode", "camera/actFormatStorage")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"developerName": 1}'])
def test_a_file_that_is_no_registration_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "developer.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"developer\.json"):
        load_developer(path)


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_developer(tmp_path)
