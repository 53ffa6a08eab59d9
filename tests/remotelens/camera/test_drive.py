from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.errors import NotAvailableNow, NotSupported
from tests.remotelens.camera.double import ApiDouble, camera_on

URLS = ["http://192.168.122.1:8080/continuous/1.JPG", "http://192.168.122.1:8080/continuous/2.JPG"]


def continuous(api: ApiDouble) -> None:
    api.slots["availableApiList"]["names"] += ["startContShooting", "stopContShooting", "getContShootingMode"]
    api.slots["contShootingMode"] = {
        "contShootingMode": "Continuous",
        "candidate": ["Single", "Continuous", "Spd Priority Cont."],
    }
    api.handlers["startContShooting"] = lambda: api.tell_status("StillCapturing")


def saved(api: ApiDouble) -> list[Any]:
    api.tell(contShooting={"contShootingUrl": [{"postviewUrl": url, "thumbnailUrl": url} for url in URLS]})
    return api.tell_status("IDLE")


async def test_a_continuous_run_gives_its_pictures_when_it_ends() -> None:
    api = ApiDouble()
    continuous(api)
    refusals = [api.refuse(1, method="stopContShooting")]  # quirk 26: it can fail at first
    api.handlers["stopContShooting"] = lambda: refusals.pop() if refusals else saved(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert camera.drive.mode.value == "continuous"
        await camera.drive.start()
        assert await camera.drive.stop() == tuple(URLS)
    assert len(api.called("stopContShooting")) == 2


async def test_a_run_that_cannot_be_stopped_says_so() -> None:
    api = ApiDouble()
    continuous(api)
    api.handlers["stopContShooting"] = lambda: api.refuse(1, method="stopContShooting")
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.drive.start()
        with pytest.raises(NotAvailableNow):
            await camera.drive.stop()


async def test_a_camera_without_continuous_shooting_says_so() -> None:
    async with camera_on(ApiDouble()) as camera:
        with pytest.raises(NotSupported, match="no continuous shooting"):
            await camera.drive.start()


async def test_no_single_picture_is_taken_in_continuous_drive() -> None:
    api = ApiDouble()
    continuous(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(NotAvailableNow) as caught:
            await camera.capture()
    assert caught.value.remedy == "set drive to single"
