"""Autofocus by contrast: the lens goes through its range, looks at each step, and comes back to the peak.

There is no table of success chances: it fails where the picture has no contrast above its noise.

Source: imaging.md A6; states protocol/wifi.md 7.4.
"""

from __future__ import annotations

import asyncio
import math
import statistics
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from emulator.body.bell import Bell
from emulator.body.lens import Lens
from emulator.body.settings import Settings
from emulator.body.work import Work
from emulator.clock import Clock
from emulator.profiles import Profile
from emulator.world.facts import Window

FocusStatus = Literal["Not Focusing", "Focusing", "Focused", "Failed"]
WIDE_AREA: Window = (0.25, 0.25, 0.75, 0.75)
_FOCUS_MODE, _BY_HAND = "FocusMode", "MF"
_TOUCH_HALF_SIDE = 0.08
_COARSE_STEPS = 11
_FINE_STEPS = 5
_PEAK_RATIO = 1.03
_SIGNIFICANT = 5.0
_PEAK_STEPS = 2
_HUNT_STEPS = 36

_FOLLOW_S = 0.2

Follow = Callable[[float, float], Callable[[], tuple[float, float] | None]]
"""Of a point in percent of the frame, what tells where the subject there is; None once it is lost."""

Sharpness = Callable[[float, Window], Awaitable[float]]
"""Of a focus distance in metres and a window, the contrast seen."""


def touch_window(x: float, y: float) -> Window:
    """Return the window around a touched point, given in percent of the frame."""
    across = min(max(x / 100, _TOUCH_HALF_SIDE), 1 - _TOUCH_HALF_SIDE)
    down = min(max(y / 100, _TOUCH_HALF_SIDE), 1 - _TOUCH_HALF_SIDE)
    return (
        across - _TOUCH_HALF_SIDE,
        down - _TOUCH_HALF_SIDE,
        across + _TOUCH_HALF_SIDE,
        down + _TOUCH_HALF_SIDE,
    )


