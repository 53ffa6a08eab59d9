from __future__ import annotations

from typing import Any

import pytest

from remotelens.errors import CameraBusy, CameraNotFound, RemoteProtocolError
from remotelens.link.reach import AnotherCamera, reach
from tests.remotelens.link.cameras import error, result, results, small_camera
from tests.remotelens.link.virtual import in_virtual_time, now_s

NAMES = {"type": "availableApiList", "names": ["getVersions", "getEvent", "actTakePicture"]}
IDLE = {"type": "cameraStatus", "cameraStatus": "IDLE"}
NOT_READY = {"type": "cameraStatus", "cameraStatus": "NotReady"}
WITH_REC_MODE = {**NAMES, "names": [*NAMES["names"], "startRecMode"]}


async def test_a_camera_is_asked_in_the_documented_order() -> None:
    async with small_camera(
        getVersions=result(["1.0", "1.1"]),
        getMethodTypes=results(["getEvent", ["bool"], [], "1.1"], ["actTakePicture", [], ["string*"], "1.0"]),
        getApplicationInfo=result("Smart Remote Control", "2.1.1"),
        getEvent=result(NAMES, IDLE),
    ) as camera:
        reached = await reach(camera.description_url)
        await reached.close()
    assert camera.calls == [
        ("camera", "getVersions", [], "1.0"),
        ("camera", "getMethodTypes", ["1.0"], "1.0"),
        ("camera", "getMethodTypes", ["1.1"], "1.0"),
        ("camera", "getApplicationInfo", [], "1.0"),
        ("camera", "getEvent", [False], "1.1"),
    ]
    assert reached.versions == {"camera": ("1.0", "1.1")}
    assert reached.api.has("camera", "actTakePicture")
    assert reached.application == ("Smart Remote Control", "2.1.1")
    assert reached.first_event.slots["cameraStatus"] == IDLE
    assert reached.api.event_version == "1.1"
    assert not reached.rec_mode_started


async def test_another_camera_than_the_one_that_is_meant_is_asked_nothing() -> None:
    async with small_camera(getEvent=result(NAMES, IDLE)) as camera:
        with pytest.raises(AnotherCamera, match="another camera, ILCE-QX1, answers at http"):
            await reach(camera.description_url, uuid="2")
        assert camera.calls == []
        camera.uuid = "1-AaBb"
        reached = await reach(camera.description_url, uuid="1-aabb")
        await reached.close()
    assert reached.uuid == "1-AaBb"


async def test_services_of_the_description_are_asked_where_they_are_of_use() -> None:
    async with small_camera(getEvent=result(NAMES)) as camera:
        camera.services = ("guide", "accessControl", "camera", "system", "avContent")
        reached = await reach(camera.description_url)
        await reached.close()
    asked = {service for service, method, _, _ in camera.calls if method == "getVersions"}
    assert asked == {"camera", "system", "avContent"}


@pytest.mark.parametrize("refusal", [error(12, "getVersions"), error(404, "Not Found")])
async def test_a_camera_that_knows_no_versions_is_of_the_first(refusal: dict[str, Any]) -> None:
    async with small_camera(getVersions=refusal, getEvent=result(NAMES, IDLE)) as camera:
        reached = await reach(camera.description_url)
        await reached.close()
    assert reached.versions == {"camera": ("1.0",)}
    assert reached.methods == {}
    assert reached.application is None
    assert camera.calls[-1] == ("camera", "getEvent", [False], "1.0")


async def test_a_camera_without_events_is_reached_all_the_same() -> None:
    async with small_camera() as camera:
        reached = await reach(camera.description_url)
        await reached.close()
    assert reached.first_event.slots == {}


async def test_a_lower_version_of_events_is_taken_where_the_higher_is_refused() -> None:
    def event(params: list[Any]) -> dict[str, Any]:
        return result(IDLE) if camera.calls[-1][3] == "1.0" else error(14, "Unsupported Version")

    async with small_camera(getVersions=result(["1.0", "1.1", "1.2"]), getEvent=event) as camera:
        reached = await reach(camera.description_url)
        await reached.close()
    assert [version for _, method, _, version in camera.calls if method == "getEvent"] == [
        "1.2",
        "1.1",
        "1.0",
    ]
    assert reached.api.event_version == "1.0"


