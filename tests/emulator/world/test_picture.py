"""Size, sharpness and sameness: what a frame shows does not depend on how it was made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emulator.world import Exposure, Optics, View, frames, load_scene, render
from emulator.world.brush import NO_ROWS, Brush
from emulator.world.compose import Rectangle, luminance, straight, whole
from emulator.world.develop import srgb_decode
from emulator.world.frames import forget_frames
from emulator.world.layers import Layer
from emulator.world.optics import defocus_disc_mm
from emulator.world.scene import SCENES
from emulator.world.sensor import expose
from tests.emulator.world.cameras import (
    QX1,
    QX1_35,
    QX10,
    QX100,
    WIDE_QX10,
    WIDE_QX100,
    live,
    metered,
    scene_of,
)


def ruler_length_px(rgb: NDArray[np.uint8]) -> float:
    """Length of the bench's orange ruler in pixels, to a fraction of one."""
    linear = srgb_decode(rgb.astype(np.float64) / 255)
    height = rgb.shape[0]
    orange = linear[..., 0] - linear[..., 2]
    row = orange[height // 2 - 2 : height // 2 + 3].mean(axis=0)
    middle = row.size // 2
    level = np.median(row[middle - 8 : middle + 9])
    left = right = middle
    while row[left] > level / 2:
        left -= 1
    while row[right] > level / 2:
        right += 1
    start = left + (level / 2 - row[left]) / (row[left + 1] - row[left])
    stop = right - (level / 2 - row[right]) / (row[right - 1] - row[right])
    return float(stop - start)


@pytest.mark.parametrize("factor", [1.5, 2.4, 3.57])
def test_zooming_in_makes_the_ruler_longer_by_the_ratio_of_focal_lengths(factor: float) -> None:
    scene = load_scene("bench", 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 4.0, 160), QX100)
    wide = ruler_length_px(render(scene, view))
    tele = ruler_length_px(render(scene, replace(view, optics=replace(WIDE_QX100, focal_mm=10.4 * factor))))
    assert tele / wide == pytest.approx(factor, rel=0.03)


def test_the_ruler_has_the_length_that_its_distance_and_the_focal_length_give() -> None:
    scene = load_scene("bench", 1)
    optics = replace(WIDE_QX10, focal_mm=20.0)
    found = ruler_length_px(render(scene, live(optics, metered(scene, optics, 5.0, 100), QX10)))
    used_mm = optics.used_width_mm(640, 480)
    assert found == pytest.approx(0.2 / 2.0 * 20.0 / used_mm * 640, rel=0.01)


EDGE = """
summary = "an edge"
[light]
kind = "lamps"
lux = 1000.0
kelvin = 5500.0
[[layer]]
name = "plane"
distance_m = {distance}
[[layer.shape]]
kind = "fill"
reflectance = 0.05
[[layer.shape]]
kind = "rect"
x = 50.0
width = 100.0
height = 100.0
reflectance = 0.25
"""


FLOOR = """
summary = "a bright floor that ends before a dark wall"
[light]
kind = "lamps"
lux = 1000.0
kelvin = 5500.0
[[layer]]
name = "wall"
distance_m = 5.0
[[layer.shape]]
kind = "fill"
reflectance = 0.02
[[layer]]
name = "floor"
distance_m = 1.0
height_m = -0.6
tilt_deg = 90.0
[[layer.shape]]
kind = "rect"
y = 1.0
width = 90.0
height = 3.0
reflectance = 0.9
"""


@pytest.mark.parametrize("distance_m", [0.5, 0.8, 1.2, 3.5, 6.0, 15.0])
def test_an_edge_out_of_focus_is_as_wide_as_the_disc_of_defocus_makes_it(
    tmp_path: Path, distance_m: float
) -> None:
    """imaging.md A8.4: 10–90 % width of an edge within 15 % of the formula, at six offsets of focus."""
    scene = scene_of(tmp_path, EDGE.format(distance=distance_m))
    optics, f_number = replace(QX1_35, focal_mm=50.0), 1.8
    view = View(optics, metered(scene, optics, f_number, 100), QX1, 5456, 3632, white_balance=5500.0)
    planes = straight(scene, view, Rectangle((1816, 1820), (0, 5456)), scene.light_at(0))
    row = planes[1].mean(axis=0)
    row = (row - row[0]) / (row[-1] - row[0])
    low, high = np.searchsorted(row, 0.1), np.searchsorted(row, 0.9)
    disc_px = defocus_disc_mm(optics, f_number, 1 / distance_m) / view.pixel_mm
    assert disc_px > 10
    assert high - low == pytest.approx(0.687 * disc_px, rel=0.15)


