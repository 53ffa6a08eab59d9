from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from remotelens.camera.camera import Camera
from remotelens.camera.contents import DELETE_AT_ONCE
from remotelens.errors import (
    ContentGone,
    InvalidValue,
    LinkLost,
    NotAvailableNow,
    NotSupported,
    RefusedError,
    RemoteLensError,
    RemoteProtocolError,
)
from remotelens.protocol.wifi.contents import Content, OriginalFile
from tests.recordings import need
from tests.remotelens.camera.answers import listed
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.camera.emulated import emulated
from tests.remotelens.library.clocks import SkippingClock
from tests.remotelens.library.pictures import jpeg
from tests.remotelens.library.test_fetch import Answer, names

FUNCTIONS = ["Remote Shooting", "Contents Transfer"]


def still(number: int) -> dict[str, Any]:
    content_id = f"index%3A%2F%2F1000%2F00000001-default%2F0000{number:04X}-00000987_{number}_1_1000"
    url = f"http://192.168.122.1:8080/contentstransfer/orgjpeg/{content_id}"
    return {
        "uri": f"image:content?contentId={content_id}",
        "title": "",
        "content": {
            "original": [{"url": url, "fileName": f"DSC{number:05}.JPG", "stillObject": "jpeg"}],
            "largeUrl": "",
            "smallUrl": "",
            "thumbnailUrl": "",
        },
        "createdTime": "2014-08-18T12:34:56+09:00",
        "contentKind": "still",
        "folderNo": "100",
        "fileNo": f"{number:04}",
        "isPlayable": "false",
        "isBrowsable": "false",
        "isProtected": "",
        "remotePlayType": None,
    }


def day(date: str) -> dict[str, Any]:
    return {
        "uri": f"storage:memoryCard1?path={date}",
        "title": date,
        "content": None,
        "contentKind": "directory",
    }


class Card:
    """The avContent service of a camera, listing by day."""

    def __init__(self, api: ApiDouble, days: dict[str, list[dict[str, Any]]]) -> None:
        self._api = api
        self._days = days
        api.methods.add(("avContent", "getContentList"))
        api.handlers.update(
            getSourceList=lambda _: [[{"source": "storage:memoryCard1"}]],
            getContentCount=lambda _: [{"count": sum(map(len, days.values()))}],
            getContentList=self.listing,
            setCameraFunction=self.switch,
            deleteContent=lambda _: [],
        )

    def switch(self, function: str) -> list[Any]:
        in_transfer = function == "Contents Transfer"
        self._api.tell_status("NotReady")
        self._api.tell(cameraFunction=listed("CameraFunction", function, FUNCTIONS))
        self._api.tell_status("ContentsTransfer" if in_transfer else "IDLE")
        return [0]

    def listing(self, request: dict[str, Any]) -> Any:
        _, _, date = request["uri"].partition("?path=")
        entries = self._days[date] if date else [day(each) for each in self._days]
        page = entries[request["stIdx"] : request["stIdx"] + request["cnt"]]
        if not page:
            return self._api.refuse(1, "Cannot obtain content list.", "getContentList")
        return [list(reversed(page)) if request["sort"] == "descending" else page]


async def test_everything_on_the_card_is_listed_day_by_day_over_several_pages() -> None:
    api = ApiDouble()
    Card(api, {"2014-08-18": [still(n) for n in range(1, 201)], "2014-08-19": [still(201)]})
    async with camera_on(api) as camera, asyncio.timeout(5):
        async with camera.contents.transfer():
            assert camera.state.status == "ContentsTransfer"
            assert await camera.contents.count("storage:memoryCard1") == 201
            entries = [entry async for entry in camera.contents.entries()]
        assert camera.state.idle
    assert [entry.originals[0].file_name for entry in entries] == [f"DSC{n:05}.JPG" for n in range(1, 202)]
    assert api.called("setCameraFunction") == [("Contents Transfer",), ("Remote Shooting",)]


