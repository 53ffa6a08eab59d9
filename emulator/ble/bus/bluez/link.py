"""One connection to a device: its ATT procedures, one after the other, and what security does to them.

A value that wants a bond makes BlueZ pair by itself and ask again. Where that fails it never asks again: the
procedure, and each one behind it, gets no answer until the device is paired after all or the link has ended.

Source: bluez `change_security` and `handle_error_rsp` in `src/shared/att.c`; ble-stack.md 4.3.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from bumble import hci
from bumble.att import ATT_Error, ATT_Handle_Value_Indication
from bumble.core import BaseBumbleError
from bumble.device import Connection
from bumble.pairing import PairingDelegate

from emulator.ble.bus.bluez import errors
from emulator.ble.bus.bluez.central import Central
from emulator.ble.bus.interface import BusError

LOG = logging.getLogger(__name__)

MTU = 517
_WANTS_BOND = (0x05, 0x0F)

Result = TypeVar("Result")


class Link:
    """A connection.

    Args:
        central: the stack that has made it.
        connection: Bumble's connection.
        pair_by_itself: makes the bond that a protected value wants; raises `BusError` when it does not.
        ended: called once when the link has ended, whoever ended it.
    """

    def __init__(
        self,
        central: Central,
        connection: Connection,
        pair_by_itself: Callable[[Link], Awaitable[None]],
        ended: Callable[[], None],
    ) -> None:
        self.connection = connection
        self.att = connection.gatt_client
        self.changed: Callable[[], None] | None = None
        """Called when the device says that its services have changed."""
        self._central = central
        self._pair_by_itself = pair_by_itself
        self._ended = ended
        self._lock = asyncio.Lock()
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._secured = asyncio.Event()
        self._subscribers: dict[int, Callable[[bytes], None]] = {}
        connection.on(Connection.EVENT_DISCONNECTION, self._on_end)
        self._hear_changes()

    @property
    def alive(self) -> bool:
        """The link stands."""
        return not self._gone.done()

    @property
    def mtu(self) -> int:
        """The ATT MTU."""
        return int(self.connection.att_mtu)

    async def run(self, procedure: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Run one ATT procedure and return its result.

        Raises:
            BusError: the device refuses, or the link has ended.
        """
        async with self._lock:
            while True:
                try:
                    return await self._outcome(procedure())
                except ATT_Error as error:
                    code = int(error.error_code)
                    if code not in _WANTS_BOND or self.connection.is_encrypted:
                        raise errors.of_att(code) from error
                except (BaseBumbleError, TimeoutError) as error:
                    raise errors.failed(f"Operation failed: {error}") from error
                await self._outcome(self._become_secure())

    async def pair(self, delegate: PairingDelegate) -> None:
        """Make a bond, and let those go on that have waited for one.

        Raises:
            BusError: it was not made; the link stays as it is unless nobody answered.
        """
        try:
            await self._outcome(self._central.pair(self.connection, delegate))
        except BaseBumbleError as error:
            raise errors.authentication_failed() from error
        except TimeoutError as error:
            await self.close()
            raise errors.authentication_cancelled() from error
        except BusError as error:
            raise errors.authentication_cancelled() from error
        self._secured.set()

    async def encrypt(self) -> None:
        """Use the bond there is; a device that has forgotten it loses the link.

        Raises:
            BusError: there is no encrypted link.
        """
        try:
            await self._outcome(self.connection.encrypt())
        except (BusError, hci.HCI_Error, BaseBumbleError) as error:
            await self.close()
            raise errors.failed(errors.CONNECT_ABORTED) from error
        self._secured.set()

    async def close(self) -> None:
        """End the link; returns when it has ended."""
        await self._central.end(self.connection)
        if self.alive:
            self._on_end(int(hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR))

    def listen(self, handle: int, heard: Callable[[bytes], None] | None) -> None:
        """Have the values of a characteristic's notifications and indications told; None ends that."""
        before = self._subscribers.pop(handle, None)
        for subscribers in (self.att.notification_subscribers, self.att.indication_subscribers):
            subscribers.setdefault(handle, set()).discard(before)
            if heard is not None:
                subscribers[handle].add(heard)
        if heard is not None:
            self._subscribers[handle] = heard

    def _hear_changes(self) -> None:
        """Hear Service Changed also before its handle is known: bonded devices send it unasked."""
        indicated = self.att.on_att_handle_value_indication

        def heard(indication: ATT_Handle_Value_Indication) -> None:
            unasked = indication.attribute_handle not in self._subscribers
            indicated(indication)
            if unasked and self.changed is not None:
                self.changed()

        self.att.on_att_handle_value_indication = heard  # type: ignore[method-assign]  # Bumble has no hook here

    async def _become_secure(self) -> None:
        try:
            await self._pair_by_itself(self)
        except BusError as error:
            LOG.debug("%s gets no answer until it is paired: %s", self.connection.peer_address, error)
        await self._secured.wait()

    async def _outcome(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Return what work comes to, unless the link ends before it does.

        Bumble ends what waits for a lost link by cancelling it, which must not look like a cancellation of
        the caller: so the work has a task of its own.
        """
        if not self.alive:
            work.close()
            raise errors.link_lost()
        task = asyncio.create_task(work)
        awaited: set[asyncio.Future[Any]] = {task, self._gone}
        try:
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if task.cancelled():
            raise errors.link_lost()
        return task.result()

    def _on_end(self, reason: int) -> None:
        if self.alive:
            LOG.debug("the link to %s has ended: 0x%02x", self.connection.peer_address, reason)
            self._gone.set_result(None)
            self._ended()
