"""The generic services: the model's name first of all, and Service Changed."""

from __future__ import annotations

import asyncio

from emulator.ble.air import Air
from emulator.ble.generic import Generic
from emulator.ble.radio import Radio
from tests.emulator.ble.central import LIMIT_S, host_on
from tests.emulator.ble.test_radio import ADDRESS, radio_on


async def test_the_name_can_be_read_without_a_bond_and_changes_are_indicated(air: Air) -> None:
    made: list[Generic] = []

    def fill(radio: Radio) -> None:
        made.append(Generic(radio.device, "DSC-QX100"))

    async with asyncio.timeout(LIMIT_S), radio_on(air, fill), host_on(air) as host:
        link = await host.connect(ADDRESS)
        assert await link.read(0x2A00) == b"DSC-QX100"
        changed = await link.subscribe(0x2A05)
        await made[0].services_changed()
        assert await changed.get() == "01 00 ff ff"
