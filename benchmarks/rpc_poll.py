"""The client with idle long polls: ``python -m benchmarks.rpc_poll COUNT PORT`` waits until it is killed."""

from __future__ import annotations

import asyncio
import sys

from remotelens.link.api import CameraApi
from remotelens.protocol.wifi.description import ApiService, Description
from remotelens.transport.http import HttpClient


def camera_at(port: int) -> CameraApi:
    """Return the API of a camera on a port of this host, without asking it anything."""
    service = ApiService("camera", f"http://127.0.0.1:{port}/sony")
    description = Description("BENCH", "", "", "uuid:0", "", services=(service,))
    return CameraApi(description, HttpClient(), host="127.0.0.1")


async def poll(count: int, port: int) -> None:
    """Hold that many long polls; say when all of them are on their way."""

    async def one() -> None:
        async for _ in camera_at(port).events():
            pass

    tasks = [asyncio.create_task(one()) for _ in range(count)]
    await asyncio.sleep(1)
    sys.stdout.write("polling\n")
    sys.stdout.flush()
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(poll(int(sys.argv[1]), int(sys.argv[2])))
