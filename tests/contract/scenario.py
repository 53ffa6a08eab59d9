"""What a program may expect of Bluetooth, whichever backend of bleak it runs on.

A program of its own, because bleak's BlueZ backend takes its bus from the environment of its process:
``python -m tests.contract.scenario NAME ADAPTER``. What the peripheral has to do meanwhile it asks for on its
standard output, a line each, and waits for the answer on its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from remotelens.clock import RealClock
from remotelens.errors import LinkLost, LinkTimeout, PairingRejected
from remotelens.transport.ble.adapter import Adapter, close_all
from remotelens.transport.ble.agent import bonding_agent
from remotelens.transport.ble.connecting import connect
from remotelens.transport.ble.scan import scanning
from tests.remotelens.transport.ble import gadget

Scenario = Callable[["Host"], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {}
LIMIT_S = 40.0


def scenario(run: Scenario) -> Scenario:
    """Make a function one of the scenarios."""
    SCENARIOS[run.__name__] = run
    return run


class Host:
    """The host that the scenario runs on."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.losses = 0
        self.lost = asyncio.Event()

    async def ask(self, *words: object) -> str:
        """Have the peripheral do something, or tell something."""
        sys.stdout.write(" ".join(map(str, words)) + "\n")
        sys.stdout.flush()
        answer: str = await asyncio.to_thread(sys.stdin.readline)
        return answer.strip()

    async def find(self) -> BLEDevice:
        """Return the peripheral once its name has been heard."""
        async with scanning(self.adapter) as sightings:
            async for sighting in sightings:
                if sighting.name == "gadget":
                    return sighting.device
        raise AssertionError

    def client(self, device: BLEDevice, *, pair: bool = False) -> BleakClient:
        """Return a client that counts how often its connection was lost."""

        def lost(_: BleakClient) -> None:
            self.losses += 1
            self.lost.set()

        return self.adapter.client(device, lost, pair=pair, limit_s=15)

    @asynccontextmanager
    async def connected(self, device: BLEDevice | None = None) -> Any:
        """Connect for the length of a block."""
        async with self.client(device or await self.find()) as client:
            yield client

    async def pair(self, client: BleakClient) -> None:
        """Make a bond with somebody there to agree to it."""
        async with bonding_agent(self.adapter, client.address):
            await client.pair()


@scenario
async def a_scan_hears_name_company_services_power_and_strength(host: Host) -> None:
    found: asyncio.Future[tuple[BLEDevice, Any]] = asyncio.get_running_loop().create_future()

    def heard(device: BLEDevice, data: Any) -> None:
        if device.name == "gadget" and not found.done():
            found.set_result((device, data))

    async with host.adapter.held(), host.adapter.scanner(heard):
        device, data = await found
    assert device.address == gadget.ADDRESS
    assert data.local_name == "gadget"
    assert data.manufacturer_data == {gadget.COMPANY_ID: b"\x01\x02"}
    assert data.service_uuids == ["0000180f-0000-1000-8000-00805f9b34fb"]
    assert data.tx_power == -4
    assert -127 < data.rssi < 0


@scenario
async def changed_adverts_are_heard_while_a_scan_runs(host: Host) -> None:
    async with scanning(host.adapter) as sightings:
        async for sighting in sightings:
            if sighting.name == "gadget":
                break
        await host.ask("advertise", "0a0b0c")
        async for sighting in sightings:
            if sighting.manufacturer_data.get(gadget.COMPANY_ID) == b"\x0a\x0b\x0c":
                return


@scenario
async def services_are_there_with_their_properties_and_descriptors(host: Host) -> None:
    async with host.connected() as client:
        uuids = {service.uuid for service in client.services}
        assert {gadget.SERVICE, gadget.OTHER_SERVICE} <= uuids
        service = client.services.get_service(gadget.SERVICE)
        assert service is not None
        properties = {item.uuid: sorted(item.properties) for item in service.characteristics}
        assert properties[gadget.ECHO] == ["read", "write"]
        assert properties[gadget.COMMANDS] == ["write-without-response"]
        assert properties[gadget.TICKS] == ["indicate", "notify"]
        ticks = client.services.get_characteristic(gadget.TICKS)
        assert ticks is not None
        description = next(item for item in ticks.descriptors if item.uuid.startswith("00002901"))
        assert await client.read_gatt_descriptor(description) == b"ticks of a clock"


