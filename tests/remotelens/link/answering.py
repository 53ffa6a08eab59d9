"""What answers searches as cameras do, on this host's loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from remotelens.transport.interfaces import interfaces
from remotelens.transport.network import Address, UdpPort, udp_port

LOOPBACK = interfaces()[-1]
ST = "urn:schemas-sony-com:service:ScalarWebAPI:1"


def reply(location: str, uuid: str = "1") -> bytes:
    """Return the answer of a camera whose description stands there."""
    return (f"HTTP/1.1 200 OK\r\nLOCATION: {location}\r\nST: {ST}\r\nUSN: uuid:{uuid}::{ST}\r\n\r\n").encode()


@asynccontextmanager
async def answering_with(datagrams: Sequence[bytes]) -> AsyncIterator[Address]:
    """Run what answers each search with those datagrams, as they are then; gives its address."""

    async def serve(port: UdpPort) -> None:
        while True:
            _, sender = await port.receive()
            for datagram in datagrams:
                port.send(datagram, sender)

    async with udp_port(LOOPBACK) as port:
        task = asyncio.create_task(serve(port))
        try:
            yield port.address
        finally:
            task.cancel()


def answering(*datagrams: bytes) -> AbstractAsyncContextManager[Address]:
    """Run what answers each search with those datagrams; gives its address."""
    return answering_with(datagrams)
