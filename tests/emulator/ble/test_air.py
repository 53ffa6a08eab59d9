"""The air over TCP: hosts that attach, vanish, speak no HCI, or stop reading."""

from __future__ import annotations

import asyncio
import socket

import pytest
from bumble import hci
from bumble.device import Connection, Device

from emulator.ble.air import Air
from emulator.ble.controller import SUPERVISION_TIMEOUT
from emulator.journal import Journal
from tests.emulator.ble.central import LIMIT_S, central, central_device

CAMERA = "C0:00:00:00:00:AA"


async def camera_on(air: Air) -> Device:
    """Put a bare peripheral on the air, in this process."""
    device = central_device(air.attach("camera", of_camera=True).host, CAMERA)
    await device.power_on()
    await device.start_advertising(advertising_interval_min=20, advertising_interval_max=20)
    return device


def link_of(device: Device) -> asyncio.Future[Connection]:
    made: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
    device.once(Device.EVENT_CONNECTION, made.set_result)
    return made


def end_of(connection: Connection) -> asyncio.Future[int]:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    connection.once(Connection.EVENT_DISCONNECTION, lambda reason: ended.set_result(int(reason)))
    return ended


def port_of(air: Air) -> int:
    return int(air.adapter.rpartition(":")[2])


async def test_the_adapter_is_what_a_client_is_given(air: Air) -> None:
    assert air.adapter == f"hci:tcp:127.0.0.1:{port_of(air)}"
    assert port_of(air) > 0


async def test_a_host_that_vanishes_ends_its_link_with_a_supervision_timeout(air: Air) -> None:
    device = await camera_on(air)
    made = link_of(device)

    async with asyncio.timeout(LIMIT_S):
        async with central(port_of(air)) as host:
            await host.device.connect(hci.Address(CAMERA))
            ended = end_of(await made)
        assert await ended == SUPERVISION_TIMEOUT
    await device.stop_advertising()


async def test_a_dropped_camera_is_lost_at_both_ends(air: Air) -> None:
    device = await camera_on(air)
    made = link_of(device)

    async with asyncio.timeout(LIMIT_S), central(port_of(air)) as host:
        there = end_of(await host.device.connect(hci.Address(CAMERA)))
        here = end_of(await made)
        air.drop(CAMERA)
        assert await here == await there == SUPERVISION_TIMEOUT
    await device.stop_advertising()


async def test_each_host_has_a_controller_with_an_address_of_its_own(air: Air, journal: Journal) -> None:
    port = port_of(air)
    async with asyncio.timeout(LIMIT_S):
        async with central(port) as first, central(port, "C1:00:00:00:00:02") as second:
            addresses = [str(host.device.public_address) for host in (first, second)]
            assert addresses == ["00:0D:1E:00:00:01/P", "00:0D:1E:00:00:02/P"]
            assert air.hosts == 2
    assert [entry.kind for entry in journal.entries()][:2] == ["host attached", "host attached"]


async def test_packets_leave_at_once(air: Air) -> None:
    async with asyncio.timeout(LIMIT_S), central(port_of(air)):
        (connection,) = air._connections
        assert connection._transport is not None
        served: socket.socket = connection._transport.get_extra_info("socket")
        assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_what_is_not_hci_is_cut_off_and_the_others_stay(air: Air) -> None:
    async with asyncio.timeout(LIMIT_S), central(port_of(air)) as host:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(air))
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()
        await host.device.host.send_sync_command(hci.HCI_Read_BD_ADDR_Command())


async def test_a_host_that_stops_reading_is_cut_off(air: Air, journal: Journal) -> None:
    attached = asyncio.Event()
    journal.subscribe(lambda entry: attached.set())
    async with asyncio.timeout(LIMIT_S):
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(air))
        await attached.wait()
        (connection,) = air._connections
        while not connection.closed.is_set():
            connection.on_packet(bytes(1 << 18))
            await asyncio.sleep(0)
        writer.close()
    assert air.hosts == 0


async def test_closing_the_air_cuts_off_its_hosts() -> None:
    air = Air()
    port = await air.start()
    _, writer = await asyncio.open_connection("127.0.0.1", port)

    async with asyncio.timeout(LIMIT_S):
        await air.close()
        await air.close()

    writer.close()
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection("127.0.0.1", port)
    with pytest.raises(RuntimeError):
        _ = air.adapter


async def test_a_taken_port_is_an_error_of_the_system(air: Air) -> None:
    other = Air()

    with pytest.raises(OSError, match="in use"):
        await other.start(port=port_of(air))
