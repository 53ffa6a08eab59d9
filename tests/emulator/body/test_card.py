"""The card: names, numbers, room. Source: models.md 3; protocol/wifi.md 9.3, B.4."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator.body.bell import Bell
from emulator.body.card import Card
from emulator.body.still import StillRecipe
from emulator.profiles import load
from tests.emulator.body.rig import rig

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def card() -> Card:
    return Card(load("DSC-QX10"), Bell())


async def recipe() -> StillRecipe:
    async with rig("DSC-QX10") as camera:
        await camera.take()
        (file,) = camera.body.card.files
    assert file.recipe is not None
    return file.recipe


async def test_numbers_go_on_in_the_next_folder_after_9999(card: Card) -> None:
    still = await recipe()
    for _ in range(9999):
        last = card.add_still(still, NOON, 0, raw=False)
    assert (last.folder, last.name) == ("DCIM/100MSDCF", "DSC09999.JPG")
    following = card.add_still(still, NOON, 0, raw=False)
    assert (following.folder, following.name, following.folder_number) == (
        "DCIM/101MSDCF",
        "DSC00001.JPG",
        101,
    )


async def test_room_shrinks_with_what_is_put_on_and_comes_back(card: Card) -> None:
    before = card.shots_left
    file = card.add_still(await recipe(), NOON, 16_000_000_000 // 2, raw=False)
    assert before // 2 - 1 <= card.shots_left <= before // 2
    card.remove(file)
    assert card.shots_left == before
    card.add_still(await recipe(), NOON, 15_999_999_999, raw=False)
    assert (card.full, card.writable, card.shots_left) == (True, False, 0)
    card.format()
    assert card.shots_left == before
    assert card.files == ()


def test_noise_takes_room(card: Card) -> None:
    assert card.still_bytes(4896, 3672, "*", gain_ev=3) > card.still_bytes(4896, 3672, "*")


def test_movies_have_names_of_their_own(card: Card) -> None:
    first, second = card.add_movie(NOON, 60.0), card.add_movie(NOON, 1.0)
    assert (first.folder, first.name) == ("MP_ROOT/100ANV01", "MAH00001.MP4")
    assert second.name == "MAH00002.MP4"
    assert first.size_bytes == 120_000_000


async def test_the_storage_is_told_by_what_the_mode_takes() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.unlocked.add("camera/getStorageInformation")
        ((storage,),) = await camera.call("getStorageInformation")
        assert storage == {
            "storageID": "Memory Card 1",
            "recordTarget": True,
            "numberOfRecordableImages": camera.body.card.shots_left,
            "recordableTime": -1,
            "storageDescription": "Storage Media",
        }
        await camera.set("ShootMode", "movie")
        ((storage,),) = await camera.call("getStorageInformation")
        assert (storage["numberOfRecordableImages"], storage["recordableTime"]) == (-1, 133)


async def test_a_card_is_formatted_once_that_is_unlocked() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.take()
        camera.body.unlocked.add("camera/actFormatStorage")
        assert await camera.error("actFormatStorage", "Memory Card 2") == (3, "Illegal Argument")
        assert await camera.call("actFormatStorage", "Memory Card 1") == [0]
        assert camera.body.status == "NotReady"
        await camera.until("IDLE")
        assert camera.body.card.files == ()
        assert (await camera.call("getEvent", False))[9]["formatResult"] == "Success"


def test_numbers_go_on_where_they_are_told_to(card: Card) -> None:
    card.count_from(123, 4567)
    for wrong in ((99, 1), (1000, 1), (100, 10_000), (100, -1)):
        with pytest.raises(ValueError, match="no picture has the number"):
            card.count_from(*wrong)
    assert card.add_movie(NOON, 1.0).file_number == 1


async def test_a_file_is_protected_and_is_the_same_file(card: Card) -> None:
    still = await recipe()
    card.count_from(123, 4567)
    file = card.add_still(still, NOON, 10, raw=False)
    assert (file.folder_number, file.file_number) == (123, 4568)
    marked = card.protect(file, True)
    assert card.files == (marked,)
    assert marked.protected
    assert card.protect(marked, False) == file


def test_clips_and_sounds_have_names_of_their_own(card: Card) -> None:
    clip = card.add_movie(NOON, 1.0, format="xavcs")
    assert (clip.folder, clip.name, clip.folder_number, clip.file_number) == (
        "PRIVATE/M4ROOT/CLIP",
        "C0001.MP4",
        None,
        1,
    )
    assert card.add_audio(NOON, 2.0).kind == "audio"
