"""The Wi-Fi hand-over with an emulated camera."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from remotelens.clock import RealClock
from remotelens.errors import (
    BatteryLow,
    CardFull,
    LinkLost,
    LinkTimeout,
    NotAvailableNow,
    NotSupported,
    RefusedError,
    RemoteProtocolError,
)
from remotelens.link import handover as handover_module
from remotelens.link import wifi_state
from remotelens.link.ble_stages import WifiNotUp
from remotelens.link.handover import hand_over, network_now
from remotelens.link.pair import BleLink, pair
from remotelens.link.wifi_switch import WifiSwitch
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import SMARTPHONE_CONTROL_ON
from remotelens.transport.ble.gatt import GattLink
from remotelens.transport.join.joiner import WifiCredentials
from tests.remotelens.link.ble_rig import Rig, rigged

EXPECTED = WifiCredentials("DIRECT-abQ0:DSC-QX10", "s3cretKy", "AA:BB:CC:DD:EE:01")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as rig:
        yield rig


@asynccontextmanager
async def linked(rig: Rig) -> AsyncIterator[BleLink]:
    async with await pair(rig.camera.address, rig.adapter, rig.store) as link:
        yield link


async def test_a_standby_camera_is_woken_and_hands_over(rig: Rig) -> None:
    await rig.switch_on()
    assert rig.body.power == "standby"
    async with linked(rig) as link:
        assert await hand_over(link) == EXPECTED
    assert (rig.body.power, rig.body.wifi, rig.body.launches) == ("on", "launched", 1)
    assert "s3cretKy" not in repr(EXPECTED)


async def test_a_wifi_that_is_up_is_not_started_again(rig: Rig) -> None:
    await rig.switch_on()
    rig.body.power, rig.body.wifi = "on", "launched"
    async with linked(rig) as link:
        assert await hand_over(link) == EXPECTED
    assert rig.body.launches == 0
    assert "write CC08" not in rig.requests()


async def test_older_bodies_hand_over_by_their_own_status(rig: Rig) -> None:
    await rig.switch_on(older=True)
    async with linked(rig) as link:
        assert await hand_over(link) == EXPECTED


async def test_a_missing_card_is_told_as_such(rig: Rig) -> None:
    await rig.switch_on()
    rig.body.card.present = False
    async with linked(rig) as link:
        for _ in range(2):  # the second time the old error stands already
            with pytest.raises(CardFull, match="memory card") as caught:
                await hand_over(link)
            assert caught.value.code == 1
        rig.body.card.present = True
        assert await hand_over(link) == EXPECTED


async def test_a_failure_that_nothing_explains_keeps_the_cameras_reason(rig: Rig) -> None:
    await rig.switch_on()

    async def fail() -> None:
        rig.body.change("wifi", wifi_error=7)

    rig.body.wifi_on = fail  # type: ignore[method-assign]  # the double's body does what the test says
    async with linked(rig) as link:
        with pytest.raises(NotAvailableNow, match="its reason 7") as caught:
            await hand_over(link)
    assert caught.value.code == 7


async def test_a_battery_about_to_end_is_told_as_such(rig: Rig) -> None:
    await rig.switch_on()
    rig.body.battery_ratio = 0.0

    async def fail() -> None:
        rig.body.change("wifi", wifi_error=4)

    rig.body.wifi_on = fail  # type: ignore[method-assign]  # the double's body does what the test says
    async with linked(rig) as link:
        with pytest.raises(BatteryLow) as caught:
            await hand_over(link)
    assert caught.value.code == 4


async def test_a_wifi_that_never_comes_up_ends_at_the_limit(rig: Rig) -> None:
    await rig.switch_on()

    async def hang() -> None:
        rig.body.change("wifi", wifi="launching")

    rig.body.wifi_on = hang  # type: ignore[method-assign]  # the double's body does what the test says

    class Impatient(RealClock):
        def timeout(self, seconds: float | None) -> asyncio.Timeout:
            return super().timeout(0.3 if seconds == 30 else seconds)

    async with linked(rig) as link:
        with pytest.raises(WifiNotUp, match="did not come up within 30 s"):
            await hand_over(link, clock=Impatient())
        assert link.gatt.is_connected


@pytest.mark.parametrize("characteristic", ["CC09", "CC08"])
async def test_a_link_that_drops_on_the_way_is_lost(rig: Rig, characteristic: str) -> None:
    camera = await rig.switch_on()
    async with linked(rig) as link:
        before = len(rig.requests())
        handing = asyncio.create_task(hand_over(link))
        async with asyncio.timeout(5):
            while not any(item.endswith(characteristic) for item in rig.requests()[before:]):  # noqa: ASYNC110
                await asyncio.sleep(0)
            rig.air.drop(camera.address)
            with pytest.raises(LinkLost):
                await handing


class Script(GattLink):
    """A camera that answers from a table; notifications come when the switch is written."""

    def __init__(self, values: dict[str, list[bytes | Exception]], told: list[bytes] | None = None) -> None:
        self.camera = "scripted"
        self.lost = asyncio.Event()
        self.written: list[tuple[str, bytes]] = []
        self.refused: dict[str, int] = {}
        self._values = values
        self._told = told or []
        self._heard: Script.Heard | None = None

    class Heard:
        def __init__(self) -> None:
            self.queue: asyncio.Queue[bytes] = asyncio.Queue()

        async def next(self) -> bytes:
            return await self.queue.get()

    def offers(self, uuid: str) -> bool:
        return uuid in self._values

    async def read(self, uuid: str, what: str = "") -> bytes:
        del what
        answers = self._values.get(uuid)
        if not answers:
            raise NotSupported("no such characteristic")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def write(self, uuid: str, data: bytes, what: str = "") -> None:
        del what
        self.written.append((uuid, data))
        if uuid in self.refused:
            raise RefusedError("refused", code=self.refused[uuid])
        if self._heard is not None:
            for value in self._told:
                self._heard.queue.put_nowait(value)
            self._told = []

    @asynccontextmanager
    async def notifications(self, uuid: str, what: str = "") -> AsyncIterator[Heard]:  # type: ignore[override]
        del uuid, what
        self._heard = self._heard or Script.Heard()
        yield self._heard


IDLE = bytes.fromhex("0400010000")
LAUNCHED = bytes.fromhex("0400010200")
SSID = b"\x16\0\0DIRECT-abQ0:DSC-QX10"
KEY = b"\x0a\0\0s3cretKy"


def _values(**more: list[bytes | Exception]) -> dict[str, list[bytes | Exception]]:
    values: dict[str, list[bytes | Exception]] = {
        uuids.CAMERA_STATUS: [IDLE, IDLE, LAUNCHED],
        uuids.WIFI_SWITCH: [b""],
        uuids.SSID: [SSID],
        uuids.KEY: [KEY],
        uuids.BSSID: [b"AA:BB:CC:DD:EE:01"],
    }
    return values | {getattr(uuids, name): answers for name, answers in more.items()}


async def _link(script: Script, rig: Rig) -> BleLink:
    switch = WifiSwitch(script)
    return BleLink(await rig.find(), script, bonded_now=False, registered_now=False, wifi=switch)


async def _run(script: Script, rig: Rig) -> WifiCredentials:
    return await hand_over(await _link(script, rig))


async def test_lost_notifications_are_made_up_for_by_reading(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wifi_state, "ASK_AGAIN_S", 0.02)
    await rig.switch_on()
    assert await _run(Script(_values()), rig) == EXPECTED


async def test_malformed_and_foreign_notifications_are_passed_over(rig: Rig) -> None:
    await rig.switch_on()
    told = [b"", b"\xff\xff", bytes.fromhex("03000801"), bytes.fromhex("0400010100"), LAUNCHED]
    assert await _run(Script(_values(), told), rig) == EXPECTED


async def test_an_error_from_before_our_request_is_not_ours(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wifi_state, "ASK_AGAIN_S", 0.02)
    await rig.switch_on()
    stale = bytes.fromhex("0400010001")
    assert await _run(Script(_values(CAMERA_STATUS=[stale, stale, stale, LAUNCHED])), rig) == EXPECTED


async def test_credentials_that_come_a_moment_later_are_waited_for(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover_module, "READ_AGAIN_S", 0.0)
    await rig.switch_on()
    late = RefusedError("not now", code=0x9D)
    assert await _run(Script(_values(SSID=[late, late, SSID], KEY=[late, KEY]), [LAUNCHED]), rig) == EXPECTED


@pytest.mark.parametrize(
    "bssid", [[RefusedError("no", code=0x9D)], [b"\xff\xff"], [b"not an address"], [b""]]
)
async def test_an_access_point_without_a_known_address_will_do(
    rig: Rig, bssid: list[bytes | Exception]
) -> None:
    await rig.switch_on()
    credentials = await _run(Script(_values(BSSID=bssid), [LAUNCHED]), rig)
    assert credentials == WifiCredentials(EXPECTED.ssid, EXPECTED.key, None)


@pytest.mark.parametrize(
    ("ssid", "key"),
    [
        (b"\x02\0\0", KEY),
        (SSID, b"\x05\0\0abc"),
        (b"\x30\0\0short", KEY),
        (SSID, b"\x09\0\0\xff\xfe\xfd\xfc\xfb\xfa\xf9"),
        (b"\x0a\0\0DIRECT\0x", KEY),
        (b"\x0a\0\0DIRECT\nx", KEY),
        (SSID, b"\x0a\0\0abc\x1b5678"),
    ],
)
async def test_credentials_that_cannot_be_used_are_refused_without_showing_them(
    rig: Rig, ssid: bytes, key: bytes
) -> None:
    await rig.switch_on()
    with pytest.raises(RemoteProtocolError) as caught:
        await _run(Script(_values(SSID=[ssid], KEY=[key]), [LAUNCHED]), rig)
    assert "abc" not in str(caught.value)


async def test_bodies_with_a_menu_for_phone_control_are_told_of_it(rig: Rig) -> None:
    """Recorded on an ILME-FX3A: the answer was "failed", and the access point came up all the same."""
    await rig.switch_on()
    values = _values(CAPABILITIES=[bytes.fromhex("03000b01")], SMARTPHONE_CONTROL=[b""], SETTING_RESULT=[b""])
    script = Script(values, [bytes.fromhex("07000b0000000001"), LAUNCHED])
    assert await _run(script, rig) == EXPECTED
    assert script.written[0] == (uuids.SMARTPHONE_CONTROL, SMARTPHONE_CONTROL_ON)


async def test_a_camera_without_a_hand_over_says_what_to_do_instead(rig: Rig) -> None:
    await rig.switch_on()
    with pytest.raises(NotSupported, match="does not hand over"):
        await _run(Script({uuids.SSID: [SSID]}), rig)


async def test_a_camera_that_does_not_want_to_start_its_wifi_says_so(rig: Rig) -> None:
    await rig.switch_on()
    script = Script(_values())
    script.refused[uuids.WIFI_SWITCH] = 0x90
    with pytest.raises(NotAvailableNow, match="does not start its Wi-Fi now") as caught:
        await _run(script, rig)
    assert caught.value.code == 0x90


async def test_the_network_that_is_up_is_told_without_starting_any(rig: Rig) -> None:
    await rig.switch_on()
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        assert await network_now(link) is None
        assert rig.body.launches == 0
        credentials = await hand_over(link)
        assert await network_now(link) == credentials
        assert rig.body.launches == 1


async def test_a_network_that_goes_off_while_it_is_looked_at_is_none(rig: Rig) -> None:
    await rig.switch_on()
    gone = RefusedError("not now", code=0x9D)
    for values in (_values(SSID=[gone]), _values(KEY=[gone])):
        script = Script(values | {uuids.CAMERA_STATUS: [LAUNCHED]})
        async with asyncio.timeout(1):
            assert await network_now(await _link(script, rig)) is None


async def test_a_camera_that_keeps_its_network_to_itself_is_told_as_such(rig: Rig) -> None:
    await rig.switch_on()
    script = Script(_values(SSID=[RefusedError("not now", code=0x9D)]), [LAUNCHED])
    with pytest.raises(LinkTimeout, match=r"Wi-Fi is up, but its name and key were not told within 0\.05 s"):
        await hand_over(await _link(script, rig), timeout_s=0.05)


async def test_a_camera_without_a_hand_over_has_no_network_to_tell_of(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.switch_on()
    monkeypatch.setattr(uuids, "WIFI_SWITCH", uuids.sig(0xCCFF))
    async with await pair(await rig.find(), rig.adapter, rig.store) as link:
        with pytest.raises(NotSupported):
            await network_now(link)
