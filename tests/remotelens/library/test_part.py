from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from remotelens.errors import DiskFull
from remotelens.library.part import PartFile


def test_a_published_file_is_whole_and_its_temporary_name_is_gone(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "new" / "folder", "a.JPG")
    part.open(10)
    part.write(b"hello ")
    part.write(bytearray(b"world"))
    assert part.seal() == hashlib.sha256(b"hello world").hexdigest()
    final = part.publish()
    assert final == tmp_path / "new" / "folder" / "a.JPG"
    assert final.read_bytes() == b"hello world"
    assert os.listdir(final.parent) == ["a.JPG"]  # noqa: PTH208 - names are what is asserted


def test_before_publishing_only_the_part_file_is_there(tmp_path: Path) -> None:
    part = PartFile(tmp_path, "a.JPG")
    part.open(None)
    part.write(b"half")
    assert [path.name for path in tmp_path.iterdir()] == ["a.JPG.part"]
    part.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_taken_name_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.JPG").write_bytes(b"mine")
    (tmp_path / "a-2.JPG").write_bytes(b"mine too")
    part = PartFile(tmp_path, "a.JPG")
    part.open(None)
    part.write(b"new")
    part.seal()
    assert part.publish().name == "a-3.JPG"
    assert (tmp_path / "a.JPG").read_bytes() == b"mine"
    assert (tmp_path / "a-2.JPG").read_bytes() == b"mine too"


def test_a_name_taken_while_the_file_was_written_is_not_overwritten(tmp_path: Path) -> None:
    part = PartFile(tmp_path, "a.JPG")
    part.open(None)
    part.write(b"new")
    (tmp_path / "a.JPG").write_bytes(b"mine")
    assert part.publish().name == "a-2.JPG"
    assert (tmp_path / "a.JPG").read_bytes() == b"mine"


def test_two_downloads_of_one_name_do_not_share_a_part_file(tmp_path: Path) -> None:
    first, second = PartFile(tmp_path, "a.JPG"), PartFile(tmp_path, "a.JPG")
    first.open(None)
    second.open(None)
    first.write(b"1")
    second.write(b"2")
    assert [first.publish().read_bytes(), second.publish().read_bytes()] == [b"1", b"2"]


def test_a_part_file_started_over_forgets_what_it_held(tmp_path: Path) -> None:
    part = PartFile(tmp_path, "a.JPG")
    part.open(None)
    part.write(b"a long first try")
    part.open(None)
    part.write(b"second")
    assert part.seal() == hashlib.sha256(b"second").hexdigest()
    assert part.size_bytes == 6
    assert part.publish().read_bytes() == b"second"


def test_a_file_system_without_hard_links_still_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    (tmp_path / "a.JPG").write_bytes(b"mine")
    part = PartFile(tmp_path, "a.JPG")
    part.open(None)
    part.write(b"new")
    assert part.publish().name == "a-2.JPG"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-2.JPG", "a.JPG"]


def test_more_than_the_disk_holds_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    part = PartFile(tmp_path, "a.JPG")
    with pytest.raises(DiskFull, match="no room left") as caught:
        part.open(1 << 60)
    assert isinstance(caught.value, OSError)
    part.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(DiskFull, match=r"cannot write in .*taken"):
        PartFile(tmp_path / "taken", "a.JPG").open(None)


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_fills_up_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    part = PartFile(tmp_path, "a.JPG")
    part.open(None)
    monkeypatch.setattr(os, call, full)
    step = {"write": lambda: part.write(b"data"), "fsync": part.seal}[call]
    with pytest.raises(DiskFull, match="no room left"):
        step()
    part.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_synced_keeps_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = PartFile(tmp_path, "a.JPG")
    part.open(None)
    part.write(b"data")
    part.seal()

    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(DiskFull, match="cannot write"):
        part.publish()
    part.discard()
    assert list(tmp_path.iterdir()) == []
