"""The focus frames that go with a live view image.

Source: protocol/wifi.md 8.2 (categories, states, 0 to 10000 over the picture).
"""

from __future__ import annotations

from emulator.body.focus import Focus, touch_window
from emulator.world.facts import Window
from remotelens.protocol.wifi.liveview import FocusCategory, FocusFrame, FocusStatus

_SCALE = 10_000


def focus_frames(focus: Focus) -> tuple[FocusFrame, ...]:
    """Return what the camera draws: nothing until it focuses."""
    tracking = focus.tracking
    if tracking is not None:
        return (_frame(touch_window(*tracking), FocusCategory.TRACKING, FocusStatus.MAIN),)
    if focus.status == "Not Focusing":
        return ()
    status = FocusStatus.FOCUSED if focus.status == "Focused" else FocusStatus.NORMAL
    return (_frame(focus.window, FocusCategory.CONTRAST_AF, status),)


def _frame(window: Window, category: FocusCategory, status: FocusStatus) -> FocusFrame:
    left, top, right, bottom = (round(side * _SCALE) for side in window)
    return FocusFrame(left, top, right, bottom, category, status)