@scenario
async def values_are_read_and_written(host: Host) -> None:
    async with host.connected() as client:
        assert await client.read_gatt_char(gadget.PLAIN) == b"plain"
        await client.write_gatt_char(gadget.ECHO, b"hello", response=True)
        assert await client.read_gatt_char(gadget.ECHO) == b"hello"
        await client.write_gatt_char(gadget.COMMANDS, b"go", response=False)
        assert await host.ask("written", gadget.COMMANDS) == b"go".hex()


@scenario
async def a_value_longer_than_a_packet_goes_in_parts(host: Host) -> None:
    value = bytes(range(256)) * 2
    async with host.connected() as client:
        await client.write_gatt_char(gadget.ECHO, value, response=True)
        assert await client.read_gatt_char(gadget.ECHO) == value


@scenario
async def a_refusal_comes_with_its_att_code(host: Host) -> None:
    async with host.connected() as client:
        with pytest.raises(BleakGATTProtocolError) as caught:
            await client.read_gatt_char(gadget.REFUSING)
        assert int(caught.value.code) == 0x9D
        with pytest.raises(BleakCharacteristicNotFoundError):
            await client.read_gatt_char("6e0000ff-0000-4000-8000-000000000001")
        assert await client.read_gatt_char(gadget.PLAIN) == b"plain"


@scenario
async def a_bond_opens_protected_values_and_is_used_again(host: Host) -> None:
    async with host.connected() as client:
        await host.pair(client)
        assert await client.read_gatt_char(gadget.SECRET) == b"secret"
        await host.pair(client)
    await host.ask("close-screen")
    device = await host.find()
    async with host.connected(device) as client:
        assert await client.read_gatt_char(gadget.SECRET) == b"secret"


@scenario
async def a_client_may_pair_while_it_connects(host: Host) -> None:
    device = await host.find()
    async with bonding_agent(host.adapter, device.address):
        client = host.client(device, pair=True)
        await client.connect()
    assert await client.read_gatt_char(gadget.SECRET) == b"secret"
    await client.disconnect()


@scenario
async def a_refused_bond_is_an_error_and_the_link_stays(host: Host) -> None:
    await host.ask("close-screen")
    async with host.connected() as client:
        with pytest.raises(BleakError):
            await host.pair(client)
        assert client.is_connected
        assert await client.read_gatt_char(gadget.PLAIN) == b"plain"
    assert host.losses == 1


@scenario
async def a_forgotten_bond_has_to_be_made_anew(host: Host) -> None:
    device = await host.find()
    async with host.connected(device) as client:
        await host.pair(client)
    await host.client(device).unpair()
    await host.ask("close-screen")
    async with host.connected() as client:
        with pytest.raises(BleakError):
            await host.pair(client)
    await host.ask("open-screen")
    async with host.connected() as client:
        await host.pair(client)
        assert await client.read_gatt_char(gadget.SECRET) == b"secret"


@scenario
async def notifications_come_until_they_are_stopped(host: Host) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with host.connected() as client:
        await host.pair(client)
        await client.start_notify(gadget.TICKS, lambda _, value: heard.put_nowait(bytes(value)))
        for tick in (b"\x01", b"\x02", b"\x03"):
            await host.ask("tick", tick.hex())
            assert await heard.get() == tick
        await client.stop_notify(gadget.TICKS)
        await host.ask("tick", "04")
        await client.start_notify(gadget.TICKS, lambda _, value: heard.put_nowait(bytes(value)))
        await host.ask("tick", "05")
        assert await heard.get() == b"\x05"


@scenario
async def indications_come_like_notifications(host: Host) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with host.connected() as client:
        await client.start_notify(gadget.ALARMS, lambda _, value: heard.put_nowait(bytes(value)))
        await host.ask("alarm", "aa")
        assert await heard.get() == b"\xaa"


@scenario
async def a_requested_end_is_told_once(host: Host) -> None:
    async with host.connected() as client:
        assert client.is_connected
    assert not client.is_connected
    assert host.losses == 1
    await client.disconnect()
    assert host.losses == 1


