"""The camera's pairing screen: when it is open, and who presses OK.

Source: protocol/ble.md 3 and 10.3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum

from emulator.clock import Clock, Handle
from remotelens.errors import NotAvailableNow


class PairingMode(StrEnum):
    """Who works the pairing screen."""

    AUTO = "auto"
    """It is open while the camera has no bond, and OK is pressed a moment after a host has asked."""
    MANUAL = "manual"
    """It is opened and answered by hand."""
    CLOSED = "closed"
    """It stays closed."""


class PairingScreen:
    """Decides on each pairing request.

    Args:
        clock: camera time.
        mode: who works it.
        ok_after_s: how long after a request OK is pressed, in mode auto.
        closes_after_s: how long it stays open once opened by hand.
        changed: called when it opens or closes.
    """

    def __init__(
        self,
        clock: Clock,
        mode: PairingMode,
        *,
        ok_after_s: float,
        closes_after_s: float,
        changed: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._mode = mode
        self._ok_after_s = ok_after_s
        self._closes_after_s = closes_after_s
        self._changed = changed
        self._open = False
        self._closing: Handle | None = None
        self._question: asyncio.Future[bool] | None = None
        self._standing_answer: bool | None = None

    @property
    def is_open(self) -> bool:
        """A new host may pair now."""
        return self._open

    @property
    def is_asking(self) -> bool:
        """A host waits for OK or Cancel."""
        return self._question is not None

    def bonds_changed(self, bonds: int) -> None:
        """Open or close by the number of bonds; a bond that has been made closes it in every mode."""
        if bonds:
            self.close()
        elif self._mode is PairingMode.AUTO:
            self._set_open(True)

    def open(self) -> None:
        """Open it by hand, for a while.

        Raises:
            NotAvailableNow: it is kept closed.
        """
        if self._mode is PairingMode.CLOSED:
            raise NotAvailableNow(
                "the pairing screen is kept closed", remedy="start the emulator with --pairing auto or manual"
            )
        self._cancel_closing()
        self._closing = self._clock.call_later(self._closes_after_s, self.close)
        self._set_open(True)

    def close(self) -> None:
        """Close it; a host that waits is refused."""
        self._cancel_closing()
        self._standing_answer = None
        self._resolve(False)
        self._set_open(False)

    def answer(self, accept: bool) -> None:
        """Press OK or Cancel: for the host that waits, else for the next one while the screen is open."""
        if not self._resolve(accept):
            self._standing_answer = accept

    async def ask(self) -> bool:
        """Return whether a host that asks now may pair."""
        if not self._open or self._question is not None:
            return False
        if self._standing_answer is not None:
            answer, self._standing_answer = self._standing_answer, None
            return answer
        self._question = asyncio.get_running_loop().create_future()
        ok: Handle | None = None
        if self._mode is PairingMode.AUTO:
            ok = self._clock.call_later(self._ok_after_s, lambda: self._resolve(True))
        try:
            return await self._question
        finally:
            self._question = None
            if ok is not None:
                ok.cancel()

    def _resolve(self, answer: bool) -> bool:
        if self._question is None or self._question.done():
            return False
        self._question.set_result(answer)
        return True

    def _set_open(self, is_open: bool) -> None:
        if self._open is not is_open:
            self._open = is_open
            self._changed()

    def _cancel_closing(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
