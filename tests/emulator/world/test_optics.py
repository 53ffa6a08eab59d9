from __future__ import annotations

import math
from dataclasses import replace

import pytest

from emulator.world import Exposure, Optics, View
from emulator.world.optics import (
    GAUSSIAN_TO_EDGE,
    Spread,
    defocus_disc_mm,
    depth_of_field_m,
    field_of_view_deg,
    focal_plane_exposure_lxs,
    magnification,
    metered_exposure_product,
)
from tests.emulator.world.cameras import QX10, QX100, WIDE_QX10, WIDE_QX100, exact_f_number, live


def test_room_light_on_a_grey_card_gives_the_test_vector() -> None:
    """imaging.md A2: 200 lx on 0.18, f/1.8, 1/64 s: S = 222, H = 0.0367 lx·s."""
    luminance = 0.18 * 200 / math.pi
    f_number = exact_f_number(5)
    assert luminance == pytest.approx(11.46, abs=0.005)
    assert f_number == pytest.approx(1.782, abs=0.001)
    iso = f_number**2 * 64 / metered_exposure_product(luminance)
    assert iso == pytest.approx(222, abs=1)
    far = Optics(10.4, math.inf, 13.2, 8.8)
    exposure = Exposure(f_number, 1 / 64, 200)
    assert focal_plane_exposure_lxs(luminance, exposure, far) == pytest.approx(0.0367, abs=1e-4)


def test_sunny_sixteen_gives_the_test_vector() -> None:
    """imaging.md A2: the sun at 60°, 0.18: EV100 15.53, f/16 at 1/185 s and ISO 100."""
    luminance = 0.18 * 103_000 / math.pi
    assert math.log2(luminance * 100 / 12.5) == pytest.approx(15.53, abs=0.01)
    assert 16**2 / (metered_exposure_product(luminance) * 100) == pytest.approx(1 / 185, rel=0.01)


# imaging.md A3, at 2 m with c = 2 pixels.
@pytest.mark.parametrize(
    ("focal_mm", "f_number", "pixel_um", "near", "far"),
    [
        (4.45, 3.3, 1.26, 1.09, 12.3),
        (44.5, 5.9, 1.26, 1.97, 2.03),
        (10.4, 1.8, 2.412, 1.73, 2.38),
        (35.0, 1.4, 3.2, 1.972, 2.029),
        (35.0, 5.6, 3.2, 1.89, 2.12),
    ],
)
def test_depth_of_field_agrees_with_the_worked_examples(
    focal_mm: float, f_number: float, pixel_um: float, near: float, far: float
) -> None:
    found = depth_of_field_m(focal_mm, f_number, 2 * pixel_um / 1000, 2.0)
    assert found == pytest.approx((near, far), rel=0.015)


def test_beyond_the_hyperfocal_distance_all_is_sharp() -> None:
    near, far = depth_of_field_m(4.45, 3.3, 0.00252, 3.0)
    assert far == math.inf
    assert near < 3.0


@pytest.mark.parametrize("subject_m", [0.3, 0.9, 2.0, 8.0, math.inf])
def test_the_disc_of_defocus_is_the_thin_lens_formula(subject_m: float) -> None:
    """b = (f²/N)·|s − s_f|/(s (s_f − f))."""
    optics, focus_mm, focal_mm = replace(WIDE_QX100, focal_mm=37.1), 2000.0, 37.1
    if math.isinf(subject_m):
        expected = focal_mm**2 / (4.9 * (focus_mm - focal_mm))
    else:
        s = subject_m * 1000
        expected = focal_mm**2 / 4.9 * abs(s - focus_mm) / (s * (focus_mm - focal_mm))
    assert defocus_disc_mm(optics, 4.9, 1 / subject_m) == pytest.approx(expected, rel=1e-9)


def test_focused_at_infinity_the_near_blurs() -> None:
    optics = replace(WIDE_QX100, focus_m=math.inf)
    assert defocus_disc_mm(optics, 1.8, 0.0) == 0.0
    assert defocus_disc_mm(optics, 1.8, 1 / 2.0) == pytest.approx(10.4**2 / 1.8 / 2000, rel=1e-9)


def test_the_field_of_view_is_that_of_the_equivalent_focal_length() -> None:
    """A QX100 at 10.4 mm is a 28 mm, at 37.1 mm a 100 mm: 65.5° and 20.4° across 36 mm."""
    wide, _ = field_of_view_deg(WIDE_QX100, 5472, 3648)
    tele, _ = field_of_view_deg(replace(WIDE_QX100, focal_mm=37.1), 5472, 3648)
    assert wide == pytest.approx(64.8, abs=0.5)
    assert tele == pytest.approx(20.2, abs=0.4)


def test_a_lens_close_up_lets_less_light_through() -> None:
    close = Optics(30.0, 0.06, 23.2, 15.4)
    assert magnification(close) == pytest.approx(1.0)
    exposure = Exposure(4.0, 0.01, 100)
    far = replace(close, focus_m=math.inf)
    ratio = focal_plane_exposure_lxs(10, exposure, close) / focal_plane_exposure_lxs(10, exposure, far)
    assert ratio == pytest.approx(0.25)


def test_a_small_sensor_is_limited_by_diffraction_before_a_large_one() -> None:
    def growth(optics: Optics, sensor: object) -> float:
        facts = QX10 if sensor is QX10 else QX100
        still = replace(live(optics, Exposure(4.0, 0.01, 100), facts), width=4000, height=3000, live=False)
        stopped = replace(still, exposure=Exposure(8.0, 0.01, 100))
        return Spread(stopped).soft / Spread(still).soft

    assert growth(WIDE_QX10, QX10) > growth(WIDE_QX100, QX100) > 1.0


def test_a_hand_blurs_more_with_a_long_lens_a_long_time_and_no_stabiliser() -> None:
    def smear_um(focal_mm: float, shutter_s: float, stabilised: bool) -> float:
        held = replace(WIDE_QX100, focal_mm=focal_mm, shake=1.0, stabilised=stabilised)
        still = replace(held, shake=0.0)
        exposure = Exposure(4.0, shutter_s, 160)
        edges = [Spread(View(optics, exposure, QX100, 5472, 3648)).soft for optics in (held, still)]
        return math.sqrt(edges[0] ** 2 - edges[1] ** 2) * focal_mm * 1000 / GAUSSIAN_TO_EDGE

    wide = smear_um(10.4, 0.01, False)
    assert 0.3 < wide / QX100.pixel_um < 3
    assert smear_um(37.1, 0.01, False) == pytest.approx(wide * 37.1 / 10.4, rel=0.01)
    assert smear_um(10.4, 0.04, False) == pytest.approx(2 * wide, rel=0.01)
    assert smear_um(10.4, 0.01, True) == pytest.approx(wide / 4, rel=0.02)


def test_values_no_lens_has_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        Optics(0.0, 2.0, 13.2, 8.8)
    with pytest.raises(ValueError, match="cannot focus"):
        Optics(35.0, 0.03, 13.2, 8.8)
    with pytest.raises(ValueError, match="positive"):
        Exposure(2.8, 0.0, 100)
