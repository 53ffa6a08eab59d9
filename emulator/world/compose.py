"""Layers to luminance: any rectangle of any frame, with what moves smeared over the exposure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from emulator.world.brush import Brush
from emulator.world.canvas import Patch
from emulator.world.facts import View
from emulator.world.layers import Layer, Times
from emulator.world.lighting import LightNow
from emulator.world.optics import Spread, hand_offset
from emulator.world.sampling import F32
from emulator.world.scene import Scene
from emulator.world.shading import shading
from emulator.world.warp import bends, bent

Range = tuple[int, int]

_ROW_STEP = 16
_MARGIN = 1.3
_FAR_OUTSIDE = 1e6
_AT_ONCE_VALUES = 120_000


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Rows and columns of a frame, each from the first to one past the last."""

    rows: Range
    columns: Range

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return self.rows[0] >= self.rows[1] or self.columns[0] >= self.columns[1]

    def grown(self, margin: int, view: View) -> Rectangle:
        """With a margin, as far as the frame goes."""
        return Rectangle(
            (max(self.rows[0] - margin, 0), min(self.rows[1] + margin, view.height)),
            (max(self.columns[0] - margin, 0), min(self.columns[1] + margin, view.width)),
        )

    def within(self, other: Rectangle) -> Rectangle:
        """What both have in common; empty where that is nothing."""
        return Rectangle(
            (max(self.rows[0], other.rows[0]), min(self.rows[1], other.rows[1])),
            (max(self.columns[0], other.columns[0]), min(self.columns[1], other.columns[1])),
        )


def whole(view: View) -> Rectangle:
    """All of a frame."""
    return Rectangle((0, view.height), (0, view.width))


def row_delay_s(view: View) -> float:
    """How much later each row is exposed than the one above: an electronic shutter reads row by row."""
    if view.live:
        return min(view.sensor.readout_s, 1 / 40) / view.height
    return view.sensor.readout_s / view.height if view.rolling else 0.0


def luminance(scene: Scene, view: View, part: Rectangle, light: LightNow) -> F32:
    """Luminance in cd/m² of a part of the frame, (3, h, w), with the lens's fall-off toward the corners.

    Args:
        scene: what is there.
        view: how it is seen.
        part: which pixels.
        light: the scene's light at this moment.
    """
    planes = drawn(scene, view, part, light)
    planes *= shading(view, part.rows, part.columns)
    return planes


def drawn(scene: Scene, view: View, part: Rectangle, light: LightNow, *, moving: bool = True) -> F32:
    """The same before the lens's fall-off; without `moving`, only what stands still."""
    if bends(view):
        return bent(
            view,
            part.rows,
            part.columns,
            lambda rows, columns: straight(scene, view, Rectangle(rows, columns), light, moving=moving),
        )
    return straight(scene, view, part, light, moving=moving)


def straight(scene: Scene, view: View, part: Rectangle, light: LightNow, *, moving: bool = True) -> F32:
    """The same as an ideal lens draws it; the part may lie outside the frame."""
    patch = Patch.of(view, part.rows, part.columns)
    _paint(scene, view, patch, part, light, moving=moving)
    return patch.planes


def distances(scene: Scene, view: View, part: Rectangle, light: LightNow) -> F32:
    """Distance in metres of what each pixel of the part sees, (h, w)."""
    patch = Patch.of(view, part.rows, part.columns, depth=True)
    _paint(scene, view, patch, part, light, moving=True)
    assert patch.depth is not None
    return patch.depth


def _paint(scene: Scene, view: View, patch: Patch, part: Rectangle, light: LightNow, *, moving: bool) -> None:
    start = scene.moment(view.time_s)
    times: Times = np.array([[start]])
    seen: list[tuple[Layer, Brush | None, int]] = []
    first, last = 0, patch.v.shape[0]
    for layer in reversed(scene.layers):
        if layer.moves:
            seen.append((layer, None, 0))
            continue
        brush = layer.brush(patch, light, scene.seed, times)
        brush = None if brush is None else brush.among(first, last)
        if brush is None:
            continue
        begin, hidden = layer.hides(brush)
        seen.append((layer, brush, begin))
        first, last = _without(first, last, brush.top + hidden.start, brush.top + hidden.stop)
        if first >= last:
            break
    for layer, brush, begin in reversed(seen):
        if brush is not None:
            layer.paint(brush, begin)
        elif moving:
            _paint_moving(layer, scene.seed, view, patch, part, light, start)


