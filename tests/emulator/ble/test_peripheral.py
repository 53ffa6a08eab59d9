"""A camera on the air and hosts with stacks of their own, over real HCI on TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bumble import hci
from bumble.att import ATT_PDU, ATT_Error
from bumble.core import UUID, AdvertisingData, ProtocolError
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig

from emulator.ble.air import Air
from emulator.ble.controller import SUPERVISION_TIMEOUT
from emulator.ble.gatt import POWERED_OFF, USER_TERMINATED
from emulator.ble.peripheral import Peripheral, PeripheralOptions
from emulator.clock import ScaledClock
from emulator.journal import Journal
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.central import LIMIT_S, Central, Link, host_on, manufacturer_data
from tests.emulator.ble.double import DoubleBody
from tests.emulator.ble.test_adverts import ON_WAKEABLE, PAIRING, STANDBY

QUICK = PeripheralOptions(
    advertising_interval_ms=20, unencrypted_limit_s=36_000.0, pairing_closes_after_s=36_000.0
)
"""A slow machine must not run into the camera's limits, whose time runs fast here."""
HOST_1, HOST_2 = "C1:00:00:00:00:01", "C1:00:00:00:00:02"


@pytest.fixture(autouse=True)
async def limit() -> AsyncIterator[None]:
    """Nothing here may hang."""
    async with asyncio.timeout(LIMIT_S):
        yield


@asynccontextmanager
async def on_air(peripheral: Peripheral) -> AsyncIterator[Peripheral]:
    await peripheral.start()
    try:
        yield peripheral
    finally:
        await peripheral.close()


@asynccontextmanager
async def bonded(
    body: DoubleBody, air: Air, options: PeripheralOptions = QUICK
) -> AsyncIterator[tuple[Peripheral, Link]]:
    """Give a camera and a bonded, encrypted link to it."""
    async with on_air(Peripheral(body, air, options=options)) as camera, host_on(air) as host:
        link = await host.connect(camera.address)
        await link.pair()
        yield camera, link


def happened(journal: Journal, kind: str) -> asyncio.Event:
    """Return what is set once the journal tells this the next time."""
    event = asyncio.Event()
    journal.subscribe(lambda entry: event.set() if entry.kind == kind else None)
    return event


async def code_of(request: Awaitable[object]) -> int:
    """Return the ATT error that a request ends with."""
    with pytest.raises(ATT_Error) as caught:
        await request
    return int(caught.value.error_code)


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


VENDOR = {"8000FF00": 2, "8000CC00": 15, "8000DD00": 7, "8000EE00": 4}


async def test_the_database_has_the_services_in_the_order_of_the_bodies(body: DoubleBody, air: Air) -> None:
    async with on_air(Peripheral(body, air, options=QUICK)) as camera, host_on(air) as host:
        link = await host.connect(camera.address)

        services = link.peer.services
        assert [str(service.uuid)[:8] for service in services[2:]] == list(VENDOR)
        assert [len(service.characteristics) for service in services[2:]] == list(VENDOR.values())
        assert [service.uuid for service in services[:2]] == [
            UUID.from_16_bits(0x1800),
            UUID.from_16_bits(0x1801),
        ]
        assert await link.read(0x2A00) == b"DSC-QX10"
        for service in services:
            for characteristic in service.characteristics:
                assert len(characteristic.uuid.to_pdu_bytes()) == 2


async def test_without_a_bond_nothing_of_the_vendors_can_be_touched(body: DoubleBody, air: Air) -> None:
    async with on_air(Peripheral(body, air, options=QUICK)) as camera, host_on(air) as host:
        link = await host.connect(camera.address)

        assert await code_of(link.read(0xCC09)) == AttCode.INSUFFICIENT_ENCRYPTION
        assert await code_of(link.read(0xCC07)) == AttCode.INSUFFICIENT_ENCRYPTION
        assert await code_of(link.write(0xFF01, "01 07")) == AttCode.INSUFFICIENT_ENCRYPTION
        assert await code_of(link.write(0xCC08, "01")) == AttCode.INSUFFICIENT_ENCRYPTION
        assert await code_of(link.subscribe(0xCC09)) == AttCode.INSUFFICIENT_ENCRYPTION
        assert await code_of(link.subscribe(0xFF02)) == AttCode.INSUFFICIENT_ENCRYPTION
        assert (body.pressed, body.wifi) == ([], "off")


async def test_the_refusal_may_be_the_other_one_that_was_seen(body: DoubleBody, air: Air) -> None:
    options = replace(QUICK, unbonded_code=AttCode.INSUFFICIENT_AUTHENTICATION)
    async with on_air(Peripheral(body, air, options=options)) as camera, host_on(air) as host:
        link = await host.connect(camera.address)

        assert await code_of(link.read(0xCC09)) == AttCode.INSUFFICIENT_AUTHENTICATION


