"""A Shot: the proof of one capture.

It stays as it is: downloading gives a new Shot with its files filled in. Every face (command line, MQTT,
HTTP, journal) carries the same record (design section 9).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from remotelens.camera.state import Value, iso_time
from remotelens.errors import NotAvailableNow
from remotelens.library.exif import ExifFacts, read_exif
from remotelens.library.fetch import StoredFile
from remotelens.library.names import numbered, plain_name
from remotelens.protocol.wifi.values import FNumber, ShutterSpeed

ORIGINAL, POSTVIEW, RAW = "original", "postview", "raw"


class Shelf(Protocol):
    """Where a Shot's files come from, and when."""

    async def fetch(self, url: str, folder: Path, name: str | None) -> StoredFile:
        """Bring one picture into a folder."""
        ...

    async def fetch_raws(self, pictures: Sequence[Path], folder: Path) -> Sequence[StoredFile | None]:
        """Bring the raw files of pictures that are here into a folder; None for what stays on the card."""
        ...

    def elapsed_s(self) -> float:
        """Return the seconds since the shutter was asked for."""
        ...


@dataclass(frozen=True, slots=True)
class ShotFile:
    """One file of a capture: its address on the camera, and on this host once downloaded."""

    url: str
    kind: str
    path: Path | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    width: int | None = None
    height: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``--json`` shows it."""
        return {
            "path": None if self.path is None else str(self.path),
            "url": self.url,
            "kind": self.kind,
            "bytes": self.size_bytes,
            "sha256": self.sha256,
            "width": self.width,
            "height": self.height,
        }


@dataclass(frozen=True, slots=True)
class Shot:
    """What one capture is known to have made.

    Attributes:
        id: unique among this host's shots.
        camera: the camera's name.
        files: what can be fetched, or has been; one capture may give several.
        on_card: whether the camera's card keeps it; None where the camera does not tell.
        clock_trusted: whether the camera's clock was set by us, so that times in names and EXIF are right.
        requested: the settings asked for.
        actual: the settings the picture says it was taken with; None until downloaded.
        asked_at: when the shutter was asked for, UTC.
        answered_s: from then to the camera's answer.
        saved_s: from then until every file was whole on this host's disk; None until downloaded.
        raw: whether a raw file of each picture stands on the camera's card and can be fetched from there.
    """

    id: str
    camera: str
    files: tuple[ShotFile, ...]
    on_card: bool | None
    clock_trusted: bool
    requested: Mapping[str, Value]
    asked_at: datetime
    answered_s: float
    actual: Mapping[str, Value] | None = None
    saved_s: float | None = None
    raw: bool = False
    shelf: Shelf | None = field(default=None, repr=False, compare=False)

    @property
    def path(self) -> Path | None:
        """Where the first file stands on this host."""
        return self.files[0].path if self.files else None

    @property
    def sha256(self) -> str | None:
        """The hash of the first file."""
        return self.files[0].sha256 if self.files else None

    async def download(self, folder: Path | str, name: str | None = None, *, raw: bool = True) -> Shot:
        """Bring the capture's files to this host, whole or not at all, and return the Shot that has them.

        The raw files of a capture in RAW+JPEG come by contents transfer: the camera leaves shooting for that
        time, and its live view ends. One that the camera does not give out stays on its card, and
        `files` does not have it.

        Args:
            folder: where they shall stand; no file there is overwritten.
            name: what to call the file, instead of what the camera calls it.
            raw: also bring the raw files, where the capture made any.

        Raises:
            DiskFull: no room or no right to write.
            ContentGone: the camera no longer gives the picture out.
            LinkError: the camera was lost on the way.
            RemoteProtocolError: what came is no whole picture.
        """
        if self.shelf is None:
            raise NotAvailableNow("this Shot is a record; its camera is not at hand", camera=self.camera)
        chosen = None if name is None else plain_name(name)
        files = [
            await self._bring(self.shelf, file, Path(folder), chosen and numbered(chosen, number))
            for number, file in enumerate(self.files, start=1)
        ]
        actual = await asyncio.to_thread(_actual, files)
        if raw and self.raw:
            files += await self._bring_raws(self.shelf, files, Path(folder))
        return replace(self, files=tuple(files), actual=actual, saved_s=self.shelf.elapsed_s())

    async def _bring(self, shelf: Shelf, file: ShotFile, folder: Path, name: str | None) -> ShotFile:
        stored = await shelf.fetch(file.url, folder, name)
        return replace(
            file,
            path=stored.path,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            width=stored.width,
            height=stored.height,
        )

    async def _bring_raws(self, shelf: Shelf, files: Sequence[ShotFile], folder: Path) -> list[ShotFile]:
        pictures = [file.path for file in files if file.path is not None and file.kind != RAW]
        return [
            ShotFile(stored.url, RAW, stored.path, stored.size_bytes, stored.sha256)
            for stored in await shelf.fetch_raws(pictures, folder)
            if stored is not None
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``--json`` shows it."""
        first = self.files[0].to_dict() if self.files else {}
        return {
            "id": self.id,
            "camera": self.camera,
            "files": [file.to_dict() for file in self.files],
            "path": first.get("path"),
            "bytes": first.get("bytes"),
            "sha256": first.get("sha256"),
            "width": first.get("width"),
            "height": first.get("height"),
            "on_card": self.on_card,
            "clock_trusted": self.clock_trusted,
            "requested": dict(self.requested),
            "actual": None if self.actual is None else dict(self.actual),
            "asked_at": iso_time(self.asked_at),
            "answered_s": round(self.answered_s, 3),
            "saved_s": None if self.saved_s is None else round(self.saved_s, 3),
        }


def _actual(files: Sequence[ShotFile]) -> Mapping[str, Value] | None:
    """Return what the first picture that says anything says it was taken with, by the settings' names."""
    for file in files:
        if file.path is not None and (actual := settings_of(read_exif(file.path))):
            return actual
    return None


def settings_of(exif: ExifFacts) -> Mapping[str, Value]:
    """Return what a picture says of its exposure in the forms that people write settings in."""
    actual: dict[str, Value] = {}
    if exif.exposure_s is not None:
        actual["shutter_speed"] = str(ShutterSpeed("", exif.exposure_s))
    if exif.f_number is not None:
        actual["f_number"] = str(FNumber("", Fraction(exif.f_number).limit_denominator(100)))
    if exif.iso is not None:
        actual["iso"] = str(exif.iso)
    if exif.bias_ev is not None:
        actual["ev"] = round(exif.bias_ev, 1) + 0.0
    return MappingProxyType(actual)
