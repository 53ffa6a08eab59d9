"""Buttons: whatever is pressed is released, however the work ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.camera.ble.buttons import FASTEST_STEP, step_of
from remotelens.errors import InvalidValue, LinkError, NotAvailableNow, NotSupported
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.remote import BUTTONS, Button
from tests.remotelens.camera.ble.bench import Bench, bench_on


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(tmp_path) as bench:
        yield bench


async def test_a_button_is_held_for_the_block(bench: Bench) -> None:
    async with bench.remote.buttons.held(Button.HALF):
        assert bench.body.pressed == [("half", 0)]
        assert bench.body.released == []
    assert bench.body.released == ["half"]


@pytest.mark.parametrize("button", list(Button))
async def test_each_button_reaches_the_camera_and_is_let_go(bench: Bench, button: Button) -> None:
    await bench.remote.buttons.tap(button)
    assert [name for name, _ in bench.body.pressed] == [button.value]
    assert bench.body.released == [button.value]


async def test_an_error_in_the_block_releases_and_comes_out(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError):
        async with bench.remote.buttons.held(Button.FULL):
            raise ZeroDivisionError
    assert bench.body.released == ["full"]


async def test_cancelling_releases(bench: Bench) -> None:
    pressed = asyncio.Event()

    async def hold() -> None:
        async with bench.remote.buttons.held(Button.ZOOM_TELE, 0x20):
            pressed.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await pressed.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.body.released == ["zoom_tele"]


async def test_cancelling_again_and_again_while_it_is_being_released_releases_all_the_same(
    bench: Bench,
) -> None:
    pressed = asyncio.Event()

    async def hold() -> None:
        async with bench.remote.buttons.held(Button.FULL):
            pressed.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await pressed.wait()
    while not task.done():
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.body.released == ["full"]


async def test_a_press_that_was_cancelled_on_its_way_is_released_too(bench: Bench) -> None:
    async def hold() -> None:
        async with bench.remote.buttons.held(Button.FULL):
            raise AssertionError("the press was not answered yet")

    task = asyncio.create_task(hold())
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.body.released == [name for name, _ in bench.body.pressed]


async def test_a_lost_link_releases_at_the_camera_and_the_loss_is_told(bench: Bench) -> None:
    async def lose() -> None:
        async with bench.remote.buttons.held(Button.FULL):
            bench.camera.lose_link()
            await bench.remote.buttons.tap(Button.C1)

    with pytest.raises(LinkError):
        await lose()
    while "full" not in bench.body.released:  # noqa: ASYNC110 - the camera tells nobody
        await asyncio.sleep(0)


async def test_a_session_begins_by_releasing_what_an_earlier_one_left(bench: Bench) -> None:
    await bench.remote.buttons.probe()
    assert bench.commands() == ["01 08", "01 06"]


async def test_remote_control_that_is_off_in_the_menu_says_where_to_switch_it_on(bench: Bench) -> None:
    bench.camera.enable_remote(False)
    with pytest.raises(NotAvailableNow, match="remote control is off") as caught:
        await bench.remote.buttons.tap(Button.C1)
    assert caught.value.code == 0x90
    assert "Bluetooth Rmt Ctrl" in str(caught.value.remedy)
    bench.camera.enable_remote(True)
    await bench.remote.buttons.tap(Button.C1)


async def test_a_body_without_remote_control_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uuids, "REMOTE_COMMAND", uuids.sig(0xFF0F))
    with pytest.raises(NotSupported, match="no remote control"):
        await bench.remote.buttons.tap(Button.C1)


async def test_a_code_that_the_camera_does_not_know_is_told_before_it_hangs_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from remotelens.camera.ble import buttons as module
    from remotelens.protocol.ble.remote import Command

    class Unknown(Command):
        def encode(self) -> bytes:
            return b"\x01\x55"

    monkeypatch.setattr(module, "press", lambda button, step: Unknown(button, True))
    with pytest.raises(NotSupported, match="does not know the button c1, and has hung up"):
        await bench.remote.buttons.tap(Button.C1)


@pytest.mark.parametrize("button", [Button.ZOOM_TELE, Button.FOCUS_FAR])
def test_speeds_are_steps_that_remotes_in_use_send(button: Button) -> None:
    steps = [step_of(button, speed) for speed in (0.01, 0.5, 1.0)]
    slowest = BUTTONS[button].slowest
    assert slowest is not None
    assert slowest <= steps[0] < steps[1] < steps[2] == FASTEST_STEP


@pytest.mark.parametrize("speed", [0.0, -1.0, 1.01, float("nan")])
def test_what_is_no_speed_is_refused(speed: float) -> None:
    with pytest.raises(InvalidValue):
        step_of(Button.ZOOM_TELE, speed)


def test_a_button_has_no_speed() -> None:
    with pytest.raises(InvalidValue, match="has no speed"):
        step_of(Button.HALF, 0.5)
