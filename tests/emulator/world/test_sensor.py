"""The sensor against the linear model of EMVA 1288, by figures."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from emulator.world import Exposure, SensorFacts, View, expose_raw, load_scene, render
from emulator.world.develop import srgb_decode
from emulator.world.sensor import (
    clip_electrons,
    dark_electrons,
    electrons_per_luminance,
    hot_pixels_in,
    throw_photons,
)
from tests.emulator.world.cameras import QX1, QX1_35, QX10, QX100, WIDE_QX10, WIDE_QX100, live, metered

SIDE = 256


def raw_view(sensor: SensorFacts, shutter_s: float, iso: float, seed: int, **more: object) -> View:
    """A raw frame of the middle of the sensor, one photosite a pixel."""
    size_mm = SIDE * sensor.pixel_um / 1000
    optics = replace(QX1_35, sensor_width_mm=size_mm, sensor_height_mm=size_mm, corner_ev=0.0)
    view = View(
        optics, Exposure(2.8, shutter_s, iso), sensor, SIDE, SIDE, noise_seed=seed, white_balance=5500.0
    )
    return replace(view, **more)  # type: ignore[arg-type]  # fields of View by name


def green(view: View) -> NDArray[np.float64]:
    """The green photosites of the rows that begin with red."""
    return expose_raw(load_scene("flat", 0), view).values[0::2, 1::2].astype(np.float64)


@pytest.mark.parametrize(("sensor", "iso"), [(QX1, 100.0), (QX100, 160.0), (QX10, 100.0), (QX1, 800.0)])
def test_photon_transfer_gives_back_gain_read_noise_and_saturation(sensor: SensorFacts, iso: float) -> None:
    """imaging.md A4: slope within 3 %, read noise within 10 %."""
    still = raw_view(sensor, 0.01, iso, 0)
    clip = clip_electrons(still)
    full_s = 0.01 * clip / (10.0 * electrons_per_luminance(still))
    means, variances = [], []
    for index, share in enumerate(np.geomspace(0.001, 1.15, 16)):
        pair = [green(raw_view(sensor, full_s * share, iso, 2 * index + k)) for k in (0, 1)]
        means.append((pair[0].mean() + pair[1].mean()) / 2 - sensor.raw_black)
        variances.append(float((pair[0] - pair[1]).var()) / 2)
    mean, variance = np.array(means), np.array(variances)
    below = mean < 0.7 * (sensor.raw_white - sensor.raw_black)
    weight = 1 / variance[below]
    slope, intercept = np.polyfit(mean[below], variance[below], 1, w=weight)
    expected = (sensor.raw_white - sensor.raw_black) / clip
    assert slope == pytest.approx(expected, rel=0.03)
    read_e = math.sqrt(max(intercept - 1 / 12, 0)) / expected
    assert read_e == pytest.approx(sensor.read_noise_e(iso), rel=0.1)
    assert mean.max() == pytest.approx(sensor.raw_white - sensor.raw_black, rel=0.002)
    assert variance[-1] < 0.05 * variance.max()


def test_twice_the_time_is_twice_the_signal_and_twice_the_iso_twice_the_number() -> None:
    def mean(shutter_s: float, iso: float) -> float:
        return float(green(raw_view(QX1, shutter_s, iso, 3)).mean()) - QX1.raw_black

    start = mean(0.02, 100)
    assert mean(0.04, 100) / start == pytest.approx(2, rel=0.005)
    assert mean(0.02, 200) / start == pytest.approx(2, rel=0.005)


def test_the_fixed_pattern_is_the_cameras_own_and_stays() -> None:
    def stack(pattern_seed: int, first: int) -> NDArray[np.float64]:
        frames = [green(raw_view(QX1, 0.1, 100, first + k, pattern_seed=pattern_seed)) for k in range(24)]
        return np.asarray(np.mean(frames, axis=0))

    one, again, other = stack(5, 0), stack(5, 100), stack(6, 200)
    same = np.corrcoef(one.ravel(), again.ravel())[0, 1]
    foreign = np.corrcoef(one.ravel(), other.ravel())[0, 1]
    assert same > 0.3
    assert abs(foreign) < 0.05


def test_dark_current_doubles_every_six_degrees_and_fills_long_exposures() -> None:
    view = raw_view(QX1, 10.0, 100, 0)
    assert dark_electrons(view) == pytest.approx(5.0)
    assert dark_electrons(replace(view, temperature_c=37.0)) == pytest.approx(20.0)


def test_long_exposure_noise_reduction_takes_hot_pixels_and_adds_noise() -> None:
    dark = replace(QX1, hot_pixel_fraction=0.01)
    black = {"temperature_c": 45.0}
    scene_dark = raw_view(dark, 20.0, 1600, 1, **black)
    rows, columns, _, extra = hot_pixels_in(scene_dark, 0, SIDE)
    assert extra.min() > 20 * dark_electrons(scene_dark)
    scene = load_scene("stars", 0)
    plain = expose_raw(scene, scene_dark).values.astype(float)
    subtracted = expose_raw(scene, replace(scene_dark, dark_subtracted=True)).values.astype(float)
    hottest = np.argsort(extra)[-40:]
    assert plain[rows[hottest], columns[hottest]].min() > np.percentile(plain, 99)
    assert np.median(subtracted[rows[hottest], columns[hottest]]) < np.percentile(plain, 90)
    cool = np.ones_like(plain, dtype=bool)
    cool[rows, columns] = False
    middle = (np.percentile(plain[cool], 84) - np.percentile(plain[cool], 16)) / 2
    wider = (np.percentile(subtracted[cool], 84) - np.percentile(subtracted[cool], 16)) / 2
    assert wider > 1.15 * middle


def test_few_photons_are_thrown_as_poisson_threw_them() -> None:
    rng = np.random.default_rng(1)
    for mean in (0.5, 4.0, 29.0, 31.0, 400.0):
        thrown = throw_photons(rng, np.full(40_000, mean))
        assert thrown.mean() == pytest.approx(mean, rel=0.03)
        assert thrown.var() == pytest.approx(mean, rel=0.05)
    assert (throw_photons(rng, np.full(1000, 0.1)) >= 0).all()


@pytest.mark.parametrize(("sensor", "iso"), [(QX10, 100.0), (QX10, 1600.0), (QX100, 800.0)])
def test_noise_of_live_view_is_that_of_the_photosites_it_reads(sensor: SensorFacts, iso: float) -> None:
    """SNR = μ/√(μ + n·σ_r²) of the summed photosites, before the camera's processing takes some of it."""
    optics = WIDE_QX10 if sensor is QX10 else WIDE_QX100
    scene = load_scene("flat", 0)
    view = live(optics, metered(scene, optics, 4.0, iso), sensor)
    first, second = (
        srgb_decode(render(scene, replace(view, noise_seed=seed))[140:340, 220:420, 1] / 255)
        for seed in (1, 2)
    )
    found = float(np.std(first - second)) / math.sqrt(2) / float(first.mean())
    electrons = 10.0 * electrons_per_luminance(view)
    floor = view.photosites_per_pixel * sensor.read_noise_e(iso) ** 2
    expected = math.sqrt(electrons + floor) / electrons
    assert 0.6 * expected < found < 1.25 * expected


