"""The live view stream: packets of 8 + 128 header bytes, a payload and its padding.

The parser takes bytes in any pieces and hands out whole payloads. It never raises for what was received and
never holds more than one payload of `max_payload_bytes`: what is damaged is skipped up to the next packet and
counted.

Source: protocol/wifi.md 8.2 to 8.5; buffer discipline: performance notes on live view ingest.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from remotelens.errors import LocalProtocolError, RemoteProtocolError

COMMON_HEADER_BYTES = 8
PAYLOAD_HEADER_BYTES = 128
HEADER_BYTES = COMMON_HEADER_BYTES + PAYLOAD_HEADER_BYTES
START_CODE = b"\x24\x35\x68\x79"

MAX_PAYLOAD_BYTES = 4 * 1024 * 1024
INITIAL_BUFFER_BYTES = 1024 * 1024
MIN_FREE_BYTES = 64 * 1024

_START_BYTE = 0xFF
_START_CODE_AT = 8
_MARK_BYTES = _START_CODE_AT + len(START_CODE)
_SIZE_FIELD_MAX = 2**24 - 1
_PADDING_MAX = 255
_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_head = struct.Struct(">BBHI4s3sB")
_frame_head = struct.Struct(">BBHH")
_frame = struct.Struct(">HHHHBBB")
_playback = struct.Struct(">II")


class PayloadType(IntEnum):
    """What a packet carries."""

    LIVE = 0x01
    FRAME_INFO = 0x02
    PLAYBACK = 0x11
    PLAYBACK_INFO = 0x12


@dataclass(frozen=True, slots=True)
class Payload:
    """One packet: `data` without its padding, `header` the 128 bytes of the payload header."""

    type: int
    sequence: int
    timestamp_ms: int
    data: bytes
    padding: int
    header: bytes


class LiveViewParser:
    """Cuts a stream of bytes into payloads.

    Either `feed` it, or let a `BufferedProtocol` write into `get_buffer` and tell it how much with `filled`.

    A packet's announced size is believed while it is of the stream's usual order. A much larger one is
    searched for the start of another packet as its bytes arrive, one that ends where no packet starts is
    searched when it is whole: so a damaged size costs its own packet only.

    Args:
        max_payload_bytes: a larger announced size is taken for damage.

    Attributes:
        skipped_bytes: bytes that belonged to no whole packet.
        resyncs: how many times the start of a packet had to be searched.
        oversized: how many packets announced more than the limit.
    """

    def __init__(self, *, max_payload_bytes: int = MAX_PAYLOAD_BYTES) -> None:
        self._max_payload_bytes = min(max_payload_bytes, _SIZE_FIELD_MAX)
        self._max_buffer_bytes = HEADER_BYTES + self._max_payload_bytes + _PADDING_MAX + MIN_FREE_BYTES
        self._buffer = bytearray(INITIAL_BUFFER_BYTES)
        self._start = 0  # of the packet that is next
        self._end = 0  # of what has been received
        self._searched = 0  # bytes after `_start` that hold no start of another packet
        self._wanted_bytes = 0  # of the present packet, before it is worth looking at
        self._largest_bytes = 0
        self._lost = False
        self.skipped_bytes = 0
        self.resyncs = 0
        self.oversized = 0

    @property
    def unfinished_bytes(self) -> int:
        """Bytes held back for a packet that is not whole yet."""
        return self._end - self._start

    @property
    def buffer_bytes(self) -> int:
        """Memory that the parser holds."""
        return len(self._buffer)

    def feed(self, data: bytes | bytearray | memoryview) -> list[Payload]:
        """Take the next bytes and return the payloads they complete."""
        if isinstance(data, bytes) and len(data) <= len(self._buffer) - self._end - MIN_FREE_BYTES:
            self._buffer[self._end : self._end + len(data)] = data
            return self.filled(len(data))
        payloads: list[Payload] = []
        rest = memoryview(data).cast("B")
        while rest:
            room = self.get_buffer()
            count = min(len(room), len(rest))
            room[:count] = rest[:count]
            payloads += self.filled(count)
            rest = rest[count:]
        return payloads

    def get_buffer(self) -> memoryview:
        """Return room for the next bytes, at least 64 KiB; valid until `filled`."""
        if len(self._buffer) - self._end < MIN_FREE_BYTES:
            self._make_room()
        return memoryview(self._buffer)[self._end :]

    def filled(self, count: int) -> list[Payload]:
        """Take the first `count` bytes of the buffer as received and return the payloads they complete.

        Raises:
            LocalProtocolError: more than there was room for.
        """
        if not 0 <= count <= len(self._buffer) - self._end:
            raise LocalProtocolError(f"{count} bytes cannot have been written into the live view buffer")
        self._end += count
        payloads: list[Payload] = []
        if self._end - self._start < self._wanted_bytes:
            return payloads
        while (packet := self._next_packet()) is not None:
            payloads.append(packet)
        return payloads

    def _make_room(self) -> None:
        """Move the unfinished packet to the front, and grow where it fills the buffer."""
        held = memoryview(self._buffer)[self._start : self._end]
        if len(held) + MIN_FREE_BYTES <= len(self._buffer):
            self._buffer[: len(held)] = held
        else:
            larger = bytearray(min(2 * len(self._buffer), self._max_buffer_bytes))
            larger[: len(held)] = held
            self._buffer = larger
        self._start, self._end = 0, len(held)

    def _next_packet(self) -> Payload | None:
        """Return the next whole packet, having skipped what is none; None when more bytes are needed."""
        while True:
            if self._lost and not self._find_packet():
                return None
            if not self._may_start_packet(self._start):
                self._lose()
                continue
            if self._end - self._start < HEADER_BYTES:
                return None
            kind, sequence, timestamp_ms, size, padding = self._read_header()
            if size > self._max_payload_bytes:
                self.oversized += 1
                self._lose()
                continue
            body = self._start + HEADER_BYTES
            after = body + size + padding
            if after > self._end:
                if size <= 2 * self._largest_bytes:
                    self._wanted_bytes = after - self._start
                elif self._leave_for_inner_packet(self._end):
                    continue
                return None
            reach = min(self._end, after + _MARK_BYTES - 1)
            if not self._may_start_packet(after) and self._leave_for_inner_packet(reach):
                continue
            view = memoryview(self._buffer)
            packet = Payload(
                type=kind,
                sequence=sequence,
                timestamp_ms=timestamp_ms,
                data=bytes(view[body : body + size]),
                padding=padding,
                header=bytes(view[self._start + COMMON_HEADER_BYTES : body]),
            )
            self._largest_bytes = max(self._largest_bytes, size)
            self._advance(after)
            return packet

    def _read_header(self) -> tuple[int, int, int, int, int]:
        _, kind, sequence, timestamp_ms, _, size, padding = _head.unpack_from(self._buffer, self._start)
        return kind, sequence, timestamp_ms, int.from_bytes(size, "big"), padding

    def _may_start_packet(self, at: int) -> bool:
        """Whether the bytes received from there on are those of a packet's start, as far as they go."""
        known = self._end - at
        if known <= 0:
            return True
        if self._buffer[at] != _START_BYTE:
            return False
        mark = START_CODE[: max(0, known - _START_CODE_AT)]
        return self._buffer.startswith(mark, at + _START_CODE_AT)

    def _lose(self) -> None:
        """Take what stands first for no packet."""
        self.resyncs += 1
        self._lost = True
        self._skip_to(self._start + 1)

    def _find_packet(self) -> bool:
        """Go to the next start of a packet; without one, keep only what may become one."""
        found = self._search(self._start, self._end)
        if found is None:
            self._skip_to(max(self._start, self._end - _MARK_BYTES + 1))
            return False
        self._lost = False
        self._skip_to(found)
        return True

    def _leave_for_inner_packet(self, limit: int) -> bool:
        """Go to a packet that starts inside the present one, whose size must be damaged then."""
        body = self._start + max(HEADER_BYTES, self._searched)
        found = self._search(body, limit)
        if found is None:
            self._searched = max(self._searched, limit - self._start - _MARK_BYTES + 1)
            return False
        self.resyncs += 1
        self._skip_to(found)
        return True

    def _search(self, begin: int, limit: int) -> int | None:
        """Return where the first packet at or after `begin` starts."""
        code = self._buffer.find(START_CODE, begin + _START_CODE_AT, limit)
        while code >= 0:
            if self._buffer[code - _START_CODE_AT] == _START_BYTE:
                return code - _START_CODE_AT
            code = self._buffer.find(START_CODE, code + 1, limit)
        return None

    def _skip_to(self, position: int) -> None:
        self.skipped_bytes += position - self._start
        self._advance(position)

    def _advance(self, position: int) -> None:
        self._start = position
        self._searched = self._wanted_bytes = 0
        if position == self._end:
            self._start = self._end = 0


