import asyncio
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from emulator.clock import VirtualClock
from emulator.faults.rules import parse_rule
from emulator.rack import Emulator
from emulator.stage import Weather
from remotelens.errors import InvalidValue, NotAvailableNow, RemoteLensError
from tests.emulator.wire import call, refused


async def test_everything_that_lies_still_comes_back() -> None:
    async with Emulator(
        ["DSC-QX10", "ILCE-QX1"], clock="virtual", still_scale=16, scene="sunset", control=False
    ) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)
        camera = emulator.cameras[0]
        camera.body.press("full")
        await clock.advance(10)
        camera.body.release("full")
        emulator.hands.weather(Weather(clouds=0.5, temperature_c=-5.0))
        emulator.hands.jump(600)
        emulator.hands.battery(camera, 0.5)
        emulator.snapshot("dusk")
        bytes_before = camera.body.pictures.state[0].jpeg
        await clock.advance(1000)
        emulator.hands.scene("chart")
        emulator.hands.card(camera, present=False)
        emulator.hands.battery(camera, 1.0)
        await emulator.restore("dusk")
        camera = emulator.cameras[0]
        assert emulator.stage.name == "sunset"
        assert emulator.stage.time_s == pytest.approx(610)
        assert emulator.stage.weather == Weather(clouds=0.5, temperature_c=-5.0)
        assert camera.body.ambient_c == -5.0
        assert camera.body.battery_ratio == pytest.approx(0.5, abs=0.01)
        assert camera.body.card.present
        assert len(camera.body.card.files) == 1
        assert camera.body.pictures.state[0].jpeg == bytes_before
        assert "result" in (await call(camera.port, "getVersions")).json


async def test_a_camera_that_was_off_is_off_again() -> None:
    async with Emulator(clock="virtual", control=False) as emulator:
        await emulator.cameras[0].body.power_off()
        await emulator.cameras[0].mind_gate()
        emulator.snapshot("off")
        await emulator.reset()
        assert not await refused(emulator.cameras[0].port)
        await emulator.restore("off")
        assert emulator.cameras[0].body.power == "off"
        assert await refused(emulator.cameras[0].port)


async def test_what_is_under_way_is_not_kept() -> None:
    async with Emulator(clock="virtual", still_scale=16, control=False) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)
        emulator.cameras[0].body.press("full")
        await clock.advance(0.3)
        with pytest.raises(NotAvailableNow, match="in the middle"):
            emulator.snapshot("no")
        with pytest.raises(InvalidValue, match="no snapshot"):
            await emulator.restore("no")
        assert not emulator.forget_snapshot("no")
        await asyncio.sleep(0)


async def test_contents_transfer_is_gone_on_with() -> None:
    async with Emulator(["ILCE-QX1"], clock="virtual", still_scale=16, control=False) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)
        await call(emulator.cameras[0].port, "setCameraFunction", "Contents Transfer")
        await clock.advance(10)
        asked = (emulator.cameras[0].port, "getEvent", False)
        before = (await call(*asked, version="1.2")).json
        emulator.snapshot("contents")
        await emulator.restore("contents")
        (camera,) = emulator.cameras
        assert camera.body.status == "ContentsTransfer"
        assert (await call(*asked, version="1.2")).json == before
        listed = await call(camera.port, "getSourceList", {"scheme": "storage"}, service="avContent")
        assert "result" in listed.json
        await call(camera.port, "setCameraFunction", "Remote Shooting")
        await clock.advance(10)
        assert camera.body.status == "IDLE"


async def test_warmth_cable_trouble_and_a_setting_on_its_way_come_back() -> None:
    async with Emulator(["ILCE-QX1"], clock="virtual", still_scale=16, control=False) as emulator:
        (camera,), hands, clock = emulator.cameras, emulator.hands, emulator.clock
        assert isinstance(clock, VirtualClock)
        hands.battery(camera, 0.5, plugged=True)
        hands.temperature(camera, 35.0)
        await clock.advance(300)
        sensor_c = camera.body.sensor_c
        await call(camera.port, "setSelfTimer", 2)
        emulator.snapshot("timer")
        await clock.advance(5)
        await hands.trouble(camera, True)
        emulator.snapshot("trouble")
        await emulator.reset()
        await emulator.restore("timer")
        (camera,) = emulator.cameras
        assert camera.body.battery.external_power
        assert camera.body.ambient_c == 35.0
        assert camera.body.sensor_c == pytest.approx(sensor_c)
        assert camera.body.status == "IDLE"
        assert (await call(camera.port, "getSelfTimer")).json["result"] == [2]
        await emulator.restore("trouble")
        (camera,) = emulator.cameras
        assert camera.body.status == "Error"
        await hands.trouble(camera, False)
        assert camera.body.status == "IDLE"


