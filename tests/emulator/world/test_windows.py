"""Shapes in a window or a strip of a frame, and at many instants, are what they are on all of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emulator.world import Exposure, Scene, View, compose, load_scene, render
from emulator.world.brush import Brush
from emulator.world.compose import Rectangle, straight, whole
from emulator.world.sampling import F32
from emulator.world.shapes import spot
from remotelens.errors import ConfigError
from tests.emulator.world.cameras import QX1, QX1_35, scene_of

NOON = """
summary = "x"
[light]
kind = "lamps"
lux = 300
"""
LAYER = """
[[layer]]
name = "layer"
distance_m = {distance}
{more}
[[layer.shape]]
{shape}
"""
DRIFT = 'motion = { kind = "drift", metres_s = 0.05, start = -0.2, stop = 0.2 }'
LIGHTS = """
[[layer]]
name = "lights"
distance_m = 2.0
{motion}
[[layer.shape]]
kind = "lights"
width = 0.8
height = 0.3
count = 40
radius = {radius}
luminance = 500
"""
SWING = """
[[layer]]
name = "swing"
distance_m = 2.0
motion = {{ kind = "swing", y = {way}, period_s = {period} }}
"""
RECTANGLES = """
[[layer.shape]]
kind = "rect"
width = 0.2
height = 0.1
reflectance = 0.9
[[layer.shape]]
kind = "rect"
x = 0.4
y = 0.25
width = 0.1
height = 0.02
reflectance = 0.9
[[layer.shape]]
kind = "lights"
x = -0.4
width = 0.2
height = 0.2
count = 8
radius = 0.004
luminance = 500
"""
BANNER = """
[[layer.shape]]
kind = "rect"
width = 0.1
height = {height}
y = {y}
reflectance = 0.5
texture = {{ contrast = 0.4, size_m = 0.05 }}
"""
FLOOR = """
[[layer]]
name = "floor"
distance_m = 2.0
height_m = -1.0
tilt_deg = 90.0
[[layer.shape]]
kind = "fill"
reflectance = 0.5
shade = [0.2, 1.8]
"""


def view_of(width: int = 640, height: int = 424, focus_m: float = 2.0, shutter_s: float = 1e-3) -> View:
    """As a QX1 sees it with 35 mm at f/2.8."""
    optics = replace(QX1_35, focus_m=focus_m)
    return View(optics, Exposure(2.8, shutter_s, 100), QX1, width, height, white_balance=5500.0)


def light_of(scene: Scene, view: View) -> F32:
    return straight(scene, view, whole(view), scene.light_at(view.time_s))


def without_windows(scene: Scene, view: View) -> F32:
    """The same with each shape painted on all of the frame."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Brush, "window", lambda brush, _bounds, _reach=1.0: brush)
        return light_of(scene, view)


def off(one: F32, other: F32) -> float:
    """The largest difference, as a share of the brightest."""
    return float(np.abs(one - other).max() / other.max())


@pytest.mark.parametrize("motion", ["", DRIFT])
@pytest.mark.parametrize(("radius", "focus_m"), [(0.05, 2.0), (0.01, 2.0), (0.002, 2.0), (0.002, 0.6)])
def test_lights_are_whole_at_the_border_of_their_field(
    tmp_path: Path, radius: float, focus_m: float, motion: str
) -> None:
    scene = scene_of(tmp_path, NOON + LIGHTS.format(radius=radius, motion=motion))
    view = view_of(focus_m=focus_m)
    assert off(light_of(scene, view), without_windows(scene, view)) < 0.01


@pytest.mark.parametrize("focus_m", [0.6, 2.0, 6.0])
def test_a_lamp_out_of_focus_is_whole(tmp_path: Path, focus_m: float) -> None:
    lamp = 'kind = "disc"\nradius = 0.003\nluminance = 5e4'
    scene = scene_of(tmp_path, NOON + LAYER.format(distance=2.0, more="", shape=lamp))
    view = view_of(focus_m=focus_m)
    assert off(light_of(scene, view), without_windows(scene, view)) < 0.01


