"""Places and ways, from words and from GPX."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.camera.ble.track import Place, Still, Track, TrackPoint, load_gpx, parse_gpx
from remotelens.errors import InvalidValue

START = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
LATER = START + timedelta(days=100)
GPX_11 = """<?xml version="1.0"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
 <wpt lat="1" lon="2"><name>not the way</name></wpt>
 <trk><trkseg>
  <trkpt lat="48.0" lon="16.0"><ele>200</ele><time>2026-07-01T08:00:00Z</time></trkpt>
  <trkpt lat="48.1" lon="16.2"><time>2026-07-01T10:01:40+02:00</time></trkpt>
 </trkseg><trkseg>
  <trkpt lat="48.1" lon="16.4"><time>2026-07-01T08:03:20</time></trkpt>
 </trkseg></trk>
</gpx>"""
GOING_BACK = (
    b"<gpx><wpt lat='1' lon='1'><time>2026-01-02</time></wpt>"
    b"<wpt lat='1' lon='1'><time>2026-01-01</time></wpt></gpx>"
)


def degrees(place: Place | None) -> tuple[float, float]:
    assert place is not None
    return place.latitude, place.longitude


@pytest.mark.parametrize("text", ["35.681236,139.767125", " -33.85 , 151.2 ", "0,0", "90,-180"])
def test_a_place_is_read(text: str) -> None:
    latitude, longitude = (float(part) for part in text.split(","))
    assert Place.parse(text) == Place(latitude, longitude)


@pytest.mark.parametrize("text", ["", "48.2", "48.2;16.3", "91,0", "0,181", "nan,0", "inf,0", "1,2,3"])
def test_what_is_no_place_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Place.parse(text)
    assert caught.value.remedy is not None


def test_a_host_that_does_not_move_is_where_it_is() -> None:
    place = Place(48.2, 16.37)
    assert Still(place).at(1e9, LATER) == place


def test_a_track_is_walked_from_its_start_at_its_own_pace() -> None:
    track = parse_gpx(GPX_11.encode())
    assert (len(track.points), track.start, track.seconds) == (3, START, 200.0)
    assert track.at(0.0, LATER) == Place(48.0, 16.0)
    assert degrees(track.at(50.0, LATER)) == pytest.approx((48.05, 16.1))
    assert degrees(track.at(150.0, LATER)) == pytest.approx((48.1, 16.3))
    assert track.at(200.0, LATER) == Place(48.1, 16.4)
    assert track.at(200.1, LATER) is None


def test_a_track_of_now_is_followed_by_the_clock() -> None:
    track = parse_gpx(GPX_11.encode())
    assert track.at(0.0, START + timedelta(seconds=100)) == Place(48.1, 16.2)
    assert track.at(1e6, START + timedelta(seconds=100)) == Place(48.1, 16.2)


def test_a_way_without_times_goes_a_point_at_each_step() -> None:
    gpx = b"<gpx><rte><rtept lat='1' lon='1'/><rtept lat='3' lon='1'/></rte><wpt lat='9' lon='9'/></gpx>"
    track = parse_gpx(gpx, pace_s=20.0)
    assert track.start is None
    assert track.seconds == 20.0
    assert track.at(10.0, LATER) == Place(2.0, 1.0)


def test_places_alone_are_a_way_too() -> None:
    assert parse_gpx(b"<gpx><wpt lat='9' lon='8'/></gpx>").at(0.0, LATER) == Place(9.0, 8.0)


def test_the_short_way_round_the_world_is_taken() -> None:
    track = Track((TrackPoint(Place(0.0, 179.0)), TrackPoint(Place(0.0, -179.0))), pace_s=10.0)
    here = track.at(7.5, LATER)
    assert here is not None
    assert here.longitude == pytest.approx(-179.5)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no GPX"),
        (b"not xml", "no GPX"),
        (b"<gpx></gpx>", "no track, route or place"),
        (b"<gpx><trkpt lat='x' lon='1'/></gpx>", "no latitude or longitude"),
        (b"<gpx><trkpt lon='1'/></gpx>", "no latitude or longitude"),
        (b"<gpx><trkpt lat='100' lon='1'/></gpx>", "no place on Earth"),
        (b"<gpx><trkpt lat='1' lon='1'><time>noon</time></trkpt></gpx>", "is no time"),
        (
            b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><gpx><trkpt lat='1' lon='1'/></gpx>",
            "no GPX",
        ),
        (GOING_BACK, "go back"),
    ],
)
def test_what_is_no_track_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(InvalidValue, match=words) as caught:
        parse_gpx(data)
    assert "\n" not in str(caught.value)


def test_a_file_is_named_in_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "walk.gpx"
    with pytest.raises(InvalidValue, match=r"walk\.gpx cannot be read"):
        load_gpx(path)
    path.write_bytes(b"<gpx/>")
    with pytest.raises(InvalidValue, match=r"walk\.gpx: there is no track"):
        load_gpx(path)
    path.write_text(GPX_11, "utf-8")
    assert load_gpx(path).seconds == 200.0


@given(st.binary(max_size=200))
def test_any_bytes_are_a_track_or_refused(data: bytes) -> None:
    try:
        parse_gpx(data)
    except InvalidValue:
        return


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=6),
    st.floats(0, 1000),
)
def test_every_moment_of_a_way_is_on_earth_and_its_end_is_its_end(
    points: list[tuple[float, float]], elapsed_s: float
) -> None:
    track = Track(tuple(TrackPoint(Place(*point)) for point in points), pace_s=10.0)
    place = track.at(elapsed_s, LATER)
    assert (place is None) == (elapsed_s > track.seconds)
