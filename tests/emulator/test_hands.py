import asyncio
from collections.abc import AsyncIterator

import pytest

from emulator.clock import VirtualClock
from emulator.hands import BUTTONS, Hands
from emulator.rack import Emulator
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow, WifiJoinFailed
from tests.emulator.wire import refused


class Reach:
    """Hands on one camera whose time stands still."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.hands = Hands(emulator)
        self.camera = emulator.cameras[0]

    async def pass_until(self, task: asyncio.Task[None]) -> None:
        while not task.done():
            await self.hands.advance(1.0)
        await task


@pytest.fixture
async def reach() -> AsyncIterator[Reach]:
    async with asyncio.timeout(30), Emulator(clock="virtual", control=False) as emulator:
        yield Reach(emulator)


@pytest.fixture
async def radio() -> AsyncIterator[Reach]:
    async with (
        asyncio.timeout(30),
        Emulator(clock="virtual", control=False, ble=True, pairing="manual") as emulator,
    ):
        yield Reach(emulator)


async def test_a_camera_is_found_by_its_id(reach: Reach) -> None:
    assert reach.hands.camera("qx10-1") is reach.camera
    with pytest.raises(CameraNotFound, match="there are qx10-1"):
        reach.hands.camera("qx10-7")


async def test_the_power_button_turns_off_and_on(reach: Reach) -> None:
    await reach.hands.power(reach.camera, False)
    assert reach.camera.body.power == "off"
    assert await refused(reach.camera.port)
    await reach.pass_until(asyncio.create_task(reach.hands.power(reach.camera, True)))
    assert (reach.camera.body.power, reach.camera.body.wifi) == ("on", "launched")


async def test_a_button_is_held_for_as_long_as_it_is_said(reach: Reach) -> None:
    body = reach.camera.body
    reach.hands.press(reach.camera, "half", 5.0)
    await reach.hands.advance(4.0)
    assert body.focus_status in ("Focusing", "Focused", "Failed")
    await reach.hands.advance(2.0)
    assert body.focus_status == "Not Focusing"


async def test_the_shutter_button_takes_a_picture(reach: Reach) -> None:
    reach.hands.press(reach.camera, "full")
    await reach.hands.advance(10.0)
    assert len(reach.camera.body.pictures.names) == 1


@pytest.mark.parametrize(
    ("button", "seconds"), [("fire", 1.0), ("full", -1.0), ("full", 1e9), ("half", float("nan"))]
)
async def test_a_press_that_is_none_is_refused(reach: Reach, button: str, seconds: float) -> None:
    with pytest.raises(InvalidValue):
        reach.hands.press(reach.camera, button, seconds)


def test_the_buttons_are_those_of_the_body() -> None:
    assert "zoom_tele" in BUTTONS
    assert len(BUTTONS) == 9


async def test_the_card_can_be_taken_out_filled_and_protected(reach: Reach) -> None:
    card = reach.camera.body.card
    reach.hands.card(reach.camera, full=True, protected=True)
    assert (card.present, card.full, card.protected) == (True, True, True)
    reach.hands.card(reach.camera, present=False)
    assert not card.present
    assert reach.camera.state["card"]["in"] is False


async def test_the_battery_takes_a_ratio(reach: Reach) -> None:
    reach.hands.battery(reach.camera, 0.25)
    assert reach.camera.state["battery_ratio"] == pytest.approx(0.25)
    with pytest.raises(InvalidValue):
        reach.hands.battery(reach.camera, 25)


async def test_a_network_is_joined_by_its_name_and_key_alone(radio: Reach) -> None:
    body = radio.camera.body
    await radio.pass_until(asyncio.create_task(radio.hands.power(radio.camera, True)))
    assert body.wifi == "off"
    await radio.pass_until(asyncio.create_task(body.wifi_on()))
    with pytest.raises(WifiJoinFailed):
        await radio.hands.join("DIRECT-aaQ0:DSC-QX10", body.key)
    assert await radio.hands.join(body.ssid, body.key) is radio.camera
    assert not await refused(radio.camera.port)


async def test_the_pairing_screen_is_opened_and_closed(radio: Reach) -> None:
    screen = radio.camera.radio()
    assert not screen.pairing_open
    radio.hands.pairing(radio.camera, screen=True)
    assert screen.pairing_open
    radio.hands.pairing(radio.camera, accept=True)
    radio.hands.pairing(radio.camera, screen=False)
    assert not screen.pairing_open


async def test_a_camera_without_bluetooth_has_no_pairing_screen(reach: Reach) -> None:
    with pytest.raises(NotAvailableNow):
        reach.hands.pairing(reach.camera, screen=True)


async def test_time_passes_only_where_it_stands_still(reach: Reach) -> None:
    assert isinstance(reach.emulator.clock, VirtualClock)
    await reach.hands.advance(2.0)
    assert reach.emulator.clock.monotonic() == 2.0
    with pytest.raises(InvalidValue):
        await reach.hands.advance(-1.0)
    with pytest.raises(NotAvailableNow, match="--clock virtual"):
        await Hands(Emulator(control=False)).advance(1.0)


async def test_what_was_begun_is_given_up_in_the_end(reach: Reach) -> None:
    await reach.hands.power(reach.camera, False)
    await reach.hands.begin_power(reach.camera, True)
    assert reach.camera.body.power == "on"
    await reach.hands.close()