@pytest.mark.parametrize("period", [3.0, 1.0, 0.3])
def test_what_swings_up_and_down_is_whole_though_rows_are_read_one_after_another(
    tmp_path: Path, period: float
) -> None:
    scene = scene_of(tmp_path, NOON + SWING.format(way=0.25, period=period) + RECTANGLES)
    for phase in np.arange(12) / 12:
        view = replace(view_of(), live=True, time_s=float(phase) * period)
        assert off(light_of(scene, view), without_windows(scene, view)) < 0.01


@pytest.mark.parametrize(("way", "period", "height", "y"), [(0.05, 1.0, 1.2, -0.9), (0.5, 0.4, 4.0, -0.9)])
def test_a_texture_that_moves_up_and_down_is_that_of_each_instant(
    tmp_path: Path, way: float, period: float, height: float, y: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = NOON + SWING.format(way=way, period=period) + BANNER.format(height=height, y=y)
    scene = scene_of(tmp_path, text)
    monkeypatch.setattr(compose, "_AT_ONCE_VALUES", 10**9)
    for step in range(8):
        view = replace(view_of(320, 212, shutter_s=0.04), time_s=step * period / 8)
        at_once = light_of(scene, view)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compose, "_AT_ONCE_VALUES", 0)
            one_by_one = light_of(scene, view)
        assert off(at_once, one_by_one) < 0.01


def test_light_that_falls_off_along_a_floor_has_no_seams(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, NOON + FLOOR)
    view = view_of()
    light = scene.light_at(0.0)
    strips = [straight(scene, view, Rectangle((row, row + 53), (0, 640)), light) for row in range(0, 424, 53)]
    np.testing.assert_allclose(np.concatenate(strips, axis=1), light_of(scene, view), rtol=1e-4)


@pytest.mark.parametrize("shape", ['kind = "stars"', 'kind = "siemens"\nradius = 0.5\nspin_hz = 0.3'])
def test_what_moves_by_itself_needs_an_upright_layer(tmp_path: Path, shape: str) -> None:
    text = LAYER.format(distance=2.0, more="height_m = -1.0\ntilt_deg = 90.0", shape=shape)
    with pytest.raises(ConfigError, match="stands upright"):
        scene_of(tmp_path, NOON + text)


@pytest.mark.parametrize(("distance_m", "size_m"), [(1e9, 1e4), (1e5, 0.3)])
@pytest.mark.parametrize("kind", ["fill", "ridge"])
def test_structure_too_fine_to_be_seen_costs_nothing(
    tmp_path: Path, kind: str, distance_m: float, size_m: float
) -> None:
    shape = (
        f"texture = {{ contrast = 0.4, size_m = {size_m}, finest_m = {size_m / 100} }}"
        if kind == "fill"
        else f"rise = {distance_m / 20}\nsize = {size_m}"
    )
    own = f'kind = "{kind}"\nreflectance = 0.5\n{shape}'
    text = LAYER.format(distance=distance_m, more="", shape=own)
    found = light_of(scene_of(tmp_path, NOON + text), view_of())
    assert found[1, -1].std() <= 1e-3 * found[1, -1].mean()
    assert found[1, -1].mean() > 0


@pytest.mark.parametrize("blades", [0, 7])
def test_an_image_read_from_a_large_one_is_that_drawn_for_itself(
    tmp_path: Path, blades: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(tmp_path, NOON + LIGHTS.format(radius=0.004, motion=""))
    view = view_of(focus_m=0.5)
    view = replace(view, optics=replace(view.optics, blades=blades))
    drawn = light_of(scene, view)
    monkeypatch.setattr(spot, "_LARGEST_STAMP", 0)
    assert drawn.max() > 0
    assert np.abs(light_of(scene, view) - drawn).mean() < 0.01 * drawn.mean()
    assert off(light_of(scene, view), drawn) < 0.1


@pytest.mark.parametrize("name", ["stars", "bench"])
def test_lights_all_out_of_focus_are_drawn_as_large_as_the_lens_makes_them(name: str) -> None:
    """A disc of hundreds of pixels, or wider than the frame."""
    scene = load_scene(name, 1)
    for width, focus_m in ((1500, 0.45), (33, 0.0354)):
        view = view_of(width, width * 2 // 3, focus_m)
        assert np.isfinite(light_of(scene, view)).all()
        assert render(scene, view).shape == (width * 2 // 3, width, 3)
