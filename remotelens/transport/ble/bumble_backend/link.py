"""One established connection: its ATT procedures, subscriptions and pairing, in bleak's errors.

Source: ble-stack.md 3 (traps 1, 2 and 7); protocol/ble.md 9.2.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import NotifyCallback
from bleak.backends.service import BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_16
from bumble import core, hci
from bumble.att import ATT_Error, ATT_Handle_Value_Indication
from bumble.device import Connection
from bumble.gatt_client import Client as AttClient

from remotelens.transport.ble.bumble_backend.errors import (
    BleakBondLostError,
    BleakLinkLostError,
    BleakPairingRefusedError,
)
from remotelens.transport.ble.bumble_backend.radio import Radio

T = TypeVar("T")

WANTED_MTU: Final = 517
SMP_LIMIT_S: Final = 30.0
"""After this long without a step the Security Manager gives up (Bluetooth Core, volume 3, part H, 3.4)."""
DISCONNECT_LIMIT_S: Final = 5.0
CLIENT_CONFIGURATION: Final = normalize_uuid_16(0x2902)
GENERIC_ATTRIBUTE: Final = normalize_uuid_16(0x1801)
SERVICE_CHANGED: Final = normalize_uuid_16(0x2A05)
_NO_BOND: Final = (
    hci.HCI_ErrorCode.AUTHENTICATION_FAILURE_ERROR,
    hci.HCI_ErrorCode.PIN_OR_KEY_MISSING_ERROR,
    hci.HCI_ErrorCode.CONNECTION_TERMINATED_DUE_TO_MIC_FAILURE_ERROR,
)


class Link:
    """A connection to a peer.

    Args:
        radio: the radio it was made with.
        connection: Bumble's connection.
        on_lost: called once when the connection has ended, whoever ended it.
    """

    def __init__(self, radio: Radio, connection: Connection, on_lost: Callable[[], None]) -> None:
        self.radio = radio
        self.connection = connection
        self.att: AttClient = connection.gatt_client
        self.alive = True
        self.reason: int | None = None
        """The HCI reason with which it ended."""
        self.on_database_changed: Callable[[], None] | None = None
        """Called when the peer says that its services have changed."""
        self._on_lost = on_lost
        self._procedure_lock = asyncio.Lock()
        self._pairing_spent = False
        self._subscribers: dict[int, Callable[[bytes], None]] = {}
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        connection.on(Connection.EVENT_DISCONNECTION, self._ended)
        self._watch_database()

    def _watch_database(self) -> None:
        """Hear Service Changed also before its handle is known: bonded peers send it unasked.

        Nothing else is indicated to us that we did not subscribe to.
        """
        handle_indication = self.att.on_att_handle_value_indication

        def heard(indication: ATT_Handle_Value_Indication) -> None:
            unasked = indication.attribute_handle not in self._subscribers
            handle_indication(indication)
            if unasked and self.on_database_changed is not None:
                self.on_database_changed()

        self.att.on_att_handle_value_indication = heard  # type: ignore[method-assign]  # Bumble has no hook here

    def _ended(self, reason: int) -> None:
        if self.alive:
            self.alive = False
            self.reason = reason
            self._subscribers.clear()
            self._gone.set_result(None)
            self._on_lost()

    def check(self) -> None:
        """Raise when the connection has ended, also when that was before anybody listened.

        Raises:
            BleakLinkLostError: it has.
        """
        if self.radio.device.connections.get(self.connection.handle) is not self.connection:
            self._ended(hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR)
        if not self.alive:
            raise BleakLinkLostError("the connection was lost")

    async def _run(self, work: Coroutine[Any, Any, T], done: Callable[[], None] | None = None) -> T:
        """Run something on the connection to its end, or to the connection's end.

        When a connection ends Bumble ends what it knows to wait for it; what is between two of its steps at
        that moment would wait for ever.

        Raises:
            BleakLinkLostError: the connection ended.
        """
        return await self.radio.tasks.outcome(self.radio.tasks.start(work, done), unless=self._gone)

    # ATT procedures

    async def procedure(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run one ATT procedure to its end, alone, whatever becomes of the caller.

        An answer that came after the request was given up would be taken for the answer to the next one. A
        caller that is cancelled while others are before it has sent nothing.

        Raises:
            BleakGATTProtocolError: the peer refused; `code` is its ATT error.
            BleakLinkLostError: the connection ended.
            BleakError: anything else.
        """
        await self._procedure_lock.acquire()
        if not self.alive:
            self._procedure_lock.release()
            raise BleakLinkLostError("not connected")
        try:
            return await self._run(work(), done=self._procedure_lock.release)
        except core.TimeoutError as error:
            # An answer may still come, so nothing may be asked on this connection again (Core, 3, F, 3.3.3).
            self.radio.tasks.start(self._hang_up())
            raise BleakLinkLostError(
                "the peer did not answer for 30 s, the connection is given up"
            ) from error
        except ATT_Error as error:
            raise BleakGATTProtocolError(int(error.error_code)) from error
        except (core.BaseBumbleError, ValueError, struct.error) as error:
            raise BleakError(f"{type(error).__name__}: {error}") from error

    async def negotiate_mtu(self) -> None:
        """Ask for a large MTU; a peer that cannot stays at 23."""
        try:
            await self.procedure(lambda: self.att.request_mtu(WANTED_MTU))
        except BleakGATTProtocolError:
            return

    async def read(self, handle: int) -> bytes:
        """Read a whole value, in parts where it is long."""
        return bytes(await self.procedure(lambda: self.att.read_value(handle)))

    async def write(self, handle: int, data: bytes) -> None:
        """Write with response, in parts where the value is long."""
        await self.procedure(lambda: self.att.write_value(handle, data, with_response=True))

    async def write_command(self, handle: int, data: bytes) -> None:
        """Write without response: sent at once, before procedures that wait.

        Raises:
            BleakError: more bytes than fit one packet.
        """
        if not self.alive:
            raise BleakLinkLostError("not connected")
        if len(data) > self.connection.att_mtu - 3:
            raise BleakError(
                f"{len(data)} bytes do not fit one packet of {self.connection.att_mtu - 3} without response"
            )
        await self.att.write_value(handle, data, with_response=False)

    # subscriptions

    async def subscribe(self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback) -> None:
        """Have notifications, else indications, of a characteristic given to `callback`.

        Not by Bumble's own `subscribe`: that searches for descriptors again each time, and keeps the callback
        when the peer refuses.
        """
        handle = characteristic.handle
        if handle in self._subscribers:
            raise BleakError("notifications of this characteristic are on already")
        if "notify" in characteristic.properties:
            bits, subscribers = 1, self.att.notification_subscribers
        elif "indicate" in characteristic.properties:
            bits, subscribers = 2, self.att.indication_subscribers
        else:
            raise BleakError(f"characteristic {characteristic.uuid} neither notifies nor indicates")
        configuration = _configuration(characteristic)

        def deliver(value: bytes) -> None:
            try:
                callback(bytearray(value))
            except Exception as error:  # noqa: BLE001 - a failing callback must not keep back the confirmation
                context = {"message": f"callback of {characteristic.uuid} failed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)

        # Listening before the write, because the first value may come before its answer.
        subscribers.setdefault(handle, set()).add(deliver)
        self._subscribers[handle] = deliver
        try:
            await self.write(configuration, bits.to_bytes(2, "little"))
        except BaseException:
            self._forget(handle)
            raise

    async def unsubscribe(self, characteristic: BleakGATTCharacteristic) -> None:
        """Switch notifications and indications of a characteristic off; nothing happens when they are."""
        if self._forget(characteristic.handle):
            await self.write(_configuration(characteristic), b"\0\0")

    async def ask_for_changes(self, services: BleakGATTServiceCollection) -> None:
        """Have the peer tell when its services change; one that cannot is left alone."""
        service = services.get_service(GENERIC_ATTRIBUTE)
        characteristic = service.get_characteristic(SERVICE_CHANGED) if service else None
        if characteristic is not None and characteristic.get_descriptor(CLIENT_CONFIGURATION) is not None:
            with contextlib.suppress(BleakGATTProtocolError):
                await self.write(_configuration(characteristic), b"\2\0")

    def _forget(self, handle: int) -> bool:
        deliver = self._subscribers.pop(handle, None)
        for subscribers in (self.att.notification_subscribers, self.att.indication_subscribers):
            if deliver is not None:
                subscribers.get(handle, set()).discard(deliver)
        return deliver is not None

    # security

    async def keys_known(self) -> bool:
        """Tell whether we have a bond with this peer."""
        return await self.radio.keyring.get(str(self.connection.peer_address)) is not None

    async def encrypt(self) -> None:
        """Encrypt with the keys of our bond.

        Raises:
            BleakBondLostError: the peer does not know them.
            BleakLinkLostError: the connection ended for another reason.
        """
        self.check()
        try:
            await self._run(self.connection.encrypt())
        except (hci.HCI_Error, BleakLinkLostError) as error:
            code = error.error_code if isinstance(error, hci.HCI_Error) else self.reason
            if code in _NO_BOND:
                raise BleakBondLostError("the peer has no keys for this bond", code) from error
            if isinstance(error, BleakLinkLostError):
                raise
            raise BleakError(f"the connection could not be encrypted: {error}") from error
        except core.BaseBumbleError as error:
            raise BleakError(f"the connection could not be encrypted: {error}") from error
        if not self.connection.is_encrypted:
            raise BleakBondLostError("the peer does not encrypt")

    async def pair(self) -> None:
        """Make a bond; when there is one and it encrypts this connection, nothing happens.

        Raises:
            BleakPairingRefusedError: the peer said no, or did not answer in time.
            BleakLinkLostError: the connection ended.
            BleakKeyFileError: the bond was made, but cannot be kept.
        """
        if self.connection.is_encrypted and await self.keys_known():
            return
        if self._pairing_spent:
            # Bumble's responders never answer a second request on a connection, and real ones need not.
            raise BleakPairingRefusedError(
                "pairing has failed on this connection; connect again to try again"
            )
        self.check()
        self._pairing_spent = True
        on_air = str(self.connection.peer_address)
        try:
            async with self.radio.port.clock.timeout(SMP_LIMIT_S):
                await self._run(self.connection.pair())
        except TimeoutError as error:
            raise BleakPairingRefusedError(f"the peer did not answer for {SMP_LIMIT_S:g} s") from error
        except core.ProtocolError as error:
            raise BleakPairingRefusedError(f"the peer refused to pair: {error}", error.error_code) from error
        except core.BaseBumbleError as error:
            raise BleakError(f"pairing failed: {error}") from error
        if not self.connection.is_encrypted:
            raise BleakPairingRefusedError("the peer does not encrypt")
        await self._check_bond(on_air)
        self._pairing_spent = False

    async def _check_bond(self, on_air: str) -> None:
        keyring = self.radio.keyring
        identity = str(self.connection.peer_address)
        if not any(bytes(self.connection.peer_address)) and await keyring.get(identity) is not None:
            # A peer that names no identity address of its own is known by the address it was called by.
            await keyring.move(identity, on_air)
            self.connection.peer_address = hci.Address(on_air)
        if not await self.keys_known():
            raise keyring.failure or BleakError("the peer did not give keys for a lasting bond")

    # the end

    async def rssi(self) -> int:
        """Return the signal strength of this connection in dBm."""
        command = hci.HCI_Read_RSSI_Command(handle=self.connection.handle)
        try:
            answer = await self._run(self.radio.device.send_sync_command(command))
        except core.BaseBumbleError as error:
            raise BleakError(f"signal strength could not be read: {error}") from error
        return int(answer.rssi)

    async def close(self) -> None:
        """End the connection; when this returns it has ended."""
        if self.alive:
            with contextlib.suppress(BleakLinkLostError):
                await self.radio.tasks.run(self._hang_up())

    async def _hang_up(self) -> None:
        try:
            if self.alive and not self.radio.is_gone:
                async with self.radio.port.clock.timeout(DISCONNECT_LIMIT_S):
                    await self.connection.disconnect()
        except (TimeoutError, core.BaseBumbleError):
            return  # gone already, or a controller that no longer answers: in either case it is over for us
        finally:
            self._ended(hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR)


def _configuration(characteristic: BleakGATTCharacteristic) -> int:
    descriptor = characteristic.get_descriptor(CLIENT_CONFIGURATION)
    if descriptor is None:
        raise BleakError(f"characteristic {characteristic.uuid} has no client configuration")
    return descriptor.handle
