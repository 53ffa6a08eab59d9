"""An emulated camera in a thread with a loop of its own, for programs that have no loop to share."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from emulator.device import Device
from emulator.hands import Hands
from emulator.rack import DEFAULT_MODEL, Emulator

_LIMIT_S = 60.0
Result = TypeVar("Result")


class ThreadedCamera:
    """One camera, running beside the caller; use it with ``with``.

    Everything here may be called from any thread. The camera's inside belongs to its own thread: `run` calls
    into it.

    Args:
        model: MODEL or MODEL@FIRMWARE.
        options: the other arguments of `Emulator`.
    """

    def __init__(self, model: str = DEFAULT_MODEL, **options: Any) -> None:
        self.emulator = Emulator([model], **options)
        self._hands = Hands(self.emulator)
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._work, name=f"emulated {model}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._loop = self._started.result(_LIMIT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_LIMIT_S)

    @property
    def ready(self) -> dict[str, Any]:
        """Where it is: its entry in the ready file."""
        return self._device.ready

    @property
    def description_url(self) -> str:
        """Where its device description is."""
        return self._device.description_url

    @property
    def host(self) -> str:
        """Its address."""
        return self._device.host

    @property
    def port(self) -> int:
        """Its port."""
        return self._device.port

    @property
    def ssid(self) -> str:
        """The name of its network."""
        return self._device.ssid

    @property
    def key(self) -> str:
        """The key of its network."""
        return self._device.key

    @property
    def adapter(self) -> str:
        """The virtual air, as ``--ble-adapter`` takes it; empty without ``ble``."""
        return "" if self.emulator.air is None else self.emulator.air.adapter

    @property
    def state(self) -> dict[str, Any]:
        """Its present state, as the control API tells it."""
        return self.run(lambda: self._device.state)

    def power(self, on: bool) -> None:
        """Press the power button; returns when the camera has done it."""
        self._await(self._hands.power(self._device, on))

    def press(self, button: str, seconds: float = 0.2) -> None:
        """Press a button, and let go of it after that many seconds of the camera's time."""
        self.run(lambda: self._hands.press(self._device, button, seconds))

    def card(self, **changes: bool) -> None:
        """Change the card: `present`, `full`, `protected`."""
        self.run(lambda: self._hands.card(self._device, **changes))

    def battery(self, ratio: float) -> None:
        """Charge or drain the battery to that ratio."""
        self.run(lambda: self._hands.battery(self._device, ratio))

    def join(self, ssid: str, key: str) -> None:
        """Bring this host onto the camera's network."""
        self._await(self._hands.join(ssid, key))

    def pairing(self, **changes: bool) -> None:
        """Work the pairing screen: `screen`, `accept`."""
        self.run(lambda: self._hands.pairing(self._device, **changes))

    def fault(self, spec: str) -> str:
        """Put a fault rule to work; returns its id."""
        from emulator.faults.rules import parse_rule

        rule = parse_rule(spec)
        return self.run(lambda: self.emulator.faults.add(rule))

    def heal(self) -> None:
        """End all fault rules."""
        self.run(self.emulator.faults.clear)

    def advance(self, seconds: float) -> None:
        """Let time pass, for a camera with `clock="virtual"`."""
        self._await(self._hands.advance(seconds))

    def count(self, method: str) -> int:
        """Return how often a method has been called."""
        return self.run(lambda: self.emulator.journal.count(method))

    def journal_lines(self, last: int) -> list[str]:
        """Return the last entries of the journal as text."""
        entries = self.run(self.emulator.journal.entries)[-last:]
        return [
            f"{entry.at:%H:%M:%S.%f} {entry.channel} {entry.kind} {dict(entry.data)}" for entry in entries
        ]

    def run(self, function: Callable[[], Result]) -> Result:
        """Call a function in the camera's own thread and return what it returns."""

        async def call() -> Result:
            return function()

        return self._await(call())

    @property
    def _device(self) -> Device:
        return self.emulator.cameras[0]

    def _await(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_LIMIT_S)

    def _work(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        try:
            await self.emulator.__aenter__()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._started.set_exception(error)
            return
        try:
            self._started.set_result(asyncio.get_running_loop())
            await self._stop.wait()
        finally:
            await self.emulator.__aexit__(None, None, None)
