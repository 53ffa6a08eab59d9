"""Making a connection to a camera that was heard, and forgetting the bond with one."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import ConnectFailed, NotSupported, PairingRejected
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.agent import bonding_agent
from remotelens.transport.ble.failures import PAIR_AGAIN, connecting, talking
from remotelens.transport.ble.gatt import CALL_LIMIT_S, GattLink, disconnect
from remotelens.transport.undone import undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from bleak import BleakClient
    from bleak.backends.device import BLEDevice

CONNECT_LIMIT_S: Final = 20.0
MOST_BREAKS: Final = 3
"""bleak on BlueZ tries for ever where a camera has forgotten the bond, and tells nobody; after so many
connections that were made and broken off at once it is said."""
WAIT_FOR_THAT: Final = "wait until that has ended, and try again"


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
                    if bonded and client is None and breaks == MOST_BREAKS:
                        limit.reschedule(clock.monotonic())

                if pair:
                    await stack.enter_async_context(bonding_agent(adapter, device.address))
                client = await _connected(adapter, device, camera, broke, pair, bonded, attempts, limit_s)
                # From here on it ends the connection; what an earlier attempt has lost does not count.
                if client.is_connected:
                    lost.clear()
        except BaseException as error:
            if client is not None:
                # The bond's end was interrupted, of which the system's connection knows nothing.
                await undone(disconnect(client, clock))
            elif isinstance(error, TimeoutError):
                forgotten = bonded and breaks >= MOST_BREAKS
                if (known := _known_cause(adapter, device.address, camera, forgotten=forgotten)) is not None:
                    raise known from error
            raise
    return GattLink(client, adapter, camera, lost, clock=clock)


def _known_cause(
    adapter: Adapter, address: str, camera: str, *, forgotten: bool
) -> ConnectFailed | PairingRejected | None:
    """Return why there was no connection within the time, None where the camera is just silent."""
    if hindrance := adapter.hindrance(address):
        return ConnectFailed(
            f"no connection within the time limit: {hindrance}", camera=camera, remedy=WAIT_FOR_THAT
        )
    if forgotten:
        return PairingRejected(
            "it breaks every connection off as soon as the bond is used", camera=camera, remedy=PAIR_AGAIN
        )
    return None


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
