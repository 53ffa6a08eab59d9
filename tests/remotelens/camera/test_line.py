from __future__ import annotations

import asyncio

import pytest

from remotelens.camera.line import Line
from remotelens.errors import (
    CameraBusy,
    ConnectFailed,
    IllegalArgument,
    LinkLost,
    NotAvailableNow,
    NotSupported,
    SupplyError,
)
from remotelens.protocol.wifi.events import CameraEvent
from tests.remotelens.camera.double import ApiDouble
from tests.remotelens.library.clocks import HurriedClock


@pytest.fixture
def api() -> ApiDouble:
    return ApiDouble()


@pytest.fixture
async def line(api: ApiDouble) -> Line:
    line = Line(api, clock=HurriedClock(), model="DSC-QX10")
    line.take(CameraEvent(dict(api.slots)), snapshot=True)
    return line


def status(word: str) -> dict[str, str]:
    return {"cameraStatus": word, "type": "cameraStatus"}


async def test_waiting_ends_when_an_event_brings_the_state(line: Line) -> None:
    waiting = asyncio.create_task(line.until(lambda state: not state.idle, timeout_s=5, what="work"))
    await asyncio.sleep(0)
    line.take(CameraEvent({"cameraStatus": status("StillCapturing")}), snapshot=False)
    assert (await waiting).status == "StillCapturing"


async def test_before_giving_up_the_camera_is_asked_itself(line: Line, api: ApiDouble) -> None:
    api.change_silently(cameraStatus=status("StillSaving"))
    state = await line.until(lambda state: not state.idle, timeout_s=0, what="work")
    assert state.status == "StillSaving"


async def test_a_lost_event_is_made_good_long_before_the_time_is_over(
    line: Line, api: ApiDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remotelens.camera.line.LOOK_AFTER_S", 0.0)
    api.change_silently(cameraStatus=status("StillSaving"))
    async with asyncio.timeout(5):
        state = await line.until(lambda state: not state.idle, timeout_s=600, what="work")
    assert state.status == "StillSaving"


async def test_what_never_comes_is_named_with_what_the_camera_says(line: Line) -> None:
    with pytest.raises(CameraBusy, match="a miracle was not seen within 0 s; the camera says IDLE"):
        await line.until(lambda _: False, timeout_s=0, what="a miracle")


async def test_a_camera_lost_while_waiting_is_told_as_lost(line: Line, api: ApiDouble) -> None:
    def gone() -> None:
        raise ConnectFailed("nobody answers")

    api.handlers["getEvent"] = gone
    with pytest.raises(LinkLost, match="nobody answers"):
        await line.until(lambda _: False, timeout_s=0, what="a miracle")


async def test_a_connection_closed_while_waiting_ends_the_wait(line: Line) -> None:
    waiting = asyncio.create_task(line.until(lambda _: False, timeout_s=5, what="a miracle"))
    await asyncio.sleep(0)
    line.store.close()
    with pytest.raises(LinkLost, match="closed"):
        await waiting


async def test_an_event_that_arrives_during_a_snapshot_has_it_asked_again(line: Line, api: ApiDouble) -> None:
    answers = 0

    def answer() -> None:
        nonlocal answers
        answers += 1
        if answers == 1:
            line.take(CameraEvent({"cameraStatus": status("StillCapturing")}), snapshot=False)
            api.change_silently(cameraStatus=status("StillCapturing"))

    api.handlers["getEvent"] = answer
    assert (await line.snapshot()).status == "StillCapturing"
    assert answers == 2


async def test_pictures_known_by_address_are_remembered_and_bounded(line: Line) -> None:
    line.remember_urls(f"http://10.0.0.1/{number}" for number in range(500))
    assert "http://10.0.0.1/499" in line.seen_urls
    assert "http://10.0.0.1/0" not in line.seen_urls
    assert len(line.seen_urls) == 200


async def test_an_ability_is_refused_by_what_the_camera_lists(line: Line, api: ApiDouble) -> None:
    line.require("actZoom", "zooming", "")
    with pytest.raises(NotSupported, match="this camera has no bulb shooting"):
        line.require("startBulbShooting", "bulb shooting", "")
    api.methods.add(("camera", "startBulbShooting"))
    with pytest.raises(NotAvailableNow) as caught:
        line.require("startBulbShooting", "bulb shooting", "set shutter_speed=BULB")
    assert caught.value.remedy == "set shutter_speed=BULB"


async def test_a_camera_that_is_not_ready_is_asked_again(line: Line, api: ApiDouble) -> None:
    answers: list[object] = [api.refuse(40401), api.refuse(503), [0]]
    api.handlers["actZoom"] = lambda *_: answers.pop(0)
    assert await line.call_when_ready("actZoom", "in", "start") == [0]
    assert len(api.called("actZoom")) == 3


@pytest.mark.parametrize("code", [2, 40402, 40403])
async def test_a_refusal_that_waiting_does_not_help_is_told_at_once(
    line: Line, api: ApiDouble, code: int
) -> None:
    api.handlers["actZoom"] = lambda *_: api.refuse(code)
    with pytest.raises(CameraBusy):
        await line.call_when_ready("actZoom", "in", "start")
    assert len(api.called("actZoom")) == 1


async def test_what_may_have_started_is_undone_and_what_was_refused_is_not(
    line: Line, api: ApiDouble
) -> None:
    undone: list[str] = []

    async def undo() -> None:
        undone.append("undone")

    for code, kind in ((3, IllegalArgument), (41002, SupplyError)):
        refusal = api.refuse(code, method="actZoom")
        api.handlers["actZoom"] = lambda *_, refusal=refusal: refusal
        with pytest.raises(kind, match="actZoom"):
            await line.call_or_undo("actZoom", "in", "start", undo=undo)
    assert undone == []
    api.handlers["actZoom"] = lambda *_: LinkLost("broke")
    with pytest.raises(LinkLost):
        await line.call_or_undo("actZoom", "in", "start", undo=undo)
    assert undone == ["undone"]


async def test_what_was_given_up_in_a_pause_after_a_refusal_started_nothing(
    line: Line, api: ApiDouble
) -> None:
    async def undo() -> None:
        raise AssertionError("there is nothing to undo")

    api.tell_status("StillSaving")
    line.take(CameraEvent(dict(api.slots)), snapshot=True)
    api.handlers["actZoom"] = lambda *_: api.refuse(40401)
    starting = asyncio.create_task(line.call_or_undo("actZoom", "in", "start", undo=undo))
    await api.until_called("actZoom")
    for _ in range(10):
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
