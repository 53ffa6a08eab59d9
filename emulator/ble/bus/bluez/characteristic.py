"""org.bluez.GattCharacteristic1 and GattDescriptor1: the values of a device.

An object outlives the link: bluetoothd keeps what it has found, and answers "Not connected" in between.

Source: bluez `src/gatt-client.c`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from dbus_fast import Variant

from emulator.ble.bus.bluez import errors
from emulator.ble.bus.bluez.discovery import CONFIGURATION, FoundCharacteristic, FoundDescriptor
from emulator.ble.bus.bluez.link import Link
from emulator.ble.bus.bluez.sockets import ValueSocket
from emulator.ble.bus.interface import BusError, Call, Interface, Method, Property, Reply
from emulator.ble.bus.server import Server

_FLAGS = (
    "broadcast",
    "read",
    "write-without-response",
    "write",
    "notify",
    "indicate",
    "authenticated-signed-writes",
    "extended-properties",
)
_WRITE_COMMAND, _WRITE, _NOTIFY, _INDICATE = 0x04, 0x08, 0x10, 0x20
_DEFAULT_MTU = 23
_WRITE_HEADER = 3


class Values:
    """Where the link to the device is looked up, by every object of the device."""

    def __init__(self) -> None:
        self.current: Link | None = None

    @property
    def link(self) -> Link:
        """The link.

        Raises:
            BusError: there is none.
        """
        if self.current is None:
            raise errors.not_connected()
        return self.current


class RemoteDescriptor:
    """A descriptor on the bus."""

    def __init__(self, found: FoundDescriptor, characteristic: str, values: Values) -> None:
        self._found = found
        self._values = values
        self.interface = Interface(
            "org.bluez.GattDescriptor1",
            {
                "UUID": Property("s", found.uuid),
                "Characteristic": Property("o", characteristic),
                "Value": Property("ay"),
            },
            (
                Method("ReadValue", self._read, takes="a{sv}", gives="ay"),
                Method("WriteValue", self._write, takes="aya{sv}"),
            ),
        )

    async def _read(self, call: Call) -> tuple[bytes]:
        link = self._values.link
        value = bytes(await link.run(lambda: link.att.read_value(self._found.handle)))
        self.interface.update(Value=value)
        return (_from(value, call.arguments[0]),)

    async def _write(self, call: Call) -> None:
        value = bytes(call.arguments[0])
        if self._found.uuid == CONFIGURATION:
            raise errors.refused("NotPermitted", "Write not permitted")
        await _write_request(self._values.link, self._found.handle, value)


class RemoteCharacteristic:
    """A characteristic on the bus.

    Args:
        found: what it is.
        service: the path of its service.
        values: where the link is.
        server: the service that exports it.
    """

    def __init__(self, found: FoundCharacteristic, service: str, values: Values, server: Server) -> None:
        self._found = found
        self._values = values
        self._server = server
        self._sessions: dict[str, Callable[[], None]] = {}
        self._subscribed = False
        self._writing = False
        self._notify_socket: ValueSocket | None = None
        self._write_socket: ValueSocket | None = None
        tells = bool(found.properties & (_NOTIFY | _INDICATE))
        self.interface = Interface(
            "org.bluez.GattCharacteristic1",
            {
                "UUID": Property("s", found.uuid),
                "Service": Property("o", service),
                "Value": Property("ay"),
                "Notifying": Property("b", False if tells else None),
                "Flags": Property("as", [n for bit, n in enumerate(_FLAGS) if found.properties >> bit & 1]),
                "WriteAcquired": Property("b", False if found.properties & _WRITE_COMMAND else None),
                "NotifyAcquired": Property("b", False if found.properties & _NOTIFY else None),
                "MTU": Property("q", values.current.mtu if values.current else _DEFAULT_MTU),
            },
            (
                Method("ReadValue", self._read, takes="a{sv}", gives="ay"),
                Method("WriteValue", self._write, takes="aya{sv}"),
                Method("AcquireWrite", self._acquire_write, takes="a{sv}", gives="hq"),
                Method("AcquireNotify", self._acquire_notify, takes="a{sv}", gives="hq"),
                Method("StartNotify", self._start_notify),
                Method("StopNotify", self._stop_notify),
            ),
        )

    # the link comes and goes

    def connected(self) -> None:
        """Go on telling those who want to be told."""
        self.interface.update(MTU=self._values.link.mtu)
        if self._sessions:
            self._server.start(self._subscribe_again())

    def disconnected(self) -> None:
        """Take note that there is no link now."""
        self._subscribed = False
        self._close_sockets()

    def close(self) -> None:
        """Take note that the characteristic is no longer there."""
        for forget in self._sessions.values():
            forget()
        self._sessions.clear()
        self._close_sockets()

    def _close_sockets(self) -> None:
        for held in (self._notify_socket, self._write_socket):
            if held is not None:
                held.close()

    # reading and writing

    async def _read(self, call: Call) -> tuple[bytes]:
        link = self._values.link
        value = bytes(await link.run(lambda: link.att.read_value(self._found.handle)))
        # Programs that listen to this value hear it twice: bluetoothd is so, too.
        self.interface.update(Value=value)
        return (_from(value, call.arguments[0]),)

    async def _write(self, call: Call) -> None:
        value, options = bytes(call.arguments[0]), call.arguments[1]
        link = self._values.link
        if self._write_socket is not None:
            raise errors.refused("NotPermitted", "Write acquired")
        if self._writing:
            raise errors.in_progress()
        how = options["type"].value.lower() if _is_text(options.get("type")) else None
        self._writing = True
        try:
            if self._found.properties & _WRITE and how in (None, "request", "reliable"):
                await _write_request(link, self._found.handle, value)
            elif self._found.properties & _WRITE_COMMAND and how in (None, "command"):
                await self._send(link, value)
            else:
                raise errors.not_supported()
        finally:
            self._writing = False

    async def _send(self, link: Link, value: bytes) -> None:
        await link.run(lambda: link.att.write_value(self._found.handle, value, with_response=False))

    # being told

    async def _start_notify(self, call: Call) -> None:
        if self._notify_socket is not None:
            raise errors.refused("NotPermitted", "Notify acquired")
        if self.interface["Notifying"] is None:
            raise errors.not_supported()
        if call.sender in self._sessions:
            return
        self._sessions[call.sender] = self._server.watch(call.sender, lambda: self._leave(call.sender))
        if self._values.current is None:
            return
        try:
            await self._subscribe(self._values.current)
        except BusError:
            self._sessions.pop(call.sender, _nothing)()
            raise
        self._tell_notifying()

    def _stop_notify(self, call: Call) -> None:
        if self._notify_socket is not None:
            self._notify_socket.close()
            return
        forget = self._sessions.get(call.sender)
        if forget is None:
            raise errors.failed("No notify session started")
        forget()
        self._leave(call.sender)

    def _leave(self, sender: str) -> None:
        self._sessions.pop(sender, None)
        self._tell_notifying()
        if not self._sessions and self._notify_socket is None:
            self._server.start(self._unsubscribe())

    def _tell_notifying(self) -> None:
        notifying = bool(self._sessions) and self._subscribed
        if notifying != self.interface["Notifying"]:
            self.interface.update(Notifying=notifying)

    async def _subscribe(self, link: Link) -> None:
        if self._subscribed or self._found.configuration is None:
            return
        bits = b"\x01\0" if self._found.properties & _NOTIFY else b"\x02\0"
        # Listening before the write: the first value may come before its answer.
        link.listen(self._found.handle, self._heard)
        try:
            await _write_request(link, self._found.configuration, bits)
        except BusError:
            link.listen(self._found.handle, None)
            raise
        self._subscribed = link.alive

    async def _subscribe_again(self) -> None:
        link = self._values.current
        if link is not None:
            with contextlib.suppress(BusError):
                await self._subscribe(link)
                self._tell_notifying()

    async def _unsubscribe(self) -> None:
        link, self._subscribed = self._values.current, False
        if link is not None and self._found.configuration is not None:
            link.listen(self._found.handle, None)
            with contextlib.suppress(BusError):
                await _write_request(link, self._found.configuration, b"\0\0")

    def _heard(self, value: bytes) -> None:
        value = bytes(value)
        if self._notify_socket is not None:
            self._notify_socket.send(value)
        else:
            self.interface.update(Value=value)

    # sockets instead of calls

    async def _acquire_notify(self, _: Call) -> Reply:
        link = self._values.link
        if self._notify_socket is not None:
            raise errors.refused("NotPermitted", "Notify acquired")
        if self._sessions:
            raise errors.in_progress()
        if self.interface["NotifyAcquired"] is None:
            raise errors.not_supported()
        await self._subscribe(link)

        def closed() -> None:
            self._notify_socket = None
            self.interface.update(NotifyAcquired=False)
            if self._values.current is not None:
                self._server.start(self._unsubscribe())

        self._notify_socket = ValueSocket(closed)
        self.interface.update(NotifyAcquired=True)
        return Reply((0, link.mtu), (self._notify_socket.theirs(),))

    def _acquire_write(self, _: Call) -> Reply:
        link = self._values.link
        if self._write_socket is not None:
            raise errors.refused("NotPermitted", "Write acquired")
        if self.interface["WriteAcquired"] is None:
            raise errors.not_supported()

        def closed() -> None:
            self._write_socket = None
            self.interface.update(WriteAcquired=False)

        def written(value: bytes) -> None:
            self._server.start(self._send_quietly(link, value))

        self._write_socket = ValueSocket(closed, written)
        self.interface.update(WriteAcquired=True)
        return Reply((0, link.mtu), (self._write_socket.theirs(),))

    async def _send_quietly(self, link: Link, value: bytes) -> None:
        with contextlib.suppress(BusError):
            await self._send(link, value)


def _nothing() -> None:
    """Stand for a watch that has ended already."""


def _is_text(option: Variant | None) -> bool:
    return option is not None and option.signature == "s"


def _from(value: bytes, options: dict[str, Any]) -> bytes:
    """Return a value from the wanted offset on."""
    offset = options["offset"].value if "offset" in options else 0
    if not isinstance(offset, int) or offset > len(value):
        raise errors.refused("InvalidArguments", "Invalid offset")
    return value[offset:]


async def _write_request(link: Link, handle: int, value: bytes) -> None:
    """Write with an answer; in parts where it does not fit into one packet."""
    if len(value) > link.mtu - _WRITE_HEADER:
        await link.run(lambda: link.att.write_long_value(handle, value))
    else:
        await link.run(lambda: link.att.write_value(handle, value, with_response=True))
