"""What one sees outside: sky with its sun, ridges, stars, strings of lights."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emulator.world.brush import EVERYWHERE, Bounds, Brush, around
from emulator.world.edges import step
from emulator.world.light import rgb_of_kelvin, sun_lux
from emulator.world.sampling import F32
from emulator.world.shapes.spot import SPOT_REACH, SPOT_SIZE, Spot
from emulator.world.shapes.surface import Surface, positive
from emulator.world.texture import Texture, brightness, relief

_SUN_RADIUS = math.tan(math.radians(0.266))
_AUREOLE, _AUREOLE_CORE = 5e-5, 0.36
"""What haze scatters around the sun: a share of its disc at one degree, less with the square (assumed)."""
_DEG_PER_RAD = math.degrees(1.0)
_STAR_LUX = 2.54e-6
_SIDEREAL_RAD_S = 7.2921e-5
_FAINTEST_SPOT = 4e-6


class Sky(Surface, frozen=True, kw_only=True, tag="sky"):
    """The sky by the sun's altitude: bluer and darker upward, a glow and a disc where the sun stands.

    Put it in a layer one metre away: its coordinates are then tangents of the view angle.
    """

    clouds: Texture | None = None

    def own_problem(self) -> tuple[str, str] | None:
        """The clouds must be a texture there can be."""
        found = None if self.clouds is None else self.clouds.problem()
        return None if found is None else (f"clouds.{found[0]}", found[1])

    def bounds(self) -> Bounds:
        """Everything."""
        return EVERYWHERE

    def paint(self, brush: Brush) -> None:
        """Cover everything with the sky of this moment."""
        light = brush.light
        altitude = light.sun_altitude_deg
        from_sky = min(max(1.0 - altitude / 14.0, 0.35), 1.0)
        zenith = sun_lux(altitude) / math.pi * from_sky
        up = np.maximum(brush.y, np.float32(0))
        haze = np.exp(up * np.float32(-3.5))
        low_sun = math.exp(-(((altitude + 1.0) / 6.0) ** 2))
        high = np.asarray(rgb_of_kelvin(12000.0), dtype=np.float32)
        warm = np.asarray(rgb_of_kelvin(2300.0 + 150.0 * max(altitude, 0)), dtype=np.float32)
        pale = np.asarray(rgb_of_kelvin(7000.0), dtype=np.float32)
        horizon = pale + (warm - pale) * np.float32(low_sun)
        level = np.float32(zenith) * (np.float32(0.45) + np.float32(0.75) * haze)
        channels = (high.reshape(3, 1, 1) + (horizon - high).reshape(3, 1, 1) * haze) * level
        channels = np.broadcast_to(channels, (3, brush.y.shape[0], brush.u.shape[1])).copy()
        self._glow(brush, channels, zenith, low_sun)
        if self.clouds is not None:
            channels *= self._cloud_light(brush, altitude)
        brush.lay_channels(None, channels)
        self._sun(brush)

    def _glow(self, brush: Brush, channels: F32, zenith: float, low_sun: float) -> None:
        """The brighter sky around the sun, warm when it is low."""
        x, y = self._from_sun(brush)
        near = np.exp(-np.sqrt(x * x * np.float32(0.6) + y * y * np.float32(2.2)) * np.float32(3.2))
        tint = rgb_of_kelvin(5200.0 - 2700.0 * low_sun)
        for channel, share in zip(channels, tint, strict=True):
            channel += near * np.float32(share * zenith * 1.6)

    def _cloud_light(self, brush: Brush, altitude: float) -> F32:
        """Streaks of cloud: bright where low light strikes them from below, grey by day."""
        assert self.clouds is not None
        streaks = brightness(
            self.clouds, brush.stand.seed, brush.x, brush.y, brush.stand.sigma(0.0), brush.stand.pixel(0.0)
        )
        lit = np.maximum(streaks, np.float32(0.9))
        lit -= np.float32(1)
        lit *= np.float32(1.2 if altitude > -4 else 0.6)
        lit += np.float32(1)
        return lit

    def _from_sun(self, brush: Brush) -> tuple[F32, F32]:
        light = brush.light
        across = math.tan(math.radians(min(max(light.sun_offset_deg, -80), 80)))
        height = math.tan(math.radians(min(max(light.sun_altitude_deg, -80), 80)))
        return brush.x - np.float32(across), brush.y - np.float32(height)

    def _sun(self, brush: Brush) -> None:
        light = brush.light
        if light.sun_luminance <= 0 or abs(light.sun_offset_deg) > 80:
            return
        x, y = self._from_sun(brush)
        red, green, blue = light.sun_rgb
        level = light.sun_luminance
        squared = x * x + y * y
        shine = step(np.float32(_SUN_RADIUS) - np.sqrt(squared), brush.across)
        shine += np.float32(_AUREOLE) / (squared * np.float32(_DEG_PER_RAD**2) + np.float32(_AUREOLE_CORE))
        brush.add(shine, (red * level, green * level, blue * level))


class Ridge(Surface, frozen=True, kw_only=True, tag="ridge"):
    """Everything below a wandering line: hills, a tree line, roofs far away."""

    y: float = 0.0
    rise: float
    size: float
    rough: float = 0.5
    seed: int = 0

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes."""
        return positive(rise=self.rise, size=self.size)

    def bounds(self) -> Bounds:
        """From the highest top down."""
        return -math.inf, -math.inf, math.inf, self.y + 4 * self.rise

    def paint(self, brush: Brush) -> None:
        """Cover what lies below the line."""
        line = Texture(
            contrast=1.0, size_m=self.size, finest_m=self.size / 2048, falloff=self.rough, seed=self.seed
        )
        across, along = brush.x[:1], np.zeros((1, 1), np.float32)
        sigma, pixel = brush.stand.sigma(self.y), max(brush.stand.pixel(self.y), self.size / 2048)
        height = relief(line, brush.stand.seed, across, along, sigma, pixel)
        top = np.float32(self.y) + height * np.float32(self.rise)
        brush.lay(step(top - brush.y, brush.up), self.rgb(brush.light), self.brightness(brush))


