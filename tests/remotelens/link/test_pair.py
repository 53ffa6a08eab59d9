"""Bonds with an emulated camera: made, reused, refused, forgotten."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic, Service
from bumble.hci import Address, OwnAddressType
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

from emulator.ble.controller import LeController
from remotelens.clock import RealClock
from remotelens.errors import CameraNotFound, ConnectFailed, LinkError, LinkLost, PairingRejected
from remotelens.link import pair as pair_module
from remotelens.link.pair import PairStep, check_pairing_open, pair
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.advert import Advert
from remotelens.protocol.ble.att import AttCode
from remotelens.transport.ble.bonds import BondRecord
from remotelens.transport.ble.bumble_backend import radio as radio_module
from tests.remotelens.link.ble_rig import Rig, rigged


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as rig:
        yield rig


async def test_a_new_bond_is_made_and_registered(rig: Rig) -> None:
    await rig.switch_on()
    steps: list[PairStep] = []
    async with await pair(rig.camera.address, rig.adapter, rig.store, on_step=steps.append) as link:
        assert (link.bonded_now, link.registered_now) == (True, True)
        assert await link.gatt.read(uuids.MODEL) == b"DSC-QX10"
    assert steps == [PairStep.FINDING, PairStep.BONDING, PairStep.REGISTERING, PairStep.READY]
    assert rig.camera.bonded
    assert rig.requests().count("write EE01") == 1
    record = await rig.store.get(rig.camera.address)
    assert record == BondRecord(rig.camera.address, "DSC-QX10", registered=True)


async def test_a_bond_is_reused_and_registered_no_second_time(rig: Rig) -> None:
    await rig.switch_on()
    async with await pair(await rig.find(), rig.adapter, rig.store):
        pass
    steps: list[PairStep] = []
    async with await pair(await rig.find(), rig.adapter, rig.store, on_step=steps.append) as link:
        assert (link.bonded_now, link.registered_now) == (False, False)
        assert await link.gatt.read(uuids.MODEL) == b"DSC-QX10"
    assert steps == [PairStep.CONNECTING, PairStep.READY]
    assert rig.requests().count("write EE01") == 1
    assert rig.noted("pairing asked") == 1


async def test_bonds_survive_a_restart_of_the_camera(rig: Rig) -> None:
    from emulator.ble.peripheral import Peripheral

    bonds = rig.folder / "camera.json"
    first = Peripheral(rig.body, rig.air, bonds_path=bonds)
    await first.start()
    rig.cameras.append(first)
    async with await pair(first.address, rig.adapter, rig.store):
        pass
    await first.close()
    second = Peripheral(rig.body, rig.air, bonds_path=bonds)
    await second.start()
    rig.cameras.append(second)
    async with await pair(second.address, rig.adapter, rig.store) as link:
        assert not link.bonded_now


async def test_a_closed_pairing_screen_is_told_before_anything_is_sent(rig: Rig) -> None:
    await rig.switch_on("closed")
    rig.body.power = "on"
    camera = await rig.find()
    with pytest.raises(PairingRejected, match="no bond with the camera") as caught:
        await pair(camera, rig.adapter, rig.store)
    assert caught.value.remedy is not None
    assert "MENU, Network, Bluetooth, Pairing" in caught.value.remedy
    assert rig.noted("connected") == 0


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ("03006500553122bfc023b7ac2160000000000000", "pairing screen is not open"),
        ("03006500553121b00223b7ac", "switched off"),
    ],
)
async def test_why_a_camera_takes_no_bond_is_read_from_its_advert(
    rig: Rig, payload: str, message: str
) -> None:
    await rig.switch_on()
    camera = replace(await rig.find(), advert=Advert.parse(bytes.fromhex(payload)))
    with pytest.raises(PairingRejected, match=message):
        check_pairing_open(camera)


async def test_cancel_on_the_camera_is_a_refusal(rig: Rig) -> None:
    camera = await rig.switch_on("manual")
    camera.open_pairing()
    found = await rig.find()
    camera.accept(False)
    with pytest.raises(PairingRejected, match="did not take the bond") as caught:
        await pair(found, rig.adapter, rig.store)
    assert caught.value.code == 0x05
    assert await rig.store.get(camera.address) is None
    async with asyncio.timeout(5):
        while camera.connected:  # noqa: ASYNC110 - the camera tells nobody
            await asyncio.sleep(0)
    camera.accept(True)
    async with await pair(found, rig.adapter, rig.store) as link:
        assert link.bonded_now


async def test_a_bond_that_the_camera_has_forgotten_is_explained_and_repaired(rig: Rig) -> None:
    camera = await rig.switch_on()
    async with await pair(camera.address, rig.adapter, rig.store):
        pass
    await camera.forget_bonds()
    with pytest.raises(PairingRejected, match="no longer knows this computer") as caught:
        await pair(await rig.find(), rig.adapter, rig.store)
    assert caught.value.remedy is not None
    assert "--again" in caught.value.remedy
    steps: list[PairStep] = []
    async with await pair(await rig.find(), rig.adapter, rig.store, again=True, on_step=steps.append) as link:
        assert (link.bonded_now, link.registered_now) == (True, True)
    assert steps[0] is PairStep.FORGETTING
    assert rig.requests().count("write EE01") == 2


async def test_a_bond_that_was_cut_off_in_the_making_is_made_anew(rig: Rig) -> None:
    camera = await rig.switch_on()
    async with await pair(camera.address, rig.adapter, rig.store):
        pass
    await camera.forget_bonds()
    await rig.store.forget(camera.address)
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        assert (link.bonded_now, link.registered_now) == (True, True)


async def test_a_bond_that_this_host_has_lost_is_explained(rig: Rig) -> None:
    camera = await rig.switch_on()
    async with await pair(camera.address, rig.adapter, rig.store):
        pass
    (rig.folder / "hci.json").unlink()
    with pytest.raises(PairingRejected, match="this computer has no bond"):
        await pair(await rig.find(), rig.adapter, rig.store)


async def test_again_without_a_bond_is_an_ordinary_pairing(rig: Rig) -> None:
    await rig.switch_on()
    async with await pair(await rig.find(), rig.adapter, rig.store, again=True) as link:
        assert link.bonded_now


async def test_a_camera_that_does_not_answer_the_registration_is_taken_at_its_word(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_module, "REGISTRATION_LIMIT_S", 0.05)
    await rig.switch_on(registration_answers=False)
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        assert link.registered_now


async def test_a_registration_that_was_interrupted_is_made_up_for(rig: Rig) -> None:
    camera = await rig.switch_on()
    async with await pair(camera.address, rig.adapter, rig.store):
        pass
    await rig.store.forget(camera.address)
    async with await pair(camera.address, rig.adapter, rig.store) as link:
        assert (link.bonded_now, link.registered_now) == (False, True)


async def test_bodies_that_change_their_services_on_reconnecting_are_coped_with(rig: Rig) -> None:
    camera = await rig.switch_on(services_changed=True)
    for _ in range(2):
        async with await pair(camera.address, rig.adapter, rig.store) as link:
            assert await link.gatt.read(uuids.MODEL) == b"DSC-QX10"


@pytest.mark.parametrize("code", [AttCode.INSUFFICIENT_AUTHENTICATION, AttCode.INSUFFICIENT_ENCRYPTION])
async def test_bodies_of_either_refusal_pair(rig: Rig, code: AttCode) -> None:
    await rig.switch_on(unbonded_code=code)
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        assert await link.gatt.read(uuids.MODEL) == b"DSC-QX10"


async def test_older_bodies_pair(rig: Rig) -> None:
    await rig.switch_on(older=True, location=False)
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        assert link.registered_now


async def test_an_absent_camera_is_not_found(rig: Rig) -> None:
    with pytest.raises(CameraNotFound):
        await pair("DSC-QX10", rig.adapter, rig.store, timeout_s=0.1)


async def test_the_whole_has_a_time_limit(rig: Rig) -> None:
    camera = await rig.switch_on("manual")
    camera.open_pairing()
    found = await rig.find()

    class Impatient(RealClock):
        def timeout(self, seconds: float | None) -> asyncio.Timeout:
            return super().timeout(0.3 if seconds is not None and 76 < seconds <= 77 else seconds)

    with pytest.raises(ConnectFailed, match="no bond within 77 s"):
        await pair(found, rig.adapter, rig.store, timeout_s=77, clock=Impatient())


async def _until_asked(rig: Rig) -> None:
    while not rig.camera.pairing_asked:  # noqa: ASYNC110 - the camera tells nobody
        await asyncio.sleep(0)


async def test_a_cancelled_pairing_leaves_no_connection(rig: Rig) -> None:
    camera = await rig.switch_on("manual")
    camera.open_pairing()
    pairing = asyncio.create_task(pair(await rig.find(), rig.adapter, rig.store))
    async with asyncio.timeout(5):
        await _until_asked(rig)
        pairing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pairing
        while camera.connected or rig.air.hosts:  # noqa: ASYNC110 - neither tells anybody
            await asyncio.sleep(0)


async def test_a_link_that_drops_while_somebody_reaches_for_ok_is_an_error(rig: Rig) -> None:
    camera = await rig.switch_on("manual")
    camera.open_pairing()
    pairing = asyncio.create_task(pair(await rig.find(), rig.adapter, rig.store))
    async with asyncio.timeout(5):
        await _until_asked(rig)
        rig.air.drop(camera.address)
        with pytest.raises(LinkError):
            await pairing


async def test_an_emulator_that_dies_while_pairing_is_an_error(rig: Rig) -> None:
    camera = await rig.switch_on("manual")
    camera.open_pairing()
    pairing = asyncio.create_task(pair(await rig.find(), rig.adapter, rig.store))
    async with asyncio.timeout(5):
        await _until_asked(rig)
        await rig.air.close()
        with pytest.raises(LinkError):
            await pairing


async def test_the_link_says_when_it_is_lost(rig: Rig) -> None:
    camera = await rig.switch_on()
    async with await pair(camera.address, rig.adapter, rig.store) as link:
        rig.air.drop(camera.address)
        await asyncio.wait_for(link.gatt.lost.wait(), 5)
        with pytest.raises(LinkLost):
            await link.gatt.read(uuids.MODEL)


async def test_a_camera_that_goes_out_of_range_without_a_word_is_lost_in_the_middle_of_a_read(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(radio_module._LINK, "supervision_timeout", 200)  # ms; ours is 4 s
    await rig.switch_on()
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        rig.air.space.put(rig.camera.address, math.inf)  # nothing more arrives: supervision time-out
        with pytest.raises(LinkLost):
            await link.gatt.read(uuids.MODEL)
        assert link.gatt.lost.is_set()
    rig.air.space.put(rig.camera.address, 1.0)
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        assert await link.gatt.read(uuids.MODEL) == b"DSC-QX10"
    assert rig.noted("pairing asked") == 1


async def test_a_stranger_with_the_address_as_one_of_the_other_kind_is_not_taken_for_the_camera(
    rig: Rig,
) -> None:
    address = (await rig.switch_on()).address
    async with await pair(address, rig.adapter, rig.store):
        pass
    await rig.cameras.pop().close()
    stranger = LeController("stranger", rig.air.ether, address)
    device = Device(
        config=DeviceConfiguration(name="stranger", address=Address("C9:00:00:00:00:09")),
        host=Host(stranger, AsyncPipeSink(stranger)),
    )
    readable = Characteristic.Properties.READ, Characteristic.READABLE
    device.add_services([Service(uuids.CONTROL_SERVICE, [Characteristic(uuids.SSID, *readable, b"mine")])])
    await device.power_on()
    data = bytes.fromhex("13ff2d0103006500553122ef0021f00000000000")
    await device.start_advertising(
        own_address_type=OwnAddressType.PUBLIC,
        auto_restart=True,
        advertising_data=data,
        advertising_interval_min=20,
        advertising_interval_max=20,
    )
    async with rig.adapter.held():
        with pytest.raises(PairingRejected, match="no longer knows this computer"):
            await pair(address, rig.adapter, rig.store)
    await device.power_off()
    rig.air.ether.remove_controller(stranger)
    assert await rig.adapter.is_bonded(address)
