"""Live view: what the camera shows before a picture is taken, how large, how often, and when not.

Source: protocol/wifi.md 8; the pace of each model is its profile's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emulator.body.capture import Parts
from emulator.body.eye import LiveFrame
from emulator.body.frames import focus_frames
from emulator.body.machine import STILL_RUNNING
from emulator.body.pace import Pace
from emulator.body.refusals import NotLive
from emulator.body.settings import Settings
from emulator.journal import Journal
from emulator.profiles import Profile


@dataclass(frozen=True, slots=True)
class ViewfinderState:
    """What live view is like, to be kept and put back."""

    running: bool
    size: str
    frame_info: bool


class Viewfinder:
    """The live view of one camera.

    Args:
        camera_id: its name.
        parts: the camera.
        journal: where it is written that the host cannot keep up.
        sees: whether there is anything to see: it is on, its lens out, and it is there to shoot.
    """

    def __init__(self, camera_id: str, parts: Parts, journal: Journal, sees: Callable[[], bool]) -> None:
        self._camera_id = camera_id
        self._parts = parts
        self._pace = Pace(camera_id, parts.clock, journal)
        self._sees = sees
        self._running = False
        self.frame_info = False
        """Focus frames are sent with it."""
        self.size = "M"
        """``M`` or ``L``."""

    @property
    def running(self) -> bool:
        """Whether it was started by the API."""
        return self._running

    @running.setter
    def running(self, running: bool) -> None:
        if running != self._running:
            self._running = running
            self._parts.bell.ring("liveview")

    @property
    def state(self) -> ViewfinderState:
        """How it stands."""
        return ViewfinderState(self._running, self.size, self.frame_info)

    @state.setter
    def state(self, state: ViewfinderState) -> None:
        self.size, self.frame_info = state.size, state.frame_info
        self.running = state.running

    async def frame(self) -> LiveFrame:
        """Return the next image.

        Raises:
            NotLive: the camera is off or starting, or its card is being read out.
        """
        if not self._sees():
            raise NotLive(f"{self._camera_id} has no live view now")
        parts = self._parts
        began_s = parts.clock.monotonic()
        await parts.aim.keep_up()
        live = parts.profile.liveview
        aspect = live_aspect(parts.profile, parts.settings)
        large = self.size == "L" and aspect in live.large
        size = (live.large if large else live.sizes)[aspect]
        jpeg = await parts.eye.live_jpeg(parts.aim.live, size, live.jpeg_bytes)
        self._pace.note(parts.clock.monotonic() - began_s, self.gap_s(0))
        frames = focus_frames(parts.focus) if self.frame_info else ()
        return LiveFrame(jpeg, frames, "0")

    def gap_s(self, n: int) -> float:
        """Return the seconds between image n and the next, as recorded of this camera."""
        live = self._parts.profile.liveview
        gap_ms = live.gaps_ms[n % len(live.gaps_ms)]
        if self._parts.machine.status in STILL_RUNNING:
            gap_ms = max(gap_ms, live.capturing_gap_ms)
        return gap_ms / 1000

    def close(self) -> None:
        """Stop, and be as after power on: the camera is switched off."""
        self.size = "M"
        self.frame_info = False
        self.running = False


def live_aspect(profile: Profile, settings: Settings) -> str:
    """Return the aspect in which the camera sees now."""
    if settings.shoot_mode in ("movie", "looprec"):
        return profile.liveview.movie_aspect
    return str(settings.value("StillSize")[0])
