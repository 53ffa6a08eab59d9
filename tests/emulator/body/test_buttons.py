"""The camera's own buttons. Source: protocol/wifi.md 6.3; protocol/ble.md 4."""

from __future__ import annotations

import pytest

from tests.emulator.body.rig import rig


async def test_half_then_full_takes_a_picture_with_the_held_focus() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.press("half")
        await camera.clock.advance(1.0)
        assert camera.body.focus_status == "Focused"
        began = camera.clock.monotonic()
        camera.body.press("full")
        while not camera.body.exposing:
            await camera.clock.advance(0.02)
        assert camera.clock.monotonic() - began < 0.4  # no second search
        camera.body.release("full")
        camera.body.release("half")
        await camera.until("IDLE")
        assert len(camera.body.card.files) == 1
        assert camera.body.focus_status == "Not Focusing"


async def test_a_button_that_the_camera_cannot_follow_now_is_ignored() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.press("full")
        await camera.until("StillCapturing")
        camera.body.press("full")
        camera.body.press("half")
        camera.body.press("record")
        await camera.until("IDLE")
        assert len(camera.body.card.files) == 1


async def test_a_camera_that_is_off_has_no_buttons() -> None:
    async with rig("DSC-QX10", pairing_ble=True) as camera:
        camera.body.press("full")
        camera.body.release("full")
        assert camera.body.card.files == ()


async def test_an_unknown_button_is_a_mistake() -> None:
    async with rig("DSC-QX10") as camera:
        with pytest.raises(ValueError, match="no button 'menu'"):
            camera.body.press("menu")


async def test_releasing_what_was_not_pressed_does_nothing() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.release("zoom_tele")
        camera.body.press("c1")
        camera.body.release("c1")
        assert camera.body.status == "IDLE"


async def test_the_zoom_runs_at_the_speed_of_the_jog() -> None:
    moved: list[float] = []
    for speed in (0x10, 0x40, 0x7F, 0):
        async with rig("DSC-QX10") as camera:
            camera.body.press("zoom_tele", speed)
            await camera.clock.advance(0.5)
            moved.append(camera.body.lens.position)
            camera.body.release("zoom_tele")
    assert moved[0] < moved[1] < moved[2] == moved[3]
    assert moved[1] / moved[2] == pytest.approx(0x40 / 0x7F, rel=0.01)


@pytest.mark.parametrize(("button", "nearer"), [("focus_near", True), ("focus_far", False)])
async def test_a_focus_jog_turns_for_as_long_as_it_is_held_and_faster_at_a_larger_step(
    button: str, nearer: bool
) -> None:
    turned: list[float] = []
    for speed in (0x00, 0x7F):
        async with rig("DSC-QX100") as camera:
            camera.body.settings.change("FocusMode", "MF")
            camera.body.lens.focus_m = start_m = 0.15
            camera.body.press(button, speed)
            await camera.clock.advance(0.55)
            camera.body.release(button)
            there = camera.body.lens.focus_m
            await camera.clock.advance(1.0)
            assert camera.body.lens.focus_m == there
            assert (there < start_m) is nearer
            turned.append(abs(1 / there - 1 / start_m))
    assert turned[1] == pytest.approx(3 * turned[0], rel=0.01)


async def test_a_focus_jog_does_nothing_while_the_camera_focuses_by_itself() -> None:
    async with rig("DSC-QX100") as camera:
        before = camera.body.lens.focus_m
        camera.body.press("focus_near", 0x7F)
        await camera.clock.advance(1.0)
        assert camera.body.lens.focus_m == before
