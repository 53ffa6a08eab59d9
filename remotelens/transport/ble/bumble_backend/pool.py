"""Which radios are open in an event loop, and for how many users; the last user closes one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bleak.exc import BleakError

from remotelens.transport.ble.bumble_backend.port import HciPort
from remotelens.transport.ble.bumble_backend.radio import Radio

Key = tuple[str, str | int]


@dataclass(slots=True, eq=False)
class Lease:
    """A user's hold on a radio.

    Args:
        radio: the open radio.
        entry: its entry in the pool.
    """

    radio: Radio
    entry: _Entry
    ended: bool = False

    def end(self) -> None:
        """Give the radio back, once; the last one begins to close it."""
        if not self.ended:
            self.ended = True
            self.entry.drop_user()

    async def aclose(self) -> None:
        """Give the radio back, and wait for its end where this was the last user."""
        self.end()
        if self.entry.closing is not None:
            await asyncio.wait({self.entry.closing})


class _Entry:
    def __init__(self, entries: dict[Key, _Entry], port: HciPort) -> None:
        self._entries = entries
        self._key = port.key
        self.users = 0
        self.closing: asyncio.Task[None] | None = None
        self.opening = asyncio.get_running_loop().create_task(self._open(port))

    async def _open(self, port: HciPort) -> Radio:
        radio = await Radio.open(port)
        radio.lost.add_done_callback(lambda _: self.close())
        return radio

    def drop_user(self) -> None:
        self.users -= 1
        if self.users == 0:
            self.close()

    def close(self) -> None:
        """Begin to close. Until that has ended the entry stands, so that nobody opens the transport twice."""
        if self.closing is None:
            self.closing = asyncio.get_running_loop().create_task(self._close())

    async def _close(self) -> None:
        try:
            if not self.opening.done():
                self.opening.cancel()
            await asyncio.wait({self.opening})
            if not self.opening.cancelled() and self.opening.exception() is None:
                await self.opening.result().close()
        finally:
            if self._entries.get(self._key) is self:
                del self._entries[self._key]


_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Key, _Entry]] = WeakKeyDictionary()


async def acquire(port: HciPort) -> Lease:
    """Return a hold on the radio at `port`, opened if this loop has not got it open.

    Raises:
        BleakNoControllerError: there is no controller.
        BleakKeyFileError: identity and bonds cannot be read.
    """
    entries = _pools.setdefault(asyncio.get_running_loop(), {})
    while (entry := entries.get(port.key)) is not None and entry.closing is not None:
        await asyncio.wait({entry.closing})
    if entry is None:
        entry = entries[port.key] = _Entry(entries, port)
    entry.users += 1
    try:
        await asyncio.wait({entry.opening})
        if entry.opening.cancelled():
            raise BleakError(f"{port} was closed while it was being opened")
        return Lease(entry.opening.result(), entry)
    except BaseException:
        entry.drop_user()
        if entry.closing is not None:
            await asyncio.wait({entry.closing})
        raise


@contextlib.asynccontextmanager
async def held(port: HciPort) -> AsyncIterator[Radio]:
    """Hold the radio at `port` open for a block, across scanners and clients that come and go in it."""
    lease = await acquire(port)
    try:
        yield lease.radio
    finally:
        await lease.aclose()


def current(port: HciPort) -> Radio | None:
    """Return the radio at `port` when this loop has it open."""
    entry = _pools.get(asyncio.get_running_loop(), {}).get(port.key)
    if entry is None or entry.closing is not None or not entry.opening.done() or entry.opening.cancelled():
        return None
    return None if entry.opening.exception() else entry.opening.result()


async def close_all() -> None:
    """Close every radio of the running loop, whoever still uses it; none of their tasks is left."""
    entries = _pools.get(asyncio.get_running_loop(), {})
    closings: set[asyncio.Task[None]] = set()
    for entry in list(entries.values()):
        entry.close()
        if entry.closing is not None:
            closings.add(entry.closing)
    if closings:
        await asyncio.wait(closings)
