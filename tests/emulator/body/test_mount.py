"""Lenses on cameras with a mount, none, and one that talks to nobody. Source: models.md 8, 9."""

from __future__ import annotations

import math

import pytest

from emulator.profiles import ProfileError, lens_names, load
from tests.emulator.body.rig import exif_of, picture_of, rig

ELECTRONIC = [name for name in lens_names() if load(f"ILCE-QX1+{name}").lens.electronic]


@pytest.mark.parametrize("name", ELECTRONIC)
async def test_any_lens_decides_zoom_focal_length_apertures_and_what_exif_says(name: str) -> None:
    async with rig(load(f"ILCE-QX1+{name}")) as camera:
        facts = camera.body.lens.facts
        await camera.set("ExposureMode", "Aperture")
        listed = (await camera.call("getAvailableApiList"))[0]
        assert ("actZoom" in listed) == facts.power_zoom
        value, offered = await camera.call("getAvailableFNumber")
        (supported,) = await camera.call("getSupportedFNumber")
        assert value in offered
        assert offered == supported
        assert float(offered[0]) == pytest.approx(facts.f_wide, rel=0.02)
        assert float(offered[-1]) == facts.f_min
        await camera.set("FNumber", "8.0")
        image = await picture_of(camera, await camera.take())
    exif = exif_of(image)
    assert exif["LensModel"] == facts.name
    assert float(exif["FNumber"]) == 8.0
    assert float(exif["FocalLength"]) == facts.wide_mm
    assert exif["FocalLengthIn35mmFilm"] == round(facts.wide_mm * 1.55)
    assert float(exif["MaxApertureValue"]) == pytest.approx(2 * math.log2(facts.f_wide), abs=0.01)


async def test_a_lens_is_changed_while_the_camera_is_on() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ExposureMode", "Aperture")
        before = await camera.call("getEvent", False, version="1.2")
        camera.topics.clear()
        camera.body.lens.mount("SEL35F18")
        assert {"settings", "zoom", "focus"} <= set(camera.topics)
        after = await camera.call("getEvent", False, version="1.2")
        assert "actZoom" in before[0]["names"]
        assert "actZoom" not in after[0]["names"]
        assert before[2]["zoomPosition"] == 0
        assert after[2]["zoomPosition"] == -1
        assert after[27]["fNumberCandidates"][0] == "1.8"
        assert (await camera.error("actZoom", "in", "start"))[0] in (1, 7, 40403)


@pytest.mark.parametrize("model", ["DSC-QX10", "CONCEPT-M"])
async def test_what_does_not_fit_is_not_put_on(model: str) -> None:
    async with rig(model) as camera:
        with pytest.raises(ProfileError, match="cannot take the lens 'SEL16F28'"):
            camera.body.lens.mount("SEL16F28")
        with pytest.raises(ProfileError, match="no lens 'NIFTY'"):
            camera.body.lens.mount("NIFTY")
    with pytest.raises(ProfileError, match="its lens is built in"):
        load("DSC-QX30+SEL16F28")


async def test_without_a_lens_there_is_light_and_no_picture() -> None:
    async with rig("ILCE-QX1+none") as camera:
        await camera.call("startLiveview")
        assert (await camera.body.viewfinder.frame()).jpeg
        assert camera.body.lens.optics().defocus_px_640 > 1000
        assert await camera.call("getFocusMode") == ["MF"]
        assert await camera.call("getFNumber") == ["--"]
        assert (await camera.error("actTakePicture"))[0] == 40400
        camera.body.lens.mount("SEL16F28")
        assert await camera.take()


async def test_the_concepts_rings_are_turned_by_hand_and_the_camera_knows_nothing_of_it() -> None:
    async with rig("CONCEPT-M") as camera:
        body = camera.body
        methods = {method.name for method in body.profile.methods("camera")}
        assert not {name for name in methods if "FNumber" in name or "TouchAF" in name or "Half" in name}
        assert await camera.call("getAvailableFocusMode") == ["MF", ["MF"]]
        body.lens.focus_at(2.0)
        body.lens.aperture_at(1.4)
        await body.aim.measure()
        wide_open = body.aim.choice
        body.lens.aperture_at(5.6)
        image = await picture_of(camera, await camera.take())
        slots = await camera.call("getEvent", False, version="1.2")
        (file,) = body.card.files
        assert body.lens.focus_m == 2.0
    assert slots[27] is None
    assert file.recipe is not None
    view, exif = file.recipe.view, exif_of(image)
    assert view.exposure.f_number == 5.6
    light = view.exposure.shutter_s * view.exposure.iso
    assert math.log2(light / (wide_open.shutter.exact * wide_open.iso.exact)) == pytest.approx(4, abs=0.4)
    assert view.rolling
    absent = {"FNumber", "FocalLength", "LensModel", "MaxApertureValue", "BrightnessValue"}
    assert not absent & exif.keys()
    assert "no product" in exif["Software"]


async def test_rings_go_as_far_as_they_go() -> None:
    async with rig("CONCEPT-M") as camera:
        lens = camera.body.lens
        with pytest.raises(ValueError, match=r"f/1\.4 to f/16, not to f/22"):
            lens.aperture_at(22.0)
        lens.focus_at(0.1)
        assert lens.focus_m == 0.40
        with pytest.raises(ValueError, match="no zoom"):
            lens.place(0.5)
        with pytest.raises(ValueError, match="trembles"):
            lens.hold(4.0)
        lens.hold(1.0)
        assert lens.optics().shake == 1.0
        assert not lens.optics().stabilised
    async with rig("DSC-QX10") as camera:
        with pytest.raises(ValueError, match="no aperture ring"):
            camera.body.lens.aperture_at(4.0)
        assert camera.body.lens.optics().stabilised


async def test_the_two_step_iris_has_two_places() -> None:
    async with rig("XPERIA-PRO-I") as camera:
        await camera.set("ExposureMode", "Aperture")
        assert await camera.call("getAvailableFNumber") == ["2.0", ["2.0", "4.0"]]
        assert (await camera.error("setFNumber", "2.8"))[0] == 3
        found = set()
        for f_number in ("2.0", "4.0"):
            await camera.set("FNumber", f_number)
            found.add(camera.body.aim.choice.f_number.exact)
        await camera.set("ExposureMode", "Program Auto")
        found.add(camera.body.aim.choice.f_number.exact)
    assert found == {2.0, 4.0}


async def test_four_photosites_are_one_pixel_unless_each_is_asked_for() -> None:
    async with rig("12S-ULTRA") as camera:
        view = camera.body.eye.still_view(camera.body.aim.choice, (4096, 3072))
        fine = camera.body.eye.still_view(camera.body.aim.choice, (8192, 6144))
        assert view.photosites_per_pixel == pytest.approx(4, rel=0.01)
        assert fine.photosites_per_pixel == 1
        sites = await camera.call("getAvailableStillSize")
        assert {size["size"] for size in sites[1]} == {"12M", "50M", "9.4M"}


async def test_a_lens_is_kept_in_a_snapshot_of_it() -> None:
    async with rig("ILCE-QX1+SUMMILUX35") as camera:
        lens = camera.body.lens
        lens.aperture_at(4.0)
        lens.focus_at(1.5)
        state = lens.state
        lens.mount("SEL55210")
        lens.place(0.5)
        assert 55 < lens.focal_mm < 210
        lens.state = state
        assert (lens.facts.name, lens.ring, lens.focus_m) == ("Summilux-M 35mm F1.4 ASPH.", 4.0, 1.5)