def test_in_focus_an_edge_is_about_two_pixels_wide(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, EDGE.format(distance=2.0))
    view = View(QX1_35, metered(scene, QX1_35, 4.0, 100), QX1, 5456, 3632)
    planes = straight(scene, view, Rectangle((1816, 1820), (2700, 2760)), scene.light_at(0))
    row = planes[1].mean(axis=0)
    row = (row - row[0]) / (row[-1] - row[0])
    assert 1 < np.interp(0.9, row, np.arange(row.size)) - np.interp(0.1, row, np.arange(row.size)) < 3.5


@pytest.mark.parametrize("name", ["bench", "street", "macro", "sunset", "chart"])
def test_a_large_picture_shows_what_the_small_one_shows_and_more(name: str) -> None:
    scene = load_scene(name, 3)
    optics = replace(WIDE_QX10, focus_m=0.2 if name == "macro" else 3.0)
    view = View(optics, metered(scene, optics, 3.3, 100), QX10, 320, 240, time_s=2.0, white_balance=5500.0)
    small = luminance(scene, view, whole(view), scene.light_at(2.0))
    large_view = replace(view, width=1280, height=960)
    large = luminance(scene, large_view, whole(large_view), scene.light_at(2.0))
    reduced = large.reshape(3, 240, 4, 320, 4).mean(axis=(2, 4))
    level = np.log2((reduced[1] + 1e-3) / (small[1] + 1e-3))
    assert np.abs(level).mean() < 0.12
    detail = np.abs(np.diff(large[1], axis=1)).mean() * 4 / np.abs(np.diff(reduced[1], axis=1)).mean()
    assert detail > 1.02


@pytest.mark.parametrize("name", SCENES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_noise(name: str) -> None:
    scene = load_scene(name, 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 400, 1.5), QX100, time_s=1.5, seed=7)
    first = render(scene, view)
    other = render(scene, replace(view, noise_seed=8))
    forget_frames()
    assert first.tobytes() == render(scene, view).tobytes()
    assert first.tobytes() != other.tobytes()
    assert first.shape == (480, 640, 3)
    assert first.dtype == np.uint8


def test_a_frame_made_in_parts_is_the_frame_made_at_once() -> None:
    for name, time_s in (("bench", 0.7), ("street", 9.0), ("macro", 0.2)):
        scene = load_scene(name, 1)
        view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100, time_s=time_s)
        light = scene.light_at(time_s)
        at_once = luminance(scene, view, whole(view), light)
        parts = [
            luminance(scene, view, Rectangle((row, min(row + 37, 480)), (0, 640)), light)
            for row in range(0, 480, 37)
        ]
        together = np.concatenate(parts, axis=1)
        off = np.abs(together - at_once) / (at_once + 0.01 * at_once.mean())
        assert float((off > 0.02).mean()) < 0.002


@pytest.mark.parametrize("name", SCENES)
def test_what_is_left_out_because_it_is_hidden_would_not_have_been_seen(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = load_scene(name, 1)
    for optics in (WIDE_QX100, replace(WIDE_QX100, focal_mm=37.1, focus_m=1.0)):
        view = live(optics, metered(scene, optics, 2.8, 160), QX100)
        seen = straight(scene, view, whole(view), scene.light_at(0.0))
        with monkeypatch.context() as everything:
            everything.setattr(Layer, "hides", lambda _self, _brush: (0, NO_ROWS))
            painted = straight(scene, view, whole(view), scene.light_at(0.0))
        np.testing.assert_allclose(seen, painted, rtol=1e-4, atol=1e-3 * float(painted.mean()))


@pytest.mark.parametrize("name", SCENES)
def test_fields_covered_together_are_those_covered_one_by_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = load_scene(name, 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100)
    together = straight(scene, view, whole(view), scene.light_at(0.0))
    monkeypatch.setattr(Brush, "cover", lambda _self, _fields: None)
    assert (straight(scene, view, whole(view), scene.light_at(0.0)) == together).all()


def test_a_floor_that_ends_does_not_show_again_at_the_horizon(tmp_path: Path) -> None:
    """Edges grow beyond all measure there, and would reach back to it."""
    scene = scene_of(tmp_path, FLOOR)
    view = live(WIDE_QX100, Exposure(2.8, 1 / 60, 160), QX100)
    rows = straight(scene, view, whole(view), scene.light_at(0.0))[1].mean(axis=1)
    wall, floor = rows[0], rows[-1]
    assert floor > 10 * wall
    far_edge = int(np.argmax(rows > 2 * wall))
    assert far_edge > 300
    assert rows[: far_edge - 12] == pytest.approx(np.full(far_edge - 12, wall), rel=1e-4)


def test_a_photograph_does_not_depend_on_how_it_is_cut_into_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = load_scene("chart", 1)
    view = View(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 800), QX100, 1440, 960, white_balance=5500.0)
    first = render(scene, view)
    monkeypatch.setattr("emulator.world.rendering._STRIP_PIXELS", 1440 * 96)
    off = np.abs(render(scene, view).astype(int) - first)
    assert (off > 1).mean() < 1e-4


