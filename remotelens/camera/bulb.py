"""Bulb: the shutter is opened, and held open until it is told to close.

Source: protocol/wifi.md 5.4 and slot 65; quirk 26.
"""

from __future__ import annotations

import contextlib

from remotelens.camera.ending import Ending, status_is
from remotelens.camera.evidence import baseline
from remotelens.camera.line import Line
from remotelens.camera.settings import Settings
from remotelens.camera.state import CAPTURING, CameraState, Setting
from remotelens.camera.trigger import SAVING_TIMEOUT_S, recover
from remotelens.errors import CameraBusy, LinkError, RefusedError, RemoteProtocolError
from remotelens.protocol.wifi.values import BULB

OPEN_TIMEOUT_S = 5.0
_NO_SETTING = Setting(None)
_HELP = f"set exposure_mode=Manual and shutter_speed={BULB}"
_TROUBLE = (RefusedError, LinkError, RemoteProtocolError)


class Bulb:
    """The held exposures of one camera."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self._settings = settings
        self._open = Ending(
            line, "stopBulbShooting", going=status_is(CAPTURING), doubt="the shutter may still be open"
        )

    def require(self, state: CameraState) -> None:
        """Refuse, before anything is sent, a camera that keeps its shutter open for no one."""
        if not _offered(state):
            self._line.require("startBulbShooting", "bulb shooting", _HELP)

    async def prepare(self) -> None:
        """Set the shutter speed for it, where that is a choice.

        Raises:
            NotSupported: this camera has no bulb shooting.
            NotAvailableNow: it has, but not in its present mode.
        """
        if _offered(self._line.state):
            await self._settings.set("shutter_speed", BULB)
        self._line.require("startBulbShooting", "bulb shooting", _HELP)

    async def run(self, exposure_s: float) -> tuple[str, ...]:
        """Hold the shutter open for so long; return where the picture can be fetched.

        It is closed in any case. Once it may have been opened, what the camera lists decides what is told,
        whatever it refuses then.

        Raises:
            RefusedError: it was not opened.
            CaptureUnknown: what became of it is not known.
            LinkError: the camera was lost, and no picture was taken.
        """
        line = self._line
        before, known = baseline(line.state, line.seen_urls), line.state.bulb_urls
        saving_s = exposure_s + SAVING_TIMEOUT_S  # a dark frame as long as the exposure follows
        try:
            await self._open.begin("startBulbShooting")
        except (LinkError, RemoteProtocolError) as error:
            return await recover(line, before, error, timeout_s=saving_s)
        try:
            await self._hold(exposure_s)
            state = await line.until(
                lambda state: state.idle and state.bulb_urls not in ((), known),
                timeout_s=saving_s,
                what="the picture of the long exposure",
            )
        except _TROUBLE as error:
            return await recover(line, before, error, timeout_s=saving_s)
        return state.bulb_urls

    async def settle(self) -> None:
        """Close a shutter that should have been closed before."""
        await self._open.settle()

    async def close(self) -> None:
        """Close a shutter that was opened and not closed."""
        await self._open.close()

    async def _hold(self, exposure_s: float) -> None:
        try:
            await self._until_open()
            await self._line.clock.sleep(exposure_s)
        finally:
            await self._open.quietly()

    async def _until_open(self) -> None:
        """Wait for the shutter of a bulb exposure, which focusing comes before; few cameras tell of it."""
        if self._line.state.bulb_open_s is None:
            return
        with contextlib.suppress(CameraBusy):
            await self._line.until(
                lambda state: state.bulb_open_s is None or state.bulb_open_s >= 0,
                timeout_s=OPEN_TIMEOUT_S,
                what="the opening of the shutter",
            )


def _offered(state: CameraState) -> bool:
    return BULB in state.settings.get("shutter_speed", _NO_SETTING).candidates
