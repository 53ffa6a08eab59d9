"""Where sessions are kept: a folder with journal and pictures, and a pointer by id in the state folder.

One process at a time works on a session; a lock that ends with the process says which.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import filelock
import msgspec

from remotelens.config.paths import state_dir
from remotelens.config.private import changing, write_private
from remotelens.errors import DiskFull, InputError, RemoteLensError
from remotelens.sessions.journal import NAME

LOCK_NAME = ".session.lock"


class SessionBusy(RemoteLensError):
    """Another process works on the session."""


class NoSuchSession(InputError):
    """No session has that id."""


class _Pointer(msgspec.Struct, frozen=True):
    id: str
    folder: str
    schema: int = 1


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """A session's id and folder."""

    id: str
    folder: Path

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.folder / NAME

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the session for this process.

        Raises:
            SessionBusy: another process holds it.
            DiskFull: the folder cannot be written.
        """
        lock = filelock.FileLock(self.folder / LOCK_NAME, timeout=0)
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise SessionBusy(
                f"session {self.id} is being worked on by another process",
                remedy=f"stop that one first, or look with 'remotelens plan show {self.id}'",
            ) from error
        except OSError as error:
            raise DiskFull(
                f"cannot write in {self.folder}: {error.strerror or error}", remedy="choose another folder"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def is_running(self) -> bool:
        """Say whether a process works on the session now."""
        try:
            with self.locked():
                return False
        except SessionBusy:
            return True
        except DiskFull:
            return False


def sessions_dir() -> Path:
    """Return the folder of the pointers."""
    return state_dir() / "sessions"


def create(name: str, folder: Path | None, now: datetime, *, remembered: bool = True) -> SessionPlace:
    """Make a session's folder and its pointer.

    Args:
        name: the plan's name; the id is made of it and the time.
        folder: where the files go; by default a new folder of the id's name in the current one.
        now: the time of day, UTC.
        remembered: whether it can be found by its id later; a rehearsal is not.

    Raises:
        InputError: the folder holds a session already.
        DiskFull: a folder cannot be made.
    """
    with changing(sessions_dir()) if remembered else contextlib.nullcontext():  # else two get the same id
        place = _new_place(name, folder, now)
        if remembered:
            pointer = msgspec.json.encode(_Pointer(place.id, str(place.folder)))
            write_private(sessions_dir() / f"{place.id}.json", pointer)
    return place


def _new_place(name: str, folder: Path | None, now: datetime) -> SessionPlace:
    base = f"{name}-{now:%Y%m%d-%H%M%S}"
    taken = {place.id for place in listed()}
    identity = next(
        candidate
        for candidate in (base, *(f"{base}-{number}" for number in range(2, 10_000)))
        if candidate not in taken
    )
    place = SessionPlace(identity, (folder or Path(identity)).absolute())
    if place.journal.exists():
        raise InputError(
            f"{place.folder} holds a session already",
            remedy="resume that one, or choose another folder with -o",
        )
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskFull(
            f"cannot make {place.folder}: {error.strerror or error}", remedy="choose another folder with -o"
        ) from error
    return place


def find(identity: str) -> SessionPlace:
    """Return the session of that id, or in that folder.

    Raises:
        NoSuchSession: there is none, or its folder is gone.
    """
    for place in listed():
        if place.id == identity:
            if not place.journal.exists():
                raise NoSuchSession(
                    f"session {identity} is not here: its journal is not in {place.folder}",
                    remedy="mount the disk it is on, or give the folder it was moved to",
                )
            return place
    folder = Path(identity).absolute()
    if (folder / NAME).exists():
        return next(
            (place for place in listed() if place.folder == folder), SessionPlace(folder.name, folder)
        )
    raise NoSuchSession(f"there is no session '{identity}'", remedy="'remotelens plan list' names them")


def listed() -> list[SessionPlace]:
    """Return all sessions that are remembered, by id, also those whose folder is not there now."""
    places = []
    for file in sorted(sessions_dir().glob("*.json")):
        try:
            pointer = msgspec.json.decode(file.read_bytes(), type=_Pointer)
        except (OSError, msgspec.DecodeError):
            continue
        places.append(SessionPlace(pointer.id, Path(pointer.folder)))
    return places
