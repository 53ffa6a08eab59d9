"""One file on its way to disk: whole under its final name, or not there at all.

The bytes go to ``NAME.part`` in the same folder, are flushed to the disk, and only then get their final name,
which is never taken from another file. Everything here blocks: it runs in a writer thread.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from pathlib import Path

from remotelens.errors import DiskFull
from remotelens.library.names import numbered

PART = ".part"
_MOST_NAMES = 10_000
_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_NO_DIRECTORY_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})
_NO_HARD_LINKS = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
)


class PartFile:
    """A file being written under a temporary name.

    Args:
        folder: where the file shall stand; made when it is not there.
        name: its final name; when that is taken, the first free numbered form of it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._path: Path | None = None
        self._fd: int | None = None
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def open(self, expected_bytes: int | None) -> None:
        """Start the file, or start it over.

        Args:
            expected_bytes: how much is to come, where known; refused now when the disk cannot hold it.

        Raises:
            DiskFull: no room, or no right to write here.
        """
        try:
            if self._fd is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._create()
            self._restart(expected_bytes)
        except OSError as error:
            raise self._no_room(error) from error

    def write(self, data: bytes | bytearray) -> None:
        """Append to the file and to its hash.

        Raises:
            DiskFull: the disk took only a part of it.
        """
        self._hash.update(data)
        self.size_bytes += len(data)
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._descriptor(), left) :]
        except OSError as error:
            raise self._no_room(error) from error

    def seal(self) -> str:
        """Put everything written so far onto the disk itself; return its SHA-256."""
        try:
            os.fsync(self._descriptor())
        except OSError as error:
            raise self._no_room(error) from error
        return self._hash.hexdigest()

    @property
    def path(self) -> Path:
        """Where the bytes are now: the temporary name."""
        if self._path is None:
            raise RuntimeError("the part file was not opened")
        return self._path

    def publish(self) -> Path:
        """Give the file its final name, never another file's, and put that onto the disk too.

        Raises:
            DiskFull: the folder does not take the name; nothing stands under it then.
        """
        part = self.path
        self._close()
        try:
            final = self._take_name(part)
            self._sync_folder(final)
        except OSError as error:
            raise self._no_room(error) from error
        self._path = None
        return final

    def discard(self) -> None:
        """Remove what was written, if it was not published."""
        with contextlib.suppress(OSError):
            self._close()
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._path = None

    def _create(self) -> None:
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        for number in range(1, _MOST_NAMES):
            path = self._folder / f"{numbered(self._name, number)}{PART}"
            try:
                self._fd = os.open(path, flags, 0o666)
            except FileExistsError:
                continue
            self._path = path
            return
        raise OSError(errno.EEXIST, "too many unfinished files", str(self._folder / self._name))

    def _restart(self, expected_bytes: int | None) -> None:
        descriptor = self._descriptor()
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.ftruncate(descriptor, 0)
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        if expected_bytes is not None:
            room = shutil.disk_usage(self._folder)
            if room.total and room.free < expected_bytes:  # some network folders tell nothing: total 0
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _take_name(self, part: Path) -> Path:
        for number in range(1, _MOST_NAMES):
            final = self._folder / numbered(self._name, number)
            try:
                _rename_without_overwriting(part, final)
            except FileExistsError:
                continue
            return final
        raise OSError(errno.EEXIST, "too many files of this name", str(self._folder / self._name))

    def _sync_folder(self, final: Path) -> None:
        if os.name == "nt":  # Windows opens no directories for syncing; its rename is journalled
            return
        try:
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            if error.errno not in _NO_DIRECTORY_SYNC:
                final.unlink(missing_ok=True)
                raise

    def _descriptor(self) -> int:
        if self._fd is None:
            raise RuntimeError("the part file was not opened")
        return self._fd

    def _close(self) -> None:
        if self._fd is not None:
            descriptor, self._fd = self._fd, None
            os.close(descriptor)

    def _no_room(self, error: OSError) -> DiskFull:
        if error.errno in _NO_ROOM:
            return DiskFull(
                f"no room left in {self._folder}", remedy="make room there or choose another folder"
            )
        what = error.strerror or str(error)
        return DiskFull(f"cannot write in {self._folder}: {what}", remedy="choose another folder")


def _rename_without_overwriting(part: Path, final: Path) -> None:
    """Move the file to a name that nobody has.

    Raises:
        FileExistsError: somebody has it.
    """
    if os.name == "nt":
        part.rename(final)  # never overwrites there
        return
    try:
        final.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # FAT and some network file systems have no hard links: look first, then rename.
        if final.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final)) from error
        part.rename(final)
    else:
        part.unlink()
