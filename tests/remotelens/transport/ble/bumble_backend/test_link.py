"""What may go wrong on a connection: lost links, cancelled calls, refused and forgotten bonds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError, BleakGATTProtocolError
from bumble import core, gatt_client, hci
from bumble.device import Connection

from emulator.ble.air import Air
from emulator.ble.controller import LeController
from remotelens.transport.ble.bumble_backend import link as link_module
from remotelens.transport.ble.bumble_backend.backend import Backend, bind
from remotelens.transport.ble.bumble_backend.client import BumbleClient
from remotelens.transport.ble.bumble_backend.errors import (
    BleakBondLostError,
    BleakKeyFileError,
    BleakLinkLostError,
    BleakPairingRefusedError,
)
from remotelens.transport.ble.bumble_backend.pool import current
from tests.remotelens.transport.ble.gadget import ADDRESS, ECHO, PLAIN, SECRET, SLOW, TICKS, Gadget


@pytest.fixture
async def device(backend: Backend, gadget: Gadget) -> BLEDevice:
    found = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, backend=backend.scanner)
    assert found is not None
    return found


@pytest.fixture
async def client(backend: Backend, device: BLEDevice) -> AsyncIterator[BleakClient]:
    async with BleakClient(device, backend=backend.client, timeout=5) as client:
        yield client


def _backend_of(client: BleakClient) -> BumbleClient:
    assert isinstance(client._backend, BumbleClient)
    return client._backend


async def test_a_read_in_flight_when_the_link_drops_is_an_error_not_a_cancellation(
    client: BleakClient, gadget: Gadget, air: Air
) -> None:
    async with asyncio.timeout(5):
        reading = asyncio.create_task(client.read_gatt_char(SLOW))
        await gadget.slow_asked.wait()
        air.drop(ADDRESS)
        await asyncio.wait({reading})
    assert not reading.cancelled()
    assert isinstance(reading.exception(), BleakLinkLostError)
    assert not client.is_connected


async def test_a_task_group_survives_a_link_that_drops_in_a_read(
    client: BleakClient, gadget: Gadget, air: Air
) -> None:
    async def drop() -> None:
        await gadget.slow_asked.wait()
        air.drop(ADDRESS)

    try:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(client.read_gatt_char(SLOW))
            group.create_task(drop())
    except* BleakLinkLostError as caught:
        errors = caught.exceptions
    assert len(errors) == 1


async def test_reads_that_wait_their_turn_when_the_link_drops_all_end(
    client: BleakClient, gadget: Gadget, air: Air
) -> None:
    async with asyncio.timeout(5):
        reads = [asyncio.create_task(client.read_gatt_char(uuid)) for uuid in (SLOW, PLAIN, PLAIN)]
        await gadget.slow_asked.wait()
        air.drop(ADDRESS)
        outcomes = await asyncio.gather(*reads, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [BleakLinkLostError] * 3


async def test_a_lost_link_calls_back_once_when_it_is_no_longer_connected(
    backend: Backend, device: BLEDevice, air: Air
) -> None:
    calls: asyncio.Queue[bool] = asyncio.Queue()
    client = BleakClient(device, lambda gone: calls.put_nowait(gone.is_connected), backend=backend.client)
    await client.connect()
    air.drop(ADDRESS)
    async with asyncio.timeout(5):
        assert await calls.get() is False
    with pytest.raises(BleakError):
        await client.read_gatt_char(PLAIN)
    with pytest.raises(BleakError):
        await client.start_notify(TICKS, lambda *_: None)
    await client.disconnect()
    assert calls.empty()
    assert current(backend.port) is None


async def test_a_cancelled_read_does_not_give_the_next_read_its_value(
    client: BleakClient, gadget: Gadget
) -> None:
    reading = asyncio.create_task(client.read_gatt_char(SLOW))
    async with asyncio.timeout(5):
        await gadget.slow_asked.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        following = asyncio.create_task(client.read_gatt_char(PLAIN))
        gadget.slow_gate.set()
        assert await following == b"plain"


async def test_a_write_that_is_cancelled_while_it_waits_is_not_sent(
    client: BleakClient, gadget: Gadget
) -> None:
    async with asyncio.timeout(5):
        reading = asyncio.create_task(client.read_gatt_char(SLOW))
        await gadget.slow_asked.wait()
        writing = asyncio.create_task(client.write_gatt_char(ECHO, b"no", response=True))
        await asyncio.sleep(0)
        writing.cancel()
        gadget.slow_gate.set()
        assert await reading == b"slow"
        assert await client.read_gatt_char(PLAIN) == b"plain"
    assert ECHO not in gadget.written


async def test_an_unanswered_request_ends_the_connection(
    client: BleakClient, gadget: Gadget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gatt_client, "GATT_REQUEST_TIMEOUT", 0.05)
    async with asyncio.timeout(5):
        with pytest.raises(BleakLinkLostError, match="did not answer"):
            await client.read_gatt_char(SLOW)
        await gadget.lost.get()
    gadget.slow_gate.set()


async def test_an_unpaired_read_of_a_secret_is_refused_at_once(client: BleakClient) -> None:
    with pytest.raises(BleakGATTProtocolError) as caught:
        await client.read_gatt_char(SECRET)
    assert int(caught.value.code) == 0x0F


async def test_pairing_opens_secrets_and_lasts(backend: Backend, device: BLEDevice) -> None:
    async with BleakClient(device, backend=backend.client) as client:
        await client.pair()
        assert await client.read_gatt_char(SECRET) == b"secret"
        await client.pair()
    async with BleakClient(device, backend=backend.client) as client:
        assert await client.read_gatt_char(SECRET) == b"secret"


async def test_connecting_can_pair_before_it_discovers(backend: Backend, device: BLEDevice) -> None:
    async with BleakClient(device, backend=backend.client, pair=True) as client:
        assert await client.read_gatt_char(SECRET) == b"secret"
    async with BleakClient(device, backend=backend.client, pair=True) as client:
        assert await client.read_gatt_char(SECRET) == b"secret"


async def test_identity_and_bond_survive_in_a_private_file(
    air: Air, gadget: Gadget, device: BLEDevice, tmp_path: Path
) -> None:
    path = tmp_path / "bonds" / "hci.json"
    name = air.adapter.replace("hci:tcp:", "tcp-client:")
    async with BleakClient(device, backend=bind(name, path).client, pair=True) as client:
        await client.read_gatt_char(SECRET)
    first = (await gadget.connections.get()).peer_address
    assert path.stat().st_mode & 0o777 == 0o600
    assert {item.name for item in path.parent.iterdir()} <= {"hci.json", "hci.json.lock"}
    gadget.pairing_open = False
    async with BleakClient(device, backend=bind(name, path).client) as client:
        assert await client.read_gatt_char(SECRET) == b"secret"
    assert (await gadget.connections.get()).peer_address == first


async def test_a_bond_that_cannot_be_kept_is_an_error(
    air: Air, device: BLEDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hci.json"
    name = air.adapter.replace("hci:tcp:", "tcp-client:")
    async with BleakClient(device, backend=bind(name, path).client) as client:
        path.unlink()
        path.mkdir()
        with pytest.raises(BleakKeyFileError):
            await client.pair()


async def test_a_refused_pairing_says_so_and_works_on_the_next_connection(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    gadget.pairing_open = False
    client = BleakClient(device, backend=backend.client)
    await client.connect()
    with pytest.raises(BleakPairingRefusedError, match="refused to pair"):
        await client.pair()
    with pytest.raises(BleakPairingRefusedError, match="connect again"):
        await client.pair()
    assert client.is_connected
    await client.disconnect()
    gadget.pairing_open = True
    async with BleakClient(device, backend=backend.client, pair=True) as again:
        assert await again.read_gatt_char(SECRET) == b"secret"


async def test_a_peer_that_does_not_answer_to_pairing_is_given_up(
    client: BleakClient, gadget: Gadget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "SMP_LIMIT_S", 0.05)
    gadget.accept_gate.clear()
    with pytest.raises(BleakPairingRefusedError, match="did not answer"):
        await client.pair()


async def test_a_link_that_drops_while_pairing_is_an_error(
    client: BleakClient, gadget: Gadget, air: Air
) -> None:
    gadget.accept_gate.clear()
    pairing = asyncio.create_task(client.pair())
    connection = await gadget.connections.get()
    started = asyncio.Event()
    connection.on(Connection.EVENT_PAIRING_START, started.set)
    await asyncio.sleep(0)
    air.drop(ADDRESS)
    async with asyncio.timeout(5):
        with pytest.raises(BleakLinkLostError):
            await pairing


async def test_a_bond_that_the_peer_has_forgotten_is_told_apart(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    async with BleakClient(device, backend=backend.client, pair=True):
        pass
    assert gadget.device.keystore is not None
    await gadget.device.keystore.delete_all()
    with pytest.raises(BleakBondLostError) as caught:
        await BleakClient(device, backend=backend.client).connect()
    assert caught.value.reason == hci.HCI_ErrorCode.PIN_OR_KEY_MISSING_ERROR
    assert current(backend.port) is None


async def test_unpairing_forgets_the_bond_with_and_without_a_connection(
    backend: Backend, device: BLEDevice
) -> None:
    client = BleakClient(device, backend=backend.client, pair=True)
    await client.connect()
    await client.unpair()
    assert not client.is_connected
    async with BleakClient(device, backend=backend.client) as unpaired:
        with pytest.raises(BleakGATTProtocolError):
            await unpaired.read_gatt_char(SECRET)
        await unpaired.pair()
    await BleakClient(ADDRESS, backend=backend.client).unpair()
    await BleakClient(ADDRESS, backend=backend.client).unpair()
    async with BleakClient(device, backend=backend.client) as unpaired:
        with pytest.raises(BleakGATTProtocolError):
            await unpaired.read_gatt_char(SECRET)


async def test_a_peer_that_names_no_identity_address_is_known_by_the_one_it_has(
    backend: Backend, device: BLEDevice, gadget: Gadget
) -> None:
    original = gadget.device.pairing_config_factory

    def without_address(connection: Connection):  # type: ignore[no-untyped-def]  # Bumble's factory type
        config = original(connection)
        config.identity_address_type = config.AddressType.PUBLIC
        return config

    gadget.device.pairing_config_factory = without_address
    gadget.device.public_address = hci.Address("00:00:00:00:00:00/P")
    async with BleakClient(device, backend=backend.client, pair=True):
        pass
    async with BleakClient(device, backend=backend.client) as client:
        assert await client.read_gatt_char(SECRET) == b"secret"


async def test_the_signal_strength_of_a_connection_is_the_controllers(
    client: BleakClient, gadget: Gadget, air: Air
) -> None:
    air.space.put(gadget.address, 10.0)
    assert await _backend_of(client).get_rssi() == -75


async def test_a_controller_that_cannot_tell_the_signal_strength_says_so(
    client: BleakClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(LeController, "on_hci_read_rssi_command")
    with pytest.raises(BleakError, match="signal strength"):
        await _backend_of(client).get_rssi()


async def test_a_controller_that_does_not_answer_does_not_hold_up_the_end(
    backend: Backend, device: BLEDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "DISCONNECT_LIMIT_S", 0.05)
    client = BleakClient(device, backend=backend.client)
    await client.connect()
    link = _backend_of(client)._link
    assert link is not None

    async def never(*_: object) -> None:
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(link.radio.device, "disconnect", never)
    async with asyncio.timeout(5):
        await client.disconnect()
    assert not client.is_connected


def test_bumble_still_cancels_what_waits_for_a_lost_link() -> None:
    """Canary: the reason for `TaskKeeper`; when Bumble raises an error here, that class can go."""
    source = gatt_client.Client.on_disconnection.__code__.co_names
    assert "cancel" in source
    assert issubclass(core.TimeoutError, core.BaseBumbleError)
    assert not issubclass(core.TimeoutError, TimeoutError)
