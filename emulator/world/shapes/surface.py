"""What every shape has: a surface that reflects the scene's light or shines by itself."""

from __future__ import annotations

import math
from functools import lru_cache

import msgspec
import numpy as np

from emulator.world.brush import NO_ROWS, Bounds, Brush
from emulator.world.light import Rgb, rgb_of_kelvin
from emulator.world.lighting import LightNow
from emulator.world.sampling import F32
from emulator.world.texture import Texture, brightness, brightness_by_distance


@lru_cache(maxsize=1024)
def linear_of_hex(color: str) -> Rgb:
    """Reflectance of an sRGB colour written as `#rrggbb`."""
    values = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


class Surface(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Fields common to all shapes; lengths are metres in the shape's layer, x to the right, y up.

    Attributes:
        reflectance: share of the light a grey surface gives back.
        color: reflectance of a coloured surface, as sRGB `#rrggbb`.
        luminance: cd/m² of a surface that shines by itself.
        kelvin: colour of that shine.
        at_night: shines only as far as the lamps of the night are on.
        texture: fine structure.
        shade: brightness at the lower and the upper bound, for light that falls off.
    """

    reflectance: float | None = None
    color: str | None = None
    luminance: float | None = None
    kelvin: float = 6500.0
    at_night: bool = False
    texture: Texture | None = None
    shade: tuple[float, float] = (1.0, 1.0)

    def rgb(self, light: LightNow) -> Rgb:
        """Luminance of the surface in this light, by channel."""
        if self.luminance is not None:
            level = self.luminance * (light.night if self.at_night else 1.0)
            red, green, blue = rgb_of_kelvin(self.kelvin)
            return red * level, green * level, blue * level
        red, green, blue = light.white
        own = linear_of_hex(self.color) if self.color is not None else (self.grey,) * 3
        return red * own[0], green * own[1], blue * own[2]

    @property
    def grey(self) -> float:
        """Reflectance of a surface without colour."""
        return 0.18 if self.reflectance is None else self.reflectance

    def brightness(self, brush: Brush) -> F32 | None:
        """Brightness factors of texture and shade under this brush; None where it is 1 everywhere."""
        shade = self._shade(brush)
        if self.texture is None:
            return shade
        stand = brush.stand
        if stand.level:
            sigma, pixel = stand.sigma(0.0), stand.pixel(0.0)
            moves = stand.shift != (0.0, 0.0)
            return brightness(
                self.texture, stand.seed, brush.x, brush.y, sigma, pixel, shade=shade, moves=moves
            )
        grain = brightness_by_distance(
            self.texture, stand.seed, brush.u, brush.y, brush.rows.distance, stand.spread
        )
        return grain if shade is None else grain * shade

    def _shade(self, brush: Brush) -> F32 | None:
        """How bright each row is, (h, 1); None where all are alike."""
        if self.shade == (1.0, 1.0):
            return None
        low, high = self.shade
        _, y0, _, y1 = self.bounds()
        if math.isinf(y0) or math.isinf(y1):
            y0, y1 = brush.stand.origin * -0.6, brush.stand.origin * 0.6
        rise = np.clip((brush.y - np.float32(y0)) / np.float32(y1 - y0), 0, 1)
        return np.asarray(low + (high - low) * rise, dtype=np.float32)

    def problem(self) -> tuple[str, str] | None:
        """The field that is impossible and why, if any."""
        if sum(value is not None for value in (self.reflectance, self.color, self.luminance)) > 1:
            return "reflectance", "give one of reflectance, color and luminance"
        if self.reflectance is not None and not 0 <= self.reflectance <= 1:
            return "reflectance", f"a surface cannot give back {self.reflectance} of the light (0 to 1)"
        if self.color is not None and not _is_hex(self.color):
            return "color", f"{self.color!r} is no colour; write it as #rrggbb"
        if self.luminance is not None and not 0 <= self.luminance <= 1e10:
            return "luminance", f"{self.luminance} cd/m² is impossible"
        if not all(0 <= level <= 4 for level in self.shade):
            return "shade", "needs two brightnesses between 0 and 4"
        if not 1000 <= self.kelvin <= 25000:
            return "kelvin", f"{self.kelvin} K is no colour of light (1000 to 25000)"
        if self.texture is not None:
            found = self.texture.problem()
            if found:
                return f"texture.{found[0]}", found[1]
        return self.own_problem()

    def own_problem(self) -> tuple[str, str] | None:
        """What a kind of shape finds wrong with its own fields."""
        return None

    @property
    def by_rows(self) -> bool:
        """Whether each row is painted from its own place and time alone."""
        return True

    @property
    def begins_as_field(self) -> bool:
        """Whether it is painted from how its bounds are covered, an upright field with soft edges."""
        return False

    @property
    def reach(self) -> float:
        """How far beyond its bounds it can show, in half widths of the lens's soft edges."""
        return 1.0

    @property
    def moves(self) -> bool:
        """Whether the shape changes by itself as time goes on."""
        return False

    @property
    def adds(self) -> bool:
        """Whether it only adds light and hides nothing."""
        return False

    def speed(self) -> float:
        """Fastest that any of it moves by itself, metres a second."""
        return 0.0

    def hidden_rows(self, brush: Brush) -> slice:
        """The brush's rows, one after the other, in which nothing behind the shape can be seen anywhere."""
        return NO_ROWS

    def bounds(self) -> Bounds:
        """The rectangle (x0, y0, x1, y1) that holds the shape."""
        raise NotImplementedError

    def paint(self, brush: Brush) -> None:
        """Paint the shape with a brush that covers its bounds."""
        raise NotImplementedError


def _is_hex(color: str) -> bool:
    return (
        len(color) == 7 and color[0] == "#" and all(digit in "0123456789abcdefABCDEF" for digit in color[1:])
    )


def positive(**sizes: float) -> tuple[str, str] | None:
    """The first of these sizes that is not above zero."""
    for name, size in sizes.items():
        if not size > 0:
            return name, f"must be more than 0 m, not {size}"
    return None
