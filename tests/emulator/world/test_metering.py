"""What the camera finds out by looking: light, its colour, contrast, distance."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from emulator.body.focus import peak_of
from emulator.world import (
    Exposure,
    Optics,
    SensorFacts,
    View,
    depth_at,
    focus_score,
    load_scene,
    meter,
    neutral_kelvin,
    render,
)
from emulator.world.develop import GREY_LINEAR, srgb_decode
from emulator.world.light import ground_kelvin, sun_lux
from emulator.world.metering import part_of, percentile
from emulator.world.sensor import electrons_per_luminance
from tests.emulator.world.cameras import QX10, QX100, WIDE_QX10, WIDE_QX100, live, metered

WIDE_AREA = (0.25, 0.25, 0.75, 0.75)


def peak(optics: Optics, sensor: SensorFacts, electrons: float, trial: int) -> float | None:
    """Where eleven looks through the range find the peak, in dioptres, if they do (imaging.md A6)."""
    scene = load_scene("bench", 1)
    f_number = optics.widest_f_number
    bare = live(optics, Exposure(f_number, 1.0, 1600), sensor)
    shutter_s = electrons / (meter(scene, optics, 0.0) * electrons_per_luminance(bare))
    exposure = Exposure(f_number, shutter_s, 1600)
    dioptres = [float(d) for d in np.linspace(0.1, 2.1, 11) + (trial % 3 - 1) * 0.05]
    scores = [
        focus_score(
            scene,
            live(replace(optics, focus_m=1 / d), exposure, sensor, seed=trial * 50 + index),
            WIDE_AREA,
        )
        for index, d in enumerate(dioptres)
    ]
    return peak_of(dioptres, scores)


@pytest.mark.parametrize(
    ("optics", "sensor"),
    [(WIDE_QX100, QX100), (replace(WIDE_QX100, focal_mm=37.1, widest_f_number=4.9), QX100)],
)
def test_contrast_finds_the_chart_in_good_light(optics: Optics, sensor: SensorFacts) -> None:
    for trial in range(2):
        assert peak(optics, sensor, 1500, trial) == pytest.approx(0.5, abs=0.15)


def test_contrast_is_enough_at_thirty_electrons_and_not_at_one_and_a_half() -> None:
    assert all(peak(WIDE_QX100, QX100, 30, trial) for trial in range(3))
    assert sum(peak(WIDE_QX100, QX100, 1.5, trial) is not None for trial in range(4)) <= 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("electrons", "least", "most"),
    [(1500, 0.97, 1.0), (30, 0.95, 1.0), (10, 0.4, 0.95), (4, 0.0, 0.45), (1.5, 0.0, 0.17)],
)
def test_autofocus_succeeds_as_often_as_the_light_allows(electrons: float, least: float, most: float) -> None:
    """imaging.md A6, mean signal of a pixel: 1500 100 %, 30 100 %, 10 67 %, 4 20 %, 1.5 3 %."""
    first = random.randrange(1_000_000)
    found = [peak(WIDE_QX100, QX100, electrons, first + trial) for trial in range(40)]
    success = [place for place in found if place is not None]
    assert least <= len(success) / len(found) <= most, f"first seed {first}"
    if len(success) > 10:
        assert float(np.median(success)) == pytest.approx(0.5, abs=0.15)


def test_a_short_lens_on_a_small_sensor_still_shows_a_peak() -> None:
    scene = load_scene("bench", 1)
    exposure = metered(scene, WIDE_QX10, 3.3, 100)

    def score(focus_m: float) -> float:
        return focus_score(scene, live(replace(WIDE_QX10, focus_m=focus_m), exposure, QX10), WIDE_AREA)

    assert score(2.0) > 1.1 * score(0.5) > 1.1 * score(0.3)


def test_a_blank_wall_has_no_peak() -> None:
    scene = load_scene("flat", 1)
    exposure = metered(scene, WIDE_QX100, 1.8, 160)
    scores = [
        focus_score(scene, live(replace(WIDE_QX100, focus_m=focus_m), exposure, QX100, seed=seed), WIDE_AREA)
        for seed, focus_m in enumerate((1.0, 1.4, 2.0, 3.0, 6.0, 20.0))
    ]
    assert max(scores) < 1.03 * float(np.median(scores))


def test_touching_the_jar_focuses_on_the_jar() -> None:
    scene = load_scene("bench", 1)
    jar = (0.82, 0.72, 0.93, 0.94)
    optics = WIDE_QX100
    exposure = metered(scene, optics, 1.8, 160)
    distances = (0.5, 0.85, 1.3, 2.0, 5.0)
    scores = [focus_score(scene, live(replace(optics, focus_m=d), exposure, QX100), jar) for d in distances]
    assert distances[int(np.argmax(scores))] == 0.85


def test_depth_is_the_true_distance_of_what_is_seen() -> None:
    scene = load_scene("bench", 1)
    assert depth_at(scene, WIDE_QX100, 0.0, 0.5, 0.5) == pytest.approx(2.0)
    assert depth_at(scene, WIDE_QX100, 0.0, 0.5, 0.02) == pytest.approx(5.0)
    table = [depth_at(scene, WIDE_QX100, 0.0, 0.15, y) for y in (0.8, 0.87, 0.94)]
    assert table == sorted(table, reverse=True)
    assert 1.2 < table[-1] < table[0] < 3.5
    assert depth_at(load_scene("stars", 1), WIDE_QX100, 0.0, 0.5, 0.02) == math.inf


def test_depth_on_a_leaning_plane_is_its_geometry() -> None:
    """A point at height y0 + s·cos τ and distance z0 + s·sin τ is seen where their ratio is the tangent."""
    scene = load_scene("macro", 1)
    optics = replace(WIDE_QX100, focus_m=0.2)
    tangent = -0.3
    y = 0.5 - tangent * 10.4 / 8.8
    cos, sin = math.cos(math.radians(66)), math.sin(math.radians(66))
    along = (tangent * 0.18 + 0.03) / (cos - tangent * sin)
    assert depth_at(scene, optics, 0.0, 0.2, y) == pytest.approx(0.18 + along * sin, rel=0.01)


@pytest.mark.parametrize(
    ("name", "low", "high"), [("bench", 4000, 5300), ("room", 2500, 3300), ("chart", 5000, 6000)]
)
def test_automatic_white_balance_comes_near_the_light(name: str, low: float, high: float) -> None:
    assert low <= neutral_kelvin(load_scene(name, 1), WIDE_QX100, 0.0) <= high


def test_the_sunset_follows_the_twilight_table() -> None:
    """imaging.md A8.8: within 0.1 stop from +10° to −12°, metered on the scene's grey card."""
    scene = load_scene("sunset", 1)
    card = replace(
        WIDE_QX100, focal_mm=10.4, focus_m=3.0, corner_ev=0.0, sensor_width_mm=13.2, sensor_height_mm=8.8
    )
    from emulator.world.compose import straight

    for time_s in range(0, 8400, 600):
        light = scene.light_at(float(time_s))
        view = live(card, Exposure(2.8, 0.01, 160), QX100, float(time_s))
        part = part_of(view, (0.05, 0.83, 0.09, 0.86))
        planes = straight(scene, view, part, light)
        found = float(np.tensordot([0.2126, 0.7152, 0.0722], planes, axes=1).mean())
        expected = 0.18 * max(sun_lux(light.sun_altitude_deg), 6e-4) / math.pi
        assert abs(math.log2(found / expected)) < 0.1
    assert scene.light_at(0).sun_altitude_deg > 10
    assert scene.light_at(8400).sun_altitude_deg < -12


