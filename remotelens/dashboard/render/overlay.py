"""What is drawn over a picture: focus frames, and the dimming of a stale one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from remotelens.dashboard.render.decode import Pixels
from remotelens.imaging.luma import luma

Rgb = tuple[int, int, int]

FOUND: Rgb = (70, 240, 110)
CHOSEN: Rgb = (255, 205, 60)
PLAIN: Rgb = (235, 235, 235)
MISSED: Rgb = (255, 70, 60)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle to draw; its edges are fractions of the picture, from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float
    colour: Rgb


def draw_boxes(pixels: Pixels, boxes: Iterable[Box]) -> Pixels:
    """Return the picture with the outlines drawn, one pixel wide; the given one stays as it is."""
    boxes = tuple(boxes)
    if not boxes:
        return pixels
    drawn = pixels.copy()
    height, width = drawn.shape[:2]
    for box in boxes:
        left, right = _span(box.left, box.right, width)
        top, bottom = _span(box.top, box.bottom, height)
        drawn[top, left : right + 1] = box.colour
        drawn[bottom, left : right + 1] = box.colour
        drawn[top : bottom + 1, left] = box.colour
        drawn[top : bottom + 1, right] = box.colour
    return drawn


def dim(pixels: Pixels) -> Pixels:
    """Return the picture at half its brightness, as one that is no longer true is shown."""
    return np.right_shift(pixels, 1)


def grey(pixels: Pixels) -> Pixels:
    """Return the picture without its colours."""
    return np.repeat(luma(pixels)[..., None], 3, axis=-1)


def _span(start: float, end: float, size: int) -> tuple[int, int]:
    """Return the first and the last pixel of an edge; inside the picture whatever the camera says."""
    low, high = sorted((min(max(start, 0.0), 1.0), min(max(end, 0.0), 1.0)))
    first = min(size - 1, int(low * size))
    return first, max(first, min(size - 1, int(high * size)))
