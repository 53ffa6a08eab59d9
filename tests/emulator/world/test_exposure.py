from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emulator.world import Exposure, Optics, SensorFacts, View, load_scene, meter, neutral_kelvin, render
from tests.emulator.world.cameras import (
    QX1,
    QX1_35,
    QX10,
    QX100,
    WIDE_QX10,
    WIDE_QX100,
    exact_f_number,
    linear_mean,
    live,
    metered,
)


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize(
    ("sensor", "optics", "thirds", "iso"),
    [
        (QX10, WIDE_QX10, 10, 100),
        (QX10, WIDE_QX10, 15, 3200),
        (QX100, WIDE_QX100, 5, 160),
        (QX100, WIDE_QX100, 12, 800),
        (QX100, WIDE_QX100, 20, 6400),
        (QX1, QX1_35, 6, 100),
        (QX1, QX1_35, 18, 16000),
    ],
)
def test_a_metered_grey_card_becomes_srgb_118(
    sensor: SensorFacts, optics: Optics, thirds: int, iso: float, is_live: bool
) -> None:
    scene = load_scene("flat", 1)
    exposure = metered(scene, optics, exact_f_number(thirds), iso)
    view = replace(live(optics, exposure, sensor), live=is_live)
    middle = render(scene, view)[180:300, 240:400]
    assert middle.reshape(-1, 3).mean(axis=0) == pytest.approx([118, 118, 118], abs=3)


def test_the_card_is_118_in_the_photograph_too() -> None:
    scene = load_scene("flat", 1)
    exposure = metered(scene, WIDE_QX100, exact_f_number(6), 400)
    view = View(WIDE_QX100, exposure, QX100, 1824, 1216, white_balance=5500.0)
    middle = render(scene, view)[500:700, 800:1000]
    assert middle.mean() == pytest.approx(118, abs=3)


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("width", [160, 64, 16, 2, 1])
def test_a_frame_of_few_pixels_is_as_bright_as_one_of_many(width: int, is_live: bool) -> None:
    scene = load_scene("flat", 1)
    view = View(QX1_35, metered(scene, QX1_35, 4.0, 100), QX1, 640, 424, white_balance=5500.0)
    large = render(scene, view)[200:220, 300:340, 1].mean()
    few = render(scene, replace(view, width=width, height=max(1, width * 2 // 3), live=is_live))
    middle = few[few.shape[0] // 2, few.shape[1] // 2, 1]
    assert middle == pytest.approx(large, abs=8)


@pytest.mark.parametrize("kelvin", [2700, 4200, 5500, 7500])
def test_a_card_in_any_light_is_grey_when_the_balance_is_that_of_the_light(kelvin: float) -> None:
    from emulator.world.lighting import Lamps

    flat = load_scene("flat", 1)
    scene = replace(flat, light=Lamps(lux=174.53, kelvin=kelvin))  # type: ignore[type-var]  # a dataclass behind the protocol
    view = replace(live(WIDE_QX100, metered(scene, WIDE_QX100, 2.8, 160), QX100), white_balance=float(kelvin))
    middle = render(scene, view)[200:280, 280:360].reshape(-1, 3).mean(axis=0)
    assert np.ptp(middle) < 2.5
    assert middle.mean() == pytest.approx(118, abs=3)
    assert neutral_kelvin(scene, WIDE_QX100, 0.0) == pytest.approx(kelvin, rel=0.02)


@pytest.mark.parametrize("change", ["shutter", "iso", "aperture"])
@pytest.mark.parametrize("name", ["flat", "bench"])
def test_one_more_stop_doubles_the_linear_mean(name: str, change: str) -> None:
    scene = load_scene(name, 1)
    start = metered(scene, WIDE_QX100, 4.0, 320)
    start = replace(start, shutter_s=start.shutter_s / 4)
    brighter = {
        "shutter": replace(start, shutter_s=start.shutter_s * 2),
        "iso": replace(start, iso=start.iso * 2),
        "aperture": replace(start, f_number=start.f_number / 2**0.5),
    }[change]
    means = [
        linear_mean(render(scene, live(WIDE_QX100, exposure, QX100))[:, 40:460])
        for exposure in (start, brighter)
    ]
    assert means[1] / means[0] == pytest.approx(2.0, rel=0.02)


def test_the_meter_sees_through_a_lens_extended_for_something_close() -> None:
    scene = load_scene("flat", 1)
    close = Optics(30.0, 0.06, 23.2, 15.4)
    far = replace(close, focus_m=2.0)
    assert meter(scene, far, 0) / meter(scene, close, 0) == pytest.approx(4.0, rel=0.04)
    exposure = metered(scene, close, 5.6, 400)
    assert render(scene, live(close, exposure, QX1))[200:280, 280:360].mean() == pytest.approx(118, abs=3)


def test_bright_parts_clip_to_white_without_colour() -> None:
    scene = load_scene("flat", 1)
    exposure = metered(scene, WIDE_QX100, 2.8, 160)
    for white_balance in (2800.0, 5500.0, 9000.0):
        over = replace(exposure, shutter_s=exposure.shutter_s * 64)
        view = replace(live(WIDE_QX100, over, QX100), white_balance=white_balance)
        assert render(scene, view)[200:280, 280:360].min() == 255


def test_exposure_values_are_those_of_apex() -> None:
    assert Exposure(1.0, 1.0, 100).ev100 == 0
    assert Exposure(5.657, 1 / 64, 100).ev100 == pytest.approx(11, abs=0.01)
    assert Exposure(4.0, 1 / 64, 400).ev100 == pytest.approx(8)


def test_the_corners_are_half_a_stop_darker_wide_open_and_less_stopped_down() -> None:
    scene = load_scene("flat", 1)

    def corner_stops(f_number: float) -> float:
        view = View(
            WIDE_QX100, metered(scene, WIDE_QX100, f_number, 160), QX100, 720, 480, white_balance=5500.0
        )
        picture = render(scene, view)
        return float(np.log2(linear_mean(picture[:6, :6]) / linear_mean(picture[230:250, 350:370])))

    assert corner_stops(1.8) == pytest.approx(-0.5, abs=0.08)
    assert corner_stops(8.0) == pytest.approx(-0.2, abs=0.08)