class Stars(Surface, frozen=True, kw_only=True, tag="stars"):
    """Stars that turn with the sky around the pole; in a layer one metre away.

    Attributes:
        count: how many down to the faintest.
        faintest: magnitude of the faintest; each magnitude has 2.8 times as many as the brighter one.
        pole_x: where the sky turns around, tangent of the view angle.
        pole_y: the same, upward.
    """

    count: int = 2000
    faintest: float = 7.0
    pole_x: float = 0.1
    pole_y: float = 0.25
    seed: int = 0

    def own_problem(self) -> tuple[str, str] | None:
        """No more stars than there are."""
        if not 1 <= self.count <= 50_000:
            return "count", "needs 1 to 50000 stars"
        return None

    @property
    def moves(self) -> bool:
        """The sky turns."""
        return True

    @property
    def adds(self) -> bool:
        """Stars hide nothing."""
        return True

    @property
    def by_rows(self) -> bool:
        """All are stamped at once."""
        return False

    def speed(self) -> float:
        """The fastest star that can be in view."""
        return _SIDEREAL_RAD_S * 1.2

    def bounds(self) -> Bounds:
        """Everything."""
        return EVERYWHERE

    def paint(self, brush: Brush) -> None:
        """Add every star as the small blur the lens makes of a point."""
        radius, angle, lux, tint = _star_field(self.count, self.faintest, self.seed + brush.stand.seed)
        turned = angle + _SIDEREAL_RAD_S * float(brush.rows.times.flat[0])
        x = self.pole_x + radius * np.cos(turned)
        y = self.pole_y + radius * np.sin(turned)
        pixel = brush.stand.pixel(0.0)
        spot = Spot.of(brush, 0.2 * pixel)
        level = lux / (math.pi * spot.radius**2)
        bright = level * spot.share > _FAINTEST_SPOT
        column = (x - float(brush.u[0, 0])) / pixel
        row = (float(brush.y[0, 0]) - y) / pixel
        spot.stamp(brush, row[bright], column[bright], tint[bright] * level[bright, None])


