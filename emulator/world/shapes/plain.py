"""Plain shapes: everywhere, rectangle, disc, grey steps, a grid of colours."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from emulator.world.brush import EVERYWHERE, NO_ROWS, SMALL_VALUES, Bounds, Brush, around, cut
from emulator.world.edges import Width, span, step
from emulator.world.sampling import F32
from emulator.world.shapes.spot import SPOT_REACH, Spot
from emulator.world.shapes.surface import Surface, linear_of_hex, positive


class Fill(Surface, frozen=True, kw_only=True, tag="fill"):
    """The whole layer: a background, a road, a table top."""

    def bounds(self) -> Bounds:
        """Everything."""
        return EVERYWHERE

    def hidden_rows(self, brush: Brush) -> slice:
        """All of them."""
        return slice(0, brush.y.shape[0])

    def paint(self, brush: Brush) -> None:
        """Cover everything."""
        brush.lay(None, self.rgb(brush.light), self.brightness(brush))


class Solid(Surface, frozen=True, kw_only=True):
    """Fields of shapes that may be seen through, have soft edges of their own, or are round.

    Attributes:
        opacity: how much it hides of what is behind; a shadow is a dark shape of little opacity.
        soften: half width of edges that are soft by themselves, as a shadow's are.
        round: a ball in place of a disc, an upright cylinder in place of a rectangle.
    """

    opacity: float = 1.0
    soften: float = 0.0
    round: bool = False

    def own_problem(self) -> tuple[str, str] | None:
        """What can be wrong with these fields."""
        if not 0 <= self.opacity <= 1:
            return "opacity", f"an opacity of {self.opacity} is impossible (0 to 1)"
        if self.soften < 0:
            return "soften", "a half width cannot be negative"
        return None

    def edges(self, brush: Brush) -> tuple[Width, Width]:
        """Half widths of this shape's edges across and up under this brush."""
        if not self.soften:
            return brush.across, brush.up
        if brush.stand.level:
            edge = math.hypot(brush.stand.edge, self.soften)
            return edge, edge
        return np.hypot(brush.across, np.float32(self.soften)), np.hypot(brush.up, np.float32(self.soften))

    def lay(self, brush: Brush, cover: F32, value: F32 | None) -> None:
        """Paint what is covered; lamps of the night add their light to the lamp that is there by day."""
        if self.opacity < 1:
            cover = cover * np.float32(self.opacity)
        if self.luminance is not None and self.at_night:
            brush.add(cover if value is None else cover * value, self.rgb(brush.light))
        else:
            brush.lay(cover, self.rgb(brush.light), value)


