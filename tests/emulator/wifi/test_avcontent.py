"""Listing, deleting and playing what is stored. Source: protocol/wifi.md 9.3, 9.4, D.1, quirks 15 and 45."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.wifi.stored import content_id
from remotelens.protocol.wifi.rpc import encode_answer
from tests.emulator.body.rig import Rig, rig, statuses

MODELS = ("ILCE-QX1@1.10", "DSC-QX30@1.00", "SONY-FULL@1.00")
CARD = "storage:memoryCard1"
ILLEGAL = (3, "Illegal Argument")
OUT_OF_PLACE = (7, "Illegal State")
NO_LIST = (1, "Cannot obtain content list.")
GONE = (41002, "Storage Removed")
NOT_ALL = (41003, "Some content could not be deleted.")


def av(camera: Rig) -> Any:
    """Calls to the service, in the one version that each method has."""

    class Calls:
        def _version(self, method: str) -> str:
            known = camera.body.profile.method("avContent", method)
            assert known is not None
            return known.versions[0]

        async def call(self, method: str, *params: Any) -> list[Any]:
            task = camera.begin(method, *params, service="avContent", version=self._version(method))
            answer: list[Any] = await camera.done(task)
            return answer

        async def error(self, method: str, *params: Any) -> tuple[int, str]:
            return await camera.error(method, *params, service="avContent", version=self._version(method))

        async def listing(self, uri: str = CARD, **asked: Any) -> list[Any]:
            wanted = {"uri": uri, "stIdx": 0, "cnt": 100, "view": "date", "sort": "ascending"} | asked
            (found,) = await self.call("getContentList", wanted)
            assert isinstance(found, list)
            return found

        async def count(self, uri: str = CARD, **asked: Any) -> int:
            (found,) = await self.call("getContentCount", {"uri": uri, "view": "date"} | asked)
            return int(found["count"])

    return Calls()


@asynccontextmanager
async def filled(model: str = "ILCE-QX1@1.10") -> AsyncIterator[tuple[Rig, Any]]:
    """A camera in contents transfer, with two stills and a movie of two days on its card."""
    async with rig(model, still_scale=64, scene_name="flat") as camera:
        await camera.set("PostviewImageSize", "Original")
        if "FocusMode" in camera.body.settings:
            await camera.set("FocusMode", "MF")
        camera.body.set_clock(datetime(2014, 8, 18, 3, 34, 56, tzinfo=UTC), 540, 0)
        await camera.take()
        camera.body.set_clock(datetime(2014, 8, 18, 20, 0, 0, tzinfo=UTC), 540, 0)
        await camera.take()
        await camera.film(2.0)
        await camera.transfer()
        yield camera, av(camera)


def names(entries: list[Any]) -> list[str]:
    return [entry["content"]["original"][0]["fileName"] for entry in entries]


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


@pytest.mark.parametrize("model", MODELS)
async def test_a_movie_is_put_in_played_held_and_taken_out(model: str) -> None:
    async with filled(model) as (camera, calls):
        movie = (await calls.listing(view="flat"))[2]
        asked = {"remotePlayType": "simpleStreaming", "uri": movie["uri"]}
        (answer,) = await calls.call("setStreamingContent", asked)
        assert answer == {"playbackUrl": "http://10.0.0.1:60152/streaming/playbackstream"}
        assert camera.body.status == "Streaming"
        assert set((await camera.call("getAvailableApiList"))[0]) == {
            "getVersions",
            "getMethodTypes",
            "getApplicationInfo",
            "getAvailableApiList",
            "getEvent",
            "getStorageInformation",
        }
        assert await calls.error("getContentCount", {"uri": CARD, "view": "date"}) == OUT_OF_PLACE
        assert await calls.error("setStreamingContent", asked) == OUT_OF_PLACE
        for method, status in (
            ("startStreaming", "started"),
            ("pauseStreaming", "paused"),
            ("startStreaming", "started"),
        ):
            assert await calls.call(method) == []
            (standing,) = await calls.call("requestToNotifyStreamingStatus", {"polling": False})
            assert standing == {"status": status, "factor": ""}
        assert await calls.call("stopStreaming") == []
        assert camera.body.status == "ContentsTransfer"
        assert await calls.error("startStreaming") == OUT_OF_PLACE


async def test_the_status_of_playback_is_waited_for_like_an_event() -> None:
    async with filled() as (camera, calls):
        movie = (await calls.listing(view="flat"))[2]
        await calls.call("setStreamingContent", {"remotePlayType": "simpleStreaming", "uri": movie["uri"]})

        async def wait() -> dict[str, str]:
            (found,) = await calls.call("requestToNotifyStreamingStatus", {"polling": True})
            assert isinstance(found, dict)
            return found

        assert await wait() == {"status": "paused", "factor": ""}
        await calls.call("startStreaming")
        assert await wait() == {"status": "started", "factor": ""}
        assert await wait() == {"status": "pausedByEdge", "factor": "endEdge"}
        older = camera.begin("requestToNotifyStreamingStatus", {"polling": True}, service="avContent")
        await camera.clock.advance(0.01)
        newer = camera.begin("requestToNotifyStreamingStatus", {"polling": True}, service="avContent")
        await camera.clock.advance(0.01)
        with pytest.raises(AssertionError, match="DoublePolling"):
            await camera.done(older)
        with pytest.raises(AssertionError, match="Timed out"):
            await camera.done(newer)
        last = camera.begin("requestToNotifyStreamingStatus", {"polling": True}, service="avContent")
        await camera.clock.advance(0.01)
        await calls.call("stopStreaming")
        assert await camera.done(last) == [{"status": "idle", "factor": ""}]


async def test_only_movies_are_played() -> None:
    async with filled() as (camera, calls):
        still = (await calls.listing(view="flat"))[0]
        asked = {"remotePlayType": "simpleStreaming", "uri": still["uri"]}
        assert await calls.error("setStreamingContent", asked) == ILLEGAL
        assert camera.body.status == "ContentsTransfer"


async def test_seeking_is_for_the_camera_that_has_it() -> None:
    async with filled() as (camera, _):
        reply = await camera.error("seekStreamingPosition", {"positionMsec": 0}, service="avContent")
        assert reply == (12, "No Such Method")
    async with filled("SONY-FULL") as (camera, calls):
        movie = (await calls.listing(view="flat"))[2]
        await calls.call("setStreamingContent", {"remotePlayType": "simpleStreaming", "uri": movie["uri"]})
        assert await calls.call("seekStreamingPosition", {"positionMsec": 1500}) == []
        assert camera.body.playback.position_s == 1.5
        assert await calls.error("seekStreamingPosition", {"positionMsec": 60_000}) == ILLEGAL
        assert await calls.error("seekStreamingPosition", {}) == ILLEGAL


async def test_a_family_a_camera_has_no_such_service() -> None:
    async with rig("DSC-QX10") as camera:
        reply = await camera.reply("getContentCount", {"uri": CARD}, service="avContent", version="1.2")
        assert reply.http_status == 404
