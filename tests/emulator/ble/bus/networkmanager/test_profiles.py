"""Stored connections: what they show of themselves, and how long they last."""

from __future__ import annotations

import pytest

from tests.emulator.ble.bus.caller import Refused
from tests.emulator.ble.bus.networkmanager.rig import ACTIVE, CAMERA, KEY, NM, ROOT, rigged

SETTINGS = (f"{ROOT}/Settings", f"{NM}.Settings")
STORED = f"{NM}.Settings.Connection"


async def test_a_key_is_told_by_the_call_for_secrets_alone(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        active = await rig.join()
        stored = await rig.caller.get(active, ACTIVE, "Connection")
        settings = await rig.caller.call(stored, STORED, "GetSettings")
        assert settings["802-11-wireless"]["ssid"] == CAMERA.ssid
        assert KEY not in str(settings)
        secrets = await rig.caller.call(stored, STORED, "GetSecrets", "s", "802-11-wireless-security")
        assert secrets == {"802-11-wireless-security": {"psk": KEY}}
        with pytest.raises(Refused, match="SettingNotFound"):
            await rig.caller.call(stored, STORED, "GetSecrets", "s", "vpn")


async def test_a_volatile_one_is_gone_with_its_use(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        active = await rig.join()
        stored = await rig.caller.get(active, ACTIVE, "Connection")
        assert len(await rig.caller.call(*SETTINGS, "ListConnections")) == 2
        await rig.caller.until(active, ACTIVE, "State", 2)
        await rig.caller.call(ROOT, NM, "DeactivateConnection", "o", active)
        assert await rig.caller.hear("ConnectionRemoved") == [stored]
        assert await rig.caller.call(*SETTINGS, "ListConnections") == [f"{ROOT}/Settings/1"]


async def test_one_is_found_by_its_uuid(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        home = f"{ROOT}/Settings/1"
        settings = await rig.caller.call(home, STORED, "GetSettings")
        uuid = settings["connection"]["uuid"]
        assert await rig.caller.call(*SETTINGS, "GetConnectionByUuid", "s", uuid) == home
        with pytest.raises(Refused, match="InvalidConnection"):
            await rig.caller.call(*SETTINGS, "GetConnectionByUuid", "s", "none")
