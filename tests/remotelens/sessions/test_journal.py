"""The journal survives what may happen to it, and never says more than it knows."""

from __future__ import annotations

import asyncio
import errno
import gc
import io
import os
import resource
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import DiskFull
from remotelens.sessions.journal import Journal, parse_journal, read_journal
from remotelens.sessions.records import (
    Began,
    Done,
    Ended,
    Intent,
    JournalError,
    Kept,
    Noted,
    Record,
    Taken,
    decode_line,
    encode_line,
)

AT = "2026-11-25T18:00:00.000Z"
RECORDS: tuple[Record, ...] = (
    Began(at=AT, run=1, model="DSC-QX10", family="A", known_urls=["http://c/a.JPG"], remaining=None),
    Intent(at=AT, n=1, due=AT, known_urls=["http://c/a.JPG"]),
    Taken(at=AT, n=1, urls=["http://c/ü.JPG?%211234%21"], late_s=0.0012),
    Kept(at=AT, n=1, path="DSC00001.JPG", sha256="0" * 64, size_bytes=5_000_000),
    Done(at=AT, n=1, outcome="taken", evidence="file on disk"),
    Ended(at=AT, finish="complete"),
)
LINES = [encode_line(number, record) for number, record in enumerate(RECORDS, 1)]


def test_a_line_is_what_the_form_says() -> None:
    """The bytes are typed in, so that a change of the form shows."""
    line = encode_line(7, Ended(at=AT, finish="complete"))
    assert line == (
        b'{"v":1,"seq":7,"record":{"kind":"ended","finish":"complete","at":"2026-11-25T18:00:00.000Z"}'
        b',"crc":"d023ea0e"}\n'
    )


def test_a_line_is_read_back() -> None:
    assert [decode_line(line[:-1]) for line in LINES] == list(enumerate(RECORDS, 1))


@pytest.mark.parametrize("cut", range(1, len(LINES[-1])))
def test_a_torn_last_line_is_left_out(cut: int) -> None:
    whole = b"".join(LINES[:-1])
    reading = parse_journal(whole + LINES[-1][:-cut])
    assert reading.records == RECORDS[:-1]
    assert (reading.whole_bytes, reading.torn_bytes) == (len(whole), len(LINES[-1]) - cut)


def test_a_last_line_of_rubbish_is_left_out() -> None:
    reading = parse_journal(b"".join(LINES[:2]) + b"\0" * 40 + b"\n")
    assert reading.records == RECORDS[:2]


@given(st.integers(0, len(b"".join(LINES[:-1])) - 1), st.integers(1, 255))
def test_a_changed_byte_before_the_last_line_is_an_error(position: int, change: int) -> None:
    data = bytearray(b"".join(LINES))
    data[position] ^= change
    with pytest.raises(JournalError):
        parse_journal(bytes(data))


def test_a_missing_line_is_an_error() -> None:
    with pytest.raises(JournalError, match="missing or doubled"):
        parse_journal(LINES[0] + LINES[2] + LINES[3])


def test_a_journal_of_another_version_is_refused() -> None:
    import zlib

    body = LINES[0].replace(b'{"v":1', b'{"v":9').rpartition(b',"crc"')[0]
    with pytest.raises(JournalError, match="version 9"):
        parse_journal(body + b',"crc":"%08x"}\n' % zlib.crc32(body) + LINES[1])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_journal_or_a_journal_error(data: bytes) -> None:
    try:
        reading = parse_journal(data)
    except JournalError:
        return
    assert reading.whole_bytes + reading.torn_bytes == len(data)


async def test_what_was_appended_is_there_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with Journal(path) as journal:
        await journal.append(RECORDS[0])
        await journal.append(*RECORDS[1:3])
    path.write_bytes(path.read_bytes() + b'{"v":1,"seq":4,"rec')
    async with Journal(path) as journal:
        assert journal.records == RECORDS[:3]
        assert journal.torn_bytes == 19
        await journal.append(RECORDS[3])
    assert read_journal(path).records == RECORDS[:4]


async def test_a_cancelled_append_is_written_whole(tmp_path: Path) -> None:
    async with Journal(tmp_path / "j") as journal:
        task = asyncio.create_task(journal.append(*RECORDS))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await journal.append(Noted(at=AT, text="after"))
    records = read_journal(tmp_path / "j").records
    assert records[-1] == Noted(at=AT, text="after")
    assert records[:-1] in ((), RECORDS)


async def test_an_append_that_is_cancelled_twice_is_counted(tmp_path: Path) -> None:
    async with Journal(tmp_path / "j") as journal:
        go = threading.Event()
        journal._writer.submit(go.wait)
        task = asyncio.create_task(journal.append(*RECORDS))
        for _ in range(2):
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go.set()
        await journal.append(Noted(at=AT, text="after"))
    assert read_journal(tmp_path / "j").records == (*RECORDS, Noted(at=AT, text="after"))


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning", "error::ResourceWarning")
async def test_a_damaged_journal_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(LINES[0] + LINES[2] + LINES[3])
    with pytest.raises(JournalError, match="missing or doubled"):
        async with Journal(path):
            pass
    gc.collect()


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
async def test_a_full_disk_leaves_what_was_whole(tmp_path: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = tmp_path / "j"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with Journal(path) as journal:
        await journal.append(RECORDS[0])
        size = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, limits[1]))
        try:
            with pytest.raises(DiskFull):
                await journal.append(RECORDS[1])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert path.stat().st_size == size
        await journal.append(RECORDS[1])
    assert read_journal(path).records == RECORDS[:2]


async def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="cannot be written"):
        async with Journal(tmp_path / "absent" / "j"):
            pass


async def test_a_record_is_on_the_disk_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    async with Journal(tmp_path / "j") as journal:
        synced.clear()
        await journal.append(RECORDS[0])
        assert len(synced) == 1


class DeadDisk(io.FileIO):
    """A file on a disk that takes nothing any more, not even that a file gets shorter."""

    dead = False

    def write(self, data: Any) -> int:
        if self.dead:
            super().write(bytes(data)[:10])
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().write(data)

    def truncate(self, size: int | None = None) -> int:
        if self.dead:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().truncate(size)


async def test_a_disk_that_fails_whole_is_said_and_spoils_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[DeadDisk] = []

    def fdopen(descriptor: int, *_: object, **__: object) -> DeadDisk:
        files.append(DeadDisk(descriptor, "r+b"))
        return files[-1]

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", fdopen)
        async with Journal(tmp_path / "j") as journal:
            await journal.append(RECORDS[0])
            files[0].dead = True
            with pytest.raises(DiskFull):
                await journal.append(RECORDS[1])
            files[0].dead = False
            with pytest.raises(DiskFull, match="before"):
                await journal.append(RECORDS[1])
    async with Journal(tmp_path / "j") as journal:
        await journal.append(RECORDS[1])
    assert read_journal(tmp_path / "j").records == RECORDS[:2]
