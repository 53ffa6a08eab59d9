"""Which of the things that move is where in the frame: what subject tracking follows.

A camera finds this in the picture; here the scene is asked, so that it follows without error until the
subject leaves the frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from emulator.world.facts import View
from emulator.world.layers import Layer
from emulator.world.optics import drawing_focal_mm
from emulator.world.scene import Scene

_SMALLEST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that moves, held where it was found.

    Attributes:
        layer: the layer of the scene that it is.
        across: where on it the point lies, as a share of the frame's width right of its middle.
        down: the same below its middle, of the height.
    """

    layer: Layer
    across: float
    down: float


def subject_at(scene: Scene, view: View, x: float, y: float) -> Subject | None:
    """Return the nearest thing that moves at this share of the frame; None where all stands still there."""
    for layer in reversed(scene.layers):
        if layer.motion is None:
            continue
        left, top, right, bottom = _frame_of(layer, scene, view)
        slack_x = max(0.0, _SMALLEST_SHARE - (right - left) / 2)
        slack_y = max(0.0, _SMALLEST_SHARE - (bottom - top) / 2)
        if left - slack_x <= x <= right + slack_x and top - slack_y <= y <= bottom + slack_y:
            return Subject(layer, x - (left + right) / 2, y - (top + bottom) / 2)
    return None


def place_of(scene: Scene, view: View, subject: Subject) -> tuple[float, float] | None:
    """Return where the subject is, as shares of the frame; None once it has left it."""
    left, top, right, bottom = _frame_of(subject.layer, scene, view)
    x, y = (left + right) / 2 + subject.across, (top + bottom) / 2 + subject.down
    return (x, y) if 0 <= x <= 1 and 0 <= y <= 1 else None


def _frame_of(layer: Layer, scene: Scene, view: View) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what the layer shows, as shares of the frame."""
    moment = scene.moment(view.time_s)
    x0, y0, x1, y1 = layer.swept(moment, moment)
    scale = 1.0 if math.isinf(layer.distance_m) else layer.distance_m
    pixel = view.pixel_mm / drawing_focal_mm(view.optics)
    across, down = pixel * view.width * scale, pixel * view.height * scale
    return 0.5 + x0 / across, 0.5 - y1 / down, 0.5 + x1 / across, 0.5 - y0 / down
