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
