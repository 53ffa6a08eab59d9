"""The Wi-Fi device: the states of a join, right and wrong, and what becomes of the network at home."""

from __future__ import annotations

import pytest

from tests.emulator.ble.bus.caller import Refused, calling
from tests.emulator.ble.bus.networkmanager.rig import ACTIVE, CAMERA, DEVICE, NM, WIRELESS, rigged


async def test_a_join_walks_through_the_real_states(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        active = await rig.join()
        states = await rig.states(100)
        while states[0][0] != 110:
            states = states[1:] or await rig.states(100)
        assert states == [(110, 60), (30, 60), (40, 0), (50, 0), (70, 0), (80, 0), (90, 0), (100, 0)]
        await rig.caller.until(active, ACTIVE, "State", 2)
        assert rig.air.joined == [CAMERA.bssid]
        assert await rig.get("ActiveAccessPoint", WIRELESS) == await rig.point()


async def test_a_wrong_key_is_told_once_by_the_reason_and_the_host_goes_home(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        active = await rig.join("wr0ngKey")
        states = await rig.states(120)
        assert states[-2:] == [(60, 8), (120, 7)]
        assert await rig.caller.hear("StateChanged", active) == [4, 3]
        assert (await rig.states(30))[-1] == (30, 0)
        await rig.at_home()
        assert rig.air.joined == []
        with pytest.raises(Refused, match="UnknownObject"):
            await rig.caller.get(active, ACTIVE, "State")


async def test_deactivating_goes_back_to_the_network_at_home(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        active = await rig.join()
        await rig.caller.until(active, ACTIVE, "State", 2)
        await rig.caller.call("/org/freedesktop/NetworkManager", NM, "DeactivateConnection", "o", active)
        await rig.caller.hear("StateChanged", active, lambda body: body == [3, 2])
        assert await rig.caller.hear("StateChanged", active) == [4, 2]
        await rig.at_home()
        assert rig.air.left == [CAMERA.bssid]


async def test_a_join_that_is_bound_to_its_program_ends_with_it(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        async with calling(bus_address, NM) as other:
            active = await rig.join(caller=other)
            await rig.caller.until(active, ACTIVE, "State", 2)
        await rig.caller.hear("InterfacesRemoved", fits=lambda body: body[0] == active)
        await rig.at_home()


async def test_a_network_that_vanishes_ends_its_use(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        active = await rig.join()
        await rig.caller.until(active, ACTIVE, "State", 2)
        rig.air.switch(False)
        assert (await rig.states(120))[-1] == (120, 53)
        await rig.at_home()


async def test_a_network_that_is_gone_when_it_is_joined_is_told(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        point = await rig.point()
        rig.air.up = False
        assert point
        await rig.join()
        assert (await rig.states(120))[-1] == (120, 53)
        await rig.at_home()


async def test_networks_are_seen_by_scanning_and_missed_at_once(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        rig.air.switch(False)
        assert len(await rig.get("AccessPoints", WIRELESS)) == 1
        rig.air.switch(True)
        assert len(await rig.get("AccessPoints", WIRELESS)) == 1
        await rig.caller.call(DEVICE, WIRELESS, "RequestScan", "a{sv}", {})
        with pytest.raises(Refused, match=r"Device\.NotAllowed"):
            await rig.caller.call(DEVICE, WIRELESS, "RequestScan", "a{sv}", {})
        await rig.caller.hear("AccessPointAdded", DEVICE)
        await rig.caller.hear(
            "PropertiesChanged", DEVICE, lambda body: body[0] == WIRELESS and "LastScan" in body[1]
        )
        ssid = await rig.caller.get(await rig.point(), f"{NM}.AccessPoint", "Ssid")
        assert ssid == CAMERA.ssid


async def test_a_disconnected_device_stays_so_until_it_is_used_again(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        await rig.caller.call(DEVICE, f"{NM}.Device", "Disconnect")
        assert (await rig.states(30))[-1] == (30, 39)
        assert await rig.get("Autoconnect") is False
        with pytest.raises(Refused, match=r"Device\.NotActive"):
            await rig.caller.call(DEVICE, f"{NM}.Device", "Disconnect")
        active = await rig.join()
        await rig.caller.until(active, ACTIVE, "State", 2)
