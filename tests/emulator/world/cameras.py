"""Sensors and lenses the tests photograph with, and how they meter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emulator.world import Exposure, Optics, Scene, SensorFacts, View, load_scene, meter
from emulator.world.develop import srgb_decode

QX10 = SensorFacts(1.26, 288_000, 100, 3.5, 2.0, 0.67, dark_e_s=1.0, prnu=0.01, dsnu_e=1.0)
QX100 = SensorFacts(2.412, 288_000, 160, 3.3, 1.9, 0.67, dark_e_s=0.2, prnu=0.006, dsnu_e=0.7, readout_s=0.07)
QX1 = SensorFacts(4.252, 177_000, 100, 4.5, 2.0, 0.41, dark_e_s=0.5, prnu=0.005, dsnu_e=1.0, readout_s=0.055)

WIDE_QX10 = Optics(4.45, 2.0, 6.17, 4.55, widest_f_number=3.3)
WIDE_QX100 = Optics(10.4, 2.0, 13.2, 8.8, widest_f_number=1.8)
QX1_35 = Optics(35.0, 2.0, 23.2, 15.4, widest_f_number=1.8)


def exact_f_number(thirds: int) -> float:
    """√2^(k/3)."""
    return float(2 ** (thirds / 6))


def metered(scene: Scene, optics: Optics, f_number: float, iso: float, time_s: float = 0.0) -> Exposure:
    """The exposure the meter asks for at this f-number and ISO."""
    luminance = meter(scene, optics, time_s)
    return Exposure(f_number, f_number**2 * 12.5 / (luminance * iso), iso)


def linear_mean(rgb: NDArray[np.uint8]) -> float:
    """Mean linear value of the green channel."""
    return float(srgb_decode(rgb[..., 1] / 255).mean())


def scene_of(folder: Path, text: str, seed: int = 0) -> Scene:
    """A scene from the text of a file."""
    path = folder / "scene.toml"
    path.write_text(text, encoding="utf-8")
    return load_scene(str(path), seed)


def live(optics: Optics, exposure: Exposure, sensor: SensorFacts, time_s: float = 0.0, seed: int = 0) -> View:
    """A live view frame of 640 × 480 in daylight balance."""
    return View(optics, exposure, sensor, 640, 480, time_s, seed, white_balance=5500.0, live=True)
