"""One connection, through bleak's own client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError

from emulator.ble.air import Air
from remotelens.transport.ble.bumble_backend.backend import Backend
from remotelens.transport.ble.bumble_backend.pool import current
from tests.remotelens.transport.ble.gadget import (
    ADDRESS,
    ALARMS,
    COMMANDS,
    ECHO,
    OTHER_SERVICE,
    PLAIN,
    REFUSING,
    SERVICE,
    TICKS,
    Gadget,
)

USER_DESCRIPTION = "00002901-0000-1000-8000-00805f9b34fb"


@pytest.fixture
async def device(backend: Backend, gadget: Gadget) -> BLEDevice:
    found = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, backend=backend.scanner)
    assert found is not None
    return found


@pytest.fixture
async def client(backend: Backend, device: BLEDevice) -> AsyncIterator[BleakClient]:
    async with BleakClient(device, backend=backend.client, timeout=5) as client:
        yield client


async def test_connecting_negotiates_the_mtu_and_finds_the_services(client: BleakClient) -> None:
    assert client.is_connected
    assert client.mtu_size == 517
    assert client.name == ADDRESS.replace(":", "-") or client.name == "gadget"
    service = client.services.get_service(SERVICE)
    assert service is not None
    properties = {item.uuid: item.properties for item in service.characteristics}
    assert properties[PLAIN] == ["read"]
    assert properties[ECHO] == ["read", "write"]
    assert properties[COMMANDS] == ["write-without-response"]
    assert properties[TICKS] == ["notify", "indicate"]


async def test_descriptors_belong_to_their_characteristic(client: BleakClient) -> None:
    ticks = client.services.get_characteristic(TICKS)
    assert ticks is not None
    assert [item.uuid[4:8] for item in ticks.descriptors] == ["2901", "2902"]
    description = ticks.get_descriptor(USER_DESCRIPTION)
    assert description is not None
    assert await client.read_gatt_descriptor(description) == b"ticks of a clock"


async def test_an_address_alone_is_scanned_for(backend: Backend, gadget: Gadget) -> None:
    async with BleakClient(ADDRESS.lower(), backend=backend.client, timeout=5) as client:
        assert await client.read_gatt_char(PLAIN) == b"plain"


async def test_only_the_wanted_services_are_looked_into(backend: Backend, device: BLEDevice) -> None:
    async with BleakClient(device, services=[OTHER_SERVICE], backend=backend.client) as client:
        assert [service.uuid for service in client.services] == [OTHER_SERVICE]


async def test_a_value_is_written_and_read_back(client: BleakClient) -> None:
    await client.write_gatt_char(ECHO, b"hello", response=True)
    assert await client.read_gatt_char(ECHO) == b"hello"


async def test_a_value_longer_than_a_packet_is_written_and_read_in_parts(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    gadget.device.gatt_server.max_mtu = 40
    value = bytes(range(200))
    async with BleakClient(device, backend=backend.client) as client:
        assert client.mtu_size == 40
        await client.write_gatt_char(ECHO, value, response=True)
        assert await client.read_gatt_char(ECHO) == value
    assert gadget.written[ECHO] == [value]


async def test_writing_without_response_arrives_and_knows_its_limit(
    client: BleakClient, gadget: Gadget
) -> None:
    commands = client.services.get_characteristic(COMMANDS)
    assert commands is not None
    assert commands.max_write_without_response_size == 514
    await client.write_gatt_char(COMMANDS, b"go", response=False)
    async with asyncio.timeout(5):
        await gadget.wrote.wait()
    assert gadget.written[COMMANDS] == [b"go"]
    with pytest.raises(BleakError, match="do not fit one packet"):
        await client.write_gatt_char(COMMANDS, bytes(515), response=False)


async def test_a_vendor_error_arrives_with_its_code(client: BleakClient) -> None:
    with pytest.raises(BleakGATTProtocolError) as caught:
        await client.read_gatt_char(REFUSING)
    assert int(caught.value.code) == 0x9D


async def test_notifications_come_until_they_are_stopped(client: BleakClient, gadget: Gadget) -> None:
    await client.pair()
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await client.start_notify(TICKS, lambda _, value: heard.put_nowait(bytes(value)))
    async with asyncio.timeout(5):
        for number in range(3):
            await gadget.device.notify_subscribers(gadget.ticks, bytes([number]))
        assert [await heard.get() for _ in range(3)] == [b"\0", b"\1", b"\2"]
        await client.stop_notify(TICKS)
        await gadget.device.notify_subscribers(gadget.ticks, b"late")
        assert await client.read_gatt_char(PLAIN) == b"plain"
    assert heard.empty()
    await client.stop_notify(TICKS)


async def test_indications_are_confirmed_also_when_the_callback_fails(
    client: BleakClient, gadget: Gadget
) -> None:
    failures: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: failures.append(context["message"]))

    def fail(_: object, value: bytearray) -> None:
        raise RuntimeError(value.decode())

    await client.start_notify(ALARMS, fail)
    async with asyncio.timeout(5):
        await gadget.device.indicate_subscribers(gadget.alarms, b"fire")
        await gadget.device.indicate_subscribers(gadget.alarms, b"fire")
    assert len(failures) == 2
    assert ALARMS in failures[0]


async def test_a_refused_subscription_leaves_no_callback_behind(client: BleakClient, gadget: Gadget) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    with pytest.raises(BleakGATTProtocolError):
        await client.start_notify(TICKS, lambda _, value: heard.put_nowait(bytes(value)))
    await client.pair()
    await client.start_notify(TICKS, lambda _, value: heard.put_nowait(bytes(value)))
    async with asyncio.timeout(5):
        await gadget.device.notify_subscribers(gadget.ticks, b"once")
        assert await heard.get() == b"once"
        assert await client.read_gatt_char(PLAIN) == b"plain"
    assert heard.empty()


async def test_subscribing_twice_is_an_error(client: BleakClient) -> None:
    await client.start_notify(ALARMS, lambda *_: None)
    with pytest.raises(BleakError, match="on already"):
        await client.start_notify(ALARMS, lambda *_: None)


async def test_a_characteristic_that_does_not_notify_says_so(client: BleakClient) -> None:
    with pytest.raises(BleakError, match="neither notifies nor indicates"):
        await client.start_notify(PLAIN, lambda *_: None)


async def test_the_host_shows_its_name_to_the_peer(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    async with BleakClient(device, backend=backend.client), asyncio.timeout(5):
        assert await gadget.read_host_name() == b"remotelens"


async def test_a_requested_disconnection_calls_back_once_and_ends_everything(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    calls: list[bool] = []
    client = BleakClient(device, lambda gone: calls.append(gone.is_connected), backend=backend.client)
    await client.connect()
    await client.disconnect()
    assert calls == [False]
    assert not client.is_connected
    assert current(backend.port) is None
    await client.disconnect()
    assert calls == [False]
    async with asyncio.timeout(5):
        assert await gadget.lost.get() == 0x13


async def test_connecting_twice_is_an_error_and_again_after_disconnecting_is_not(
    backend: Backend, device: BLEDevice
) -> None:
    client = BleakClient(device, backend=backend.client)
    await client.connect()
    with pytest.raises(BleakError, match="connected already"):
        await client.connect()
    await client.disconnect()
    await client.connect()
    assert await client.read_gatt_char(PLAIN) == b"plain"
    await client.disconnect()


async def test_an_absent_device_is_not_found_and_leaves_the_controller_free(
    backend: Backend, device: BLEDevice, gadget: Gadget, air: Air
) -> None:
    other = Gadget(air, "C4:00:00:00:00:02", "other")
    await other.start()
    present = await BleakScanner.find_device_by_name("other", timeout=5, backend=backend.scanner)
    assert present is not None
    await gadget.close()
    with pytest.raises(BleakDeviceNotFoundError, match="did not answer within"):
        await BleakClient(device, backend=backend.client, timeout=0.2).connect()
    with pytest.raises(BleakDeviceNotFoundError, match="was not heard within"):
        await BleakClient(ADDRESS, backend=backend.client, timeout=0.2).connect()
    async with BleakClient(present, backend=backend.client) as client:
        assert await client.read_gatt_char(PLAIN) == b"plain"
    await other.close()


async def test_a_cancelled_connect_leaves_the_controller_free(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    async with BleakScanner(backend=backend.scanner):  # holds the same radio open across both attempts
        await gadget.device.stop_advertising()
        connecting = asyncio.create_task(BleakClient(device, backend=backend.client).connect())
        radio = current(backend.port)
        assert radio is not None
        async with asyncio.timeout(5):
            while not radio.device.is_le_connecting:  # noqa: ASYNC110 - Bumble tells nobody when it initiates
                await asyncio.sleep(0)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        await gadget.advertise()
        async with BleakClient(device, backend=backend.client) as client:
            assert await client.read_gatt_char(PLAIN) == b"plain"


async def test_clients_that_connect_at_the_same_time_each_get_their_peer(
    backend: Backend, device: BLEDevice, air: Air
) -> None:
    other = Gadget(air, "C4:00:00:00:00:02", "other")
    await other.start()
    second = await BleakScanner.find_device_by_name("other", timeout=5, backend=backend.scanner)
    assert second is not None
    clients = [BleakClient(item, backend=backend.client) for item in (device, second)]
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(client.connect())
    await clients[0].write_gatt_char(ECHO, b"one", response=True)
    await clients[1].write_gatt_char(ECHO, b"two", response=True)
    assert [await client.read_gatt_char(ECHO) for client in clients] == [b"one", b"two"]
    for client in clients:
        await client.disconnect()
    await other.close()


async def test_the_adapter_tells_who_is_connected(backend: Backend, client: BleakClient) -> None:
    adapter = await BleakAdapter.get(backend=backend.adapter)
    assert [item.address for item in await adapter.get_connected_devices([SERVICE])] == [ADDRESS]
    assert await adapter.get_connected_devices(["0000180d-0000-1000-8000-00805f9b34fb"]) == []
