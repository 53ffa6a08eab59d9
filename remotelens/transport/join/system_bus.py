"""Calls and signals on the system D-Bus, in the few forms that NetworkManager needs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio.message_bus import MessageBus
from dbus_fast.errors import AuthError, InvalidAddressError
from dbus_fast.unpack import unpack_variants

from remotelens.clock import Clock
from remotelens.errors import InvalidValue, LinkTimeout, MissingComponent, RemoteLensError

CALL_TIMEOUT_S = 25.0
_DBUS = "org.freedesktop.DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: which object said what."""

    path: str
    member: str
    values: tuple[Any, ...]


class CallRefused(RemoteLensError):
    """The service answered with an error; `name` is D-Bus's name for it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text or name)
        self.name = name


class SystemBus:
    """One connection to the system bus, speaking to one service; made by `connect`, ended by `close`."""

    def __init__(self, bus: MessageBus, service: str, clock: Clock) -> None:
        self._bus = bus
        self._service = service
        self._clock = clock
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._listening = False
        bus.add_message_handler(self._take)

    @classmethod
    async def connect(cls, service: str, clock: Clock) -> Self:
        """Connect to the system bus.

        Raises:
            MissingComponent: this host has no system bus, or does not let us on it.
        """
        try:
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        except (OSError, EOFError, AuthError, InvalidAddressError) as error:
            raise MissingComponent(
                f"the system D-Bus cannot be reached: {error}",
                remedy="join the network by hand and say --join already",
            ) from error
        return cls(bus, service, clock)

    async def close(self) -> None:
        """End the connection; what was bound to it ends with it. One that the bus has ended is no failure."""
        self._bus.disconnect()
        ended: Awaitable[None] = self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # theirs
        with contextlib.suppress(EOFError, OSError):
            await ended

    async def call(
        self, path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()
    ) -> list[Any]:
        """Call a method and return its answer, variants unpacked.

        Raises:
            CallRefused: the service said no.
            LinkTimeout: it said nothing.
            MissingComponent: the bus has gone.
            InvalidValue: D-Bus cannot carry what is in the body.
        """
        message = Message(
            destination=self._service,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
        return await self._send(message)

    async def get(self, path: str, interface: str, name: str) -> Any:
        """Read a property.

        Raises:
            CallRefused, LinkTimeout, MissingComponent: as `call`.
        """
        return (await self.call(path, _PROPERTIES, "Get", "ss", [interface, name]))[0]

    async def listen(self) -> None:
        """Ask for the service's signals; `signal` returns those from now on."""
        while not self._signals.empty():
            self._signals.get_nowait()
        if not self._listening:
            self._listening = True
            await self._match("AddMatch")

    async def ignore(self) -> None:
        """Ask for no more signals."""
        if self._listening:
            self._listening = False
            await self._match("RemoveMatch")

    async def signal(self) -> Signal:
        """Wait for the next signal."""
        return await self._signals.get()

    async def _match(self, member: str) -> None:
        await self._send(
            Message(
                destination=_DBUS,
                path="/org/freedesktop/DBus",
                interface=_DBUS,
                member=member,
                signature="s",
                body=[f"type='signal',sender='{self._service}'"],
            )
        )

    async def _send(self, message: Message) -> list[Any]:
        try:
            if not self._bus.connected:
                raise EOFError
            async with self._clock.timeout(CALL_TIMEOUT_S):
                answer = await self._bus.call(message)
        except TimeoutError as error:
            raise LinkTimeout(
                f"{message.destination} does not answer {message.member}",
                remedy="see whether the service hangs",
            ) from error
        except (EOFError, OSError) as error:
            raise MissingComponent("the system D-Bus went away", remedy="see whether it runs") from error
        except ValueError as error:  # a zero byte in a text, or half a character; the text may be a key
            raise InvalidValue(
                f"{message.member} holds a character that D-Bus does not carry",
                remedy="check the network's name and key",
            ) from error
        if answer is None:
            return []
        if answer.message_type is MessageType.ERROR:
            raise CallRefused(answer.error_name or "", str(answer.body[0]) if answer.body else "")
        unpacked: list[Any] = unpack_variants(answer.body)
        return unpacked

    def _take(self, message: Message) -> None:
        if self._listening and message.message_type is MessageType.SIGNAL and message.path:
            values = tuple(unpack_variants(message.body))
            self._signals.put_nowait(Signal(message.path, message.member or "", values))
