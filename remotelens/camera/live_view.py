"""Live view: one stream of a camera for all who watch, started with the first and stopped with the last.

Source: protocol/wifi.md 8; quirks 10, 29 and 44.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from remotelens.camera.frame import FocusArea, Frame, Mailbox, area_of
from remotelens.camera.line import Line
from remotelens.errors import (
    ContentGone,
    InvalidValue,
    LinkError,
    LinkLost,
    RefusedError,
    RemoteLensError,
    RemoteProtocolError,
)
from remotelens.protocol.wifi.liveview import Payload, PayloadType, decode_focus_frames, jpeg_of
from remotelens.transport.stream import LiveViewStream

REOPEN_TRIES = 5
REOPEN_PAUSE_S = 1.0
STOP_TIMEOUT_S = 5.0
SIZES = ("L", "M")
_log = logging.getLogger(__name__)
_HELP = "wait until the camera is ready, in Remote Shooting"

Opener = Callable[[str], AbstractAsyncContextManager[LiveViewStream]]


class LiveView:
    """One consumer's view: an async iterator of frames, newest wins; leaving it ends the view.

    Breaking out of the loop, cancelling it, or `close` stops the camera's live view when nobody else watches.
    With ``async with`` around it the view lasts until the end of the block, and is stopped by then.
    """

    def __init__(self, source: LiveViewSource, *, frame_info: bool, size: str | None = None) -> None:
        self._source = source
        self._frame_info = frame_info
        self._size = size
        self._mailbox = Mailbox()
        self._held = False

    @property
    def dropped(self) -> int:
        """How many frames came faster than they were taken."""
        return self._mailbox.dropped

    async def __aenter__(self) -> Self:
        await self._source.join(self._mailbox, frame_info=self._frame_info, size=self._size)
        self._held = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._held = False
        await self.close()

    async def __aiter__(self) -> AsyncGenerator[Frame, None]:
        """Yield frames until left.

        Raises:
            NotAvailableNow: the camera gives no live view in its present mode.
            LinkLost: the stream broke and could not be opened again.
        """
        if not self._held:
            self._mailbox = Mailbox()
            await self._source.join(self._mailbox, frame_info=self._frame_info, size=self._size)
        try:
            while (frame := await self._mailbox.take()) is not None:
                yield frame
        finally:
            if not self._held:
                await self.close()

    async def close(self) -> None:
        """End this view."""
        await self._source.leave(self._mailbox)


class LiveViewSource:
    """The live view of one camera, shared by its consumers.

    Args:
        line: the camera.
        open_stream: opens a live view URL.

    Attributes:
        damaged: packets that held no whole image.
    """

    def __init__(self, line: Line, open_stream: Opener) -> None:
        self._line = line
        self._open_stream = open_stream
        self._mailboxes: set[Mailbox] = set()
        self._reading: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        self._frame_info = False
        self._frame_info_at: int | None = None
        """Since which arrival at the camera its focus frames are switched on."""
        self._size: str | None = None
        self.damaged = 0

    async def join(self, mailbox: Mailbox, *, frame_info: bool, size: str | None = None) -> None:
        """Add a consumer; the first one starts the live view."""
        async with self._changing:
            if mailbox in self._mailboxes:
                return
            starts = self._reading is None or self._reading.done()
            if starts:
                self._line.require("startLiveview", "live view", _HELP)
                if size is not None:
                    self._check_size(size)
            if frame_info:
                await self._ask_for_frame_info()
                self._frame_info = True
            if starts:
                self._size = size
                self._reading = asyncio.create_task(self._read(), name="live view")
                self._reading.add_done_callback(self._look_at_end)
            self._mailboxes.add(mailbox)

    def _check_size(self, size: str) -> None:
        if size not in SIZES:
            raise InvalidValue(f"the live view has no size {size!r}", remedy=f"choose {' or '.join(SIZES)}")
        self._line.require("startLiveviewWithSize", "choice of live view sizes", _HELP)

    async def leave(self, mailbox: Mailbox) -> None:
        """Remove a consumer; with the last one the live view stops."""
        self._mailboxes.discard(mailbox)
        mailbox.close()
        async with self._changing:
            if not self._mailboxes:
                await self._stop()

    async def close(self) -> None:
        """End every consumer's view, and what a cancelled `leave` has left."""
        while self._mailboxes:
            self._mailboxes.pop().close()
        async with self._changing:
            await self._stop()

    async def _stop(self) -> None:
        reading = self._reading
        if reading is None:
            return
        reading.cancel()
        await asyncio.wait([reading])
        await self._tell_camera_to_stop()
        self._reading = None

    async def _tell_camera_to_stop(self) -> None:
        line = self._line
        self._frame_info = False
        try:
            async with line.clock.timeout(STOP_TIMEOUT_S):
                await line.call("stopLiveview")
                if self._frame_info_at is not None:
                    await line.call("setLiveviewFrameInfo", {"frameInfo": False})
                    self._frame_info_at = None
        except (RemoteLensError, TimeoutError) as error:
            # Nobody watches any more, and a camera that is gone has stopped by itself.
            _log.info("%s: live view not stopped: %s", line.name, error)

    async def _ask_for_frame_info(self) -> None:
        """Have focus frames sent; a camera that cannot sends images without them."""
        line = self._line
        arrival = line.arrivals
        if self._frame_info_at != arrival and line.can("setLiveviewFrameInfo"):
            with contextlib.suppress(RefusedError):
                await line.call("setLiveviewFrameInfo", {"frameInfo": True})
                self._frame_info_at = arrival

    async def _read(self) -> None:
        """Hand frames to the consumers; when the stream ends, open it again a bounded number of times."""
        failures = 0
        error: RemoteLensError
        while True:
            try:
                if await self._read_stream():
                    failures = 0
                error = LinkLost("the camera ended the live view", camera=self._line.name, remedy=_HELP)
            except (LinkError, RemoteProtocolError, ContentGone) as broken:
                error = broken
            except RemoteLensError as refusal:
                self._end(refusal)
                return
            failures += 1
            if failures > REOPEN_TRIES:
                self._end(error)
                return
            await self._line.clock.sleep(REOPEN_PAUSE_S)

    def _end(self, error: RemoteLensError) -> None:
        for mailbox in self._mailboxes:
            mailbox.close(error)

    async def _read_stream(self) -> bool:
        """Read one connection to its end; return whether any frame came."""
        if self._frame_info:
            await self._ask_for_frame_info()
        if self._size is None:
            values = await self._line.call("startLiveview")
        else:
            values = await self._line.call("startLiveviewWithSize", self._size)
        url = values[0] if values and isinstance(values[0], str) else ""
        areas: tuple[FocusArea, ...] = ()
        came = False
        async with self._open_stream(self._line.api.url(url)) as stream:
            async for payload in stream:
                try:
                    if payload.type == PayloadType.FRAME_INFO:
                        areas = tuple(area_of(frame) for frame in decode_focus_frames(payload))
                    elif payload.type == PayloadType.LIVE:
                        self._deliver(payload, areas, stream.arrived_s or self._line.clock.monotonic())
                        areas, came = (), True
                except RemoteProtocolError:
                    self.damaged += 1
        return came

    def _deliver(self, payload: Payload, areas: tuple[FocusArea, ...], arrived_s: float) -> None:
        frame = Frame(jpeg_of(payload), payload.sequence, payload.timestamp_ms, arrived_s, areas)
        for mailbox in self._mailboxes:
            mailbox.put(frame)

    def _look_at_end(self, reading: asyncio.Task[None]) -> None:
        """Tell the consumers of a mistake of ours in the reader, which nobody awaits."""
        error = None if reading.cancelled() else reading.exception()
        if error is not None:
            for mailbox in self._mailboxes:
                mailbox.close(error)