async def test_an_entry_without_an_address_costs_no_other() -> None:
    api = ApiDouble()
    stills = [still(n) for n in range(1, 251)]
    stills[7] = {**still(8), "uri": ""}
    Card(api, {"2014-08-18": stills})
    async with camera_on(api) as camera, asyncio.timeout(5), camera.contents.transfer():
        entries = [entry async for entry in camera.contents.entries()]
    assert [entry.file_number for entry in entries] == [f"{n:04}" for n in range(1, 251) if n != 8]


async def test_blocks_that_overlap_share_the_transfer() -> None:
    api = ApiDouble()
    Card(api, {"2014-08-18": [still(1)]})
    async with camera_on(api) as camera, asyncio.timeout(5):
        inside, leave = asyncio.Event(), asyncio.Event()

        async def first() -> None:
            async with camera.contents.transfer():
                inside.set()

        async def second() -> None:
            async with camera.contents.transfer():
                inside.set()
                await leave.wait()
                assert camera.state.status == "ContentsTransfer"

        async with asyncio.TaskGroup() as blocks:
            early = blocks.create_task(first())
            blocks.create_task(second())
            await early
            assert camera.state.status == "ContentsTransfer"
            leave.set()
        assert camera.state.idle
        async with camera.contents.transfer():
            assert camera.state.status == "ContentsTransfer"
        assert camera.state.idle
    assert api.called("setCameraFunction") == [("Contents Transfer",), ("Remote Shooting",)] * 2


async def test_a_block_that_is_cancelled_while_it_enters_leaves_the_camera_in_shooting() -> None:
    api = ApiDouble()
    Card(api, {})
    switch = api.handlers["setCameraFunction"]
    api.handlers["setCameraFunction"] = lambda function: (
        [0] if function == "Contents Transfer" else switch(function)  # which it comes to only later
    )

    async def enter(camera: Camera) -> None:
        async with camera.contents.transfer():
            raise AssertionError("it was cancelled")

    async with camera_on(api) as camera, asyncio.timeout(5):
        entering = [asyncio.create_task(enter(camera)) for _ in range(2)]
        await api.until_called("setCameraFunction")
        await asyncio.sleep(0)
        for task in entering:
            task.cancel()
        await asyncio.gather(*entering, return_exceptions=True)
        assert all(task.cancelled() for task in entering)
    assert api.called("setCameraFunction")[-1] == ("Remote Shooting",)


async def test_the_newest_pictures_come_first_when_asked_for() -> None:
    api = ApiDouble()
    Card(api, {"2014-08-18": [still(1), still(2)], "2014-08-19": [still(3)]})
    async with camera_on(api) as camera, asyncio.timeout(5), camera.contents.transfer():
        entries = [entry async for entry in camera.contents.entries(newest_first=True)]
    assert [entry.file_number for entry in entries] == ["0003", "0002", "0001"]


async def test_an_empty_card_lists_nothing() -> None:
    api = ApiDouble()
    Card(api, {})
    async with camera_on(api) as camera, asyncio.timeout(5), camera.contents.transfer():
        assert [entry async for entry in camera.contents.entries()] == []


async def test_the_recorded_end_of_a_list_ends_it() -> None:
    recorded = json.loads(need("transcripts", "familyB_answers_and_content_urls.avc.json").read_text())
    assert "Cannot obtain content list." in json.dumps(recorded)


async def test_an_entry_s_files_are_fetched_under_the_camera_s_names(tmp_path: Path) -> None:
    api = ApiDouble()
    Card(api, {"2014-08-18": [still(1)]})
    raw = OriginalFile("http://192.168.122.1:8080/contentstransfer/orgraw/1", "DSC00001.ARW", "raw")
    source = [Answer(jpeg()), Answer(b"II*\0raw")]
    async with camera_on(api, pictures=source) as camera, camera.contents.transfer():
        (entry,) = [each async for each in camera.contents.entries()]
        both = Content(entry.uri, "still", originals=(*entry.originals, raw))
        files = await camera.contents.fetch(both, tmp_path)
    assert [file.path.name for file in files] == ["DSC00001.JPG", "DSC00001.ARW"]
    assert names(tmp_path) == ["DSC00001.ARW", "DSC00001.JPG"]