def jpeg_of(payload: Payload) -> bytes:
    """Return the picture without the filler that some cameras count into its size.

    Raises:
        RemoteProtocolError: no picture, or one that was cut short.

    Source: protocol/wifi.md 8.3 (a DSC-QX100 sends 1 to 127 bytes after the end).
    """
    data = payload.data
    if not data.startswith(_SOI):
        raise RemoteProtocolError(f"the live view packet {payload.sequence} holds no JPEG")
    end = data.rfind(_EOI)
    if end < 0:
        raise RemoteProtocolError(f"the JPEG of live view packet {payload.sequence} has no end")
    return data[: end + len(_EOI)]


def encode_packet(
    type: int,  # noqa: A002 - the field's own name
    sequence: int,
    timestamp_ms: int,
    data: bytes,
    *,
    padding: int = 0,
    header: bytes = b"",
) -> tuple[bytes, bytes]:
    """Return a packet's 136 header bytes, and its data with padding: a camera writes one after the other.

    Args:
        type: one of `PayloadType`.
        sequence: counts frames; its low 16 bits are sent.
        timestamp_ms: its low 32 bits are sent.
        data: the payload.
        padding: how many zero bytes follow it.
        header: the 128 bytes of the payload header, whose first 8 are filled in here; zeros when not given.

    Raises:
        LocalProtocolError: a field does not fit.
    """
    if len(header) not in {0, PAYLOAD_HEADER_BYTES}:
        raise LocalProtocolError(f"a payload header has {PAYLOAD_HEADER_BYTES} bytes, not {len(header)}")
    if not 0 <= type <= 0xFF or not 0 <= padding <= _PADDING_MAX or len(data) > _SIZE_FIELD_MAX:
        raise LocalProtocolError("a live view packet's type, size or padding does not fit its field")
    size = len(data).to_bytes(3, "big")
    head = _head.pack(
        _START_BYTE, type, sequence & 0xFFFF, timestamp_ms & 0xFFFF_FFFF, START_CODE, size, padding
    )
    rest = header[8:] or bytes(PAYLOAD_HEADER_BYTES - 8)
    return head + rest, data + bytes(padding)


