"""Fetching a picture: from a URL to a whole, checked, hashed file on disk.

Bytes flow from the source through a writer thread, in batches, so that a slow disk never holds the event loop
(performance.md 7). What is cut short is fetched again a bounded number of times; what cannot be stored or
does not end as a picture leaves nothing behind under its final name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import LinkError, RemoteProtocolError
from remotelens.library.jpeg import JpegFacts
from remotelens.library.part import PartFile
from remotelens.library.verify import check_picture

BATCH_BYTES = 1024 * 1024
MAX_PICTURE_BYTES = 256 * 1024 * 1024
ATTEMPTS = 3
PAUSE_S = 0.5
_T = TypeVar("_T")


class Body(Protocol):
    """The bytes behind one URL, as they arrive."""

    @property
    def size_bytes(self) -> int | None:
        """How many bytes are to come; None where the other side does not say."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes; raise `LinkLost` where they end too early."""
        ...


class Source(Protocol):
    """Where pictures come from."""

    def open(self, url: str) -> AbstractAsyncContextManager[Body]:
        """Ask for a URL; raise `ContentGone` where it no longer answers."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A picture that is whole on this host's disk."""

    path: Path
    url: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None


class _CutShort(RemoteProtocolError):
    """Fewer bytes came than were announced, or fewer than the picture needs."""


Check = Callable[[Path], JpegFacts | None]


async def fetch(
    source: Source,
    url: str,
    folder: Path,
    name: str,
    *,
    check: Check = check_picture,
    limit_bytes: int = MAX_PICTURE_BYTES,
    attempts: int = ATTEMPTS,
    clock: Clock = REAL_CLOCK,
) -> StoredFile:
    """Fetch one picture into a folder and return what stands there.

    Args:
        source: where the URL is asked for.
        url: the picture's address, used byte for byte.
        folder: where it shall stand; made when it is not there.
        name: its file name; numbered when taken, no file is ever overwritten.
        check: looks at the complete file before it gets its name; raises `RemoteProtocolError` to refuse it.
        limit_bytes: the largest file believed.
        attempts: how often to ask before giving up on a source that breaks off.
        clock: for the pauses between attempts.

    Raises:
        DiskFull: no room or no right to write; nothing was left behind.
        LinkError: the source broke off each time.
        RemoteProtocolError: what came is too large or no whole picture.
        ContentGone: the source no longer has it.
    """
    async with _Writer(PartFile(folder, name)) as writer:
        attempt = 1
        while True:
            try:
                await _receive(source, url, writer, limit_bytes)
                digest = await writer.run(writer.part.seal)
                facts = await writer.run(_checked, check, writer.part.path)
                break
            except (LinkError, RemoteProtocolError) as error:
                if attempt >= attempts or not _may_pass(error):
                    raise
            await clock.sleep(PAUSE_S * attempt)
            attempt += 1
        size_bytes = writer.part.size_bytes
        path = await writer.run(writer.part.publish)
        width, height = (facts.width, facts.height) if facts else (None, None)
        return StoredFile(path, url, size_bytes, digest, width, height)


async def _receive(source: Source, url: str, writer: _Writer, limit_bytes: int) -> None:
    """Bring one answer into the part file, from its beginning."""
    async with source.open(url) as body:
        expected = body.size_bytes
        if expected is not None and expected > limit_bytes:
            raise RemoteProtocolError(
                f"the camera announces a picture of {expected} bytes; {limit_bytes} is the limit"
            )
        await writer.run(writer.part.open, expected)
        received = 0
        batch = bytearray()
        async for chunk in body.chunks():
            received += len(chunk)
            if received > limit_bytes:
                raise RemoteProtocolError(f"a picture of more than the limit of {limit_bytes} bytes arrives")
            batch += chunk
            if len(batch) >= BATCH_BYTES:
                await writer.write(batch)
                batch = bytearray()
        if batch:
            await writer.write(batch)
        await writer.drain()
    if expected is not None and received != expected:
        raise _CutShort(f"the picture is cut short: {received} of {expected} bytes came")
    if not received:
        raise _CutShort("the picture is cut short: no bytes came")


def _may_pass(error: LinkError | RemoteProtocolError) -> bool:
    """Whether asking again may help: the line broke, bytes are missing, or the server is occupied."""
    occupied = error.code is not None and error.code >= 500
    return occupied or not isinstance(error, RemoteProtocolError) or isinstance(error, _CutShort)


def _checked(check: Check, path: Path) -> JpegFacts | None:
    try:
        return check(path)
    except RemoteProtocolError as error:
        raise _CutShort(error.message, remedy="fetch it again, or take it from the camera's card") from error


class _Writer:
    """One thread that does everything to one part file, in order; leaving removes what was not published.

    The clean-up is queued behind whatever the thread is doing, so that it also happens when the task that
    fetches is cancelled twice.
    """

    def __init__(self, part: PartFile) -> None:
        self.part = part
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="remotelens-writer")
        self._writing: asyncio.Future[None] | None = None

    async def __aenter__(self) -> _Writer:
        return self

    async def __aexit__(self, *_: object) -> None:
        cleaning = asyncio.get_running_loop().run_in_executor(self._thread, self.part.discard)
        self._thread.shutdown(wait=False)
        await asyncio.shield(cleaning)

    async def run(self, action: Callable[..., _T], *arguments: object) -> _T:
        """Run something in the thread and wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, action, *arguments)

    async def write(self, batch: bytearray) -> None:
        """Hand a batch to the thread; wait only for the one before it, so that two are in memory at most."""
        await self.drain()
        self._writing = asyncio.get_running_loop().run_in_executor(self._thread, self.part.write, batch)
        self._writing.add_done_callback(_retrieve)

    async def drain(self) -> None:
        """Wait until the last batch is written."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing


def _retrieve(writing: asyncio.Future[None]) -> None:
    """Look at the outcome, so that one overtaken by another error is not reported as forgotten."""
    if not writing.cancelled():
        writing.exception()
