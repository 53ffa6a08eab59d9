import asyncio
import json
import os
import stat
from pathlib import Path

import pytest

import emulator as package
from emulator.clock import RealClock, ScaledClock, VirtualClock, parse_clock
from emulator.rack import Emulator
from emulator.ready import write_ready
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow, RemoteLensError
from tests.emulator.process import left_in
from tests.emulator.wire import ask, call, refused


async def test_the_ready_file_says_where_everything_is() -> None:
    async with Emulator(["DSC-QX10", "ILCE-QX1@1.10"], seed=3) as emulator:
        ready = emulator.ready
        assert json.loads(json.dumps(ready)) == ready
        assert (ready["schema"], ready["pid"], ready["air"]) == (1, os.getpid(), None)
        assert ready["control"]["url"].startswith("http://127.0.0.1:")
        assert len(ready["control"]["token"]) >= 24
        assert (ready["ssdp"]["multicast"], ready["ssdp"]["why"]) == (False, "switched off")
        first, second = ready["cameras"]
        base = f"http://127.0.0.1:{first['port']}"
        assert (first["id"], first["index"], first["model"], first["firmware"]) == (
            "qx10-1",
            0,
            "DSC-QX10",
            "3.00",
        )
        assert first["description_url"] == f"{base}/DmsRmtDesc.xml"
        assert first["endpoints"]["camera"] == f"{base}/sony/camera"
        assert set(first["endpoints"]) == {"guide", "system", "accessControl", "camera"}
        assert first["liveview_url"].startswith(f"{base}/liveview.JPG?")
        assert first["usn"].startswith("uuid:00000000-0005-0010-8000-")
        assert first["ssid"].endswith("Q0:DSC-QX10")
        assert len(first["key"]) == 8
        assert first["ble"] is None
        assert (second["id"], second["index"]) == ("qx1-2", 1)
        assert second["description_url"].endswith("/dd.xml")


async def test_with_bluetooth_the_air_and_each_cameras_radio_are_told() -> None:
    async with Emulator(ble=True) as emulator:
        assert emulator.ready["air"]["adapter"].startswith("hci:tcp:127.0.0.1:")
        assert emulator.ready["air"]["dbus"] is None
        (camera,) = emulator.ready["cameras"]
        assert camera["ble"]["name"] == "DSC-QX10"
        assert camera["ble"]["address"].count(":") == 5


async def test_cameras_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    names = ("usn", "ssid", "key", "ble")

    async def identities(seed: int) -> list[list[object]]:
        async with Emulator(["DSC-QX10"], count=2, ble=True, seed=seed, control=False) as emulator:
            return [[camera[name] for name in names] for camera in emulator.ready["cameras"]]

    first = await identities(1)
    assert first == await identities(1)
    assert all(
        a != b
        for one, other in zip(first, await identities(2), strict=True)
        for a, b in zip(one, other, strict=True)
    )
    assert first[0] != first[1]


async def test_the_ready_file_is_written_in_one_go_for_its_owner_only_and_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    async with Emulator(ready_file=path) as emulator:
        assert json.loads(path.read_text()) == emulator.ready
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert left_in(tmp_path) == []


def test_a_ready_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(RemoteLensError, match=r"ready\.json cannot be written"):
        write_ready(tmp_path / "nowhere" / "ready.json", {})


async def test_a_fixed_port_is_the_first_cameras_and_a_taken_one_is_told() -> None:
    async with Emulator(count=2, control=False) as emulator:
        port = emulator.cameras[0].port
        with pytest.raises(RemoteLensError, match=f"cannot listen on 127.0.0.1:{port}") as caught:
            async with Emulator(port=port, control=False):
                pass
        assert caught.value.exit_code == 1
    async with Emulator(port=port, count=2, control=False) as emulator:
        assert emulator.cameras[0].port == port


async def test_a_start_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    tasks = asyncio.all_tasks()
    async with Emulator(control=False) as first:
        taken = int(first.ready["ssdp"]["unicast"].rpartition(":")[2])
        with pytest.raises(RemoteLensError):
            async with Emulator(ble=True, port=first.cameras[0].port, ready_file=tmp_path / "ready.json"):
                pass
        assert taken
    assert asyncio.all_tasks() == tasks
    assert left_in(tmp_path) == []


async def test_everything_is_closed_in_the_end() -> None:
    async with Emulator(ble=True) as emulator:
        ports = [emulator.cameras[0].port, int(emulator.ready["control"]["url"].rpartition(":")[2])]
    assert [await refused(port) for port in ports] == [True, True]
    assert len(asyncio.all_tasks()) == 1


async def test_a_reset_brings_everything_back_to_the_start_on_the_same_ports() -> None:
    async with Emulator(control=False, faults=["rpc:delay=0"]) as emulator:
        before = emulator.ready["cameras"]
        port = emulator.cameras[0].port
        await call(port, "setSelfTimer", 10)
        emulator.cameras[0].body.battery_ratio = 0.1
        emulator.faults.clear()
        await emulator.reset()
        assert emulator.ready["cameras"] == before
        assert emulator.cameras[0].body.battery_ratio > 0.9
        assert len(emulator.faults.rules()) == 1
        assert emulator.journal.count("setSelfTimer") == 0
        assert (await call(port, "getSelfTimer")).json["result"] == [0]
        assert (await ask(port, "GET", "/DmsRmtDesc.xml")).status == 200