async def test_pairing_makes_a_bond_closes_the_screen_and_opens_the_values(
    body: DoubleBody, air: Air
) -> None:
    async with bonded(body, air) as (camera, link):
        assert camera.bonded
        assert not camera.pairing_open
        assert link.connection.is_encrypted
        assert link.connection.sc
        assert (await link.read(0xCC0B), await link.read(0xCC0A)) == (b"DSC-QX10", b"3.00")
        assert len(await link.read(0xCC09)) == 43


async def test_a_value_longer_than_the_mtu_is_read_in_parts(body: DoubleBody, air: Air) -> None:
    async with on_air(Peripheral(body, air, options=QUICK)) as camera, host_on(air) as host:
        connection = await host.device.connect(hci.Address(camera.address))
        await connection.pair()
        assert connection.att_mtu == 23
        (value,) = await connection.gatt_client.read_characteristics_by_uuid(UUID.from_16_bits(0xCC10), None)
        assert len(value) == 19
        handle = (await host_characteristics(connection))[0xCC09]
        assert len(await connection.gatt_client.read_value(handle)) == 43


async def host_characteristics(connection: object) -> dict[int, int]:
    from bumble.device import Connection, Peer

    assert isinstance(connection, Connection)
    peer = Peer(connection)
    await peer.discover_all()
    return {
        int.from_bytes(item.uuid.to_pdu_bytes(), "little"): item.handle
        for service in peer.services
        for item in service.characteristics
    }


async def test_the_whole_hand_over_wakes_the_camera_and_gives_the_credentials(
    body: DoubleBody, air: Air, journal: Journal
) -> None:
    async with bonded(body, air) as (_, link):
        registered = await link.subscribe(0xEE03)
        await link.write(0xEE01, "06 08 01 00 00 00 00")
        assert await registered.get() == "03 08 01 01"
        status = await link.subscribe(0xCC09)
        assert await code_of(link.read(0xCC06)) == AttCode.NOT_AVAILABLE_NOW

        await link.write(0xCC08, "01")

        assert await status.get() == "04 00 01 01 00"
        assert await status.get() == "04 00 01 02 00"
        assert body.power == "on"
        assert await link.read(0xCC06) == b"\x16\0\0DIRECT-abQ0:DSC-QX10"
        assert await link.read(0xCC07) == b"\x0a\0\0s3cretKy"
        assert await link.read(0xCC0C) == b"AA:BB:CC:DD:EE:01"
    requests = [entry.data["method"] for entry in journal.entries() if entry.kind == "request"]
    assert requests[0] == "write EE01"
    assert requests[-3:] == ["read CC06", "read CC07", "read CC0C"]
    assert "s3cretKy" not in str([entry.data for entry in journal.entries()])