class FocusCategory(IntEnum):
    """What found a focus frame."""

    INVALID = 0
    CONTRAST_AF = 1
    PHASE_AF = 2
    FACE = 4
    TRACKING = 5


class FocusStatus(IntEnum):
    """What state a focus frame is in."""

    INVALID = 0
    NORMAL = 1
    MAIN = 2
    SUB = 3
    FOCUSED = 4


@dataclass(frozen=True, slots=True)
class FocusFrame:
    """One focus area; edges in 1/10000 of the live view's width and height."""

    left: int
    top: int
    right: int
    bottom: int
    category: int
    status: int
    additional: int = 0


def decode_focus_frames(payload: Payload) -> tuple[FocusFrame, ...]:
    """Read the focus areas of a frame information packet.

    Raises:
        RemoteProtocolError: another kind of packet, or frames that reach past its end.
    """
    if payload.type != PayloadType.FRAME_INFO or len(payload.header) != PAYLOAD_HEADER_BYTES:
        raise RemoteProtocolError(f"live view packet {payload.sequence} holds no frame information")
    _, _, count, stride = _frame_head.unpack_from(payload.header, 8)
    if count and (stride < _frame.size or count * stride > len(payload.data)):
        raise RemoteProtocolError(
            f"{count} focus frames of {stride} bytes do not fit in {len(payload.data)} bytes"
        )
    return tuple(FocusFrame(*_frame.unpack_from(payload.data, index * stride)) for index in range(count))


def encode_focus_frames(frames: Sequence[FocusFrame], *, stride: int = 16) -> tuple[bytes, bytes]:
    """Return the 128-byte payload header and the data of a frame information packet.

    Raises:
        LocalProtocolError: a field does not fit.
    """
    if stride < _frame.size:
        raise LocalProtocolError(f"a focus frame needs {_frame.size} bytes, not {stride}")
    try:
        head = _frame_head.pack(1, 0, len(frames), stride)
        data = b"".join(
            _frame.pack(
                frame.left,
                frame.top,
                frame.right,
                frame.bottom,
                frame.category,
                frame.status,
                frame.additional,
            ).ljust(stride, b"\0")
            for frame in frames
        )
    except struct.error as error:
        raise LocalProtocolError(f"a focus frame does not fit its fields: {error}") from error
    return (bytes(8) + head).ljust(PAYLOAD_HEADER_BYTES, b"\0"), data


@dataclass(frozen=True, slots=True)
class PlaybackPosition:
    """How far a movie that the camera plays has come."""

    duration_ms: int
    position_ms: int


def decode_playback_position(payload: Payload) -> PlaybackPosition:
    """Read a playback information packet.

    Raises:
        RemoteProtocolError: another kind of packet, or too short.
    """
    if payload.type != PayloadType.PLAYBACK_INFO or len(payload.data) < _playback.size:
        raise RemoteProtocolError(f"live view packet {payload.sequence} holds no playback information")
    return PlaybackPosition(*_playback.unpack_from(payload.data))