async def test_a_reset_puts_cameras_behind_bluetooth_back_into_standby_under_the_same_address() -> None:
    async with Emulator(control=False, ble=True, clock="scaled:100") as emulator:
        before = emulator.ready["cameras"]
        await emulator.cameras[0].body.power_on()
        await emulator.reset()
        assert emulator.ready["cameras"] == before
        assert emulator.cameras[0].body.power == "standby"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"models": ["DSC-QX99"]}, "no profile"),
        ({"scene": "nowhere"}, "there is no scene"),
        ({"clock": "fast"}, "there is no clock"),
        ({"clock": "scaled:no"}, "there is no clock"),
        ({"clock": "scaled:0"}, "there is no clock"),
        ({"faults": ["nonsense"]}, "is no fault"),
        ({"host": "localhost"}, "no IPv4 address"),
        ({"host": "0.0.0.0"}, "cannot be on"),
    ],
)
def test_arguments_that_are_none_are_refused_before_anything_starts(
    options: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidValue, match=words):
        Emulator(**options)  # type: ignore[arg-type]  # wrong on purpose


async def test_an_address_of_somebody_else_is_told() -> None:
    with pytest.raises(RemoteLensError, match=r"cannot listen on 203\.0\.113\.77"):
        async with Emulator(host="203.0.113.77"):
            pass


def test_clocks_are_found_by_name() -> None:
    assert isinstance(parse_clock("real"), RealClock)
    assert isinstance(parse_clock("virtual"), VirtualClock)
    scaled = parse_clock("scaled:2.5")
    assert isinstance(scaled, ScaledClock)
    assert scaled.factor == 2.5


def test_the_package_exports_the_emulator_when_it_is_asked_for() -> None:
    assert package.Emulator is Emulator
    with pytest.raises(AttributeError):
        _ = package.nonsense


async def test_resets_restores_additions_and_removals_at_the_same_time_take_turns() -> None:
    async with (
        asyncio.timeout(30),
        Emulator(count=2, still_scale=16, clock="virtual", scene="flat", control=False) as emulator,
    ):
        ports = [camera.port for camera in emulator.cameras]
        emulator.snapshot("both")
        await asyncio.gather(
            emulator.reset(), emulator.restore("both"), emulator.reset(), emulator.add_camera("DSC-QX10")
        )
        assert [camera.port for camera in emulator.cameras[:2]] == ports
        assert [camera.id for camera in emulator.cameras] == ["qx10-1", "qx10-2", "qx10-3"]
        await asyncio.gather(emulator.restore("both"), emulator.remove_camera(emulator.cameras[1]))
        assert [camera.id for camera in emulator.cameras] == ["qx10-1"]
        assert (await call(emulator.cameras[0].port, "getVersions")).status == 200


async def test_a_camera_that_is_gone_already_cannot_be_removed() -> None:
    async with Emulator(count=2, clock="virtual", control=False) as emulator:
        camera = emulator.cameras[1]
        await emulator.remove_camera(camera)
        with pytest.raises(CameraNotFound, match="qx10-2"):
            await emulator.remove_camera(camera)


async def test_no_snapshot_is_taken_of_a_rack_that_is_being_put_back() -> None:
    async with Emulator(count=2, clock="virtual", control=False) as emulator:
        reset = asyncio.create_task(emulator.reset())
        await asyncio.sleep(0)
        with pytest.raises(NotAvailableNow, match="put back"):
            emulator.snapshot("half")
        await reset
        emulator.snapshot("whole")


async def test_a_camera_that_was_kept_over_a_reset_still_tells_where_it_was() -> None:
    async with Emulator(clock="virtual", control=False) as emulator:
        kept, ready = emulator.cameras[0], emulator.cameras[0].ready
        await emulator.reset()
        assert kept.port == emulator.cameras[0].port
        assert kept.ready == ready
        assert not kept.reachable


async def test_a_camera_that_is_added_after_a_restore_takes_nobodys_place() -> None:
    async with Emulator(count=3, clock="virtual", control=False) as larger:
        kept = larger.snapshot("three")
    async with Emulator(clock="virtual", control=False) as emulator:
        emulator.remember("three", kept)
        await emulator.restore("three")
        await emulator.add_camera("DSC-QX10")
        assert [camera.id for camera in emulator.cameras] == ["qx10-1", "qx10-2", "qx10-3", "qx10-4"]


@pytest.mark.parametrize("way", ["reset", "restore", "remove"])
async def test_whoever_holds_a_radio_lets_go_of_it_when_its_camera_goes(way: str) -> None:
    async with Emulator(ble=True, control=False) as emulator:
        (camera,) = emulator.cameras
        emulator.snapshot("x")
        await emulator.hands.radio(camera).phone(True)
        (phone,) = [task for task in asyncio.all_tasks() if "phone" in task.get_name()]
        match way:
            case "reset":
                await emulator.reset()
            case "restore":
                await emulator.restore("x")
            case "remove":
                await emulator.remove_camera(camera)
        assert phone.done()
