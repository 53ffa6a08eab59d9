import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from emulator.body.buttons import BUTTONS
from emulator.clock import VirtualClock
from emulator.hands import Hands
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


async def test_a_card_is_exchanged_numbered_and_formatted(reach: Reach) -> None:
    card = reach.camera.body.card
    reach.hands.card(reach.camera, last="101-9999", capacity_bytes=64e9)
    assert card.capacity_bytes == 64_000_000_000
    reach.hands.press(reach.camera, "full", 1.0)
    await reach.hands.advance(30)
    (file,) = card.files
    assert (file.folder, file.name) == ("DCIM/102MSDCF", "DSC00001.JPG")
    assert reach.hands.protect(reach.camera, "DCIM/102MSDCF/DSC00001.JPG", True).protected
    assert card.files[0].protected
    with pytest.raises(CameraNotFound, match=r"no file 'DSC00002\.JPG'"):
        reach.hands.protect(reach.camera, "DSC00002.JPG", True)
    reach.hands.card(reach.camera, format=True)
    assert card.files == ()


@pytest.mark.parametrize("last", ["42", "99-0001", "100-10000", "a-b", "100"])
async def test_there_is_no_such_number_on_a_card(reach: Reach, last: str) -> None:
    with pytest.raises(InvalidValue):
        reach.hands.card(reach.camera, last=last, present=False)
    assert reach.camera.body.card.present


async def test_a_camera_on_the_cable_keeps_its_charge(reach: Reach) -> None:
    reach.hands.battery(reach.camera, 0.5, plugged=True)
    await reach.hands.advance(3600)
    assert reach.camera.body.battery_ratio == 0.5
    reach.hands.battery(reach.camera, plugged=False)
    await reach.hands.advance(600)
    assert reach.camera.body.battery_ratio < 0.5


async def test_a_camera_gets_into_trouble_and_out_of_it(reach: Reach) -> None:
    await reach.hands.trouble(reach.camera, True)
    assert reach.camera.body.status == "Error"
    await reach.hands.trouble(reach.camera, False)
    assert reach.camera.body.status == "IDLE"
    await reach.hands.power(reach.camera, False)
    with pytest.raises(NotAvailableNow, match="off"):
        await reach.hands.trouble(reach.camera, True)


async def test_the_cameras_own_clock_is_set(reach: Reach) -> None:
    moment = datetime(2026, 6, 1, 12, tzinfo=UTC)
    reach.hands.wall_clock(reach.camera, moment, offset_min=60)
    assert reach.camera.body.camera_time.isoformat() == "2026-06-01T13:00:00+01:00"
    reach.hands.wall_clock(reach.camera)
    assert reach.camera.body.camera_time == reach.camera.body.clock.now()
    reach.hands.wall_clock(reach.camera, moment.replace(tzinfo=None))
    assert reach.camera.body.camera_time == moment
    with pytest.raises(InvalidValue, match="time zone"):
        reach.hands.wall_clock(reach.camera, offset_min=2000)
    with pytest.raises(InvalidValue, match="2000 to 2099"):
        reach.hands.wall_clock(reach.camera, datetime(9999, 12, 31, tzinfo=UTC))


async def test_a_lens_is_changed_and_its_ring_turned() -> None:
    async with Emulator(["ILCE-QX1"], clock="virtual", control=False) as emulator:
        (camera,), hands = emulator.cameras, emulator.hands
        hands.lens(camera, mount="none")
        assert not camera.body.lens.mounted
        with pytest.raises(InvalidValue, match="no aperture ring"):
            hands.lens(camera, f_number=4.0)
        with pytest.raises(InvalidValue, match="no lens"):
            hands.lens(camera, mount="SEL9999")
        hands.lens(camera, shake=1.0)
        assert camera.body.lens.shake == 1.0


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("ShootMode", "movie", "mode dial"),
        ("ExposureMode", "Manual", "mode dial"),
        ("CameraFunction", "Contents Transfer", "setCameraFunction"),
    ],
)
async def test_where_the_camera_goes_in_its_own_time_is_not_set_in_its_menu(
    name: str, value: str, instead: str
) -> None:
    async with Emulator(["ILCE-QX1"], clock="virtual", control=False) as emulator:
        (camera,), hands = emulator.cameras, emulator.hands
        before = camera.body.settings.state
        with pytest.raises(InvalidValue, match=instead):
            hands.settings(camera, {"SelfTimer": 2, name: value})
        assert camera.body.settings.state == before
        assert camera.body.status == "IDLE"


@pytest.mark.parametrize(
    "changes",
    [
        {"SelfTimer": False},
        {"SelfTimer": "2"},
        {"ExposureCompensation": True},
        {"ExposureCompensation": 1.0},
        {"WhiteBalance": ["Color Temperature", 5000.0]},
        {"WhiteBalance": ["Auto WB", -1.0]},
        {"WhiteBalance": "Auto WB"},
        {"WhiteBalance": ["Auto WB"]},
        {"StillSize": "20M"},
    ],
)
async def test_a_setting_is_not_changed_to_a_value_of_another_type(changes: dict[str, object]) -> None:
    async with Emulator(["ILCE-QX1"], clock="virtual", control=False) as emulator:
        (camera,), hands = emulator.cameras, emulator.hands
        hands.dial(camera, exposure_mode="Program Auto")
        await hands.advance(3)
        with pytest.raises(InvalidValue):
            hands.settings(camera, changes)


async def test_a_whole_number_is_kept_as_one_however_it_was_written(reach: Reach) -> None:
    reach.hands.settings(reach.camera, {"SelfTimer": 2.0})
    assert type(reach.camera.body.settings.value("SelfTimer")) is int
