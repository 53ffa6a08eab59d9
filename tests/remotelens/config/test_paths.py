from __future__ import annotations

from pathlib import Path

import pytest

from remotelens.config import paths


def test_the_variables_name_the_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REMOTELENS_CONFIG_DIR", str(tmp_path / "c"))
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "s"))
    assert paths.cameras_file() == tmp_path / "c" / "cameras.toml"
    assert paths.bonds_dir() == tmp_path / "s" / "bonds"


def test_without_variables_the_platform_names_the_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REMOTELENS_CONFIG_DIR", raising=False)
    monkeypatch.setenv("REMOTELENS_STATE_DIR", "")
    assert "remotelens" in paths.config_dir().parts
    assert "remotelens" in paths.state_dir().parts
