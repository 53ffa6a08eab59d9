"""Time as the emulator sees it: the host's, a faster one, or one that stands still until it is told.

This is the only module of the emulator that reads a clock or sleeps. Real and scaled time hang on the
running event loop's own, so a loop with virtual time moves the cameras without any other change.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import ParamSpec, Protocol, Self, TypeVar

from remotelens.errors import InvalidValue

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")

VIRTUAL_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""The time of day at which a virtual clock starts: always the same, so that runs repeat to the byte."""

_QUIET_ROUNDS = 3
_MAX_ROUNDS = 100_000


class Handle(Protocol):
    """A call that has been arranged and can be called off."""

    def cancel(self) -> None:
        """Call it off; nothing happens when it has run already."""
        ...


class Clock(Protocol):
    """Reads and spends a camera's time."""

    def monotonic(self) -> float:
        """Return seconds on a scale that never jumps back; its zero means nothing."""
        ...

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds; at once, but not before others ran, when not positive."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """Arrange for a call from the loop after that many seconds."""
        ...

    def jump(self, seconds: float) -> None:
        """Let it be so much later in the day at once; `monotonic` and all timers stay as they are."""
        ...

    def hold(self) -> AbstractContextManager[None]:
        """Keep time from passing this moment while work is done outside the loop.

        Only a virtual clock can; the others run on. `off_loop` does it for one function.
        """
        ...


async def off_loop(
    clock: Clock,
    function: Callable[Parameters, Result],
    /,
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Run a function in a thread while the clock is held: its work takes no camera time of its own."""
    with clock.hold():
        return await asyncio.to_thread(function, *args, **kwargs)


class timeout:  # noqa: N801 - an `async with` that reads as asyncio's own
    """Raises `TimeoutError` in the body after that many seconds of a clock."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._limit = asyncio.timeout(None)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        self._handle = self._clock.call_later(self._seconds, self._expire)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._handle.cancel()
        await self._limit.__aexit__(kind, error, trace)

    def _expire(self) -> None:
        self._limit.reschedule(asyncio.get_running_loop().time())


class Cause(asyncio.Event):
    """An event that also calls those back who would otherwise need a task each to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self._callbacks: list[Callable[[], object]] = []

    def set(self) -> None:
        """Set it, and call back from the loop, in the order of watching."""
        super().set()
        for callback in self._callbacks:
            asyncio.get_running_loop().call_soon(callback)
        self._callbacks.clear()

    def watch(self, callback: Callable[[], object]) -> None:
        """Call back from the loop when it is set, or because it is."""
        self._callbacks.append(callback)
        if self.is_set():
            self.set()

    def unwatch(self, callback: Callable[[], object]) -> None:
        """Do not call back."""
        if callback in self._callbacks:
            self._callbacks.remove(callback)


class Scope:
    """An ``async with`` whose body can be ended from outside; what follows it then goes on as usual.

    Args:
        cause: ends it, too.
    """

    def __init__(self, cause: Cause | None = None) -> None:
        self._limit = asyncio.timeout(None)
        self._inside = False
        self._cause = cause
        self.ended = False

    def end(self) -> None:
        """End the body at its next wait; nothing happens when it is over."""
        if self._inside and not self.ended:
            self.ended = True
            self._limit.reschedule(asyncio.get_running_loop().time())

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        self._inside = True
        if self._cause is not None:
            self._cause.watch(self.end)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._inside = False
        if self._cause is not None:
            self._cause.unwatch(self.end)
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError:
            return True
        return False


class _Jumping:
    """A time of day that can be moved."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def jump(self, seconds: float) -> None:
        """Let it be so much later in the day at once."""
        self._ahead += timedelta(seconds=seconds)


class RealClock(_Jumping):
    """The host's clock; `monotonic` is the running loop's time."""

    def monotonic(self) -> float:
        """Return the running loop's time in seconds."""
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        """Return the host's time of day in UTC."""
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Sleep on the running loop."""
        await asyncio.sleep(max(0.0, seconds))

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """Arrange the call on the running loop."""
        return asyncio.get_running_loop().call_later(max(0.0, seconds), callback)

    def hold(self) -> AbstractContextManager[None]:
        """Do nothing: the host's time cannot be held."""
        return nullcontext()


