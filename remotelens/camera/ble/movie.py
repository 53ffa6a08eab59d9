"""Movie recording over Bluetooth LE.

The button toggles. So the camera is asked first whether it records, and the button is pressed only where that
brings what is wanted: pressing it blindly could end a recording instead of beginning one.

Source: protocol/ble.md 4.2, 4.3 and 5.2.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from remotelens.camera.ble.buttons import Buttons
from remotelens.camera.ble.events import RemoteEvents
from remotelens.camera.ble.readings import Readings
from remotelens.clock import Clock
from remotelens.errors import CaptureFailed, LinkError, ProtocolError, RefusedError, RemoteLensError
from remotelens.protocol.ble.control import StatusTag
from remotelens.protocol.ble.remote import Button, Category, RemoteStatus
from remotelens.transport.undone import undone

_log = logging.getLogger(__name__)
CONFIRM_LIMIT_S: Final = 6.0
STOP_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class RemoteMovie:
    """One recording, as the camera confirmed it.

    Attributes:
        started_at: when the camera said that it records, UTC.
        seconds: from that word to the word that it has stopped.
    """

    started_at: datetime
    seconds: float


class RemoteMovies:
    """The movie button of one camera.

    Args:
        buttons: presses it.
        events: what the camera says of it.
        readings: asked whether it records.
        camera: what it is called in messages.
        clock: measures and spends the time.
    """

    def __init__(
        self, buttons: Buttons, events: RemoteEvents, readings: Readings, camera: str, clock: Clock
    ) -> None:
        self._buttons = buttons
        self._events = events
        self._readings = readings
        self._camera = camera
        self._clock = clock
        self._unconfirmed: int | None = None
        """Where the events stood when recording was asked for and not confirmed yet."""

    async def is_recording(self) -> bool | None:
        """Tell whether the camera records, None where it does not say."""
        try:
            told = (await self._readings.camera_status()).flag(StatusTag.MOVIE_RECORDING)
        except (RefusedError, ProtocolError):
            told = None
        return self._events.active(Category.RECORDING) if told is None else told

    async def start(self) -> bool:
        """Begin to record; tell whether that was needed.

        Raises:
            CaptureFailed: the camera does not record.
            NotAvailableNow, NotSupported, LinkError: see `Buttons.probe`.
        """
        return await self._bring(True)

    async def stop(self) -> bool:
        """End the recording; tell whether that was needed.

        Raises:
            CaptureFailed: the camera goes on recording.
            NotAvailableNow, NotSupported, LinkError: see `Buttons.probe`.
        """
        return await self._bring(False)

    async def record(self, seconds: float) -> RemoteMovie:
        """Record for so long, counted from the camera's word that it records.

        Raises:
            CaptureFailed, NotAvailableNow, NotSupported, LinkError: as `start` and `stop`.
        """
        async with self.recording() as started_at:
            started_s = self._clock.monotonic()
            await self._clock.sleep(seconds)
        return RemoteMovie(started_at, self._clock.monotonic() - started_s)

    @contextlib.asynccontextmanager
    async def recording(self) -> AsyncIterator[datetime]:
        """Record for the length of a block; gives when the camera said that it records.

        Raises:
            CaptureFailed, NotAvailableNow, NotSupported, LinkError: as `start` and `stop`.
        """
        try:
            await self.start()
        except (CaptureFailed, RefusedError):
            raise
        except BaseException:
            await undone(self._stop_quietly())
            raise
        try:
            yield self._clock.now()
        except BaseException:
            await undone(self._stop_quietly())
            raise
        await self.stop()

    async def _bring(self, wanted: bool) -> bool:
        if await self.is_recording() is wanted:
            return False
        mark = self._events.mark
        self._unconfirmed = mark if wanted else None
        await self._buttons.tap(Button.RECORD)
        limit_s = CONFIRM_LIMIT_S if wanted else STOP_LIMIT_S
        try:
            async with self._clock.timeout(limit_s):
                await self._events.until(lambda status: _says(status, wanted), since=mark)
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise
            if await self.is_recording() is not wanted:
                verb = "begin" if wanted else "end"
                raise CaptureFailed(
                    f"the camera did not {verb} recording within {limit_s:g} s",
                    camera=self._camera,
                    remedy="see that it is in a mode that records movies, with room on its card",
                ) from error
        self._unconfirmed = None
        return True

    async def _stop_quietly(self) -> None:
        try:
            async with self._clock.timeout(CONFIRM_LIMIT_S + STOP_LIMIT_S):
                await self._begun()
                await self.stop()
        except (CaptureFailed, RefusedError, LinkError, TimeoutError) as error:
            _log.warning("%s: it may still be recording: %s", self._camera, error)

    async def _begun(self) -> None:
        """Wait for a recording to begin that was asked for: a camera that has yet to begin stops nothing."""
        mark, self._unconfirmed = self._unconfirmed, None
        if mark is None:
            return
        try:
            async with self._clock.timeout(CONFIRM_LIMIT_S):
                await self._events.until(lambda status: _says(status, True), since=mark)
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise


def _says(status: RemoteStatus, recording: bool) -> bool:
    return status.category == Category.RECORDING and status.active is recording
