"""What the camera tells of its focus, shutter and recorder while its buttons are pressed from here.

Notifications may be late, doubled, missing or nonsense; so waiting is always for "since a mark", never for
the next one, and always within a time limit.

Source: protocol/ble.md 4.2.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from remotelens.clock import Clock
from remotelens.errors import LinkError, NotAvailableNow, NotSupported, RefusedError, RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.remote import Category, RemoteStatus, decode_status
from remotelens.transport.ble.gatt import GattLink, Notifications

_log = logging.getLogger(__name__)
MOST_KEPT: Final = 128
SWITCH_ON: Final = "on the camera choose MENU, Network, Bluetooth, Bluetooth Rmt Ctrl: On"


@dataclass(frozen=True, slots=True)
class Heard:
    """One event: its number on this connection, from 1, and when it came, on the clock's scale."""

    number: int
    at_s: float
    status: RemoteStatus


class RemoteEvents:
    """The events of one connection, numbered; the newest of each category is what holds.

    Args:
        camera: what it is called in messages.
        clock: tells when each came.
    """

    def __init__(self, camera: str, clock: Clock) -> None:
        self.malformed = 0
        """How many notifications were no events."""
        self._camera = camera
        self._clock = clock
        self._heard: deque[Heard] = deque(maxlen=MOST_KEPT)
        self._newest: dict[int, RemoteStatus] = {}
        self._count = 0
        self._waiters: set[asyncio.Event] = set()
        self._loss: LinkError | None = None

    @property
    def mark(self) -> int:
        """The number of the newest event: what comes after it is news."""
        return self._count

    def active(self, category: Category) -> bool | None:
        """Tell whether it is in focus, exposing or recording, None where the camera has not said."""
        status = self._newest.get(category)
        return None if status is None else status.active

    def take(self, value: bytes) -> None:
        """Take a notification in; what is no event is counted and passed over."""
        try:
            status = decode_status(value)
        except RemoteProtocolError as error:
            self.malformed += 1
            _log.debug("%s: %s", self._camera, error.message)
            return
        self._count += 1
        self._heard.append(Heard(self._count, self._clock.monotonic(), status))
        self._newest[status.category] = status
        self._wake()

    def end(self, loss: LinkError) -> None:
        """Take in that nothing more will come."""
        self._loss = loss
        self._wake()

    async def until(self, fits: Callable[[RemoteStatus], bool], *, since: int) -> Heard:
        """Return the first event after a mark that fits; put a time limit around it.

        Raises:
            NotAvailableNow: the camera said instead that its remote control is off.
            LinkError: the connection ended.
        """
        changed = asyncio.Event()
        self._waiters.add(changed)
        try:
            seen = since
            while True:
                changed.clear()
                for heard in tuple(self._heard):
                    if heard.number <= seen:
                        continue
                    seen = heard.number
                    if fits(heard.status):
                        return heard
                    if heard.status.category == Category.INACTIVE:
                        raise remote_is_off(self._camera)
                if self._loss is not None:
                    raise type(self._loss)(self._loss.message, camera=self._camera, remedy=self._loss.remedy)
                await changed.wait()
        finally:
            self._waiters.discard(changed)

    def _wake(self) -> None:
        for waiter in self._waiters:
            waiter.set()


def remote_is_off(camera: str, code: int | None = None) -> NotAvailableNow:
    """Return the error that says why buttons do nothing.

    Source: protocol/ble.md 2.2, 4.2 and quirk 2.
    """
    return NotAvailableNow(
        "Bluetooth remote control is off in the camera's menu, or the camera is asleep",
        camera=camera,
        remedy=SWITCH_ON,
        code=code,
    )


@contextlib.asynccontextmanager
async def listening(gatt: GattLink, camera: str, clock: Clock) -> AsyncIterator[RemoteEvents]:
    """Hear the camera's events for the length of a block; a camera that has none to tell stays silent.

    Raises:
        LinkError: the connection ended while subscribing.
    """
    events = RemoteEvents(camera, clock)
    async with contextlib.AsyncExitStack() as stack:
        heard: Notifications | None = None
        try:
            heard = await stack.enter_async_context(gatt.notifications(uuids.REMOTE_STATUS, "remote events"))
        except NotSupported as error:
            _log.debug("%s: %s", camera, error.message)
        except RefusedError as error:
            _log.warning("%s: it tells nothing of focus and shutter: %s", camera, error.message)
        if heard is not None:
            following = asyncio.create_task(_follow(heard, events), name=f"remote events of {camera}")
            stack.push_async_callback(_ended, following)
        yield events


async def _follow(heard: Notifications, events: RemoteEvents) -> None:
    while True:
        try:
            events.take(await heard.next())
        except LinkError as error:
            events.end(error)
            return


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
