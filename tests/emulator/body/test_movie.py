"""Frames of a movie from what is kept of it. Source: models.md 4; imaging.md A5."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from emulator.body.movie import MovieRecipe, Take, first_thumbnail, frame_jpeg, stored_frame
from emulator.world import Exposure, Optics, SensorFacts, View, load_scene

SCENE = load_scene("bench", 1)
SENSOR = SensorFacts(
    pixel_um=4.25, clip_k=177000, base_iso=100, read_noise_base_e=4.5, read_noise_high_e=2.0, qe=0.41
)
VIEW = View(Optics(16.0, 2.0, 23.2, 15.4), Exposure(4.0, 1 / 60, 400), SENSOR, 128, 72, 5.0, 40, live=True)
RECIPE = MovieRecipe((Take(0.0, SCENE, VIEW), Take(1.0, SCENE, replace(VIEW, noise_seed=90))), 2.0, 30, 8192)


def test_a_frame_is_seen_as_the_camera_stood_at_its_time() -> None:
    assert RECIPE.frames == 60
    assert RECIPE.duration_ms == 2000
    assert RECIPE.view(0) == VIEW
    assert RECIPE.view(15) == replace(VIEW, time_s=5.5, noise_seed=55)
    assert RECIPE.view(30).noise_seed == 120
    assert RECIPE.view(45, (640, 360)).time_s == pytest.approx(5.5)
    assert (RECIPE.view(45, (640, 360)).width, RECIPE.size) == (640, (128, 72))


def test_a_movie_of_no_length_still_has_a_frame() -> None:
    assert MovieRecipe((Take(0.0, SCENE, VIEW),), 0.0, 30, 8192).frames == 1


def test_every_stored_frame_has_the_one_length_and_is_a_picture() -> None:
    first, second = stored_frame(RECIPE, 0), stored_frame(RECIPE, 1)
    assert len(first) == len(second) == 8192
    assert first == stored_frame(RECIPE, 0) != second
    assert Image.open(io.BytesIO(first)).size == (128, 72)


def test_a_frame_too_rich_for_its_length_shows_its_mean_colour() -> None:
    tight = replace(RECIPE, frame_bytes=800)
    stored = stored_frame(tight, 0)
    assert len(stored) == 800
    shown = np.asarray(Image.open(io.BytesIO(stored)))
    assert shown.std(axis=(0, 1)).max() < 2
    rich = np.asarray(Image.open(io.BytesIO(stored_frame(RECIPE, 0))), dtype=float)
    assert np.abs(shown.mean(axis=(0, 1)) - rich.mean(axis=(0, 1))).max() < 6


def test_a_frame_to_be_played_is_of_another_size() -> None:
    jpeg = frame_jpeg(RECIPE, 3, (320, 180), (4000, 30_000))
    assert Image.open(io.BytesIO(jpeg)).size == (320, 180)
    assert Image.open(io.BytesIO(first_thumbnail(RECIPE))).size == (160, 120)
