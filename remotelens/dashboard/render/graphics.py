"""Real pixels for the terminals that show them: kitty's graphics protocol, and iTerm2's inline images.

Sources: https://sw.kovidgoyal.net/kitty/graphics-protocol/ and https://iterm2.com/documentation-images.html;
which forms are cheap enough for a live picture: performance.md 4.
"""

from __future__ import annotations

from base64 import standard_b64encode
from enum import Enum

import numpy as np

from remotelens.dashboard.render.decode import Pixels, encode
from remotelens.dashboard.render.fit import Fit

IMAGE_ID = 7310
USUAL_CELL = (8, 16)
_CHUNK_CHARACTERS = 4096


class Graphics(Enum):
    """How a terminal shows real pixels."""

    NONE = "none"
    KITTY = "kitty"
    ITERM2 = "iterm2"


def image_size(shape: tuple[int, int], cells: Fit, cell_pixels: tuple[int, int] | None) -> tuple[int, int]:
    """Return the pixels worth sending for so many cells, across and down.

    Half of the screen's own pixels are plenty for a picture that was compressed; more than the picture has
    are never sent. Source: performance.md 4, what each size costs.

    Args:
        shape: the picture's width and height.
        cells: what it takes on the screen.
        cell_pixels: a cell's width and height, where the terminal told.
    """
    width, height = shape
    across = cells.columns * (cell_pixels or USUAL_CELL)[0]
    divisor = 2 if across <= width else 1
    return max(1, width // divisor), max(1, height // divisor)


def image_of(graphics: Graphics, pixels: Pixels, cells: Fit, jpeg: bytes | None) -> str:
    """Return the sequences that show a picture at the cursor.

    Args:
        graphics: how the terminal shows real pixels.
        pixels: the picture.
        cells: what it takes on the screen.
        jpeg: the same picture as it came, if nothing was drawn over it.
    """
    if graphics is Graphics.KITTY:
        return kitty_image(pixels, cells.columns, cells.rows)
    if graphics is Graphics.ITERM2:
        return iterm2_image(jpeg or encode(pixels), cells.columns, cells.rows)
    return ""


def clear(graphics: Graphics) -> str:
    """Return the sequence that takes the image away, where text does not do that by itself."""
    return f"\x1b_Ga=d,d=I,i={IMAGE_ID},q=2\x1b\\" if graphics is Graphics.KITTY else ""


def kitty_image(pixels: Pixels, columns: int, rows: int) -> str:
    """Return the sequences that show raw RGB at the cursor, scaled to so many cells; it replaces the last."""
    height, width = pixels.shape[:2]
    text = standard_b64encode(np.ascontiguousarray(pixels).tobytes()).decode("ascii")
    chunks = [text[start : start + _CHUNK_CHARACTERS] for start in range(0, len(text), _CHUNK_CHARACTERS)]
    keys = f"a=T,f=24,i={IMAGE_ID},p=1,s={width},v={height},c={columns},r={rows},C=1,q=2"
    last = len(chunks) - 1
    return "".join(
        f"\x1b_G{keys + ',' if number == 0 else ''}m={int(number < last)};{chunk}\x1b\\"
        for number, chunk in enumerate(chunks)
    )


def iterm2_image(jpeg: bytes, columns: int, rows: int) -> str:
    """Return the sequence that shows a JPEG at the cursor, scaled to so many cells."""
    text = standard_b64encode(jpeg).decode("ascii")
    keys = f"inline=1;size={len(jpeg)};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1"
    return f"\x1b]1337;File={keys}:{text}\x07"


def at(column: int, row: int, text: str) -> str:
    """Return text that is written from a cell of the screen on, counted from 0; the cursor stays."""
    return f"\x1b7\x1b[{row + 1};{column + 1}H{text}\x1b8"
