"""What a camera tells of itself over Bluetooth, on or asleep, and what becomes of nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.errors import InvalidValue, LinkLost, NotSupported, RefusedError, RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import StatusTag, WifiState
from remotelens.transport.ble.gatt import GattLink
from tests.remotelens.camera.ble.bench import Bench, bench_on


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(tmp_path) as bench:
        yield bench


@pytest.mark.parametrize("power", ["on", "standby"])
async def test_everything_is_told_also_by_a_camera_that_sleeps(tmp_path: Path, power: str) -> None:
    async with bench_on(tmp_path, power=power) as bench:
        readings = bench.remote.readings
        (pack,) = [pack for pack in (await readings.battery()).packs if pack.in_use]
        assert (pack.percent, pack.state) == (86, 5)
        assert [slot.shots_left for slot in (await readings.media()).slots] == [2173, None]
        status = await readings.camera_status()
        assert status.wifi is WifiState.TERMINATED
        assert status.flag(StatusTag.CLOCK_SET) is True
        assert (await readings.model(), await readings.firmware()) == ("DSC-QX10", "3.00")
        assert await readings.friendly_name() == "DSC-QX10"


async def test_a_name_that_was_given_is_told(bench: Bench) -> None:
    await bench.remote.readings.rename("north window")
    assert await bench.remote.readings.friendly_name() == "north window"


@pytest.mark.parametrize("name", ["", "x" * 33, "Kamera für drinnen", "two\nlines"])
async def test_what_is_no_name_is_refused_before_anything_is_sent(bench: Bench, name: str) -> None:
    with pytest.raises(InvalidValue):
        await bench.remote.readings.rename(name)


async def test_older_bodies_lack_some_of_it(tmp_path: Path) -> None:
    async with bench_on(tmp_path, older=True) as bench:
        assert await bench.remote.readings.model() == "DSC-QX10"
        for reading in (bench.remote.readings.battery(), bench.remote.readings.media()):
            with pytest.raises(NotSupported, match="the camera has no"):
                await reading


@pytest.mark.parametrize("value", [b"", b"\xff", b"\x12\x00\x00\x02", bytes(300)])
async def test_nonsense_is_an_error_that_names_camera_and_value(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, value: bytes
) -> None:
    async def read(self: GattLink, uuid: str, what: str = "") -> bytes:
        return value

    monkeypatch.setattr(GattLink, "read", read)
    for reading in (bench.remote.readings.battery(), bench.remote.readings.media()):
        with pytest.raises(RemoteProtocolError, match="cannot be understood") as caught:
            await reading
        assert caught.value.camera == bench.remote.name
        assert caught.value.remedy is not None


async def test_a_refusal_and_a_lost_link_are_told_as_such(bench: Bench) -> None:
    bench.camera.scenario.launch_sticks = True
    with pytest.raises(RefusedError) as caught:
        await bench.remote.readings._read(uuids.SSID, "the network's name", bytes)
    assert caught.value.code == 0x9D
    bench.camera.lose_link()
    with pytest.raises(LinkLost):
        await bench.remote.readings.battery()
