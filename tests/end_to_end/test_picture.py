"""What the client gets from an emulated camera is a picture of something: it moves and obeys settings."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import remotelens
from emulator import Emulator
from tests.components import need_program


@pytest.fixture
async def camera() -> AsyncIterator[remotelens.Camera]:
    async with (
        Emulator(models=["DSC-QX10@3.00"], still_scale=2) as emulator,
        remotelens.connect(emulator.cameras[0].description_url) as camera,
    ):
        yield camera


def linear(jpeg: bytes) -> NDArray[np.float64]:
    """Return a picture's green in linear light."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        value = np.asarray(picture.convert("RGB"), dtype=np.float64)[..., 1] / 255
    light: NDArray[np.float64] = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return light


def blocks(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means of 4 by 4 pixels, in which noise hardly shows."""
    height, width = plane.shape
    means: NDArray[np.float64] = plane.reshape(height // 4, 4, width // 4, 4).mean(axis=(1, 3))
    return means


async def frame_after(camera: remotelens.Camera, span_ms: int) -> tuple[bytes, bytes]:
    """Return two live view images that the camera's own time stamps set that far apart."""
    async with camera.live_view() as view:
        first = None
        async for frame in view:
            if first is None:
                first = frame
            elif frame.timestamp_ms - first.timestamp_ms >= span_ms:
                return first.jpeg, frame.jpeg
    raise AssertionError("the live view ended")


async def settled_frame(camera: remotelens.Camera) -> bytes:
    """Return a live view image from two seconds after now: the exposure follows with a lag."""
    return (await frame_after(camera, 2500))[1]


async def test_two_frames_a_second_apart_differ_in_more_than_noise(camera: remotelens.Camera) -> None:
    first, second = (blocks(linear(jpeg)) for jpeg in await frame_after(camera, 1000))
    moved = np.abs(first - second) > 0.05
    assert 0.001 < moved.mean() < 0.5


async def test_one_ev_more_doubles_the_light_in_the_picture(camera: remotelens.Camera) -> None:
    await camera.set("exposure_mode", "Program Auto")
    await camera.set("ev", -1.0)
    dark = linear(await settled_frame(camera))
    await camera.set("ev", 0.0)
    bright = linear(await settled_frame(camera))
    unclipped = (bright < 0.6) & (dark > 0.01)
    assert 1.8 <= bright[unclipped].mean() / dark[unclipped].mean() <= 2.2


def ruler_px(path: Path) -> float:
    """Return the length of the orange ruler in the scene, in pixels."""
    with Image.open(path) as picture:
        red, green, blue = (np.asarray(picture.convert("RGB"), dtype=np.int32)[..., n] for n in range(3))
    orange = (red > 110) & (red - green > 70) & (green - blue > 15) & (blue < 60)
    rows = orange.sum(axis=1)
    middle = picture.size[1] // 2
    row = int(np.argmax(np.where(np.abs(np.arange(len(rows)) - middle) < picture.size[1] // 8, rows, 0)))
    columns = np.flatnonzero(orange[row])
    return float(columns.max() - columns.min() + 1)


def focal_mm(path: Path) -> float:
    """Return the focal length that a picture tells."""
    with Image.open(path) as picture:
        return float(picture.getexif().get_ifd(0x8769)[37386])


async def test_zooming_in_makes_the_ruler_longer_by_the_ratio_that_exif_tells(
    camera: remotelens.Camera, tmp_path: Path
) -> None:
    wide = await (await camera.capture(half_press=True)).download(tmp_path)
    before = camera.state.zoom
    assert before is not None
    await camera.zoom.step("in")
    await camera.zoom.step("in")
    tele = await (await camera.capture(half_press=True)).download(tmp_path)
    assert wide.path is not None
    assert tele.path is not None
    ratio = focal_mm(tele.path) / focal_mm(wide.path)
    assert ratio > 1.1
    assert ruler_px(tele.path) / ruler_px(wide.path) == pytest.approx(ratio, rel=0.03)


def exif_of(exiftool: Path, picture: Path | None) -> list[dict[str, Any]]:
    """Return what another program reads in a picture, its complaints included."""
    command = [str(exiftool), "-json", "-n", "-warning", "-error", "-all", str(picture)]
    told: list[dict[str, Any]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return told


async def test_another_program_reads_the_same_exif(camera: remotelens.Camera, tmp_path: Path) -> None:
    exiftool = need_program("exiftool")
    shot = await (await camera.capture()).download(tmp_path)
    (told,) = await asyncio.to_thread(exif_of, exiftool, shot.path)
    assert (told["Make"], told["Model"]) == ("SONY", "DSC-QX10")
    assert (told["ExifImageWidth"], told["ExifImageHeight"]) == (shot.files[0].width, shot.files[0].height)
    assert shot.actual is not None
    assert str(told["ISO"]) == shot.actual["iso"]
    assert f"{told['FNumber']:g}" == shot.actual["f_number"]
    assert "Warning" not in told, told
