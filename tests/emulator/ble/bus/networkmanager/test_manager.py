"""NetworkManager itself: what it lists, whom it lets do what, and joins that overtake each other."""

from __future__ import annotations

import pytest
from dbus_fast import Variant

from tests.emulator.ble.bus.caller import Refused, calling
from tests.emulator.ble.bus.networkmanager.rig import ACTIVE, DEVICE, NM, ROOT, rigged


async def test_it_lists_a_wifi_device_and_one_that_is_none(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        devices = await rig.caller.call(ROOT, NM, "GetDevices")
        kinds = [await rig.caller.get(path, f"{NM}.Device", "DeviceType") for path in devices]
        assert kinds == [2, 30]
        assert await rig.get("Interface") == "lo"
        assert await rig.caller.call(ROOT, NM, "GetDeviceByIpIface", "s", "lo") == DEVICE
        objects = await rig.caller.objects("/org/freedesktop")
        assert {ROOT, DEVICE, f"{ROOT}/Settings"} <= set(objects)


async def test_a_join_that_is_overtaken_is_ended(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        first = await rig.join()
        second = await rig.join()
        assert (await rig.caller.hear("StateChanged", first))[0] in (3, 4)
        await rig.caller.until(second, ACTIVE, "State", 2)
        await rig.caller.until(ROOT, NM, "ActiveConnections", [second])


async def test_a_stored_connection_is_activated_by_its_path(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        home = (await rig.caller.call(f"{ROOT}/Settings", f"{NM}.Settings", "ListConnections"))[0]
        active = await rig.join()
        await rig.caller.until(active, ACTIVE, "State", 2)
        again = await rig.caller.call(ROOT, NM, "ActivateConnection", "ooo", home, DEVICE, "/")
        await rig.caller.until(again, ACTIVE, "State", 2)
        await rig.at_home()


async def test_the_older_call_joins_too_and_keeps_its_profile(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        profile = {"802-11-wireless-security": {"psk": Variant("s", "aB3dE5gH")}}
        arguments = (profile, DEVICE, await rig.point())
        stored, active = await rig.caller.call(
            ROOT, NM, "AddAndActivateConnection", "a{sa{sv}}oo", *arguments
        )
        await rig.caller.until(active, ACTIVE, "State", 2)
        await rig.caller.call(stored, f"{NM}.Settings.Connection", "Delete")
        await rig.at_home()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"persist": "carved in stone"}, "InvalidArguments"),
        ({"bind-activation": "dbus-client"}, "InvalidArguments"),
        ({"colour": "red"}, "InvalidArguments"),
    ],
)
async def test_options_that_mean_nothing_are_refused(
    bus_address: str, options: dict[str, str], error: str
) -> None:
    async with rigged(bus_address) as rig:
        with pytest.raises(Refused, match=error):
            await rig.join(options=options)


@pytest.mark.parametrize("key", ["short", "x" * 64, "with a \x07 bell"])
async def test_a_key_that_cannot_be_one_is_refused_without_being_repeated(bus_address: str, key: str) -> None:
    async with rigged(bus_address) as rig:
        with pytest.raises(Refused, match="InvalidProperty") as caught:
            await rig.join(key)
        assert key not in str(caught.value)


async def test_what_is_not_there_is_refused(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        for member, signature, body, error in (
            ("DeactivateConnection", "o", ("/nothing",), "ConnectionNotActive"),
            ("ActivateConnection", "ooo", ("/nothing", DEVICE, "/"), "UnknownConnection"),
            ("ActivateConnection", "ooo", (f"{ROOT}/Settings/1", "/nothing", "/"), "UnknownDevice"),
            ("ActivateConnection", "ooo", (f"{ROOT}/Settings/1", DEVICE, "/nothing"), "UnknownConnection"),
            ("GetDeviceByIpIface", "s", ("wlan7",), "UnknownDevice"),
        ):
            with pytest.raises(Refused, match=error):
                await rig.caller.call(ROOT, NM, member, signature, *body)


async def test_a_program_that_only_looks_changes_nothing(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        async with calling(bus_address, NM) as other:
            assert await other.call(ROOT, NM, "state") == 70
            assert await other.call(ROOT, NM, "CheckConnectivity") == 4
        await rig.at_home()
