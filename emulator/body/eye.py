"""What the camera sees: live frames, light and sharpness, made by the world off the event loop.

Source: imaging.md A2, A5 (live view files), A6; protocol/wifi.md 8.3.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import ParamSpec, TypeVar

from emulator import world
from emulator.body.exposure import Choice
from emulator.body.identity import Identity
from emulator.body.lens import Lens
from emulator.body.settings import WHITE_BALANCE, Settings
from emulator.body.warmth import Warmth
from emulator.clock import Clock
from emulator.profiles import Profile
from emulator.world import Exposure, Scene, SensorFacts, View
from emulator.world.facts import WhiteBalance, Window
from emulator.world.lighting import LightNow

P = ParamSpec("P")
Looked = TypeVar("Looked")
_LOOKERS = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - 1), thread_name_prefix="eye")

Point = tuple[float, float]
"""Right and down, in percent of the frame."""
FULL_FRAME: Window = (0.0, 0.0, 1.0, 1.0)
_FOCUS_PIXELS = (480, 360)
_QUALITIES = (4, 95)
_TRIES = 7
_KEPT_LOOKS = 400
_THROWS, _THROWS_A_SECOND = 16, 30
_LIVE_MOMENTS_A_SECOND = 60
"""Live frames begin at one of these, so that cameras side by side see, and share, the same moment."""
_KELVIN: dict[str, WhiteBalance] = {
    "Auto WB": "auto",
    "Daylight": 5200.0,
    "Shade": 7000.0,
    "Cloudy": 6000.0,
    "Incandescent": 2850.0,
    "Fluorescent: Warm White (-1)": 3000.0,
    "Fluorescent: Cool White (0)": 4200.0,
    "Fluorescent: Day White (+1)": 5000.0,
    "Fluorescent: Daylight (+2)": 6500.0,
    "Flash": 5400.0,
}
"""What each preset takes for neutral, in kelvin (the common values; assumed)."""
_CUSTOM = "Custom"
_ANY_EXPOSURE = Exposure(5.6, 1 / 60, 100.0)


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One live view image as the camera made it.

    Attributes:
        jpeg: the bare file; the server fills it up to the camera's multiple.
        focus_frames: of `remotelens.protocol.wifi.liveview.FocusFrame`.
        orientation: how the camera is held: ``0``, ``90``, ``180`` or ``270``.
    """

    jpeg: bytes
    focus_frames: tuple[object, ...]
    orientation: str


