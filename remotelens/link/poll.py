"""The long poll: what changes on the camera, as it changes.

Source: protocol/wifi.md 6.3 and 6.4.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from remotelens.clock import Clock
from remotelens.errors import LinkTimeout, RefusedError
from remotelens.link.patience import may_pass
from remotelens.protocol.wifi.codes import ApiError
from remotelens.protocol.wifi.events import CameraEvent

SILENCE_LIMIT_S = 75.0
REFUSED_LIMIT_S = 30.0
OTHER_POLL_LIMIT_S = 20.0
_PAUSE_S = 1.0
_QUICK_S = 0.25
_QUICK_PAUSE_S = 0.5


async def long_poll(
    ask: Callable[[], Awaitable[CameraEvent]], *, camera: str, clock: Clock
) -> AsyncIterator[CameraEvent]:
    """Yield each answer; an empty event says that nothing changed for a while.

    A quiet poll ends with error 2 or with nothing filled, by the camera: both are normal. The iteration ends
    only by an error.

    Args:
        ask: waits for one answer of the camera, at most `SILENCE_LIMIT_S`.
        camera: how the camera is called.
        clock: measures the pauses.

    Raises:
        CameraBusy: another poll has taken over (code 40402).
        RefusedError: the camera gives no events, or none for `REFUSED_LIMIT_S`.
        LinkTimeout: the camera was silent.
        LinkError, RemoteProtocolError: what `ask` raises.
    """
    patience = _Patience(clock)
    while True:
        asked_s = clock.monotonic()
        try:
            event = await ask()
        except LinkTimeout as error:
            raise LinkTimeout(
                f"the camera has been silent for {SILENCE_LIMIT_S:g} s", camera=camera, remedy=error.remedy
            ) from error
        except RefusedError as error:
            if error.code == ApiError.TIMEOUT:
                event = CameraEvent()
            elif patience.lasts(error):
                await clock.sleep(_PAUSE_S)
                continue
            else:
                raise
        patience.renew()
        yield event
        if not event.slots and clock.monotonic() - asked_s < _QUICK_S:
            await clock.sleep(_QUICK_PAUSE_S)  # a camera that does not hold a poll must not be rushed


class _Patience:
    """How long refusals are borne.

    The camera may still hold a poll of ours whose connection broke, so a new one waits for its end; one that
    was heard before gives way at once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_s: float | None = None
        self._heard = False

    def renew(self) -> None:
        """Take note of an answer."""
        self._since_s = None
        self._heard = True

    def lasts(self, error: RefusedError) -> bool:
        """Whether to poll again after a refusal."""
        now_s = self._clock.monotonic()
        if self._since_s is None:
            self._since_s = now_s
        waited_s = now_s - self._since_s
        if error.code == ApiError.ALREADY_RUNNING_POLLING:
            return not self._heard and waited_s < OTHER_POLL_LIMIT_S
        return may_pass(error) and waited_s < REFUSED_LIMIT_S
