"""Layers: where shapes stand in space, and how what is on them moves."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from emulator.world.brush import EVERYWHERE, NO_ROWS, Bounds, Brush
from emulator.world.canvas import Patch
from emulator.world.lighting import LightNow
from emulator.world.optics import Spread
from emulator.world.sampling import F32
from emulator.world.shapes import Shape
from emulator.world.stand import Rows, Stand

Times = NDArray[np.float64]
_NEAREST_M = 0.02
_FARTHEST_PLANE_M = 3000.0


_AT_REST: F32 = np.zeros((1, 1), dtype=np.float32)


def _single(value: float) -> F32:
    return np.array([[value]], dtype=np.float32)


def _column(values: NDArray[np.floating[Any]]) -> F32:
    return np.asarray(values, dtype=np.float32).reshape(-1, 1)


class Swing(msgspec.Struct, frozen=True, tag="swing", tag_field="kind", forbid_unknown_fields=True):
    """To and fro as a pendulum."""

    period_s: float
    x: float = 0.0
    y: float = 0.0
    phase: float = 0.0

    def problem(self) -> tuple[str, str] | None:
        """The field that is impossible and why, if any."""
        return None if self.period_s > 0 else ("period_s", "a period is more than 0 s")

    def offset(self, times: Times) -> tuple[Times, Times]:
        """Metres right and up of the layer's place, at these times."""
        turn = np.sin(2 * np.pi * (times / self.period_s + self.phase))
        return self.x * turn, self.y * turn

    def swept(self, start_s: float, stop_s: float) -> Bounds:
        """Least and most right and up of the layer's place (x0, y0, x1, y1) from one time to another."""
        first, last = (time_s / self.period_s + self.phase for time_s in (start_s, stop_s))
        ends = math.sin(2 * math.pi * first), math.sin(2 * math.pi * last)
        most = 1.0 if math.floor(last - 0.25) >= math.ceil(first - 0.25) else max(ends)
        least = -1.0 if math.floor(last - 0.75) >= math.ceil(first - 0.75) else min(ends)
        x0, x1 = sorted((self.x * least, self.x * most))
        y0, y1 = sorted((self.y * least, self.y * most))
        return x0, y0, x1, y1

    def reach(self) -> float:
        """Fastest it moves, metres a second."""
        return 2 * math.pi * math.hypot(self.x, self.y) / self.period_s


class Drift(msgspec.Struct, frozen=True, tag="drift", tag_field="kind", forbid_unknown_fields=True):
    """Straight across at a steady speed from `start` to `stop`, and again."""

    metres_s: float
    start: float
    stop: float
    delay_s: float = 0.0

    def problem(self) -> tuple[str, str] | None:
        """The field that is impossible and why, if any."""
        if self.metres_s == 0 or (self.stop - self.start) * self.metres_s <= 0:
            return "metres_s", "must lead from start toward stop"
        return None

    def offset(self, times: Times) -> tuple[Times, Times]:
        """Metres right and up of the layer's place, at these times."""
        way = abs(self.stop - self.start)
        gone = np.mod((times - self.delay_s) * abs(self.metres_s), way)
        return self.start + math.copysign(1.0, self.metres_s) * gone, np.zeros_like(times)

    def swept(self, start_s: float, stop_s: float) -> Bounds:
        """Least and most right and up of the layer's place (x0, y0, x1, y1) from one time to another."""
        way, speed = abs(self.stop - self.start), abs(self.metres_s)
        first = (start_s - self.delay_s) * speed % way
        last = first + (stop_s - start_s) * speed
        gone = (first, last) if last <= way else (0.0, way)
        x0, x1 = sorted(self.start + math.copysign(1.0, self.metres_s) * end for end in gone)
        return x0, 0.0, x1, 0.0

    def reach(self) -> float:
        """Fastest it moves, metres a second."""
        return abs(self.metres_s)


