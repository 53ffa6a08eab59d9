from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.camera import bulb
from remotelens.camera.evidence import CaptureUnknown
from remotelens.errors import InvalidValue, LinkLost, NotSupported
from tests.remotelens.camera.answers import listed
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.library.clocks import HurriedClock, SkippingClock, StoppedClock

BULB_URL = "http://192.168.122.1:8080/postview/bulb.JPG"


def with_bulb(api: ApiDouble) -> None:
    """An ILCE body with the newer application: protocol/wifi.md 5.4 and slot 65."""
    names = ["startBulbShooting", "stopBulbShooting", "setShutterSpeed", "getShutterSpeed"]
    api.slots["availableApiList"]["names"] += names
    api.slots["shutterSpeed"] = listed("ShutterSpeed", "1/60", ["BULB", "1/60"])
    urls = [{"postviewUrl": BULB_URL, "thumbnailUrl": BULB_URL}]
    api.handlers["setShutterSpeed"] = lambda value: api.accept("shutterSpeed", "ShutterSpeed", value)
    api.handlers["startBulbShooting"] = lambda: api.tell_status("StillCapturing")
    api.handlers["stopBulbShooting"] = lambda: [
        *api.tell(bulbShooting={"type": "bulbShooting", "bulbShootingUrl": urls}),
        *api.tell_status("IDLE"),
    ]


async def test_a_bulb_exposure_lasts_as_long_as_asked_and_gives_its_picture() -> None:
    api = ApiDouble()
    with_bulb(api)
    clock = HurriedClock()
    async with camera_on(api, clock=clock) as camera, asyncio.timeout(5):
        shot = await camera.shutter.bulb(42.0)
    assert shot.files[0].url == BULB_URL
    assert shot.requested["shutter_speed"] == "BULB"
    assert 42.0 in clock.slept
    assert [call[0] for call in api.calls if "Bulb" in call[0]] == ["startBulbShooting", "stopBulbShooting"]


async def test_a_bulb_exposure_is_counted_from_the_opening_where_the_camera_tells_it() -> None:
    api = ApiDouble()
    with_bulb(api)
    api.slots["bulbCapturingTime"] = {"type": "bulbCapturingTime", "bulbCapturingTime": -1}
    clock = HurriedClock()
    async with camera_on(api, clock=clock) as camera, asyncio.timeout(5):
        shooting = asyncio.create_task(camera.capture(bulb_s=42.0))
        await api.until_called("startBulbShooting")
        for _ in range(10):
            await asyncio.sleep(0)
        assert 42.0 not in clock.slept
        api.tell(bulbCapturingTime={"type": "bulbCapturingTime", "bulbCapturingTime": 0})
        await shooting
    assert 42.0 in clock.slept


@pytest.mark.parametrize("more", [{"half_press": True}, {"burst_s": 1.0}])
async def test_bulb_goes_with_nothing_else(more: dict[str, Any]) -> None:
    async with camera_on(ApiDouble()) as camera:
        with pytest.raises(InvalidValue, match="neither half-press nor burst"):
            await camera.capture(bulb_s=1.0, **more)


async def test_a_cancelled_bulb_exposure_closes_the_shutter() -> None:
    api = ApiDouble()
    with_bulb(api)
    async with camera_on(api, clock=StoppedClock()) as camera, asyncio.timeout(5):
        exposing = asyncio.create_task(camera.shutter.bulb(42.0))
        await api.until_called("startBulbShooting")
        exposing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exposing
    assert len(api.called("stopBulbShooting")) == 1


async def test_a_shutter_that_does_not_close_at_once_is_told_again() -> None:
    api = ApiDouble()
    with_bulb(api)
    close = api.handlers["stopBulbShooting"]
    refusals = [api.refuse(1, method="stopBulbShooting"), api.refuse(1, method="stopBulbShooting")]
    api.handlers["stopBulbShooting"] = lambda: refusals.pop() if refusals else close()
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.shutter.bulb(1.0)
    assert len(api.called("stopBulbShooting")) == 3


async def test_a_picture_whose_end_was_lost_is_found_on_the_camera() -> None:
    api = ApiDouble()
    with_bulb(api)
    close = api.handlers["stopBulbShooting"]
    lost = [LinkLost("gone")]

    def stop() -> Exception:
        close()
        return lost.pop() if lost else api.refuse(1, method="stopBulbShooting")

    api.handlers["stopBulbShooting"] = stop
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        shot = await camera.shutter.bulb(1.0)
    assert [file.url for file in shot.files] == [BULB_URL]


async def test_an_exposure_whose_start_was_lost_is_ended_and_accounted_for() -> None:
    api = ApiDouble()
    with_bulb(api)
    api.handlers["startBulbShooting"] = lambda: api.tell_status("StillCapturing") or LinkLost("gone")
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        shot = await camera.shutter.bulb(1.0)
    assert [file.url for file in shot.files] == [BULB_URL]


async def test_a_picture_of_which_only_the_card_s_count_tells_is_unknown_and_not_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulb, "SAVING_TIMEOUT_S", 0.0)
    api = ApiDouble()
    with_bulb(api)
    places = api.slots["storageInformation"]
    api.slots["storageInformation"] = [{**place, "numberOfRecordableImages": 9} for place in places]
    fewer = [{**place, "numberOfRecordableImages": 8} for place in places]
    api.handlers["stopBulbShooting"] = lambda: [
        *api.tell(storageInformation=fewer),
        *api.tell_status("IDLE"),
    ]
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureUnknown, match="1 more"):
            await camera.shutter.bulb(0.01)


async def test_a_camera_without_bulb_says_so_before_anything_is_sent() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(NotSupported, match="no bulb shooting"):
            await camera.shutter.bulb(1.0)
        with pytest.raises(InvalidValue):
            await camera.shutter.bulb(0)
    assert api.called("setPostviewImageSize") == []
