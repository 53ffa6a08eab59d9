from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from remotelens.config.private import write_private
from remotelens.errors import DiskFull

posix = pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX")


@posix
def test_the_file_and_its_new_folder_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    write_private(path, b"1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@posix
def test_a_file_that_others_could_read_is_private_after_writing(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match=r"cannot write .*secret: No space left"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DiskFull, match="cannot write"):
        write_private(tmp_path / "file" / "secret", b"new")