class Focus:
    """Focus of one camera: half-press, touch, and the search itself.

    Args:
        profile: how long a step takes.
        sharpness: how contrast is seen.
        follow: how a subject is found again.
    """

    def __init__(
        self,
        profile: Profile,
        clock: Clock,
        bell: Bell,
        work: Work,
        lens: Lens,
        settings: Settings,
        sharpness: Sharpness,
        follow: Follow,
    ) -> None:
        self._profile = profile
        self._clock = clock
        self._bell = bell
        self._work = work
        self._lens = lens
        self._settings = settings
        self._sharpness = sharpness
        self._follow = follow
        self._subject: Callable[[], tuple[float, float] | None] | None = None
        self._status: FocusStatus = "Not Focusing"
        self._search: asyncio.Task[bool] | None = None
        self._awaited = False
        """A capture waits for the search."""
        self.held = False
        """The shutter button is half pressed."""
        self.touched: tuple[float, float] | None = None
        """Where touch focus holds, in percent of the frame."""
        self.window: Window = WIDE_AREA
        """Where was looked last."""
        settings.filters[_FOCUS_MODE] = self._with_lens

    @property
    def tracking(self) -> tuple[float, float] | None:
        """Where the subject is that tracking follows, in percent of the frame."""
        return None if self._subject is None else self._subject()

    @property
    def status(self) -> FocusStatus:
        """The word of focusStatus."""
        return self._status

    @property
    def is_automatic(self) -> bool:
        """Whether the camera focuses by itself in the present mode."""
        return self._lens.facts.autofocus and bool(self._settings.get(_FOCUS_MODE, "AF-S") != _BY_HAND)

    @property
    def locked(self) -> bool:
        """Whether a half-press or a touch holds the focus."""
        return self.held or self.touched is not None

    def half_press(self) -> None:
        """Focus, and hold it until released."""
        if self.held:
            return
        self.held = True
        if self.touched is None and self.is_automatic:
            self._begin(WIDE_AREA)
        self._bell.ring("focus")

    def release(self) -> None:
        """Let go of a half-press."""
        if not self.held:
            return
        self.held = False
        if self.touched is None:
            self._let_go()

    async def touch(self, x: float, y: float) -> bool:
        """Focus on a point, in percent of the frame, and hold it when that succeeds."""
        self.touched = None
        search = self._begin(touch_window(x, y))
        await asyncio.wait([search])
        success = not search.cancelled() and search.result()
        self.touched = (x, y) if success else None
        self._bell.ring("focus")
        return success

    def cancel_touch(self) -> None:
        """Let go of a touch focus, also while it still looks."""
        self.touched = None
        if not self.held:
            self._let_go()
        self._bell.ring("focus")

    def track(self, x: float, y: float) -> None:
        """Follow the subject at a point, in percent of the frame, until it leaves it."""
        self._subject = subject = self._follow(x, y)
        self._begin(touch_window(x, y))
        self._work.start(self._keep_up(subject), "tracking")
        self._bell.ring("focus")

    def cancel_tracking(self) -> None:
        """Stop following."""
        if self._subject is not None:
            self._subject = None
            self._let_go()
            self._bell.ring("focus")

    async def ready_for_capture(self) -> bool:
        """Focus for a capture, or take what is held; whether the subject is in focus."""
        if not self.is_automatic:
            return True
        search = self._search
        if search is None or search.done():
            tracking = self.tracking
            search = None if self.locked else self._begin(touch_window(*tracking) if tracking else WIDE_AREA)
        if search is not None:
            self._awaited = True
            try:
                await asyncio.wait([search])
            finally:
                self._awaited = False
        return self._status == "Focused"

    def after_capture(self) -> None:
        """Let go of what one capture uses up: a touch, and a focus that nobody holds."""
        self.touched = None
        if not self.held:
            self._stop("Not Focusing")

    def reset(self) -> None:
        """Let go of everything: power or mode changes."""
        self.held = False
        self.touched = None
        self._subject = None
        self._stop("Not Focusing")

    def _with_lens(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """Return the focus modes that the lens allows: without a motor, only the hand focuses."""
        if self._lens.facts.autofocus:
            return candidates
        return tuple(mode for mode in candidates if mode == _BY_HAND)

    async def _keep_up(self, subject: Callable[[], tuple[float, float] | None]) -> None:
        """Look for the subject again and again; lost is lost."""
        while self._subject is subject:
            if subject() is None:
                self.cancel_tracking()
                return
            await self._clock.sleep(_FOLLOW_S)

    def _begin(self, window: Window) -> asyncio.Task[bool]:
        if self._search is not None:
            self._search.cancel()
        self._search = self._work.start(self._run(window), "focus")
        return self._search

    def _let_go(self) -> None:
        """Drop the focus, unless a capture waits for it: then it is that one's to drop."""
        if not self._awaited:
            self._stop("Not Focusing")

    def _stop(self, status: FocusStatus) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None
        self._tell(status)

    def _tell(self, status: FocusStatus) -> None:
        if status != self._status:
            self._status = status
            self._bell.ring("focus")

    async def _run(self, window: Window) -> bool:
        self.window = window
        await self._clock.sleep(self._profile.timings.focus_start)
        self._tell("Focusing")
        nearest = 1 / self._lens.near_m
        coarse = [nearest * step / (_COARSE_STEPS - 1) for step in range(_COARSE_STEPS)]
        scores = await self._scan(coarse, window)
        peak = peak_of(coarse, scores)
        if peak is None:
            await self._hunt(nearest)
            self._lens.focus_m = self._lens.hyperfocal_m
            self._tell("Failed")
            return False
        width = nearest / (_COARSE_STEPS - 1)
        low, high = max(0.0, peak - width), min(nearest, peak + width)
        fine = [low + (high - low) * step / (_FINE_STEPS - 1) for step in range(_FINE_STEPS)]
        best = peak_of(fine, await self._scan(fine, window), ratio=1.0)
        self._lens.focus_m = _metres(peak if best is None else best)
        self._tell("Focused")
        return True

    async def _scan(self, dioptres: Sequence[float], window: Window) -> list[float]:
        scores = []
        for value in dioptres:
            self._lens.focus_m = _metres(value)
            await self._clock.sleep(self._profile.timings.focus_step)
            scores.append(await self._sharpness(self._lens.focus_m, window))
        return scores

    async def _hunt(self, nearest: float) -> None:
        """Go through the whole range once more, there and back, looking for anything."""
        for step in range(_HUNT_STEPS):
            self._lens.focus_m = _metres(nearest * (1 - abs(2 * step / _HUNT_STEPS - 1)))
            await self._clock.sleep(self._profile.timings.focus_step)


def peak_of(
    dioptres: Sequence[float], scores: Sequence[float], *, ratio: float = _PEAK_RATIO
) -> float | None:
    """Return where contrast peaks, or None where it does not stand out.

    A parabola goes through the highest score and its neighbours. A peak at infinity counts, a subject that is
    nearer than the lens can focus does not. Nor does what is no higher above the rest than scores jump from
    one to the next anyway, which is how noise looks.
    """
    highest = max(range(len(scores)), key=scores.__getitem__)
    usual = statistics.median(scores)
    if scores[highest] <= ratio * usual or (
        ratio > 1 and scores[highest] - usual <= _SIGNIFICANT * _unrest(scores, highest)
    ):
        return None
    if highest == len(scores) - 1:
        return None if dioptres[-1] > dioptres[0] and ratio > 1 else dioptres[-1]
    if highest == 0:
        return dioptres[0]
    before, here, after = scores[highest - 1 : highest + 2]
    curvature = before - 2 * here + after
    offset = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return dioptres[highest] + offset * (dioptres[highest + 1] - dioptres[highest])


def _unrest(scores: Sequence[float], highest: int) -> float:
    """Standard deviation of the scores around a smooth curve, by their second differences off the peak."""
    bends = [
        abs(scores[at - 1] - 2 * scores[at] + scores[at + 1])
        for at in range(1, len(scores) - 1)
        if abs(at - highest) > _PEAK_STEPS
    ]
    return statistics.median(bends) / 0.6745 / math.sqrt(6) if bends else 0.0


def _metres(dioptres: float) -> float:
    return 1 / dioptres if dioptres > 0 else math.inf
