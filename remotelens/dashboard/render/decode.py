"""JPEG to pixels, at the smallest scale that still covers what is shown, and back.

Source: performance.md 2: simplejpeg is libjpeg-turbo without a detour; Pillow where it is missing.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

MOST_PIXELS = 64_000_000

Pixels = NDArray[np.uint8]


class BadPicture(ValueError):
    """Bytes that are no JPEG, a damaged one, or one too large to be shown."""


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Return the width and height that a JPEG says it has.

    Raises:
        BadPicture: it is none, or claims more than `MOST_PIXELS`.
    """
    try:
        import simplejpeg
    except ImportError:
        width, height = _open(jpeg).size
    else:
        try:
            height, width = simplejpeg.decode_jpeg_header(jpeg)[:2]
        except ValueError as error:
            raise BadPicture(f"no picture: {error}") from error
    if not 0 < width * height <= MOST_PIXELS:
        raise BadPicture(f"a picture of {width}×{height} is not shown")
    return width, height


def decode(jpeg: bytes, *, least_width: int = 0, least_height: int = 0) -> Pixels:
    """Return the picture as (height, width, 3) RGB, scaled down as far as both minimums allow.

    Args:
        jpeg: the whole file.
        least_width: the pixels that are needed in a row; 0 for all there are.
        least_height: the pixels that are needed in a column; 0 for all there are.

    Raises:
        BadPicture: it cannot be decoded.
    """
    width, height = size_of(jpeg)
    if not (least_width and least_height) or 2 * least_width > width or 2 * least_height > height:
        least_width, least_height = width, height  # scales between a half and one cost more than none
    try:
        import simplejpeg
    except ImportError:
        return decode_with_pillow(jpeg, least_width=least_width, least_height=least_height)
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(
            jpeg,
            colorspace="RGB",
            fastdct=True,
            fastupsample=True,
            min_width=least_width,
            min_height=least_height,
        )
    except ValueError as error:
        raise BadPicture(f"no picture: {error}") from error
    return pixels


def decode_with_pillow(jpeg: bytes, *, least_width: int, least_height: int) -> Pixels:
    """Do the same with Pillow, whose `draft` also scales while decoding."""
    image = _open(jpeg)
    factor = 1
    while factor < 8 and all(
        side // (2 * factor) >= least
        for side, least in zip(image.size, (least_width, least_height), strict=True)
    ):
        factor *= 2
    image.draft("RGB", (image.width // factor, image.height // factor))
    try:
        return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise BadPicture(f"no picture: {error}") from error


def encode(pixels: Pixels, quality: int = 85) -> bytes:
    """Return a picture as a JPEG."""
    try:
        import simplejpeg
    except ImportError:
        from PIL import Image

        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality)
        return file.getvalue()
    encoded: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=quality)
    return encoded


def _open(jpeg: bytes):  # type: ignore[no-untyped-def]  # Pillow's own type, without importing it for all
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadPicture(f"no picture: {error}") from error