async def test_deletion_goes_in_batches() -> None:
    api = ApiDouble()
    Card(api, {"2014-08-18": [still(n) for n in range(1, 61)]})
    async with camera_on(api) as camera, asyncio.timeout(5), camera.contents.transfer():
        await camera.contents.delete([entry async for entry in camera.contents.entries()])
    assert [len(call[0]["uri"]) for call in api.called("deleteContent")] == [DELETE_AT_ONCE, 10]


async def test_a_camera_that_is_saving_a_picture_is_waited_for_first() -> None:
    api = ApiDouble()
    Card(api, {})
    switch = api.handlers["setCameraFunction"]
    api.handlers["setCameraFunction"] = lambda function: (
        api.refuse(1, method="setCameraFunction")
        if api.slots["cameraStatus"]["cameraStatus"] == "StillSaving"
        else switch(function)
    )
    async with camera_on(api) as camera, asyncio.timeout(5):
        api.tell_status("StillSaving")
        await camera.refresh()

        async def look() -> None:
            async with camera.contents.transfer():
                assert camera.state.status == "ContentsTransfer"

        looking = asyncio.create_task(look())
        for _ in range(10):
            await asyncio.sleep(0)
        api.tell_status("IDLE")
        await looking


async def test_an_error_within_the_block_still_goes_back_to_shooting() -> None:
    api = ApiDouble()
    Card(api, {})
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(ZeroDivisionError):
            async with camera.contents.transfer():
                raise ZeroDivisionError
        assert camera.state.camera_function == "Remote Shooting"


@pytest.mark.parametrize("lost", [LinkLost("gone"), RemoteProtocolError("noise"), None])
async def test_a_way_back_to_shooting_that_was_lost_or_refused_is_gone_again(lost: Exception | None) -> None:
    api = ApiDouble()
    Card(api, {})
    switch = api.handlers["setCameraFunction"]
    troubles = [lost or api.refuse(40401, method="setCameraFunction")] * 5
    api.handlers["setCameraFunction"] = lambda function: (
        troubles.pop() if function == "Remote Shooting" and troubles else switch(function)
    )
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        async with camera.contents.transfer():
            pass
        assert (await camera.capture()).files


async def test_a_camera_that_is_left_in_contents_transfer_is_put_back_when_it_is_left() -> None:
    api = ApiDouble()
    Card(api, {})
    switch = api.handlers["setCameraFunction"]
    troubles = [api.refuse(12, method="setCameraFunction")]
    api.handlers["setCameraFunction"] = lambda function: (
        troubles.pop() if function == "Remote Shooting" and troubles else switch(function)
    )
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        with pytest.raises(NotSupported, match="may still be in Contents Transfer"):
            async with camera.contents.transfer():
                pass
    assert api.called("setCameraFunction")[-1] == ("Remote Shooting",)
    assert api.slots["cameraFunction"]["currentCameraFunction"] == "Remote Shooting"


async def test_a_camera_whose_way_back_failed_goes_it_before_the_next_block_or_picture() -> None:
    api = ApiDouble()
    Card(api, {})
    switch = api.handlers["setCameraFunction"]
    every_other = itertools.cycle((True, False))
    api.handlers["setCameraFunction"] = lambda function: (
        api.refuse(12, method="setCameraFunction")
        if function == "Remote Shooting" and next(every_other)
        else switch(function)
    )
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        for _ in range(2):
            with pytest.raises(NotSupported):
                async with camera.contents.transfer():
                    assert camera.state.status == "ContentsTransfer"
        assert (await camera.capture()).files
    there_and_back = ["Contents Transfer", "Remote Shooting", "Remote Shooting"]
    assert [function for (function,) in api.called("setCameraFunction")] == there_and_back * 2


