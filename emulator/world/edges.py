"""Soft edges: how much of a thing is covered where its edges are as soft as the lens makes them.

Nothing is convolved. A picture costs the same in focus and out, any part of it at any size is the same
picture, and there is no stage where detail is lost.
"""

from __future__ import annotations

import numpy as np

from emulator.world.sampling import F32

Width = float | F32
"""Half width of a soft edge, metres: one number, or one for each row, (h, 1)."""

_NONE, _HALF, _ALL, _MINUS_TWO, _THREE = (np.float32(number) for number in (0.0, 0.5, 1.0, -2.0, 3.0))
_FEW_VALUES = 3000


def step(distance: F32, half_width: Width) -> F32:
    """How much of a soft edge is covered at this signed distance inside it: 0 to 1."""
    share: F32 = distance * np.float32(0.5 / half_width)
    share += _HALF
    if share.size < _FEW_VALUES:
        np.maximum(share, _NONE, out=share)
        np.minimum(share, _ALL, out=share)
    else:
        share.clip(_NONE, _ALL, out=share)  # takes more to begin, and a third as long
    rest = share * _MINUS_TWO
    rest += _THREE
    rest *= share
    rest *= share
    return rest


def span(position: F32, low: float, high: float, half_width: Width) -> F32:
    """Coverage of the interval from low to high; right for intervals thinner than the edge, too."""
    half = (high - low) / 2
    if (half_width if isinstance(half_width, float) else float(half_width.max())) <= half:
        middle = np.float32((low + high) / 2)
        reach = np.abs(position - middle if middle else position)
        return step(np.subtract(np.float32(half), reach, out=reach), half_width)
    covered = step(position - np.float32(low), half_width)
    covered -= step(position - np.float32(high), half_width)
    return covered


def spans(position: F32, lows: list[float], highs: list[float], half_width: float) -> F32:
    """Coverage of several intervals, none thinner than the edge, one after the other; what `span` finds."""
    ends = np.array((lows, highs)).reshape(2, -1, 1, 1)
    middles, halves = (
        ((ends[1] + ends[0]) / 2).astype(np.float32),
        ((ends[1] - ends[0]) / 2).astype(np.float32),
    )
    reach = np.abs(position - middles)
    return step(np.subtract(halves, reach, out=reach), half_width)


def comb(position: F32, spacing: float, width: float, half_width: Width) -> F32:
    """Coverage of bars of this width centred on every multiple of the spacing; their mean when blurred."""
    one = isinstance(half_width, float)
    least, most = (half_width, half_width) if one else (float(np.min(half_width)), float(np.max(half_width)))
    if least > 1.125 * spacing:
        return np.full_like(position, width / spacing)
    off = np.asarray(position - np.round(position / np.float32(spacing)) * np.float32(spacing), np.float32)
    sharp = span(off, -width / 2, width / 2, half_width)
    if most > (spacing - width) / 2:
        for side in (-spacing, spacing):
            sharp += span(off, side - width / 2, side + width / 2, half_width)
    if most < 0.375 * spacing:
        return sharp
    blurred = half_width / (0.75 * spacing) - 0.5
    share = min(max(blurred, 0.0), 1.0) if isinstance(blurred, float) else np.clip(blurred, 0, 1)
    return np.asarray(sharp + (np.float32(width / spacing) - sharp) * share, dtype=np.float32)
