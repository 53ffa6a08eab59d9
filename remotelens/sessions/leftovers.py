"""What a killed run left of a frame: half files, and whole ones that it had or had not time to write down."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from remotelens.library.part import PART
from remotelens.sessions.engine import KeptFile
from remotelens.sessions.journal import storage_error
from remotelens.sessions.records import Kept


def cleared(folder: Path, stem: str, files: Iterable[KeptFile]) -> tuple[KeptFile, ...]:
    """Remove what is left over of a frame whose files are here now; return the files as they are called then.

    Of two files with the same content the one that stood there first stays. Anything else is left alone.

    Args:
        folder: where the session's files are.
        stem: what all files of the frame begin with.
        files: those that have been fetched.

    Raises:
        DiskFull: what is left over cannot be looked at or removed.
    """
    try:
        return _cleared(folder, stem, files)
    except OSError as error:
        raise storage_error(error, folder) from error


def stand(folder: Path, files: Iterable[Kept]) -> bool:
    """Say whether files stand in a folder as they were written down.

    Raises:
        DiskFull: they cannot be looked at.
    """
    try:
        return all(_is_same(folder / file.path, file) for file in files)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_error(error, folder) from error


def whole(folder: Path, stem: str) -> tuple[str, ...]:
    """Return the names of the whole files whose names begin with a frame's stem."""
    found = sorted(folder.glob(f"{glob.escape(stem)}*"))
    return tuple(path.name for path in found if path.is_file() and path.suffix != PART)


def _cleared(folder: Path, stem: str, files: Iterable[KeptFile]) -> tuple[KeptFile, ...]:
    kept = {file.path: file for file in files}
    for path in sorted(folder.glob(f"{glob.escape(stem)}*")):
        if path in kept or not path.is_file():
            continue
        if path.suffix == PART:
            path.unlink(missing_ok=True)
            continue
        twin = next((file for file in kept.values() if _is_same(path, file)), None)
        if twin is not None:
            twin.path.unlink()
            del kept[twin.path]
            kept[path] = replace(twin, path=path)
    return tuple(kept.values())


def _is_same(path: Path, file: KeptFile | Kept) -> bool:
    if path.stat().st_size != file.size_bytes:
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