class ScaledClock(_Jumping):
    """The loop's time, run faster or slower by a constant factor.

    Args:
        factor: camera seconds in one second of the loop; 1.0 with an epoch makes the time of day follow
            the loop too, which is what a loop with virtual time needs.
        epoch: the time of day in UTC at the clock's first use; the host's when not given.
    """

    def __init__(self, factor: float, epoch: datetime | None = None) -> None:
        if not 0.0 < factor < float("inf"):
            raise ValueError(f"a clock cannot run {factor} times as fast")
        super().__init__()
        self.factor = factor
        self._epoch = epoch
        self._started: float | None = None

    def monotonic(self) -> float:
        """Return camera seconds since the clock's first use."""
        loop_time = asyncio.get_running_loop().time()
        if self._started is None:
            self._started = loop_time
            self._epoch = self._epoch or datetime.now(UTC)
        return (loop_time - self._started) * self.factor

    def now(self) -> datetime:
        """Return the epoch plus the camera seconds since."""
        elapsed = self.monotonic()
        return (self._epoch or datetime.now(UTC)) + timedelta(seconds=elapsed) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Sleep that many camera seconds."""
        await asyncio.sleep(max(0.0, seconds) / self.factor)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """Arrange the call that many camera seconds from now."""
        return asyncio.get_running_loop().call_later(max(0.0, seconds) / self.factor, callback)

    def hold(self) -> AbstractContextManager[None]:
        """Do nothing: time hangs on the loop's and cannot be held."""
        return nullcontext()


class _Due:
    """One arranged call of a virtual clock; cancelled ones stay in the heap until their turn."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualClock(_Jumping):
    """Time that stands still until `advance` moves it.

    Args:
        epoch: the time of day in UTC when the clock is made.
    """

    def __init__(self, epoch: datetime = VIRTUAL_EPOCH) -> None:
        super().__init__()
        self._epoch = epoch
        self._elapsed = 0.0
        self._order = itertools.count()
        self._due: list[tuple[float, int, _Due]] = []
        self._holds = 0
        self._released = asyncio.Event()
        self._released.set()
        self._advancing = asyncio.Lock()

    def monotonic(self) -> float:
        """Return the seconds advanced so far."""
        return self._elapsed

    def now(self) -> datetime:
        """Return the epoch plus the seconds advanced so far."""
        return self._epoch + timedelta(seconds=self._elapsed) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Return once the clock has been advanced so far."""
        if seconds <= 0.0:
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        due = self._arrange(seconds, woken.set)
        try:
            await woken.wait()
        finally:
            due.cancel()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """Arrange the call for when the clock has been advanced so far."""
        return self._arrange(max(0.0, seconds), callback)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep `advance` at this moment until the body has ended."""
        self._holds += 1
        self._released.clear()
        try:
            yield
        finally:
            self._holds -= 1
            if self._holds == 0:
                self._released.set()

    async def advance(self, seconds: float) -> None:
        """Move time on, one arranged moment after the other.

        Returns once everything that was due has happened: each woken task has run until it waits for more
        time or for the network, and what it gave to a thread under `hold` has come back.

        Raises:
            ValueError: the seconds are negative or not a number.
        """
        if not 0.0 <= seconds < float("inf"):
            raise ValueError(f"time cannot be advanced by {seconds} s")
        async with self._advancing:
            until = self._elapsed + seconds
            await self._settle()
            while self._due and self._due[0][0] <= until:
                self._elapsed = max(self._elapsed, self._due[0][0])
                self._fire()
                await self._settle()
            self._elapsed = until

    def _arrange(self, seconds: float, callback: Callable[[], object]) -> _Due:
        due = _Due(callback)
        heapq.heappush(self._due, (self._elapsed + seconds, next(self._order), due))
        return due

    def _fire(self) -> None:
        """Hand everything due at this very moment to the loop, in the order it was arranged."""
        loop = asyncio.get_running_loop()
        while self._due and self._due[0][0] <= self._elapsed:
            _, _, due = heapq.heappop(self._due)
            if due.callback is not None:
                loop.call_soon(due.callback)

    async def _settle(self) -> None:
        """Let the loop run until nothing is ready in it and no work outside it holds the clock."""
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        quiet = 0
        for _ in range(_MAX_ROUNDS):
            await asyncio.sleep(0)
            quiet = 0 if ready else quiet + 1
            if self._holds:
                await self._released.wait()
                quiet = 0
            if quiet >= _QUIET_ROUNDS:
                return


def parse_clock(text: str) -> Clock:
    """Return the clock of ``--clock``.

    Raises:
        InvalidValue: there is no such clock.
    """
    kind, colon, factor = text.partition(":")
    if text == "real":
        return RealClock()
    if text == "virtual":
        return VirtualClock()
    if kind == "scaled" and colon:
        with suppress(ValueError):
            return ScaledClock(float(factor))
    raise InvalidValue(f"there is no clock {text!r}", remedy="there are real, scaled:N and virtual")
