"""Looking for devices: whose wish it is, what passes, and what is told when nobody looks any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bumble.device import Advertisement, Device
from dbus_fast import Variant

from emulator.ble.air import Air
from emulator.clock import VirtualClock
from tests.emulator.ble.bus.bluez.rig import ADAPTER, ADAPTER_PATH, DEVICE, DEVICE_PATH, Rig, rigged
from tests.emulator.ble.bus.caller import PROPERTIES, Refused, calling
from tests.emulator.ble.central import central_device
from tests.remotelens.transport.ble.gadget import COMPANY_ID


async def test_there_is_one_adapter_that_is_a_central(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        objects = await rig.caller.objects()
        adapter = objects[ADAPTER_PATH][ADAPTER]
        assert adapter["Roles"] == ["central"]
        assert adapter["Powered"] is True
        assert adapter["Address"].startswith("00:0D:1E:")
        assert set(objects) == {"/org/bluez", ADAPTER_PATH}


async def test_a_device_comes_with_all_that_it_says(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.adapter("StartDiscovery")
        path, interfaces = await rig.caller.hear("InterfacesAdded", "/")
        device = interfaces[DEVICE]
        assert path == DEVICE_PATH
        assert (device["Name"], device["Alias"], device["AddressType"]) == ("gadget", "gadget", "random")
        assert device["ManufacturerData"] == {COMPANY_ID: b"\x01\x02"}
        assert device["UUIDs"] == ["0000180f-0000-1000-8000-00805f9b34fb"]
        assert (device["RSSI"], device["TxPower"], device["Paired"]) == (-50, -4, False)


async def test_every_advertisement_is_told_and_none_once_nobody_looks(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.adapter("StartDiscovery")
        for _ in range(3):
            _, changed, _ = await rig.caller.hear(
                "PropertiesChanged", DEVICE_PATH, lambda body: "RSSI" in body[1]
            )
            assert set(changed) == {"RSSI"}
        await rig.adapter("StopDiscovery")
        _, _, gone = await rig.caller.hear("PropertiesChanged", DEVICE_PATH, lambda body: bool(body[2]))
        assert sorted(gone) == ["RSSI", "TxPower"]


async def test_discovery_belongs_to_programs_and_ends_with_them(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        async with calling(bus_address, "org.bluez") as other:
            await other.call(ADAPTER_PATH, ADAPTER, "StartDiscovery")
            with pytest.raises(Refused, match="InProgress"):
                await other.call(ADAPTER_PATH, ADAPTER, "StartDiscovery")
            await rig.adapter("StartDiscovery")
            await rig.adapter("StopDiscovery")
            assert await rig.caller.get(ADAPTER_PATH, ADAPTER, "Discovering") is True
            with pytest.raises(Refused, match="No discovery started"):
                await rig.adapter("StopDiscovery")
        await rig.caller.until(ADAPTER_PATH, ADAPTER, "Discovering", False)


async def heard_with(rig: Rig, **options: Variant) -> bool:
    """Tell whether the device passes a filter; a second radio tells when it must have been heard."""
    await rig.adapter("SetDiscoveryFilter", "a{sv}", options)
    await rig.adapter("StartDiscovery")
    async with listening(rig.air) as adverts:
        for _ in range(6):
            await adverts.get()
    await rig.adapter("StopDiscovery")
    return DEVICE_PATH in await rig.caller.objects()


@asynccontextmanager
async def listening(air: Air) -> AsyncIterator[asyncio.Queue[Advertisement]]:
    """Hear the air with a radio that BlueZ knows nothing of."""
    station = air.attach("listener")
    device = central_device(station.host, "C1:00:00:00:00:09")
    heard: asyncio.Queue[Advertisement] = asyncio.Queue()
    device.on(Device.EVENT_ADVERTISEMENT, heard.put_nowait)
    await device.power_on()
    await device.start_scanning(legacy=True)
    try:
        yield heard
    finally:
        await device.power_off()
        station.leave()


@pytest.mark.parametrize(
    ("options", "passes"),
    [
        ({"Transport": Variant("s", "le"), "DuplicateData": Variant("b", False)}, True),
        ({"UUIDs": Variant("as", ["180f"])}, True),
        ({"UUIDs": Variant("as", ["0000180f-0000-1000-8000-00805F9B34FB"])}, True),
        ({"Pattern": Variant("s", "gad")}, True),
        ({"RSSI": Variant("n", -60)}, True),
        ({"Pathloss": Variant("q", 50)}, True),
        ({"UUIDs": Variant("as", ["1812"])}, False),
        ({"Transport": Variant("s", "bredr")}, False),
        ({"Pattern": Variant("s", "widget")}, False),
        ({"RSSI": Variant("n", -40)}, False),
        ({"Pathloss": Variant("q", 40)}, False),
    ],
)
async def test_a_filter_lets_through_what_it_names(
    bus_address: str, options: dict[str, Variant], passes: bool
) -> None:
    async with rigged(bus_address) as rig:
        assert await heard_with(rig, **options) is passes


@pytest.mark.parametrize(
    "options",
    [
        {"Colour": Variant("s", "red")},
        {"RSSI": Variant("s", "-60")},
        {"Transport": Variant("s", "pigeon")},
        {"RSSI": Variant("n", -60), "Pathloss": Variant("q", 40)},
        {"UUIDs": Variant("as", ["no uuid"])},
    ],
)
async def test_a_filter_that_means_nothing_is_refused(bus_address: str, options: dict[str, Variant]) -> None:
    async with rigged(bus_address) as rig:
        with pytest.raises(Refused, match="InvalidArguments"):
            await rig.adapter("SetDiscoveryFilter", "a{sv}", options)


async def test_a_device_that_nobody_wants_is_forgotten_after_a_while(bus_address: str) -> None:
    clock = VirtualClock()
    async with rigged(bus_address, clock=clock) as rig:
        await rig.find()
        await clock.advance(29)
        assert DEVICE_PATH in await rig.caller.objects()
        await clock.advance(2)
        await rig.caller.hear("InterfacesRemoved", "/", lambda body: body[0] == DEVICE_PATH)


async def test_a_device_is_removed_on_request(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.connect()
        await rig.adapter("RemoveDevice", "o", DEVICE_PATH)
        assert set(await rig.caller.objects()) == {"/org/bluez", ADAPTER_PATH}
        with pytest.raises(Refused, match="DoesNotExist"):
            await rig.adapter("RemoveDevice", "o", DEVICE_PATH)


async def test_an_adapter_that_is_off_does_nothing(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.find()
        await rig.connect()
        await rig.adapter("StartDiscovery")
        power = ("ssv", ADAPTER, "Powered", Variant("b", False))
        await rig.caller.call(ADAPTER_PATH, PROPERTIES, "Set", *power)
        await rig.caller.until(DEVICE_PATH, DEVICE, "Connected", False)
        await rig.caller.until(ADAPTER_PATH, ADAPTER, "Discovering", False)
        for call in (rig.adapter("StartDiscovery"), rig.device("Connect"), rig.device("Pair")):
            with pytest.raises(Refused, match="NotReady"):
                await call
