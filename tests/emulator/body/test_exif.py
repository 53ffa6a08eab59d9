"""What a picture says of itself, read by Pillow. Source: models.md 3; imaging.md A2."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image

from tests.emulator.body.rig import exif_of, name_of, picture_of, rig


async def test_exif_tells_the_state_that_formed_the_pixels() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.set("ExposureMode", "Program Auto")
        await camera.set("ExposureCompensation", -4)
        await camera.set("IsoSpeedRate", "400")
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(1.0)
        await camera.call("actZoom", "in", "stop")
        await camera.clock.advance(1.0)
        camera.body.set_clock(camera.clock.now(), 120, 0)
        image = await picture_of(camera, await camera.take())
        (file,) = camera.body.card.files
    assert file.recipe is not None
    view, exif = file.recipe.view, exif_of(image)
    assert (exif["Make"], exif["Model"], exif["Software"]) == ("SONY", "DSC-QX10", "DSC-QX10 v3.00")
    assert exif["ISOSpeedRatings"] == 400 == view.exposure.iso
    assert float(exif["ExposureBiasValue"]) == pytest.approx(-4 / 3)
    assert math.log2(exif["ExposureTime"] / view.exposure.shutter_s) == pytest.approx(0, abs=0.12)
    assert math.log2(exif["FNumber"] / view.exposure.f_number) == pytest.approx(0, abs=0.03)
    assert float(exif["FocalLength"]) == pytest.approx(view.optics.focal_mm, abs=0.01)
    assert exif["FocalLengthIn35mmFilm"] == round(view.optics.focal_mm * 5.64)
    assert view.optics.focal_mm > 8
    assert (exif["ExifImageWidth"], exif["ExifImageHeight"]) == image.size
    assert exif["DateTimeOriginal"].startswith("2026:01:01 02:00:")
    apex = 2 * math.log2(view.exposure.f_number) - math.log2(view.exposure.shutter_s)
    asked = float(exif["BrightnessValue"]) + math.log2(400 / 3.125) - float(exif["ExposureBiasValue"])
    assert apex == pytest.approx(asked, abs=0.35)  # Av + Tv = Bv + Sv to a third of a stop


async def test_a_thumbnail_of_160_by_120_is_in_the_exif() -> None:
    async with rig("DSC-QX10") as camera:
        url = await camera.take()
        picture = camera.body.pictures.find(name_of(url))
    assert picture is not None
    start = picture.jpeg.index(b"\xff\xd8", 2)
    thumbnail = Image.open(io.BytesIO(picture.jpeg[start:]))
    assert thumbnail.size == (160, 120)
    directory = Image.open(io.BytesIO(picture.jpeg)).getexif().get_ifd(ExifTags.IFD.IFD1)
    assert directory[ExifTags.Base.JpegIFByteCount] == picture.jpeg.index(b"\xff\xd9", start) + 2 - start


async def test_a_position_from_bluetooth_is_in_the_exif() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.position = (48.2, -16.37)
        camera.body.set_clock(datetime(2026, 11, 23, 22, 30, 15, tzinfo=UTC), offset_min=120, dst_min=0)
        image = await picture_of(camera, await camera.take())
    place = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    degrees, minutes, seconds = (float(part) for part in place[ExifTags.GPS.GPSLatitude])
    assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(48.2, abs=1e-5)
    assert place[ExifTags.GPS.GPSLongitudeRef] == "W"
    assert place[ExifTags.GPS.GPSDateStamp] == "2026:11:23"  # in UTC, while the camera's own day is the 24th
    hours, minutes, _ = (int(part) for part in place[ExifTags.GPS.GPSTimeStamp])
    assert (hours, minutes) == (22, 30)


async def test_a_picture_that_is_smaller_than_the_cameras_says_so() -> None:
    async with rig("DSC-QX10", still_scale=16) as camera:
        image = await picture_of(camera, await camera.take())
    assert exif_of(image)["ImageDescription"] == "emulated, 1/16 of the camera's width and height"
