"""An emulated camera as programs of others see it: sockets, bytes, and nothing of our client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from emulator.rack import Emulator
from tests.emulator.wire import Answer, Wire, ask, call, wire

SCALAR_WEB_API = "urn:schemas-sony-com:service:ScalarWebAPI:1"
SEARCH = (
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
    "ST: {target}\r\n\r\n"
)
ALL_ROUND = "SONY-FULL"
FAITHFUL = ("DSC-QX10@3.00", "DSC-QX100@3.00", "DSC-QX30@1.00", "ILCE-QX1@1.10")


class Camera:
    """One running camera."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.device = emulator.cameras[0]
        self.ready = emulator.ready["cameras"][0]
        self.port: int = self.ready["port"]
        host, _, number = emulator.ready["ssdp"]["unicast"].rpartition(":")
        self.search_place = (host, int(number))

    async def answers(self, *searches: str | bytes, count: int = 1) -> list[str]:
        """What answers searches sent from one socket, one text for each datagram."""
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
            plain.setblocking(False)
            plain.bind(("127.0.0.1", 0))
            for search in searches or (SEARCH.format(target=SCALAR_WEB_API),):
                data = search if isinstance(search, bytes) else search.encode()
                await loop.sock_sendto(plain, data, self.search_place)
            return [(await loop.sock_recvfrom(plain, 65507))[0].decode() for _ in range(count)]

    async def description(self) -> str:
        """Its device description."""
        answer = await ask(self.port, "GET", self.ready["description_url"].partition(str(self.port))[2])
        assert answer.status == 200
        return answer.body.decode()

    async def call(self, method: str, *params: Any, **options: Any) -> Answer:
        """Call a method."""
        return await call(self.port, method, *params, **options)

    async def result(self, method: str, *params: Any, **options: Any) -> Any:
        """Call a method that must succeed."""
        answer = await self.call(method, *params, **options)
        return answer.json["result"]

    async def take(self) -> str:
        """Take a picture and return its URL; the camera may want to be asked for it again."""
        answer = (await self.call("actTakePicture")).json
        while "error" in answer:
            assert answer["error"][0] == 40403, answer
            answer = (await self.call("awaitTakePicture")).json
        [[url]] = answer["result"]
        return str(url)

    async def event(self, version: str = "1.0", *, wait: bool = False) -> list[Any]:
        """Ask for the event."""
        slots: list[Any] = await self.result("getEvent", wait, version=version)
        return slots

    async def until(self, status: str) -> None:
        """Wait until the camera says so."""
        changed = asyncio.Event()
        leave = self.device.body.subscribe(lambda _what: changed.set())
        try:
            while self.device.body.status != status:
                changed.clear()
                await changed.wait()
        finally:
            leave()

    @asynccontextmanager
    async def viewed(self) -> AsyncIterator[Wire]:
        """Its live view, the head of the answer read already."""
        [url] = await self.result("startLiveview")
        async with wire(self.port) as connection:
            connection.send("GET", url.partition(str(self.port))[2])
            status_line, headers = await connection.head()
            assert status_line == "HTTP/1.1 200 OK"
            assert ("Transfer-Encoding", "chunked") in headers
            yield connection


@contextlib.asynccontextmanager
async def running(profile: str = ALL_ROUND, **options: Any) -> AsyncIterator[Camera]:
    """Run one camera while the block runs."""
    async with (
        asyncio.timeout(40),
        Emulator([profile], still_scale=16, clock="scaled:4", control=False, **options) as emulator,
    ):
        yield Camera(emulator)


def headers_of(datagram: str) -> list[tuple[str, str]]:
    """The header lines of a datagram, exactly as they are, blanks included."""
    lines = datagram.split("\r\n")
    return [(name, value) for name, _, value in (line.partition(":") for line in lines[1:] if line)]


def body(**members: Any) -> bytes:
    """A call in members of the test's own."""
    return json.dumps(members).encode()
