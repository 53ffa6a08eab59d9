"""The light of a scene as its file describes it, and what that light is at one moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from emulator.world.light import (
    FlickerWave,
    Rgb,
    cloud_stops,
    direct_kelvin,
    ground_kelvin,
    rgb_of_kelvin,
    sun_lux,
    sun_position,
)

STARLIGHT_LUX = 6e-4
_LAMPS_FULL_BELOW_DEG = -3.0
_LAMPS_OFF_ABOVE_DEG = 1.0


@dataclass(frozen=True, slots=True)
class Flicker:
    """How lamps pulse with the mains."""

    hz: float = 100.0
    depth: float = 0.0
    wave: FlickerWave = "sine"


@dataclass(frozen=True, slots=True)
class LightNow:
    """The light at one moment.

    Attributes:
        lux: illuminance of whatever the scene shows.
        rgb: its colour, linear sRGB of luminance 1.
        night: how much of the lamps that come on at dusk is on, 0 to 1.
        sun_altitude_deg: where the sun stands; −90 where there is none.
        sun_offset_deg: how far to the right of the camera's direction it stands.
        sun_luminance: luminance of its disc.
        sun_rgb: colour of its disc.
        flicker: how the lamps pulse.
    """

    lux: float
    rgb: Rgb
    night: float = 0.0
    sun_altitude_deg: float = -90.0
    sun_offset_deg: float = 0.0
    sun_luminance: float = 0.0
    sun_rgb: Rgb = (1.0, 1.0, 1.0)
    flicker: Flicker = Flicker()

    @property
    def white(self) -> Rgb:
        """Luminance of a perfect white surface, per channel: E/π times the colour."""
        level = self.lux / math.pi
        return self.rgb[0] * level, self.rgb[1] * level, self.rgb[2] * level


class Lamps(msgspec.Struct, frozen=True, tag="lamps", tag_field="kind", forbid_unknown_fields=True):
    """Lamps that burn all the time."""

    lux: float
    kelvin: float = 4000.0
    flicker_hz: float = 100.0
    flicker_depth: float = 0.0
    flicker_wave: FlickerWave = "sine"

    def problem(self) -> tuple[str, str] | None:
        """The field that is impossible and why, if any."""
        if not 0 <= self.lux <= 2e5:
            return "lux", f"{self.lux} lx is no light there is (0 to 200000)"
        if not 1000 <= self.kelvin <= 25000:
            return "kelvin", f"{self.kelvin} K is no colour of light (1000 to 25000)"
        if not 0 <= self.flicker_depth <= 1:
            return "flicker_depth", f"a flicker of {self.flicker_depth} is impossible (0 to 1)"
        if not 1 <= self.flicker_hz <= 1e5:
            return "flicker_hz", f"lamps do not pulse at {self.flicker_hz} Hz"
        return None

    def at(self, time_s: float, seed: int) -> LightNow:
        """The light at this scene time: always the same."""
        return LightNow(
            lux=self.lux,
            rgb=rgb_of_kelvin(self.kelvin),
            night=1.0,
            flicker=Flicker(self.flicker_hz, self.flicker_depth, self.flicker_wave),
        )


class Daylight(msgspec.Struct, frozen=True, tag="daylight", tag_field="kind", forbid_unknown_fields=True):
    """Sun and sky of a place and a day, clouds, and street lamps that come on at dusk."""

    latitude_deg: float
    longitude_deg: float
    start: datetime
    facing_deg: float = 270.0
    clouds: float = 0.0
    lamps_lux: float = 0.0
    lamps_kelvin: float = 2700.0
    light_step_s: float = 0.5

    def problem(self) -> tuple[str, str] | None:
        """The field that is impossible and why, if any."""
        if not -90 <= self.latitude_deg <= 90:
            return "latitude_deg", f"there is no latitude {self.latitude_deg}°"
        if not -180 <= self.longitude_deg <= 180:
            return "longitude_deg", f"there is no longitude {self.longitude_deg}°"
        if not 0 <= self.clouds <= 1:
            return "clouds", f"{self.clouds} of the sky cannot be clouds (0 to 1)"
        if not 0 <= self.lamps_lux <= 2e5:
            return "lamps_lux", f"{self.lamps_lux} lx is no light there is (0 to 200000)"
        if not 1000 <= self.lamps_kelvin <= 25000:
            return "lamps_kelvin", f"{self.lamps_kelvin} K is no colour of light (1000 to 25000)"
        if not 0.01 <= self.light_step_s <= 60:
            return "light_step_s", "the light needs a step of 0.01 to 60 s"
        return None

    def at(self, time_s: float, seed: int) -> LightNow:
        """The light at this scene time, which moves in steps too small to see."""
        time_s = math.floor(time_s / self.light_step_s) * self.light_step_s
        start = self.start if self.start.tzinfo else self.start.replace(tzinfo=UTC)
        altitude, azimuth = sun_position(
            start + timedelta(seconds=time_s), self.latitude_deg, self.longitude_deg
        )
        through_clouds = 2.0 ** (-self.clouds * cloud_stops(time_s, seed))
        sky_lux = max(sun_lux(altitude) * through_clouds, STARLIGHT_LUX)
        night = (_LAMPS_OFF_ABOVE_DEG - altitude) / (_LAMPS_OFF_ABOVE_DEG - _LAMPS_FULL_BELOW_DEG)
        night = min(max(night, 0.0), 1.0)
        lamp_lux = self.lamps_lux * night
        sky_rgb, lamp_rgb = rgb_of_kelvin(ground_kelvin(altitude)), rgb_of_kelvin(self.lamps_kelvin)
        total = sky_lux + lamp_lux
        mixed = tuple((s * sky_lux + p * lamp_lux) / total for s, p in zip(sky_rgb, lamp_rgb, strict=True))
        return LightNow(
            lux=total,
            rgb=(mixed[0], mixed[1], mixed[2]),
            night=night,
            sun_altitude_deg=altitude,
            sun_offset_deg=(azimuth - self.facing_deg + 180) % 360 - 180,
            sun_luminance=_sun_luminance(altitude) * through_clouds**2,
            sun_rgb=rgb_of_kelvin(direct_kelvin(altitude)),
        )


def _sun_luminance(altitude_deg: float) -> float:
    """Luminance of the sun's disc seen through the air mass of this altitude (Kasten and Young 1989)."""
    if altitude_deg < -1.2:
        return 0.0
    altitude = max(altitude_deg, -0.8)
    air_mass = 1 / (math.sin(math.radians(altitude)) + 0.50572 * (altitude + 6.07995) ** -1.6364)
    return 1.9e9 * math.exp(-0.21 * air_mass)


Lighting = Lamps | Daylight
