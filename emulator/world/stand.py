"""Where a layer stands as one view sees it: what its parts share, and what differs from row to row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emulator.world.lighting import LightNow
from emulator.world.optics import EDGE_TO_SIGMA, Spread
from emulator.world.sampling import F32


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a layer stands as one view sees it, and in what light: what all parts of a brush share.

    Attributes:
        origin: metres that one unit of view angle spans at the layer's origin; 1 at infinity.
        lean: how much more it spans for each metre along the layer; 0 for one that stands upright.
        infinite: whether the layer is infinitely far.
        edge: half width of soft edges across, metres, at the origin.
        edge_up: the same up: the widest of all rows.
        shift: how far the layer has moved to the right, metres: least and most of all rows.
        rise: the same up.
        stacked: whether the rows are those of several instants, one below the other.
        light: the light at this moment.
        seed: of the scene.
        spread: the lens's blur.
        blades: corners of an out-of-focus highlight.
    """

    origin: float
    lean: float
    infinite: bool
    edge: float
    edge_up: float
    shift: tuple[float, float]
    rise: tuple[float, float]
    stacked: bool
    light: LightNow
    seed: int
    spread: Spread
    blades: int

    @property
    def level(self) -> bool:
        """Whether all rows are at one distance."""
        return self.lean == 0

    def span(self, y: float) -> float:
        """Metres that one unit of view angle spans at this height of the layer."""
        return self.origin + self.lean * y

    def sigma(self, y: float) -> float:
        """Gaussian equivalent of the blur there, metres."""
        return self.spread.edge(self._inverse(y)) * self.span(y) * EDGE_TO_SIGMA

    def disc(self, y: float) -> float:
        """Radius of the disc of defocus there, metres."""
        return self.spread.disc(self._inverse(y)) * self.span(y)

    def soft(self, y: float) -> float:
        """Half width of what else blurs there, metres."""
        return self.spread.soft * self.span(y)

    def pixel(self, y: float) -> float:
        """A pixel there, metres."""
        return self.spread.pixel * self.span(y)

    def _inverse(self, y: float) -> float:
        return 0.0 if self.infinite else 1 / self.span(y)


@dataclass(slots=True)
class Rows:
    """What differs from row to row of a layer, each (h, 1), or (1, 1) where it does not differ.

    Attributes:
        distance: metres that one unit of view angle spans; 1 at infinity.
        true_distance: metres to the layer.
        edge: half width of soft edges across, metres.
        edge_up: the same up.
        shift: how far the layer has moved to the right, metres.
        times: scene time of this instant of the exposure.
    """

    distance: F32
    true_distance: F32
    edge: F32
    edge_up: F32
    shift: F32
    times: NDArray[np.float64]

    def cut(self, rows: slice) -> Rows:
        """The same for some of the rows."""
        if self.distance.size == self.edge_up.size == self.shift.size == self.times.size == 1:
            return self

        def cut(values: F32) -> F32:
            return values if values.size == 1 else values[rows]

        return Rows(
            distance=cut(self.distance),
            true_distance=cut(self.true_distance),
            edge=cut(self.edge),
            edge_up=cut(self.edge_up),
            shift=cut(self.shift),
            times=self.times if self.times.size == 1 else self.times[rows],
        )
