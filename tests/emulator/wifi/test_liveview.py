import asyncio
import json
import struct

import pytest

from emulator.body.eye import LiveFrame
from emulator.body.refusals import NotLive
from emulator.clock import Cause, VirtualClock
from emulator.profiles import load
from emulator.wifi.face import Face
from emulator.wifi.liveview import LiveView, Packets
from remotelens.protocol.wifi.liveview import FocusFrame, LiveViewParser, decode_focus_frames
from tests.recordings import need

A, B = Face.of(load("DSC-QX100")), Face.of(load("ILCE-QX1"))
AREA = FocusFrame(4000, 4000, 6000, 6000, category=1, status=4)


def picture(size_bytes: int, filler: int = 7) -> bytes:
    return b"\xff\xd8" + bytes([filler]) * (size_bytes - 4) + b"\xff\xd9"


def frame(size_bytes: int = 1000, filler: int = 7) -> LiveFrame:
    return LiveFrame(picture(size_bytes, filler), (AREA,), "0")


def recorded() -> tuple[list[list[int]], bytes]:
    headers = json.loads(need("transcripts", "qx100_liveview_headers.tsar.json").read_text())["frames"]
    return headers, need("transcripts", "qx100_liveview_first8.tsar.bin").read_bytes()


def test_family_a_writes_the_header_bytes_of_the_recording() -> None:
    """Its pictures, cut at their ends, become its packets again, but for the old bytes behind."""
    headers, stream = recorded()
    packets = Packets(A)
    started_ms = headers[0][3]
    for offset, _, _, timestamp_ms, size, _, end in headers[:8]:
        body = stream[offset + 136 : offset + 136 + size]
        shot = LiveFrame(body[:end], (), "0")
        header, data = packets.of(shot, (timestamp_ms - started_ms) / 1000, frame_info=False)
        assert header == stream[offset : offset + 136]
        assert len(data) == size
        assert data[:end] == body[:end]
        zeros = -end % 4
        assert data[end : end + zeros] == body[end : end + zeros] == bytes(zeros)


@pytest.mark.parametrize("size", [*range(9000, 9130)])
def test_family_a_fills_the_counted_size_to_a_multiple_of_128_and_leaves_one_end(size: int) -> None:
    packets = Packets(A)
    packets.of(frame(9500, filler=0xFF), 0.0, frame_info=False)
    _, data = packets.of(frame(size), 0.1, frame_info=False)
    assert len(data) % 128 == 0
    assert len(data) - size < 128
    assert data.rfind(b"\xff\xd9") == size - 2
    assert b"\xff" not in data[size:]


@pytest.mark.parametrize("size", [1000, 1001, 1002, 1003])
def test_family_b_pads_outside_the_counted_size(size: int) -> None:
    header, data = Packets(B).of(frame(size), 0.0, frame_info=False)
    assert int.from_bytes(header[12:15]) == size
    assert header[15] == len(data) - size == -size % 4


def test_sequence_numbers_start_as_the_family_does_and_wrap() -> None:
    for face, first in ((A, 0), (B, 1)):
        packets = Packets(face)
        numbers = [
            struct.unpack_from(">H", packets.of(frame(200), 0.0, frame_info=False)[0], 2)[0]
            for _ in range(0x10001)
        ]
        assert numbers[0] == numbers[0x10000] == first
        assert packets.frames == 0x10001
        assert numbers[0xFFFF - first : 0x10001 - first] == [0xFFFF, 0]


def test_frame_information_comes_right_before_its_frame_and_only_when_asked_for() -> None:
    packets = Packets(B)
    assert len(packets.of(frame(), 0.0, frame_info=False)) == 2
    info, live = LiveViewParser().feed(b"".join(packets.of(frame(), 1.5, frame_info=True)))
    assert (info.type, live.type) == (2, 1)
    assert (info.sequence, info.timestamp_ms) == (live.sequence, live.timestamp_ms) == (2, 1504)
    assert decode_focus_frames(info) == (AREA,)


class FakeSubject:
    """Gives a new frame each time it is asked; its number is the filler of the picture."""

    def __init__(self, gap_s: float = 0.1) -> None:
        self.frame_info = False
        self.asked = 0
        self.live = True
        self._gap_s = gap_s

    async def frame(self) -> LiveFrame:
        if not self.live:
            raise NotLive
        self.asked += 1
        return frame(filler=self.asked % 200)

    def gap_s(self, n: int) -> float:
        return self._gap_s


