"""Raw files pass the photon-transfer check, taken by `remotelens shoot` and opened by LibRaw."""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import remotelens
from emulator import Emulator
from emulator.body.eye import sensor_facts
from emulator.profiles import load

MODEL = "ILCE-QX1+SEL35F18"
BIASES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0)
SATURATING = 3.0
HALF_PIXELS = 512


@dataclass(frozen=True, slots=True)
class Pair:
    """Two frames of one exposure: what green photosites say, less black."""

    mean: float
    variance: float
    largest: int
    white: int
    shutter_s: float


async def shoot(url: str, folder: Path) -> list[tuple[Path, float]]:
    """Take two pictures from the command line; return their raw files and exact times of exposure."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REMOTELENS_")}
    environment |= {"REMOTELENS_CONFIG_DIR": str(folder), "REMOTELENS_STATE_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "remotelens", "shoot", url, "--count", "2", "-o", str(folder), "--json",
        stdout=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    shots = json.loads(out)["items"]
    found = []
    for shot in shots:
        numerator, _, denominator = shot["actual"]["shutter_speed"].rstrip('"').partition("/")
        seconds = float(numerator) / float(denominator or 1)
        (raw,) = (file["path"] for file in shot["files"] if file["kind"] == "raw")
        found.append((Path(raw), 2 ** (round(3 * math.log2(seconds)) / 3)))
    return found


def transfer(files: list[tuple[Path, float]]) -> Pair:
    """Mean and temporal variance of the middle of two frames."""
    import rawpy

    seen: list[NDArray[np.float64]] = []
    for path, _ in files:
        with rawpy.imread(str(path)) as raw:
            assert raw.raw_image_visible.shape == (3632, 5456)
            height, width = (side // 2 for side in raw.raw_image_visible.shape)
            middle = raw.raw_image_visible[
                height - HALF_PIXELS : height + HALF_PIXELS, width - HALF_PIXELS : width + HALF_PIXELS
            ]
            black, white = raw.black_level_per_channel[1], raw.white_level
            seen.append(middle[0::2, 1::2].astype(np.float64) - black)
    first, second = seen
    return Pair(
        mean=float(first.mean() + second.mean()) / 2,
        variance=float((first - second).var()) / 2,
        largest=int(first.max()) + black,
        white=white,
        shutter_s=files[0][1],
    )


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_the_photon_transfer_curve_gives_back_the_sensor(tmp_path: Path) -> None:
    """imaging.md A8.3: slope within 3 %, read noise within 10 %, doubling within 0.5 %, linear within 1 %."""
    pytest.importorskip("rawpy", reason="rawpy (LibRaw) is not installed")
    sensor = sensor_facts(load(MODEL))
    pairs: dict[float, Pair] = {}
    async with Emulator([MODEL], scene="flat") as emulator:
        url = emulator.cameras[0].description_url
        for bias in (*BIASES, SATURATING):
            async with remotelens.connect(url) as camera:
                await camera.set("exposure_mode", "Aperture")
                await camera.set("focus_mode", "MF")  # there is nothing to focus on
                await camera.set("still_quality", "RAW+JPEG")
                await camera.set("f_number", "4.0")
                await camera.set("iso", "100")
                await camera.set("ev", bias)
            folder = tmp_path / f"{bias:g}"
            folder.mkdir()
            files = await shoot(url, folder)
            pairs[bias] = await asyncio.to_thread(transfer, files)
            for path, _ in files:
                path.unlink()
    means = np.array([pairs[bias].mean for bias in BIASES])
    variances = np.array([pairs[bias].variance for bias in BIASES])
    slope, intercept = np.polyfit(means, variances, 1, w=1 / variances)
    numbers_per_electron = (sensor.raw_white - sensor.raw_black) / sensor.clip_e(100)
    assert slope == pytest.approx(numbers_per_electron, rel=0.03)
    read_e = math.sqrt(intercept - 1 / 12) / numbers_per_electron
    assert read_e == pytest.approx(sensor.read_noise_e(100), rel=0.1)
    for bias, pair in pairs.items():
        if bias != SATURATING:
            expected = pairs[0.0].mean * pair.shutter_s / pairs[0.0].shutter_s
            assert pair.mean == pytest.approx(expected, rel=0.005)
    assert pairs[SATURATING].largest == pairs[SATURATING].white == sensor.raw_white
