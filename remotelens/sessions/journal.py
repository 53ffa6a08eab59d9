"""A session's journal on disk: append-only, each record fsynced before it counts.

A process may die at any byte: the last line may then be torn, and is cut off when the journal is opened
again. Anything else that does not fit is an error that names the line.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from remotelens.errors import DiskFull
from remotelens.sessions.records import CHECKSUM_MARK, JournalError, Record, decode_line, encode_line

NAME = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Reading:
    """A journal as read: its records, how many bytes of it are whole, and how many torn bytes follow."""

    records: tuple[Record, ...]
    whole_bytes: int
    torn_bytes: int


def parse_journal(data: bytes) -> Reading:
    """Read a journal's bytes.

    Raises:
        JournalError: a line that is not the last one is damaged, or a sequence number is out of order.
    """
    records: list[Record] = []
    whole = 0
    while whole < len(data):
        end = data.find(b"\n", whole)
        if end < 0:
            break
        try:
            sequence, record = decode_line(data[whole:end])
        except JournalError as error:
            if end == len(data) - 1 and records and not _holds_a_whole_record(data[whole:end]):
                break
            raise JournalError(
                f"line {len(records) + 1}: {error.message}",
                remedy="the file was changed or the disk is failing",
            ) from error
        if sequence != len(records) + 1:
            raise JournalError(f"line {len(records) + 1} has number {sequence}: lines are missing or doubled")
        records.append(record)
        whole = end + 1
    return Reading(tuple(records), whole, len(data) - whole)


def _holds_a_whole_record(line: bytes) -> bool:
    """Say whether a damaged last line swallowed a record that once was whole: that is no torn write."""
    end = line.find(CHECKSUM_MARK)
    return 0 <= end < len(line) - len(CHECKSUM_MARK) - 10


def read_journal(path: Path) -> Reading:
    """Read a journal from disk.

    Raises:
        JournalError: it cannot be read or is damaged.
    """
    try:
        return parse_journal(path.read_bytes())
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}") from error


class Journal:
    """Appends records, in order, from one event loop; each is on the disk when `append` returns.

    `records` are those that stood in it when it was opened; what is appended is not kept in memory.

    Args:
        path: the journal's file; it is made when absent, and a torn last line is cut off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records: tuple[Record, ...] = ()
        self._written = 0
        self.torn_bytes = 0
        self._file: BinaryIO | None = None
        self._spoilt = False
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._open)
        except BaseException:
            self._writer.submit(self._close)
            self._writer.shutdown(wait=False)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writer, self._close)
        self._writer.shutdown()

    async def append(self, *records: Record) -> None:
        """Write records and return when they are on the disk, even if the caller is cancelled meanwhile.

        Raises:
            DiskFull: there is no room; the journal is cut back to what was whole before.
        """
        async with self._lock:
            writing = asyncio.get_running_loop().run_in_executor(self._writer, self._write, records)
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                writing.add_done_callback(_retrieve)
                await asyncio.wait([writing])
                raise

    def _open(self) -> None:
        try:
            new = not self.path.exists()
            descriptor = os.open(
                self.path,
                os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0),
                0o644,
            )
            self._file = os.fdopen(descriptor, "r+b", buffering=0)
            reading = parse_journal(self._file.read())
            if reading.torn_bytes:
                self._file.truncate(reading.whole_bytes)
                os.fsync(self._file.fileno())
            self._file.seek(reading.whole_bytes)
            if new:
                sync_folder(self.path.parent)
        except OSError as error:
            raise storage_error(error, self.path) from error
        self.records = reading.records
        self._written = len(reading.records)
        self.torn_bytes = reading.torn_bytes

    def _write(self, records: Sequence[Record]) -> None:
        assert self._file is not None
        if self._spoilt:
            raise DiskFull(f"{self.path} could not be written before", remedy="see to the disk, then resume")
        start = self._file.tell()
        lines = b"".join(
            encode_line(number, record) for number, record in enumerate(records, self._written + 1)
        )
        try:
            view = memoryview(lines)
            while view:
                view = view[self._file.write(view) or 0 :]
            os.fsync(self._file.fileno())
        except OSError as error:
            self._cut_back(start)
            raise storage_error(error, self.path) from error
        self._written += len(records)

    def _cut_back(self, whole_bytes: int) -> None:
        """Cut off what a failed write left; where that fails, too, nothing more is written behind it."""
        assert self._file is not None
        try:
            self._file.truncate(whole_bytes)
            self._file.seek(whole_bytes)
        except OSError:
            self._spoilt = True  # opening it again cuts off the torn end

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _retrieve(writing: asyncio.Future[None]) -> None:
    """Look at the outcome of what nobody waits for any more, so that it is not reported as forgotten."""
    if not writing.cancelled():
        writing.exception()


def storage_error(error: OSError, path: Path) -> DiskFull:
    """Return what a failed write means to the person."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return DiskFull(f"no room left for {path.name} in {path.parent}", remedy="make room, then resume")
    return DiskFull(
        f"{path} cannot be written: {error.strerror or error}", remedy="choose another folder with -o"
    )


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
