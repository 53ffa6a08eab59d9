"""Fine surface structure without end: smooth random octaves, made for the part and size asked for.

Every octave is a lattice of random numbers twice as fine as the one before, fixed in the surface's own
metres. A frame adds octaves down to its own pixels and no further, so a still shows what its live view
shows and more; what blur takes, it takes from each octave by its wavelength. Blur and pixels count in fine
steps, so that small frames which hardly differ find what they need already made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import pairwise

import msgspec
import numpy as np

from emulator.world.keep import Keep
from emulator.world.optics import EDGE_TO_SIGMA, Spread
from emulator.world.sampling import F32, between

_TABLE = 512
_TABLES = 4
_BAND_RATIO = 1.25
_OCTAVE_FREQUENCY = 0.4
_FINEST_PIXELS = 1.4
_STEPS_AN_OCTAVE = 16
_SNAP = 16
_WIDEST_KEPT = 1400
_FEWEST_KEPT = 256

_Amplitudes = tuple[float, ...]
_Place = tuple[int, int]
_ONCE = np.ones((1, 1), dtype=np.float32)

_lattices: Keep[F32] = Keep(limit_bytes=16 << 20)
_surfaces: Keep[F32] = Keep(limit_bytes=32 << 20)


class Texture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Structure of a surface.

    Attributes:
        contrast: standard deviation of the brightness, as a share of it.
        size_m: spacing of the coarsest features.
        finest_m: spacing of the finest there are.
        falloff: contrast of each octave against the one before.
        stretch: how much longer features are across than down (wood grain).
        seed: another seed, another piece of the same material.
    """

    contrast: float = 0.15
    size_m: float = 0.1
    finest_m: float = 0.0002
    falloff: float = 0.85
    stretch: float = 1.0
    seed: int = 0

    def problem(self) -> tuple[str, str] | None:
        """The field that is impossible and why, if any."""
        if not 0 <= self.contrast <= 1:
            return "contrast", f"a contrast of {self.contrast} is impossible (0 to 1)"
        if not 0 < self.finest_m <= self.size_m <= 1e5:
            return "size_m", "needs 0 < finest_m ≤ size_m"
        if not 0.2 <= self.falloff <= 1.2:
            return "falloff", f"{self.falloff} is out of range (0.2 to 1.2)"
        if not 0.01 <= self.stretch <= 100:
            return "stretch", f"{self.stretch} is out of range (0.01 to 100)"
        return None

    def octaves(self) -> int:
        """How many octaves lie between the coarsest and the finest spacing."""
        return max(1, round(math.log2(self.size_m / self.finest_m)) + 1)


def relief(texture: Texture, seed: int, x: F32, y: F32, sigma_m: float, pixel_m: float) -> F32:
    """Heights of the structure (mean 0) at surface coordinates x (1, w) or (h, w) and y (h, 1).

    Args:
        texture: the material.
        seed: of the scene.
        x: metres across.
        y: metres up.
        sigma_m: blur of the view there.
        pixel_m: size of a pixel there.
    """
    return _read(texture, seed, x, y, sigma_m, pixel_m, _lattice)


def _read(
    texture: Texture,
    seed: int,
    x: F32,
    y: F32,
    sigma_m: float,
    pixel_m: float,
    make: Callable[[_Amplitudes, int, _Place, _Place], F32],
    by: F32 = _ONCE,
) -> F32:
    """What `make` puts on the points of a lattice, read between them.

    Arguments as of `relief`: x grows to the right. Each row's x is to be multiplied `by` a number of its own,
    (h, 1), which grows or falls all the way.
    """
    levels = _levels(texture, _stepped(sigma_m), _stepped(pixel_m))
    if not any(levels):  # too fine to be seen
        return np.full((y.shape[0], x.shape[-1]), make((0.0,), 0, (0, 0), (1, 1))[0, 0])
    spacing = texture.size_m / 2 ** (len(levels) - 1)
    rows, by = y * np.float32(1 / spacing), by * np.float32(1 / texture.stretch / spacing)
    left, right = x[:, 0].min(), x[:, -1].max()
    ends = [float(end * factor) for end in (left, right) for factor in (by[0, 0], by[-1, 0])]
    low = _snapped(float(rows.min()), -1), _snapped(min(ends), -1)
    high = _snapped(float(rows.max()), 2), _snapped(max(ends), 2)
    key = levels, texture.seed * 7919 + seed, low, high
    wide = x.shape[-1] > _WIDEST_KEPT
    lattice = make(*key) if wide else _lattices.get((make, *key), lambda: make(*key))
    rows -= np.float32(low[0])
    columns = x * by
    columns -= np.float32(low[1])
    return between(lattice, rows, columns)