def test_moving_frames_equal_frames_made_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = load_scene("bench", 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100, time_s=4.4)
    by_parts = render(scene, view).astype(int)
    forget_frames()
    monkeypatch.setattr("emulator.world.frames._REDRAW_SHARE", -1.0)
    assert np.abs(render(scene, view) - by_parts).max() <= 2


def test_a_frame_does_not_depend_on_those_before() -> None:
    scene = load_scene("bench", 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100, time_s=4.4)
    forget_frames()
    first = render(scene, view).tobytes()
    forget_frames()
    for time_s in (4.1, 4.2, 4.3):
        render(scene, replace(view, time_s=time_s))
    assert render(scene, view).tobytes() == first


def test_what_stands_still_is_made_anew_until_it_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = load_scene("bench", 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100)
    forget_frames()
    made = []

    def exposing(planes: NDArray[np.float32], *others: Any, **named: Any) -> NDArray[np.int16]:
        made.append(planes.shape == (3, 480, 640))
        return expose(planes, *others, **named)

    monkeypatch.setattr("emulator.world.frames.expose", exposing)
    whole_frames = []
    for frame in range(4):
        render(scene, replace(view, time_s=frame / 30))
        whole_frames.append(sum(made))
    assert whole_frames == [1, 2, 2, 2]


def test_defocus_takes_fine_detail_and_leaves_coarse() -> None:
    scene = load_scene("bench", 1)
    sharp = View(QX1_35, metered(scene, QX1_35, 1.8, 100), QX1, 1200, 800, white_balance=5500.0)
    soft = replace(sharp, optics=replace(QX1_35, focus_m=0.6))
    pictures = [render(scene, view)[300:500, 500:700, 1].astype(float) for view in (sharp, soft)]
    fine = [np.abs(np.diff(picture, axis=1)).mean() for picture in pictures]
    assert fine[1] < 0.4 * fine[0]
    assert pictures[1].mean() == pytest.approx(pictures[0].mean(), rel=0.05)


def test_a_frame_of_another_shape_shows_the_middle_of_the_sensor() -> None:
    assert WIDE_QX100.used_width_mm(5472, 3648) == pytest.approx(13.2)
    assert WIDE_QX100.used_width_mm(640, 480) == pytest.approx(8.8 * 4 / 3)
    assert WIDE_QX100.used_width_mm(1920, 1080) == pytest.approx(13.2)


def test_a_light_keeps_all_its_light_when_it_blurs(tmp_path: Path) -> None:
    text = """
summary = "a light"
[light]
kind = "lamps"
lux = 0.0
[[layer]]
name = "light"
distance_m = 4.0
[[layer.shape]]
kind = "disc"
radius = 0.004
luminance = 1000.0
"""
    scene = scene_of(tmp_path, text)
    totals = []
    for focus_m in (4.0, 2.5, 1.0, 0.5):
        optics: Optics = replace(QX1_35, focus_m=focus_m)
        view = View(optics, metered(load_scene("flat", 0), optics, 1.8, 100), QX1, 1200, 800)
        planes = straight(scene, view, whole(view), scene.light_at(0))
        totals.append(float(planes[1].sum()))
    assert totals == pytest.approx([totals[0]] * 4, rel=0.2)


def test_cameras_that_see_the_same_moment_share_its_light_and_not_their_noise() -> None:
    scene = load_scene("bench", 1)
    view = live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100, time_s=9.0)
    forget_frames()
    first = render(scene, view)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "drawn", None)  # nothing is painted again
        patch.setattr(frames, "lay_moving", None)
        second = render(scene, replace(view, pattern_seed=5, noise_seed=6))
    assert (first != second).mean() > 0.5
    assert np.abs(first.astype(float).mean(axis=2) - second.astype(float).mean(axis=2)).mean() < 4
