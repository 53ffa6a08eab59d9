"""The folder that pictures go to, looked at before the first one is taken."""

from __future__ import annotations

import asyncio
from pathlib import Path


async def check_folder(folder: Path) -> None:
    """See that pictures can be kept in a folder; make it where it is not there.

    Raises:
        DiskFull: it cannot be made, or takes no file.
    """
    await asyncio.to_thread(_try, folder)


def _try(folder: Path) -> None:
    from remotelens.library.part import PartFile

    part = PartFile(folder, "remotelens-looks")
    try:
        part.open(None)
    finally:
        part.discard()
