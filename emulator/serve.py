"""Runs a rack as a process of its own, until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from emulator.rack import Emulator

_COLLECT_AFTER = (10_000, 20, 20)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(models: Sequence[str], options: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    """Run cameras until SIGINT or SIGTERM; those are the orderly end.

    Args:
        models: a camera each.
        options: the other arguments of `Emulator`.
        tell: is given the ready file's content once everything listens.
    """
    asyncio.run(_serve(Emulator(models, **options), tell))


async def _serve(emulator: Emulator, tell: Callable[[dict[str, Any]], None]) -> None:
    stopped = asyncio.Event()
    with on_signals(stopped.set):
        starting = asyncio.ensure_future(emulator.__aenter__())
        waiting = asyncio.ensure_future(stopped.wait())
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        await starting
        keep_what_is_there()
        try:
            tell(emulator.ready)
            await waiting
        finally:
            waiting.cancel()
            await emulator.__aexit__(None, None, None)


def keep_what_is_there() -> None:
    """Take what the process has built up until now for lasting: the collector looks at it no more.

    It would cost a tenth of the time of calls. What calls leave behind has no cycles and goes by itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


@contextlib.contextmanager
def on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on the signals that end a process in order; Windows has no loop handlers for them."""
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {}
    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:
            before[number] = signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
    try:
        yield
    finally:
        for number in _SIGNALS:
            if number in before:
                signal.signal(number, before[number])
            else:
                loop.remove_signal_handler(number)
