"""A camera's API as a double: for faults, delays and orders of events that no server can be made to show.

It keeps slots as a camera does, tells changes by long poll, and answers what a test scripts. It has no state
machine: a test says what happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from remotelens.camera.camera import Camera
from remotelens.camera.holding import refresh_lists
from remotelens.camera.line import Line
from remotelens.camera.opening import opened
from remotelens.errors import NotAvailableNow, NotSupported
from remotelens.protocol.wifi.codes import error_from
from remotelens.protocol.wifi.events import CameraEvent
from tests.remotelens.camera.answers import QX10_STILL_SIZES, QX10_WHITE_BALANCE, qx10_program
from tests.remotelens.library.clocks import HurriedClock
from tests.remotelens.library.test_fetch import Answer, Answers

Handler = Callable[..., Any]
URL = "http://10.0.0.1:60152/pict140202_0044410001.JPG?%211234%21"


class ApiDouble:
    """One camera's JSON-RPC, scripted.

    Attributes:
        calls: what was called, in order, with its parameters.
        handlers: what a method does; it returns the values or raises.
    """

    def __init__(self, slots: Mapping[str, Any] | None = None) -> None:
        self.camera = "qx"
        self.slots: dict[str, Any] = dict(qx10_program() if slots is None else slots)
        self.calls: list[tuple[Any, ...]] = []
        self.methods: set[tuple[str, str]] = {("system", "setCurrentTime")}
        self._calling = asyncio.Condition()
        self._events: asyncio.Queue[CameraEvent | Exception] = asyncio.Queue()
        self.handlers: dict[str, Handler] = {
            "getAvailableStillSize": lambda: QX10_STILL_SIZES,
            "getAvailableWhiteBalance": lambda: QX10_WHITE_BALANCE,
            "setCurrentTime": lambda _: [],
            "setPostviewImageSize": lambda value: self.accept(
                "postviewImageSize", "PostviewImageSize", value
            ),
            "setSelfTimer": lambda value: self.accept("selfTimer", "SelfTimer", value),
            "setExposureMode": lambda value: self.accept("exposureMode", "ExposureMode", value),
            "setShootMode": lambda value: self.accept("shootMode", "ShootMode", value),
            "actTakePicture": lambda: [[URL]],
        }

    def accept(self, kind: str, api: str, value: Any) -> list[Any]:
        """Take a value as a camera does: answer, and tell it in the next event."""
        self.tell(**{kind: {**self.slots[kind], f"current{api}": value}})
        return [0]

    def tell(self, **slots: Any) -> list[Any]:
        """Change slots and let the long poll tell them; returns the empty answer of a newer method."""
        self.slots.update(slots)
        self._events.put_nowait(CameraEvent(slots))
        return []

    def tell_status(self, status: str) -> list[Any]:
        return self.tell(cameraStatus={"cameraStatus": status, "type": "cameraStatus"})

    def tell_focus(self, status: str) -> list[Any]:
        return self.tell(focusStatus={"focusStatus": status, "type": "focusStatus"})

    def tell_names(self, names: Sequence[str]) -> list[Any]:
        return self.tell(availableApiList={"names": list(names), "type": "availableApiList"})

    def break_down(self, error: Exception) -> None:
        """Let the following of events end in an error."""
        self._events.put_nowait(error)

    def change_silently(self, **slots: Any) -> None:
        """Change slots that no long poll tells: its answer is lost."""
        self.slots.update(slots)

    def refuse(self, code: int, text: str = "", method: str = "actTakePicture") -> Exception:
        return error_from(code, text, method=method, camera=self.camera)

    def called(self, method: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == method]

    async def until_called(self, method: str) -> None:
        """Return once a method has been called."""
        async with self._calling:
            await self._calling.wait_for(lambda: bool(self.called(method)))

    async def until_heard(self) -> None:
        """Return once everything that was told has been taken."""
        await self._events.join()

    def has(self, service: str, method: str) -> bool:
        return (service, method) in self.methods

    def url(self, given: str) -> str:
        return given

    async def call(
        self,
        service: str,
        method: str,
        params: Sequence[Any] = (),
        version: str | None = None,
        *,
        timeout_s: float | None = None,
    ) -> list[Any]:
        async with self._calling:
            self.calls.append((method, *params))
            self._calling.notify_all()
        handler = self.handlers.get(method)
        if handler is None:
            raise NotSupported(f"{method} is not scripted", code=12)
        values = handler(*params)
        if asyncio.iscoroutine(values):
            values = await values
        if isinstance(values, Exception):
            raise values
        await asyncio.sleep(0)
        return list(values)

    async def snapshot(self) -> CameraEvent:
        handler = self.handlers.get("getEvent")
        if handler is not None:
            handler()
        await asyncio.sleep(0)
        return CameraEvent(dict(self.slots))

    async def feed(self, line: Line) -> None:
        """Hand the camera's events on, until one of them is an error."""
        while True:
            event = await self._events.get()
            if isinstance(event, Exception):
                raise event
            line.take(event, snapshot=False)
            self._events.task_done()


class NoStream:
    """A live view that no test here opens."""

    def __call__(self, url: str) -> Any:
        raise NotAvailableNow(f"no live view at {url}")


@asynccontextmanager
async def camera_on(
    api: ApiDouble, *, pictures: Sequence[Answer | Exception] = (), clock: HurriedClock | None = None
) -> AsyncIterator[Camera]:
    """A `Camera` on a double, its events followed."""
    line = Line(api, clock=clock or HurriedClock(), model="DSC-QX10")
    source = Answers(list(pictures) or [Answer(b"")])

    async def hold() -> None:
        line.take(CameraEvent(dict(api.slots)), snapshot=True)
        line.set_link("ready", None)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(refresh_lists(line))
            tasks.create_task(api.feed(line))

    async with opened(line, hold, source=source, open_stream=NoStream()) as camera:
        yield camera
