"""Focus frames. Source: protocol/wifi.md 8.2."""

from __future__ import annotations

from emulator.body.frames import focus_frames
from remotelens.protocol.wifi.liveview import FocusCategory, FocusStatus
from tests.emulator.body.rig import rig


async def test_frames_follow_what_focus_does() -> None:
    async with rig("ILCE-QX1") as camera:
        focus = camera.body.focus
        assert focus_frames(focus) == ()
        camera.body.press("half")
        await camera.clock.advance(0.2)
        (searching,) = focus_frames(focus)
        assert (searching.category, searching.status) == (FocusCategory.CONTRAST_AF, FocusStatus.NORMAL)
        await camera.clock.advance(2.0)
        (found,) = focus_frames(focus)
        assert found.status == FocusStatus.FOCUSED
        assert (found.left, found.top, found.right, found.bottom) == (2500, 2500, 7500, 7500)
        camera.body.release("half")
        focus.track(50, 50)
        (tracked,) = focus_frames(focus)
        assert tracked.category == FocusCategory.TRACKING
