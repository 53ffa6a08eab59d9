"""What a camera refuses, in which order, and in which words. Source: protocol/wifi.md 4.3, 5.9, D.1."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.profiles import load, names
from emulator.wifi.typecheck import fits
from remotelens.protocol.wifi.rpc import Form, RpcFailure, RpcResult
from tests.emulator.body.rig import rig

NOT_NOW = (1, "Not Available Now")
ILLEGAL = (3, "Illegal Argument")


async def test_an_unknown_method_is_named_by_family_a_and_told_in_words_by_family_b() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert await camera.error("startRecMode") == (12, "startRecMode")
    async with rig("ILCE-QX1@1.10") as camera:
        assert await camera.error("startRecMode") == (12, "No Such Method")


async def test_a_service_that_the_camera_does_not_have_is_not_found() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        reply = await camera.reply("getVersions", service="avContent")
        assert (reply.http_status, reply.answer) == (404, RpcFailure(1, 404, "Not Found"))


@pytest.mark.parametrize("version", ["1.1", "9.9", ""])
async def test_a_version_that_a_method_does_not_have_is_refused(version: str) -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert await camera.error("getShootMode", version=version) == (14, "Unsupported Version")


async def test_a_version_that_only_getevent_has_is_good_for_getevent() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert len(await camera.call("getEvent", False, version="1.1")) == 36


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("getShootMode", ["extra"]),
        ("setSelfTimer", []),
        ("setSelfTimer", ["2"]),
        ("setSelfTimer", [True]),
        ("setSelfTimer", [5]),
        ("setShootMode", ["audio"]),
        ("setShootMode", [None]),
        ("setStillSize", ["4:3"]),
        ("setStillSize", ["4:3", "13M"]),
        ("setTouchAFPosition", [100.1, 50]),
        ("setTouchAFPosition", ["1", "2"]),
        ("setTouchAFPosition", [-0.1, 50]),
        ("actZoom", ["up", "start"]),
        ("actZoom", ["in", "run"]),
        ("actZoom", ["in", "stop"]),
        ("getEvent", [1]),
    ],
)
async def test_wrong_parameters_are_refused_and_change_nothing(method: str, params: list[Any]) -> None:
    async with rig("DSC-QX10@3.00") as camera:
        before = camera.body.settings.snapshot()
        assert await camera.error(method, *params) == ILLEGAL
        await camera.clock.advance(1.0)
        assert camera.body.settings.snapshot() == before
        assert camera.body.status == "IDLE"


async def test_a_colour_temperature_off_its_step_is_refused() -> None:
    async with rig("ILCE-QX1@1.10") as camera:
        await camera.set("ExposureMode", "Program Auto")
        assert await camera.error("setWhiteBalance", "Color Temperature", True, 2550) == ILLEGAL
        assert await camera.error("setWhiteBalance", "Color Temperature", True, 10000) == ILLEGAL
        await camera.set("WhiteBalance", "Color Temperature", True, 5500)
        (current,) = await camera.call("getWhiteBalance")
        assert current == {"whiteBalanceMode": "Color Temperature", "colorTemperature": 5500}


async def test_a_method_that_is_there_but_of_no_use_is_not_available() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        rows = [row[0] for row in await camera.call("getMethodTypes", "1.0")]
        assert "setFocusMode" in rows
        assert await camera.error("getFocusMode") == NOT_NOW
        assert await camera.error("setFocusMode", "MF") == NOT_NOW


async def test_what_the_mode_does_not_let_be_set_is_not_available() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert await camera.error("setExposureCompensation", 1) == NOT_NOW
        assert await camera.error("getWhiteBalance") == NOT_NOW
        assert await camera.error("startMovieRec") == NOT_NOW
        assert await camera.error("stopMovieRec") == NOT_NOW
        await camera.set("ShootMode", "movie")
        assert "actTakePicture" in (await camera.call("getAvailableApiList"))[0]
        assert await camera.error("actTakePicture") == NOT_NOW
        assert await camera.error("actHalfPressShutter") == NOT_NOW


async def test_a_camera_that_changes_its_mode_is_not_ready() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert await camera.call("setShootMode", "movie") == [0]
        assert camera.body.status == "NotReady"
        assert await camera.error("startMovieRec") == (40401, "Camera Not Ready")
        await camera.until("IDLE")
        assert await camera.call("getShootMode") == ["movie"]


async def test_setting_the_present_shoot_mode_is_accepted_and_changes_nothing() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert await camera.call("setShootMode", "still") == [0]
        assert camera.body.status == "IDLE"


async def test_a_value_is_told_a_moment_after_it_was_accepted() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        await camera.call("setSelfTimer", 2)
        assert await camera.call("getSelfTimer") == [0]
        await camera.clock.advance(0.1)
        assert await camera.call("getSelfTimer") == [2]


async def test_live_view_may_be_started_twice_and_stopped_unstarted() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert await camera.call("stopLiveview") == [0]
        first = await camera.call("startLiveview")
        assert await camera.call("startLiveview") == first
        assert camera.body.viewfinder.running


async def test_locked_methods_answer_403_until_unlocked_and_again_after_a_power_cycle() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        reply = await camera.reply("getStorageInformation")
        assert (reply.http_status, reply.answer) == (403, RpcFailure(1, 403, "getStorageInformation"))
        camera.body.unlocked.add("camera/getStorageInformation")
        assert (await camera.call("getStorageInformation"))[0][0]["storageID"] == "Memory Card 1"
        await camera.body.power_off()
        on = camera.body.power_on()
        await camera.done(_task(on))
        assert (await camera.reply("getStorageInformation")).http_status == 403


async def test_a_method_that_a_profile_lists_and_nothing_answers_does_not_exist_and_is_reported() -> None:
    import msgspec

    profile = load("DSC-QX10@3.00")
    guide = msgspec.structs.replace(
        profile.services["guide"], methods=(*profile.services["guide"].methods, "getSomething")
    )
    method = msgspec.structs.replace(profile.method_table["guide", "getVersions"], name="getSomething")
    changed = msgspec.structs.replace(
        profile,
        services={**profile.services, "guide": guide},
        method_table={**profile.method_table, ("guide", "getSomething"): method},
    )
    async with rig(changed) as camera:
        assert await camera.error("getSomething", service="guide") == (12, "getSomething")
        (entry,) = [entry for entry in camera.journal.entries() if entry.kind == "unanswered"]
        assert entry.data == {"service": "guide", "method": "getSomething"}


async def test_a_setting_that_the_method_table_does_not_know_is_answered_from_the_profile_and_reported() -> (
    None
):
    import msgspec

    from emulator.profiles.model import Setting

    profile = load("DSC-QX10@3.00")
    added = {
        f"{verb}PictureEffect": profile.method_table["camera", f"{verb}ShootMode"]
        for verb in ("set", "get", "getSupported", "getAvailable")
    }
    camera_service = msgspec.structs.replace(
        profile.services["camera"], methods=(*profile.services["camera"].methods, *added)
    )
    changed = msgspec.structs.replace(
        profile,
        available=(*profile.available, *added),
        services={**profile.services, "camera": camera_service},
        settings={**profile.settings, "PictureEffect": Setting(supported=("off", "toy"), default="off")},
        method_table={
            **profile.method_table,
            **{("camera", name): msgspec.structs.replace(like, name=name) for name, like in added.items()},
        },
    )
    async with rig(changed) as camera:
        assert await camera.call("getAvailablePictureEffect") == ["off", ["off", "toy"]]
        await camera.set("PictureEffect", "toy")
        assert await camera.call("getPictureEffect") == ["toy"]
        assert await camera.error("setPictureEffect", "sepia") == (3, "Illegal Argument")
        told = [
            entry.data["method"] for entry in camera.journal.entries() if entry.kind == "from the profile"
        ]
    assert told[:2] == ["getAvailablePictureEffect", "setPictureEffect"]


def test_every_method_of_every_profile_is_answered_but_those_known_to_be_of_no_use() -> None:
    from emulator.profiles.model import Profile

    unanswered: set[tuple[str, str]] = set()

    async def look(profile: Profile) -> None:
        async with rig(profile) as camera:
            for service, name in profile.method_table:
                if name not in camera.dispatcher.answered(service):
                    unanswered.add((profile.name, name))

    import asyncio

    for name in names():
        asyncio.run(look(load(name)))
    focus = {f"{verb}FocusMode" for verb in ("set", "get", "getSupported", "getAvailable")}
    assert unanswered == {("DSC-QX10@3.00", method) for method in focus}


async def test_answers_have_the_form_of_their_family() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        assert camera.dispatcher.form("camera") is Form.SORTED
    async with rig("ILCE-QX1@1.10") as camera:
        assert camera.dispatcher.form("camera") is Form.RESULT_FIRST
        assert camera.dispatcher.form("avContent") is Form.ID_FIRST


async def test_every_service_tells_its_versions_and_method_types() -> None:
    for name in names():
        async with rig(name) as camera:
            for service, facts in camera.body.profile.services.items():
                assert await camera.call("getVersions", service=service) == [list(facts.versions)]
                rows = await camera.call("getMethodTypes", "1.0", service=service)
                first = [
                    method for method in facts.methods if "1.0" in facts.method_versions.get(method, ("1.0",))
                ]
                assert [row[0] for row in rows] == first
                every = await camera.call("getMethodTypes", "", service=service)
                assert len(every) >= len(rows)
                code, _ = await camera.error("getMethodTypes", "7.7", service=service)
                assert code == 14


async def test_the_guide_names_every_service() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        reply = await camera.reply("getServiceProtocols", service="guide")
        assert isinstance(reply.answer, RpcResult)
        assert reply.answer.plural
        assert [row[0] for row in reply.answer.values] == ["guide", "system", "accessControl", "camera"]


async def test_the_clock_is_set_in_exactly_one_form() -> None:
    async with rig("DSC-QX10@3.00") as camera:
        good = {"dateTime": "2014-04-01T21:35:43Z", "timeZoneOffsetMinute": 540, "dstOffsetMinute": 0}
        assert await camera.call("setCurrentTime", good, service="system") == []
        assert camera.body.camera_time.isoformat() == "2014-04-02T06:35:43+09:00"
        for wrong in (
            good | {"dateTime": "2014-04-01 21:35:43"},
            good | {"dateTime": "yesterday"},
            good | {"dateTime": "9999-12-31T23:59:59Z"},
            good | {"timeZoneOffsetMinute": 1440},
            good | {"dstOffsetMinute": "0"},
            {"dateTime": "2014-04-01T21:35:43Z"},
        ):
            assert await camera.error("setCurrentTime", wrong, service="system") == ILLEGAL


@pytest.mark.parametrize(
    ("params", "types", "good"),
    [
        ([], [], True),
        ([1], ["int"], True),
        ([1.5], ["int"], False),
        ([1], ["double"], True),
        ([float("inf")], ["double"], False),
        ([["a", "b"]], ["string*"], True),
        ([["a", 1]], ["string*"], False),
        ([{"set": True}], ['{"set":"bool"}'], True),
        ([{"set": 1}], ['{"set":"bool"}'], False),
        ([{}], ['{"set":"bool"}'], False),
        ([3], ["ContentParams"], True),
    ],
)
def test_parameters_fit_their_types(params: list[Any], types: list[str], good: bool) -> None:
    assert fits(params, types) is good


def test_members_may_be_left_out_where_that_is_allowed() -> None:
    kind = ['{"uri":"string", "type":"string*"}']
    assert fits([{"uri": "x", "type": None}], kind, partial=True)
    assert fits([{"uri": "x"}], kind, partial=True)
    assert not fits([{"uri": 3}], kind, partial=True)


def _task(coroutine: Any) -> Any:
    import asyncio

    return asyncio.ensure_future(coroutine)