def _without(first: int, last: int, hidden: int, shown: int) -> Range:
    """Rows that still show what is farther: less those hidden above or below, in whole steps of rows.

    Steps let a frame that hardly differs find the surfaces of the one before already made.
    """
    if hidden >= shown:
        return first, last
    if hidden <= first:
        return (last, last) if shown >= last else (max(first, shown // _ROW_STEP * _ROW_STEP), last)
    return first, min(last, -(-hidden // _ROW_STEP) * _ROW_STEP) if shown >= last else last


def _paint_moving(
    layer: Layer, seed: int, view: View, patch: Patch, part: Rectangle, light: LightNow, start: float
) -> None:
    """Average the layer over the instants of the exposure, then paint the average."""
    smeared = _smeared(layer, seed, view, part, light, start, patch.depth)
    if smeared is None:
        return
    inside, total = smeared
    target = patch.planes[:, *inside]
    target *= 1 - total[3]
    target += total[:3]


Slices = tuple[slice, slice]


def _smeared(
    layer: Layer,
    seed: int,
    view: View,
    part: Rectangle,
    light: LightNow,
    start: float,
    depth: F32 | None = None,
) -> tuple[Slices, F32] | None:
    """What the layer gives in the part over the exposure: where, and luminance and coverage (4, h, w)."""
    touched = _touched(layer, view, start).within(part)
    if touched.empty:
        return None
    rows, columns = touched.rows, touched.columns
    inside = (
        slice(rows[0] - part.rows[0], rows[1] - part.rows[0]),
        slice(columns[0] - part.columns[0], columns[1] - part.columns[0]),
    )
    delays = row_delay_s(view) * np.arange(*rows, dtype=np.float64).reshape(-1, 1)
    scratch = Patch.of(view, rows, columns, covering=True)
    if depth is not None:
        scratch.depth = depth[inside]
    shutter = view.exposure.shutter_s
    copies = layer.copies(scratch.spread, shutter)
    times = [
        start + shutter * (copy + 0.5) / copies + (delays if delays.any() else delays[:1])
        for copy in range(copies)
    ]
    few = copies * scratch.planes.size <= _AT_ONCE_VALUES and layer.by_rows and depth is None
    return inside, (_at_once if few and copies > 1 else _one_by_one)(layer, seed, light, scratch, times)


def _one_by_one(layer: Layer, seed: int, light: LightNow, scratch: Patch, times: list[Times]) -> F32:
    """The average of the layer at some times, luminance and coverage."""
    separate = len(times) > 1 and not all(shape.adds for shape in layer.shape)
    total = np.zeros_like(scratch.planes) if separate else scratch.planes
    for some in times:
        brush = layer.brush(scratch, light, seed, some)
        assert brush is not None, "layers that move stand upright"
        layer.paint(brush)
        if separate:
            total += scratch.planes
            scratch.planes[...] = 0
    if len(times) > 1:
        total *= np.float32(1 / len(times))
    return total


def _at_once(layer: Layer, seed: int, light: LightNow, scratch: Patch, times: list[Times]) -> F32:
    """The same, with all the times one below the other in one tall patch."""
    count, (_, height, width) = len(times), scratch.planes.shape
    tall = np.zeros((4, count * height, width), dtype=np.float32)
    rows = np.concatenate([np.broadcast_to(some, (height, 1)) for some in times])
    patch = replace(scratch, v=np.tile(scratch.v, (count, 1)), planes=tall, stacked=True)
    brush = layer.brush(patch, light, seed, rows)
    assert brush is not None, "layers that move stand upright"
    layer.paint(brush)
    total = tall.reshape(4, count, height, width).sum(axis=1)
    total *= np.float32(1 / count)
    return np.asarray(total)


def stands_behind(scene: Scene, view: View, part: Rectangle) -> bool:
    """Whether all that stands still in a part of the frame is behind what moves there."""
    start = scene.moment(view.time_s)
    moving = False
    for layer in scene.layers:
        if moving and not layer.moves and layer.tilt_deg:
            return False
        if layer.moves or moving:
            touched = not _touched(layer, view, start).within(part).empty
            if moving and touched and not layer.moves:
                return False
            moving = moving or (layer.moves and touched)
    return True


def lay_moving(scene: Scene, view: View, part: Rectangle, light: LightNow, standing: F32) -> None:
    """Lay what moves over what stands still behind it.

    Args:
        scene: what is there.
        view: how it is seen.
        part: which pixels.
        light: the scene's light at this moment.
        standing: luminance of what stands still in the part, (3, h, w); written over.
    """
    start = scene.moment(view.time_s)
    for layer in scene.layers:
        smeared = _smeared(layer, scene.seed, view, part, light, start) if layer.moves else None
        if smeared is None:
            continue
        inside, total = smeared
        target = standing[:, *inside]
        target *= 1 - total[3]
        target += total[:3]


@lru_cache(maxsize=128)
def _touched(layer: Layer, view: View, start: float) -> Rectangle:
    """The pixels that an upright layer can touch from this time on, though they lie outside the frame."""
    last = start + view.exposure.shutter_s + row_delay_s(view) * view.height
    x0, y0, x1, y1 = layer.swept(start, last)
    scale, spread = 1.0 if math.isinf(layer.distance_m) else layer.distance_m, Spread(view)
    margin = max(layer.reach, _MARGIN) * spread.edge(1 / layer.distance_m) + spread.pixel
    turn_u, turn_v = hand_offset(view)

    def place(tangent: float, size: int) -> float:
        return min(max(tangent / spread.pixel + size / 2, -_FAR_OUTSIDE), _FAR_OUTSIDE)

    top, bottom = (place(turn_v - y, view.height) for y in (y1 / scale + margin, y0 / scale - margin))
    left, right = (place(x - turn_u, view.width) for x in (x0 / scale - margin, x1 / scale + margin))
    return Rectangle(
        (math.floor(top), math.ceil(bottom) + 1),
        (math.floor(left), math.ceil(right) + 1),
    )


def moving_parts(scene: Scene, view: View) -> tuple[Rectangle, ...]:
    """The pixels that what moves touches in this frame, a rectangle for each layer that moves."""
    if bends(view):
        return (whole(view),) if any(layer.moves for layer in scene.layers) else ()
    frame, start = whole(view), scene.moment(view.time_s)
    found = (_touched(layer, view, start).within(frame) for layer in scene.layers if layer.moves)
    return tuple(part for part in found if not part.empty)
