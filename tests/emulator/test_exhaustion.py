"""What happens when the host has no more to give: the camera bears it, and works again afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, resource
from emulator.rack import Emulator
from tests.emulator.wire import call

async def main():
    async with Emulator(["DSC-QX10"], still_scale=16, scene="chart", control=False) as emulator:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: told.append(context["message"]))
        told = []
        port = emulator.cameras[0].port
        assert (await call(port, "getVersions")).status == 200
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        held = []
        try:
            while True:
                held.append(await asyncio.open_connection("127.0.0.1", port))
        except OSError as error:
            assert error.errno == 24, error
        for _, writer in held:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for _, writer in held), return_exceptions=True)
        async with asyncio.timeout(20):
            answer = await call(port, "getApplicationInfo")
        assert answer.status == 200, answer
        print("answers again", len(held) > 10)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file descriptors are limited otherwise there")
def test_a_camera_without_file_descriptors_answers_again_when_there_are_some() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=50)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "answers again True"
