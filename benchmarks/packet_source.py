"""A bare source of live view packets for benchmarks: blocking sockets, prepared bytes, nothing else.

``python -m benchmarks.packet_source RATE`` serves any GET with an endless chunked stream of frames of 42 kB,
RATE a second (0: as fast as the reader takes them), and prints its port. The last eight bytes of a frame,
after its end of image, are the send time in ns of the monotonic clock.
"""

from __future__ import annotations

import random
import socket
import struct
import sys
import time
from collections.abc import Sequence

FRAME_BYTES = 42_000
DISTINCT = 48


def jpeg_like(seed: int) -> bytes:
    """Return bytes that start and end as a JPEG does, with no marker inside."""
    filler = random.Random(seed).randbytes(FRAME_BYTES - 4).replace(b"\xff", b"\xfe")
    return b"\xff\xd8" + filler + b"\xff\xd9"


def packet(frame: bytes, sequence: int, sent_ns: int) -> bytes:
    """Return one packet in its two chunks, laid out here by hand from the protocol's table."""
    size = len(frame) + 8
    common = struct.pack(">BBHI", 0xFF, 0x01, sequence & 0xFFFF, (sequence * 33) & 0xFFFFFFFF)
    payload = struct.pack(">I", 0x24356879) + size.to_bytes(3, "big") + b"\0" + bytes(120)
    body = frame + struct.pack(">Q", sent_ns)
    return b"88\r\n" + common + payload + b"\r\n" + b"%x\r\n" % size + body + b"\r\n"


def serve(rate: float, frames: Sequence[bytes]) -> None:
    """Serve one reader after the other until killed.

    Args:
        rate: frames a second; 0: as fast as the reader takes them.
        frames: what is sent, over and over.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    while True:
        reader, _ = listener.accept()
        with reader:
            reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader.recv(65536)
            try:
                _stream(reader, frames, rate)
            except OSError:
                continue


def _stream(reader: socket.socket, frames: Sequence[bytes], rate: float) -> None:
    reader.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n")
    started = time.monotonic()
    sequence = 0
    while True:
        if rate:
            due = started + sequence / rate
            time.sleep(max(0.0, due - time.monotonic()))
        reader.sendall(packet(frames[sequence % len(frames)], sequence, time.monotonic_ns()))
        sequence += 1


if __name__ == "__main__":
    serve(float(sys.argv[1]), [jpeg_like(seed) for seed in range(DISTINCT)])
