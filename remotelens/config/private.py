"""Writing a file that holds secrets: whole or not at all, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import filelock

from remotelens.errors import ConfigError, DiskFull

FILE_MODE = 0o600
FOLDER_MODE = 0o700
LOCK_LIMIT_S = 10.0
LOCK_POLL_S = 0.01


def write_private(path: Path, data: bytes) -> None:
    """Replace a file in one step; its mode is 0600 from the first byte on.

    Blocks until the bytes are on the disk.

    Raises:
        DiskFull: this host has no room there, or does not allow it; the old file stands unchanged.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        try:
            _write_new(part, data)
            part.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise DiskFull(
            f"cannot write {path}: {error.strerror or error}",
            remedy="make room and check the rights, or name another folder",
        ) from error


@contextlib.contextmanager
def changing(path: Path) -> Iterator[None]:
    """Keep every other changer of a file away, of this process or another, for the length of a block.

    Blocks until they are done. Readers need not wait, because `write_private` replaces a file in one step.

    Raises:
        ConfigError: another process does not let go of it.
        DiskFull: this host does not allow a lock beside it.
    """
    lock = filelock.FileLock(
        path.with_name(f"{path.name}.lock"), timeout=LOCK_LIMIT_S, mode=FILE_MODE, poll_interval=LOCK_POLL_S
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        lock.acquire()
    except filelock.Timeout as error:
        raise ConfigError(
            f"{path} is being changed by another process", remedy="see what hangs there, and stop it"
        ) from error
    except OSError as error:
        raise DiskFull(
            f"cannot write {path}: {error.strerror or error}",
            remedy="make room and check the rights, or name another folder",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _write_new(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the platform lets a folder be opened for that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
