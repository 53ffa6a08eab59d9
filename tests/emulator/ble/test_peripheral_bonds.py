"""Bonds with a camera on the air: who gets one, what is closed without, and how long they last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from bumble import hci
from bumble.core import ProtocolError
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig

from emulator.ble.air import Air
from emulator.ble.peripheral import Peripheral
from emulator.clock import ScaledClock
from emulator.journal import Journal
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.cameras import HOST_2, QUICK, bonded, code_of, happened, on_air
from tests.emulator.ble.central import host_on
from tests.emulator.ble.double import DoubleBody


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