def _stepped(length: float) -> float:
    """A length rounded to a step of which there are sixteen to its double."""
    return float(2 ** (round(math.log2(max(length, 1e-9)) * _STEPS_AN_OCTAVE) / _STEPS_AN_OCTAVE))


def _snapped(position: float, beyond: int) -> int:
    """A place on a lattice, moved outward to a multiple, so that it serves while little has changed."""
    if beyond < 0:
        return (math.floor(position) + beyond) // _SNAP * _SNAP
    return -(-(math.ceil(position) + beyond) // _SNAP) * _SNAP


def brightness(
    texture: Texture,
    seed: int,
    x: F32,
    y: F32,
    sigma_m: float,
    pixel_m: float,
    *,
    shade: F32 | None = None,
    moves: bool = False,
) -> F32:
    """Brightness factors (mean 1) at surface coordinates, not to be written to; arguments as of `relief`.

    Rows are made as bright as `shade` says, (h, 1). With `moves` they are not kept: what moves is never in
    the same place again.
    """

    def make() -> F32:
        found = _read(texture, seed, x, y, sigma_m, pixel_m, _bright_lattice)
        if shade is not None:
            found *= shade
        return found

    if moves or x.shape[0] != 1 or x.size > _WIDEST_KEPT or x.size * y.size < _FEWEST_KEPT:
        return make()
    lit = None if shade is None else shade.tobytes()
    key = texture, seed, x.tobytes(), y.tobytes(), _stepped(sigma_m), _stepped(pixel_m), lit
    return _surfaces.get(key, make)


def brightness_by_distance(texture: Texture, seed: int, u: F32, y: F32, distance: F32, spread: Spread) -> F32:
    """The same for a plane that leads away, at tangents of the view angle u (1, w), `distance` (h, 1) by row.

    Rows are taken in bands of like distance, the same bands whatever part of the frame is asked for.
    """
    band = np.floor(np.log(distance[:, 0]) / math.log(_BAND_RATIO)).astype(np.int64)
    starts = [0, *(np.flatnonzero(np.diff(band)) + 1).tolist(), len(band)]
    found = np.empty((len(band), u.shape[1]), dtype=np.float32)
    seen_along = u.tobytes()
    for first, last in pairwise(starts):
        rows = slice(first, last)
        middle_m = _BAND_RATIO ** (float(band[first]) + 0.5)
        sigma_m, pixel_m = spread.edge(1 / middle_m) * middle_m * EDGE_TO_SIGMA, spread.pixel * middle_m
        make = partial(_of_band, texture, seed, u, y[rows], distance[rows], sigma_m, pixel_m)
        if u.size > _WIDEST_KEPT or u.size * (last - first) < _FEWEST_KEPT:
            found[rows] = make()
            continue
        seen_up = y[rows].tobytes(), distance[rows].tobytes()
        key = texture, seed, seen_along, *seen_up, _stepped(sigma_m), _stepped(pixel_m)
        found[rows] = _surfaces.get(key, make)
    return found


def _of_band(
    texture: Texture, seed: int, u: F32, y: F32, distance: F32, sigma_m: float, pixel_m: float
) -> F32:
    return _read(texture, seed, u, y, sigma_m, pixel_m, _bright_lattice, distance)


@lru_cache(maxsize=512)
def _levels(texture: Texture, sigma_m: float, pixel_m: float) -> tuple[float, ...]:
    """Amplitude of each octave that this view can show, coarsest first.

    Ends where a pixel or the blur would swallow the rest; where the material has nothing finer, levels of
    no amplitude go on, so that what is there is drawn smooth.
    """
    count = texture.octaves()
    norm = math.sqrt(sum(texture.falloff ** (2 * k) for k in range(count)))
    amplitudes: list[float] = []
    for level in range(24):
        spacing = texture.size_m / 2**level
        visible = min(max(spacing / (_FINEST_PIXELS * pixel_m) - 1.0, 0.0), 1.0)
        left = math.exp(-2 * (math.pi * sigma_m * _OCTAVE_FREQUENCY / spacing) ** 2)
        if level and (visible == 0.0 or left < 0.03 or (level >= count and spacing < 3 * pixel_m)):
            break
        own = texture.contrast * 1.9 * texture.falloff**level / norm if level < count else 0.0
        amplitudes.append(round(own * visible * left, 5))
    return tuple(amplitudes)


def _lattice(amplitudes: _Amplitudes, seed: int, low: _Place, high: _Place) -> F32:
    """The sum of all octaves on the points of the finest, from `low` to `high`."""
    ranges = [(low, high)]
    for _ in amplitudes[1:]:
        (r0, c0), (r1, c1) = ranges[-1]
        ranges.append(((r0 // 2 - 1, c0 // 2 - 1), (-(-r1 // 2) + 1, -(-c1 // 2) + 1)))
    ranges.reverse()
    total = _octave(amplitudes[0], seed, 0, *ranges[0])
    for level in range(1, len(amplitudes)):
        coarse_low, (fine_low, fine_high) = ranges[level - 1][0], ranges[level]
        total = _halved(_halved(total, coarse_low[0], fine_low[0], fine_high[0], 0),
                        coarse_low[1], fine_low[1], fine_high[1], 1)  # fmt: skip
        if amplitudes[level]:
            total += _octave(amplitudes[level], seed, level, fine_low, fine_high)
    return total


def _bright_lattice(amplitudes: _Amplitudes, seed: int, low: _Place, high: _Place) -> F32:
    """The same as brightness factors (mean 1)."""
    total = _lattice(amplitudes, seed, low, high)
    total += np.float32(1)
    return np.maximum(total, np.float32(0.02), out=total)


def _octave(amplitude: float, seed: int, level: int, low: tuple[int, int], high: tuple[int, int]) -> F32:
    table = _random_table(seed % _TABLES)
    rows = (np.arange(low[0], high[0] + 1) + seed * 131 + level * 197) % _TABLE
    columns = (np.arange(low[1], high[1] + 1) + seed * 71 + level * 389) % _TABLE
    return np.asarray(table[rows][:, columns] * np.float32(amplitude))


@lru_cache(maxsize=_TABLES)
def _random_table(seed: int) -> F32:
    table = np.random.default_rng((seed, 2718)).standard_normal((_TABLE, _TABLE), dtype=np.float32)
    table.setflags(write=False)
    return table


def _halved(coarse: F32, coarse_low: int, fine_low: int, fine_high: int, axis: int) -> F32:
    """Cubic B-spline subdivision along one axis: the same surface on points half as far apart."""

    def line(first: int, last: int | None, by: int = 1) -> tuple[slice, ...]:
        return (slice(None),) * axis + (slice(first, last, by),)

    middle = coarse[line(1, -1)]
    even = coarse[line(0, -2)] + coarse[line(2, None)]
    even *= np.float32(0.125)
    even += middle * np.float32(0.75)
    odd = middle + coarse[line(2, None)]
    odd *= np.float32(0.5)
    shape = list(even.shape)
    shape[axis] *= 2
    fine = np.empty(shape, dtype=np.float32)
    fine[line(0, None, 2)], fine[line(1, None, 2)] = even, odd
    start = fine_low - 2 * (coarse_low + 1)
    return fine[line(start, start + fine_high - fine_low + 1)]
