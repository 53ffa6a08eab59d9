"""Scene files: what is wrong is told with its line and what to write instead."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emulator.world import Exposure, View, load_scene, render
from emulator.world.compose import luminance, whole
from emulator.world.scene import SCENES
from emulator.world.shapes import raster
from remotelens.errors import ConfigError, InvalidValue
from tests.emulator.world.cameras import QX100, WIDE_QX100, metered, scene_of

GOOD = """summary = "a card before a wall"

[light]
kind = "lamps"
lux = 500.0

[[layer]]
name = "wall"
distance_m = 3.0
[[layer.shape]]
kind = "fill"
reflectance = 0.4

[[layer]]
name = "card"
distance_m = 2.0
[[layer.shape]]
kind = "disc"
x = 0.0
radius = 0.2
color = "#c02020"
texture = { contrast = 0.1, size_m = 0.02 }
"""


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_of_ours_can_be_photographed(name: str) -> None:
    scene = load_scene(name, 2)
    view = View(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 400, 5.0), QX100, 192, 128, time_s=5.0)
    picture = render(scene, view)
    assert picture.shape == (128, 192, 3)
    assert 20 < picture.mean() < 235


@pytest.mark.parametrize(
    ("wrong", "right", "line", "what", "remedy"),
    [
        ("lux = 500.0", "luxe = 500.0", 5, "luxe", "'lux'"),
        ("radius = 0.2", "radios = 0.2", 20, "radios", "'radius'"),
        ("radius = 0.2", "radius = -0.2", 20, "radius", None),
        ("radius = 0.2", 'radius = "20 cm"', 20, "radius", None),
        ('kind = "disc"', 'kind = "disk"', 18, "kind", "'disc'"),
        ("distance_m = 2.0", "distance_m = 0.0", 16, "distance_m", None),
        ("reflectance = 0.4", "reflectance = 1.4", 12, "reflectance", None),
        ('color = "#c02020"', 'color = "red"', 21, "color", None),
        ("size_m = 0.02", "size_m = -1.0", 22, "size_m", None),
        ("contrast = 0.1", "contrasts = 0.1", 22, "contrasts", None),
        ("lux = 500.0", "lux = -5", 5, "lux", None),
        ("lux = 500.0", "lux = nan", 5, "lux", None),
        ("x = 0.0", "x = inf", 19, "x", None),
        ("radius = 0.2", "radius = 1e300", 20, "radius", None),
        ("contrast = 0.1", "contrast = 1e-300", 22, "contrast", None),
        ("distance_m = 2.0", "distance_cm = 200.0", 16, "distance_cm", "'distance_m'"),
        ("[light]", "[light", 3, "", None),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, wrong: str, right: str, line: int, what: str, remedy: str | None
) -> None:
    assert wrong in GOOD
    with pytest.raises(ConfigError) as caught:
        scene_of(tmp_path, GOOD.replace(wrong, right, 1))
    assert str(caught.value.message).startswith(str(tmp_path / "scene.toml"))
    assert f"line {line}" in caught.value.message
    assert what in caught.value.message
    if remedy:
        assert remedy in str(caught.value.remedy)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="radius"):
        scene_of(tmp_path, GOOD.replace("radius = 0.2\n", ""))


def test_a_good_file_is_a_scene(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, GOOD)
    assert scene.name == "scene"
    assert [layer.name for layer in scene.layers] == ["wall", "card"]


def test_scenes_nobody_has_are_refused_with_the_ones_there_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="bench, chart"):
        load_scene("bensch", 1)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_scene(str(tmp_path / "none.toml"), 1)
    (tmp_path / "huge.toml").write_bytes(b"#" * (2 << 20))
    with pytest.raises(ConfigError, match="are no scene"):
        load_scene(str(tmp_path / "huge.toml"), 1)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_scene(str(tmp_path / "binary.toml"), 1)


PRINT = """summary = "a print of the user's own"
[light]
kind = "lamps"
lux = 1000.0
kelvin = 6504.0
[[layer]]
name = "wall"
distance_m = 3.0
[[layer.shape]]
kind = "fill"
reflectance = 0.18
[[layer]]
name = "print"
distance_m = 2.0
[[layer.shape]]
kind = "picture"
width = 1.2
file = "print.png"
"""


def test_a_picture_of_the_users_own_becomes_a_layer(tmp_path: Path) -> None:
    pixels = np.zeros((200, 300, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    pixels[:, :150] = (200, 40, 40, 255)
    pixels[:, 150:] = (40, 40, 200, 255)
    pixels[:60, :, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "print.png")
    scene = scene_of(tmp_path, PRINT)
    exposure = metered(scene, WIDE_QX100, 4.0, 160)
    view = View(WIDE_QX100, exposure, QX100, 384, 256, white_balance=6504.0)
    picture = render(scene, view).astype(int)
    left, right = picture[140, 150], picture[140, 234]
    assert left[0] > left[2] + 80
    assert right[2] > right[0] + 80
    above = picture[80, 192]
    assert np.ptp(above) < 40


def test_a_scene_is_the_same_until_its_file_or_a_picture_changes(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), (200, 40, 40)).save(tmp_path / "print.png")
    first = scene_of(tmp_path, PRINT)
    assert scene_of(tmp_path, PRINT) is first
    view = View(WIDE_QX100, Exposure(4.0, 1 / 60, 160), QX100, 384, 256, white_balance=6504.0)
    red = render(first, view)[128, 240].astype(int)
    Image.new("RGB", (30, 20), (40, 40, 200)).save(tmp_path / "print.png")
    os.utime(tmp_path / "print.png", (2, 2))
    second = scene_of(tmp_path, PRINT)
    blue = render(second, view)[128, 240].astype(int)
    assert (red[0] > red[2], blue[0] > blue[2]) == (True, False)
    third = scene_of(tmp_path, PRINT.replace("width = 1.2", "width = 0.01"))
    grey = render(third, view)[128, 240].astype(int)
    assert np.ptp(grey) < 60 < np.ptp(blue)


def test_a_large_picture_is_kept_smaller_and_shows_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = np.zeros((300, 450, 3), dtype=np.uint8)
    pixels[:, :225] = (200, 40, 40)
    Image.fromarray(pixels).save(tmp_path / "print.png")
    scene = scene_of(tmp_path, PRINT)
    light = scene.light_at(0.0)
    view = View(WIDE_QX100, Exposure(4.0, 1 / 60, 160), QX100, 384, 256, white_balance=6504.0)
    full = luminance(scene, view, whole(view), light)
    monkeypatch.setattr(raster, "_KEPT_PICTURE_PX", 150 * 100)
    os.utime(tmp_path / "print.png", (1, 1))
    again = scene_of(tmp_path, PRINT)
    smaller = luminance(again, view, whole(view), light)
    assert np.abs(smaller - full).mean() < 0.02 * full.mean()
    assert (smaller != full).any()


def test_a_picture_that_is_not_there_or_no_picture_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"line 18.*there is no file"):
        scene_of(tmp_path, PRINT)
    (tmp_path / "print.png").write_bytes(b"no picture")
    with pytest.raises(ConfigError, match="no readable picture"):
        scene_of(tmp_path, PRINT.replace("width = 1.2", "width = 1.3"))


def test_the_same_scene_is_loaded_once_and_another_seed_is_another_scene() -> None:
    assert load_scene("bench", 4) is load_scene("bench", 4)
    assert load_scene("bench", 4) != load_scene("bench", 5)
