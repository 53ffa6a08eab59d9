"""The part of a frame being painted: its pixels as view angles, and its planes.

Planes are painted back to front, each luminance in cd/m², one array per channel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emulator.world.facts import View
from emulator.world.optics import Spread, drawing_focal_mm, hand_offset
from emulator.world.sampling import F32


@dataclass(slots=True)
class Patch:
    """A rectangle of pixels of one view, with its planes.

    Attributes:
        view: the view it is a part of.
        u: tangent of the view angle to the right, one row.
        v: the same upward, one column.
        planes: luminance by channel, and coverage as a fourth plane where asked for.
        depth: distance of what is seen, where asked for.
        spread: the lens's blur in this view.
        stacked: whether its rows are those of several instants, one below the other.
    """

    view: View
    u: F32
    v: F32
    planes: F32
    depth: F32 | None
    spread: Spread
    stacked: bool = False

    @classmethod
    def of(
        cls,
        view: View,
        rows: tuple[int, int],
        columns: tuple[int, int],
        *,
        covering: bool = False,
        depth: bool = False,
    ) -> Patch:
        """An unpainted patch of these rows and columns (first, one past the last) of the view's frame."""
        pixel = view.pixel_mm / drawing_focal_mm(view.optics)
        turn_u, turn_v = hand_offset(view)
        u = (np.arange(*columns) + (0.5 - view.width / 2)) * pixel + turn_u
        v = (view.height / 2 - 0.5 - np.arange(*rows)) * pixel + turn_v
        shape = (v.size, u.size)
        return cls(
            view=view,
            u=u.astype(np.float32).reshape(1, -1),
            v=v.astype(np.float32).reshape(-1, 1),
            planes=np.zeros((4 if covering else 3, *shape), dtype=np.float32),
            depth=np.full(shape, np.inf, dtype=np.float32) if depth else None,
            spread=Spread(view),
        )
