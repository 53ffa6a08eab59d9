"""Bringing pictures from one camera to this host's disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

from remotelens.camera.line import Line
from remotelens.library.fetch import MAX_PICTURE_BYTES, Source, StoredFile, fetch
from remotelens.library.names import name_from_url
from remotelens.library.verify import check_for


class Pictures:
    """Fetches a camera's pictures, one after the other: its server has one transfer at a time.

    Source: protocol/wifi.md 9.2.
    """

    def __init__(self, line: Line, source: Source) -> None:
        self._line = line
        self._source = source
        self._one_at_a_time = asyncio.Lock()

    async def fetch(
        self,
        url: str,
        folder: Path,
        name: str | None = None,
        *,
        limit_bytes: int = MAX_PICTURE_BYTES,
    ) -> StoredFile:
        """Bring one file into a folder, whole or not at all; what is called a JPEG must be a whole one.

        Args:
            url: as the camera gave it.
            folder: where it shall stand.
            name: its file name; None for the name in its URL.
            limit_bytes: the largest file believed.
        """
        address = self._line.api.url(url)
        name = name or name_from_url(url)
        async with self._one_at_a_time:
            return await fetch(
                self._source,
                address,
                folder,
                name,
                check=check_for(name),
                limit_bytes=limit_bytes,
                clock=self._line.clock,
            )
