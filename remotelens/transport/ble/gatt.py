"""One GATT connection to a camera: every call has a time limit, and every failure is an error of ours.

A time limit on each call is no luxury: BlueZ without an agent never answers a protected read
(ble-stack.md 4).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import LinkLost, NotSupported
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.agent import bonding_agent
from remotelens.transport.ble.failures import COME_CLOSER, foreign, talking

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic

CALL_LIMIT_S: Final = 10.0
PAIR_LIMIT_S: Final = 35.0
"""Somebody has to press OK on the camera; Bluetooth itself gives them 30 s."""
CLOSE_LIMIT_S: Final = 6.0
MOST_UNREAD: Final = 256


class GattLink:
    """An open connection; made by `connecting.connect`, ended by `close` or as an async context manager.

    Args:
        client: bleak's connected client.
        adapter: the adapter it uses.
        camera: what the camera is called in messages.
        lost: set when the connection has ended.
        clock: measures the time limits.
        limit_s: how long one call may take.
    """

    def __init__(
        self,
        client: BleakClient,
        adapter: Adapter,
        camera: str,
        lost: asyncio.Event,
        *,
        clock: Clock = REAL_CLOCK,
        limit_s: float = CALL_LIMIT_S,
    ) -> None:
        self.camera = camera
        self.lost = lost
        self._client = client
        self._adapter = adapter
        self._clock = clock
        self._limit_s = limit_s
        self._feeds: dict[str, _Feed] = {}

    async def __aenter__(self) -> GattLink:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def is_connected(self) -> bool:
        """The connection stands."""
        return self._client.is_connected

    @property
    def address(self) -> str:
        """The camera's address."""
        return self._client.address

    def offers(self, uuid: str) -> bool:
        """Tell whether the camera has a characteristic.

        Raises:
            LinkLost: the connection has ended.
        """
        with talking("looking for a characteristic", self.camera):
            return self._find(uuid) is not None

    async def read(self, uuid: str, what: str = "") -> bytes:
        """Read a characteristic.

        Args:
            uuid: its UUID, as lower-case 128-bit text.
            what: what it is, for messages.

        Raises:
            LinkLost, PairingRejected, RefusedError, NotSupported: see `failures.talking`.
        """
        with talking(f"reading {what or uuid}", self.camera):
            async with self._clock.timeout(self._limit_s):
                return bytes(await self._client.read_gatt_char(self._characteristic(uuid, what)))

    async def write(self, uuid: str, data: bytes, what: str = "") -> None:
        """Write a characteristic and wait for the camera's answer.

        Raises:
            LinkLost, PairingRejected, RefusedError, NotSupported: see `failures.talking`.
        """
        with talking(f"writing {what or uuid}", self.camera):
            async with self._clock.timeout(self._limit_s):
                await self._client.write_gatt_char(self._characteristic(uuid, what), data, response=True)

    @contextlib.asynccontextmanager
    async def notifications(self, uuid: str, what: str = "") -> AsyncIterator[Notifications]:
        """Subscribe to a characteristic for the length of a block.

        Several may listen to one characteristic: each hears everything that comes during its own block.

        Raises:
            LinkLost, PairingRejected, RefusedError, NotSupported: see `failures.talking`.
        """
        heard = Notifications(self, what or uuid)
        feed = self._feeds.setdefault(uuid, _Feed())
        # Listening before the write, because the first value may come before its answer.
        feed.listeners.append(heard)
        try:
            with talking(f"subscribing to {what or uuid}", self.camera):
                async with self._clock.timeout(self._limit_s), feed.lock:
                    characteristic = self._characteristic(uuid, what)
                    if not feed.is_on:
                        await self._client.start_notify(
                            characteristic, lambda _, value: feed.put(bytes(value))
                        )
                        feed.is_on = True
            yield heard
        finally:
            feed.listeners.remove(heard)
            # Nothing depends on this: a camera that is gone has forgotten the subscription by itself.
            with contextlib.suppress(*foreign()):
                async with self._clock.timeout(self._limit_s), feed.lock:
                    if feed.is_on and not feed.listeners:
                        feed.is_on = False
                        if self.is_connected:
                            await self._client.stop_notify(uuid)

    async def pair(self, limit_s: float = PAIR_LIMIT_S) -> bool:
        """Make a bond; nothing happens when there is one.

        Returns:
            False where the system bonds by itself at the first protected access (macOS).

        Raises:
            PairingRejected: the camera, or the user at it, said no.
            LinkLost: the connection ended, or nobody answered.
        """
        with talking("pairing", self.camera):
            async with self._clock.timeout(limit_s), bonding_agent(self._adapter, self.address):
                try:
                    await self._client.pair()
                except NotImplementedError:
                    return False
        return True

    async def close(self) -> None:
        """End the connection; raises nothing, and does not wait for ever for a camera that is gone."""
        await disconnect(self._client, self._clock)

    def _characteristic(self, uuid: str, what: str) -> BleakGATTCharacteristic:
        found = self._find(uuid)
        if found is None:
            raise NotSupported(f"the camera has no {(what or uuid).removeprefix('the ')}", camera=self.camera)
        return found

    def _find(self, uuid: str) -> BleakGATTCharacteristic | None:
        """Return the first characteristic of that UUID: bleak does not look for one that is there twice."""
        candidates = (service.get_characteristic(uuid) for service in self._client.services)
        return next((item for item in candidates if item is not None), None)


class Notifications:
    """What a camera notified, in order; the oldest go when nobody reads.

    Args:
        link: the connection.
        what: what it is about, for messages.
    """

    def __init__(self, link: GattLink, what: str) -> None:
        self._link = link
        self._what = what
        self._heard: deque[bytes] = deque(maxlen=MOST_UNREAD)
        self._news = asyncio.Event()

    def put(self, value: bytes) -> None:
        """Take a value in."""
        self._heard.append(value)
        self._news.set()

    async def next(self) -> bytes:
        """Return the next value; put a time limit around it, which takes no value away when it ends.

        Raises:
            LinkLost: the connection ended, and everything that came before has been read.
        """
        while not (self._heard or self._link.lost.is_set()):
            self._news.clear()
            waits = {asyncio.ensure_future(event.wait()) for event in (self._news, self._link.lost)}
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        if self._heard:
            return self._heard.popleft()
        raise LinkLost(
            f"waiting for {self._what}: the Bluetooth connection was lost",
            camera=self._link.camera,
            remedy=COME_CLOSER,
        )


@dataclass(slots=True, eq=False)
class _Feed:
    """One characteristic's notifications, and who listens to them.

    Args:
        listeners: who.
        is_on: the camera has been asked for them.
        lock: one asks for them, or for their end, at a time.
    """

    listeners: list[Notifications] = field(default_factory=list)
    is_on: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def put(self, value: bytes) -> None:
        """Give a value to all who listen."""
        for listener in self.listeners:
            listener.put(value)


async def disconnect(client: BleakClient, clock: Clock) -> None:
    """End a client's connection; raises nothing, and does not wait for ever for a camera that is gone."""
    with contextlib.suppress(*foreign()):
        async with clock.timeout(CLOSE_LIMIT_S):
            await client.disconnect()
