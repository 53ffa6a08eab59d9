from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from remotelens.camera.shot import Shot, ShotFile, settings_of
from remotelens.camera.state import iso_time
from remotelens.errors import ContentGone, InvalidValue, NotAvailableNow
from remotelens.library.exif import ExifFacts
from tests.remotelens.camera.double import URL, ApiDouble, camera_on
from tests.remotelens.library.pictures import jpeg
from tests.remotelens.library.test_fetch import Answer, names

FIELDS = [
    "id",
    "camera",
    "files",
    "path",
    "bytes",
    "sha256",
    "width",
    "height",
    "on_card",
    "clock_trusted",
    "requested",
    "actual",
    "asked_at",
    "answered_s",
    "saved_s",
]


def taken_with(exposure: IFDRational) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(
        {0x829A: exposure, 0x829D: IFDRational(33, 10), 0x8827: 100, 0x9204: IFDRational(1, 3)}
    )
    return jpeg(320, 240, exif=exif)


async def test_a_download_fills_in_the_files_and_what_the_picture_says(tmp_path: Path) -> None:
    picture = taken_with(IFDRational(1, 250))
    async with camera_on(ApiDouble(), pictures=[Answer(picture)]) as camera:
        shot = await camera.capture()
        stored = await shot.download(tmp_path)
    assert shot.path is None
    assert stored.path == tmp_path / "pict140202_0044410001.JPG"
    assert stored.path.read_bytes() == picture
    assert stored.sha256 == hashlib.sha256(picture).hexdigest()
    assert stored.actual == {"shutter_speed": "1/250", "f_number": "3.3", "iso": "100", "ev": 0.3}
    assert stored.saved_s is not None
    assert stored.saved_s >= stored.answered_s
    shown = json.loads(json.dumps(stored.to_dict()))
    assert list(shown) == FIELDS
    assert shown["files"][0]["kind"] == "original"
    assert (shown["bytes"], shown["width"], shown["height"]) == (len(picture), 320, 240)


async def test_a_second_download_does_not_overwrite_the_first(tmp_path: Path) -> None:
    async with camera_on(ApiDouble(), pictures=[Answer(jpeg())]) as camera:
        shot = await camera.capture()
        first = await shot.download(tmp_path, "dusk.jpg")
        second = await shot.download(tmp_path, "dusk.jpg")
    assert first.path == tmp_path / "dusk.jpg"
    assert second.path == tmp_path / "dusk-2.jpg"


async def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    async with camera_on(ApiDouble(), pictures=[Answer(jpeg())]) as camera:
        shot = await camera.capture()
        with pytest.raises(InvalidValue):
            await shot.download(tmp_path, "../dusk.jpg")


async def test_a_picture_that_is_gone_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    async with camera_on(ApiDouble(), pictures=[ContentGone("no longer there", camera="qx")]) as camera:
        shot = await camera.capture()
        with pytest.raises(ContentGone):
            await shot.download(tmp_path)
    assert names(tmp_path) == []


async def test_a_record_of_a_shot_cannot_be_downloaded(tmp_path: Path) -> None:
    asked_at = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
    record = Shot("1", "qx", (ShotFile(URL, "original"),), True, True, {}, asked_at, 1.5)
    with pytest.raises(NotAvailableNow, match="record"):
        await record.download(tmp_path)
    assert record.to_dict()["asked_at"] == "2026-01-02T03:04:05.678Z"


def test_a_shot_cannot_be_changed() -> None:
    shot = Shot("1", "qx", (), None, False, {}, datetime(2026, 1, 1, tzinfo=UTC), 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        shot.on_card = True  # type: ignore[misc]  # what the test is about
    assert shot.path is None
    assert shot.to_dict()["path"] is None


@pytest.mark.parametrize(
    ("exif", "actual"),
    [
        (ExifFacts(exposure_s=Fraction(10, 2500)), {"shutter_speed": "1/250"}),
        (ExifFacts(exposure_s=Fraction(2, 5)), {"shutter_speed": '0.4"'}),
        (ExifFacts(exposure_s=Fraction(5, 2), f_number=22.0), {"shutter_speed": '2.5"', "f_number": "22"}),
        (ExifFacts(iso=3200, bias_ev=-0.0), {"iso": "3200", "ev": 0.0}),
        (ExifFacts(bias_ev=-2 / 3), {"ev": -0.7}),
        (ExifFacts(), {}),
    ],
)
def test_what_a_picture_says_is_written_as_settings_are(exif: ExifFacts, actual: dict[str, object]) -> None:
    assert settings_of(exif) == actual


def test_times_are_utc_with_milliseconds() -> None:
    assert iso_time(datetime(2026, 1, 1, 12, tzinfo=UTC)) == "2026-01-01T12:00:00.000Z"