class Rect(Solid, frozen=True, kw_only=True, tag="rect"):
    """A rectangle by its centre; `angle_deg` turns it counterclockwise."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    angle_deg: float = 0.0

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes."""
        return super().own_problem() or positive(width=self.width, height=self.height)

    def bounds(self) -> Bounds:
        """Around the turned rectangle."""
        if not self.angle_deg:
            half_x, half_y = self.width / 2 + self.soften, self.height / 2 + self.soften
            return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y
        cos, sin = (abs(f(math.radians(self.angle_deg))) for f in (math.cos, math.sin))
        half_x = (self.width * cos + self.height * sin) / 2 + self.soften
        half_y = (self.width * sin + self.height * cos) / 2 + self.soften
        return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y

    def hidden_rows(self, brush: Brush) -> slice:
        """Those that lie well inside it from one side of the brush to the other."""
        if self.angle_deg or self.opacity < 1 or self.at_night:
            return NO_ROWS
        edge_x, edge_y = self.edges(brush)
        spans, shift = brush.rows.distance, brush.rows.shift
        half_x, half_y = self.width / 2, self.height / 2
        inside = np.abs(brush.y - np.float32(self.y)) + edge_y <= half_y
        inside &= spans * brush.u[0, 0] - shift - edge_x >= self.x - half_x
        inside &= spans * brush.u[0, -1] - shift + edge_x <= self.x + half_x
        found = np.flatnonzero(inside)
        if not found.size or found[-1] - found[0] >= found.size:
            return NO_ROWS
        return slice(int(found[0]), int(found[-1]) + 1)

    def paint(self, brush: Brush) -> None:
        """Cover the rectangle."""
        value = self.brightness(brush)
        plain = not (self.angle_deg or self.opacity < 1 or self.at_night or self.round)
        if brush.stand.level or not plain:
            self._paint_edged(brush, value)
            return
        hidden = self.hidden_rows(brush)
        brush.part(hidden).lay(None, self.rgb(brush.light), cut(value, hidden))
        for rows in (slice(0, hidden.start), slice(hidden.stop, brush.y.shape[0])):
            if rows.start < rows.stop:
                self._paint_leaning(brush.part(rows), cut(value, rows))

    def _paint_leaning(self, brush: Brush, value: F32 | None) -> None:
        """Paint rows of different distances that do not lie in it whole: what does without mixing."""
        edge_x, edge_y = brush.rows.edge, brush.rows.edge_up
        rows = np.flatnonzero(np.abs(brush.y - np.float32(self.y)) + edge_y <= self.height / 2)
        little = brush.planes.size < SMALL_VALUES
        if little or not rows.size or rows[-1] - rows[0] >= rows.size:
            self._paint_edged(brush, value)
            return
        inner, every = slice(int(rows[0]), int(rows[-1]) + 1), slice(None)
        reach = self.width / 2 - edge_x[inner]
        low = ((self.x - reach) / brush.rows.distance[inner]).max()
        high = ((self.x + reach) / brush.rows.distance[inner]).min()
        left, right = (int(index) for index in brush.u[0].searchsorted((low, max(low, high))))
        inside = slice(left, right)
        brush.part(inner, inside).lay(None, self.rgb(brush.light), cut(value, inner, inside))
        for some, columns in (
            (slice(0, inner.start), every),
            (slice(inner.stop, brush.y.shape[0]), every),
            (inner, slice(0, left)),
            (inner, slice(right, brush.u.shape[1])),
        ):
            part = brush.part(some, columns)
            if part.planes.size:
                self._paint_edged(part, cut(value, some, columns))

    @property
    def begins_as_field(self) -> bool:
        """As long as it is not turned and its edges are the lens's alone."""
        return not self.angle_deg and not self.soften

    def _paint_edged(self, brush: Brush, value: F32 | None) -> None:
        across, up = self._covered(brush)
        if self.round:
            turned = np.clip(self._turned(brush)[0] / np.float32(self.width / 2), -1, 1)
            curve = _lit(turned, np.sqrt(1 - turned * turned), np.float32(0))
            value = curve if value is None else value * curve
        if self.angle_deg or self.opacity < 1 or self.at_night:
            self.lay(brush, across * up, value)
        else:
            brush.lay_block(across, up, self.rgb(brush.light), value)

    def _covered(self, brush: Brush) -> tuple[F32, F32]:
        """Coverage across and up."""
        if self.begins_as_field:
            return brush.field(self.bounds())
        (x, y), (edge_x, edge_y) = self._turned(brush), self.edges(brush)
        half_x, half_y = self.width / 2, self.height / 2
        return span(x, -half_x, half_x, edge_x), span(y, -half_y, half_y, edge_y)

    def _turned(self, brush: Brush) -> tuple[F32, F32]:
        """Places along the rectangle's own sides, from its middle."""
        x, y = brush.x - np.float32(self.x), brush.y - np.float32(self.y)
        if not self.angle_deg:
            return x, y
        cos, sin = (np.float32(f(math.radians(self.angle_deg))) for f in (math.cos, math.sin))
        return x * cos + y * sin, y * cos - x * sin


def _lit(right: F32, toward: F32, up: F32 | np.float32) -> F32:
    """Brightness of a curved surface by its normal, lit from the upper left."""
    facing = (toward * np.float32(0.66) - right * np.float32(0.5) + up * np.float32(0.56)).clip(0)
    return np.asarray(facing * np.float32(0.95) + np.float32(0.25), dtype=np.float32)


