"""The folder for pictures is looked at before one is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from remotelens.cli.folder import check_folder
from remotelens.errors import DiskFull


async def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    for _ in range(2):
        await check_folder(folder)
        assert not list(folder.iterdir())


async def test_a_folder_that_takes_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DiskFull):
        await check_folder(tmp_path / "file" / "pictures")
