"""From a scene and a view to a picture, keeping what need not be made again.

Small frames are kept before their noise is laid on; large ones are made strip by strip and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np

from emulator.world.compose import Rectangle, drawn, luminance
from emulator.world.develop import Rgb8, Table, development_table, sharpen
from emulator.world.facts import View
from emulator.world.frames import exposed, flicker, small_frame
from emulator.world.grain import Grain, lay_grain
from emulator.world.keep import KEPT_PIXELS
from emulator.world.light import rgb_of_kelvin
from emulator.world.metering import neutral_kelvin
from emulator.world.sampling import F32
from emulator.world.scene import Scene
from emulator.world.sensor import CHANNEL_SENSITIVITY, Codes, Coding, RawFrame, raw_frame

_STRIP_PIXELS = 350_000
_DEVELOPED_AT_ONCE = 240_000


def render(scene: Scene, view: View) -> Rgb8:
    """The picture (h, w, 3), sRGB: same scene, view and seed, same bytes.

    Safe to call from several threads; meant to be called off the event loop.
    """
    coding = Coding.of(view)
    grain = Grain.of(view, coding.scale)
    table = development_table(view, coding, grain, _neutral(scene, view))
    if view.width * view.height <= KEPT_PIXELS:
        codes = small_frame(scene, view, coding)
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
        gains = flicker(view, light, first, last)
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


def _in_strips(scene: Scene, view: View, coding: Coding, grain: Grain, table: Table) -> Rgb8:
    light = scene.light_at(view.time_s)
    picture = np.empty((view.height, view.width, 3), dtype=np.uint8)
    strip = max(16, _STRIP_PIXELS // view.width)
    for first in range(0, view.height, strip):
        last = min(first + strip, view.height)
        wide = Rectangle((first, last), (0, view.width)).grown(1, view)
        planes = drawn(scene, view, wide, light)
        codes = sharpen(exposed(planes, view, coding, wide, flicker(view, light, *wide.rows)))
        inside = codes[first - wide.rows[0] : last - wide.rows[0]]
        picture[first:last] = _develop(inside, grain, table, view.noise_seed, first)
    return picture