class Disc(Solid, frozen=True, kw_only=True, tag="disc"):
    """A disc; one that shines and is smaller than its blur becomes the iris's image."""

    x: float = 0.0
    y: float = 0.0
    radius: float

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes."""
        return super().own_problem() or positive(radius=self.radius)

    def bounds(self) -> Bounds:
        """Around the disc."""
        reach = self.radius + self.soften
        return self.x - reach, self.y - reach, self.x + reach, self.y + reach

    @property
    def reach(self) -> float:
        """As far as the image of a light goes, if it is one."""
        return 1.0 if self.luminance is None else SPOT_REACH

    def paint(self, brush: Brush) -> None:
        """Cover the disc, or spread its light over its blur."""
        x, y = brush.x - np.float32(self.x), brush.y - np.float32(self.y)
        if self.luminance is not None:
            spot = Spot.of(brush, self.radius, self.y)
            if spot.outer > 1.5 * self.radius:
                brush.add(spot.cover(x, y), self.rgb(brush.light))
                return
        reach = np.sqrt(x * x + y * y)
        value = self.brightness(brush)
        if self.round:
            share = (reach / np.float32(self.radius)).clip(None, 1)
            toward = np.sqrt(1 - share * share)
            ball = _lit(x / np.float32(self.radius), toward, y / np.float32(self.radius))
            value = ball if value is None else value * ball
        cover = step(self.radius - reach, self.edges(brush)[0])
        self.lay(brush, cover, value)


class Steps(Surface, frozen=True, kw_only=True, tag="steps"):
    """Grey steps from left to right, each of an exact reflectance."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    values: tuple[float, ...]

    def own_problem(self) -> tuple[str, str] | None:
        """Reflectances lie between 0 and 1."""
        if not self.values or not all(0 <= value <= 1 for value in self.values):
            return "values", "needs reflectances between 0 and 1"
        return positive(width=self.width, height=self.height)

    def bounds(self) -> Bounds:
        """Around all steps."""
        return around(self.x, self.y, self.width, self.height)

    @property
    def begins_as_field(self) -> bool:
        """The strip."""
        return True

    def paint(self, brush: Brush) -> None:
        """Cover the strip; each joint is one soft edge between two greys."""
        x = brush.x - np.float32(self.x)
        each = self.width / len(self.values)
        joints = (np.arange(1, len(self.values)) * each - self.width / 2).reshape(-1, 1, 1)
        changes = np.diff(self.values).reshape(-1, 1, 1).astype(np.float32)
        rises = step(x - joints.astype(np.float32), brush.across) * changes
        value = np.float32(self.values[0]) + rises.sum(axis=0, dtype=np.float32)
        across, up = brush.field(self.bounds())
        brush.lay(across * up, brush.light.white, value)


class Swatches(Surface, frozen=True, kw_only=True, tag="swatches"):
    """A grid of colour patches on a dark ground, rows of `#rrggbb` from the top."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    rows: tuple[tuple[str, ...], ...]
    gap: float = 0.12

    def own_problem(self) -> tuple[str, str] | None:
        """Colours must be colours, rows of one length."""
        if not self.rows or len({len(row) for row in self.rows}) != 1 or not self.rows[0]:
            return "rows", "needs rows of equally many colours"
        for color in (color for row in self.rows for color in row):
            if len(color) != 7 or color[0] != "#":
                return "rows", f"{color!r} is no colour; write it as #rrggbb"
        if not 0 <= self.gap < 1:
            return "gap", "a gap is a share of a patch (0 to 1)"
        return positive(width=self.width, height=self.height)

    def bounds(self) -> Bounds:
        """Around the grid."""
        return around(self.x, self.y, self.width, self.height)

    @property
    def begins_as_field(self) -> bool:
        """The ground."""
        return True

    def paint(self, brush: Brush) -> None:
        """Cover ground and patches: a patch is where a column's coverage meets a row's."""
        ground = Rect(x=self.x, y=self.y, width=self.width, height=self.height, reflectance=self.grey)
        ground.paint(brush)
        each_x, each_y = self.width / len(self.rows[0]), self.height / len(self.rows)
        left, top = self.x - self.width / 2, self.y + self.height / 2
        middles_x = left + (np.arange(len(self.rows[0])) + 0.5) * each_x
        middles_y = top - (np.arange(len(self.rows)) + 0.5) * each_y
        half_x, half_y = each_x * (1 - self.gap) / 2, each_y * (1 - self.gap) / 2
        x = brush.x - middles_x.reshape(-1, 1, 1).astype(np.float32)
        y = brush.y - middles_y.reshape(-1, 1, 1).astype(np.float32)
        across = span(x, -half_x, half_x, brush.across)
        up = span(y, -half_y, half_y, brush.up)
        brush.lay_grid(across, up, _grid(self.rows) * np.array(brush.light.white, np.float32))


@lru_cache(maxsize=64)
def _grid(rows: tuple[tuple[str, ...], ...]) -> F32:
    """Reflectances of a grid of colours: rows, columns, channels."""
    return np.array([[linear_of_hex(color) for color in row] for row in rows], dtype=np.float32)
