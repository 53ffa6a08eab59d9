"""Deleting what is stored. Source: protocol/wifi.md 9.3."""

from __future__ import annotations

import pytest

from emulator.wifi.stored import content_id
from tests.emulator.body.rig import rig, statuses
from tests.emulator.wifi.filled import (
    CARD,
    MODELS,
    av,
    filled,
)


@pytest.mark.parametrize("model", MODELS)
async def test_deleting_has_a_state_of_its_own_and_takes_time(model: str) -> None:
    async with filled(model) as (camera, calls):
        (first,) = await calls.listing(f"{CARD}?path=2014-08-18")
        seen = len(statuses(camera))
        task = camera.begin("deleteContent", {"uri": [first["uri"]]}, service="avContent", version="1.1")
        await camera.clock.advance(0.01)
        assert camera.body.status == "Deleting"
        names_listed = (await camera.call("getAvailableApiList"))[0]
        assert "getStorageInformation" in names_listed
        assert "setCameraFunction" not in names_listed
        assert await calls.error("getContentCount", {"uri": CARD, "view": "date"}) == (
            40401,
            "Camera Not Ready",
        )
        assert await camera.done(task) == []
        assert statuses(camera)[seen:] == ["Deleting", "ContentsTransfer"]
        assert await calls.count(target="all") == 2
        assert [day["title"] for day in await calls.listing()] == ["20140819"]


async def test_what_is_protected_or_unknown_stays_and_the_rest_is_deleted() -> None:
    async with filled() as (camera, calls):
        entries = await calls.listing(view="flat")
        card = camera.body.card
        card.protect(card.files[0], True)
        assert (await calls.listing(view="flat"))[0]["isProtected"] == "true"
        unknown = f"image:content?contentId={content_id(99)}"
        task = camera.begin(
            "deleteContent",
            {"uri": [entries[0]["uri"], unknown, entries[1]["uri"]]},
            service="avContent",
            version="1.1",
        )
        with pytest.raises(AssertionError, match=r"41003.*Some content could not be deleted\."):
            await camera.done(task)
        assert camera.body.status == "ContentsTransfer"
        assert [file.name for file in card.files] == ["DSC00001.JPG", "MAH00001.MP4"]


async def test_a_raw_picture_is_deleted_with_its_raw_file() -> None:
    async with rig("ILCE-QX1", still_scale=64) as camera:
        await camera.set("StillQuality", {"stillQuality": "RAW+JPEG"})
        await camera.take()
        assert [file.kind for file in camera.body.card.files] == ["raw", "still"]
        await camera.transfer()
        uri = f"image:content?contentId={content_id(1)}"
        assert await av(camera).call("deleteContent", {"uri": [uri]}) == []
        assert not camera.body.card.files


async def test_a_write_protected_card_deletes_nothing_and_a_card_taken_out_says_so() -> None:
    async with filled() as (camera, calls):
        entries = await calls.listing(view="flat")
        camera.body.card.protected = True
        for error, present in (("41003", True), ("41002", False)):
            task = camera.begin(
                "deleteContent", {"uri": [entries[0]["uri"]]}, service="avContent", version="1.1"
            )
            await camera.clock.advance(0.01)
            camera.body.card.present = present
            with pytest.raises(AssertionError, match=error):
                await camera.done(task)
            assert len(camera.body.card.files) == 3
            assert camera.body.status == "ContentsTransfer"
