import asyncio
import errno
import socket

import pytest

from emulator.clock import VirtualClock
from emulator.device import Device
from emulator.rack import Emulator
from remotelens.errors import NotAvailableNow, WifiJoinFailed
from remotelens.protocol.wifi.ssdp import encode_search
from tests.emulator.wire import Wire, ask, call, call_body, refused, wire


async def found(emulator: Emulator) -> int:
    """How many cameras answer a search; all of them do so before anything else happens."""
    host, _, port = emulator.ready["ssdp"]["unicast"].rpartition(":")
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.setblocking(False)
        before = emulator.journal.add("", "test", "search").number
        heard = asyncio.Event()
        leave = emulator.journal.subscribe(lambda entry: heard.set() if entry.channel == "ssdp" else None)
        await loop.sock_sendto(plain, encode_search(), (host, int(port)))
        await heard.wait()
        leave()
        entries = emulator.journal.entries(since=before)
        return sum(entry.channel == "ssdp" and entry.kind == "answer" for entry in entries)


async def reachable(camera: Device) -> bool:
    return not await refused(camera.port)


async def test_a_camera_without_bluetooth_is_there_at_once() -> None:
    async with Emulator(control=False) as emulator:
        (camera,) = emulator.cameras
        assert (await ask(camera.port, "GET", "/DmsRmtDesc.xml")).status == 200
        assert await found(emulator) == 1


async def test_behind_bluetooth_nothing_is_reached_before_wake_launch_and_join() -> None:
    async with Emulator(ble=True, clock="scaled:100", control=False) as emulator:
        (camera,) = emulator.cameras
        assert (camera.body.power, camera.body.wifi) == ("standby", "off")

        async def closed() -> bool:
            return not await reachable(camera) and await found(emulator) == 0

        assert await closed()
        with pytest.raises(WifiJoinFailed, match="no network"):
            await camera.join(camera.ssid, camera.key)
        await camera.body.power_on()
        assert await closed()
        await camera.body.wifi_on()
        assert await closed()
        with pytest.raises(WifiJoinFailed, match="does not accept this key"):
            await camera.join(camera.ssid, "wrong123")
        with pytest.raises(WifiJoinFailed, match="no network"):
            await camera.join("DIRECT-xxQ0:DSC-QX10", camera.key)
        assert await closed()
        await camera.join(camera.ssid, camera.key)
        assert await reachable(camera)
        assert await found(emulator) == 1


async def test_the_way_closes_with_the_access_point_and_has_to_be_joined_again() -> None:
    async with Emulator(ble=True, clock="scaled:100", control=False) as emulator:
        (camera,) = emulator.cameras
        await camera.body.power_on()
        await camera.body.wifi_on()
        await camera.join(camera.ssid, camera.key)
        port = camera.port
        async with wire(port) as connection:
            assert await live_view(connection)
            await camera.body.wifi_off()
            assert await ended(connection)
        assert not await reachable(camera)
        await camera.body.wifi_on()
        assert not await reachable(camera)
        await camera.join(camera.ssid, camera.key)
        assert await reachable(camera)
        assert camera.port == port


async def test_the_way_closes_with_the_power_and_opens_with_it() -> None:
    async with Emulator(clock="scaled:100", control=False) as emulator:
        (camera,) = emulator.cameras
        polling = asyncio.create_task(call(camera.port, "getEvent", True))
        await camera.body.power_off()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await polling
        assert not await reachable(camera)
        assert await found(emulator) == 0
        await camera.body.power_on()
        await camera.body.wifi_on()
        await camera.mind_gate()
        assert await found(emulator) == 1


async def test_a_camera_without_bluetooth_has_no_radio_to_work() -> None:
    async with Emulator(control=False) as emulator:
        with pytest.raises(NotAvailableNow, match="no Bluetooth"):
            emulator.cameras[0].radio()


async def test_faults_strike_one_camera_from_outside() -> None:
    rules = ["rpc:error=40401,match=actTakePicture,count=1", "ssdp:silence,count=1"]
    async with Emulator(control=False, faults=rules) as emulator:
        (camera,) = emulator.cameras
        answer = await call(camera.port, "actTakePicture")
        assert answer.body == b'{"error":[40401,"Camera Not Ready"],"id":1}'
        assert [await found(emulator) for _ in range(2)] == [0, 1]


async def live_view(connection: Wire) -> bool:
    connection.send("GET", "/liveview.JPG")
    status_line, _ = await connection.head()
    return status_line.endswith("200 OK") and len(await connection.chunk()) == 136


async def ended(connection: Wire) -> bool:
    try:
        await connection.reader.read()
    except ConnectionError:
        return True
    return connection.reader.at_eof()


async def test_a_camera_whose_port_is_taken_meanwhile_has_it_again_at_the_next_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def taken(*_args: object, **_options: object) -> socket.socket:
        raise OSError(errno.EADDRINUSE, "address in use")

    async with Emulator(clock="virtual", control=False) as emulator:
        (camera,), clock = emulator.cameras, emulator.clock
        assert isinstance(clock, VirtualClock)
        async with wire(camera.port) as connection:
            assert (await connection.ask("POST", "/sony/camera", call_body("getVersions"))).status == 200
            with monkeypatch.context() as lost:
                lost.setattr("emulator.wifi.http._parked", taken)
                await camera.body.power_off()
                await clock.advance(0)
                assert await ended(connection)
                (entry,) = [entry for entry in emulator.journal.entries() if entry.kind == "port lost"]
                assert entry.data["port"] == camera.port
        switching = asyncio.create_task(camera.body.power_on())
        await clock.advance(10)
        await switching
        assert await reachable(camera)
