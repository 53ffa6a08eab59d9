"""One service on the bus: its connection, the objects it exports, and the calls that come in.

It answers what every service answers by itself: properties, introspection, and the object manager, whose
signals come from its root as those of GLib's and BlueZ's managers do. Each call runs in a task of its own,
and none of them outlives the service.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Self

from dbus_fast import (
    Message,
    MessageFlag,
    MessageType,
    RequestNameReply,
    SignatureBodyMismatchError,
    Variant,
)
from dbus_fast.aio.message_bus import MessageBus

from emulator.ble.bus.interface import BusError, Call, Interface, Reply
from remotelens.errors import RemoteLensError

LOG = logging.getLogger(__name__)

DBUS = "org.freedesktop.DBus"
MANAGER = f"{DBUS}.ObjectManager"
PROPERTIES = f"{DBUS}.Properties"
_ERROR = f"{DBUS}.Error"
_WATCH = f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged',arg2=''"
_OWNER_CHANGED = 3


class Server:
    """One service; made by `connect`, ended by `close`.

    Args:
        bus: its connection.
        root: the path of its object manager.
    """

    def __init__(self, bus: MessageBus, root: str) -> None:
        self._bus = bus
        self._root = root
        self._objects: dict[str, dict[str, Interface]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watches: dict[str, list[Callable[[], None]]] = {}
        self._closing = False
        bus.add_message_handler(self._take)

    @classmethod
    async def connect(cls, address: str, name: str, root: str) -> Self:
        """Connect to a bus and take a name on it.

        Raises:
            RemoteLensError: somebody else has that name.
        """
        bus = await MessageBus(bus_address=address, negotiate_unix_fd=True).connect()
        server = cls(bus, root)
        try:
            await server.call(DBUS, "/org/freedesktop/DBus", DBUS, "AddMatch", "s", [_WATCH])
            if await bus.request_name(name) is not RequestNameReply.PRIMARY_OWNER:
                raise RemoteLensError(f"{name} is taken on {address}")
        except BaseException:
            await server.close()
            raise
        return server

    async def close(self) -> None:
        """End every call that is under way, and the connection."""
        self._closing = True
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._bus.disconnect()
        ended: Awaitable[None] = self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # theirs
        try:
            await ended
        except (EOFError, OSError) as error:
            LOG.debug("the bus was gone before us: %s", error)

    # what is exported

    def export(self, path: str, interfaces: Iterable[Interface]) -> None:
        """Put an object on the bus."""
        items = {interface.name: interface for interface in interfaces}
        self._objects[path] = items
        for interface in items.values():
            interface.attach(path, self)
        added = {name: interface.variants() for name, interface in items.items()}
        self.emit(self._root, MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, added])

    def remove(self, path: str) -> None:
        """Take an object off the bus; nothing happens when it is not there."""
        items = self._objects.pop(path, None)
        if items is None:
            return
        for interface in items.values():
            interface.attach("", None)
        self.emit(self._root, MANAGER, "InterfacesRemoved", "oas", [path, list(items)])

    def emit(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        """Send a signal."""
        if not self._closing and self._bus.connected:
            self._bus.send(Message.new_signal(path, interface, member, signature, body))

    # others on the bus

    async def call(
        self, to: str, path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()
    ) -> list[Any]:
        """Call somebody's method and return the answer.

        Raises:
            BusError: it was refused, or the bus is gone.
        """
        message = Message(
            destination=to,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
        try:
            answer = await self._bus.call(message)
        except (EOFError, OSError) as error:
            raise BusError(f"{_ERROR}.Disconnected", str(error)) from error
        if answer.message_type is MessageType.ERROR:
            raise BusError(answer.error_name or "", str(answer.body[0]) if answer.body else "")
        return list(answer.body)

    def tell(self, to: str, path: str, interface: str, member: str) -> None:
        """Call somebody's method that takes nothing, and do not wait for an answer."""
        if self._bus.connected:
            flags = MessageFlag.NO_REPLY_EXPECTED
            self._bus.send(
                Message(destination=to, path=path, interface=interface, member=member, flags=flags)
            )

    def watch(self, name: str, gone: Callable[[], None]) -> Callable[[], None]:
        """Have `gone` called once when a connection has left the bus; returns what ends the watch."""
        watchers = self._watches.setdefault(name, [])
        watchers.append(gone)

        def end() -> None:
            if gone in watchers:
                watchers.remove(gone)
            if not watchers:
                self._watches.pop(name, None)

        return end

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something of the service's own; it ends with the service at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            LOG.error("a part of a service on the bus has failed", exc_info=error)

    # what comes in

    def _take(self, message: Message) -> bool:
        """Take in a message; returns True when nobody else has to look at it."""
        if message.message_type is MessageType.SIGNAL:
            if message.member == "NameOwnerChanged" and len(message.body) == _OWNER_CHANGED:
                for gone in self._watches.pop(message.body[0], ()):
                    gone()
            return False
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        if not self._closing:
            self.start(self._answer(message))
        return True

    async def _answer(self, message: Message) -> None:
        descriptors: Sequence[int] = ()
        try:
            signature, values, descriptors = await self._result(message)
            await self._send_answer(
                message, Message.new_method_return(message, signature, list(values), list(descriptors))
            )
        except BusError as error:
            await self._send_answer(message, Message.new_error(message, error.name, error.text))
        except SignatureBodyMismatchError as error:
            LOG.exception("%s.%s gave an answer that cannot be sent", message.interface, message.member)
            await self._send_answer(message, Message.new_error(message, f"{_ERROR}.Failed", str(error)))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    async def _send_answer(self, message: Message, answer: Message) -> None:
        if message.flags & MessageFlag.NO_REPLY_EXPECTED or self._closing or not self._bus.connected:
            return
        try:
            await self._bus.send(answer)
        except (EOFError, OSError) as error:
            LOG.debug("an answer could not be sent: %s", error)

    async def _result(self, message: Message) -> tuple[str, Sequence[Any], Sequence[int]]:
        path, member = message.path or "/", message.member or ""
        if (standard := self._standard(path, message)) is not None:
            return (*standard, ())
        interface = self._interface(path, message.interface, member)
        method = interface.methods.get(member)
        if method is None:
            raise _unknown("Method", f"{interface.name} has no method {member}")
        _check(method.takes, message)
        result = method.run(Call(message.sender or "", message.body, message))
        if inspect.isawaitable(result):
            result = await result
        if isinstance(result, Reply):
            return method.gives, result.values, result.descriptors
        return method.gives, () if result is None else result, ()

    def _standard(self, path: str, message: Message) -> tuple[str, Sequence[Any]] | None:
        """Answer what every service answers; None when it is not of that kind."""
        body = message.body
        match message.interface, message.member:
            case "org.freedesktop.DBus.Peer", "Ping":
                return "", ()
            case "org.freedesktop.DBus.Introspectable", "Introspect":
                return "s", (self._introspection(path),)
            case "org.freedesktop.DBus.ObjectManager", "GetManagedObjects" if path == self._root:
                return "a{oa{sa{sv}}}", (self._managed(),)
            case "org.freedesktop.DBus.Properties", "Get":
                _check("ss", message)
                return "v", (self._property(path, *body),)
            case "org.freedesktop.DBus.Properties", "GetAll":
                _check("s", message)
                return "a{sv}", (self._interface(path, body[0]).variants(),)
            case "org.freedesktop.DBus.Properties", "Set":
                _check("ssv", message)
                self._set(path, *body)
                return "", ()
        return None

    def _interface(self, path: str, name: str | None, member: str = "") -> Interface:
        items = self._objects.get(path)
        if items is None:
            raise _unknown("Object", f"there is no object at {path}")
        if not name:
            found = next((item for item in items.values() if member in item.methods), None)
        else:
            found = items.get(name)
        if found is None:
            # What a program sees from GLib and from BlueZ alike for an interface that is not there.
            raise _unknown("Method", f"{path} has no interface {name} with {member or 'properties'}")
        return found

    def _property(self, path: str, interface: str, name: str) -> Variant:
        items = self._interface(path, interface)
        value = items.variant(name) if name in items.properties else None
        if value is None:
            raise BusError(f"{_ERROR}.InvalidArgs", f"No such property '{name}'")
        return value

    def _set(self, path: str, interface: str, name: str, value: Variant) -> None:
        items = self._interface(path, interface)
        item = items.properties.get(name)
        if item is None:
            raise BusError(f"{_ERROR}.InvalidArgs", f"No such property '{name}'")
        if item.write is None:
            raise BusError(f"{_ERROR}.PropertyReadOnly", f"Property '{name}' is not writable")
        if value.signature != item.signature:
            raise BusError(f"{_ERROR}.InvalidArgs", f"Property '{name}' is of type {item.signature}")
        item.write(value.value)

    def _managed(self) -> dict[str, dict[str, dict[str, Variant]]]:
        return {
            path: {name: interface.variants() for name, interface in items.items()}
            for path, items in self._objects.items()
        }

    def _introspection(self, path: str) -> str:
        above = "" if path == "/" else path
        below = {key[len(above) + 1 :].split("/")[0] for key in self._objects if key.startswith(f"{above}/")}
        own = self._objects.get(path, {})
        if not own and not below and path != self._root:
            raise _unknown("Object", f"there is no object at {path}")
        standard = [f"{DBUS}.Introspectable", f"{DBUS}.Peer"]
        standard += [PROPERTIES] if own else []
        standard += [MANAGER] if path == self._root else []
        parts = [f'<interface name="{name}"/>' for name in standard]
        parts += [interface.introspection() for interface in own.values()]
        parts += [f'<node name="{name}"/>' for name in sorted(below - {""})]
        return f"<node>{''.join(parts)}</node>"


def _check(signature: str, message: Message) -> None:
    """See that the arguments are of the right types."""
    if message.signature != signature:
        raise BusError(
            f"{_ERROR}.InvalidArgs",
            f"{message.member} takes '{signature}', not '{message.signature}'",
        )


def _unknown(what: str, text: str) -> BusError:
    return BusError(f"{_ERROR}.Unknown{what}", text)
