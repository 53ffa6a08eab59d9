"""The cameras' networks as a host's Wi-Fi meets them, and the bus that they are met on."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from emulator.access_points import AccessPoints
from emulator.ble.bus.networkmanager.networks import Admission
from emulator.rack import Emulator
from remotelens.errors import InvalidValue, MissingComponent


async def test_a_network_is_on_the_air_while_its_camera_keeps_it_up() -> None:
    async with Emulator(control=False) as emulator:
        camera = emulator.cameras[0]
        points = AccessPoints(lambda: emulator.cameras)
        points.watch(camera)
        changed = asyncio.Event()
        end = points.subscribe(changed.set)
        assert [network.ssid for network in points.on_air()] == [camera.ssid.encode()]
        await camera.body.power_off()
        assert changed.is_set()
        assert points.on_air() == []
        assert await points.join(camera.body.bssid, camera.key) is Admission.GONE
        end()


async def test_a_host_is_let_on_by_the_right_key_and_the_door_closes_behind_it() -> None:
    async with Emulator(ble=True, control=False) as emulator:
        camera = emulator.cameras[0]
        points = AccessPoints(lambda: emulator.cameras)
        await camera.body.power_on()
        await camera.body.wifi_on()
        assert await points.join("00:00:00:00:00:00", camera.key) is Admission.GONE
        assert await points.join(camera.body.bssid, "wr0ngKey") is Admission.WRONG_KEY
        assert not camera.reachable
        assert await points.join(camera.body.bssid, camera.key) is Admission.GRANTED
        assert camera.reachable
        await points.leave(camera.body.bssid)
        await points.leave(camera.body.bssid)
        assert not camera.reachable
        left = [entry.kind for entry in emulator.journal.entries() if entry.kind == "left"]
        assert left == ["left"]


def test_a_bus_without_bluetooth_is_refused() -> None:
    with pytest.raises(InvalidValue, match="--ble"):
        Emulator(dbus=True)


@pytest.mark.skipif(os.name == "nt", reason="programs are looked for by PATH alone elsewhere")
async def test_a_host_without_dbus_daemon_is_told_and_nothing_stays_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = asyncio.all_tasks()
    with pytest.raises(MissingComponent, match="dbus"):
        async with Emulator(ble=True, dbus=True):
            pass
    left = asyncio.all_tasks() - before
    assert not left, left
