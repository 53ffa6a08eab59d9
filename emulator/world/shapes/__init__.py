"""The shapes a scene is built of; each knows its bounds and how to paint itself at any size and blur.

Belongs here: geometry and surfaces. Does not: where a layer stands, how it moves, or how it is exposed.
"""

from __future__ import annotations

from emulator.world.shapes.outdoors import Lights, Ridge, Sky, Stars
from emulator.world.shapes.pattern import Bars, Ruler, Siemens, Windows
from emulator.world.shapes.plain import Disc, Fill, Rect, Steps, Swatches
from emulator.world.shapes.raster import Picture, Text

Shape = (
    Fill | Rect | Disc | Steps | Swatches | Ruler | Siemens | Bars | Windows
    | Text | Picture | Sky | Ridge | Stars | Lights
)  # fmt: skip

__all__ = ["Shape"]
