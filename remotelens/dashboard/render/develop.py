"""From a live view JPEG to what is shown and measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remotelens.dashboard.render.decode import Pixels, decode
from remotelens.dashboard.render.overlay import Box, draw_boxes
from remotelens.dashboard.render.resize import box_resize
from remotelens.imaging.histogram import Histogram, histogram


@dataclass(frozen=True, slots=True, eq=False)
class Developed:
    """A picture ready to be laid out: as many pixels as are shown, and its histogram where one was wanted."""

    pixels: Pixels
    histogram: Histogram | None


def develop(
    jpeg: bytes,
    width: int,
    height: int,
    *,
    boxes: Sequence[Box] = (),
    measure_width: int = 0,
    measure: bool = False,
) -> Developed:
    """Decode a picture once, for showing and for measuring.

    Args:
        jpeg: as it came.
        width: pixels to show in a row.
        height: pixels to show in a column.
        boxes: drawn over it; they are not measured.
        measure_width: the pixels in a row that a histogram needs. One picture decoded at another scale than
            the next would differ from it in every cell.
        measure: whether to make a histogram.

    Raises:
        BadPicture: it cannot be decoded.
    """
    decoded = decode(jpeg, least_width=max(width, measure_width), least_height=height)
    measured = histogram(decoded) if measure else None
    return Developed(draw_boxes(box_resize(decoded, width, height), boxes), measured)
