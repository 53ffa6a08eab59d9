"""A camera on the air: what it advertises, who is linked to it, and how a link ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from bumble import hci
from bumble.core import AdvertisingData
from bumble.keys import MemoryKeyStore

from emulator.ble.air import Air
from emulator.ble.gatt import POWERED_OFF, USER_TERMINATED
from emulator.ble.peripheral import Peripheral
from emulator.clock import ScaledClock
from emulator.journal import Journal
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.cameras import HOST_1, HOST_2, QUICK, bonded, code_of, happened, on_air
from tests.emulator.ble.central import Central, host_on, manufacturer_data
from tests.emulator.ble.double import DoubleBody
from tests.emulator.ble.test_adverts import ON_WAKEABLE, PAIRING, STANDBY


async def test_the_host_finds_the_name_and_the_advert_of_the_open_pairing_screen(
    body: DoubleBody, air: Air
) -> None:
    async with on_air(Peripheral(body, air, options=QUICK)) as camera, host_on(air) as host:
        found = await host.find()

        assert found.address.to_string(False) == camera.address
        assert found.address.is_static
        assert found.data.get(AdvertisingData.COMPLETE_LOCAL_NAME) == "DSC-QX10"
        assert camera.advert == bytes.fromhex(PAIRING)
        assert manufacturer_data(found) == bytes.fromhex(PAIRING)[9:]


async def advert_heard(host: Central, expected: str) -> None:
    """Return once the host has heard exactly this advert."""
    while manufacturer_data(await host.find()) != bytes.fromhex(expected)[9:]:
        pass


async def test_the_advert_follows_the_state(body: DoubleBody, air: Air) -> None:
    async with on_air(Peripheral(body, air, pairing="manual", options=QUICK)) as camera, host_on(air) as host:
        await advert_heard(host, STANDBY)
        body.change("power", power="on")
        await advert_heard(host, ON_WAKEABLE)
        camera.open_pairing()
        await advert_heard(host, PAIRING)
        camera.close_pairing()
        await advert_heard(host, ON_WAKEABLE)
        camera.enable_remote(False)
        await advert_heard(host, ON_WAKEABLE.replace("AF", "AD"))
        body.change("power", power="off")
        assert camera.advert is None
        await silence(host)


async def silence(host: Central) -> None:
    """See that nothing is heard for several advertising intervals, once what was on its way has come."""
    for _ in range(20):
        try:
            async with asyncio.timeout(0.2):
                await host.find()
        except TimeoutError:
            return
    pytest.fail("the camera goes on advertising")


async def test_a_connected_camera_does_not_advertise_and_comes_back_afterwards(
    body: DoubleBody, air: Air
) -> None:
    async with (
        on_air(Peripheral(body, air, options=QUICK)) as camera,
        host_on(air) as host,
        host_on(air, HOST_2) as other,
    ):
        link = await host.connect(camera.address)
        assert camera.connected
        assert camera.advert is None
        await silence(other)
        await link.connection.disconnect()
        await other.find(camera.address)


async def test_two_hosts_and_two_cameras_do_not_hear_each_other(air: Air, clock: ScaledClock) -> None:
    bodies = [
        DoubleBody(clock, camera_id=f"camera-{n}", bssid=f"AA:BB:CC:DD:EE:0{n}", key=f"key-of-{n}")
        for n in (1, 2)
    ]
    async with AsyncExitStack() as stack:
        cameras = [
            await stack.enter_async_context(on_air(Peripheral(body, air, options=QUICK))) for body in bodies
        ]
        hosts = [await stack.enter_async_context(host_on(air, address)) for address in (HOST_1, HOST_2)]
        assert len({camera.address for camera in cameras}) == 2

        async def road(camera: Peripheral, host: Central) -> bytes:
            link = await host.connect(camera.address)
            await link.pair()
            status = await link.subscribe(0xCC09)
            await link.write(0xCC08, "01")
            assert await status.get() == "04 00 01 01 00"
            assert await status.get() == "04 00 01 02 00"
            return await link.read(0xCC07)

        async with asyncio.TaskGroup() as group:
            roads = [group.create_task(road(*pair)) for pair in zip(cameras, hosts, strict=True)]
        assert [task.result()[3:] for task in roads] == [b"key-of-1", b"key-of-2"]


async def test_a_host_that_stays_without_encryption_is_dropped(body: DoubleBody, air: Air) -> None:
    options = replace(QUICK, unencrypted_limit_s=30.0)
    async with on_air(Peripheral(body, air, options=options)) as camera, host_on(air) as host:
        link = await host.connect(camera.address)

        assert await link.ended == USER_TERMINATED


async def test_closing_tells_the_host_that_the_camera_powers_off(body: DoubleBody, air: Air) -> None:
    camera = Peripheral(body, air, options=QUICK)
    await camera.start()
    async with host_on(air) as host:
        link = await host.connect(camera.address)
        await link.pair()
        await camera.close()
        await camera.close()
        assert await link.ended == POWERED_OFF


async def test_switching_off_ends_the_link_and_standby_does_not(body: DoubleBody, air: Air) -> None:
    async with bonded(body, air) as (_, link):
        body.change("power", power="on")
        body.change("power", power="standby")
        assert await code_of(link.write(0xFF01, "01 07")) == AttCode.REFUSED
        body.change("power", power="off")
        assert await link.ended == POWERED_OFF


async def test_newer_bodies_indicate_changed_services_to_a_bonded_host(body: DoubleBody, air: Air) -> None:
    keys = MemoryKeyStore()
    options = replace(QUICK, services_changed=True)
    async with on_air(Peripheral(body, air, options=options)) as camera, host_on(air, keys=keys) as host:
        link = await host.connect(camera.address)
        changed: asyncio.Queue[str] = asyncio.Queue()
        await link.characteristic(0x2A05).subscribe(lambda value: changed.put_nowait(bytes(value).hex(" ")))
        await link.pair()
        assert await changed.get() == "01 00 ff ff"


async def test_the_camera_reads_the_hosts_name_once(body: DoubleBody, air: Air, journal: Journal) -> None:
    async with bonded(body, air):
        pass

    assert [entry.data["name"] for entry in journal.entries() if entry.kind == "host name"] == ["host"]


async def test_the_journal_tells_the_story_of_a_link(body: DoubleBody, air: Air, journal: Journal) -> None:
    async with bonded(body, air) as (_, link):
        await link.read(0xCC0B)

    story = [entry.kind for entry in journal.entries(camera="camera-1") if entry.kind != "host name"]
    assert story[:6] == ["connected", "pairing asked", "pairing accepted", "encrypted", "bonds", "request"]
    assert story[-1] == "disconnected"


async def test_connecting_over_and_over_leaves_nothing_behind(
    body: DoubleBody, air: Air, journal: Journal
) -> None:
    keys = MemoryKeyStore()
    async with on_air(Peripheral(body, air, options=QUICK)) as camera, host_on(air, keys=keys) as host:
        link = await host.connect(camera.address)
        await link.pair()
        await link.connection.disconnect()
        for _ in range(30):
            unlinked = happened(journal, "disconnected")
            connection = await host.device.connect(hci.Address(camera.address))
            await connection.encrypt()
            await connection.disconnect()
            await unlinked.wait()
        assert not camera.connected
        assert not camera._limits
