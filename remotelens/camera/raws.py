"""The raw files of pictures that have been downloaded, fetched from the camera's card.

Raw never comes by postview; the card's list tells when each picture was taken, and so does the picture.
Source: protocol/wifi.md 9.2 and 9.3.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from remotelens.camera.contents import Contents
from remotelens.errors import DiskFull, RefusedError, RemoteProtocolError, SupplyError
from remotelens.library.exif import read_exif
from remotelens.library.fetch import StoredFile
from remotelens.protocol.wifi.contents import Content, OriginalFile

_EXIF_TIME = "%Y:%m:%d %H:%M:%S"
_log = logging.getLogger(__name__)


async def bring_raws(
    contents: Contents, pictures: Sequence[Path], folder: Path
) -> tuple[StoredFile | None, ...]:
    """Bring the raw file of each picture into a folder, under its name; None for one that stays on the card.

    The camera cannot shoot meanwhile. A refusal is told in the log and leaves the raw files where they are:
    the pictures themselves are here.

    Args:
        contents: what is stored in the camera.
        pictures: files of this host, all of one capture, in their order.
        folder: where the raw files shall stand.

    Raises:
        LinkError, DiskFull: as for any file.
    """
    stored: tuple[StoredFile | None, ...] | None = None
    try:
        async with contents.transfer():
            raws = await find_raws(contents, pictures)
            stored = tuple(
                [
                    None if raw is None else await contents.fetch_file(raw, folder, raw_name(path, raw))
                    for raw, path in zip(raws, pictures, strict=True)
                ]
            )
    except DiskFull:
        raise
    except (RefusedError, SupplyError, RemoteProtocolError) as error:
        if stored is None:
            _log.warning("the raw file stays on the camera's card: %s", error)
        else:
            _log.warning("%s", error)
    return (None,) * len(pictures) if stored is None else stored


async def find_raws(contents: Contents, pictures: Sequence[Path]) -> tuple[OriginalFile | None, ...]:
    """Return the raw file of each picture among what is stored, while the camera gives it out.

    Args:
        contents: what is stored in the camera.
        pictures: files of this host, in the order in which they were taken.
    """
    times = [await asyncio.to_thread(taken_at, path) for path in pictures]
    known = [time for time in times if time is not None]
    if not known:
        return (None,) * len(pictures)
    entries = [entry async for entry in contents.entries(newest_first=True, since=min(known))]
    return matched(times, entries)


def matched(times: Sequence[datetime | None], entries: Sequence[Content]) -> tuple[OriginalFile | None, ...]:
    """Return the raw file of each picture by its time; of several in one second, by their order.

    Where the card holds more pictures of that second than were given, they cannot be told apart.
    """
    by_time: dict[datetime, list[OriginalFile]] = {}
    for entry in sorted(entries, key=lambda one: (one.folder_number, one.file_number)):
        raw = next((file for file in entry.originals if file.raw), None)
        if raw is not None and entry.created is not None:
            by_time.setdefault(entry.created.replace(tzinfo=None), []).append(raw)
    return tuple(_in_order(times, by_time))


def _in_order(
    times: Sequence[datetime | None], by_time: dict[datetime, list[OriginalFile]]
) -> Iterator[OriginalFile | None]:
    for index, time in enumerate(times):
        raws = [] if time is None else by_time.get(time, [])
        if len(raws) != times.count(time):
            yield None
        else:
            yield raws[times[:index].count(time)]


def taken_at(path: Path) -> datetime | None:
    """Return when a picture says that it was taken, by the camera's clock and in its zone. Blocking."""
    try:
        return datetime.strptime(read_exif(path).taken_local or "", _EXIF_TIME)  # noqa: DTZ007 - the camera's local time
    except ValueError:
        return None


def raw_name(picture: Path, raw: OriginalFile) -> str:
    """Return what a raw file is called beside its picture."""
    return picture.stem + (PurePosixPath(raw.file_name).suffix or ".ARW")
