"""Scanning through bleak's own scanner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError

from emulator.ble.air import Air
from remotelens.transport.ble.bumble_backend.backend import Backend, bind
from remotelens.transport.ble.bumble_backend.pool import current
from tests.remotelens.transport.ble.gadget import ADDRESS, COMPANY_ID, Gadget

BATTERY_SERVICE = "0000180f-0000-1000-8000-00805f9b34fb"
Heard = asyncio.Queue[tuple[BLEDevice, AdvertisementData]]


def _into(heard: Heard) -> Callable[[BLEDevice, AdvertisementData], None]:
    return lambda device, adv: heard.put_nowait((device, adv))


async def test_a_device_is_found_by_the_name_in_its_scan_response(backend: Backend, gadget: Gadget) -> None:
    device = await BleakScanner.find_device_by_name("gadget", timeout=5, backend=backend.scanner)
    assert device is not None
    assert (device.address, device.name) == (ADDRESS, "gadget")


async def test_an_advertisement_carries_everything_that_was_sent(backend: Backend, gadget: Gadget) -> None:
    heard: Heard = asyncio.Queue()
    async with BleakScanner(_into(heard), backend=backend.scanner):
        async with asyncio.timeout(5):
            while (adv := (await heard.get())[1]).local_name is None:
                pass
    assert adv.local_name == "gadget"
    assert adv.manufacturer_data == {COMPANY_ID: b"\x01\x02"}
    assert adv.service_uuids == [BATTERY_SERVICE]
    assert adv.tx_power == -4
    assert -100 < adv.rssi < 0


async def test_a_passive_scan_hears_no_scan_response(backend: Backend, gadget: Gadget) -> None:
    heard: Heard = asyncio.Queue()
    scanner = BleakScanner(_into(heard), scanning_mode="passive", backend=backend.scanner)
    async with scanner, asyncio.timeout(5):
        names = {(await heard.get())[1].local_name for _ in range(4)}
    assert names == {None}


async def test_a_service_filter_keeps_others_out(backend: Backend, gadget: Gadget, air: Air) -> None:
    seen: Heard = asyncio.Queue()
    unfiltered: Heard = asyncio.Queue()
    other = BleakScanner(
        _into(seen),
        service_uuids=["0000180d-0000-1000-8000-00805f9b34fb"],
        backend=backend.scanner,
    )
    async with other, BleakScanner(_into(unfiltered), backend=backend.scanner):
        async with asyncio.timeout(5):
            for _ in range(3):
                await unfiltered.get()
        assert seen.empty()
        assert other.discovered_devices == []


async def test_new_data_of_a_device_is_reported(backend: Backend, gadget: Gadget) -> None:
    heard: Heard = asyncio.Queue()
    async with BleakScanner(_into(heard), backend=backend.scanner), asyncio.timeout(5):
        await heard.get()
        await gadget.advertise(b"\xff")
        while (await heard.get())[1].manufacturer_data != {COMPANY_ID: b"\xff"}:
            pass


async def test_starting_again_forgets_what_was_seen(backend: Backend, gadget: Gadget) -> None:
    scanner = BleakScanner(backend=backend.scanner)
    async with scanner, asyncio.timeout(5):
        async for _ in scanner.advertisement_data():
            break
    assert [device.address for device in scanner.discovered_devices] == [ADDRESS]
    await gadget.close()
    await scanner.start()
    assert scanner.discovered_devices == []
    await scanner.stop()


async def test_scanners_share_a_radio_and_the_last_one_closes_it(backend: Backend, gadget: Gadget) -> None:
    one, other = BleakScanner(backend=backend.scanner), BleakScanner(backend=backend.scanner)
    await one.start()
    radio = current(backend.port)
    await other.start()
    assert current(backend.port) is radio
    await one.stop()
    async with asyncio.timeout(5):
        async for _ in other.advertisement_data():
            break
    await other.stop()
    assert current(backend.port) is None


async def test_an_active_scanner_beside_a_passive_one_gets_names(backend: Backend, gadget: Gadget) -> None:
    async with BleakScanner(scanning_mode="passive", backend=backend.scanner):
        assert await BleakScanner.find_device_by_name("gadget", timeout=5, backend=backend.scanner)


async def test_stopping_a_scan_that_never_started_is_no_error(backend: Backend) -> None:
    await BleakScanner(backend=backend.scanner).stop()


async def test_stopping_after_the_transport_died_is_no_error(
    backend: Backend, gadget: Gadget, air: Air
) -> None:
    scanner = BleakScanner(backend=backend.scanner)
    await scanner.start()
    radio = current(backend.port)
    assert radio is not None
    await air.close()
    async with asyncio.timeout(5):
        await radio.lost
    await scanner.stop()


async def test_no_controller_is_bluetooth_not_available() -> None:
    backend = bind("tcp-client:127.0.0.1:1")
    with pytest.raises(BleakBluetoothNotAvailableError, match="no HCI controller at tcp-client"):
        await BleakScanner(backend=backend.scanner).start()


async def test_a_scan_can_be_cancelled_while_it_opens(backend: Backend, gadget: Gadget) -> None:
    scanner = BleakScanner(backend=backend.scanner)
    starting = asyncio.create_task(scanner.start())
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert current(backend.port) is None
