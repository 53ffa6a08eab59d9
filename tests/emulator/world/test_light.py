from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from emulator.world.light import (
    cloud_stops,
    flicker_gain,
    luminance_of,
    moon_lux,
    rgb_of_kelvin,
    sun_lux,
    sun_position,
)
from emulator.world.lighting import Daylight, Lamps

# imaging.md A1, check values.
GROUND_LUX = [
    (90, 128_800),
    (20, 27_400),
    (10, 11_100),
    (5, 4_540),
    (0, 759),
    (-0.8, 462),
    (-4, 29.9),
    (-6, 3.41),
    (-8, 0.348),
    (-12, 0.00806),
    (-18, 6.4e-4),
]


@pytest.mark.parametrize(("altitude", "lux"), GROUND_LUX)
def test_ground_illuminance_has_the_tables_check_values(altitude: float, lux: float) -> None:
    assert sun_lux(altitude) == pytest.approx(lux, rel=0.01)


def test_ground_illuminance_falls_steadily_and_meets_at_the_joints() -> None:
    altitudes = np.arange(-18, 90, 0.05)
    stops = np.log2([sun_lux(float(h)) for h in altitudes])
    assert (np.diff(stops) > -1e-3).all()
    assert np.abs(np.diff(stops)).max() < 0.25


def test_from_ten_degrees_to_minus_twelve_are_20_4_stops() -> None:
    assert np.log2(sun_lux(10) / sun_lux(-12)) == pytest.approx(20.4, abs=0.1)


def test_a_full_moon_overhead_gives_a_fifth_of_a_lux_and_nothing_below_the_horizon() -> None:
    assert 0.15 < moon_lux(60) < 0.3
    assert moon_lux(-5) == 0.0


def test_6500_kelvin_is_white_and_every_colour_has_luminance_one() -> None:
    assert rgb_of_kelvin(6504) == pytest.approx((1, 1, 1), abs=0.02)
    for kelvin in (1800, 2700, 3700, 4000, 4300, 5500, 12_000):
        assert luminance_of(rgb_of_kelvin(kelvin)) == pytest.approx(1.0)


def test_light_turns_bluer_with_colour_temperature_without_a_jump() -> None:
    kelvins = np.arange(2300, 10_000, 20)
    ratio = np.array([rgb_of_kelvin(float(k))[0] / rgb_of_kelvin(float(k))[2] for k in kelvins])
    change = np.diff(np.log(ratio))
    assert (change < 0).all()
    assert np.abs(change).max() < 0.08


# Solar noon at Greenwich, and the ends of the year at 48° N, from the Astronomical Almanac's definitions:
# altitude at transit = 90° − latitude + declination, declination ±23.44° at the solstices.
@pytest.mark.parametrize(
    ("moment", "latitude", "altitude", "azimuth"),
    [
        (datetime(2024, 3, 20, 12, 7, 30, tzinfo=UTC), 0.0, 89.6, None),
        (datetime(2024, 6, 20, 12, 1, 45, tzinfo=UTC), 48.0, 90 - 48 + 23.44, 180.0),
        (datetime(2024, 12, 21, 11, 58, 10, tzinfo=UTC), 48.0, 90 - 48 - 23.44, 180.0),
        (datetime(2024, 9, 22, 17, 52, 30, tzinfo=UTC), 48.0, 0.0, 270.0),
    ],
)
def test_the_sun_stands_where_the_almanac_has_it(
    moment: datetime, latitude: float, altitude: float, azimuth: float | None
) -> None:
    found_altitude, found_azimuth = sun_position(moment, latitude, 0.0)
    assert found_altitude == pytest.approx(altitude, abs=0.5)
    if azimuth is not None:
        assert found_azimuth == pytest.approx(azimuth, abs=1.0)


def test_clouds_belong_to_their_seed_and_move_slowly() -> None:
    walk = [cloud_stops(60.0 * minute, seed=5) for minute in range(600)]
    assert walk == [cloud_stops(60.0 * minute, seed=5) for minute in range(600)]
    assert walk != [cloud_stops(60.0 * minute, seed=6) for minute in range(600)]
    assert min(walk) >= 0
    assert max(walk) <= 3.3
    assert 0.1 < float(np.std(np.diff(walk))) < 0.6


@pytest.mark.parametrize("shutter_s", [1 / 2000, 1 / 250, 1 / 60, 1 / 50])
@pytest.mark.parametrize("wave", ["sine", "square"])
def test_flicker_is_the_integral_of_the_lamps_light(shutter_s: float, wave: str) -> None:
    starts = np.linspace(0, 0.02, 37)
    found = flicker_gain(starts, shutter_s, 100.0, 0.3, "sine" if wave == "sine" else "square")
    inside = (np.arange(20_000) + 0.5) / 20_000 * shutter_s
    pulse = np.cos(2 * np.pi * 100 * (starts[:, None] + inside))
    light = 1 + 0.3 * (pulse if wave == "sine" else np.sign(pulse))
    assert np.abs(found - light.mean(axis=1)).max() < 2e-4


def test_flicker_vanishes_over_whole_periods() -> None:
    starts = np.linspace(0, 0.02, 37)
    for shutter_s in (0.01, 0.02):
        assert np.abs(flicker_gain(starts, shutter_s, 100.0, 0.3) - 1).max() < 1e-9


def test_street_lamps_come_on_at_dusk() -> None:
    light = Daylight(
        latitude_deg=48, longitude_deg=0, start=datetime(2024, 9, 22, 16, 30, tzinfo=UTC), lamps_lux=10
    )
    day, night = light.at(0, seed=0), light.at(3 * 3600, seed=0)
    assert day.night == 0
    assert night.night == 1
    assert 10 < night.lux < 10.1
    assert night.rgb[0] > 1.3 > night.rgb[2]


def test_impossible_light_is_told_with_its_field() -> None:
    assert Lamps(lux=-1).problem() is not None
    assert Lamps(lux=100, flicker_depth=2).problem() == (
        "flicker_depth",
        "a flicker of 2 is impossible (0 to 1)",
    )
    assert Lamps(lux=100).problem() is None
