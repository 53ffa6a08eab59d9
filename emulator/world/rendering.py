"""From a scene and a view to a picture, keeping what need not be made again.

Small frames are kept in two stages: the luminance of what stands still, and the codes of the whole frame
before noise. Both lie under the values they were made from, so no caller can ask wrongly
for an old one. Large frames are made strip by strip and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from emulator.world.compose import (
    Rectangle,
    drawn,
    lay_moving,
    luminance,
    moving_parts,
    row_delay_s,
    stands_behind,
    whole,
)
from emulator.world.develop import Rgb8, Table, development_table, doubled, sharpen
from emulator.world.facts import Exposure, View
from emulator.world.grain import Grain, lay_grain
from emulator.world.keep import KEPT_PIXELS, Keep, Seen
from emulator.world.light import flicker_gain, rgb_of_kelvin
from emulator.world.lighting import LightNow
from emulator.world.metering import neutral_kelvin
from emulator.world.response import response
from emulator.world.sampling import F32
from emulator.world.scene import Scene
from emulator.world.sensor import CHANNEL_SENSITIVITY, Codes, Coding, RawFrame, expose, raw_frame
from emulator.world.warp import bends

_STRIP_PIXELS = 350_000
_REDRAW_SHARE = 0.5
_DEVELOPED_AT_ONCE = 240_000
_SOFT_PX = 3.0
"""With so much defocus, in pixels of a frame, half the frame's size is enough."""

_still_light: Keep[F32] = Keep(limit_bytes=48 << 20)
_moving_lights: Keep[F32] = Keep(limit_bytes=8 << 20)
_frames: Keep[Codes] = Keep(limit_bytes=32 << 20)
_seen = Seen(limit=64)


def render(scene: Scene, view: View) -> Rgb8:
    """The picture (h, w, 3), sRGB: same scene, view and seed, same bytes.

    Safe to call from several threads; meant to be called off the event loop.
    """
    coding = Coding.of(view)
    grain = Grain.of(view, coding.scale)
    table = development_table(view, coding, grain, _neutral(scene, view))
    if view.width * view.height <= KEPT_PIXELS:
        codes = _small_frame(scene, view, coding)
        return _develop(codes, grain, table, view.noise_seed, 0)
    return _in_strips(scene, view, coding, grain, table)


def footprint(scene: Scene, view: View) -> Hashable:
    """What the picture of a view comes from: two views with equal ones have the same picture.

    Their times may differ, if nothing in the scene and its light has changed between them.
    """
    light = scene.light_at(view.time_s)
    timeless = light.flicker.depth == 0 and not view.optics.shake
    return scene, light, scene.moment(view.time_s), replace(view, time_s=0.0) if timeless else view


def stands_still(scene: Scene, view: View) -> bool:
    """Whether nothing moves in the frame and no lamp pulses: only the light of the day may change."""
    timeless = scene.light_at(view.time_s).flicker.depth == 0 and not view.optics.shake
    return timeless and not any(layer.moves for layer in scene.layers)


def expose_raw(scene: Scene, view: View) -> RawFrame:
    """The raw frame of this view: RGGB, every photon thrown; meant for the sensor's full size."""
    light = scene.light_at(view.time_s)
    illuminant = rgb_of_kelvin(_neutral(scene, view))
    response = [level * share for level, share in zip(illuminant, CHANNEL_SENSITIVITY, strict=True)]
    neutral = (response[0] / response[1], 1.0, response[2] / response[1])

    def rows(first: int, last: int) -> F32:
        found = luminance(scene, view, Rectangle((first, last), (0, view.width)), light)
        gains = _flicker(view, light, first, last)
        if gains is not None:
            found *= gains.reshape(1, -1, 1)
        return found

    return raw_frame(view, rows, neutral)


def _neutral(scene: Scene, view: View) -> float:
    if view.white_balance == "auto":
        return neutral_kelvin(scene, view.optics, view.time_s)
    return float(view.white_balance)


