"""Layers to luminance: any rectangle of any frame, with what moves smeared over the exposure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from emulator.world.canvas import Brush, Patch
from emulator.world.facts import View
from emulator.world.layers import Layer, Times
from emulator.world.lighting import LightNow
from emulator.world.optics import Spread, drawing_focal_mm, falloff, hand_offset
from emulator.world.sampling import F32
from emulator.world.scene import Scene

Range = tuple[int, int]


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


def whole(view: View) -> Rectangle:
    """All of a frame."""
    return Rectangle((0, view.height), (0, view.width))


def row_delay_s(view: View) -> float:
    """How much later each row is exposed than the one above: an electronic shutter reads row by row."""
    if not view.live:
        return 0.0
    return min(view.sensor.readout_s, 1 / 40) / view.height


def luminance(
    scene: Scene, view: View, part: Rectangle, light: LightNow, *, moving: bool = True, lens: bool = True
) -> F32:
    """Luminance in cd/m² of a part of the frame, (3, h, w).

    Args:
        scene: what is there.
        view: how it is seen.
        part: which pixels.
        light: the scene's light at this moment.
        moving: with what moves; without, only what stands still.
        lens: with the lens's fall-off toward the corners.
    """
    patch = Patch.of(view, part.rows, part.columns)
    _paint(scene, view, patch, part, light, moving=moving)
    planes = patch.planes
    np.maximum(planes, 0, out=planes)
    if lens:
        planes *= falloff(view, patch.u, patch.v)
    return planes


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
    for layer in reversed(scene.layers):
        brush = None if layer.moves else layer.brush(patch, light, scene.seed, times)
        hidden = None if brush is None else layer.hides_from(brush, patch)
        seen.append((layer, brush, hidden or 0))
        if hidden is not None:
            break
    for layer, brush, first in reversed(seen):
        if brush is not None:
            layer.paint(brush, first)
        elif moving and layer.moves:
            _paint_moving(layer, scene.seed, view, patch, part, light, start)


def _paint_moving(
    layer: Layer, seed: int, view: View, patch: Patch, part: Rectangle, light: LightNow, start: float
) -> None:
    """Average the layer over the instants of the exposure, then paint the average."""
    touched = moving_part(layer, view, patch.spread, start)
    rows = (max(touched.rows[0], part.rows[0]), min(touched.rows[1], part.rows[1]))
    columns = (max(touched.columns[0], part.columns[0]), min(touched.columns[1], part.columns[1]))
    if Rectangle(rows, columns).empty:
        return
    shutter = view.exposure.shutter_s
    copies = layer.copies(patch.spread, shutter)
    inside = (
        slice(rows[0] - part.rows[0], rows[1] - part.rows[0]),
        slice(columns[0] - part.columns[0], columns[1] - part.columns[0]),
    )
    delays = row_delay_s(view) * np.arange(*rows, dtype=np.float64).reshape(-1, 1)
    scratch = Patch.of(view, rows, columns, covering=True)
    if patch.depth is not None:
        scratch.depth = patch.depth[inside]
    separate = copies > 1 and not all(shape.adds for shape in layer.shape)
    total = np.zeros_like(scratch.planes) if separate else scratch.planes
    for copy in range(copies):
        times: Times = start + shutter * (copy + 0.5) / copies + (delays if view.live else delays[:1])
        brush = layer.brush(scratch, light, seed, times)
        assert brush is not None, "layers that move stand upright"
        layer.paint(brush)
        if separate:
            total += scratch.planes
            scratch.planes[...] = 0
    if copies > 1:
        total *= np.float32(1 / copies)
    target = patch.planes[:, *inside]
    target *= 1 - total[3]
    target += total[:3]


def moving_part(layer: Layer, view: View, spread: Spread, start: float) -> Rectangle:
    """The pixels a layer that moves can touch in a frame that starts at this time."""
    last = start + view.exposure.shutter_s + row_delay_s(view) * view.height
    x0, y0, x1, y1 = layer.swept(start, last)
    scale = 1.0 if math.isinf(layer.distance_m) else layer.distance_m
    margin = 1.3 * spread.edge(1 / layer.distance_m) + spread.pixel
    turn_u, turn_v = hand_offset(view)
    pixel = view.pixel_mm / drawing_focal_mm(view.optics)

    def column(tangent: float) -> float:
        return min(max((tangent - turn_u) / pixel + view.width / 2, -1.0), view.width + 1.0)

    def row(tangent: float) -> float:
        return min(max(view.height / 2 - (tangent - turn_v) / pixel, -1.0), view.height + 1.0)

    rows = (math.floor(row(y1 / scale + margin)), math.ceil(row(y0 / scale - margin)) + 1)
    columns = (math.floor(column(x0 / scale - margin)), math.ceil(column(x1 / scale + margin)) + 1)
    return Rectangle(
        (max(rows[0], 0), min(rows[1], view.height)), (max(columns[0], 0), min(columns[1], view.width))
    )


def moving_parts(scene: Scene, view: View) -> tuple[Rectangle, ...]:
    """The pixels that what moves touches in this frame, a rectangle for each layer that moves."""
    spread, start = Spread(view), scene.moment(view.time_s)
    found = (moving_part(layer, view, spread, start) for layer in scene.layers if layer.moves)
    return tuple(part for part in found if not part.empty)
