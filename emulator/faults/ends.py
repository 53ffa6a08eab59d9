"""When what befalls a camera is over: one timer for each kind of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from emulator.clock import Clock, Handle

Kind = TypeVar("Kind", bound=str)


class Ends(Generic[Kind]):
    """Timers by the kind of what they end; of several for one kind, the newest counts.

    Args:
        clock: the camera's time.
        over: is called with the kind of what is over.
    """

    __slots__ = ("_clock", "_due", "_over")

    def __init__(self, clock: Clock, over: Callable[[Kind], object]) -> None:
        self._clock = clock
        self._over = over
        self._due: dict[Kind, tuple[float, Handle]] = {}

    def __contains__(self, kind: object) -> bool:
        return kind in self._due

    def arrange(self, kind: Kind, seconds: float) -> None:
        """Let it be over after so long, whatever was arranged before; 0: it is for good."""
        self._call_off(kind)
        if seconds > 0:
            self._set(kind, seconds)

    def close(self) -> None:
        """Let nothing be over by itself any more."""
        for kind in tuple(self._due):
            self._call_off(kind)

    @property
    def state(self) -> Mapping[Kind, float]:
        """In how many seconds each is over."""
        now_s = self._clock.monotonic()
        return {kind: max(0.0, at_s - now_s) for kind, (at_s, _) in self._due.items()}

    @state.setter
    def state(self, state: Mapping[Kind, float]) -> None:
        self.close()
        for kind, seconds in state.items():
            self._set(kind, seconds)

    def _set(self, kind: Kind, seconds: float) -> None:
        handle = self._clock.call_later(seconds, lambda: self._reached(kind))
        self._due[kind] = self._clock.monotonic() + seconds, handle

    def _reached(self, kind: Kind) -> None:
        del self._due[kind]
        self._over(kind)

    def _call_off(self, kind: Kind) -> None:
        due = self._due.pop(kind, None)
        if due is not None:
            due[1].cancel()
