"""Patterns to measure by: ruler, Siemens star, bars, lit windows."""

from __future__ import annotations

import math

import numpy as np

from emulator.world.brush import Bounds, Brush, around
from emulator.world.edges import comb, span, step
from emulator.world.shapes.raster import scale_numbers
from emulator.world.shapes.surface import Surface, linear_of_hex, positive


class Ruler(Surface, frozen=True, kw_only=True, tag="ruler"):
    """A ruler from x to x + length: a plate in its colour, ticks every mm, 5 mm and cm, numbers in cm."""

    x: float
    y: float = 0.0
    length: float
    height: float

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes."""
        return positive(length=self.length, height=self.height)

    def bounds(self) -> Bounds:
        """Around the plate."""
        return self.x, self.y - self.height / 2, self.x + self.length, self.y + self.height / 2

    @property
    def begins_as_field(self) -> bool:
        """The plate."""
        return True

    def paint(self, brush: Brush) -> None:
        """Cover the plate, then its marks."""
        x, y = brush.x - np.float32(self.x), brush.y - np.float32(self.y)
        across, up = brush.field(self.bounds())
        brush.lay(across * up, self.rgb(brush.light), self.brightness(brush))
        ink = tuple(0.03 * level for level in brush.light.white)
        inside = span(x, 0.002, self.length - 0.002, brush.across)
        for spacing, width, reach in ((0.001, 0.00025, 0.25), (0.005, 0.0003, 0.36), (0.01, 0.0005, 0.47)):
            lines = comb(x, spacing, width, brush.across) * inside
            down = span(y, self.height * (0.5 - reach), self.height / 2, brush.up)
            brush.lay(lines * down, (ink[0], ink[1], ink[2]))
        size = min(self.height * 0.36, 0.0075)
        if size <= max(3 * brush.stand.pixel(self.y), 2 * brush.stand.sigma(self.y)):
            return  # nothing that could be read
        count, low = int(self.length * 100 + 0.5) - 1, self.y - self.height * 0.26
        part = brush.window((self.x, low - size / 2, self.x + self.length, low + size / 2)) if count else None
        if part is not None:
            part.lay(scale_numbers(part, self.x, low, count, size), (ink[0], ink[1], ink[2]))


class Siemens(Surface, frozen=True, kw_only=True, tag="siemens"):
    """A Siemens star: spokes that grow finer inward; it may spin."""

    x: float = 0.0
    y: float = 0.0
    radius: float
    spokes: int = 36
    second: str = "#f4f4f4"
    spin_hz: float = 0.0

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes."""
        if not 1 <= self.spokes <= 720:
            return "spokes", "needs 1 to 720 spokes"
        if abs(self.spin_hz) > 1000:
            return "spin_hz", "nothing here spins faster than 1000 turns a second"
        return positive(radius=self.radius)

    @property
    def moves(self) -> bool:
        """A star that spins is never the same."""
        return self.spin_hz != 0

    def speed(self) -> float:
        """The rim's speed."""
        return 2 * math.pi * self.radius * abs(self.spin_hz)

    def bounds(self) -> Bounds:
        """Around the star."""
        return self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius

    def paint(self, brush: Brush) -> None:
        """Cover the disc, then every other spoke."""
        x, y = brush.x - np.float32(self.x), brush.y - np.float32(self.y)
        reach = np.sqrt(x * x + y * y)
        turned = 2 * math.pi * np.mod(self.spin_hz * brush.rows.times, 1.0)
        angle = np.arctan2(y, x) - turned.astype(np.float32)
        off = np.sin(angle * np.float32(self.spokes)) * reach / np.float32(self.spokes)
        spoke = step(off, brush.across)
        inside = step(self.radius - reach, brush.across)
        second, white = linear_of_hex(self.second), brush.light.white
        brush.lay(inside, (white[0] * second[0], white[1] * second[1], white[2] * second[2]))
        brush.lay(inside * spoke, self.rgb(brush.light))


class Bars(Surface, frozen=True, kw_only=True, tag="bars"):
    """Upright bars of one period on a ground of another reflectance."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    period: float
    ground: float = 0.85

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes."""
        if not 0 <= self.ground <= 1:
            return "ground", "a reflectance lies between 0 and 1"
        return positive(width=self.width, height=self.height, period=self.period)

    def bounds(self) -> Bounds:
        """Around all bars."""
        return around(self.x, self.y, self.width, self.height)

    @property
    def begins_as_field(self) -> bool:
        """The ground."""
        return True

    def paint(self, brush: Brush) -> None:
        """Cover the ground, then the bars."""
        x = brush.x - np.float32(self.x)
        inside, tall = brush.field(self.bounds())
        white = brush.light.white
        brush.lay(inside * tall, (white[0] * self.ground, white[1] * self.ground, white[2] * self.ground))
        bars = comb(x, self.period, self.period / 2, brush.across) * inside
        brush.lay(bars * tall, self.rgb(brush.light))


class Windows(Surface, frozen=True, kw_only=True, tag="windows"):
    """Rows of windows; dark glass by day, a share of them lit at night."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    columns: int
    floors: int
    lit: float = 0.5
    lit_luminance: float = 60.0
    lit_kelvin: float = 2900.0
    pane: float = 0.5
    seed: int = 0

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes, shares shares."""
        if not (1 <= self.columns <= 500 and 1 <= self.floors <= 500):
            return "columns", "needs 1 to 500 columns and floors"
        if not 0 <= self.lit <= 1:
            return "lit", "a share lies between 0 and 1"
        if not 0 < self.pane < 1:
            return "pane", "a pane is a share of its field (0 to 1)"
        return positive(width=self.width, height=self.height)

    def bounds(self) -> Bounds:
        """Around all windows."""
        return around(self.x, self.y, self.width, self.height)

    def paint(self, brush: Brush) -> None:
        """Cover the panes: glass first, then the light behind some."""
        x, y = brush.x - np.float32(self.x), brush.y - np.float32(self.y)
        each_x, each_y = self.width / self.columns, self.height / self.floors
        shift_x = np.float32(0.0 if self.columns % 2 else each_x / 2)
        shift_y = np.float32(0.0 if self.floors % 2 else each_y / 2)
        panes = comb(x + shift_x, each_x, each_x * self.pane, brush.across)
        panes = panes * span(x, -self.width / 2, self.width / 2, brush.across)
        tall = comb(y + shift_y, each_y, each_y * self.pane * 1.1, brush.up)
        cover = panes * (tall * span(y, -self.height / 2, self.height / 2, brush.up))
        brush.lay(cover, self.rgb(brush.light))
        if brush.light.night == 0:
            return
        on = np.random.default_rng((self.seed, brush.stand.seed, 5)).random((self.floors, self.columns))
        level = np.where(on < self.lit, 0.4 + on / max(self.lit, 1e-6), 0.0).astype(np.float32)
        column = np.clip(np.floor(x / each_x + self.columns / 2), 0, self.columns - 1).astype(np.intp)
        floor = np.clip(np.floor(y / each_y + self.floors / 2), 0, self.floors - 1).astype(np.intp)
        shine = level[np.broadcast_to(floor, cover.shape), np.broadcast_to(column, cover.shape)]
        lamp = Surface(luminance=self.lit_luminance, kelvin=self.lit_kelvin, at_night=True)
        brush.add(cover * shine, lamp.rgb(brush.light))
