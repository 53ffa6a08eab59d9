"""What happens to cameras in use: each time the link is ready again by itself, and says why it was not."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest

from remotelens.errors import WifiJoinFailed
from remotelens.link.status import LinkState
from tests.remotelens.link.kept import Kept, kept


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))


async def lost_and_found(it: Kept) -> None:
    """Wait until the link has been lost and is ready again, and see that the camera answers."""
    lost = await it.until(LinkState.LOST)
    assert lost.reason
    await it.until(LinkState.READY)
    await it.supervisor.api.call("camera", "getShootMode")


async def test_a_camera_whose_power_goes_and_comes_back_is_woken_again() -> None:
    async with kept() as it:
        assert [stage.partition(" ")[0] for stage in it.stages] == [
            "find", "pair", "wake", "join", "search", "reach",
        ]  # fmt: skip
        it.forget()
        await it.device.body.power_off()
        assert (await it.until(LinkState.LOST)).reason
        await it.device.body.power_on()
        await it.until(LinkState.READY)
        assert it.states.index("lost") < it.states.index("pairing") < it.states.index("waking")
        assert it.states[-1] == "ready"
        assert "search failed" not in it.stages  # its Bluetooth had gone too: nothing was searched in vain


async def test_a_camera_that_fell_asleep_is_woken() -> None:
    async with kept() as it:
        it.forget()
        await it.device.body.power_off(standby=True)
        await lost_and_found(it)
        assert it.device.body.power == "on"
        assert "wake ok" in it.stages


async def test_a_battery_swap_is_survived() -> None:
    async with kept() as it:
        it.forget()
        it.device.lose_link()  # no goodbye on either radio
        await it.device.body.power_off()
        await it.until(LinkState.LOST)
        it.device.body.battery_ratio = 1.0
        await it.device.body.power_on()
        await it.until(LinkState.READY)
        assert "connect ok" in it.stages


async def test_another_address_on_the_network_costs_a_search_and_no_more() -> None:
    async with kept() as it:
        before = it.device.description_url
        it.forget()
        await it.device.move()
        assert it.device.description_url != before
        await lost_and_found(it)
        assert it.stages[-2:] == ["search ok", "reach ok"]
        assert not {"find ok", "wake ok", "join ok"} & set(it.stages)


async def test_a_new_key_is_asked_for_over_bluetooth() -> None:
    async with kept() as it:
        it.forget()
        it.device.body.rename_key("aNewKey8")
        await it.device.expel()
        await lost_and_found(it)
        assert it.joiner.keys[-1] == "aNewKey8"
        assert it.joiner.keys[0] != "aNewKey8"
        assert it.stages[-4:] == ["wake ok", "join ok", "search ok", "reach ok"]
        assert "search failed" not in it.stages  # Bluetooth told that there was nothing to be found


async def test_a_wifi_that_was_switched_off_is_asked_for_again() -> None:
    async with kept() as it:
        it.forget()
        await it.device.body.wifi_off()
        await it.until(LinkState.BLE_ONLY)
        await it.until(LinkState.READY)
        assert any(status.next_try is not None for status in it.seen)
        assert not {"find ok", "search failed"} & set(it.stages)  # the Bluetooth connection stood, and told


async def test_a_bluetooth_link_that_drops_alone_changes_nothing() -> None:
    async with kept() as it:
        it.forget()
        link = it.road.ble_link
        assert link is not None
        it.device.lose_link()
        async with asyncio.timeout(10):
            await link.gatt.lost.wait()
        for _ in range(3):
            await it.supervisor.api.call("camera", "getShootMode")
        assert it.supervisor.status.state is LinkState.READY
        assert it.stages == []


async def test_the_bluetooth_link_is_made_again_for_who_asks_for_it() -> None:
    async with kept() as it:
        it.device.lose_link()
        assert it.road.ble_link is not None
        await it.road.ble_link.gatt.lost.wait()
        link = await it.road.bluetooth()
        assert link.gatt.is_connected
        assert await it.road.bluetooth() is link


async def test_a_camera_that_is_carried_away_and_back_is_ready_again() -> None:
    async with kept() as it:
        it.forget()
        assert it.emulator.air is not None
        it.emulator.air.space.put(it.device.radio().address, math.inf)
        await it.device.body.wifi_off()  # out of reach, as far as the host can tell
        await it.until(LinkState.LOST)
        await it.told(lambda status: status.attempt > 2)
        it.emulator.air.space.put(it.device.radio().address, 3.0)
        await it.until(LinkState.READY)


async def test_a_key_that_does_not_open_the_network_is_told_as_it_is() -> None:
    async with kept() as it:
        it.forget()
        it.device.radio().scenario.wrong_key = True
        it.device.body.rename_key("aNewKey8")
        await it.device.expel()
        await it.told(lambda status: status.attempt > 4 and "does not accept this key" in str(status.reason))
        it.device.radio().scenario.wrong_key = False
        await it.until(LinkState.READY)
        assert it.joiner.keys[-1] == "aNewKey8"


async def test_a_bond_that_the_camera_forgot_is_told_and_taken_up_when_it_is_made_again() -> None:
    async with kept() as it:
        it.forget()
        await it.device.forget_bonds()
        it.device.lose_link()
        await it.device.body.power_off(standby=True)
        await it.told(lambda status: "no longer knows this computer" in str(status.reason))
        it.road._again = True  # as `setup --again` says, while the camera's pairing screen is open
        await it.until(LinkState.READY)


async def test_a_wrong_key_is_one_clear_error_of_the_road() -> None:
    async with kept() as it:
        it.device.radio().scenario.wrong_key = True
        await it.road._wake()
        with pytest.raises(WifiJoinFailed, match="does not accept this key"):
            await it.road._join()
