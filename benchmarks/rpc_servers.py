"""Servers for the measurement of calls: ``python -m benchmarks.rpc_servers KIND [COUNT]`` prints its ports.

``emulator-a`` and ``emulator-b`` are emulated cameras of the two families, the first closing after each
answer; ``bare-a`` and ``bare-b`` are aiohttp applications of one route that read the same JSON, answer the
same members and know nothing. All are settled as `remotelens-emulator run` settles itself.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from emulator.rack import Emulator
from emulator.serve import keep_what_is_there

PROFILES = {"a": "SONY-FULL", "b": "ILCE-QX1"}


async def emulated(family: str, count: int) -> None:
    """Serve that many cameras."""
    async with Emulator([PROFILES[family]], count=count, control=False, still_scale=16) as emulator:
        keep_what_is_there()
        _tell([camera.port for camera in emulator.cameras])
        await asyncio.Event().wait()


async def bare(family: str) -> None:
    """Serve a fixed answer; a long poll waits for ever."""
    for_ever = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        call = await request.json()
        if call["method"] == "getEvent":
            await for_ever.wait()
        response = web.json_response({"result": ["still"], "id": call["id"]})
        if family == "a":
            response.force_close()
        return response

    application = web.Application()
    application.router.add_post("/sony/{service}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    keep_what_is_there()
    _tell([port for _, port in runner.addresses])
    await for_ever.wait()


def _tell(ports: list[int]) -> None:
    sys.stdout.write(" ".join(map(str, ports)) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until killed."""
    kind, _, family = sys.argv[1].partition("-")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    asyncio.run(emulated(family, count) if kind == "emulator" else bare(family))


if __name__ == "__main__":
    main()
