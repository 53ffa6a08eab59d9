"""One GATT connection to a camera: every call has a time limit, and every failure is an error of ours.

A time limit on each call is no luxury: BlueZ without an agent never answers a protected read
(ble-stack.md 4).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import ConnectFailed, LinkLost, NotSupported, PairingRejected
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.agent import bonding_agent
from remotelens.transport.ble.failures import COME_CLOSER, PAIR_AGAIN, connecting, foreign, talking
from remotelens.transport.undone import undone

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.device import BLEDevice

CALL_LIMIT_S: Final = 10.0
CONNECT_LIMIT_S: Final = 20.0
PAIR_LIMIT_S: Final = 35.0
"""Somebody has to press OK on the camera; Bluetooth itself gives them 30 s."""
CLOSE_LIMIT_S: Final = 6.0
MOST_BREAKS: Final = 3
"""bleak on BlueZ tries for ever where a camera has forgotten the bond, and tells nobody; after so many
connections that were made and broken off at once it is said."""
WAIT_FOR_THAT: Final = "wait until that has ended, and try again"
MOST_UNREAD: Final = 256


class GattLink:
    """An open connection; made by `connect`, ended by `close` or as an async context manager.

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
        await _disconnect(self._client, self._clock)

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


async def connect(
    adapter: Adapter,
    device: BLEDevice,
    *,
    camera: str,
    pair: bool = False,
    bonded: bool = False,
    attempts: int = 1,
    limit_s: float = CONNECT_LIMIT_S,
    clock: Clock = REAL_CLOCK,
) -> GattLink:
    """Connect to a device that a scan has found.

    Args:
        adapter: the adapter that found it.
        device: bleak's handle of it.
        camera: what it is called in messages.
        pair: make a bond before anything else, where there is none.
        bonded: a bond was made with it before; should it have forgotten that, this is told.
        attempts: how often to try; more than once only where a failure costs nothing, so not with `pair`.
        limit_s: time limit of all attempts together.
        clock: measures the time limits.

    Raises:
        CameraNotFound, ConnectFailed, PairingRejected, MissingComponent: see `failures.connecting`.
    """
    lost = asyncio.Event()
    breaks = 0
    client: BleakClient | None = None
    with connecting(camera):
        try:
            async with clock.timeout(limit_s) as limit, contextlib.AsyncExitStack() as stack:

                def broke(_: BleakClient) -> None:
                    nonlocal breaks
                    breaks += 1
                    lost.set()
                    if bonded and breaks == MOST_BREAKS:
                        limit.reschedule(clock.monotonic())

                if pair:
                    await stack.enter_async_context(bonding_agent(adapter, device.address))
                client = await _connected(adapter, device, camera, broke, pair, bonded, attempts, limit_s)
                # From here on it ends the connection; what an earlier attempt has lost does not count.
                bonded = False
                if client.is_connected:
                    lost.clear()
        except BaseException as error:
            if client is not None:
                # The bond's end was interrupted, of which the system's connection knows nothing.
                await undone(_disconnect(client, clock))
            if not isinstance(error, TimeoutError):
                raise
            if hindrance := adapter.hindrance(device.address):
                raise ConnectFailed(
                    f"no connection within the time limit: {hindrance}", camera=camera, remedy=WAIT_FOR_THAT
                ) from error
            if not bonded or breaks < MOST_BREAKS:
                raise
            raise PairingRejected(
                "it breaks every connection off as soon as the bond is used", camera=camera, remedy=PAIR_AGAIN
            ) from error
    return GattLink(client, adapter, camera, lost, clock=clock)


async def _disconnect(client: BleakClient, clock: Clock) -> None:
    with contextlib.suppress(*foreign()):
        async with clock.timeout(CLOSE_LIMIT_S):
            await client.disconnect()


async def _connected(
    adapter: Adapter,
    device: BLEDevice,
    camera: str,
    lost: Callable[[BleakClient], None],
    pair: bool,
    bonded: bool,
    attempts: int,
    limit_s: float,
) -> BleakClient:
    if attempts == 1:
        client = adapter.client(device, lost, pair=pair, bonded=bonded, limit_s=limit_s)
        await client.connect()
        return client
    from bleak_retry_connector import BleakClientWithServiceCache, establish_connection

    return await establish_connection(
        BleakClientWithServiceCache,
        device,
        camera,
        disconnected_callback=lost,
        max_attempts=attempts,
        pair=pair,
        **adapter.client_arguments(bonded=bonded),
    )


async def unpair(
    adapter: Adapter,
    device: BLEDevice,
    *,
    camera: str,
    clock: Clock = REAL_CLOCK,
    limit_s: float = CALL_LIMIT_S,
) -> None:
    """Forget this host's bond with a device.

    Raises:
        NotSupported: this system leaves it to the user (macOS).
        LinkError: it did not work.
    """
    with talking("forgetting the bond", camera):
        async with clock.timeout(limit_s):
            try:
                await adapter.client(device).unpair()
            except NotImplementedError as error:
                raise NotSupported(
                    "this system does not let a program forget a bond",
                    camera=camera,
                    remedy="remove the camera in the system's Bluetooth settings",
                ) from error
