"""What a killed run left of a frame goes once the frame is kept, and nothing else goes."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from remotelens.errors import DiskFull
from remotelens.sessions.engine import KeptFile
from remotelens.sessions.leftovers import cleared

PICTURE = b"\xff\xd8a picture\xff\xd9"


def kept(path: Path, data: bytes = PICTURE) -> KeptFile:
    path.write_bytes(data)
    return KeptFile(path, hashlib.sha256(data).hexdigest(), len(data), "http://camera/1.JPG", "original")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_half_file_goes(tmp_path: Path) -> None:
    (tmp_path / "dusk_000005.JPG.part").write_bytes(PICTURE[:5])
    (tmp_path / "dusk_000006.JPG.part").write_bytes(b"of another frame")
    file = kept(tmp_path / "dusk_000005.JPG")
    assert cleared(tmp_path, "dusk_000005", (file,)) == (file,)
    assert names(tmp_path) == ["dusk_000005.JPG", "dusk_000006.JPG.part"]


def test_of_the_same_picture_twice_the_first_stays(tmp_path: Path) -> None:
    (tmp_path / "dusk_000005.JPG").write_bytes(PICTURE)
    (file,) = cleared(tmp_path, "dusk_000005", (kept(tmp_path / "dusk_000005-2.JPG"),))
    assert (file.path, file.sha256) == (
        tmp_path / "dusk_000005.JPG",
        hashlib.sha256(PICTURE).hexdigest(),
    )
    assert names(tmp_path) == ["dusk_000005.JPG"]


def test_another_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dusk_000005.JPG").write_bytes(PICTURE[::-1])
    file = kept(tmp_path / "dusk_000005-2.JPG")
    assert cleared(tmp_path, "dusk_000005", (file,)) == (file,)
    assert names(tmp_path) == ["dusk_000005-2.JPG", "dusk_000005.JPG"]


def test_a_folder_called_like_a_half_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dusk_000005.JPG.part").mkdir()
    file = kept(tmp_path / "dusk_000005.JPG")
    assert cleared(tmp_path, "dusk_000005", (file,)) == (file,)
    assert names(tmp_path) == ["dusk_000005.JPG", "dusk_000005.JPG.part"]


def test_what_cannot_be_removed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    (tmp_path / "dusk_000005.JPG.part").write_bytes(b"half")
    file = kept(tmp_path / "dusk_000005.JPG")
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(DiskFull):
        cleared(tmp_path, "dusk_000005", (file,))
