"""Small frames before noise, and what is kept of them.

They are kept in stages: the luminance of what stands still, that of what moves, and the codes of the frame.
All lie under the values they were made from, so no caller can ask wrongly for an old one.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from functools import cached_property

import numpy as np

from emulator.world.compose import (
    Rectangle,
    drawn,
    lay_moving,
    moving_parts,
    row_delay_s,
    stands_behind,
    whole,
)
from emulator.world.develop import doubled, sharpen
from emulator.world.facts import Exposure, View
from emulator.world.keep import Keep
from emulator.world.light import flicker_gain
from emulator.world.lighting import LightNow
from emulator.world.response import response
from emulator.world.sampling import F32
from emulator.world.scene import Scene
from emulator.world.sensor import Codes, Coding, expose
from emulator.world.warp import bends

_REDRAW_SHARE = 0.5
_SOFT_PX = 3.0
"""With so much defocus, in pixels of a frame, half the frame's size is enough."""

_still_light: Keep[F32] = Keep(limit_bytes=48 << 20)
_moving_lights: Keep[F32] = Keep(limit_bytes=8 << 20)
_frames: Keep[Codes] = Keep(limit_bytes=32 << 20)


def small_frame(scene: Scene, view: View, coding: Coding) -> Codes:
    """The codes of a frame before noise, not to be written to.

    While the lens moves so that nothing in the frame is sharp, it is made at half its size and enlarged.
    """
    soft = view.live and view.optics.defocus_px_640 * view.width >= _SOFT_PX * 640
    if not soft or view.width % 2 or view.height % 2:
        return _Frame(scene, view, coding).codes()
    half = replace(view, width=view.width // 2, height=view.height // 2)
    return doubled(_Frame(scene, half, coding).codes())


def exposed(planes: F32, view: View, coding: Coding, part: Rectangle, gains: F32 | None) -> Codes:
    """The codes of a part of a frame before sharpening, with pulses of the light for each row, if any."""
    own = response(view, part.rows, part.columns)
    return expose(planes, own, view, coding, part.rows[0], gains, first_column=part.columns[0])


def flicker(view: View, light: LightNow, first: int, last: int) -> F32 | None:
    """Brightness of each row under lamps that pulse, or None where they do not."""
    pulses = light.flicker
    if pulses.depth == 0:
        return None
    starts = view.time_s + row_delay_s(view) * np.arange(first, last, dtype=np.float64)
    gains = flicker_gain(starts, view.exposure.shutter_s, pulses.hz, pulses.depth, pulses.wave)
    return np.asarray(gains, dtype=np.float32)


def forget_frames() -> None:
    """Let go of every frame that is kept."""
    _still_light.clear()
    _moving_lights.clear()
    _frames.clear()


class _Frame:
    """A frame made whole: of what, how it is seen, in what light and with which pulses of it by row."""

    def __init__(self, scene: Scene, view: View, coding: Coding) -> None:
        self.scene = scene
        self.view = view
        self.coding = coding
        self.light = scene.light_at(view.time_s)
        self.gains = flicker(view, self.light, 0, view.height)

    def codes(self) -> Codes:
        """The frame, kept or made."""
        parts = moving_parts(self.scene, self.view)
        if not parts:
            return _frames.get(self._standing_key, self._still)
        moment = self.scene.moment(self.view.time_s)
        return _frames.get((*self._standing_key, moment), lambda: self._with_moving(parts))

    @cached_property
    def _standing_key(self) -> tuple[Hashable, ...]:
        """What the codes of what stands still come from."""
        shaken_s = self.view.time_s if self.view.optics.shake else 0.0
        standing = replace(self.view, noise_seed=0, white_balance=5500.0, time_s=shaken_s)
        pulses = None if self.gains is None else self.gains.tobytes()
        return self.scene, self.light, standing, self.coding, pulses

    def _still(self) -> Codes:
        """The frame without what moves."""
        return sharpen(self._exposed(self._standing_light, whole(self.view)))

    def _with_moving(self, parts: tuple[Rectangle, ...]) -> Codes:
        """The frame with what moves in some parts of it: only those are made anew.

        What stands still is kept from the second time on that it is asked for; of a view that changes
        from frame to frame it would never be asked for again.
        """
        touched = sum((p.rows[1] - p.rows[0]) * (p.columns[1] - p.columns[0]) for p in parts)
        if touched > _REDRAW_SHARE * self.view.width * self.view.height:
            return sharpen(self._moving(whole(self.view)))
        key = self._standing_key
        codes = _frames.get(key, self._still).copy() if _frames.again(key) else self._still()
        for part in parts:
            wide = part.grown(2, self.view)
            fresh = sharpen(self._moving(wide))
            top, left = part.rows[0] - wide.rows[0], part.columns[0] - wide.columns[0]
            height, width = part.rows[1] - part.rows[0], part.columns[1] - part.columns[0]
            codes[slice(*part.rows), slice(*part.columns)] = fresh[top : top + height, left : left + width]
        return codes

    def _moving(self, part: Rectangle) -> Codes:
        """A part with what moves, not yet sharpened."""
        moment = self.scene.moment(self.view.time_s)
        key = self.scene, self.light, self._plain(self.view.exposure.shutter_s), moment, part
        return self._exposed(_moving_lights.get(key, lambda: self._moving_light(part)), part)

    def _exposed(self, planes: F32, part: Rectangle) -> Codes:
        gains = None if self.gains is None else self.gains[slice(*part.rows)]
        return exposed(planes, self.view, self.coding, part, gains)

    @cached_property
    def _standing_light(self) -> F32:
        """Luminance (3, h, w) of what stands still; the same for any time and ISO."""
        plain = self._plain(self.view.exposure.shutter_s if self.view.optics.shake else 1.0)
        return _still_light.get(
            (self.scene, self.light, plain),
            lambda: drawn(self.scene, self.view, whole(self.view), self.light, moving=False),
        )

    def _moving_light(self, part: Rectangle) -> F32:
        """Luminance of a part with what moves: painted over what stands still, if that can be."""
        if bends(self.view) or not stands_behind(self.scene, self.view, part):
            return drawn(self.scene, self.view, part, self.light)
        planes = self._standing_light[:, slice(*part.rows), slice(*part.columns)].copy()
        lay_moving(self.scene, self.view, part, self.light, planes)
        return planes

    def _plain(self, shutter_s: float) -> View:
        """The view as far as what it sees depends on it, for an exposure of that time."""
        shaken = self.view.optics.shake != 0
        return replace(
            self.view,
            exposure=Exposure(self.view.exposure.f_number, shutter_s, 100.0),
            time_s=self.view.time_s if shaken else 0.0,
            noise_seed=0,
            white_balance=5500.0,
            temperature_c=25.0,
            dark_subtracted=False,
            pattern_seed=self.view.pattern_seed if shaken else 0,
        )
