"""How a lens draws: field of view, blur and its parts, depth of field, fall-off of light, the hand.

Formulas of imaging.md A2 and A3. Lengths on the sensor are in millimetres, in the scene in metres.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from emulator.world.facts import Exposure, Optics, View

TRANSMISSION_Q = 0.65
"""Share of a surface's light that reaches the sensor: H = q·L·t/N² (ISO 12232, ISO 2721)."""

METER_K = 12.5
"""Calibration of the reflected-light meter: N²/t = L·S/K."""

_DIFFRACTION_UM = 0.42 * 0.55
_TREMOR_RAD = 1.4e-4
"""In 10 ms: one over the equivalent focal length is just sharp, as photographers have it; 0.3 to 3 pixels of
20 megapixels from wide to tele (imaging.md A3)."""
_PIXEL_SIGMA = 0.29
_LIVE_PIXEL_SIGMA = (
    0.55  # read by skipping, then smoothed by the camera; the recorded live views are that soft
)
_DEMOSAIC_SIGMA = 0.35

# A soft edge is drawn as a smoothstep. These make its 10–90 % width that of a Gaussian of sigma 1 and that
# of a uniform disc of radius 1: 2.563/1.216 and 1.374/1.216.
GAUSSIAN_TO_EDGE = 2.108
DISC_TO_EDGE = 1.130
EDGE_TO_SIGMA = 1 / math.sqrt(5)
"""Standard deviation of the kernel whose integral is a smoothstep of half width 1."""


def field_of_view_deg(optics: Optics, width: int, height: int) -> tuple[float, float]:
    """Horizontal and vertical field of view of a frame of this shape."""
    used = optics.used_width_mm(width, height)
    focal = drawing_focal_mm(optics)
    across, down = used / (2 * focal), used * height / width / (2 * focal)
    return 2 * math.degrees(math.atan(across)), 2 * math.degrees(math.atan(down))


def magnification(optics: Optics) -> float:
    """Size of the image against the object in the plane of focus."""
    if math.isinf(optics.focus_m):
        return 0.0
    return optics.focal_mm / (optics.focus_m * 1000 - optics.focal_mm)


def drawing_focal_mm(optics: Optics) -> float:
    """The focal length that sets the size of things: longer when the lens breathes."""
    return optics.focal_mm * (1 + magnification(optics)) if optics.breathing else optics.focal_mm


def focal_plane_exposure_lxs(luminance: float, exposure: Exposure, optics: Optics) -> float:
    """H = q·L·t/N², less what the lens's extension takes when close: 1/(1+m)²."""
    extension = (1 + magnification(optics)) ** 2
    return TRANSMISSION_Q * luminance * exposure.shutter_s / exposure.f_number**2 / extension


def metered_exposure_product(luminance: float) -> float:
    """What N²/(t·S) the meter asks for at this luminance."""
    return luminance / METER_K


def defocus_disc_mm(optics: Optics, f_number: float, inverse_distance: float) -> float:
    """Diameter on the sensor of the disc an out-of-focus point becomes.

    b = (f²/N)·|s − s_f|/(s·(s_f − f)), written with 1/s so that infinity needs no case of its own.
    """
    focal_m = optics.focal_mm / 1000
    inverse_focus = 0.0 if math.isinf(optics.focus_m) else 1 / optics.focus_m
    spread = abs(inverse_focus - inverse_distance) / (1 - focal_m * inverse_focus)
    return focal_m**2 / f_number * spread * 1000


def hyperfocal_m(focal_mm: float, f_number: float, circle_mm: float) -> float:
    """Focused there, everything from half that distance on is sharp."""
    return (focal_mm**2 / (f_number * circle_mm) + focal_mm) / 1000


def depth_of_field_m(
    focal_mm: float, f_number: float, circle_mm: float, distance_m: float
) -> tuple[float, float]:
    """Near and far limit of what is sharp enough."""
    h, s, f = hyperfocal_m(focal_mm, f_number, circle_mm), distance_m, focal_mm / 1000
    if math.isinf(s):
        return h - f, math.inf
    near = s * (h - f) / (h + s - 2 * f)
    far = s * (h - f) / (h - s) if h > s else math.inf
    return near, far


class Spread:
    """How the lens of one view spreads a point, in units of the tangent of the view angle.

    Attributes:
        soft: half width of the edges that lens, diffraction, pixel and hand give to everything.
        pixel: width of one pixel of the frame.
    """

    __slots__ = ("_disc_factor", "_inverse_focus", "_moving", "pixel", "soft")

    def __init__(self, view: View) -> None:
        optics, f_number = view.optics, view.exposure.f_number
        scale = 1 / drawing_focal_mm(optics)
        native_mm, pixel_mm = view.sensor.pixel_um / 1000, view.pixel_mm
        stopped = min(max(math.log2(f_number / optics.widest_f_number), 0.0), 2.0) / 2
        sigmas_mm = (
            native_mm * (0.65 - 0.18 * stopped),
            _DIFFRACTION_UM * f_number / 1000,
            (_LIVE_PIXEL_SIGMA if view.live else _PIXEL_SIGMA) * pixel_mm,
            _DEMOSAIC_SIGMA * native_mm,
            _shake_sigma_mm(view),
        )
        self.soft = GAUSSIAN_TO_EDGE * math.hypot(*sigmas_mm) * scale
        self.pixel = pixel_mm * scale
        self._inverse_focus = 0.0 if math.isinf(optics.focus_m) else 1 / optics.focus_m
        self._disc_factor = defocus_disc_mm(optics, f_number, self._inverse_focus + 1) / 2 * scale
        self._moving = optics.defocus_px_640 / 2 * optics.used_width_mm(view.width, view.height) / 640 * scale

    def disc(self, inverse_distance: float) -> float:
        """Radius of the disc of defocus at 1/distance."""
        return math.hypot((inverse_distance - self._inverse_focus) * self._disc_factor, self._moving)

    def edge(self, inverse_distance: float) -> float:
        """Half width of an edge at 1/distance, everything together."""
        return math.hypot(self.disc(inverse_distance) * DISC_TO_EDGE, self.soft)

    def edges(self, inverse_distance: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same at many distances."""
        off = (inverse_distance - self._inverse_focus) * self._disc_factor
        return np.asarray(np.hypot(np.hypot(off, self._moving) * DISC_TO_EDGE, self.soft))


def _shake_sigma_mm(view: View) -> float:
    """How far a hand's tremor smears: an angle that grows with the root of time, so more with a long lens."""
    if view.optics.shake == 0:
        return 0.0
    kept = 0.25 if view.optics.stabilised else 1.0
    angle = view.optics.shake * kept * _TREMOR_RAD * math.sqrt(view.exposure.shutter_s / 0.01)
    return angle * drawing_focal_mm(view.optics)


def hand_offset(view: View) -> tuple[float, float]:
    """Where the hand points the camera at this time, as tangents of the view angle off its aim."""
    if view.optics.shake == 0:
        return 0.0, 0.0
    kept = 0.25 if view.optics.stabilised else 1.0
    reach = view.optics.shake * kept * 0.004
    t, phase = view.time_s, float(view.pattern_seed % 628) / 100
    across = math.sin(4.1 * t + phase) + 0.5 * math.sin(13.7 * t + 2 * phase) + 0.2 * math.sin(47.0 * t)
    down = math.sin(3.3 * t + 1.7 * phase) + 0.5 * math.sin(11.9 * t + 1.0) + 0.2 * math.sin(53.0 * t + phase)
    return reach * across, reach * down
