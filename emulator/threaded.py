"""An emulated camera in a thread with a loop of its own, for programs that have no loop to share."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from emulator.body.card import CardFile
from emulator.device import Device
from emulator.faults.chaos import parse_rules
from emulator.journal.har import archive
from emulator.rack import DEFAULT_MODEL, Emulator
from emulator.stage import Weather
from remotelens.errors import RemoteLensError
from remotelens.version import __version__

_LIMIT_S = 60.0
Result = TypeVar("Result")


class CameraClock:
    """The time of one camera that runs beside the caller.

    Args:
        camera: the camera.
    """

    def __init__(self, camera: ThreadedCamera) -> None:
        self._camera = camera

    def advance(self, seconds: float) -> None:
        """Let so much time pass; returns once everything due has happened."""
        self._camera.advance(seconds)

    def jump(self, seconds: float) -> None:
        """Let it be so much later at once; nothing happens in between."""
        self._camera.jump(seconds)

    def now(self) -> datetime:
        """Return the true time of day in the camera's world, UTC."""
        return self._camera.now()

    def monotonic(self) -> float:
        """Return the seconds that have passed in the camera's world."""
        return self._camera.run(self._camera.emulator.clock.monotonic)


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
        self._hands = self.emulator.hands
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
    def clock(self) -> CameraClock:
        """Its time."""
        return CameraClock(self)

    @property
    def adapter(self) -> str:
        """The virtual air, as ``--ble-adapter`` takes it; empty without ``ble``."""
        return "" if self.emulator.air is None else self.emulator.air.adapter

    @property
    def state(self) -> dict[str, Any]:
        """Its present state, as the control API tells it."""
        return self.run(lambda: self._device.state)

    def power(self, on: bool) -> None:
        """Press the power button; returns when the camera has done it, or at once with `clock="virtual"`."""
        self._await(self._hands.press_power(self._device, on))

    def press(self, button: str, seconds: float = 0.2) -> None:
        """Press a button, and let go of it after that many seconds of the camera's time."""
        self.run(lambda: self._hands.press(self._device, button, seconds))

    def card(self, **changes: Any) -> None:
        """Change the card: `present`, `full`, `protected`, `capacity_bytes`, `last`, `format`."""
        self.run(lambda: self._hands.card(self._device, **changes))

    @property
    def files(self) -> tuple[CardFile, ...]:
        """What is on the card, oldest first."""
        return self.run(lambda: self._device.body.card.files)

    def protect(self, name: str, protected: bool = True) -> None:
        """Mark a file on the card so that the camera does not delete it, or take the mark off."""
        self.run(lambda: self._hands.protect(self._device, name, protected))

    def battery(self, ratio: float | None = None, *, plugged: bool | None = None) -> None:
        """Charge or drain the battery to that ratio; plug the power cable in, or pull it out."""
        self.run(lambda: self._hands.battery(self._device, ratio, plugged=plugged))

    def trouble(self, on: bool = True) -> None:
        """Get the camera into trouble, in which it can begin nothing, or out of it."""
        self._await(self._hands.trouble(self._device, on))

    def wall_clock(self, utc: datetime | None = None, offset_min: int = 0) -> None:
        """Set the camera's own clock; to the true time when none is given."""
        self.run(lambda: self._hands.wall_clock(self._device, utc, offset_min))

    def join(self, ssid: str, key: str) -> None:
        """Bring this host onto the camera's network."""
        self._await(self._hands.join(ssid, key))

    def pairing(self, **changes: bool) -> None:
        """Work the pairing screen: `screen`, `accept`."""
        self.run(lambda: self._hands.pairing(self._device, **changes))

    def dial(self, *, exposure_mode: str | None = None, shoot_mode: str | None = None) -> None:
        """Turn the mode dial, or switch between stills and movies."""
        self.run(lambda: self._hands.dial(self._device, exposure_mode=exposure_mode, shoot_mode=shoot_mode))

    def settings(self, **changes: Any) -> None:
        """Change settings in the camera's menu: ``settings(SelfTimer=2)``."""
        self.run(lambda: self._hands.settings(self._device, changes))

    def lens(self, **changes: Any) -> None:
        """Change the lens, turn its rings, or hold it: `mount`, `zoom`, `focus_m`, `f_number`, `shake`."""
        self.run(lambda: self._hands.lens(self._device, **changes))

    def temperature(self, celsius: float) -> None:
        """Bring the camera into air of another temperature."""
        self.run(lambda: self._hands.temperature(self._device, celsius))

    def scene(self, name: str) -> None:
        """Have another scene in front of the camera."""
        self.run(lambda: self._hands.scene(name))

    def weather(
        self, *, clouds: float | None = None, dim_stops: float = 0.0, temperature_c: float | None = None
    ) -> None:
        """Change the weather."""
        self.run(lambda: self._hands.weather(Weather(clouds, dim_stops, temperature_c)))

    def fault(self, spec: str) -> str:
        """Put a fault rule, or a named mix of them, to work; returns the id of the (first) rule."""
        return self.run(lambda: next(iter([self.emulator.faults.add(rule) for rule in parse_rules(spec)])))

    def heal(self) -> None:
        """End all fault rules."""
        self.run(self.emulator.faults.clear)

    def snapshot(self, name: str = "default") -> None:
        """Remember how the camera stands."""
        self.run(lambda: self.emulator.snapshot(name))

    def restore(self, name: str = "default") -> None:
        """Bring the camera back to how it stood."""
        self._await(self.emulator.restore(name))

    def now(self) -> datetime:
        """Return the time of day by the true clock of the camera's world, UTC."""
        return self.run(self.emulator.clock.now)

    def jump(self, seconds: float) -> None:
        """Let it be so much later at once."""
        self.run(lambda: self._hands.jump(seconds))

    def advance(self, seconds: float) -> None:
        """Let time pass, for a camera with `clock="virtual"`."""
        self._await(self._hands.advance(seconds))

    def count(self, method: str) -> int:
        """Return how often a method has been called."""
        return self.run(lambda: self.emulator.journal.count(method))

    def journal(self, **which: Any) -> list[dict[str, Any]]:
        """Return entries of the journal: `method`, `channel`, `kind`, … as in `emulator.journal.Query`."""
        return self.run(lambda: [entry.as_json() for entry in self.emulator.journal.entries(**which)])

    def har(self) -> dict[str, Any]:
        """Return the HTTP exchanges as an HTTP archive."""
        return self.run(lambda: archive(self.emulator.journal.exchanges(), version=__version__))

    def journal_lines(self, last: int) -> list[str]:
        """Return the last entries of the journal as text; of whole exchanges only what they were."""
        return self.run(lambda: [entry.as_line() for entry in self.emulator.journal.entries(last=last)])

    def run(self, function: Callable[[], Result]) -> Result:
        """Call a function in the camera's own thread and return what it returns."""

        async def call() -> Result:
            return function()

        return self._await(call())

    @property
    def _device(self) -> Device:
        return self.emulator.cameras[0]

    def _await(self, work: Coroutine[Any, Any, Result]) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(_LIMIT_S)
        except TimeoutError as error:
            if not future.cancel():  # it is the answer
                raise
            raise RemoteLensError(
                f"the emulated camera has not done it within {_LIMIT_S:g} s",
                camera=self._device.id,
                remedy="where time stands still, advance it from another thread",
            ) from error

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
