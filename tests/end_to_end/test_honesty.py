"""Pictures obey the settings: the same checks for an emulated camera and for a real one before an even field.

By default the camera is emulated and looks at the scene `flat`. With REMOTELENS_HONESTY_CAMERA=URL it is that
one, pointed at a screen that shows an even grey, on a tripod in a dark room; then tolerances are wider, and
the code is the same.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import remotelens
from emulator import Emulator
from tests.components import need_program

REAL = os.environ.get("REMOTELENS_HONESTY_CAMERA")
REAL_TOLERANCE = 6.0
METERED_GREY = 118


@dataclass(frozen=True, slots=True)
class Subject:
    """The camera, and how much wider its tolerances are."""

    camera: remotelens.Camera
    wider: float
    folder: Path

    async def picture(self) -> tuple[Path, NDArray[np.float64]]:
        """Take one, and return its file and the middle of it, 0 to 255."""
        shot = await (await self.camera.capture()).download(self.folder)
        assert shot.path is not None
        with Image.open(shot.path) as image:
            values = np.asarray(image.convert("RGB"), dtype=np.float64)
        height, width, _ = values.shape
        return shot.path, values[2 * height // 5 : 3 * height // 5, 2 * width // 5 : 3 * width // 5]


@pytest.fixture
async def subject(tmp_path: Path) -> AsyncIterator[Subject]:
    if REAL:
        async with remotelens.connect(REAL) as camera:
            await camera.set("focus_mode", "MF")  # there is nothing to focus on
            yield Subject(camera, REAL_TOLERANCE, tmp_path)
        return
    async with (
        Emulator(models=["DSC-QX100"], scene="flat", still_scale=8, clock="scaled:5") as emulator,
        remotelens.connect(emulator.cameras[0].description_url) as camera,
    ):
        await camera.set("focus_mode", "MF")
        yield Subject(camera, 1.0, tmp_path)


def linear(values: NDArray[np.float64]) -> float:
    """Mean green of a picture in linear light."""
    green = values[..., 1].mean() / 255
    return float(green / 12.92 if green <= 0.04045 else ((green + 0.055) / 1.055) ** 2.4)


async def test_an_even_field_is_the_grey_that_meters_are_made_for(subject: Subject) -> None:
    """imaging.md A8.1: sRGB 118 within 3."""
    await subject.camera.set("exposure_mode", "Program Auto")
    _, values = await subject.picture()
    assert abs(values[..., 1].mean() - METERED_GREY) <= 3 + 5 * subject.wider  # a third of a stop is 12


async def test_a_stop_more_is_twice_the_light(subject: Subject) -> None:
    """imaging.md A8.2: ±1 EV is 2^±1 within 2 %; pictures are exposed in thirds of a stop, as EXIF tells."""
    await subject.camera.set("exposure_mode", "Aperture")
    await subject.camera.set("f_number", "4.0")
    await subject.camera.set("iso", "400")
    light, exposure = {}, {}
    for bias in (-1.0, 0.0, 1.0):
        await subject.camera.set("ev", bias)
        path, values = await subject.picture()
        light[bias], exposure[bias] = linear(values), exposed(path)
    for bias in (-1.0, 1.0):
        assert exposure[bias] / exposure[0.0] == pytest.approx(2**bias, rel=0.02)
        assert light[bias] / light[0.0] == pytest.approx(2**bias, rel=0.02 * subject.wider)


def exposed(path: Path) -> float:
    """Light let in, by EXIF: time times ISO over the square of the f-number, as exact as steps are."""
    with Image.open(path) as image:
        exif = image.getexif().get_ifd(0x8769)
    thirds = [
        round(3 * math.log2(float(exif[33434]))) / 3,
        round(3 * math.log2(float(exif[34855]) / 100)) / 3,
        -round(6 * math.log2(float(exif[33437]))) / 3,
    ]
    return float(2 ** sum(thirds))


def read(exiftool: Path, picture: Path) -> dict[str, Any]:
    """What another program reads in a picture."""
    command = [str(exiftool), "-json", "-n", "-all", str(picture)]
    told: list[dict[str, Any]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return told[0]


async def test_exif_tells_what_was_set_and_what_the_camera_chose(subject: Subject) -> None:
    """imaging.md A8.6, read back by exiftool."""
    exiftool = need_program("exiftool")
    await subject.camera.set("exposure_mode", "Aperture")
    await subject.camera.set("f_number", "4.0")
    await subject.camera.set("iso", "400")
    await subject.camera.set("ev", 1.0)
    path, _ = await subject.picture()
    told = await asyncio.to_thread(read, exiftool, path)
    assert (told["FNumber"], told["ISO"], told["ExposureProgram"]) == (4, 400, 3)
    assert told["ExposureCompensation"] == pytest.approx(1.0, abs=0.01)
    chosen = subject.camera.state.settings["shutter_speed"].value
    assert told["ExposureTime"] == pytest.approx(float(seconds_of(str(chosen))), rel=0.02)
    apex = 2 * math.log2(told["FNumber"]) - math.log2(told["ExposureTime"])
    asked = told["BrightnessValue"] + math.log2(told["ISO"] / 3.125) - told["ExposureCompensation"]
    assert apex == pytest.approx(asked, abs=0.35)


def seconds_of(text: str) -> float:
    """Seconds of a shutter speed as the camera writes it."""
    numerator, _, denominator = text.rstrip('"').partition("/")
    return float(numerator) / float(denominator or 1)


async def test_sensitivity_is_paid_for_with_noise(subject: Subject) -> None:
    await subject.camera.set("exposure_mode", "Program Auto")
    noise = []
    for iso in ("400", "6400"):
        await subject.camera.set("iso", iso)
        _, values = await subject.picture()
        noise.append(float(np.diff(values, axis=1).std()))
    assert noise[1] > (2.0 if subject.wider == 1 else 1.3) * noise[0]
