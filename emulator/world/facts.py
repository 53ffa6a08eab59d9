"""The values the world is asked with: exposure, optics, sensor, and the view made of them.

Units are in the names. Exposure values are exact (1/64 s, f/5.657), never the rounded figures of a dial.
All values are frozen and hashable: a rendered frame is remembered under the view itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

WhiteBalance = Literal["auto"] | float
Window = tuple[float, float, float, float]
Polynomial = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Exposure:
    """The three settings that decide how bright a picture becomes."""

    f_number: float
    shutter_s: float
    iso: float

    def __post_init__(self) -> None:
        if not (self.f_number > 0 and self.shutter_s > 0 and self.iso > 0):
            raise ValueError(f"an exposure needs positive values, not {self}")

    @property
    def ev100(self) -> float:
        """Exposure value at ISO 100: log2(N²/t) − log2(S/100)."""
        return math.log2(self.f_number**2 / self.shutter_s) - math.log2(self.iso / 100)


@dataclass(frozen=True, slots=True)
class Optics:
    """The lens as it stands at this moment, and the sensor area behind it.

    Attributes:
        focal_mm: real focal length.
        focus_m: distance of the plane in focus from the camera; `math.inf` is allowed.
        sensor_width_mm: width of the sensor's light-sensitive area.
        sensor_height_mm: its height.
        blades: blades of the iris, the corners of an out-of-focus highlight.
        widest_f_number: full aperture at this focal length; the lens is softest there.
        corner_ev: stops of light lost in the corner at full aperture, after the camera's own correction.
        defocus_px_640: extra softness while the lens moves, in pixels of a frame 640 wide.
        shake: 0 on a tripod, 1 in an ordinary hand.
        stabilised: the lens counteracts the hand (a quarter of the shake is left).
        breathing: the field of view narrows as the lens focuses closer (macro lenses).
        corrected: the camera undoes distortion and vignetting; `corner_ev` is what it leaves.
        distortion: a, b and c of the ptlens form, seen where nothing is corrected.
        vignetting: f-numbers, widest first, each with k1 to k3 of 1 + k1·r² + k2·r⁴ + k3·r⁶ and r = 1 in
            the corner; seen where nothing is corrected, and instead of `corner_ev`.
    """

    focal_mm: float
    focus_m: float
    sensor_width_mm: float
    sensor_height_mm: float
    blades: int = 7
    widest_f_number: float = 1.8
    corner_ev: float = 0.5
    defocus_px_640: float = 0.0
    shake: float = 0.0
    stabilised: bool = True
    breathing: bool = False
    corrected: bool = True
    distortion: Polynomial = (0.0, 0.0, 0.0)
    vignetting: tuple[tuple[float, Polynomial], ...] = ()

    def __post_init__(self) -> None:
        if not (self.focal_mm > 0 and self.sensor_width_mm > 0 and self.sensor_height_mm > 0):
            raise ValueError(f"a lens and its sensor have positive sizes, not {self}")
        if not self.focus_m > self.focal_mm / 1000:
            raise ValueError(f"a lens of {self.focal_mm} mm cannot focus at {self.focus_m} m")

    def used_width_mm(self, width: int, height: int) -> float:
        """Width of the sensor area a frame of this many pixels shows: the largest of its shape, centred."""
        return min(self.sensor_width_mm, self.sensor_height_mm * width / height)


@dataclass(frozen=True, slots=True)
class SensorFacts:
    """What the EMVA 1288 model needs to know of a sensor (models.md section 10).

    Attributes:
        pixel_um: pitch of the photosites.
        clip_k: a photosite clips at `clip_k · pixel_um² / ISO` electrons.
        base_iso: lowest ISO at which the full well is used.
        read_noise_base_e: read noise at base ISO, electrons.
        read_noise_high_e: read noise it tends to at high ISO.
        qe: quantum efficiency in green.
        grey_fraction: share of the clipping level where a metered grey lands.
        dark_e_s: dark current at 25 °C, electrons a second and photosite.
        prnu: spread of the photosites' sensitivity.
        dsnu_e: spread of their offsets.
        hot_pixel_fraction: share of photosites with a dark current 50 to 2000 times the ordinary.
        readout_s: time from the first row to the last with an electronic shutter, whole sensor.
        raw_bits: converter resolution.
        raw_black: black level of the raw file.
        raw_white: clipping level of the raw file.
    """

    pixel_um: float
    clip_k: float
    base_iso: float
    read_noise_base_e: float
    read_noise_high_e: float
    qe: float
    grey_fraction: float = 0.127
    dark_e_s: float = 0.5
    prnu: float = 0.006
    dsnu_e: float = 1.0
    hot_pixel_fraction: float = 2e-5
    readout_s: float = 0.06
    raw_bits: int = 14
    raw_black: int = 512
    raw_white: int = 16300

    @property
    def area_um2(self) -> float:
        """Area of one photosite."""
        return self.pixel_um**2

    def clip_e(self, iso: float) -> float:
        """Electrons at which a photosite clips at this ISO."""
        return self.clip_k * self.area_um2 / max(iso, self.base_iso)

    def read_noise_e(self, iso: float) -> float:
        """Read noise in electrons at this ISO (imaging.md A4.2)."""
        ratio = self.base_iso / max(iso, self.base_iso)
        high = self.read_noise_high_e**2
        return math.sqrt(high + (self.read_noise_base_e**2 - high) * ratio**2)

    @property
    def electrons_per_um2_lxs(self) -> float:
        """Electrons a square micrometre gathers from one lux second: g·k/8.1 (imaging.md A4)."""
        return self.grey_fraction * self.clip_k / 8.125


@dataclass(frozen=True, slots=True)
class View:
    """One frame asked for: everything the picture depends on besides the scene.

    Attributes:
        optics: the lens.
        exposure: the exposure.
        sensor: the sensor.
        width: pixels of the picture; any size shows the same part of the scene as any other of its shape.
        height: its height.
        time_s: scene time at which the exposure starts, seconds since the scene began.
        noise_seed: another seed, another throw of the photons; the same seed, the same bytes.
        white_balance: "auto", or the colour temperature that shall look neutral.
        temperature_c: temperature of the sensor.
        live: read as live view is: one photosite in eight, rows one after another.
        pattern_seed: the camera's own fixed pattern (its serial number, so to speak).
        dark_subtracted: a second, dark exposure was taken off (long-exposure noise reduction).
        rolling: taken with an electronic shutter: the rows of a still, too, come one after another.
    """

    optics: Optics
    exposure: Exposure
    sensor: SensorFacts
    width: int
    height: int
    time_s: float = 0.0
    noise_seed: int = 0
    white_balance: WhiteBalance = "auto"
    temperature_c: float = 25.0
    live: bool = False
    pattern_seed: int = 0
    dark_subtracted: bool = False
    rolling: bool = False

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a frame of {self.width} × {self.height} pixels shows nothing")

    @property
    def pixel_mm(self) -> float:
        """Side of one pixel of the frame, on the sensor."""
        return self.optics.used_width_mm(self.width, self.height) / self.width

    @property
    def photosites_per_pixel(self) -> float:
        """How many photosites one pixel of the frame was summed from; at least one."""
        covered = (self.pixel_mm * 1000 / self.sensor.pixel_um) ** 2
        return max(1.0, covered / 8 if self.live else covered)