async def test_fault_rules_go_on_from_where_they_were() -> None:
    async with Emulator(clock="virtual", control=False) as emulator:
        (camera,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        emulator.faults.remove(emulator.faults.add(parse_rule("rpc:hang")))
        once = emulator.faults.add(parse_rule("rpc:error=1,count=1,match=getShootMode"))
        emulator.faults.add(parse_rule("rpc:error=2,for=10,match=getVersions"))
        assert "error" in (await call(camera.port, "getShootMode")).json
        await clock.advance(9)
        emulator.snapshot("struck")
        rules = emulator.faults.rules()
        await clock.advance(100)
        await emulator.restore("struck")
        assert emulator.faults.rules() == rules
        assert rules[once][1] == 1
        port = emulator.cameras[0].port
        assert "result" in (await call(port, "getShootMode")).json
        assert "error" in (await call(port, "getVersions")).json
        await clock.advance(1)
        assert "result" in (await call(port, "getVersions")).json
        assert emulator.faults.add(parse_rule("rpc:hang")) not in rules


async def test_a_finger_on_the_shutter_is_not_kept() -> None:
    async with Emulator(clock="virtual", still_scale=16, control=False) as emulator:
        (camera,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        camera.body.press("half")
        await clock.advance(10)
        with pytest.raises(NotAvailableNow, match="focus is held"):
            emulator.snapshot("held")
        camera.body.release("half")
        await clock.advance(1)
        emulator.snapshot("let go")


async def test_what_no_long_poll_has_told_is_told_after_a_restore() -> None:
    async with Emulator(["ILCE-QX1"], clock="virtual", still_scale=64, control=False) as emulator:
        (camera,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        asked = (camera.port, "getEvent", True)
        camera.body.press("full")
        await clock.advance(20)
        camera.body.release("full")
        emulator.snapshot("untold")
        before = (await call(*asked, version="1.2")).json
        assert before["result"][5]
        await emulator.restore("untold")
        assert (await call(*asked, version="1.2")).json == before


async def test_pictures_are_the_same_to_the_byte_after_a_restore() -> None:
    async with Emulator(clock="virtual", still_scale=64, scene="room", control=False) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)

        async def seen() -> list[bytes]:
            """A live frame and a picture."""
            (camera,) = emulator.cameras
            frame = await camera.body.viewfinder.frame()
            camera.body.press("full")
            await clock.advance(20)
            camera.body.release("full")
            return [frame.jpeg, *(picture.jpeg for picture in camera.body.pictures.state)]

        await seen()
        emulator.snapshot("same")
        first = await seen()
        await emulator.restore("same")
        assert await seen() == first


async def test_a_zoom_that_moves_is_not_kept() -> None:
    async with Emulator(clock="virtual", control=False) as emulator:
        (camera,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        camera.body.press("zoom_tele")
        await clock.advance(1)
        with pytest.raises(NotAvailableNow, match="zoom moves"):
            emulator.snapshot("zooming")
        camera.body.release("zoom_tele")
        await clock.advance(5)
        emulator.snapshot("zoomed")


async def test_what_has_befallen_a_camera_is_over_when_it_would_have_been() -> None:
    faults = ["card:full=100,count=1", "power:dying=200,count=1", "power:freeze=50,after=4,count=1"]
    async with Emulator(clock="virtual", control=False, faults=faults) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)

        async def course() -> list[tuple[float, bool, bool]]:
            """How charge, room and firmware go on."""
            (camera,), seen = emulator.cameras, []
            for _ in range(20):
                seen.append((camera.body.battery_ratio, camera.body.card.full, camera.freeze.on))
                await clock.advance(5.5)
            return seen

        await clock.advance(20.25)
        emulator.snapshot("befallen")
        (camera,) = emulator.cameras
        left = camera.mishaps.state
        expected = await course()
        assert {full for _, full, _ in expected} == {frozen for *_, frozen in expected} == {True, False}
        await emulator.restore("befallen")
        (camera,) = emulator.cameras
        assert camera.mishaps.state == left
        assert await course() == expected


async def test_a_camera_that_is_too_hot_or_switched_off_by_a_fault_comes_back() -> None:
    async with Emulator(["DSC-QX10", "DSC-QX100"], clock="virtual", control=False) as emulator:
        clock = emulator.clock
        assert isinstance(clock, VirtualClock)
        hot, off = emulator.cameras
        emulator.faults.add(parse_rule(f"power:overheat=60,count=1,camera={hot.id}"))
        emulator.faults.add(parse_rule(f"power:off=60,count=1,camera={off.id}"))
        await clock.advance(30)
        emulator.snapshot("off")
        await clock.advance(300)
        await emulator.restore("off")
        await clock.advance(25)
        assert [camera.body.power for camera in emulator.cameras] == ["off", "off"]
        await clock.advance(60)
        assert [camera.body.power for camera in emulator.cameras] == ["on", "on"]


async def test_dice_fall_after_a_restore_as_they_would_have() -> None:
    async with Emulator(clock="virtual", control=False, faults=["rpc:error=1,probability=0.5"]) as emulator:

        async def answers() -> list[bool]:
            port = emulator.cameras[0].port
            return ["error" in (await call(port, "getVersions")).json for _ in range(16)]

        first = await answers()
        emulator.snapshot("dice")
        expected = await answers()
        await emulator.restore("dice")
        assert await answers() == expected != first


async def test_where_the_scene_is_gone_nothing_is_put_back(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes((files("emulator.world") / "scenes" / "bench.toml").read_bytes())
    async with Emulator(clock="virtual", control=False, scene=str(file)) as emulator:
        emulator.snapshot("mine")
        file.unlink()
        emulator.faults.add(parse_rule("rpc:hang"))
        rules, (camera,) = emulator.faults.rules(), emulator.cameras
        with pytest.raises(RemoteLensError, match=r"mine\.toml"):
            await emulator.restore("mine")
        assert emulator.faults.rules() == rules
        assert emulator.cameras == [camera]


async def test_an_access_point_that_was_down_is_down_again() -> None:
    async with Emulator(clock="virtual", control=False) as emulator:
        (camera,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        down = asyncio.ensure_future(camera.body.wifi_off())
        await clock.advance(10)
        await down
        emulator.snapshot("down")
        await emulator.restore("down")
        (camera,) = emulator.cameras
        assert (camera.body.power, camera.body.wifi, camera.reachable) == ("on", "off", False)


async def test_a_restored_camera_would_be_kept_as_it_was() -> None:
    faults = ["body:drift,probability=0.1", "card:protected=1000,after=60,count=1"]
    async with Emulator(["SONY-FULL"], clock="virtual", still_scale=64, faults=faults) as emulator:
        (camera,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        body = camera.body

        async def ask(method: str, *params: object) -> None:
            asking = asyncio.create_task(call(camera.port, method, *params))
            await clock.advance(0)
            while not asking.done():
                await clock.advance(1)
            assert "result" in (await asking).json, method

        await ask("setWhiteBalance", "Custom", False, -1)
        await ask("actWhiteBalanceOnePushCustom")
        await ask("setContShootingMode", {"contShootingMode": "Continuous"})
        await clock.advance(2)
        await ask("startContShooting")
        await clock.advance(2)
        await ask("stopContShooting")
        await clock.advance(10)
        await ask("startLiveviewWithSize", "L")
        await ask("setLiveviewFrameInfo", {"frameInfo": True})
        await clock.advance(90)
        kept = emulator.snapshot("kept")
        assert body.viewfinder.running
        assert body.drive.run
        assert body.eye.custom_kelvin != 5200.0
        assert body.card.protected
        await clock.advance(60)
        await emulator.restore("kept")
        again = emulator.snapshot("again")
        (then,), (now,) = kept.cameras, again.cameras
        sensor_c = pytest.approx(then.sensor_c)
        assert now.sensor_c == sensor_c
        assert replace(now, sensor_c=then.sensor_c) == then
        assert again.rules == kept.rules
