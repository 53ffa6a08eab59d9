"""What is stored, and the files that are made of it. Source: protocol/wifi.md 9.3; models.md 3."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from emulator.body.contents import Entry, Form
from emulator.body.refusals import Reason, Refused
from tests.emulator.body.rig import Rig, exif_of, name_of, rig, scene
from tests.emulator.world.test_dng import read_directory


async def bytes_of(camera: Rig, entry: Entry, form: Form) -> bytes:
    file = await camera.body.contents.file(entry, form)
    assert file is not None
    data = b"".join([piece async for piece in file.read(0, file.size_bytes)])
    assert len(data) == file.size_bytes
    return data


async def only(camera: Rig) -> Entry:
    (entry,) = camera.body.contents.entries()
    return entry


@pytest.mark.parametrize("model", ["ILCE-QX1", "DSC-QX30", "DSC-QX10"])
async def test_the_original_is_to_the_byte_what_the_postview_was_at_every_time(model: str) -> None:
    async with rig(model) as camera:
        await camera.set("PostviewImageSize", "Original")
        url = await camera.take()
        picture = camera.body.pictures.find(name_of(url))
        assert picture is not None
        entry = await only(camera)
        assert await bytes_of(camera, entry, "original") == picture.jpeg
        camera.body.contents._made.clear()
        await camera.clock.advance(3600.0)
        assert await bytes_of(camera, entry, "original") == picture.jpeg


async def test_a_picture_stays_what_it_was_when_another_scene_stands_there() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("PostviewImageSize", "Original")
        url = await camera.take()
        picture = camera.body.pictures.find(name_of(url))
        assert picture is not None
        camera.body.eye.look_at(scene("room"), camera.clock.monotonic())
        assert await bytes_of(camera, await only(camera), "original") == picture.jpeg


async def test_the_large_copy_is_to_the_byte_the_small_postview() -> None:
    async with rig("ILCE-QX1", still_scale=8) as camera:
        url = await camera.take()
        picture = camera.body.pictures.find(name_of(url))
        assert picture is not None
        assert await bytes_of(camera, await only(camera), "large") == picture.jpeg


async def test_copies_have_the_sizes_of_their_shape_and_the_pictures_exif() -> None:
    async with rig("ILCE-QX1", still_scale=1, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.set("StillSize", "16:9", "4.2M")
        await camera.take()
        entry = await only(camera)
        sizes = {}
        forms: tuple[Form, ...] = ("original", "large", "small", "thumbnail")
        for form in forms:
            image = Image.open(io.BytesIO(await bytes_of(camera, entry, form)))
            sizes[form] = image.size
            if form in ("large", "small"):
                assert exif_of(image)["Model"] == "ILCE-QX1"
        assert sizes == {
            "original": (2736, 1536),
            "large": (1920, 1080),
            "small": (640, 360),
            "thumbnail": (160, 120),
        }


async def test_a_raw_file_stands_beside_its_picture_at_the_sensors_size_whatever_the_pictures() -> None:
    async with rig("ILCE-QX1", still_scale=8, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.set("StillQuality", {"stillQuality": "RAW+JPEG"})
        await camera.set("StillSize", "16:9", "4.2M")
        await camera.take()
        entry = await only(camera)
        assert [(file.name, file.kind) for file in entry.files] == [
            ("DSC00001.JPG", "still"),
            ("DSC00001.ARW", "raw"),
        ]
        raw = await bytes_of(camera, entry, "raw")
        tags = read_directory(raw, 8)
        assert (tags[256], tags[257]) == ((5456 // 8,), (3632 // 8,))
        assert tags[272] == (b"ILCE-QX1\0",)
        assert b"emulated" in tags[305][0]
        assert read_directory(raw, tags[34665][0])[33437][0] == pytest.approx(5.6, abs=3)
        assert await bytes_of(camera, entry, "raw") == raw


async def test_files_that_an_entry_does_not_have_are_not_there() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.take()
        await camera.film(1.0)
        still, movie = camera.body.contents.entries()
        absent: list[tuple[Entry, Form]] = [(still, "raw"), (still, "movie")]
        absent += [(movie, "original"), (movie, "raw"), (movie, "large"), (movie, "small")]
        for entry, form in absent:
            assert await camera.body.contents.file(entry, form) is None
        thumbnail = Image.open(io.BytesIO(await bytes_of(camera, movie, "thumbnail")))
        assert thumbnail.size == (160, 120)


async def test_any_part_of_a_movie_is_the_same_as_in_the_whole() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="bench") as camera:
        await camera.film(0.5)
        entry = await only(camera)
        whole = await bytes_of(camera, entry, "movie")
        file = await camera.body.contents.file(entry, "movie")
        assert file is not None
        for start, stop in ((0, 10), (100, 900), (5000, 30_000), (len(whole) - 3, len(whole))):
            part = b"".join([piece async for piece in file.read(start, stop)])
            assert part == whole[start:stop]


async def test_entries_are_in_the_order_of_their_times_and_not_of_their_names() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        camera.body.set_clock(datetime(2020, 5, 2, tzinfo=UTC), 0, 0)
        await camera.take()
        camera.body.set_clock(datetime(2020, 5, 1, tzinfo=UTC), 0, 0)
        await camera.take()
        contents = camera.body.contents
        assert [entry.main.name for entry in contents.entries()] == ["DSC00002.JPG", "DSC00001.JPG"]
        assert contents.days() == [date(2020, 5, 1), date(2020, 5, 2)]
        assert [entry.number for entry in contents.entries(date(2020, 5, 2))] == [1]
        assert contents.entries(kinds=["movie_mp4"]) == []


async def test_a_day_is_one_of_the_cameras_zone() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        camera.body.set_clock(datetime(2020, 5, 1, 23, 30, tzinfo=UTC), 60, 60)
        await camera.take()
        assert camera.body.contents.days() == [date(2020, 5, 2)]


async def test_names_roll_over_into_the_next_folder() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        camera.body.card.count_from(100, 9998)
        await camera.take()
        await camera.take()
        mains = [entry.main for entry in camera.body.contents.entries()]
        assert [(main.folder_number, main.name, main.file_number) for main in mains] == [
            (100, "DSC09999.JPG", 9999),
            (101, "DSC00001.JPG", 1),
        ]


async def test_an_xavc_clip_has_a_place_and_a_kind_of_its_own() -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("ShootMode", "movie")
        await camera.set("MovieFileFormat", {"movieFileFormat": "XAVC S"})
        await camera.film(1.0)
        entry = await only(camera)
        assert (entry.kind, entry.main.folder, entry.main.name) == (
            "movie_xavcs",
            "PRIVATE/M4ROOT/CLIP",
            "C0001.MP4",
        )
        assert entry.main.folder_number is None


async def test_deletion_ends_with_the_power() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.take()
        await camera.take()
        await camera.transfer()
        deleting = asyncio.ensure_future(camera.body.contents.delete([1, 2]))
        await camera.clock.advance(0.15)
        assert len(camera.body.card.files) == 1
        await camera.body.power_off()
        with pytest.raises(Refused) as refused:
            await deleting
        assert refused.value.reason is Reason.INTERRUPTED
        assert len(camera.body.card.files) == 1


async def test_what_is_kept_of_made_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        for _ in range(4):
            await camera.take()
        monkeypatch.setattr("emulator.body.contents._KEPT_BYTES", 1)
        for entry in camera.body.contents.entries():
            await bytes_of(camera, entry, "original")
        assert len(camera.body.contents._made) == 1
