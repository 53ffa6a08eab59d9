"""What each photosite makes of luminance: what the lens leaves of it, its channel's sensitivity, its own."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from emulator.world.facts import View
from emulator.world.keep import KEPT_PIXELS, Keep
from emulator.world.sampling import F32
from emulator.world.sensor import CHANNEL_SENSITIVITY
from emulator.world.shading import shading, shading_key

Range = tuple[int, int]

_TILE = 512

_frames: Keep[F32] = Keep(limit_bytes=48 << 20)
_patterns: Keep[F32] = Keep(limit_bytes=32 << 20)


def response(view: View, rows: Range, columns: Range) -> F32:
    """Of the pixels of these rows and columns (first, one past the last) of a frame, (3, h, w).

    Of small frames it is kept whole.
    """
    if view.width * view.height > KEPT_PIXELS:
        return _computed(view, rows, columns)
    key = view.width, view.height, shading_key(view), view.pattern_seed, _spread(view)
    frame = _frames.get(key, lambda: _computed(view, (0, view.height), (0, view.width)))
    return frame[:, slice(*rows), slice(*columns)]


def _computed(view: View, rows: Range, columns: Range) -> F32:
    seed, spread = view.pattern_seed, _spread(view)
    tile = _patterns.get((seed, spread), lambda: _pattern(seed, spread))
    own = tile.take(np.arange(*rows) % _TILE, 1).take(np.arange(*columns) % _TILE, 2)
    own *= shading(view, rows, columns)
    return own


def _spread(view: View) -> float:
    """Standard deviation of the pixels' own sensitivities."""
    return round(view.sensor.prnu / math.sqrt(view.photosites_per_pixel), 6)


def _pattern(seed: int, spread: float) -> F32:
    """One camera's piece of the common field of sensitivities: begun at a place that its seed picks."""
    down, across, channel = np.random.default_rng((seed, 1288)).integers(0, (_TILE, _TILE, 3)).tolist()
    tile = np.roll(_sensitivities(), (channel, down, across), axis=(0, 1, 2)) * np.float32(spread)
    tile += np.float32(1)
    tile *= np.array(CHANNEL_SENSITIVITY, dtype=np.float32).reshape(3, 1, 1)
    return np.asarray(tile)


@lru_cache(maxsize=1)
def _sensitivities() -> F32:
    field = np.random.default_rng(1288).standard_normal((_TILE, _TILE, 3), dtype=np.float32)
    return np.ascontiguousarray(np.moveaxis(field, -1, 0))
