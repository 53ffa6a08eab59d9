"""Pictures made for these tests."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def jpeg_of(pixels: Pixels, quality: int = 95) -> bytes:
    """Encode with Pillow, which is not what the dashboard decodes with."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def quarters(width: int = 640, height: int = 480) -> Pixels:
    """Red, green, blue and grey, a quarter each."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (200, 30, 30)
    pixels[: height // 2, width // 2 :] = (30, 200, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 200)
    pixels[height // 2 :, width // 2 :] = (120, 120, 120)
    return pixels


def noise(width: int, height: int, seed: int = 1) -> Pixels:
    """Every pixel another colour."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
