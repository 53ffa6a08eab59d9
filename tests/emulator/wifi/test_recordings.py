"""The emulated cameras answer as the recorded ones did; each test says how many of how many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.profiles import Certainty, load, names
from remotelens.protocol.wifi.rpc import RpcFailure
from tests.emulator.body.rig import BASE_A, QUERY_A, Rig, rig
from tests.emulator.wifi.dumps import Dump, read
from tests.recordings import need

QX10_DUMPS = {
    "qx10_intellegent": "Intelligent Auto",
    "qx10_intellegent_authenticated": "Intelligent Auto",
    "qx10_superior": "Superior Auto",
    "qx10_program": "Program Auto",
    "qx10_movie": "movie",
}
ALL_METHODS = "camera/setCameraFunction:camera/getAvailableCameraFunction:camera/getCameraFunction"


def dump(name: str) -> Dump:
    return read(need("transcripts", f"{name}.bloodevil.txt"))


def recorded(name: str) -> Any:
    return json.loads(need("transcripts", name).read_text(encoding="utf-8"))


async def bring_to(camera: Rig, mode: str) -> None:
    """Bring a camera into the mode in which a dump was made."""
    if mode == "movie":
        await camera.set("ShootMode", "movie")
    elif mode != camera.body.settings.exposure_mode:
        await camera.set("ExposureMode", mode)
    await camera.until("IDLE")


async def unlock(camera: Rig) -> None:
    empty = {"methods": "", "developerName": "", "developerID": "", "sg": ""}
    await camera.call("actEnableMethods", empty, service="accessControl")
    answer = {"methods": ALL_METHODS, "developerName": "x", "developerID": "y", "sg": "A" * 43 + "="}
    await camera.call("actEnableMethods", answer, service="accessControl")


@pytest.mark.parametrize("name", QX10_DUMPS)
async def test_a_qx10_lists_and_answers_what_the_recorded_one_did(name: str) -> None:
    wanted = dump(name)
    async with rig("DSC-QX10@3.00") as camera:
        await bring_to(camera, QX10_DUMPS[name])
        if "getAvailableCameraFunction" in wanted.answers:
            await unlock(camera)
        if name == "qx10_program":
            await camera.set("IsoSpeedRate", "3200")  # the recorded camera had it set
        assert await camera.call("getAvailableApiList") == [wanted.available]
        given = {method: await camera.call(method) for method in wanted.answers}
        assert given == wanted.answers
        for method in wanted.forbidden:
            reply = await camera.reply(method)
            assert (reply.http_status, reply.answer) == (403, RpcFailure(1, 403, method))


def test_every_answer_of_the_recorded_qx10_is_compared() -> None:
    dumps = {name: dump(name) for name in QX10_DUMPS}
    names = sum(len(one.available) for one in dumps.values())
    answers = sum(len(one.answers) + len(one.forbidden) for one in dumps.values())
    assert (names, answers) == (50 + 50 + 50 + 59 + 33, 7 + 7 + 7 + 10 + 3)


async def test_a_qx10_gives_the_basic_answers_of_the_recorded_one() -> None:
    wanted = recorded("qx10_basic_answers.bloodevil-issue9.json")["DSC-QX10"]
    async with rig("DSC-QX10@3.00") as camera:
        for method, answer in wanted.items():
            if "error" in answer:
                assert list(await camera.error(method)) == answer["error"]
            else:
                assert await camera.call(method) == answer["result"]
    assert len(wanted) == 6


async def test_a_qx10_is_unlocked_by_the_recorded_exchange() -> None:
    exchanges = recorded("qx10_actEnableMethods.erik-smit.json")["exchanges"]
    async with rig("DSC-QX10@1.00") as camera:
        first, second, before, after, later = exchanges
        refused = await camera.reply(before["request"]["method"], *before["request"]["params"])
        assert refused.http_status == before["http_status"]
        assert refused.answer == RpcFailure(1, *before["response"]["error"])
        (asked,) = await camera.call("actEnableMethods", *first["request"]["params"], service="accessControl")
        assert len(asked["dg"]) == len(first["response"]["result"][0]["dg"])
        answered = await camera.call(
            "actEnableMethods", *second["request"]["params"], service="accessControl"
        )
        assert answered == second["response"]["result"]
        assert await camera.call(later["request"]["method"]) == later["response"]["result"]
        accepted = await camera.call(after["request"]["method"], *after["request"]["params"])
        assert accepted == after["response"]["result"]


async def test_a_qx100_tells_its_method_types_as_recorded() -> None:
    wanted = recorded("qx100_getMethodTypes_camera_1.0.tsar.json.txt")["results"]
    async with rig("DSC-QX100@1.00") as camera:
        assert await camera.call("getMethodTypes", "1.0") == wanted
    assert len(wanted) == 62


async def test_a_qx100_fills_the_event_slots_as_recorded() -> None:
    """All 35 but for what the moment decides: zoom, scene recognition, times in the picture names."""
    wanted = recorded("qx100_getEvent_1.0_false.tsar.json.txt")["result"]
    async with rig("DSC-QX100@1.00") as camera:
        camera.body.card.present = False
        await camera.call("startLiveview")
        await camera.take()
        await camera.take()
        given = json.loads(json.dumps(await camera.call("getEvent", False)))
    assert len(given) == len(wanted) == 35
    recognition = {"sceneRecognition": "Backlight", "steadyRecognition": "Tripod"}
    assert given[8] | recognition == wanted[8]
    assert given[2] | {"zoomPosition": 3, "zoomPositionCurrentBox": 3} == wanted[2]
    ((pictures,), (recorded_pictures,)) = given[5], wanted[5]
    assert pictures.keys() == recorded_pictures.keys()
    urls, recorded_urls = pictures["takePictureUrl"], recorded_pictures["takePictureUrl"]
    assert [len(url) for url in urls] == [len(url) for url in recorded_urls]
    assert all(url.startswith(f"{BASE_A}/pict") and url.endswith(f"0000.JPG{QUERY_A}") for url in urls)
    same = [index for index in range(35) if index in (2, 5, 8) or given[index] == wanted[index]]
    assert same == list(range(35))


async def test_a_qx1_lists_what_the_recorded_one_did() -> None:
    """In Aperture; manual focus and raw are assumed, since touch focus and zoom setting are not listed."""
    wanted = recorded("qx1_getAvailableApiList.node-sonycam.json")
    async with rig("ILCE-QX1@1.10") as camera:
        await bring_to(camera, "Aperture")
        await camera.set("FocusMode", "MF")
        await camera.set("StillQuality", {"stillQuality": "RAW+JPEG"})
        assert await camera.call("getAvailableApiList") == [wanted]
    assert len(wanted) == 84


A5000_SAME = (
    "getAvailableExposureCompensation",
    "getAvailableIsoSpeedRate",
    "getAvailableSelfTimer",
    "getAvailablePostviewImageSize",
    "getAvailableWhiteBalance",
    "getAvailableFocusMode",
    "getAvailableZoomSetting",
)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a5000_intellegent", "Intelligent Auto"),
        ("a5000_program", "Program Auto"),
        ("a5000_aperture", "Aperture"),
        ("a5000_shutter", "Shutter"),
        ("a5000_movie", "movie"),
    ],
)
async def test_a_qx1_offers_what_its_twin_did_in_each_mode(name: str, mode: str) -> None:
    wanted = dump(name)
    async with rig("ILCE-QX1@1.10") as camera:
        if mode == "movie":
            await bring_to(camera, "Program Auto")
        await bring_to(camera, mode)
        compared = [method for method in A5000_SAME if method in wanted.answers]
        assert compared
        for method in compared:
            assert await camera.call(method) == wanted.answers[method], method
        (_, shutter_candidates) = await camera.call("getAvailableShutterSpeed")
        assert shutter_candidates == wanted.answers["getAvailableShutterSpeed"][1]


async def test_the_event_types_of_the_newest_version_are_those_of_the_recorded_a5000() -> None:
    text = need("transcripts", "a5000_dump_methods.bloodevil.txt").read_text(encoding="utf-8")
    profile = load("SONY-FULL")
    assert profile.event_counts == {"1.0": 35, "1.1": 36, "1.2": 60, "1.3": 63, "1.4": 66}
    assert all(kind in text for kind in profile.event_types)
    async with rig("SONY-FULL") as camera:
        rows = await camera.call("getMethodTypes", "1.4")
        assert [row[0] for row in rows] == ["getEvent"]
        assert len(rows[0][2]) == 66
        assert len(await camera.call("getEvent", False, version="1.4")) == 66


BY_WORD = {
    "model", "family", "friendly_name", "ssid_code", "services.camera.methods", "services.camera.versions",
    "network.picture_path", "timings.capture", "timings.saving", "rules.picture_name",
}  # fmt: skip
"""Facts that were recorded by somebody, of which the project has the words and not the file."""


def test_every_recording_that_a_profile_calls_on_is_compared_with_its_answers() -> None:
    """15 recordings, and all facts marked as recorded but those of which there are only words."""
    files = {path.name for path in need("transcripts").iterdir()}
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("*.py"))
    called: set[str] = set()
    for profile in map(load, names()):
        for path, fact in profile.about.items():
            if fact.certainty is Certainty.RECORDED:
                its = {name for name in files if name in str(fact)}
                assert its or path in BY_WORD, f"{profile.name} {path}: {fact}"
                called |= its
    compared = {name for name in called if name.partition(".")[0] in tests}
    assert (len(compared), called - compared) == (15, set())
