"""A program on the bus for the tests: calls, hears signals, and can be an agent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from dbus_fast import Message, MessageType, unpack_variants
from dbus_fast.aio import MessageBus

PROPERTIES = "org.freedesktop.DBus.Properties"
LIMIT_S = 20.0


class Refused(Exception):
    """The answer was an error."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text


class Caller:
    """One program, speaking to one service.

    Args:
        bus: its connection.
        service: whom it speaks to.
    """

    def __init__(self, bus: MessageBus, service: str) -> None:
        self.bus = bus
        self._service = service
        self._signals: asyncio.Queue[Message] = asyncio.Queue()
        self.asked: asyncio.Queue[tuple[str, list[Any]]] = asyncio.Queue()
        self.answers: dict[str, Any] = {}
        bus.add_message_handler(self._take)

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        """Call a method; return its one value, unpacked, or all of them."""
        answer = await self.message(path, interface, member, signature, *body)
        if answer.message_type is MessageType.ERROR:
            raise Refused(answer.error_name or "", str(answer.body[0]) if answer.body else "")
        values = [unpack_variants(value) for value in answer.body]
        return values[0] if len(values) == 1 else values or None

    async def message(
        self, path: str, interface: str, member: str, signature: str = "", *body: Any
    ) -> Message:
        """Call a method; return the answer as it came."""
        return await self.bus.call(
            Message(
                destination=self._service,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )

    async def get(self, path: str, interface: str, name: str) -> Any:
        """Read a property."""
        return await self.call(path, PROPERTIES, "Get", "ss", interface, name)

    async def objects(self, root: str = "/") -> dict[str, dict[str, dict[str, Any]]]:
        """Return everything that the service exports."""
        managed: dict[str, dict[str, dict[str, Any]]] = await self.call(
            root, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"
        )
        return managed

    async def hear(
        self, member: str, path: str | None = None, fits: Callable[[list[Any]], bool] = lambda body: True
    ) -> list[Any]:
        """Return the body of the next signal of that name from that object that fits."""
        while True:
            signal = await self._signals.get()
            body = [unpack_variants(value) for value in signal.body]
            if signal.member == member and path in (None, signal.path) and fits(body):
                return body

    async def until(self, path: str, interface: str, name: str, value: Any) -> None:
        """Return once a property has a value: it is looked at after every signal."""
        while True:
            with contextlib.suppress(Refused):  # it need not be there yet
                if await self.get(path, interface, name) == value:
                    return
            await self._signals.get()

    def _take(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL and message.sender != "org.freedesktop.DBus":
            self._signals.put_nowait(message)
            return None
        if message.message_type is MessageType.METHOD_CALL and message.interface == "org.bluez.Agent1":
            self.asked.put_nowait((message.member or "", list(message.body)))
            answer = self.answers.get(message.member or "", ("", []))
            if answer is None:
                return Message.new_error(message, "org.bluez.Error.Rejected", "no")
            return Message.new_method_return(message, *answer)
        return None


@asynccontextmanager
async def calling(address: str, service: str) -> AsyncIterator[Caller]:
    """Be a program on the bus for the length of a block."""
    bus = await MessageBus(bus_address=address, negotiate_unix_fd=True).connect()
    try:
        caller = Caller(bus, service)
        await bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=[f"type='signal',sender='{service}'"],
            )
        )
        yield caller
    finally:
        bus.disconnect()
        ended: Awaitable[None] = bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # theirs
        await ended