SUNSET_S = (0, 1500, 3000, 3900, 4800, 5700, 6600, 7500, 8400)


def test_pictures_of_the_sunset_tell_its_luminance() -> None:
    """imaging.md A8.8: recorded, by bracketed pictures of the card, within 0.1 stop from +10° to −12°."""
    scene = load_scene("sunset", 1)
    card = replace(WIDE_QX100, focus_m=3.0, corner_ev=0.0)
    for time_s in map(float, SUNSET_S):
        light = scene.light_at(time_s)
        expected = 0.18 * max(sun_lux(light.sun_altitude_deg), 6e-4) / math.pi
        metered_luminance = meter(scene, card, time_s)
        told = []
        for stops in (-4, -2, 0, 2, 4):
            iso = 160.0 if metered_luminance > 30 else 3200.0
            wanted_s = 1.8**2 * 12.5 / (metered_luminance * iso) * 2.0**stops
            exposure = Exposure(1.8, min(max(wanted_s, 1 / 2000), 30.0), iso)
            neutral = ground_kelvin(light.sun_altitude_deg)
            picture = render(scene, View(card, exposure, QX100, 640, 427, time_s, stops + 9, neutral))
            seen = picture[354:367, 32:58].reshape(-1, 3)
            linear = srgb_decode(seen.mean(axis=0) / 255) @ np.array([0.2126, 0.7152, 0.0722])
            if 0.05 < float(linear) < 0.5:
                told.append(float(linear) / GREY_LINEAR * 1.8**2 * 12.5 / (exposure.shutter_s * iso))
        assert told, f"no picture of the card at {time_s} s"
        assert abs(math.log2(float(np.median(told)) / expected)) < 0.1


def test_a_window_has_pixels_however_small_it_is() -> None:
    view = live(WIDE_QX100, Exposure(2.8, 0.01, 160), QX100)
    for window in ((0.5, 0.5, 0.5, 0.5), (1.0, 1.0, 1.0, 1.0), (-1.0, -1.0, 2.0, 2.0), (0.7, 0.7, 0.2, 0.2)):
        part = part_of(view, window)
        assert part.rows[1] - part.rows[0] >= 8
        assert part.columns[1] - part.columns[0] >= 8
        assert 0 <= part.rows[0] < part.rows[1] <= 480
        assert 0 <= part.columns[0] < part.columns[1] <= 640


@pytest.mark.parametrize("percent", [0, 33, 50, 99, 100])
@pytest.mark.parametrize("size", [1, 2, 7, 600])
def test_a_percentile_is_numpys(size: int, percent: float) -> None:
    values = np.random.default_rng(size).standard_normal((1, size)).astype(np.float32)
    assert percentile(values, percent) == pytest.approx(float(np.percentile(values, percent)), rel=1e-6)


def test_a_look_loads_nothing_that_keeps_the_event_loop_waiting() -> None:
    program = (
        "import sys\n"
        "from emulator.world import Optics, load_scene, neutral_kelvin\n"
        "neutral_kelvin(load_scene('bench', 1), Optics(10.4, 2.0, 13.2, 8.8), 0.0)\n"
        "sys.exit('numpy.ma' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
