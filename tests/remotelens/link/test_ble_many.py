"""Several hosts and several cameras on one air: each host its own bonds, each camera one link at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from remotelens.camera.remote import over
from remotelens.errors import CameraNotFound
from remotelens.link.ble_find import find_ble
from remotelens.link.pair import BleLink, pair
from remotelens.protocol.ble import uuids
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.bonds import BondBook
from tests.emulator.ble.double import DoubleBody
from tests.remotelens.link.ble_rig import Rig, rigged


@dataclass
class Host:
    """A host with an identity and bonds of its own."""

    adapter: Adapter
    store: BondBook

    async def pair(self, address: str) -> BleLink:
        return await pair(address, self.adapter, self.store)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path, factor=10.0) as rig:
        for number in range(3):
            body = DoubleBody(rig.clock, camera_id=f"camera-{number}", bssid=f"AA:BB:CC:DD:EE:1{number}")
            await rig.switch_on(body=body)
            body.change("power", power="on")
        yield rig


def host(rig: Rig, name: str) -> Host:
    folder = rig.folder / name
    return Host(Adapter.parse(rig.air.adapter, keys_path=folder / "hci.json"), BondBook(folder / "book.json"))


async def bond_all(rig: Rig, *hosts: Host) -> None:
    for one in hosts:
        for camera in rig.cameras:
            if camera.bonded:
                camera.open_pairing()
            async with await one.pair(camera.address):
                pass


async def test_each_camera_keeps_the_bonds_of_several_hosts(rig: Rig) -> None:
    hosts = [host(rig, "one"), host(rig, "two")]
    await bond_all(rig, *hosts)
    for one in (*hosts, *hosts):
        for camera in rig.cameras:
            async with await one.pair(camera.address) as link:
                assert not link.bonded_now


async def test_two_hosts_use_three_cameras_at_the_same_time(rig: Rig) -> None:
    one, two = host(rig, "one"), host(rig, "two")
    await bond_all(rig, one, two)

    async def use(user: Host, address: str) -> int:
        async with await user.pair(address) as link, over(link) as remote:
            for _ in range(5):
                await remote.shutter.shoot()
                assert await link.gatt.read(uuids.MODEL) == b"DSC-QX10"
            return 5

    users = (one, one, two)
    taken = await asyncio.gather(
        *(use(user, camera.address) for user, camera in zip(users, rig.cameras, strict=True))
    )
    assert taken == [5, 5, 5]


async def test_whoever_connects_first_has_the_camera_until_it_lets_go(rig: Rig) -> None:
    one, two = host(rig, "one"), host(rig, "two")
    await bond_all(rig, one, two)
    wanted = rig.cameras[1].address
    async with await one.pair(wanted):
        heard = {camera.address for camera in await find_ble(two.adapter, timeout_s=0.4)}
        assert heard == {camera.address for camera in rig.cameras} - {wanted}
        with pytest.raises(CameraNotFound):
            await pair(wanted, two.adapter, two.store, timeout_s=0.4)
    async with await two.pair(wanted) as link:
        assert not link.bonded_now


async def test_a_camera_out_of_one_hosts_reach_is_used_by_the_other(rig: Rig) -> None:
    one, two = host(rig, "one"), host(rig, "two")
    await bond_all(rig, one, two)
    camera = rig.cameras[0]
    rig.air.space.put(camera.address, 20.0)
    (near, *_) = await find_ble(one.adapter, timeout_s=0.4)
    assert near.address != camera.address  # the nearest comes first
    async with await two.pair(camera.address) as link:
        assert link.camera.rssi < -80
