"""What this host's Wi-Fi was on before a network was joined, kept on disk while it is joined.

A run that dies leaves its note behind, and the next one brings back what it names. A note is held by a lock
of the file system, which ends with the process whatever became of it; a process number may be another's.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from remotelens.config.paths import state_dir
from remotelens.config.private import write_private
from remotelens.errors import DiskFull

_LARGEST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Before:
    """One network interface, and the UUID of the stored connection that it was on."""

    interface: str
    connection: str


@dataclass(slots=True)
class Note:
    """A note that this process holds."""

    before: Before
    _path: Path
    _descriptor: int

    def clear(self) -> None:
        """Take it away: everything is as it was, or there is nothing more to be done about it."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                self._path.unlink()
        self.let_be()

    def let_be(self) -> None:
        """Leave it for the next run."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def keep(before: Before) -> Note | None:
    """Write a note down; None where another process joins with that interface, or notes cannot be kept."""
    path = _folder() / f"{before.interface}.json"
    note = _held(path)
    try:
        if note is None and path.exists():
            return None
        text = json.dumps({"interface": before.interface, "connection": before.connection})
        write_private(path, text.encode())
    except (OSError, DiskFull):
        return None
    finally:
        if note is not None:
            note.let_be()
    return _held(path)


def any_kept() -> bool:
    """Whether there is any note, of this run or another; cheap enough to be asked at every start."""
    folder = _folder()
    return folder.is_dir() and any(folder.glob("*.json"))


def left_behind() -> list[Note]:
    """Return the notes of runs that are over; each is held by this process now."""
    folder = _folder()
    if not folder.is_dir():
        return []
    notes = (_held(path) for path in sorted(folder.glob("*.json")))
    return [note for note in notes if note is not None]


def _folder() -> Path:
    return state_dir() / "wifi"


def _held(path: Path) -> Note | None:
    """Return the note in a file once nobody else holds it."""
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        told = json.loads(os.read(descriptor, _LARGEST_BYTES))
        return Note(Before(str(told["interface"]), str(told["connection"])), path, descriptor)
    except (OSError, ValueError, KeyError, TypeError):
        os.close(descriptor)
        return None