class Eye:
    """Sensor and lens at work.

    Args:
        profile: the sensor.
        identity: what makes its noise its own.
        scene: what is in front of the lens.
        clock: camera time.
        scene_start_s: the moment of that clock at which the scene began.
        economy: looks of light meter and autofocus serve again while nothing has changed in the scene, the
            light meter looks once a second, all stills have the same noise, and the sensor warms in steps
            of two degrees: for pictures too small to show the difference.
    """

    def __init__(
        self,
        profile: Profile,
        identity: Identity,
        scene: Scene,
        clock: Clock,
        lens: Lens,
        settings: Settings,
        warmth: Warmth,
        *,
        scene_start_s: float,
        economy: bool = False,
    ) -> None:
        self._economy = economy
        self._metered: tuple[tuple[tuple[Scene, float, LightNow], float], float] | None = None
        self._looks: dict[Hashable, float] = {}
        self._second: tuple[tuple[Scene, float], tuple[Scene, float, LightNow]] | None = None
        self._profile = profile
        self._identity = identity
        self.scene = scene
        self._clock = clock
        self._lens = lens
        self._settings = settings
        self._warmth = warmth
        self._scene_start_s = scene_start_s
        self._sensor = sensor_facts(profile)
        self.custom_kelvin = 5200.0
        """What the white balance preset Custom takes for neutral."""
        self._seen: Hashable = None
        self._frames: dict[int, bytes] = {}

    def look_at(self, scene: Scene, start_s: float) -> None:
        """Have another scene in front of the lens, or the same at another of its times.

        Args:
            scene: what is there.
            start_s: the moment of the clock at which it began.
        """
        self.scene = scene
        self._scene_start_s = start_s

    @property
    def time_s(self) -> float:
        """Seconds since the scene began."""
        return self._clock.monotonic() - self._scene_start_s

    async def luminance(self) -> float:
        """Return the metered luminance of what is in the field of view, in cd/m²."""
        optics, time_s = self._lens.optics(), self.time_s
        if not self._economy:
            return await _look(self._clock, world.meter, self.scene, optics, time_s)
        key = self._moment(time_s), optics.focal_mm
        if self._metered is None or self._metered[0] != key:
            found = await _look(self._clock, world.meter, self.scene, optics, float(int(time_s)))
            self._metered = key, found
        return self._metered[1]

    def _moment(self, time_s: float) -> tuple[Scene, float, LightNow]:
        """What a look at the scene depends on, in whole seconds: the same while nothing changes in it."""
        scene, second = self.scene, float(int(time_s))
        if self._second is None or self._second[0] != (scene, second):
            self._second = (scene, second), (scene, scene.moment(second), scene.light_at(second))
        return self._second[1]

    async def neutral_kelvin(self) -> float:
        """Return the colour temperature of the light in the field of view."""
        return await _look(self._clock, world.neutral_kelvin, self.scene, self._lens.optics(), self.time_s)

    def follow(self, x: float, y: float, size: tuple[int, int]) -> Callable[[], Point | None]:
        """Find what is at a point, in percent of a frame of that shape.

        Returns a function that tells where it is, or None once it has left the frame; what stands still
        stays where it was.
        """
        found = world.subject_at(self.scene, self._view(_ANY_EXPOSURE, size), x / 100, y / 100)

        def where() -> Point | None:
            if found is None:
                return x, y
            if found.layer not in self.scene.layers:
                return None
            place = world.place_of(self.scene, self._view(_ANY_EXPOSURE, size), found)
            return None if place is None else (place[0] * 100, place[1] * 100)

        return where

    async def sharpness(self, focus_m: float, window: Window, exposure: Exposure) -> float:
        """Return the contrast that autofocus sees in a window, with the lens at that distance."""
        key = self._moment(self.time_s), self._lens.position, self._lens.handled, focus_m, window
        found = self._looks.get(key) if self._economy else None
        if found is None:
            view = self._view(exposure, _FOCUS_PIXELS, focus_m=focus_m, live=True)
            found = await _look(self._clock, world.focus_score, self.scene, view, window)
            if len(self._looks) >= _KEPT_LOOKS:
                self._looks.pop(next(iter(self._looks)))
            if self._economy:
                self._looks[key] = found
        return found

    async def live_jpeg(
        self, exposure: Exposure, size: tuple[int, int], file_bytes: tuple[int, int]
    ) -> bytes:
        """Return a live image as a JPEG whose size lies in those limits where the picture allows it.

        The same moment gives the same bytes and is not made twice. While nothing changes in front of the
        camera and nothing is set, a few frames, each with noise of its own, come over and over.
        """
        view = self._view(exposure, size, live=True)
        if world.stands_still(self.scene, view):
            throw = int(view.time_s * _THROWS_A_SECOND) % _THROWS
            view = replace(view, noise_seed=self._identity.noise_seed + throw)
        seen = world.footprint(self.scene, replace(view, noise_seed=0)), file_bytes
        if self._seen != seen:
            self._seen, self._frames = seen, {}
        jpeg = self._frames.get(view.noise_seed)
        if jpeg is None:
            quality = self._profile.liveview.quality
            jpeg = await _look(self._clock, fitting_jpeg, self.scene, view, file_bytes, quality)
            if self._seen == seen:
                self._frames[view.noise_seed] = jpeg
        return jpeg

    def still_view(self, choice: Choice, size: tuple[int, int], *, shutter_s: float | None = None) -> View:
        """Return the view of a still whose shutter opens now."""
        seconds = choice.shutter.exact if shutter_s is None else shutter_s
        exposure = Exposure(choice.f_number.exact, seconds, choice.iso.exact)
        dark = self._profile.rules.dark_frame and seconds >= 1.0
        rolling = not self._profile.sensor.mechanical_shutter
        view = self._view(exposure, size, dark_subtracted=dark, rolling=rolling)
        return replace(view, noise_seed=self._identity.noise_seed) if self._economy else view

    def film_view(self, exposure: Exposure, size: tuple[int, int]) -> View:
        """Return the view of a movie frame that begins now."""
        return self._view(exposure, size, live=True)

    def _view(
        self,
        exposure: Exposure,
        size: tuple[int, int],
        *,
        focus_m: float | None = None,
        live: bool = False,
        dark_subtracted: bool = False,
        rolling: bool = False,
    ) -> View:
        now_s = self.time_s
        time_s = math.floor(now_s * _LIVE_MOMENTS_A_SECOND + 1e-6) / _LIVE_MOMENTS_A_SECOND if live else now_s
        return View(
            optics=self._lens.optics(focus_m),
            exposure=exposure,
            sensor=self._sensor,
            width=size[0],
            height=size[1],
            time_s=time_s,
            noise_seed=(self._identity.noise_seed + round(now_s * 1000)) & 0x7FFF_FFFF,
            white_balance=self._white_balance(),
            temperature_c=self._temperature_c(),
            live=live,
            pattern_seed=self._identity.pattern_seed,
            dark_subtracted=dark_subtracted,
            rolling=rolling,
        )

    def _temperature_c(self) -> float:
        """The sensor's temperature, in steps so that what hardly differs need not be made again."""
        celsius = self._warmth.celsius
        return 2.0 * round(celsius / 2) if self._economy else round(celsius, 1)

    def _white_balance(self) -> WhiteBalance:
        if WHITE_BALANCE not in self._settings or not self._settings.is_shown(WHITE_BALANCE):
            return "auto"
        mode, kelvin = self._settings.value(WHITE_BALANCE)
        if mode == _CUSTOM:
            return self.custom_kelvin
        return float(kelvin) if kelvin > 0 else _KELVIN.get(mode, "auto")