@lru_cache(maxsize=4)
def _star_field(count: int, faintest: float, seed: int) -> tuple[NDArray[np.float64], ...]:
    """Distance from the pole, angle, illuminance and colour of every star, brightest first."""
    rng = np.random.default_rng((seed, 1609))
    radius = 1.6 * np.sqrt(rng.random(count))
    angle = rng.random(count) * 2 * np.pi
    magnitude = np.maximum(faintest + np.log(np.sort(rng.random(count)) + 1e-9) / np.log(2.8), -1.4)
    lux = _STAR_LUX * 10 ** (-0.4 * magnitude)
    kelvin = np.round(1 / (1 / 11000 + rng.random(count) * (1 / 3400 - 1 / 11000)), -2)
    tint = np.array([rgb_of_kelvin(float(k)) for k in kelvin]).reshape(-1, 3)
    return radius, angle, lux, tint


class Lights(Surface, frozen=True, kw_only=True, tag="lights"):
    """Small lights strewn over a rectangle: a string of lamps, a town far away."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    count: int
    radius: float
    seed: int = 0

    def own_problem(self) -> tuple[str, str] | None:
        """Sizes must be sizes."""
        if not 1 <= self.count <= 2000:
            return "count", "needs 1 to 2000 lights"
        if self.luminance is None:
            return "luminance", "lights need a luminance in cd/m²"
        return positive(width=self.width, height=self.height, radius=self.radius)

    @property
    def by_rows(self) -> bool:
        """All are stamped at once."""
        return False

    def bounds(self) -> Bounds:
        """Around the rectangle, with the lights that have their middle on its border."""
        more = 2 * SPOT_SIZE * self.radius
        return around(self.x, self.y, self.width + more, self.height + more)

    @property
    def reach(self) -> float:
        """As far as the images of lights go."""
        return SPOT_REACH

    def paint(self, brush: Brush) -> None:
        """Add every light."""
        if self.at_night and brush.light.night == 0:
            return
        across, up, level = _strewn(self.count, self.seed, brush.stand.seed)
        x, y = self.x + across * self.width, self.y + up * self.height
        spot, shift, rise = Spot.of(brush, self.radius), brush.stand.shift, brush.stand.rise
        luminance = level[:, None] * np.array(self.rgb(brush.light))
        if brush.stand.level and shift[0] == shift[1] and rise[0] == rise[1]:
            pixel = brush.stand.pixel(0.0)
            column = (x + shift[0] - float(brush.u[0, 0]) * brush.stand.origin) / pixel
            spot.stamp(brush, (float(brush.y[0, 0]) - y) / pixel, column, luminance)
            return
        for at_x, at_y, (red, green, blue) in zip(x.tolist(), y.tolist(), luminance.tolist(), strict=True):
            reach = spot.reach
            part = brush.window((at_x - reach, at_y - reach, at_x + reach, at_y + reach))
            if part is not None:
                cover = Spot.of(part, self.radius).cover(part.x - np.float32(at_x), part.y - np.float32(at_y))
                part.add(cover, (red, green, blue))


@lru_cache(maxsize=64)
def _strewn(count: int, seed: int, scene_seed: int) -> tuple[NDArray[np.float64], ...]:
    """Where lights are, as shares of the rectangle's sides from its middle, and how bright each is."""
    places = np.random.default_rng((seed, scene_seed, 77)).random((count, 3))
    return places[:, 0] - 0.5, places[:, 1] - 0.5, 0.4 + 0.6 * places[:, 2]