class FakeOutlet:
    """Keeps what is written; can be made to block as a full socket does."""

    def __init__(self) -> None:
        self.writes: list[tuple[bytes, ...]] = []
        self.free = asyncio.Event()
        self.free.set()

    async def head(self, data: bytes, *, chunked: bool) -> None:
        raise AssertionError("the server writes the head")

    async def body(self, *pieces: bytes) -> None:
        await self.free.wait()
        self.writes.append(pieces)

    async def end(self) -> None:
        raise AssertionError("the server ends the answer")

    def reset(self) -> None:
        raise AssertionError("nothing resets")

    def half_close(self) -> None:
        raise AssertionError("nothing closes half")


class Viewing:
    """A live view with one viewer, under a virtual clock."""

    def __init__(self, face: Face = A) -> None:
        self.clock = VirtualClock()
        self.subject = FakeSubject()
        self.view = LiveView(self.subject, face, self.clock)
        self.face = face

    async def watch(self, outlet: FakeOutlet, gone: Cause | None = None) -> asyncio.Task[None]:
        first = await self.view.first_frame()
        assert first is not None
        packets = Packets(self.face)
        task = asyncio.create_task(self.view.stream(first, packets, outlet, gone or Cause()))
        await self.clock.advance(0.0)
        return task


async def test_frames_come_at_the_pace_of_the_camera_each_as_header_and_picture() -> None:
    viewing, outlet = Viewing(), FakeOutlet()
    task = await viewing.watch(outlet)
    await viewing.clock.advance(1.0)
    assert len(outlet.writes) == 11
    assert all(len(header) == 136 for header, _ in outlet.writes)
    assert [struct.unpack_from(">HI", header, 2) for header, _ in outlet.writes[:3]] == [
        (0, 4),
        (1, 104),
        (2, 204),
    ]
    viewing.view.end()
    await task


async def test_a_viewer_that_reads_slowly_gets_fewer_frames_and_not_older_ones() -> None:
    viewing, outlet = Viewing(), FakeOutlet()
    task = await viewing.watch(outlet)
    outlet.free.clear()
    await viewing.clock.advance(5.0)
    waiting = viewing.subject.asked
    outlet.free.set()
    await viewing.clock.advance(0.3)
    viewing.view.end()
    await task
    assert waiting == 2
    times = [struct.unpack_from(">I", header, 4)[0] for header, _ in outlet.writes]
    assert times == [4, 104, 5004, 5104, 5204, 5304][: len(times)]
    assert len(times) >= 4


async def test_a_hiccup_of_the_host_costs_no_frames_in_the_long_run() -> None:
    viewing, outlet = Viewing(), FakeOutlet()
    task = await viewing.watch(outlet)

    async def slow() -> LiveFrame:
        viewing.subject.asked += 1
        await viewing.clock.sleep(0.3 if viewing.subject.asked == 5 else 0.0)
        return frame()

    viewing.subject.frame = slow  # type: ignore[method-assign]  # one slow render
    await viewing.clock.advance(2.05)
    viewing.view.end()
    await task
    assert len(outlet.writes) == 21


async def test_the_last_viewer_wins() -> None:
    viewing, first, second = Viewing(), FakeOutlet(), FakeOutlet()
    loser = await viewing.watch(first)
    winner = await viewing.watch(second)
    await loser
    await viewing.clock.advance(1.0)
    assert not winner.done()
    assert (len(first.writes), len(second.writes)) == (1, 11)
    viewing.view.end()
    await winner


async def test_the_stream_ends_when_its_viewer_has_gone() -> None:
    viewing, gone = Viewing(), Cause()
    task = await viewing.watch(FakeOutlet(), gone)
    gone.set()
    await task


async def test_the_stream_ends_when_the_camera_shows_nothing_any_more() -> None:
    viewing, outlet = Viewing(), FakeOutlet()
    task = await viewing.watch(outlet)
    viewing.subject.live = False
    await viewing.clock.advance(0.1)
    await task
    assert await viewing.view.first_frame() is None


async def test_a_viewer_who_is_still_coming_when_live_view_is_stopped_sees_nothing() -> None:
    viewing, outlet = Viewing(), FakeOutlet()
    first = await viewing.view.first_frame()
    assert first is not None
    viewing.view.end()
    await viewing.view.stream(first, Packets(A), outlet, Cause())
    assert outlet.writes == []
    task = await viewing.watch(outlet)
    assert len(outlet.writes) == 1
    viewing.view.end()
    await task


async def test_without_a_viewer_no_frame_is_made() -> None:
    viewing = Viewing()
    task = await viewing.watch(FakeOutlet())
    viewing.view.end()
    await task
    asked = viewing.subject.asked
    await viewing.clock.advance(10.0)
    assert viewing.subject.asked == asked
