"""A source of live view packets whose pictures move and are noisy: what a terminal finds hardest.

``python -m benchmarks.moving_picture RATE`` serves any GET with an endless stream of JPEGs of 640×480, RATE a
second, and prints its port.
"""

from __future__ import annotations

import sys

import numpy as np
import simplejpeg

from benchmarks.packet_source import serve

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


if __name__ == "__main__":
    serve(float(sys.argv[1]), pictures(moving="still" not in sys.argv))