def test_averaging_frames_lowers_the_noise_as_the_root_of_their_number() -> None:
    scene = load_scene("flat", 0)
    view = live(WIDE_QX10, metered(scene, WIDE_QX10, 4.0, 3200), QX10)
    frames = [
        srgb_decode(render(scene, replace(view, noise_seed=seed))[150:330, 230:410, 1] / 255)
        for seed in range(33)
    ]
    single = float(np.std(frames[1] - frames[0])) / math.sqrt(2)
    halves = np.mean(frames[1:17], axis=0), np.mean(frames[17:33], axis=0)
    averaged = float(np.std(halves[0] - halves[1])) / math.sqrt(2)
    assert single / averaged == pytest.approx(4.0, rel=0.1)


def test_each_stop_of_iso_adds_noise_and_nothing_else() -> None:
    scene = load_scene("flat", 0)
    noise, levels = [], []
    for iso in (160, 640, 2560):
        view = View(WIDE_QX100, metered(scene, WIDE_QX100, 4.0, iso), QX100, 1920, 1280, white_balance=5500.0)
        view = replace(view, optics=replace(WIDE_QX100, sensor_width_mm=4.63, sensor_height_mm=3.087))
        part = srgb_decode(render(scene, view)[500:800, 800:1100, 1] / 255)
        noise.append(float(part.std() / part.mean()))
        levels.append(float(part.mean()))
    assert levels == pytest.approx([levels[0]] * 3, rel=0.02)
    assert noise[0] < noise[1] < noise[2]
    assert noise[2] > 2.2 * noise[0]


def test_clipping_level_and_read_noise_are_those_of_the_facts() -> None:
    """models.md section 10: 4600 e at ISO 100 for a QX10, 10 500 at 160 for a QX100, 32 000 for a QX1."""
    assert QX10.clip_e(100) == pytest.approx(4_572, rel=0.01)
    assert QX100.clip_e(160) == pytest.approx(10_470, rel=0.01)
    assert QX1.clip_e(100) == pytest.approx(32_000, rel=0.01)
    assert QX1.clip_e(200) == pytest.approx(16_000, rel=0.01)
    assert QX100.read_noise_e(160) == pytest.approx(3.3)
    assert QX100.read_noise_e(12_800) == pytest.approx(1.9, rel=0.01)
    assert math.log2(QX1.clip_e(100) / QX1.read_noise_e(100)) == pytest.approx(12.8, abs=0.1)
    # imaging.md A4: electrons of one µm² and lx·s, BSI and QX1.
    assert QX10.electrons_per_um2_lxs == pytest.approx(4516, rel=0.01)
    assert QX1.electrons_per_um2_lxs == pytest.approx(2775, rel=0.01)
