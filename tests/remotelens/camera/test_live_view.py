from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from remotelens.camera.frame import Frame
from remotelens.camera.line import Line
from remotelens.camera.live_view import REOPEN_TRIES, LiveView, LiveViewSource
from remotelens.errors import LinkLost, NotAvailableNow
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.protocol.wifi.liveview import (
    FocusFrame,
    LiveViewParser,
    Payload,
    PayloadType,
    encode_focus_frames,
    encode_packet,
)
from remotelens.transport.stream import LiveViewStream
from tests.remotelens.camera.double import ApiDouble
from tests.remotelens.library.clocks import HurriedClock

URL = "http://10.0.0.1:60152/liveview.JPG?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"
JPEG = b"\xff\xd8jpeg\xff\xd9"


def image(sequence: int, data: bytes = JPEG + b"filler") -> Payload:
    header, body = encode_packet(PayloadType.LIVE, sequence, sequence * 33, data)
    return LiveViewParser().feed(header + body)[0]


def focus_info(frames: list[FocusFrame]) -> Payload:
    head, data = encode_focus_frames(frames)
    header, body = encode_packet(PayloadType.FRAME_INFO, 0, 0, data, header=head)
    return LiveViewParser().feed(header + body)[0]


@dataclass
class Streams:
    """Live view connections that a test feeds: each is a queue of packets, an error, or None for the end."""

    queues: list[asyncio.Queue[Payload | Exception | None]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    open_now: int = 0
    refuse: Exception | None = None
    on_open: Callable[[], None] = lambda: None
    arrived_s: float | None = 12.5
    opening: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_opened(self, count: int) -> None:
        """Return once that many connections have been opened."""
        while len(self.queues) < count:
            self.opening.clear()
            await self.opening.wait()

    def feed(self, *items: Payload | Exception | None) -> None:
        for item in items:
            self.queues[-1].put_nowait(item)

    @asynccontextmanager
    async def _open(self, url: str) -> AsyncIterator[Any]:
        self.opened.append(url)
        if self.refuse is not None:
            raise self.refuse
        self.queues.append(asyncio.Queue())
        self.open_now += 1
        self.opening.set()
        self.on_open()
        try:
            yield Stream(self.queues[-1], self.arrived_s)
        finally:
            self.open_now -= 1

    def __call__(self, url: str) -> Any:
        return cast("LiveViewStream", self._open(url))


@dataclass
class Stream:
    queue: asyncio.Queue[Payload | Exception | None]
    arrived_s: float | None

    async def __aiter__(self) -> AsyncIterator[Payload]:
        while (item := await self.queue.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item


@dataclass
class Rig:
    api: ApiDouble
    streams: Streams
    source: LiveViewSource
    clock: HurriedClock

    def view(self, *, frame_info: bool = False) -> LiveView:
        return LiveView(self.source, frame_info=frame_info)


@pytest.fixture
def rig() -> Rig:
    api = ApiDouble()
    api.handlers.update(startLiveview=lambda: [URL], stopLiveview=lambda: [0])
    clock = HurriedClock()
    line = Line(api, clock=clock, model=None)
    line.take(CameraEvent(dict(api.slots)), snapshot=True)
    streams = Streams()
    return Rig(api, streams, LiveViewSource(line, streams), clock)


async def test_frames_carry_their_own_jpeg_without_the_filler(rig: Rig) -> None:
    rig.streams.on_open = lambda: rig.streams.feed(image(65535))
    async with asyncio.timeout(5), rig.view() as view:
        frame = await anext(aiter(view))
    assert frame == Frame(JPEG, 65535, 65535 * 33, 12.5)
    assert rig.streams.opened == [URL]
    assert [call[0] for call in rig.api.calls] == ["startLiveview", "stopLiveview"]


async def test_leaving_the_loop_stops_the_live_view_on_the_camera(rig: Rig) -> None:
    rig.streams.on_open = lambda: rig.streams.feed(image(1))
    async with asyncio.timeout(5):
        async for _ in rig.view():
            break
        await rig.api.until_called("stopLiveview")
    assert rig.streams.open_now == 0


async def test_a_view_can_be_looked_at_again_after_it_was_left(rig: Rig) -> None:
    rig.streams.on_open = lambda: rig.streams.feed(image(1))
    view = rig.view()
    async with asyncio.timeout(5):
        for _ in range(2):
            async for frame in view:
                assert frame.sequence == 1
                break
            await view.close()
    assert len(rig.streams.opened) == 2


async def test_cancelling_a_consumer_stops_the_live_view_on_the_camera(rig: Rig) -> None:
    watching = asyncio.Event()

    async def watch() -> None:
        async for _ in rig.view():
            watching.set()

    rig.streams.on_open = lambda: rig.streams.feed(image(1))
    async with asyncio.timeout(5):
        task = asyncio.create_task(watch())
        await watching.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await rig.api.until_called("stopLiveview")
    assert rig.streams.open_now == 0


async def test_two_consumers_share_one_stream_and_the_last_one_stops_it(rig: Rig) -> None:
    async with asyncio.timeout(5), rig.view() as first:
        async with rig.view() as second:
            await rig.streams.until_opened(1)
            rig.streams.feed(image(3))
            for view in (first, second):
                assert (await anext(aiter(view))).sequence == 3
            rig.streams.feed(image(4))
        assert rig.api.called("stopLiveview") == []
        assert (await anext(aiter(first))).sequence == 4
    assert rig.api.called("startLiveview") == [()]
    assert rig.api.called("stopLiveview") == [()]


async def test_a_slow_consumer_gets_the_newest_frame_and_the_number_it_missed(rig: Rig) -> None:
    async with asyncio.timeout(5), rig.view() as view:
        await rig.streams.until_opened(1)
        rig.streams.feed(*(image(n) for n in range(1, 6)), None)
        await rig.streams.until_opened(2)  # the first stream was read to its end
        assert (await anext(aiter(view))).sequence == 5
        assert view.dropped == 4


async def test_focus_frames_belong_to_the_image_that_follows_them(rig: Rig) -> None:
    rig.api.slots["availableApiList"]["names"].append("setLiveviewFrameInfo")
    rig.source._line.take(CameraEvent(dict(rig.api.slots)), snapshot=True)
    rig.api.handlers["setLiveviewFrameInfo"] = lambda _: []
    frames: list[Frame] = []
    async with asyncio.timeout(5), rig.view(frame_info=True) as view:
        rig.streams.on_open = lambda: rig.streams.feed(
            focus_info([FocusFrame(0, 0, 5000, 5000, 1, 4)]), image(1)
        )
        async for frame in view:
            frames.append(frame)
            if len(frames) == 2:
                break
            rig.streams.feed(image(2))
    assert [len(frame.focus_areas) for frame in frames] == [1, 0]
    assert rig.api.called("setLiveviewFrameInfo") == [({"frameInfo": True},), ({"frameInfo": False},)]


async def test_focus_frames_are_asked_for_again_when_the_camera_was_away(rig: Rig) -> None:
    rig.api.slots["availableApiList"]["names"].append("setLiveviewFrameInfo")
    rig.source._line.take(CameraEvent(dict(rig.api.slots)), snapshot=True)
    rig.api.handlers["setLiveviewFrameInfo"] = lambda _: []
    async with asyncio.timeout(5), rig.view(frame_info=True):
        await rig.streams.until_opened(1)
        rig.streams.feed(LinkLost("broke"))
        await rig.streams.until_opened(2)
        assert rig.api.called("setLiveviewFrameInfo") == [({"frameInfo": True},)]
        rig.source._line.arrive()
        rig.streams.feed(LinkLost("its battery was changed"))
        await rig.streams.until_opened(3)
    on, off = ({"frameInfo": True},), ({"frameInfo": False},)
    assert rig.api.called("setLiveviewFrameInfo") == [on, on, off]


async def test_a_damaged_packet_costs_one_frame_and_not_the_view(rig: Rig) -> None:
    rig.streams.on_open = lambda: rig.streams.feed(image(1, b"no jpeg"), image(2))
    async with asyncio.timeout(5), rig.view() as view:
        assert (await anext(aiter(view))).sequence == 2
    assert rig.source.damaged == 1


async def test_a_stream_that_breaks_is_opened_again_after_a_pause(rig: Rig) -> None:
    frames: list[Frame] = []

    def feed() -> None:
        if len(rig.streams.queues) == 1:
            rig.streams.feed(image(1), LinkLost("broke"))
        else:
            rig.streams.feed(image(2))

    rig.streams.on_open = feed
    async with asyncio.timeout(5), rig.view() as view:
        async for frame in view:
            frames.append(frame)
            if frame.sequence == 2:
                break
    assert rig.clock.slept[:1] == [1.0]
    assert len(rig.api.called("startLiveview")) == 2


async def test_a_stream_that_stays_broken_ends_in_its_error(rig: Rig) -> None:
    rig.streams.refuse = LinkLost("the camera is gone")
    async with asyncio.timeout(5):
        with pytest.raises(LinkLost, match="gone"):
            async for _ in rig.view():
                pass
    assert len(rig.streams.opened) == REOPEN_TRIES + 1


@pytest.mark.parametrize("listed", [True, False])
async def test_a_camera_that_offers_no_live_view_says_so(rig: Rig, listed: bool) -> None:
    refusal = NotAvailableNow("startLiveview is not possible now", code=1)
    rig.api.handlers["startLiveview"] = lambda: refusal
    if not listed:
        rig.source._line.take(CameraEvent({"availableApiList": {"names": ["getEvent"]}}), snapshot=True)
        rig.api.methods.add(("camera", "startLiveview"))
    async with asyncio.timeout(5):
        with pytest.raises(NotAvailableNow):
            async for _ in rig.view():
                pass


async def test_a_camera_that_cannot_be_told_to_stop_does_not_hold_the_consumer(rig: Rig) -> None:
    rig.api.handlers["stopLiveview"] = lambda: LinkLost("gone")
    rig.streams.on_open = lambda: rig.streams.feed(image(1))
    async with asyncio.timeout(5), rig.view() as view:
        await anext(aiter(view))


async def test_a_view_whose_leaving_was_cancelled_is_stopped_when_the_camera_is_left(rig: Rig) -> None:
    asked = asyncio.Event()

    async def unanswered() -> list[Any]:
        asked.set()
        await asyncio.Event().wait()
        return []

    rig.streams.on_open = lambda: rig.streams.feed(image(1))
    stop = rig.api.handlers["stopLiveview"]
    rig.api.handlers["stopLiveview"] = unanswered
    async with asyncio.timeout(5):
        view = rig.view()
        await view.__aenter__()
        await anext(aiter(view))
        leaving = asyncio.create_task(view.__aexit__(None, None, None))
        await asked.wait()
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        rig.api.handlers["stopLiveview"] = stop
        await rig.source.close()
        await rig.source.close()
    assert len(rig.api.called("stopLiveview")) == 2
    assert rig.streams.open_now == 0


async def test_a_view_that_was_left_while_another_begins_is_not_read_on_for_nobody(rig: Rig) -> None:
    rig.streams.on_open = lambda: rig.streams.feed(image(1))
    async with asyncio.timeout(5):
        view = rig.view()
        await view.__aenter__()
        await anext(aiter(view))
        async with rig.source._changing:
            leaving = asyncio.create_task(view.__aexit__(None, None, None))
            await asyncio.sleep(0)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
        await rig.source.close()
    assert len(rig.api.called("stopLiveview")) == 1
    assert rig.streams.open_now == 0


async def test_a_mistake_in_the_reader_reaches_the_consumer(rig: Rig) -> None:
    rig.streams.on_open = lambda: rig.streams.feed(ZeroDivisionError("a bug"))
    async with asyncio.timeout(5):
        with pytest.raises(ZeroDivisionError):
            async for _ in rig.view():
                pass
