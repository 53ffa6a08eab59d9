"""Find, pair, wake and hand over with the whole emulated camera behind the Bluetooth stage."""

from __future__ import annotations

import asyncio
from pathlib import Path

from emulator.ble.air import Air
from emulator.ble.peripheral import Peripheral
from emulator.body.camera import Body
from emulator.clock import ScaledClock
from emulator.journal import Journal
from emulator.profiles import load
from emulator.world import load_scene
from remotelens.link.ble_find import find_ble
from remotelens.link.handover import hand_over
from remotelens.link.pair import pair
from remotelens.transport.ble.adapter import Adapter, close_all
from remotelens.transport.ble.bonds import BondBook
from remotelens.transport.join.joiner import WifiCredentials


async def test_a_lens_camera_is_found_paired_woken_and_hands_over_its_network(tmp_path: Path) -> None:
    clock = ScaledClock(20.0)
    journal = Journal(clock)
    body = Body(load("DSC-QX10"), load_scene("bench", 0), clock, 0, 0, journal, pairing_ble=True)
    await body.start()
    air = Air(journal)
    await air.start()
    camera = Peripheral(body, air)
    await camera.start()
    adapter = Adapter.parse(air.adapter, keys_path=tmp_path / "hci.json")
    store = BondBook(tmp_path / "cameras.json")
    try:
        assert body.power == "standby"
        (found,) = await find_ble(adapter, timeout_s=1.0)
        assert found.name == "DSC-QX10"
        for bonded_now in (True, False):
            async with await pair(found if bonded_now else camera.address, adapter, store) as link:
                assert link.bonded_now is bonded_now
                credentials = await hand_over(link)
            assert credentials == WifiCredentials(body.ssid, body.key, body.bssid)
            assert (body.power, body.wifi) == ("on", "launched")
    finally:
        await close_all()
        await camera.close()
        await air.close()
        await body.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