@pytest.mark.parametrize("then", ["block", "picture"])
async def test_what_comes_while_a_camera_that_was_lost_goes_back_to_shooting_waits_for_it(then: str) -> None:
    api = ApiDouble()
    Card(api, {})
    switch = api.handlers["setCameraFunction"]
    answered = asyncio.Event()

    def begins_to(function: str) -> Any:
        if function == "Contents Transfer":
            return switch(function)
        if camera.state.link != "ready":
            return LinkLost("gone")
        answered.set()
        return [0]  # it takes some seconds to be there

    api.handlers["setCameraFunction"] = begins_to
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        camera.contents._back._limit_s = 0.01
        with pytest.raises(LinkLost):
            async with camera.contents.transfer():
                camera._line.set_link("lost", "out of range")
        camera._line.set_link("ready", None)
        await answered.wait()
        await camera.contents._back.settle()

        async def look() -> None:
            async with camera.contents.transfer():
                assert camera.state.status == "ContentsTransfer"

        next_one = asyncio.create_task(camera.capture() if then == "picture" else look())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not next_one.done()
        api.handlers["setCameraFunction"] = switch
        switch("Remote Shooting")
        await next_one
    wanted = ["Contents Transfer", "Remote Shooting"] if then == "block" else []
    asked = [function for (function,) in api.called("setCameraFunction")]
    assert asked == ["Contents Transfer", "Remote Shooting", "Remote Shooting", *wanted]


async def test_what_ended_the_block_is_told_and_not_that_the_way_back_failed() -> None:
    api = ApiDouble()
    Card(api, {})
    switch = api.handlers["setCameraFunction"]
    api.handlers["setCameraFunction"] = lambda function: (
        switch(function) if function == "Contents Transfer" else api.refuse(12, method="setCameraFunction")
    )
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        with pytest.raises(ZeroDivisionError):
            async with camera.contents.transfer():
                raise ZeroDivisionError


async def test_a_camera_without_the_service_says_so() -> None:
    async with camera_on(ApiDouble()) as camera:
        assert not camera.contents.supported
        with pytest.raises(NotSupported, match="does not give its stored pictures out"):
            async with camera.contents.transfer():
                pass


async def test_no_picture_is_taken_in_contents_transfer() -> None:
    api = ApiDouble()
    Card(api, {})
    async with camera_on(api) as camera, asyncio.timeout(5), camera.contents.transfer():
        with pytest.raises(NotAvailableNow, match="Contents Transfer"):
            await camera.capture()


# the same over sockets, on emulated cameras

STORING = ("ILCE-QX1@1.10", "DSC-QX30@1.00", "SONY-FULL@1.00")


async def stored(camera: Camera, *, newest_first: bool = False) -> list[Content]:
    return [entry async for entry in camera.contents.entries(newest_first=newest_first)]


@pytest.mark.parametrize("model", STORING)
async def test_stored_originals_are_the_pictures_that_were_taken(model: str, tmp_path: Path) -> None:
    async with emulated(model) as pair, asyncio.timeout(50):
        camera = pair.camera
        shots = [await (await camera.capture()).download(tmp_path / "shot") for _ in range(2)]
        async with camera.contents.transfer():
            assert await camera.contents.sources() == ("storage:memoryCard1",)
            assert await camera.contents.count("storage:memoryCard1") == 2
            entries = await stored(camera)
            files = [await camera.contents.fetch(entry, tmp_path / "card") for entry in entries]
            again = await camera.contents.fetch(entries[0], tmp_path / "again")
        assert camera.state.idle
        taken = [file.sha256 for shot in shots for file in shot.files]
        assert [file.sha256 for (file,) in files] == taken
        assert again[0].sha256 == taken[0]
        assert names(tmp_path / "card") == ["DSC00001.JPG", "DSC00002.JPG"]
        moments = [entry.created for entry in entries]
        assert all(moment is not None and moment.tzinfo is not None for moment in moments)