@scenario
async def a_lost_link_is_told_once_and_later_calls_are_errors(host: Host) -> None:
    client = host.client(await host.find())
    await client.connect()
    await host.ask("drop")
    await host.lost.wait()
    assert not client.is_connected
    with pytest.raises(BleakError):
        await client.read_gatt_char(gadget.PLAIN)
    await client.disconnect()
    assert host.losses == 1
    async with host.connected() as again:
        assert await again.read_gatt_char(gadget.PLAIN) == b"plain"


@scenario
async def a_read_under_way_when_the_link_is_lost_is_an_error(host: Host) -> None:
    client = host.client(await host.find())
    await client.connect()
    reading = asyncio.ensure_future(client.read_gatt_char(gadget.SLOW))
    await host.ask("slow-asked")
    await host.ask("drop")
    with pytest.raises(BleakError):
        await reading
    await client.disconnect()


@scenario
async def a_cancelled_read_does_not_lend_its_value_to_the_next(host: Host) -> None:
    async with host.connected() as client:
        reading = asyncio.ensure_future(client.read_gatt_char(gadget.SLOW))
        await host.ask("slow-asked")
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await host.ask("slow-go")
        assert await client.read_gatt_char(gadget.PLAIN) == b"plain"


@scenario
async def a_connection_to_nobody_ends_with_the_time_limit(host: Host) -> None:
    device = await host.find()
    await host.ask("vanish")
    client = host.adapter.client(device, limit_s=0.5)
    with pytest.raises((BleakDeviceNotFoundError, TimeoutError)):
        await client.connect()
    await host.ask("appear")
    async with host.connected() as again:
        assert again.is_connected


@scenario
async def a_cancelled_connection_does_not_hinder_the_next(host: Host) -> None:
    device = await host.find()
    await host.ask("vanish")
    connecting = asyncio.ensure_future(host.client(device).connect())
    await asyncio.wait({connecting}, timeout=0.3)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    await host.ask("appear")
    async with host.connected(device) as client:
        assert await client.read_gatt_char(gadget.PLAIN) == b"plain"


@scenario
async def connecting_again_and_again_works(host: Host) -> None:
    device = await host.find()
    for _ in range(5):
        async with host.connected(device) as client:
            assert await client.read_gatt_char(gadget.PLAIN) == b"plain"
        device = await host.find()
    assert host.losses == 5


@scenario
async def a_camera_link_that_is_lost_while_reading_says_so(host: Host) -> None:
    link = await connect(host.adapter, await host.find(), camera="gadget")
    reading = asyncio.ensure_future(link.read(gadget.SLOW, "the slow value"))
    await host.ask("slow-asked")
    await host.ask("drop")
    with pytest.raises(LinkLost):
        await reading
    assert link.lost.is_set()
    await link.close()


@scenario
async def a_protected_value_without_a_bond_is_refused_or_never_answered(host: Host) -> None:
    async with await connect(host.adapter, await host.find(), camera="gadget", clock=Hasty()) as link:
        # bluetoothd without an agent is silent, a stack of our own tells what the peripheral says.
        with pytest.raises((PairingRejected, LinkTimeout)):
            await link.read(gadget.SECRET, "the secret")
        assert link.is_connected


@scenario
async def a_connection_that_succeeds_at_the_second_try_is_not_a_lost_one(host: Host) -> None:
    device = await host.find()
    async with host.connected(device) as client:
        await host.pair(client)
    await host.ask("drop-next")
    async with await connect(host.adapter, await host.find(), camera="gadget", attempts=3) as link:
        assert not link.lost.is_set()
        assert await link.read(gadget.SECRET, "the secret") == b"secret"


@scenario
async def a_bond_that_the_camera_has_forgotten_is_told_as_such(host: Host) -> None:
    device = await host.find()
    async with host.connected(device) as client:
        await host.pair(client)
    await host.ask("forget")
    with pytest.raises(PairingRejected):
        await connect(host.adapter, await host.find(), camera="gadget", bonded=True, attempts=3)


class Hasty(RealClock):
    """A clock for which no limit is longer than a second."""

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        return super().timeout(min(seconds or 1.0, 1.0))


async def main(name: str, adapter: str) -> None:
    """Run one scenario; nothing of it may be left running."""
    host = Host(Adapter.parse(adapter))
    async with asyncio.timeout(LIMIT_S):
        await SCENARIOS[name](host)
    await close_all()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
