"""Preparing, exposing and saving a still. Source: protocol/wifi.md 5.4, 9.2; imaging.md A2."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.protocol.wifi.rpc import RpcFailure
from tests.emulator.body.rig import name_of, picture_of, rig


async def test_an_original_has_the_size_of_the_camera_divided_by_the_scale() -> None:
    async with rig("DSC-QX10", still_scale=4) as camera:
        await camera.set("PostviewImageSize", "Original")
        image = await picture_of(camera, await camera.take())
        assert image.size == (4896 // 4, 3672 // 4)


@pytest.mark.parametrize(
    ("model", "size", "postview", "original"),
    [
        ("DSC-QX10", ("16:9", "13M"), (1920, 1080), (4896, 2752)),
        ("DSC-QX100", ("3:2", "20M"), (1616, 1080), (5472, 3648)),
        ("ILCE-QX1", ("3:2", "20M"), (1616, 1080), (5456, 3632)),
    ],
)
async def test_a_postview_has_two_megapixels_in_the_shape_of_the_still(
    model: str, size: tuple[str, str], postview: tuple[int, int], original: tuple[int, int]
) -> None:
    async with rig(model, still_scale=8) as camera:
        await camera.set("StillSize", *size)
        image = await picture_of(camera, await camera.take())
        assert image.size == (postview[0] // 8, postview[1] // 8)
        (file,) = camera.body.card.files
        assert file.recipe is not None
        assert (file.recipe.view.width, file.recipe.view.height) == (original[0] // 8, original[1] // 8)


async def test_the_card_counts_and_names_what_is_taken() -> None:
    async with rig("ILCE-QX1") as camera:
        before = camera.body.card.shots_left
        await camera.take()
        await camera.set("StillQuality", {"stillQuality": "RAW+JPEG"})
        await camera.take()
        names = [(file.folder, file.name, file.kind) for file in camera.body.card.files]
        assert names == [
            ("DCIM/100MSDCF", "DSC00001.JPG", "still"),
            ("DCIM/100MSDCF", "DSC00002.ARW", "raw"),
            ("DCIM/100MSDCF", "DSC00002.JPG", "still"),
        ]
        await camera.set("StillQuality", {"stillQuality": "Fine"})
        assert before - 6 <= camera.body.card.shots_left <= before - 3


async def test_without_a_card_the_postview_is_all_there_is() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.card.present = False
        url = await camera.take()
        assert (await picture_of(camera, url)).size
        assert camera.body.card.files == ()


@pytest.mark.parametrize("trouble", ["full", "protected"])
async def test_a_card_that_cannot_be_written_fails_the_capture(trouble: str) -> None:
    async with rig("DSC-QX10") as camera:
        setattr(camera.body.card, trouble, True)
        task = asyncio.ensure_future(camera.reply("actTakePicture"))
        assert (await camera.done(task)).answer == RpcFailure(1, 40400, "Shooting Failed")
        assert camera.body.status == "IDLE"


async def test_in_the_dark_a_qx1_refuses_and_a_qx10_shoots_all_the_same() -> None:
    async with rig("ILCE-QX1", scene_name="stars") as camera:
        task = asyncio.ensure_future(camera.reply("actTakePicture"))
        assert (await camera.done(task)).answer == RpcFailure(1, 40400, "Shooting Failed")
    async with rig("DSC-QX10", scene_name="stars") as camera:
        assert await camera.take()


async def test_the_same_seed_gives_the_same_picture_and_another_gives_another() -> None:
    async def take(seed: int, index: int) -> bytes:
        async with rig("DSC-QX10", seed=seed, index=index) as camera:
            picture = camera.body.pictures.find(name_of(await camera.take()))
            assert picture is not None
            return picture.jpeg

    first = await take(1, 0)
    assert await take(1, 0) == first
    assert await take(1, 1) != first
    assert await take(2, 0) != first


@pytest.mark.parametrize(("mishap", "value"), [("present", False), ("protected", True), ("full", True)])
async def test_a_card_that_cannot_be_written_any_more_gets_no_file_and_the_picture_is_there(
    mishap: str, value: bool
) -> None:
    async with rig("ILCE-QX1") as camera:
        task = camera.begin("actTakePicture")
        await camera.until("StillSaving")
        setattr(camera.body.card, mishap, value)
        ((url,),) = await camera.done(task)
        assert camera.body.pictures.find(name_of(url))
        assert camera.body.card.files == ()