def _develop(codes: Codes, grain: Grain, table: Table, seed: int, first_row: int) -> Rgb8:
    """The picture of rows of codes, some at a time: what numpy needs between stays small."""
    picture = np.empty(codes.shape, dtype=np.uint8)
    block = max(1, _DEVELOPED_AT_ONCE // codes[0].size)
    places = np.empty_like(codes[:block])
    for row in range(0, len(codes), block):
        some = codes[row : row + block]
        lay_grain(some, grain, seed, first_row + row, places[: len(some)])
        np.take(table, places[: len(some)], mode="wrap", out=picture[row : row + block])
    return picture


def _small_frame(scene: Scene, view: View, coding: Coding) -> Codes:
    """The codes of a frame before noise.

    While the lens moves so that nothing in the frame is sharp, it is made at half its size and enlarged.
    """
    soft = view.live and view.optics.defocus_px_640 * view.width >= _SOFT_PX * 640
    if not soft or view.width % 2 or view.height % 2:
        return _whole_frame(scene, view, coding)
    half = replace(view, width=view.width // 2, height=view.height // 2)
    return doubled(_whole_frame(scene, half, coding))


def _whole_frame(scene: Scene, view: View, coding: Coding) -> Codes:
    light = scene.light_at(view.time_s)
    frame = _Frame(scene, view, coding, light, _flicker(view, light, 0, view.height))
    key = frame.standing_key
    parts = moving_parts(scene, view)
    if not parts:
        return _frames.get(key, frame.still)
    return _frames.get((*key, scene.moment(view.time_s)), lambda: frame.with_moving(parts))


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame to be made whole: of what, how it is seen, in what light and with which pulses of it by row."""

    scene: Scene
    view: View
    coding: Coding
    light: LightNow
    gains: F32 | None

    @property
    def standing_key(self) -> tuple[Hashable, ...]:
        """What the codes of what stands still come from."""
        shaken_s = self.view.time_s if self.view.optics.shake else 0.0
        standing = replace(self.view, noise_seed=0, white_balance=5500.0, time_s=shaken_s)
        return self.scene, self.light, standing, None if self.gains is None else self.gains.tobytes()

    def still(self) -> Codes:
        """The frame without what moves."""
        return sharpen(self._exposed(_standing_light(self.scene, self.view, self.light), whole(self.view)))

    def with_moving(self, parts: tuple[Rectangle, ...]) -> Codes:
        """The frame with what moves in some parts of it: only those are made anew.

        What stands still is kept from the second time on that it is asked for; of a view that changes
        from frame to frame it would never be asked for again.
        """
        touched = sum((p.rows[1] - p.rows[0]) * (p.columns[1] - p.columns[0]) for p in parts)
        if touched > _REDRAW_SHARE * self.view.width * self.view.height:
            return sharpen(self._moving(whole(self.view)))
        key = self.standing_key
        codes = _frames.get(key, self.still).copy() if _seen.again(key) else self.still()
        for part in parts:
            wide = part.grown(2, self.view)
            fresh = sharpen(self._moving(wide))
            top, left = part.rows[0] - wide.rows[0], part.columns[0] - wide.columns[0]
            height, width = part.rows[1] - part.rows[0], part.columns[1] - part.columns[0]
            codes[slice(*part.rows), slice(*part.columns)] = fresh[top : top + height, left : left + width]
        return codes

    def _moving(self, part: Rectangle) -> Codes:
        """A part with what moves, not yet sharpened."""
        return self._exposed(_moving_light(self.scene, self.view, part, self.light), part)

    def _exposed(self, planes: F32, part: Rectangle) -> Codes:
        rows = None if self.gains is None else self.gains[slice(*part.rows)]
        return _exposed(planes, self.view, self.coding, part, rows)


def _standing_light(scene: Scene, view: View, light: LightNow) -> F32:
    """Luminance (3, h, w) of what stands still in the scene; the same for any time and ISO."""
    plain = _plain(view, view.exposure.shutter_s if view.optics.shake else 1.0)
    return _still_light.get(
        (scene, light, plain), lambda: drawn(scene, view, whole(view), light, moving=False)
    )


def _plain(view: View, shutter_s: float) -> View:
    """The view as far as what it sees depends on it, for an exposure of that time."""
    shaken = view.optics.shake != 0
    return replace(
        view,
        exposure=Exposure(view.exposure.f_number, shutter_s, 100.0),
        time_s=view.time_s if shaken else 0.0,
        noise_seed=0,
        white_balance=5500.0,
        temperature_c=25.0,
        dark_subtracted=False,
        pattern_seed=view.pattern_seed if shaken else 0,
    )


def _moving_light(scene: Scene, view: View, part: Rectangle, light: LightNow) -> F32:
    """Luminance of a part of the frame with what moves; made once for all who see the same."""
    key = scene, light, _plain(view, view.exposure.shutter_s), scene.moment(view.time_s), part
    return _moving_lights.get(key, lambda: _make_moving_light(scene, view, part, light))


def _make_moving_light(scene: Scene, view: View, part: Rectangle, light: LightNow) -> F32:
    """The same, painted over what stands still, if that can be."""
    if bends(view) or not stands_behind(scene, view, part):
        return drawn(scene, view, part, light)
    planes = _standing_light(scene, view, light)[:, slice(*part.rows), slice(*part.columns)].copy()
    lay_moving(scene, view, part, light, planes)
    return planes


def _exposed(planes: F32, view: View, coding: Coding, part: Rectangle, gains: F32 | None) -> Codes:
    """The codes of a part of the frame, with pulses of the light for each row, if any."""
    own = response(view, part.rows, part.columns)
    return expose(planes, own, view, coding, part.rows[0], gains, first_column=part.columns[0])


def _in_strips(scene: Scene, view: View, coding: Coding, grain: Grain, table: Table) -> Rgb8:
    light = scene.light_at(view.time_s)
    picture = np.empty((view.height, view.width, 3), dtype=np.uint8)
    strip = max(16, _STRIP_PIXELS // view.width)
    for first in range(0, view.height, strip):
        last = min(first + strip, view.height)
        wide = Rectangle((first, last), (0, view.width)).grown(1, view)
        planes = drawn(scene, view, wide, light)
        codes = sharpen(_exposed(planes, view, coding, wide, _flicker(view, light, *wide.rows)))
        inside = codes[first - wide.rows[0] : last - wide.rows[0]]
        picture[first:last] = _develop(inside, grain, table, view.noise_seed, first)
    return picture


def _flicker(view: View, light: LightNow, first: int, last: int) -> F32 | None:
    """Brightness of each row under lamps that pulse, or None where they do not."""
    flicker = light.flicker
    if flicker.depth == 0:
        return None
    starts = view.time_s + row_delay_s(view) * np.arange(first, last, dtype=np.float64)
    gains = flicker_gain(starts, view.exposure.shutter_s, flicker.hz, flicker.depth, flicker.wave)
    return np.asarray(gains, dtype=np.float32)


def forget_frames() -> None:
    """Let go of every frame that is kept."""
    _still_light.clear()
    _moving_lights.clear()
    _frames.clear()
    _seen.clear()
