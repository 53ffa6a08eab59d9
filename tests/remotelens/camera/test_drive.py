from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.camera import drive
from remotelens.camera.camera import Camera
from remotelens.camera.evidence import CaptureUnknown
from remotelens.errors import CameraBusy, CaptureFailed, InvalidValue, LinkLost, NotAvailableNow, NotSupported
from remotelens.protocol.wifi.codes import error_from
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.library.clocks import HurriedClock, SkippingClock

URLS = ["http://192.168.122.1:8080/continuous/1.JPG", "http://192.168.122.1:8080/continuous/2.JPG"]


def continuous(*troubles: Exception) -> ApiDouble:
    """Return a camera in continuous drive, whose stop meets these troubles first and then saves pictures."""
    api = ApiDouble()
    api.slots["availableApiList"]["names"] += ["startContShooting", "stopContShooting", "getContShootingMode"]
    api.slots["contShootingMode"] = {
        "contShootingMode": "Continuous",
        "candidate": ["Single", "Continuous", "Spd Priority Cont."],
    }
    left = list(troubles)
    api.handlers["startContShooting"] = lambda: api.tell_status("StillCapturing")
    api.handlers["stopContShooting"] = lambda: left.pop() if left else saved(api)
    return api


def refused(code: int) -> Exception:
    return error_from(code, "", method="stopContShooting", camera="qx")


def saved(api: ApiDouble) -> list[Any]:
    api.tell(contShooting={"contShootingUrl": [{"postviewUrl": url, "thumbnailUrl": url} for url in URLS]})
    return api.tell_status("IDLE")


async def set_single(camera: Camera, api: ApiDouble) -> None:
    """Turn the drive's dial while the camera shoots."""
    api.tell(contShootingMode={**api.slots["contShootingMode"], "contShootingMode": "Single"})
    await camera.refresh()


async def test_a_continuous_run_gives_its_pictures_when_it_ends() -> None:
    api = continuous(refused(1))  # quirk 26: it can fail at first
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert camera.drive.mode.value == "continuous"
        await camera.drive.start()
        assert await camera.drive.stop() == tuple(URLS)
    assert len(api.called("stopContShooting")) == 2


async def test_a_run_that_cannot_be_stopped_says_so() -> None:
    api = continuous()
    api.handlers["stopContShooting"] = lambda: refused(1)
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        await camera.drive.start()
        with pytest.raises(NotAvailableNow, match="may still be shooting"):
            await camera.drive.stop()


async def test_a_run_that_could_not_be_stopped_is_stopped_before_the_next_picture() -> None:
    api = continuous()
    api.handlers["stopContShooting"] = lambda: refused(40401)
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        await camera.drive.start()
        with pytest.raises(CameraBusy):
            await camera.drive.stop()
        api.handlers["stopContShooting"] = lambda: api.tell_status("IDLE")
        await set_single(camera, api)
        assert (await camera.capture()).files


async def test_a_run_that_went_on_though_its_stop_was_answered_is_stopped_before_the_next_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drive, "LOOK_S", 0.02)
    monkeypatch.setattr(drive, "SAVED_TIMEOUT_S", 0.03)
    api = continuous()
    api.handlers["stopContShooting"] = list
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.drive.start()
        with pytest.raises(CameraBusy, match="StillCapturing"):
            await camera.drive.stop()
        api.handlers["stopContShooting"] = lambda: api.tell_status("IDLE")
        await set_single(camera, api)
        assert (await camera.capture()).files


@pytest.mark.parametrize("trouble", [LinkLost("gone"), refused(40401)])
async def test_a_stop_that_is_lost_or_refused_for_long_still_gives_the_pictures(trouble: Exception) -> None:
    api = continuous(*[trouble] * 8)
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        shot = await camera.capture(burst_s=1.0)
    assert [file.url for file in shot.files] == URLS


async def test_a_refused_stop_never_says_that_nothing_was_taken() -> None:
    api = continuous()
    api.handlers["stopContShooting"] = lambda: refused(12)
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(10):
        running = asyncio.create_task(camera.capture(burst_s=1.0))
        await api.until_called("stopContShooting")
        saved(api)  # the card was full, or someone ended it by hand
        assert [file.url for file in (await running).files] == URLS


async def test_a_run_whose_start_was_lost_is_stopped_and_accounted_for() -> None:
    api = continuous()

    def lost() -> Exception:
        api.tell_status("StillCapturing")
        return LinkLost("gone")

    api.handlers["startContShooting"] = lost
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        shot = await camera.capture(burst_s=1.0)
    assert [file.url for file in shot.files] == URLS


async def test_a_run_of_which_only_the_card_s_count_tells_is_unknown_and_not_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drive, "LOOK_S", 0.05)
    api = continuous()
    places = api.slots["storageInformation"]
    fewer = [{**place, "numberOfRecordableImages": 3} for place in places]
    api.slots["storageInformation"] = [{**place, "numberOfRecordableImages": 9} for place in places]
    api.handlers["stopContShooting"] = lambda: [
        *api.tell(storageInformation=fewer),
        *api.tell_status("IDLE"),
    ]
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureUnknown, match="6 more"):
            await camera.capture(burst_s=1.0)


async def test_a_run_that_was_left_going_is_stopped_when_the_camera_is_left() -> None:
    api = continuous()
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.drive.start()
    assert len(api.called("stopContShooting")) == 1


async def test_a_camera_without_continuous_shooting_says_so() -> None:
    async with camera_on(ApiDouble()) as camera:
        with pytest.raises(NotSupported, match="no continuous shooting"):
            await camera.drive.start()


async def test_a_capture_in_continuous_drive_is_a_run_with_all_its_pictures() -> None:
    api = continuous()
    clock = HurriedClock()
    async with camera_on(api, clock=clock) as camera, asyncio.timeout(5):
        shot = await camera.capture(burst_s=2.0)
        assert [file.url for file in shot.files] == URLS
        assert camera.drive.continuous
    assert api.called("actTakePicture") == []
    assert len(api.called("startContShooting")) == 1


async def test_a_cancelled_run_is_stopped() -> None:
    api = continuous()
    async with camera_on(api) as camera, asyncio.timeout(5):
        running = asyncio.create_task(camera.capture(burst_s=30.0))
        await api.until_called("startContShooting")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert api.called("stopContShooting")


async def test_a_run_that_took_no_picture_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive, "LOOK_S", 0.05)
    api = continuous()
    api.handlers["stopContShooting"] = lambda: api.tell_status("IDLE")
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureFailed, match="gave no pictures"):
            await camera.capture()


@pytest.mark.parametrize("seconds", [-1.0, 61.0, float("nan")])
async def test_a_run_without_end_is_refused(seconds: float) -> None:
    api = continuous()
    async with camera_on(api) as camera:
        with pytest.raises(InvalidValue, match="no length of a run"):
            await camera.capture(burst_s=seconds)
    assert api.called("startContShooting") == []
