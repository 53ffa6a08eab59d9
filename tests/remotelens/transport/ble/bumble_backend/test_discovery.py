"""Services that change while or after they are looked for."""

from __future__ import annotations

import asyncio

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakGATTProtocolError
from bumble import att, gatt, gatt_client
from bumble.core import UUID
from bumble.device import Connection
from bumble.gatt import Characteristic, Service

from remotelens.transport.ble.bumble_backend.backend import Backend
from tests.remotelens.transport.ble.gadget import ADDRESS, OTHER_SERVICE, SERVICE, Gadget

LATE_SERVICE = "6e000000-0000-4000-8000-00000000000f"
WHOLE_DATABASE = bytes.fromhex("0100ffff")


@pytest.fixture
async def device(backend: Backend, gadget: Gadget) -> BLEDevice:
    found = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, backend=backend.scanner)
    assert found is not None
    return found


def _service_changed(gadget: Gadget) -> Characteristic[bytes]:
    return next(
        item
        for item in gadget.device.gatt_server.attributes
        if isinstance(item, Characteristic) and item.uuid == gatt.GATT_SERVICE_CHANGED_CHARACTERISTIC
    )


def _add_service(gadget: Gadget) -> None:
    level = Characteristic[bytes]("2A19", Characteristic.Properties.READ, Characteristic.READABLE, b"\x64")
    gadget.device.add_service(Service(LATE_SERVICE, [level]))


async def test_services_that_change_after_connecting_are_found_again(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    async with BleakClient(device, backend=backend.client) as client, asyncio.timeout(5):
        assert client.services.get_service(LATE_SERVICE) is None
        _add_service(gadget)
        await gadget.device.indicate_subscribers(_service_changed(gadget), WHOLE_DATABASE)
        while client.services.get_service(LATE_SERVICE) is None:  # noqa: ASYNC110 - bleak has no event for it
            await asyncio.sleep(0)


async def test_a_change_in_the_middle_of_discovery_starts_it_again(
    backend: Backend, device: BLEDevice, gadget: Gadget, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def change(connection: Connection) -> None:
        _add_service(gadget)
        await gadget.device.indicate_subscriber(
            connection, _service_changed(gadget), WHOLE_DATABASE, force=True
        )

    changes: list[asyncio.Task[None]] = []
    server = gadget.device.gatt_server
    original = server.on_att_find_information_request

    def question(bearer: Connection, request: att.ATT_Find_Information_Request) -> None:
        if not changes:
            changes.append(asyncio.get_running_loop().create_task(change(bearer)))
        original(bearer, request)

    monkeypatch.setattr(server, "on_att_find_information_request", question)
    async with BleakClient(device, backend=backend.client) as client:
        assert client.services.get_service(LATE_SERVICE) is not None
    await asyncio.gather(*changes)


async def test_a_discovery_that_is_refused_once_is_tried_again(
    backend: Backend, device: BLEDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([att.ATT_Error(0x12)])
    original = gatt_client.Client.discover_services

    async def discover(self: gatt_client.Client, uuids: tuple[UUID, ...] = ()) -> object:
        if error := next(refusals, None):
            raise error
        return await original(self, uuids)

    monkeypatch.setattr(gatt_client.Client, "discover_services", discover)
    async with BleakClient(device, backend=backend.client) as client:
        assert client.services.get_service(SERVICE) is not None


async def test_a_discovery_that_stays_refused_is_an_error(
    backend: Backend, device: BLEDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: gatt_client.Client, uuids: tuple[UUID, ...] = ()) -> object:
        raise att.ATT_Error(0x12)

    monkeypatch.setattr(gatt_client.Client, "discover_services", refuse)
    client = BleakClient(device, backend=backend.client)
    with pytest.raises(BleakGATTProtocolError):
        await client.connect()
    assert not client.is_connected


async def test_a_service_without_characteristics_is_there_too(backend: Backend, device: BLEDevice) -> None:
    async with BleakClient(device, backend=backend.client) as client:
        service = client.services.get_service(OTHER_SERVICE)
        assert service is not None
        assert service.characteristics == []
