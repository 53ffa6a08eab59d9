"""Bodies that are not at their best, without a stack and on the air."""

from __future__ import annotations

import asyncio

import pytest

from emulator.ble.air import Air
from emulator.ble.camera_control import CameraControl
from emulator.ble.controller import SUPERVISION_TIMEOUT
from emulator.ble.peripheral import Peripheral, PeripheralOptions
from emulator.ble.scenario import Scenario
from emulator.ble.values import Refusal
from emulator.clock import VirtualClock
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.central import LIMIT_S, host_on
from tests.emulator.ble.double import DoubleBody
from tests.emulator.ble.service import Told, read, write


class Bench:
    """The camera control service of a camera whose Wi-Fi is up, with a scenario in front of it."""

    def __init__(self, scenario: Scenario) -> None:
        self.told = Told()
        self.body = DoubleBody(VirtualClock(), power="on", wifi="launched")
        inner = CameraControl(self.body, scenario.tell(self.told.tell), self.told.spawn)
        self.service = scenario.service(inner)


def test_a_body_at_its_best_is_as_it_is_without_a_scenario() -> None:
    bench = Bench(Scenario())
    assert bytes.fromhex(read(bench.service, "CC07"))[3:] == b"s3cretKy"
    assert read(bench.service, "CC09").startswith("04 00 01 02 00")
    write(bench.service, "CC11", "06 00 00 62 6c 75 62")
    assert read(bench.service, "CC11") == "06 00 00 62 6c 75 62"


def test_a_launch_that_sticks_is_told_as_launching_and_keeps_the_credentials_back() -> None:
    bench = Bench(Scenario(launch_sticks=True))
    assert read(bench.service, "CC09").startswith("04 00 01 01 00")
    for name in ("CC06", "CC07", "CC0C"):
        with pytest.raises(Refusal) as caught:
            read(bench.service, name)
        assert caught.value.code == AttCode.NOT_AVAILABLE_NOW


def test_a_wrong_key_has_the_form_of_a_key() -> None:
    key = bytes.fromhex(read(Bench(Scenario(wrong_key=True)).service, "CC07"))
    assert key[:3] == b"\x0a\x00\x00"
    assert key[3:] == b"t4dsfuLz"


def test_a_bssid_that_cannot_be_read_leaves_the_rest_alone() -> None:
    bench = Bench(Scenario(no_bssid=True))
    with pytest.raises(Refusal):
        read(bench.service, "CC0C")
    assert bytes.fromhex(read(bench.service, "CC06"))[3:] == b"DIRECT-abQ0:DSC-QX10"


def test_focus_that_never_locks_is_never_told_and_all_else_is() -> None:
    told = Told()
    tell = Scenario(focus_never_locks=True).tell(told.tell)
    for value in ("02 3F 20", "02 A0 20", "02 3F 00"):
        tell(uuids.REMOTE_STATUS, bytes.fromhex(value))
    assert told.values == [("FF02", "02 a0 20"), ("FF02", "02 3f 00")]


def test_a_silent_registration_tells_nothing() -> None:
    told = Told()
    Scenario(silent_registration=True).tell(told.tell)(uuids.REGISTRATION_RESULT, b"\x03\x08\x01\x01")
    assert told.values == []


def test_a_scenario_may_be_changed_while_the_body_runs() -> None:
    scenario = Scenario()
    bench = Bench(scenario)
    scenario.launch_sticks = True
    assert read(bench.service, "CC09").startswith("04 00 01 01 00")
    scenario.launch_sticks = False
    assert read(bench.service, "CC09").startswith("04 00 01 02 00")


async def test_links_that_last_so_long_are_lost_then(body: DoubleBody, air: Air) -> None:
    camera = Peripheral(
        body,
        air,
        options=PeripheralOptions(advertising_interval_ms=20),
        scenario=Scenario(link_lasts_s=10.0),
    )
    await camera.start()
    try:
        async with asyncio.timeout(LIMIT_S), host_on(air) as host:
            link = await host.connect(camera.address)
            assert await link.ended == SUPERVISION_TIMEOUT
    finally:
        await camera.close()