async def test_raw_pictures_and_movies_are_fetched_whole(tmp_path: Path) -> None:
    async with emulated("ILCE-QX1@1.10", still_scale=32) as pair, asyncio.timeout(50):
        camera = pair.camera
        await camera.set("still_quality", "RAW+JPEG")
        await camera.capture()
        await camera.set("shoot_mode", "movie")
        await camera.movie.start()
        await camera.movie.stop()
        async with camera.contents.transfer():
            both, movie = await stored(camera)
            pictures = await camera.contents.fetch(both, tmp_path)
            (film,) = await camera.contents.fetch(movie, tmp_path)
        assert [file.path.name for file in pictures] == ["DSC00001.JPG", "DSC00001.ARW"]
        assert pictures[1].path.read_bytes()[:4] == b"II*\0"
        assert film.path.name == "MAH00001.MP4"
        assert film.path.read_bytes()[4:12] == b"ftypmp42"
        assert movie.remote_play == ("simpleStreaming",)


async def test_deleting_leaves_what_is_protected_and_says_so() -> None:
    async with emulated("ILCE-QX1@1.10", still_scale=32) as pair, asyncio.timeout(50):
        camera, card = pair.camera, pair.device.body.card
        for _ in range(3):
            await camera.capture(size="postview")
        card.protect(card.files[0], True)
        async with camera.contents.transfer():
            entries = await stored(camera)
            assert [entry.protected for entry in entries] == [True, None, None]
            with pytest.raises(RefusedError) as refused:
                await camera.contents.delete(entries[:2])
            assert refused.value.code == 41003
            assert [file.name for file in card.files] == ["DSC00001.JPG", "DSC00003.JPG"]
            await camera.contents.delete(entries[2:])
            assert [file.name for file in card.files] == ["DSC00001.JPG"]


async def test_an_empty_card_and_no_card_are_two_things() -> None:
    async with emulated("ILCE-QX1@1.10") as pair, asyncio.timeout(50):
        camera = pair.camera
        async with camera.contents.transfer():
            assert await stored(camera) == []
            pair.device.body.card.present = False
            with pytest.raises(RemoteLensError, match="card"):
                await stored(camera)


async def test_a_broken_off_original_is_fetched_again(tmp_path: Path) -> None:
    async with emulated("ILCE-QX1@1.10") as pair, asyncio.timeout(50):
        camera = pair.camera
        await camera.capture(size="postview")
        async with camera.contents.transfer():
            (entry,) = await stored(camera)
            pair.fault("contents:truncate=5000,count=1")
            (file,) = await camera.contents.fetch(entry, tmp_path)
        assert names(tmp_path) == ["DSC00001.JPG"]
        assert (file.width, file.height) == (5456 // 8, 3632 // 8)


async def test_a_camera_that_gives_no_pictures_out_says_so_over_sockets_too() -> None:
    async with emulated("DSC-QX10@3.00") as pair, asyncio.timeout(20):
        assert not pair.camera.contents.supported
        with pytest.raises(NotSupported, match="does not give its stored pictures out"):
            async with pair.camera.contents.transfer():
                pass


async def test_a_stored_picture_is_fetched_in_each_size_the_camera_makes(tmp_path: Path) -> None:
    async with emulated("ILCE-QX1@1.10") as pair:
        contents = pair.camera.contents
        await pair.camera.capture()
        async with contents.transfer():
            (entry,) = [one async for one in contents.entries()]
            widths: dict[str, int] = {}
            for size in ("original", "large", "small", "thumbnail"):
                (file,) = await contents.fetch(entry, tmp_path, size=size)
                widths[size] = file.width or 0
            with pytest.raises(InvalidValue, match="size cannot be tiny"):
                await contents.fetch(entry, tmp_path, size="tiny")
            with pytest.raises(ContentGone, match="no large picture"):
                await contents.fetch(replace(entry, large_url=None), tmp_path, size="large")
    assert widths["original"] > widths["large"] > widths["small"]
    assert names(tmp_path) == sorted(f"DSC00001{size}.JPG" for size in ("", "-large", "-small", "-thumbnail"))
