"""The ports that stand for a camera's own: one here for each of its ports, opened when it is first named."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from emulator.wifi.http import Handler, HttpServer, Limits, Peer
from emulator.wifi.outlet import Outlet
from emulator.wifi.request import HttpRequest

PortHandler = Callable[[int, HttpRequest, Outlet, Peer], Awaitable[bool]]
"""From the number of the port and one request: writes the answer, as a `Handler` does."""

_LIMITS = Limits(connections=64, body_bytes=1024 * 1024, idle_s=300.0)


class Ports:
    """Servers by their number.

    Args:
        host: the address they are on.
        answer: called with the number of the port, and what a `Handler` is called with.
        first_port: the port of number 0; 0 leaves it to the host.
    """

    def __init__(self, host: str, answer: PortHandler, first_port: int = 0) -> None:
        self._host = host
        self._answer = answer
        self._first_port = first_port
        self._servers: list[HttpServer] = []
        self._opening = asyncio.Lock()

    async def open(self, count: int) -> None:
        """Have so many ports open.

        Raises:
            OSError: one cannot be had.
        """
        async with self._opening:
            while len(self._servers) < count:
                number = len(self._servers)
                handler: Handler = partial(self._answer, number)
                server = HttpServer(handler, limits=_LIMITS)
                server.bind(self._host, self._first_port if number == 0 else 0)
                await server.open()
                self._servers.append(server)

    async def close(self) -> None:
        """Close them all."""
        for server in self._servers:
            await server.close()

    @property
    def bases(self) -> list[str]:
        """HOST:PORT of each."""
        return [f"{self._host}:{server.port}" for server in self._servers]
