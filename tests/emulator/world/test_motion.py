"""What moves: frames that differ, smears as long as the exposure, rows read one after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from emulator.world import Exposure, View, compose, load_scene, render
from emulator.world.compose import row_delay_s, straight, whole
from emulator.world.develop import doubled, srgb_decode
from emulator.world.frames import forget_frames
from emulator.world.grain import HIGHEST_CODE
from emulator.world.layers import Drift, Swing
from emulator.world.scene import SCENES
from tests.emulator.world.cameras import QX10, QX100, WIDE_QX10, WIDE_QX100, live, metered, scene_of

BAR = """
summary = "a bar that moves"
[light]
kind = "lamps"
lux = 1000.0
kelvin = 6504.0
[[layer]]
name = "ground"
distance_m = 2.0
[[layer.shape]]
kind = "fill"
reflectance = 0.05
[[layer]]
name = "bar"
distance_m = 2.0
motion = { kind = "drift", metres_s = 1.0, start = -0.5, stop = 0.5 }
[[layer.shape]]
kind = "rect"
width = 0.05
height = 3.0
reflectance = 0.8
"""

FLICKER = """
summary = "an even field under lamps on the mains"
[light]
kind = "lamps"
lux = 174.53
kelvin = 5500.0
flicker_hz = 100.0
flicker_depth = 0.3
[[layer]]
name = "field"
distance_m = inf
[[layer.shape]]
kind = "fill"
reflectance = 0.18
"""


@pytest.mark.parametrize("name", ["bench", "room", "street", "macro"])
def test_two_frames_a_second_apart_differ(name: str) -> None:
    scene = load_scene(name, 1)
    optics = replace(WIDE_QX100, focus_m=0.16 if name == "macro" else 2.0)
    first = live(optics, metered(scene, optics, 2.8, 160, 20.0), QX100, time_s=20.0)
    frames = [render(scene, replace(first, time_s=time_s)).astype(int) for time_s in (20.0, 21.0)]
    changed = np.abs(frames[1] - frames[0]).max(axis=2) > 25
    assert changed.sum() > 150


def test_what_stands_still_is_the_same_a_second_later() -> None:
    for name in ("chart", "flat"):
        scene = load_scene(name, 1)
        view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100)
        assert render(scene, view).tobytes() == render(scene, replace(view, time_s=1.0)).tobytes()


def test_something_moves_in_the_bench_at_any_focal_length() -> None:
    scene = load_scene("bench", 1)
    for focal_mm in (10.4, 20.0, 37.1, 90.0):
        optics = replace(WIDE_QX100, focal_mm=focal_mm)
        view = live(optics, metered(scene, optics, 4.0, 160), QX100)
        frames = [render(scene, replace(view, time_s=time_s)).astype(int) for time_s in (3.0, 4.0)]
        assert (np.abs(frames[1] - frames[0]).max(axis=2) > 25).sum() > 100


@pytest.mark.parametrize("shutter_s", [1 / 1000, 1 / 60, 1 / 15])
def test_a_moving_bar_smears_as_far_as_it_moves(tmp_path: Path, shutter_s: float) -> None:
    scene = scene_of(tmp_path, BAR)
    view = live(WIDE_QX100, Exposure(2.8, shutter_s, 160), QX100, time_s=0.4)
    view = replace(view, live=False)
    row = straight(scene, view, whole(view), scene.light_at(0.4))[1, 240]
    lit = (row - row.min()) / (0.75 * 1000 / np.pi)
    pixel_m = view.pixel_mm / 10.4 * 2.0
    assert lit.sum() * pixel_m == pytest.approx(0.05, rel=0.05)
    across = np.flatnonzero(lit > 0.02 * lit.max())
    assert (across[-1] - across[0]) * pixel_m == pytest.approx(0.05 + shutter_s, abs=0.025)
    middle = float((lit * np.arange(640)).sum() / lit.sum())
    where = -0.5 + 0.4 + shutter_s / 2
    assert (middle - 319.5) * pixel_m == pytest.approx(where, abs=0.01)


def test_live_view_reads_row_by_row_so_that_a_moving_bar_leans(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, BAR)
    view = live(WIDE_QX100, Exposure(2.8, 1 / 2000, 160), QX100, time_s=0.4)
    planes = straight(scene, view, whole(view), scene.light_at(0.4))[1]
    planes = planes - planes.min()
    middles = (planes * np.arange(640)).sum(axis=1) / planes.sum(axis=1)
    pixel_m = view.pixel_mm / 10.4 * 2.0
    lean_m = (middles[470] - middles[10]) * pixel_m
    assert lean_m == pytest.approx(row_delay_s(view) * 460 * 1.0, rel=0.05)
    still = replace(view, live=False)
    upright = straight(scene, still, whole(still), scene.light_at(0.4))[1]
    assert np.abs(upright[470] - upright[10]).max() < 1e-3 * upright.max()


@pytest.mark.parametrize(
    ("shutter_s", "bands"),
    [(1 / 2000, True), (1 / 250, True), (1 / 60, True), (1 / 100, False), (1 / 50, False)],
)
def test_flicker_bands_follow_the_sinc_law(tmp_path: Path, shutter_s: float, bands: bool) -> None:
    """imaging.md A8.5: amplitude within 10 % of m·|sinc(f·t)|; under 1 % over whole periods."""
    scene = scene_of(tmp_path, FLICKER)
    iso = 2.8**2 * 12.5 / (10.0 * shutter_s)
    readout = replace(QX100, readout_s=0.025, base_iso=25.0, prnu=0.0)
    view = live(WIDE_QX100, Exposure(2.8, shutter_s, iso), readout)
    view = replace(view, optics=replace(WIDE_QX100, corner_ev=0.0))
    frames = [srgb_decode(render(scene, replace(view, noise_seed=seed))[..., 1] / 255) for seed in range(6)]
    rows = np.mean(frames, axis=(0, 2))
    times = row_delay_s(view) * np.arange(480)
    waves = np.stack([np.cos(2 * np.pi * 100 * times), np.sin(2 * np.pi * 100 * times), np.ones(480)], axis=1)
    cosine, sine, mean = np.linalg.lstsq(waves, rows, rcond=None)[0]
    amplitude = float(np.hypot(cosine, sine) / mean)
    expected = 0.3 * abs(np.sinc(100 * shutter_s))
    if bands:
        assert amplitude == pytest.approx(expected, rel=0.1)
    else:
        assert amplitude < 0.01


def test_a_hand_shakes_the_frame_and_the_stabiliser_holds_it() -> None:
    scene = load_scene("chart", 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 4.0, 160), QX100)

    def difference(shake: float, stabilised: bool) -> float:
        optics = replace(WIDE_QX100, shake=shake, stabilised=stabilised)
        pair = [
            render(scene, replace(view, optics=optics, time_s=time_s)).astype(int) for time_s in (1.0, 1.3)
        ]
        return float(np.abs(pair[1] - pair[0]).mean())

    assert difference(0.0, True) == 0.0
    assert 0 < difference(1.0, True) < difference(1.0, False)


def test_scenes_that_are_listed_exist() -> None:
    assert SCENES[0] == "bench"
    assert all(load_scene(name, 1).name == name for name in SCENES)


@pytest.mark.parametrize("name", ["bench", "street", "macro", "room"])
def test_instants_painted_at_once_are_those_painted_one_by_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = load_scene(name, 1)
    view = live(WIDE_QX100, Exposure(2.8, 1 / 15, 160), QX100, time_s=3.3)
    light = scene.light_at(3.3)
    monkeypatch.setattr(compose, "_AT_ONCE_VALUES", 10**9)
    at_once = straight(scene, view, whole(view), light)
    monkeypatch.setattr(compose, "_AT_ONCE_VALUES", 0)
    one_by_one = straight(scene, view, whole(view), light)
    np.testing.assert_allclose(at_once, one_by_one, rtol=1e-4, atol=1e-3 * float(one_by_one.mean()))


def test_while_the_lens_moves_half_the_size_is_enough() -> None:
    """Travel leaves three pixels of defocus (imaging.md A6): the same picture, as soft or softer."""
    scene = load_scene("bench", 1)
    exposure = metered(scene, WIDE_QX100, 2.8, 160)
    sharp, softer, travelling = (
        srgb_decode(
            render(scene, live(replace(WIDE_QX100, defocus_px_640=px), exposure, QX100, seed=3))[..., 1] / 255
        )
        for px in (0.0, 2.9, 3.0)
    )
    assert travelling.shape == sharp.shape
    assert travelling.mean() == pytest.approx(softer.mean(), rel=0.005)
    assert np.abs(travelling - softer).mean() < 0.03 * softer.mean()
    contrast = [np.square(np.diff(frame, axis=1)).mean() for frame in (sharp, softer, travelling)]
    assert contrast[0] > 1.3 * contrast[1]
    assert 0.35 * contrast[1] < contrast[2] <= contrast[1]


def test_a_frame_of_half_size_is_not_taken_for_one_of_that_size() -> None:
    """The one stands for four times as many photosites a pixel, as the frame it becomes."""
    scene = load_scene("flat", 1)
    optics = replace(WIDE_QX10, defocus_px_640=3.5)
    small = View(optics, Exposure(4.0, 1 / 60, 1600), QX10, 320, 240, white_balance=5500.0, live=True)
    large = replace(small, width=640, height=480)
    frames: dict[View, set[bytes]] = {}
    for order in ((small, large), (large, small)):
        forget_frames()
        for view in order:
            frames.setdefault(view, set()).add(render(scene, view).tobytes())
    assert [len(found) for found in frames.values()] == [1, 1]


@pytest.mark.parametrize("size", [(2, 3), (5, 4), (240, 320)])
def test_a_doubled_frame_lies_between_its_pixels(size: tuple[int, int]) -> None:
    codes = np.random.default_rng(5).integers(0, HIGHEST_CODE, (*size, 3)).astype(np.int16)
    large = doubled(codes).astype(int)
    assert large.shape == (2 * size[0], 2 * size[1], 3)
    quarters = large.reshape(size[0], 2, size[1], 2, 3)
    own = codes.astype(int)[:, None, :, None]
    low = np.minimum.reduce([own, *_neighbours(own)])
    high = np.maximum.reduce([own, *_neighbours(own)])
    assert ((low <= quarters + 1) & (quarters <= high)).all()
    even = np.full((6, 8, 3), 1234, dtype=np.int16)
    assert (doubled(even) == 1234).all()


def _neighbours(own: NDArray[np.int_]) -> list[NDArray[np.int_]]:
    padded = np.pad(own, ((1, 1), (0, 0), (1, 1), (0, 0), (0, 0)), mode="edge")
    rows, columns = own.shape[0], own.shape[2]
    return [padded[r : r + rows, :, c : c + columns] for r in range(3) for c in range(3)]


@given(
    start=st.floats(-50, 50),
    lasting=st.floats(0, 10),
    period=st.floats(0.2, 20),
    phase=st.floats(-1, 1),
    across=st.floats(-2, 2),
)
def test_a_swing_sweeps_what_it_passes(
    start: float, lasting: float, period: float, phase: float, across: float
) -> None:
    swing = Swing(period_s=period, x=across, y=-0.5, phase=phase)
    _assert_swept(swing, start, start + lasting)


@given(start=st.floats(-50, 50), lasting=st.floats(0, 10), speed=st.floats(0.1, 5), back=st.booleans())
def test_a_drift_sweeps_what_it_passes(start: float, lasting: float, speed: float, back: bool) -> None:
    ends = (1.5, -2.0) if back else (-2.0, 1.5)
    drift = Drift(metres_s=-speed if back else speed, start=ends[0], stop=ends[1], delay_s=0.3)
    _assert_swept(drift, start, start + lasting)


def _assert_swept(motion: Swing | Drift, start: float, stop: float) -> None:
    x0, y0, x1, y1 = motion.swept(start, stop)
    x, y = motion.offset(np.linspace(start, stop, 500))
    assert x0 - 1e-6 <= x.min() <= x.max() <= x1 + 1e-6
    assert y0 - 1e-6 <= y.min() <= y.max() <= y1 + 1e-6
    margin = motion.reach() * (stop - start) / 499 + 1e-6
    if isinstance(motion, Swing):
        assert x.min() <= x0 + margin
        assert x.max() >= x1 - margin
