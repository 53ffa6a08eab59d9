"""Rows 17 to 31 and 37 to 39: what programs expect of calls and events."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from tests.emulator.wire import ask, call_body, wire
from tests.interop.programs.camera import ALL_ROUND, FAITHFUL, Camera, body, running

# fmt: off
FRANCKINUX_EVENTS = {
    "cameraStatus", "zoomInformation", "liveviewStatus", "liveviewOrientation", "takePicture",
    "storageInformation", "beepMode", "cameraFunction", "movieQuality", "stillSize", "cameraFunctionResult",
    "steadyMode", "viewAngle", "exposureMode", "postviewImageSize", "selfTimer", "shootMode",
    "exposureCompensation", "flashMode", "fNumber", "focusMode", "isoSpeedRate", "programShift",
    "shutterSpeed", "whiteBalance", "touchAFPosition", "focusStatus", "zoomSetting", "stillQuality",
    "contShootingMode", "contShootingSpeed", "contShooting", "flipSetting", "sceneSelection",
    "intervalTime", "colorSetting", "movieFileFormat", "infraredRemoteControl", "tvColorSystem",
    "trackingFocusStatus", "trackingFocus", "batteryInfo", "recordingTime", "numberOfShots", "autoPowerOff",
    "loopRecTime", "audioRecording", "windNoiseReduction",
}
# fmt: on


@pytest.fixture(params=[ALL_ROUND, *FAITHFUL])
async def camera(request: pytest.FixtureRequest) -> AsyncIterator[Camera]:
    async with running(request.param) as found:
        yield found


@pytest.fixture
async def all_round() -> AsyncIterator[Camera]:
    async with running() as found:
        yield found


@pytest.mark.parametrize("number", [1, 7, 2147483647])
async def test_row_17_the_id_comes_back_as_the_same_integer(camera: Camera, number: int) -> None:
    answer = await ask(camera.port, "POST", "/sony/camera", call_body("getVersions", number=number))
    assert re.search(rb'"id":%d[,}]' % number, answer.body)


async def test_row_18_answers_are_of_type_application_json(camera: Camera) -> None:
    assert (await camera.call("getVersions")).header("Content-Type") == "application/json"


async def test_row_19_two_methods_answer_in_results(camera: Camera) -> None:
    for service, method, params in (
        ("camera", "getMethodTypes", ["1.0"]),
        ("guide", "getServiceProtocols", []),
    ):
        answer = (await camera.call(method, *params, service=service)).json
        assert set(answer) == {"id", "results"}
        assert answer["results"]


async def test_row_20_there_is_either_a_result_or_an_error_of_number_and_text(camera: Camera) -> None:
    assert set((await camera.call("getVersions")).json) == {"id", "result"}
    refused = (await camera.call("noSuchMethod")).json
    assert set(refused) == {"id", "error"}
    code, text = refused["error"]
    assert (type(code), type(text)) == (int, str)


async def test_row_21_the_event_is_positional_and_keeps_its_nulls(camera: Camera) -> None:
    slots = await camera.event()
    assert len(slots) >= 35
    assert slots[0]["names"]
    assert slots[1]["cameraStatus"] == "IDLE"
    expected = {2: "zoomInformation", 3: "liveviewStatus", 18: "exposureMode", 21: "shootMode"}
    assert {index: slots[index]["type"] for index in expected} == expected
    assert slots[10][0]["type"] == "storageInformation"
    assert None in slots


async def test_row_22_entries_of_one_value_have_one_member_beside_their_type(camera: Camera) -> None:
    version = (await camera.result("getVersions"))[0][-1]
    slots = await camera.event(version)
    for index in (0, 1, 3, 4, 15, 31, 35, 54, 56, 57, 58):
        if index < len(slots) and slots[index] is not None:
            assert len(slots[index].keys() - {"type"}) == 1, slots[index]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
async def test_row_23_no_event_type_but_the_48_that_one_program_knows(
    all_round: Camera, version: str
) -> None:
    """Its watcher dies of any other; it asks for 1.0. (A QX100 was recorded telling three more.)"""
    slots = await all_round.event(version)
    told = {
        item["type"] for slot in slots[1:] for item in (slot if isinstance(slot, list) else [slot]) if item
    }
    assert told <= FRANCKINUX_EVENTS


@pytest.mark.parametrize(
    ("profile", "highest"),
    [("SONY-FULL", "1.4"), ("DSC-QX10@3.00", "1.1"), ("DSC-QX100@1.00", "1.0"), ("ILCE-QX1@1.10", "1.2")],
)
async def test_row_24_getevent_1_3_is_known_where_programs_ask_for_it_unasked(
    profile: str, highest: str
) -> None:
    async with running(profile) as camera:
        answer = (await camera.call("getEvent", False, version="1.3")).json
        if highest >= "1.3":
            assert len(answer["result"]) == 63
        else:
            assert answer["error"][0] == 14
        assert len(await camera.event(highest)) >= 35


async def test_row_25_a_change_wakes_the_poll_and_none_between_two_polls_is_lost(camera: Camera) -> None:
    waiting = asyncio.create_task(camera.event(wait=True))
    await _polling(camera)
    await camera.result("setSelfTimer", 2)
    assert (await waiting)[20]["currentSelfTimer"] == 2
    await camera.result("setSelfTimer", 10)
    async with asyncio.timeout(5):
        assert (await camera.event(wait=True))[20]["currentSelfTimer"] == 10


async def _polling(camera: Camera, *, held: bool = True) -> None:
    """Wait until the camera holds a long poll, or none any more."""
    while camera.device.body.events.waiting is not held:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.01)


async def test_row_26_a_dropped_poll_is_borne_and_the_next_one_is_held(camera: Camera) -> None:
    for _ in range(3):
        async with wire(camera.port) as connection:
            connection.send("POST", "/sony/camera", call_body("getEvent", True))
            await _polling(camera)
        await _polling(camera, held=False)
    waiting = asyncio.create_task(camera.event(wait=True))
    await _polling(camera)
    await camera.result("setSelfTimer", 2)
    assert (await waiting)[20]["currentSelfTimer"] == 2


@pytest.mark.parametrize(
    ("profile", "lowest"),
    [("SONY-FULL", (2, 1, 4)), ("DSC-QX10@3.00", (2, 1, 1)), ("DSC-QX10@1.00", (2, 0, 0))],
)
async def test_row_27_the_application_version_has_three_numbers(
    profile: str, lowest: tuple[int, int, int]
) -> None:
    async with running(profile) as camera:
        name, version = await camera.result("getApplicationInfo")
    assert name.startswith("Smart Remote Control")
    assert tuple(map(int, version.split("."))) == lowest


async def test_row_28_start_rec_mode_is_there_for_those_who_call_it_unasked(camera: Camera) -> None:
    answer = (await camera.call("startRecMode")).json
    if camera.ready["model"] == ALL_ROUND:
        assert answer == {"id": 1, "result": [0]}
    else:
        assert answer["error"][0] == 12


async def test_row_29_four_names_stand_before_start_rec_mode(all_round: Camera) -> None:
    [names] = await all_round.result("getAvailableApiList")
    first = names[: names.index("startRecMode")]
    assert {"getVersions", "getMethodTypes", "getApplicationInfo", "getEvent"} <= set(first)


async def test_row_30_a_storage_is_the_target_of_recording(camera: Camera) -> None:
    """Without a card there is one too, of which a QX100 was recorded saying that it records to it."""
    assert [item["recordTarget"] for item in (await camera.event())[10]] == [True]
    camera.device.body.card.present = False
    without_card = (await camera.event())[10]
    assert [item["storageID"] for item in without_card] == ["No Media"]


async def test_row_31_every_service_of_the_description_tells_its_versions(camera: Camera) -> None:
    for service in camera.ready["endpoints"]:
        [versions] = await camera.result("getVersions", service=service)
        assert "1.0" in versions
    has_contents = camera.ready["model"] not in ("DSC-QX10", "DSC-QX100")
    assert ("avContent" in camera.ready["endpoints"]) is has_contents


@pytest.mark.parametrize("profile", ["SONY-FULL", "ILCE-QX1@1.10"])
async def test_row_37_stored_pictures_tell_when_they_were_taken_and_where_they_are(profile: str) -> None:
    async with running(profile) as camera:
        await camera.take()
        await camera.until("IDLE")
        await camera.result("setCameraFunction", "Contents Transfer")
        await camera.until("ContentsTransfer")
        asked = {
            "uri": "storage:memoryCard1",
            "stIdx": 0,
            "cnt": 50,
            "view": "flat",
            "sort": "descending",
            "type": None,
        }
        [items] = await camera.result("getContentList", asked, service="avContent", version="1.3")
        stills = [item for item in items if item["contentKind"] == "still"]
        assert stills
        assert datetime.fromisoformat(stills[0]["createdTime"]).tzinfo is not None
        original = stills[0]["content"]["original"][0]
        assert original["fileName"].endswith((".JPG", ".ARW"))
        target = original["url"].partition(str(camera.port))[2]
        assert (await ask(camera.port, "GET", target)).body.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=UTF-8",
        "",
        None,
    ],
)
async def test_row_38_any_content_type_or_none_is_taken(all_round: Camera, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content_Type": content_type}
    answer = await ask(all_round.port, "POST", "/sony/camera", call_body("getVersions"), **headers)
    assert "result" in answer.json


@pytest.mark.parametrize("version", [1.0, 1.3, "1.0", "1.3"])
async def test_row_38_the_version_may_be_a_number(all_round: Camera, version: Any) -> None:
    asked = body(method="getEvent", params=[False], id=1, version=version)
    answer = await ask(all_round.port, "POST", "/sony/camera", asked)
    assert len(answer.json["result"]) == (35 if float(version) == 1.0 else 63)


@pytest.mark.parametrize("connection", ["keep-alive", "close", "Keep-Alive", None])
async def test_row_39_a_poll_a_stream_and_calls_go_on_at_once(camera: Camera, connection: str | None) -> None:
    headers = {} if connection is None else {"Connection": connection}
    async with camera.viewed() as view, wire(camera.port) as poll:
        await camera.event(wait=True)  # tells what the start of live view has changed
        poll.send("POST", "/sony/camera", call_body("getEvent", True), **headers)
        await _polling(camera)
        for _ in range(3):
            answer = await ask(camera.port, "POST", "/sony/camera", call_body("getVersions"), **headers)
            assert answer.status == 200
            assert len(await view.chunk()) == 136
            assert (await view.chunk()).startswith(b"\xff\xd8")
        await camera.result("setSelfTimer", 10)
        assert (await poll.answer()).json["result"][20]["currentSelfTimer"] == 10