async def _look(clock: Clock, function: Callable[P, Looked], /, *args: P.args, **kwargs: P.kwargs) -> Looked:
    """Look in one of few threads, while the clock is held: many at once would only hinder each other."""
    with clock.hold():
        work = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(_LOOKERS, work)


def sensor_facts(profile: Profile) -> SensorFacts:
    """Return a camera's sensor as the world's physics needs it."""
    facts, raw = profile.sensor, profile.raw
    sensor = SensorFacts(
        pixel_um=facts.pixel_um,
        clip_k=facts.clip_k,
        base_iso=facts.base_iso,
        read_noise_base_e=facts.read_noise_base_e,
        read_noise_high_e=facts.read_noise_high_e,
        qe=facts.qe,
        grey_fraction=facts.grey_fraction,
        dark_e_s=facts.dark_e_s,
        prnu=facts.prnu,
        dsnu_e=facts.dsnu_e,
        hot_pixel_fraction=facts.hot_pixel_fraction,
        readout_s=facts.readout_s,
    )
    return (
        sensor
        if raw is None
        else replace(sensor, raw_bits=raw.bits, raw_black=raw.black, raw_white=raw.white)
    )


def fitting_jpeg(scene: Scene, view: View, limits: tuple[int, int], quality: int) -> bytes:
    """Render an image and find the quality that gives a file of a fitting size; takes its time."""
    rgb = world.render(scene, view)
    smallest, largest = limits
    low, high = _QUALITIES
    best = b""
    for _ in range(_TRIES):
        jpeg = world.encode_jpeg(rgb, quality=quality, subsampling="422", strip_app0=True)
        if len(jpeg) <= largest:
            best = max(best, jpeg, key=len)
        if smallest <= len(jpeg) <= largest or low >= high:
            break
        if len(jpeg) > largest:
            high = quality - 1
        else:
            low = quality + 1
        quality = (low + high) // 2
    return best or jpeg
