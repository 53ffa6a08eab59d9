"""Drive: single or continuous shooting, and the self-timer.

Source: protocol/wifi.md 5.4; quirk 26: stopContShooting can fail at first.
"""

from __future__ import annotations

from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.errors import RefusedError

SAVED_TIMEOUT_S = 25.0
STOP_TRIES = 5
STOP_PAUSE_S = 0.2
_HELP = "set drive=continuous and wait until the camera is idle"


class Drive:
    """Drive settings of one camera, and its continuous shooting."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self.mode: Control = settings.control("drive")
        self.self_timer: Control = settings.control("self_timer")

    async def start(self) -> None:
        """Start a continuous run; it goes on until `stop`.

        Raises:
            NotSupported: this camera has no continuous shooting.
            NotAvailableNow: it has, but not in its present drive mode.
        """
        self._line.require("startContShooting", "continuous shooting", _HELP)
        await self._line.call("startContShooting")

    async def stop(self) -> tuple[str, ...]:
        """End a continuous run; return where its pictures can be fetched once they are saved."""
        line = self._line
        before = line.state.continuous_urls
        for remaining in reversed(range(STOP_TRIES)):
            try:
                await line.call("stopContShooting")
                break
            except RefusedError:
                if not remaining:
                    raise
            await line.clock.sleep(STOP_PAUSE_S)
        state = await line.until(
            lambda state: state.idle and state.continuous_urls not in ((), before),
            timeout_s=SAVED_TIMEOUT_S,
            what="the pictures of the continuous run",
        )
        line.remember_urls(state.continuous_urls)
        return state.continuous_urls
