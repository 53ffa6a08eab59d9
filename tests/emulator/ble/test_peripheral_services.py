"""What a bonded host reads, writes and is told on a camera on the air."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bumble import hci
from bumble.att import ATT_PDU
from bumble.core import UUID

from emulator.ble.air import Air
from emulator.ble.controller import SUPERVISION_TIMEOUT
from emulator.ble.gatt import USER_TERMINATED
from emulator.ble.peripheral import Peripheral
from emulator.journal import Journal
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.cameras import QUICK, bonded, code_of, happened, on_air
from tests.emulator.ble.central import Link, host_on
from tests.emulator.ble.double import DoubleBody

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
