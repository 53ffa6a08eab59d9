"""What a lens bends and darkens, where the camera does not undo it. Source: imaging.md A3, models.md 8."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emulator.world import Exposure, Optics, View, expose_raw, load_scene, render
from emulator.world.compose import Rectangle, drawn, luminance, straight, whole
from emulator.world.shading import falloff
from emulator.world.warp import bends, drawn_at
from tests.emulator.world.cameras import QX1, live, metered, scene_of

SELP1650 = (0.0219, -0.10642, 0.06233)
VIGNETTING = ((3.5, (-0.6128, -0.6331, 0.2769)), (5.0, (-0.7949, 0.6849, -0.8439)))
STRAIGHT = Optics(16.0, 2.0, 23.2, 15.4, widest_f_number=3.5)
BENT = replace(STRAIGHT, corrected=False, distortion=SELP1650)

LINE = """
summary = "a line high in the frame, and a ball that swings below"
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
[[layer.shape]]
kind = "rect"
y = 0.8
width = 9.0
height = 0.012
reflectance = 0.9
[[layer]]
name = "bar"
distance_m = 2.0
motion = { kind = "drift", metres_s = 1.0, start = -1.6, stop = 1.6 }
[[layer.shape]]
kind = "rect"
width = 0.05
height = 3.0
reflectance = 0.8
"""


def middle_row(planes: np.ndarray, column: int) -> float:
    """The row a bright line crosses this column in."""
    light = planes[1, :150, column] - planes[1, :150, column].min()
    return float((light * np.arange(150)).sum() / light.sum())


@pytest.mark.parametrize("column", [0, 60, 160, 240, 320, 560, 639])
def test_a_straight_line_is_drawn_where_the_form_says(tmp_path: Path, column: int) -> None:
    scene = scene_of(tmp_path, LINE)
    optics = replace(BENT, corner_ev=0.0)
    view = replace(live(optics, Exposure(8.0, 1 / 60, 100), QX1), height=424, live=False)
    unbent = replace(view, optics=STRAIGHT)
    light = scene.light_at(0.0)
    whole_view = whole(view)
    ideal = 211.5 - middle_row(straight(scene, unbent, whole_view, light, moving=False), 320)
    bent = drawn(scene, view, whole_view, light, moving=False)
    unit, across = 212.3, column - 319.5
    found = 211.5 - middle_row(bent, column)
    radius = np.hypot(found, across)
    candidates = np.hypot(ideal, np.linspace(0, 700, 20001))
    at = np.interp(radius / unit, drawn_at(candidates / unit, SELP1650), candidates / unit) * unit
    assert found * at / radius == pytest.approx(ideal, abs=0.35)


def test_what_is_corrected_is_straight_and_what_bends_less_than_a_pixel_is_not_drawn() -> None:
    view = View(BENT, Exposure(8.0, 1 / 60, 100), QX1, 640, 424)
    assert bends(view)
    assert not bends(replace(view, optics=replace(BENT, corrected=True)))
    slight = replace(view, optics=replace(BENT, distortion=(0.0, -0.0006, 0.0)))
    assert not bends(slight)
    assert bends(replace(slight, width=4096, height=3072))


def test_a_bent_frame_is_the_same_in_parts_and_moves_as_a_whole(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, LINE)
    view = replace(live(BENT, Exposure(8.0, 1 / 60, 100), QX1, time_s=0.3), height=424)
    light = scene.light_at(0.3)
    entire = luminance(scene, view, whole(view), light)
    for part in (
        Rectangle((0, 50), (0, 640)),
        Rectangle((380, 424), (500, 640)),
        Rectangle((100, 101), (7, 90)),
    ):
        cut = entire[:, slice(*part.rows), slice(*part.columns)]
        assert luminance(scene, view, part, light) == pytest.approx(cut, rel=1e-3, abs=0.05)
    first, second = render(scene, view), render(scene, replace(view, time_s=0.8))
    assert (np.abs(first.astype(int) - second).max(axis=2) > 40).sum() > 1000
    again = render(scene, view)
    assert again.tobytes() == first.tobytes()


def test_raw_vignetting_is_that_of_the_figures() -> None:
    optics = replace(STRAIGHT, corrected=False, vignetting=VIGNETTING)
    x_mm, y_mm = np.array([[0.0, 11.6]], np.float32), np.array([[0.0], [7.7]], np.float32)
    view = View(optics, Exposure(3.5, 1 / 60, 100), QX1, 640, 424)
    left = falloff(view, x_mm, y_mm)
    assert left[0, 0] == 1
    assert left[1, 1] == pytest.approx(1 - 0.6128 - 0.6331 + 0.2769, abs=1e-3)
    stopped = falloff(replace(view, exposure=Exposure(5.0, 1 / 60, 100)), x_mm, y_mm)
    assert stopped[1, 1] == pytest.approx(1 - 0.7949 + 0.6849 - 0.8439, abs=1e-3)
    assert stopped[0, 1] > left[0, 1]
    corrected = falloff(replace(view, optics=STRAIGHT), x_mm, y_mm)
    assert corrected[1, 1] == pytest.approx(2**-0.5, abs=0.01)


def test_a_raw_frame_shows_what_the_jpeg_does_not() -> None:
    scene = load_scene("flat", 1)
    optics = replace(STRAIGHT, vignetting=VIGNETTING)
    view = View(optics, metered(scene, optics, 3.5, 100), QX1, 546, 364)
    corners = {}
    for corrected in (True, False):
        raw = expose_raw(scene, replace(view, optics=replace(optics, corrected=corrected)))
        above = raw.values.astype(float) - raw.black
        corners[corrected] = above[:10, :10].mean() / above[180:190, 270:280].mean()
    assert corners[True] == pytest.approx(2**-0.5, abs=0.05)
    assert corners[False] < 0.12


def test_an_electronic_shutter_reads_a_still_row_by_row(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, LINE)
    view = View(STRAIGHT, Exposure(8.0, 1 / 2000, 100), replace(QX1, readout_s=0.05), 640, 424, time_s=1.0)

    def lean(rolling: bool) -> float:
        seen = replace(view, rolling=rolling)
        moving = straight(scene, seen, whole(view), scene.light_at(1.0))[1]
        lit = moving - straight(scene, seen, whole(view), scene.light_at(1.0), moving=False)[1]
        middles = (lit * np.arange(640)).sum(axis=1) / lit.sum(axis=1)
        return float(middles[400] - middles[20]) * view.pixel_mm / 16.0 * 2.0

    assert lean(False) == pytest.approx(0.0, abs=1e-3)
    assert lean(True) == pytest.approx(0.05 * 380 / 424 * 1.0, rel=0.05)
