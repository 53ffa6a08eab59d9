"""Zoom in time, boxes, and the optics that follow. Source: protocol/wifi.md 5.4, 7.2; models.md 1, 11."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image

from tests.emulator.body.rig import rig


async def zoom(camera: object, version: str = "1.1") -> dict[str, int]:
    slots = await camera.call("getEvent", False, version=version)  # type: ignore[attr-defined]  # any rig
    reading: dict[str, int] = slots[2]
    return reading


async def test_the_zoom_runs_until_stopped_and_a_moment_longer() -> None:
    async with rig("DSC-QX10") as camera:
        assert await camera.call("actZoom", "in", "start") == [0]
        await camera.clock.advance(1.1)
        assert (await zoom(camera))["zoomPosition"] == 50
        await camera.call("actZoom", "in", "stop")
        await camera.clock.advance(1.0)
        assert (await zoom(camera))["zoomPosition"] == pytest.approx(50 + 100 * 0.1 / 2.2, abs=1)
        await camera.call("actZoom", "out", "start")
        await camera.clock.advance(5.0)
        assert (await zoom(camera))["zoomPosition"] == 0


async def test_one_shot_moves_a_little() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.call("actZoom", "in", "1shot")
        await camera.clock.advance(1.0)
        assert (await zoom(camera))["zoomPosition"] == 6


async def test_the_zoom_is_told_several_times_a_second_while_it_moves() -> None:
    async with rig("DSC-QX10") as camera:
        camera.topics.clear()
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(1.0)
        assert 3 <= camera.topics.count("zoom") <= 10
        await camera.clock.advance(3.0)
        camera.topics.clear()
        await camera.clock.advance(3.0)
        assert "zoom" not in camera.topics


async def test_stop_must_name_the_direction_of_the_start() -> None:
    async with rig("DSC-QX10") as camera:
        assert await camera.error("actZoom", "in", "stop") == (3, "Illegal Argument")
        await camera.call("actZoom", "in", "start")
        assert await camera.error("actZoom", "out", "stop") == (3, "Illegal Argument")
        await camera.call("actZoom", "in", "stop")


async def test_the_lever_zooms_as_the_api_does() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.press("zoom_tele")
        await camera.clock.advance(1.1)
        camera.body.release("zoom_tele")
        await camera.clock.advance(1.0)
        there = (await zoom(camera))["zoomPosition"]
        assert 50 <= there <= 56
        camera.body.press("zoom_wide")
        await camera.clock.advance(5.0)
        assert (await zoom(camera))["zoomPosition"] == 0


async def test_clear_image_zoom_adds_a_box() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ZoomSetting", {"zoom": "On:Clear Image Zoom"})
        assert (await zoom(camera, "1.2"))["zoomNumberBox"] == 2
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(1.8)
        reading = await zoom(camera, "1.2")
        assert (reading["zoomPosition"], reading["zoomIndexCurrentBox"]) == (50, 1)
        await camera.clock.advance(5.0)
        reading = await zoom(camera, "1.2")
        assert (reading["zoomPosition"], reading["zoomPositionCurrentBox"]) == (100, 100)
        assert camera.body.lens.digital_zoom == 2.0
        await camera.set("ZoomSetting", {"zoom": "Optical Zoom Only"})
        assert (await zoom(camera, "1.2"))["zoomPosition"] == 100
        assert camera.body.lens.digital_zoom == 1.0


async def test_aperture_and_focal_length_follow_the_zoom() -> None:
    async with rig("DSC-QX10") as camera:
        lens = camera.body.lens
        assert (lens.focal_mm, lens.widest_f_number) == (4.45, 3.3)
        assert round(lens.equivalent_mm) == 25
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(3.0)
        assert lens.focal_mm == pytest.approx(44.5)
        assert lens.widest_f_number == pytest.approx(5.9)
        assert lens.near_m == pytest.approx(1.5)


async def test_the_f_numbers_on_offer_follow_the_zoom() -> None:
    async with rig("DSC-QX100") as camera:
        await camera.set("ExposureMode", "Aperture")
        wide = (await camera.call("getAvailableFNumber"))[1]
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(3.0)
        tele = (await camera.call("getAvailableFNumber"))[1]
        assert (wide[0], tele[0], tele[-1]) == ("1.8", "4.9", "11")
        assert await camera.error("setFNumber", "2.8") == (3, "Illegal Argument")


async def test_a_picture_tells_the_focal_length_it_was_taken_with() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(3.0)
        await camera.take()
        picture = camera.body.pictures.find(camera.body.pictures.names[-1])
    assert picture is not None
    exif = Image.open(io.BytesIO(picture.jpeg)).getexif().get_ifd(ExifTags.IFD.Exif)
    assert float(exif[ExifTags.Base.FocalLength]) == pytest.approx(44.5)
    assert exif[ExifTags.Base.FocalLengthIn35mmFilm] == 251


async def test_there_is_no_zoom_while_the_camera_changes_its_function() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("setCameraFunction", "Contents Transfer")
        assert (await camera.error("actZoom", "in", "start"))[0] in (1, 40401)