class Layer(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True, dict=True):
    """A plane with shapes on it, painted in their order; equal to nothing but itself.

    Attributes:
        name: what it is.
        distance_m: how far its origin is; `inf` makes its coordinates tangents of the view angle.
        height_m: how far its origin is above the camera.
        tilt_deg: 0 stands upright, 90 lies flat and leads away; y then runs along it.
        motion: how it moves.
        shape: the shapes.
    """

    name: str
    distance_m: float
    shape: tuple[Shape, ...]
    height_m: float = 0.0
    tilt_deg: float = 0.0
    motion: Swing | Drift | None = None

    def problem(self) -> tuple[str, str] | None:
        """The field that is impossible and why, if any."""
        if not self.distance_m >= _NEAREST_M:
            return "distance_m", f"nothing stands {self.distance_m} m before a camera (at least {_NEAREST_M})"
        if not 0 <= self.tilt_deg <= 90:
            return "tilt_deg", f"{self.tilt_deg}° is out of range (0 upright to 90 flat)"
        if self.tilt_deg and (self.moves or math.isinf(self.distance_m)):
            return (
                "tilt_deg",
                "a layer that moves, on which something moves, or at infinity stands upright",
            )
        return self.motion.problem() if self.motion else None

    @cached_property
    def moves(self) -> bool:
        """Whether it looks different a moment later in the same light."""
        return self.motion is not None or any(shape.moves for shape in self.shape)

    @cached_property
    def by_rows(self) -> bool:
        """Whether each row is painted from its own place and time alone."""
        return all(shape.by_rows for shape in self.shape)

    @cached_property
    def reach(self) -> float:
        """How far beyond their bounds shapes can show, in half widths of the lens's soft edges."""
        return max((shape.reach for shape in self.shape), default=1.0)

    @cached_property
    def bounds(self) -> Bounds:
        """Around all shapes, at rest."""
        if not self._each:
            return 0.0, 0.0, 0.0, 0.0
        x0, y0, x1, y1 = zip(*(bounds for _, bounds in self._each), strict=True)
        return min(x0), min(y0), max(x1), max(y1)

    @cached_property
    def _each(self) -> tuple[tuple[Shape, Bounds], ...]:
        """The shapes, each with what is around it."""
        return tuple((shape, shape.bounds()) for shape in self.shape)

    def swept(self, start_s: float, stop_s: float) -> Bounds:
        """Around all shapes from one time to another."""
        x0, y0, x1, y1 = self.bounds
        if self.motion is None:
            return x0, y0 + self.height_m, x1, y1 + self.height_m
        left, low, right, high = self.motion.swept(start_s, stop_s)
        return x0 + left, y0 + low + self.height_m, x1 + right, y1 + high + self.height_m

    def brush(self, patch: Patch, light: LightNow, seed: int, times: Times) -> Brush | None:
        """A brush for this layer on a patch; `times` is one time, or one for each row (h, 1)."""
        if self.tilt_deg:
            return self._leaning_brush(patch, light, seed, times[:1])
        scale = 1.0 if math.isinf(self.distance_m) else self.distance_m
        edge = patch.spread.edge(1 / self.distance_m) * scale
        shift, height, moved, risen = _AT_REST, _single(self.height_m), (0.0, 0.0), (0.0, 0.0)
        if self.motion is not None:
            across, up = self.motion.offset(times)
            shift, height = _column(across), _column(up + self.height_m)
            moved = float(across.min()), float(across.max())
            risen = float(up.min()), float(up.max())
        stand = Stand(
            origin=scale,
            lean=0.0,
            infinite=math.isinf(self.distance_m),
            edge=edge,
            edge_up=edge,
            shift=moved,
            rise=risen,
            stacked=patch.stacked,
            light=light,
            seed=seed,
            spread=patch.spread,
            blades=patch.view.optics.blades,
        )
        width = _single(edge)
        rows = Rows(
            distance=_single(scale),
            true_distance=_single(self.distance_m),
            edge=width,
            edge_up=width,
            shift=shift,
            times=times,
        )
        y = patch.v * np.float32(scale) - height
        return Brush(stand, rows, patch.u, y, patch.planes, patch.depth)

    def _leaning_brush(self, patch: Patch, light: LightNow, seed: int, times: Times) -> Brush | None:
        """For a plane that leans away, with every row at its own distance.

        A point s along the plane is at height y0 + s·cos τ and distance z0 + s·sin τ; a row sees it where
        height over distance is the tangent of the row's view angle.
        """
        cos, sin = math.cos(math.radians(self.tilt_deg)), math.sin(math.radians(self.tilt_deg))
        facing = self.distance_m * cos - self.height_m * sin
        rise = cos - patch.v[:, 0].astype(np.float64) * sin
        with np.errstate(divide="ignore"):
            distance = facing / rise
        seen = np.flatnonzero((distance > _NEAREST_M) & (distance < _FARTHEST_PLANE_M))
        if not seen.size:
            return None
        part = slice(int(seen[0]), int(seen[-1]) + 1)
        distance, rise, v = distance[part], rise[part], patch.v[part, 0]
        along = (v * self.distance_m - self.height_m) / rise
        edge = patch.spread.edges(1 / distance)
        rows = Rows(
            distance=_column(distance),
            true_distance=_column(distance),
            edge=_column(edge * distance),
            edge_up=_column(edge * abs(facing) / rise**2),
            shift=_single(0.0),
            times=times,
        )
        stand = Stand(
            origin=self.distance_m,
            lean=sin,
            infinite=False,
            edge=patch.spread.edge(1 / self.distance_m) * self.distance_m,
            edge_up=float(rows.edge_up.max()),
            shift=(0.0, 0.0),
            rise=(0.0, 0.0),
            stacked=False,
            light=light,
            seed=seed,
            spread=patch.spread,
            blades=patch.view.optics.blades,
        )
        depth = None if patch.depth is None else patch.depth[part]
        return Brush(stand, rows, patch.u, _column(along), patch.planes[:, part], depth, part.start)

    def hides(self, brush: Brush) -> tuple[int, slice]:
        """The shape to begin with, since it hides those before it; and the rows that hide what is farther."""
        left, right = brush.narrowest()
        hidden = NO_ROWS
        for index in range(len(self.shape) - 1, -1, -1):
            shape, (x0, _, x1, _) = self._each[index]
            if x0 > left or x1 < right:
                continue
            rows = shape.hidden_rows(brush)
            if rows.stop - rows.start == brush.y.shape[0]:
                return index, rows
            if rows.stop - rows.start > hidden.stop - hidden.start:
                hidden = rows
        return 0, hidden

    def paint(self, brush: Brush, first: int = 0) -> None:
        """Paint the shapes from `first` on, back to front."""
        parts: list[tuple[Shape, Brush]] = []
        fields: list[tuple[Bounds, Brush]] = []
        for shape, bounds in self._each[first:]:
            part = brush if bounds == EVERYWHERE else brush.window(bounds, shape.reach)
            if part is None:
                continue
            parts.append((shape, part))
            if shape.begins_as_field and part is not brush:
                fields.append((bounds, part))
        brush.cover(fields)
        for shape, part in parts:
            shape.paint(part)

    def copies(self, spread: Spread, shutter_s: float) -> int:
        """How many instants of the exposure to average: as many as pixels moved through, 1 to 16."""
        scale = 1.0 if math.isinf(self.distance_m) else self.distance_m
        speed = self.motion.reach() if self.motion else 0.0
        for shape in self.shape:
            speed = max(speed, shape.speed())
        return min(max(math.ceil(speed * shutter_s / (spread.pixel * scale)), 1), 16)