async def test_rec_mode_is_not_started_where_it_is_not_listed() -> None:
    async with small_camera(getEvent=result(NAMES, IDLE)) as camera:
        await (await reach(camera.description_url)).close()
    assert not camera.called("startRecMode")


def test_rec_mode_is_started_where_it_is_listed_and_waited_for() -> None:
    states = [NOT_READY, NOT_READY, IDLE]

    def event(params: list[Any]) -> dict[str, Any]:
        return result(NAMES, states.pop(0)) if camera_started else result(WITH_REC_MODE, IDLE)

    camera_started: list[bool] = []

    def start(params: list[Any]) -> dict[str, Any]:
        camera_started.append(True)
        return result(0)

    async def check() -> None:
        async with small_camera(getEvent=event, startRecMode=start) as camera:
            reached = await reach(camera.description_url)
            await reached.close()
        assert reached.rec_mode_started
        assert reached.first_event.slots["cameraStatus"] == IDLE
        assert camera.called("startRecMode") == 1

    in_virtual_time(check())


def test_a_camera_that_is_starting_is_asked_until_it_is_ready() -> None:
    refusals = [error(40401), error(503), error(1)]

    def versions(params: list[Any]) -> dict[str, Any]:
        return refusals.pop(0) if refusals else result(["1.0"])

    async def check() -> None:
        async with small_camera(getVersions=versions, getEvent=result(IDLE)) as camera:
            await (await reach(camera.description_url)).close()
        assert camera.called("getVersions") == 4

    in_virtual_time(check())


def test_a_camera_that_never_gets_ready_is_told() -> None:
    async def check() -> float:
        async with small_camera(getEvent=error(40401)) as camera:
            with pytest.raises(CameraBusy, match="ILCE-QX1: getEvent came while the camera was not ready"):
                await reach(camera.description_url)
        return now_s()

    assert in_virtual_time(check()) == pytest.approx(15, abs=1)


def test_a_service_that_is_shut_for_now_costs_no_time() -> None:
    async def check() -> float:
        async with small_camera(getEvent=result(IDLE), getMethodTypes=error(1)) as camera:
            camera.services = ("camera", "avContent")
            camera.answers["getMethodTypes"] = error(7, "Illegal State")
            camera.answers["getVersions"] = result(["1.0"])
            started_s = now_s()
            await (await reach(camera.description_url)).close()
            return now_s() - started_s

    assert in_virtual_time(check()) < 20


@pytest.mark.parametrize("values", [[[]], ["1.0"], [[1, 2]], [], [None], [{"a": 1}]])
async def test_versions_in_a_wrong_form_are_the_first(values: list[Any]) -> None:
    async with small_camera(getVersions=result(*values), getEvent=result(IDLE)) as camera:
        reached = await reach(camera.description_url)
        await reached.close()
    assert reached.versions == {"camera": ("1.0",)}


async def test_method_types_in_a_wrong_form_are_none() -> None:
    async with small_camera(getMethodTypes=results(["a"], 5), getEvent=result(IDLE)) as camera:
        reached = await reach(camera.description_url)
        await reached.close()
    assert reached.methods == {}


async def test_addresses_of_other_hosts_in_the_description_are_put_on_the_camera() -> None:
    async with small_camera(getEvent=result(IDLE)) as camera:
        camera.place = f"http://0.0.0.0:{camera.server.port}"
        await (await reach(camera.description_url)).close()
    assert camera.called("getEvent") == 1


async def test_nothing_there_is_told_and_leaves_nothing_open() -> None:
    async with small_camera() as camera:
        camera.services = ("guide",)
        with pytest.raises(CameraNotFound, match="offers no remote control now"):
            await reach(camera.description_url)


async def test_an_answer_that_is_not_json_is_told_with_the_method_and_the_camera() -> None:
    async with small_camera(getVersions=lambda _: {"x": 1}) as camera:
        with pytest.raises(RemoteProtocolError, match=r"^ILCE-QX1: getVersions: "):
            await reach(camera.description_url)


async def test_a_camera_is_called_by_the_name_that_it_was_given() -> None:
    async with small_camera(getVersions=lambda _: {"x": 1}) as camera:
        with pytest.raises(RemoteProtocolError, match=r"^my qx: getVersions: "):
            await reach(camera.description_url, camera="my qx")
