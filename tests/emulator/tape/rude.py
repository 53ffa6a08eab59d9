"""A camera behind a recorder that answers with given bytes, and then closes or resets the connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from emulator.tape.form import Tape, decode_tape
from emulator.tape.recorder import TapeRecorder
from emulator.wifi.outlet import reset_connection


class Behind:
    """A recorder in front of such a camera.

    Attributes:
        asked: set when a request has come that is held.
        left: set when who asked has left.
    """

    def __init__(self, recorder: TapeRecorder, written: list[bytes]) -> None:
        self.asked, self.left = asyncio.Event(), asyncio.Event()
        self.recorder = recorder
        self._written = written

    @property
    def port(self) -> int:
        """Where clients go."""
        return int(self.recorder.description_url.split(":")[2].partition("/")[0])

    @property
    def tape(self) -> Tape:
        """What was written so far."""
        return decode_tape(b"".join(self._written))


@contextlib.asynccontextmanager
async def behind_a_recorder(answer: bytes, *, reset: bool = False) -> AsyncIterator[Behind]:
    """Have every request answered with those bytes; with none, hold it until the other side leaves."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not answer:
            behind.asked.set()
            with contextlib.suppress(ConnectionError):
                while await reader.read(65536):
                    pass
            behind.left.set()
            writer.close()
            return
        writer.write(answer)
        await writer.drain()
        if reset:
            asyncio.get_running_loop().call_later(0.02, reset_connection, writer)
            await reader.read()
        else:
            writer.close()

    written: list[bytes] = []
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        recorder = TapeRecorder(f"http://127.0.0.1:{port}/dd.xml", written.append)
        await recorder.start()
        behind = Behind(recorder, written)
        try:
            yield behind
        finally:
            await recorder.close()
