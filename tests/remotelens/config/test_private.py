from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from remotelens.config import private as module
from remotelens.config.private import changing, write_private
from remotelens.errors import ConfigError, DiskFull

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


def test_who_changes_a_file_waits_for_whoever_does(tmp_path: Path) -> None:
    path = tmp_path / "new" / "count"

    def add() -> None:
        for _ in range(5):
            with changing(path):
                number = int(path.read_bytes()) if path.exists() else 0
                write_private(path, str(number + 1).encode())

    adding = [threading.Thread(target=add) for _ in range(3)]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()
    assert path.read_bytes() == b"15"


def test_a_file_that_another_does_not_let_go_of_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "held"
    monkeypatch.setattr(module, "LOCK_LIMIT_S", 0.02)
    with changing(path), pytest.raises(ConfigError, match="another process"), changing(path):
        pass


def test_a_place_where_nothing_can_be_locked_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskFull), changing(tmp_path / "file" / "secret"):
        pass
