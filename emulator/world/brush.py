"""Painting on a part of a frame as one layer sees it: in that layer's metres, with its blur."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emulator.world.edges import Width, span, spans
from emulator.world.light import Rgb
from emulator.world.lighting import LightNow
from emulator.world.sampling import F32
from emulator.world.stand import Rows, Stand

Bounds = tuple[float, float, float, float]
EVERYWHERE: Bounds = (-math.inf, -math.inf, math.inf, math.inf)
NO_ROWS = slice(0, 0)
SMALL_VALUES = 60_000
"""A part with no more of them is painted in few steps rather than with little work."""
_FEWEST_TOGETHER = 2
_ALL = np.float32(1)
_ROUNDING = 1e-3
_EVERY = slice(None)


def around(x: float, y: float, width: float, height: float) -> Bounds:
    """Around a field of this size with its middle there."""
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def cut(value: F32 | None, rows: slice, columns: slice = _EVERY) -> F32 | None:
    """Some rows and columns of what may be the same in all of them."""
    if value is None:
        return None
    some = value if value.shape[0] == 1 else value[rows]
    return some if value.shape[1] == 1 else some[:, columns]


def _places(count: int, low: float, high: float) -> slice:
    """The whole numbers from low to high, of so many from 0 on."""
    first = math.ceil(max(low - _ROUNDING, 0.0)) if low < count else count
    last = math.floor(min(high + _ROUNDING, count - 1.0)) if high > -1 else -1
    return slice(first, last + 1)


@lru_cache(maxsize=512)
def _levels(rgb: Rgb, planes: int) -> F32:
    """What each plane is painted with, as an array to calculate with."""
    return np.array((*rgb, 1.0)[:planes], dtype=np.float32).reshape(-1, 1, 1)


class Brush:
    """A part of a frame seen as one layer sees it: in that layer's metres, with its blur.

    Attributes:
        covered: bounds of a field, and its coverage across and up, where `cover` has made it.

    Args:
        stand: what all parts share.
        rows: what differs by row.
        u: tangents of the view angle to the right (1, w).
        y: metres up in the layer (h, 1), falling from row to row.
        planes: where to paint.
        depth: where to note the distance, if anywhere.
        top: which row of the patch its first is.
        left: which column of the patch its first is.
    """

    __slots__ = ("_x", "covered", "depth", "left", "planes", "rows", "stand", "top", "u", "y")

    def __init__(
        self,
        stand: Stand,
        rows: Rows,
        u: F32,
        y: F32,
        planes: F32,
        depth: F32 | None,
        top: int = 0,
        left: int = 0,
    ) -> None:
        self.stand = stand
        self.top = top
        self.left = left
        self.rows = rows
        self.u = u
        self.y = y
        self.planes = planes
        self.depth = depth
        self._x: F32 | None = None
        self.covered: tuple[Bounds, F32, F32] | None = None

    @property
    def x(self) -> F32:
        """Metres to the right in the layer: (1, w) where every row sees the same, else (h, w)."""
        if self._x is None:
            self._x = self.u * self.rows.distance - self.rows.shift
        return self._x

    @property
    def across(self) -> Width:
        """Half width of soft edges across, metres: one for all rows of an upright layer, else (h, 1)."""
        return self.stand.edge if self.stand.level else self.rows.edge

    @property
    def up(self) -> Width:
        """The same up."""
        return self.stand.edge if self.stand.level else self.rows.edge_up

    @property
    def light(self) -> LightNow:
        """The light at this moment."""
        return self.stand.light

    def window(self, bounds: Bounds, reach: float = 1.0) -> Brush | None:
        """The part of the brush where something inside these bounds (x0, y0, x1, y1) can show.

        It can show as far outside as soft edges, `reach` of their half widths.
        """
        stand, height, width = self.stand, self.y.shape[0], self.u.shape[1]
        if stand.stacked:
            return self
        top, pitch = float(self.y[0, 0]), stand.spread.pixel
        beyond = reach * stand.edge_up + stand.rise[1] - stand.rise[0]
        if bounds[1] - beyond > top or bounds[3] + beyond < self.y[-1, 0]:
            return None
        if stand.level:
            edge, down = reach * stand.edge, pitch * stand.origin
            rows = _places(height, (top - bounds[3] - beyond) / down, (top - bounds[1] + beyond) / down)
            near = far = stand.origin
        else:
            found = self._reached(bounds[1], bounds[3], reach)
            if found is None:
                return None
            rows = found
            distance = self.rows.distance[rows, 0]
            near, far = sorted((float(distance[0]), float(distance[-1])))
            edge = reach * float(self.rows.edge[rows].max())
        left, right = bounds[0] - edge + stand.shift[0], bounds[2] + edge + stand.shift[1]
        start = float(self.u[0, 0])
        low, high = min(left / near, left / far) - start, max(right / near, right / far) - start
        columns = _places(width, low / pitch, high / pitch)
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        return self.part(rows, columns)

    def _reached(self, low: float, high: float, reach: float) -> slice | None:
        """The rows in which something between two heights of a leaning layer can show.

        From its middle on as far as edges reach: toward the horizon they grow beyond all measure.
        """
        y, soft = self.y[:, 0], self.rows.edge_up[:, 0] * reach
        middle = int(np.abs(y - (low + high) / 2).argmin())
        beyond = (y - soft > high) | (y + soft < low)
        if beyond[middle]:
            return None
        above, below = np.flatnonzero(beyond[:middle]), np.flatnonzero(beyond[middle:])
        first = int(above[-1]) + 1 if above.size else 0
        return slice(first, middle + int(below[0]) if below.size else len(y))

    def part(self, rows: slice, columns: slice = _EVERY) -> Brush:
        """The part of the brush of these of its own rows and columns, from one to one past another."""
        return Brush(
            self.stand,
            self.rows.cut(rows),
            self.u[:, columns],
            self.y[rows],
            self.planes[:, rows, columns],
            None if self.depth is None else self.depth[rows, columns],
            self.top + (rows.start or 0),
            self.left + (columns.start or 0),
        )

    def among(self, first: int, last: int) -> Brush | None:
        """The part of the brush in the patch's rows from the first to one past the last."""
        height = self.y.shape[0]
        first, last = max(first - self.top, 0), min(last - self.top, height)
        if first >= last:
            return None
        return self if (first, last) == (0, height) else self.part(slice(first, last))

    def narrowest(self) -> tuple[float, float]:
        """What the row that sees least sees, metres left and right: nothing narrower hides any row."""
        spans = self.rows.distance
        least, (low, high) = float(spans.min()), self.stand.shift
        return float(self.u[0, 0]) * least - low, float(self.u[0, -1]) * least - high

    def field(self, bounds: Bounds) -> tuple[F32, F32]:
        """Coverage of an upright field across, (1 or h, w), and up, (h, 1).

        Those of a layer's own shapes are made together, since each alone is little work and many calls.
        """
        if self.covered is not None and self.covered[0] == bounds:
            return self.covered[1:]
        x0, y0, x1, y1 = bounds
        return span(self.x, x0, x1, self.across), span(self.y, y0, y1, self.up)

    def cover(self, fields: list[tuple[Bounds, Brush]]) -> None:
        """Make the coverage of several fields, each for a part of this brush that is to paint it."""
        edge = self.stand.edge
        wide = [(of, part) for of, part in fields if 2 * edge <= min(of[2] - of[0], of[3] - of[1])]
        if len(wide) < _FEWEST_TOGETHER or not self.stand.level or self.x.shape[0] != 1:
            return
        x0, y0, x1, y1 = (list(ends) for ends in zip(*(of for of, _ in wide), strict=True))
        across, up = spans(self.x, x0, x1, edge), spans(self.y, y0, y1, edge)
        for index, (bounds, part) in enumerate(wide):
            top, left = part.top - self.top, part.left - self.left
            height, width = part.planes.shape[1:]
            part.covered = bounds, across[index, :, left : left + width], up[index, top : top + height]

    def lay_block(self, across: F32, up: F32, rgb: Rgb, value: F32 | None = None) -> None:
        """Paint where a coverage across, (1 or h, w), meets one up, (h, 1): its inside without mixing."""
        if value is None and self.planes.size < SMALL_VALUES:
            self.lay(across * up, rgb)
            return
        wholly = np.flatnonzero(across[0] >= 1) if len(across) == 1 else np.zeros(0, np.intp)
        wholly_up = np.flatnonzero(up[:, 0] >= 1)
        together = wholly_up.size and wholly_up[-1] - wholly_up[0] < wholly_up.size
        if len(wholly) * len(wholly_up) < SMALL_VALUES / 3 or not together:
            self.lay(across * up, rgb, value)
            return
        top, bottom = int(wholly_up[0]), int(wholly_up[-1]) + 1
        left, right = int(wholly[0]), int(wholly[-1]) + 1
        inner, outer = slice(top, bottom), slice(None)
        self.part(inner, slice(left, right)).lay(None, rgb, cut(value, inner, slice(left, right)))
        for rows, columns in (
            (slice(None, top), outer),
            (slice(bottom, None), outer),
            (inner, slice(None, left)),
            (inner, slice(right, None)),
        ):
            cover = up[rows] * across[:, columns]
            if cover.size:
                self.part(rows, columns).lay(cover, rgb, cut(value, rows, columns))

    def lay(self, cover: F32 | None, rgb: Rgb, value: F32 | None = None) -> None:
        """Paint luminance `rgb`, times `value` where given, as far as `cover` covers (None: all)."""
        if cover is not None and value is None and not any(rgb):
            self._darken(cover)
            return
        if cover is not None and self.planes.size < SMALL_VALUES and (value is None or len(self.planes) == 3):
            levels = _levels(rgb, len(self.planes))
            change = np.subtract(levels if value is None else levels * value, self.planes)
            change *= cover
            self.planes += change
            self._note_depth(cover)
            return
        for index, plane in enumerate(self.planes):
            level = np.float32(rgb[index] if index < 3 else 1.0)
            if cover is None and value is not None and index < 3:
                np.multiply(value, level, out=plane)
                continue
            colour = level if value is None or index == 3 else value * level
            if cover is None:
                plane[...] = colour
                continue
            change = np.subtract(colour, plane)
            change *= cover
            plane += change
        self._note_depth(cover)

    def _darken(self, cover: F32) -> None:
        """Paint black, as a shadow is."""
        rest = np.subtract(_ALL, cover)
        for plane in self.planes[:3]:
            plane *= rest
        for plane in self.planes[3:]:
            plane *= rest
            plane += cover
        self._note_depth(cover)

    def lay_channels(self, cover: F32 | None, channels: F32) -> None:
        """Paint luminance that differs by channel and place, (3, h, w) or broadcast to it."""
        for index, plane in enumerate(self.planes):
            colour = channels[index] if index < 3 else np.float32(1.0)
            if cover is None:
                plane[...] = colour
            else:
                plane += (colour - plane) * cover
        self._note_depth(cover)

    def lay_grid(self, across: F32, up: F32, colours: F32) -> None:
        """Paint a grid of patches, each where a column's coverage meets a row's.

        Args:
            across: coverage of each column, (columns, 1 or h, w).
            up: coverage of each row, (rows, h, 1).
            colours: luminance of each patch, (rows, columns, 3).
        """
        covered = up.sum(axis=0) * across.sum(axis=0)
        by_channel, tall = np.moveaxis(colours, 2, 0), up[:, :, 0].T
        if across.shape[1] == 1:
            patches = np.matmul(tall, np.matmul(by_channel, across[:, 0]))
        else:
            patches = np.einsum("hr,irc,chw->ihw", tall, by_channel, across)
        self.planes *= np.subtract(_ALL, covered)
        self.planes[:3] += patches
        self.planes[3:] += covered
        self._note_depth(covered)

    def add(self, cover: F32, rgb: Rgb) -> None:
        """Add light on top of what is there, as a glow does."""
        for plane, level in zip(self.planes, rgb, strict=False):
            plane += cover * np.float32(level)

    def _note_depth(self, cover: F32 | None) -> None:
        if self.depth is None:
            return
        where: NDArray[np.bool_] | bool = True if cover is None else cover > 0.5
        np.copyto(self.depth, np.broadcast_to(self.rows.true_distance, self.depth.shape), where=where)