def packets_to(link: Link, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the ATT packets from the camera, as they come in from now on."""
    names: list[str] = []
    client = link.connection.gatt_client
    take = client.on_gatt_pdu

    def note(packet: ATT_PDU) -> None:
        names.append(packet.name)
        take(packet)

    monkeypatch.setattr(client, "on_gatt_pdu", note)
    return names


async def test_a_still_over_the_remote_is_answered_first_and_told_afterwards(
    body: DoubleBody, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    body.power = "on"
    async with bonded(body, air) as (_, link):
        told = await link.subscribe(0xFF02)
        await link.write(0xFF01, "01 07")
        assert await told.get() == "02 3f 20"
        packets = packets_to(link, monkeypatch)
        await link.write(0xFF01, "01 09")
        assert await told.get() == "02 a0 20"
        assert packets[:2] == ["ATT_WRITE_RESPONSE", "ATT_HANDLE_VALUE_NOTIFICATION"]
        assert await told.get() == "02 a0 00"
        await link.write(0xFF01, "01 08")
        await link.write(0xFF01, "01 06")
        assert await told.get() == "02 3f 00"
    assert body.pressed == [("half", 0), ("full", 0)]
    assert body.released == ["full", "half"]


async def test_an_unknown_command_is_answered_and_then_the_link_ends(body: DoubleBody, air: Air) -> None:
    body.power = "on"
    async with bonded(body, air) as (_, link):
        assert await code_of(link.write(0xFF01, "01 05")) == AttCode.UNKNOWN_COMMAND
        assert await link.ended == USER_TERMINATED


async def test_what_cannot_be_read_or_written_is_refused_by_name(body: DoubleBody, air: Air) -> None:
    async with bonded(body, air) as (_, link):
        assert await code_of(link.read(0xFF02)) == 0x02
        assert await code_of(link.write(0xCC0B, "00")) == 0x03


async def test_buttons_are_released_when_the_host_is_lost(
    body: DoubleBody, air: Air, journal: Journal
) -> None:
    body.power = "on"
    async with bonded(body, air) as (camera, link):
        await link.write(0xFF01, "01 07")
        unlinked = happened(journal, "disconnected")
        air.drop(camera.address)
        assert await link.ended == SUPERVISION_TIMEOUT
        await unlinked.wait()
    assert body.released == ["half"]


async def test_pairing_outside_the_screen_is_refused(body: DoubleBody, air: Air) -> None:
    async with on_air(Peripheral(body, air, pairing="closed", options=QUICK)) as camera, host_on(air) as host:
        link = await host.connect(camera.address)

        with pytest.raises(ProtocolError, match="PAIRING_NOT_SUPPORTED"):
            await link.pair()
        assert not camera.bonded
        assert await code_of(link.read(0xCC09)) == AttCode.INSUFFICIENT_ENCRYPTION


async def test_a_second_host_needs_the_screen_opened_again(body: DoubleBody, air: Air) -> None:
    async with bonded(body, air) as (camera, first), host_on(air, HOST_2) as second:
        await first.connection.disconnect()
        link = await second.connect(camera.address)
        with pytest.raises(ProtocolError):
            await link.pair()
        await link.connection.disconnect()

        camera.open_pairing()
        link = await second.connect(camera.address)
        await link.pair()
        assert await link.read(0xCC0B) == b"DSC-QX10"


async def test_cancel_on_the_camera_refuses_the_host(body: DoubleBody, air: Air) -> None:
    async with on_air(Peripheral(body, air, pairing="manual", options=QUICK)) as camera, host_on(air) as host:
        camera.open_pairing()
        camera.accept(False)
        link = await host.connect(camera.address)

        with pytest.raises(ProtocolError):
            await link.pair()
        assert not camera.bonded


async def test_the_bond_outlives_both_sides(
    body: DoubleBody, air: Air, clock: ScaledClock, tmp_path: Path
) -> None:
    path, keys = tmp_path / "bonds.json", MemoryKeyStore()
    async with (
        on_air(Peripheral(body, air, bonds_path=path, options=QUICK)) as camera,
        host_on(air, keys=keys) as host,
    ):
        link = await host.connect(camera.address)
        await link.pair()

    restarted = Peripheral(DoubleBody(clock), air, bonds_path=path, options=QUICK)
    async with on_air(restarted) as camera, host_on(air, keys=keys) as host:
        assert camera.bonded
        assert not camera.pairing_open
        link = await host.connect(camera.address)
        assert link.connection.is_encrypted
        assert await link.read(0xCC0B) == b"DSC-QX10"


async def test_a_host_without_secure_connections_can_pair_too(body: DoubleBody, air: Air) -> None:
    async with on_air(Peripheral(body, air, options=QUICK)) as camera, host_on(air) as host:
        host.device.pairing_config_factory = lambda connection: PairingConfig(
            sc=False,
            mitm=False,
            bonding=True,
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )
        link = await host.connect(camera.address)
        await link.pair()
        assert not link.connection.sc
        await link.connection.disconnect()

        link = await host.connect(camera.address)
        assert link.connection.is_encrypted
        assert await link.read(0xCC0B) == b"DSC-QX10"


async def test_a_bond_deleted_on_the_camera_fails_with_key_missing(body: DoubleBody, air: Air) -> None:
    keys = MemoryKeyStore()
    async with on_air(Peripheral(body, air, options=QUICK)) as camera, host_on(air, keys=keys) as host:
        link = await host.connect(camera.address)
        await link.pair()
        await link.connection.disconnect()

        await camera.forget_bonds()

        assert camera.pairing_open
        with pytest.raises(hci.HCI_Error, match="PIN_OR_KEY_MISSING"):
            await host.connect(camera.address)


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


async def test_a_camera_closed_in_the_middle_of_pairing_leaves_nothing_behind(
    body: DoubleBody, air: Air, journal: Journal
) -> None:
    camera = Peripheral(body, air, pairing="manual", options=QUICK)
    await camera.start()
    camera.open_pairing()
    async with host_on(air) as host:
        link = await host.connect(camera.address)
        asked = happened(journal, "pairing asked")
        pairing = asyncio.create_task(link.pair())
        await asked.wait()
        await camera.close()
        with pytest.raises((ProtocolError, asyncio.CancelledError)):
            await pairing
    assert not camera.bonded


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


async def test_an_older_body_hands_over_by_cc05(body: DoubleBody, air: Air) -> None:
    options = replace(QUICK, older=True)
    async with bonded(body, air, options) as (_, link):
        status = await link.subscribe(0xCC05)
        assert await link.read(0xCC05) == bytes.fromhex("04 00 00 02 04")
        await link.write(0xCC08, "01")
        assert await status.get() == "04 00 00 00 00"
        assert await status.get() == "04 00 00 01 00"
        assert await link.read(0xCC07) == b"\x0a\0\0s3cretKy"


async def test_a_position_reaches_the_body_through_prepared_writes(body: DoubleBody, air: Air) -> None:
    body.power = "on"
    packet = "005D0802FC03000010101015448648534EC55207EA0B17061E0F" + "00" * 65 + "021C0000"
    async with bonded(body, air) as (_, link):
        await link.write(0xDD30, "01")
        await link.write(0xDD31, "01")
        gatt_client = link.connection.gatt_client
        await gatt_client.write_long_value(link.characteristic(0xDD11).handle, bytes.fromhex(packet))
    assert body.position == (35.681236, 139.767125)


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
