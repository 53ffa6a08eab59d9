"""A source of live view packets whose pictures move and are noisy: what a terminal finds hardest.

``python -m benchmarks.moving_picture RATE`` serves any GET with an endless stream of JPEGs of 640×480, RATE a
second, and prints its port.
"""

from __future__ import annotations

import socket
import sys
import time

import numpy as np
import simplejpeg

from benchmarks.packet_source import packet

WIDTH, HEIGHT = 640, 480
DISTINCT = 60
NOISE = 4.0


def pictures(*, moving: bool = True) -> list[bytes]:
    """Return a loop of pictures: a textured ground that drifts, and sensor noise."""
    chance = np.random.default_rng(7)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    made = []
    for number in range(DISTINCT):
        shift = WIDTH * number / DISTINCT if moving else 0.0
        waves = np.stack(
            [
                128 + 90 * np.sin((x + shift) * 2 * np.pi / 160) * np.cos(y / 60),
                128 + 90 * np.sin((x + 2 * shift) * 2 * np.pi / 320 + y / 45),
                128 + 90 * np.cos((y + x) / 70 + 2 * np.pi * number * moving / DISTINCT),
            ],
            axis=-1,
        )
        noisy = waves + chance.normal(0.0, NOISE, waves.shape)
        pixels = np.clip(noisy, 0, 255).astype(np.uint8)
        made.append(simplejpeg.encode_jpeg(pixels, quality=88, colorsubsampling="422"))
    return made


def serve(rate: float, frames: list[bytes]) -> None:
    """Serve one reader after the other until killed."""
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


def _stream(reader: socket.socket, frames: list[bytes], rate: float) -> None:
    reader.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n")
    started = time.monotonic()
    sequence = 0
    while True:
        time.sleep(max(0.0, started + sequence / rate - time.monotonic()))
        reader.sendall(packet(frames[sequence % len(frames)], sequence, time.monotonic_ns()))
        sequence += 1


if __name__ == "__main__":
    serve(float(sys.argv[1]), pictures(moving="still" not in sys.argv))
