"""Listing what is stored. Source: protocol/wifi.md 9.3, D.1, quirks 15 and 45."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.protocol.wifi.rpc import encode_answer
from tests.emulator.body.rig import rig
from tests.emulator.wifi.filled import (
    CARD,
    GONE,
    ILLEGAL,
    MODELS,
    OUT_OF_PLACE,
    av,
    filled,
    names,
)


@pytest.mark.parametrize("model", MODELS)
async def test_the_road_to_a_picture_leads_over_scheme_source_day_and_page(model: str) -> None:
    async with filled(model) as (_, calls):
        assert await calls.call("getSchemeList") == [[{"scheme": "storage"}]]
        assert await calls.call("getSourceList", {"scheme": "storage"}) == [[{"source": CARD}]]
        days = await calls.listing()
        assert [day["title"] for day in days] == ["20140818", "20140819"]
        first, second = [await calls.listing(day["uri"]) for day in days]
        assert names(first) == ["DSC00001.JPG"]
        assert names(second) == ["DSC00002.JPG", "MAH00001.MP4"]
        assert first[0]["createdTime"].startswith("2014-08-18T12:34:5")
        assert first[0]["createdTime"].endswith("+09:00")


async def test_everything_is_counted_in_the_ways_that_are_specified() -> None:
    async with filled() as (_, calls):
        assert await calls.count(target="all", view="flat") == 3
        assert await calls.count(target="all") == 3
        assert await calls.count() == 2
        day = f"{CARD}?path=2014-08-19"
        assert await calls.count(day) == 2
        assert await calls.count(day, type=["still"]) == 1
        assert await calls.count(day, type=["movie_mp4", "movie_xavcs"]) == 1
        assert await calls.count(day, type=None) == 2
        assert await calls.count(f"{CARD}?path=2014-08-20") == 0


async def test_pages_sorts_and_types_of_a_listing() -> None:
    async with filled() as (_, calls):
        day = f"{CARD}?path=2014-08-19"
        assert names(await calls.listing(day, sort="descending")) == ["MAH00001.MP4", "DSC00002.JPG"]
        assert names(await calls.listing(day, sort="")) == ["DSC00002.JPG", "MAH00001.MP4"]
        assert names(await calls.listing(day, cnt=1)) == ["DSC00002.JPG"]
        assert names(await calls.listing(day, stIdx=1, cnt=1)) == ["MAH00001.MP4"]
        assert names(await calls.listing(day, type=["movie_mp4"])) == ["MAH00001.MP4"]
        assert [one["title"] for one in await calls.listing(type=["movie_mp4"])] == ["20140819"]
        assert [one["title"] for one in await calls.listing(sort="descending")] == ["20140819", "20140818"]
        assert len(await calls.listing(view="flat")) == 3


async def test_a_listing_without_a_start_begins_at_the_first() -> None:
    """A client that misspells the member still works (wifi.md 9.3)."""
    async with filled() as (_, calls):
        asked = {"uri": f"{CARD}?path=2014-08-19", "startIdx": 1, "cnt": 1, "view": "date", "sort": ""}
        (found,) = await calls.call("getContentList", asked)
        assert names(found) == ["DSC00002.JPG"]


@pytest.mark.parametrize(
    "asked",
    [
        {"stIdx": 3, "view": "flat"},
        {"stIdx": 2},
        {"uri": f"{CARD}?path=2014-08-20"},
        {"uri": f"{CARD}?path=2014-08-18", "type": ["movie_mp4"]},
    ],
)
async def test_nothing_there_is_told_as_recorded(asked: dict[str, Any]) -> None:
    async with filled() as (camera, calls):
        wanted = {"uri": CARD, "stIdx": 0, "cnt": 100, "view": "date", "sort": ""} | asked
        task = camera.begin("getContentList", wanted, service="avContent", version="1.3")
        with pytest.raises(AssertionError, match=r"Cannot obtain content list\."):
            await camera.done(task)
        assert calls


async def test_the_recorded_answer_past_the_end_is_given_to_the_byte() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.transfer()
        asked = {"uri": CARD, "stIdx": 0, "cnt": 100, "view": "date", "sort": ""}
        reply = await camera.reply("getContentList", asked, service="avContent", version="1.3")
        body = encode_answer(reply.answer, camera.dispatcher.form("avContent"))
        assert body == b'{"id":1,"error":[1,"Cannot obtain content list."]}'
        counted = await camera.reply(
            "getContentCount",
            {"uri": CARD, "target": "all", "view": "flat"},
            service="avContent",
            version="1.2",
        )
        body = encode_answer(counted.answer, camera.dispatcher.form("avContent"))
        assert body == b'{"id":1,"result":[{"count":0}]}'


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("getSourceList", {"scheme": "usb"}, ILLEGAL),
        ("getSourceList", {}, ILLEGAL),
        ("getContentCount", {"uri": "", "view": "date"}, ILLEGAL),
        ("getContentCount", {"uri": CARD, "view": "date", "target": "some"}, ILLEGAL),
        ("getContentCount", {"uri": CARD, "view": "date", "target": "all", "type": ["still"]}, ILLEGAL),
        ("getContentCount", {"uri": "storage:memoryCard2", "view": "date"}, (10, "No Such Element")),
        ("getContentList", {"uri": CARD, "cnt": 101, "view": "date"}, ILLEGAL),
        ("getContentList", {"uri": CARD, "cnt": 0, "view": "date"}, ILLEGAL),
        ("getContentList", {"uri": CARD, "stIdx": -1, "cnt": 1, "view": "date"}, ILLEGAL),
        ("getContentList", {"uri": CARD, "cnt": 1, "view": "tree"}, ILLEGAL),
        ("getContentList", {"uri": CARD, "cnt": 1, "view": "date", "sort": "random"}, ILLEGAL),
        ("getContentList", {"uri": CARD, "cnt": 1, "view": "date", "type": ["audio"]}, ILLEGAL),
        ("getContentList", {"uri": CARD, "cnt": 1, "view": "flat", "type": ["still"]}, ILLEGAL),
        ("getContentList", {"uri": CARD, "cnt": "1", "view": "date"}, ILLEGAL),
        ("getContentList", {"uri": f"{CARD}?path=yesterday", "cnt": 1, "view": "date"}, ILLEGAL),
        ("deleteContent", {"uri": []}, ILLEGAL),
        ("deleteContent", {"uri": [CARD]}, ILLEGAL),
        ("deleteContent", {"uri": ["image:content?contentId=x"] * 101}, ILLEGAL),
        ("setStreamingContent", {"remotePlayType": "dlna", "uri": "video:content?contentId=x"}, ILLEGAL),
        ("setStreamingContent", {"remotePlayType": "simpleStreaming"}, ILLEGAL),
        (
            "setStreamingContent",
            {"remotePlayType": "simpleStreaming", "uri": "video:content?contentId=x"},
            (10, "No Such Element"),
        ),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    method: str, params: dict[str, Any], error: tuple[int, str]
) -> None:
    async with filled() as (camera, calls):
        assert await calls.error(method, params) == error
        assert camera.body.status == "ContentsTransfer"
        assert len(camera.body.card.files) == 3


@pytest.mark.parametrize("model", MODELS)
async def test_stored_pictures_are_out_of_place_in_remote_shooting_and_not_ready_on_the_way(
    model: str,
) -> None:
    async with rig(model) as camera:
        calls = av(camera)
        asked = {"uri": CARD, "target": "all", "view": "flat"}
        assert await calls.error("getContentCount", asked) == OUT_OF_PLACE
        assert await calls.error("startStreaming") == OUT_OF_PLACE
        assert await camera.call("getVersions", service="avContent") == [["1.0", "1.1", "1.2", "1.3"]]
        await camera.call("setCameraFunction", "Contents Transfer")
        assert await calls.error("getContentCount", asked) == (40401, "Camera Not Ready")
        await camera.until("ContentsTransfer")
        assert await calls.count() == 0
        await camera.call("setCameraFunction", "Remote Shooting")
        await camera.until("IDLE")
        assert await calls.error("getContentCount", asked) == OUT_OF_PLACE


async def test_a_version_of_the_service_that_a_method_does_not_have_is_refused() -> None:
    async with filled() as (camera, _):
        for version in ("1.0", "1.2", "1.4"):
            reply = await camera.error("getContentList", {"uri": CARD}, service="avContent", version=version)
            assert reply == (14, "Unsupported Version")


async def test_without_a_card_everything_says_so() -> None:
    async with filled() as (camera, calls):
        (entry,) = await calls.listing(f"{CARD}?path=2014-08-18")
        camera.body.card.present = False
        assert await calls.error("getContentCount", {"uri": CARD, "target": "all", "view": "flat"}) == GONE
        assert await calls.error("getContentList", {"uri": CARD, "cnt": 1, "view": "date"}) == GONE
        assert await calls.error("deleteContent", {"uri": [entry["uri"]]}) == GONE
        assert (await camera.call("getStorageInformation"))[0][0]["storageID"] == "No Media"
        camera.body.card.present = True
        assert await calls.count(target="all") == 3


async def test_a_flat_listing_takes_the_longer_the_more_is_stored() -> None:
    async with filled() as (camera, _):
        asked = {"uri": CARD, "cnt": 1, "view": "date"}
        by_day = camera.begin("getContentList", asked, service="avContent", version="1.3")
        await camera.clock.advance(0.0)
        assert by_day.done()
        flat = camera.begin("getContentList", asked | {"view": "flat"}, service="avContent", version="1.3")
        await camera.clock.advance(2.9 * camera.body.profile.timings.flat_list)
        assert not flat.done()
        await camera.clock.advance(0.2 * camera.body.profile.timings.flat_list)
        assert flat.done()


async def test_a_flat_listing_that_the_camera_leaves_meanwhile_ends_out_of_place() -> None:
    async with filled() as (camera, _):
        asked = {"uri": CARD, "cnt": 1, "view": "flat"}
        task = camera.begin("getContentList", asked, service="avContent", version="1.3")
        await camera.clock.advance(0.0)
        await camera.call("setCameraFunction", "Remote Shooting")
        with pytest.raises(AssertionError, match="Camera Not Ready"):
            await camera.done(task)


async def test_a_flat_listing_names_nothing_that_is_deleted_meanwhile() -> None:
    async with filled() as (camera, calls):
        before = [one["uri"] for one in await calls.listing(view="flat")]
        asked = {"uri": CARD, "stIdx": 0, "cnt": 100, "view": "flat", "sort": "ascending"}
        task = camera.begin("getContentList", asked, service="avContent", version="1.3")
        await camera.clock.advance(0.0)
        camera.body.card.remove(camera.body.card.files[0])
        (after,) = await camera.done(task)
        assert len(before) == 3
        assert [one["uri"] for one in after] == before[1:]


async def test_a_flat_listing_of_a_card_that_is_taken_out_meanwhile_says_so() -> None:
    async with filled() as (camera, calls):
        listing = asyncio.ensure_future(
            calls.error("getContentList", {"uri": CARD, "cnt": 1, "view": "flat"})
        )
        await camera.clock.advance(0.0)
        camera.body.card.present = False
        assert await camera.done(listing) == GONE


async def test_a_family_a_camera_has_no_such_service() -> None:
    async with rig("DSC-QX10") as camera:
        reply = await camera.reply("getContentCount", {"uri": CARD}, service="avContent", version="1.2")
        assert reply.http_status == 404
