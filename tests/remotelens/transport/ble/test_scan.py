"""Hearing what advertises."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bleak.backends.scanner import AdvertisementData

from emulator.ble.air import Air
from remotelens.errors import ConnectFailed, LinkLost, MissingComponent
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.scan import MOST_UNREAD, Sightings, scanning
from tests.remotelens.transport.ble.gadget import ADDRESS, COMPANY_ID, Gadget


async def test_a_device_is_heard_with_what_it_says(adapter: Adapter, gadget: Gadget) -> None:
    async with scanning(adapter) as sightings, asyncio.timeout(5):
        async for sighting in sightings:
            if sighting.name is not None:
                break
    assert sighting.address == ADDRESS
    assert sighting.name == "gadget"
    assert sighting.manufacturer_data == {COMPANY_ID: b"\x01\x02"}
    assert sighting.rssi < 0
    assert sighting.device.address == ADDRESS


async def test_nothing_is_open_after_a_scan(adapter: Adapter, gadget: Gadget, air: Air) -> None:
    async with scanning(adapter):
        assert air.hosts == 1
    async with asyncio.timeout(5):
        while air.hosts:  # noqa: ASYNC110 - the air tells nobody when a host has gone
            await asyncio.sleep(0)


async def test_a_controller_that_goes_away_ends_the_scan_with_an_error(
    adapter: Adapter, gadget: Gadget, air: Air
) -> None:
    async with scanning(adapter) as sightings:
        await air.close()
        with pytest.raises(LinkLost, match=r"went away: hci:tcp:127\.0\.0\.1:\d+ has ended"):
            await asyncio.wait_for(_listen(sightings), 5)


async def test_no_controller_is_one_clear_error(tmp_path: Path) -> None:
    adapter = Adapter.parse("hci:tcp:127.0.0.1:1", keys_path=tmp_path / "hci.json")
    with pytest.raises(ConnectFailed, match=r"no HCI controller at hci:tcp:127\.0\.0\.1:1") as caught:
        async with scanning(adapter):
            pass
    assert caught.value.remedy


async def test_no_bluetooth_of_the_system_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent:
        def __init__(self, *_: object, **__: object) -> None: ...

        async def __aenter__(self) -> None:
            raise FileNotFoundError(2, "No such file or directory")

        async def __aexit__(self, *_: object) -> None: ...

    monkeypatch.setattr(Adapter, "scanner", Absent)
    with pytest.raises(MissingComponent, match="cannot be reached") as caught:
        async with scanning(Adapter.parse("system")):
            pass
    assert caught.value.remedy


async def test_a_slow_reader_loses_adverts_and_not_the_end(adapter: Adapter, gadget: Gadget) -> None:
    async with scanning(adapter) as running, asyncio.timeout(5):
        seen = await anext(running)
    assert seen.device.address == ADDRESS
    sightings = Sightings()
    adv = AdvertisementData(None, {}, {}, [], None, -50, ())
    for _ in range(MOST_UNREAD + 5):
        sightings.hear(seen.device, adv)
    sightings.end("unplugged")
    for _ in range(MOST_UNREAD):
        await anext(sightings)
    with pytest.raises(LinkLost, match="unplugged"):
        await anext(sightings)


async def _listen(sightings: Sightings) -> None:
    async for _ in sightings:
        pass
