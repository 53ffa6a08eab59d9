from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep pointers and configuration of each test to itself."""
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("REMOTELENS_CONFIG_DIR", str(tmp_path / "config"))
